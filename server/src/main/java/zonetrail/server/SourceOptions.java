package zonetrail.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import zonetrail.authority.ZoneSource;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.server.git.FetchException;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.SshSettings;
import zonetrail.server.git.ZoneRepository;

/// The options that say where the zones are, and the source that they lead to.
final class SourceOptions {
  @ArgGroup(multiplicity = "1")
  private Place place = new Place();

  /// A repository or a folder, one of them.
  private static final class Place {
    @Option(
        names = "--remote",
        paramLabel = "URL[#BRANCH]",
        description = {
          "The git repository that holds the zones: ssh://, user@host:path, https://,"
              + " file:// or a path.",
          "The branch is main unless the URL names one."
        })
    private @Nullable String remote;

    @Option(
        names = "--zones",
        paramLabel = "DIR",
        description = "A plain folder of zone files, instead of a repository.")
    private @Nullable Path zones;
  }

  @Option(
      names = "--path",
      paramLabel = "DIR",
      description = "The folder within the repository that holds the zones (its top).")
  private @Nullable String path;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Where the server keeps its copy of the repository; needed with --remote.")
  private @Nullable Path stateDir;

  @Option(
      names = "--ssh-key",
      paramLabel = "FILE",
      description = "The private key for an SSH remote: an OpenSSH key file, mode 0600.")
  private @Nullable Path sshKey;

  @Option(
      names = "--authenticator",
      paramLabel = "SHA256:...",
      description = {
        "The fingerprint of the SSH remote's host key; may be given more than once.",
        "Without it, the key must be in --known-hosts."
      })
  private List<String> authenticators = List.of();

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description = "OpenSSH's file of host keys (~/.ssh/known_hosts).")
  private @Nullable Path knownHosts;

  /// Opens the source; asks no remote yet.
  ///
  /// @throws IllegalArgumentException if the options do not fit together; says which and why
  /// @throws StartException if a file or folder cannot be used
  ZoneSource open() throws StartException {
    return place.remote == null ? openFolder() : openRepository(RemoteAddress.parse(place.remote));
  }

  private ZoneSource openFolder() throws StartException {
    Path folder = place.zones;
    if (folder == null) {
      throw new IllegalArgumentException("give --remote or --zones");
    }
    // --state-dir is taken: who starts servers by a script has one for each, whatever its source.
    if (path != null || hasSshOptions()) {
      throw new IllegalArgumentException(
          "--path, --ssh-key, --authenticator and --known-hosts go with --remote, not with --zones");
    }
    try {
      return new FolderSource(ZoneFolder.open(folder));
    } catch (IOException unusable) {
      throw StartException.local(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private ZoneSource openRepository(RemoteAddress remote) throws StartException {
    if (stateDir == null) {
      throw new IllegalArgumentException(
          "--remote needs --state-dir DIR, where the copy of the repository is kept");
    }
    try {
      return new GitSource(
          ZoneRepository.open(remote, Optional.ofNullable(path), stateDir, ssh(remote)));
    } catch (FetchException unusable) {
      throw StartException.local(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  /// An option that would have no effect is refused: whoever gave it believes in it.
  private Optional<SshSettings> ssh(RemoteAddress remote) {
    if (remote.transport() != RemoteAddress.Transport.SSH) {
      if (hasSshOptions()) {
        throw new IllegalArgumentException(
            "--ssh-key, --authenticator and --known-hosts go with an SSH remote, and "
                + remote
                + " is none");
      }
      return Optional.empty();
    }
    if (sshKey == null) {
      throw new IllegalArgumentException("an SSH remote needs --ssh-key FILE");
    }
    if (knownHosts != null && !authenticators.isEmpty()) {
      throw new IllegalArgumentException(
          "give --authenticator or --known-hosts, not both: a fingerprint alone decides");
    }
    return Optional.of(SshSettings.of(sshKey, authenticators, Optional.ofNullable(knownHosts)));
  }

  private boolean hasSshOptions() {
    return sshKey != null || knownHosts != null || !authenticators.isEmpty();
  }
}
