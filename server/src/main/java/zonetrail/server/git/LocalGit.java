package zonetrail.server.git;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

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
/// Threads: any.
final class LocalGit {
  private static final String RECEIVE_PACK = "git-receive-pack";

  /// Said of a repository there, in place of a host that nobody asks.
  private static final String HERE = "localhost";

  private final Path program;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();

  private LocalGit(Path program) {
    this.program = program;
  }

  /// The git on the search path.
  ///
  /// @param searchPath folders, as in `PATH`
  /// @return null if there is none
  static @Nullable LocalGit find(@Nullable String searchPath) {
    if (searchPath == null) {
      return null;
    }
    for (String folder : searchPath.split(File.pathSeparator, -1)) {
      Path program = Path.of(folder).resolve("git");
      if (!folder.isEmpty() && Files.isRegularFile(program) && Files.isExecutable(program)) {
        return new LocalGit(program);
      }
    }
    return null;
  }

  /// Whether it takes pushes to a repository.
  boolean takes(RemoteAddress remote) {
    File directory = FileKey.resolve(new File(remote.uri().getPath()), FS.DETECTED);
    if (directory == null) {
      return false;
    }
    try {
      return owner(directory.toPath()) == owner(Path.of("/proc/self"));
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }

  private static int owner(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid");
  }

  /// What JGit is to push to, so that it asks [#commands].
  static URIish address(RemoteAddress remote) {
    return new URIish().setHost(HERE).setPath(remote.uri().getPath());
  }

  /// What JGit is given to run the one command that takes a push.
  ///
  /// @param meter counts what it prints
  SshSessionFactory commands(RemoteAddress remote, FetchMeter meter) {
    return new Commands(remote.uri().getPath(), meter);
  }

  /// Ends all that runs, but for the hooks.
  void forget() {
    running.forEach(Process::destroy);
  }

  private Process start(String repository, Map<String, String> environment) throws IOException {
    // What was acknowledged is on the disk, objects and refs, whatever the settings there.
    ProcessBuilder command =
        new ProcessBuilder(
            program.toString(), "-c", "core.fsync=committed,reference", "receive-pack", repository);
    command.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    command.environment().putAll(environment);
    Process process = command.start();
    running.add(process);
    CompletableFuture<Process> _ =
        process
            .onExit()
            .orTimeout(RemotePush.MAX_HOOKS.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete((_, late) -> {
              running.remove(process);
              if (late != null) {
                process.destroy();
              }
            });
    return process;
  }

  private final class Commands extends GitCommands {
    private final String repository;
    private final FetchMeter meter;

    Commands(String repository, FetchMeter meter) {
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
      return new Metered(start(repository, environment), meter);
    }
  }

  /// A process of which no more is read than the meter allows.
  private static final class Metered extends Process {
    private final Process process;
    private final FetchMeter meter;

    Metered(Process process, FetchMeter meter) {
      this.process = process;
      this.meter = meter;
    }

    @Override
    public OutputStream getOutputStream() {
      return process.getOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return meter.line(process.getInputStream());
    }

    @Override
    public InputStream getErrorStream() {
      return process.getErrorStream();
    }

    @Override
    public int waitFor() throws InterruptedException {
      return process.waitFor();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
      return process.waitFor(timeout, unit);
    }

    @Override
    public int exitValue() {
      return process.exitValue();
    }

    @Override
    public void destroy() {
      process.destroy();
    }
  }
}
