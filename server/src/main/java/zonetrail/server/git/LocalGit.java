package zonetrail.server.git;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.server.git.FetchException.Reason;

/// This machine's git, as what takes a push to a repository at a path: it runs the repository's
/// hooks, keeps its settings, and packs it from time to time, as the git at the other end of SSH
/// does. JGit would do the remote's part within this process, and none of that.
///
/// To JGit it looks like that other end: what would be run there by SSH is run here.
///
/// Only where the repository is of the user whom the server runs as. Hooks are programs, and git
/// too runs none of a repository that somebody else could have changed (`safe.directory`); where it
/// is not, or where there is no git, JGit takes the push.
///
/// Threads: [#forget] any, all else one at a time.
final class LocalGit {
  private static final Logger LOG = LoggerFactory.getLogger(LocalGit.class);

  private static final String RECEIVE_PACK = "git-receive-pack";

  /// Said to JGit in place of a host, which nobody asks.
  private static final String HERE = "localhost";

  private final RemoteAddress remote;
  private final @Nullable String searchPath;
  private boolean wasSearched;
  private @Nullable Path program;

  /// Who takes pushes, as was said last.
  private String said = "";

  /// The one that was started last.
  private volatile @Nullable LocalGitProcess last;

  /// @param remote a repository at a path
  /// @param searchPath folders, as in `PATH`; in the first with a git that one is taken
  LocalGit(RemoteAddress remote, @Nullable String searchPath) {
    this.remote = remote;
    this.searchPath = searchPath;
  }

  /// The repository's directory, where git takes pushes to it now.
  ///
  /// @return null if JGit has to
  @Nullable Path repository() {
    File directory = FileKey.resolve(new File(remote.uri().getPath()), FS.DETECTED);
    if (directory == null) {
      return null; // which JGit finds out, too, and says
    }
    if (!wasSearched) {
      program = InstalledGit.find(searchPath);
      wasSearched = true;
    }
    if (program == null) {
      say("by this server, which runs no hooks: there is no git 2.36 or newer on the PATH");
      return null;
    }
    try {
      // git wants links, too, to be of the same owner; so it is not given any.
      Path real = directory.toPath().toRealPath();
      if (owner(real) == owner(Path.of("/proc/self"))) {
        say("by " + program + ", which runs its hooks");
        return real;
      }
      say("by this server, which runs no hooks: the repository belongs to another user");
    } catch (IOException | UnsupportedOperationException unknown) {
      say("by this server, which runs no hooks: whose the repository is cannot be told");
    }
    return null;
  }

  private void say(String who) {
    if (!said.equals(who)) {
      said = who;
      LOG.info("pushes to {} are taken {}", remote, who);
    }
  }

  private static int owner(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid");
  }

  /// What JGit is to push to, so that it asks [#commands].
  static URIish address(Path repository) {
    return new URIish().setHost(HERE).setPath(repository.toString());
  }

  /// What JGit is given to run the one command that takes a push.
  ///
  /// @param meter counts what it prints
  GitCommands commands(Path repository, FetchMeter meter) {
    return new Commands(repository, meter);
  }

  /// Ends the push that was begun last, as far as git can be stopped: what it is about is settled
  /// then. Hooks go on, also those behind earlier pushes.
  void forget() {
    LocalGitProcess begun = last;
    if (begun != null) {
      begun.end();
    }
  }

  private LocalGitProcess start(Path repository, Map<String, String> environment, FetchMeter meter)
      throws IOException {
    last = null; // its push is settled, or the next one would not begin
    // What was acknowledged is on the disk, objects and refs, whatever the settings there. One
    // thread, hooks and housekeeping among it: the other processors are for this server and who
    // asks it. Quiet: nobody looks at how far it is, and three processes would be woken for each
    // hundredth of it.
    ProcessBuilder command =
        new ProcessBuilder(
            String.valueOf(program),
            "-c",
            "core.fsync=committed,reference",
            "-c",
            "core.fsyncMethod=fsync",
            "-c",
            "pack.threads=1",
            "receive-pack",
            "--quiet",
            repository.toString());
    command.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    command.environment().putAll(environment);
    try {
      LocalGitProcess started = new LocalGitProcess(command.start(), remote, meter);
      last = started;
      return started;
    } catch (IOException e) {
      throw new IOException(
          new FetchException(
              Reason.UNREACHABLE,
              "cannot push to " + remote + ", since git cannot be run: " + e.getMessage(),
              e));
    }
  }

  private final class Commands extends GitCommands {
    private final Path repository;
    private final FetchMeter meter;

    Commands(Path repository, FetchMeter meter) {
      this.repository = repository;
      this.meter = meter;
    }

    /// Runs it without a shell.
    @Override
    public Process exec(String command, Map<String, String> environment, int timeoutSeconds)
        throws IOException {
      if (!command.startsWith(RECEIVE_PACK + " ")) {
        throw new IOException("only a push is taken here, and not: " + command);
      }
      return start(repository, environment, meter);
    }
  }
}
