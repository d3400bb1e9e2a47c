package zonetrail.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import zonetrail.authority.ZoneSource;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.server.git.Committer;
import zonetrail.server.git.FetchException;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
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
        description =
            "A plain folder of zone files, instead of a repository. A NOTIFY rereads the zone that"
                + " it names, SIGHUP all of it.")
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

  @Mixin private final LayoutOptions layoutOptions = new LayoutOptions();

  @Mixin private final RemoteOptions remoteOptions = new RemoteOptions();

  /// What the source is called to people; a remote without its password.
  String describe() {
    return place.remote == null
        ? String.valueOf(place.zones)
        : RemoteAddress.parse(place.remote).toString();
  }

  /// Opens the source; asks no remote yet.
  ///
  /// @param committer who commits in a repository
  /// @throws IllegalArgumentException if the options do not fit together; says which and why
  /// @throws StartException if a file or folder cannot be used
  ZoneSource open(Committer committer) throws StartException {
    return place.remote == null
        ? openFolder()
        : openRepository(RemoteAddress.parse(place.remote), committer);
  }

  private ZoneSource openFolder() throws StartException {
    Path folder = place.zones;
    if (folder == null) {
      throw new IllegalArgumentException("give --remote or --zones");
    }
    // --state-dir is taken: who starts servers by a script has one for each, whatever its source.
    Optional<String> ofARepository = path != null ? Optional.of("--path") : remoteOptions.given();
    if (ofARepository.isPresent()) {
      throw new IllegalArgumentException(
          ofARepository.get() + " goes with --remote, not with --zones");
    }
    try {
      return new FolderSource(ZoneFolder.open(folder, layoutOptions.layout()));
    } catch (IOException unusable) {
      throw StartException.local(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private ZoneSource openRepository(RemoteAddress remote, Committer committer)
      throws StartException {
    if (stateDir == null) {
      throw new IllegalArgumentException(
          "--remote needs --state-dir DIR, where the copy of the repository is kept");
    }
    try {
      return new GitSource(
          ZoneRepository.open(
              remote,
              Optional.ofNullable(path),
              layoutOptions.layout(),
              stateDir,
              remoteOptions.access(remote, stateDir),
              committer));
    } catch (FetchException unusable) {
      throw StartException.local(String.valueOf(unusable.getMessage()), unusable);
    }
  }
}
