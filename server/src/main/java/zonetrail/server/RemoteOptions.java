package zonetrail.server;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import zonetrail.server.git.FetchLimits;
import zonetrail.server.git.HttpsSettings;
import zonetrail.server.git.RemoteAccess;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.SshSettings;

/// The options that say how a remote is reached, and how much it may send.
final class RemoteOptions {

  @Mixin private final SshOptions ssh = new SshOptions();

  @Option(
      names = "--https-token-file",
      paramLabel = "FILE",
      description = {
        "A file of one line, mode 0600: the token, or password, for an https:// remote.",
        "It is read at each fetch. The user is that of the URL, or x-access-token."
      })
  private @Nullable Path httpsTokenFile;

  @Option(
      names = "--https-ca",
      paramLabel = "FILE",
      description = "Certificates in PEM: trust these for an https:// remote, and no others.")
  private @Nullable Path httpsCa;

  @Option(
      names = "--max-pack-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "How much one fetch may bring, as in 500m or 4g (2g).")
  private @Nullable Long maxPackOctets;

  @Option(
      names = "--max-object-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description =
          "How large a file in the repository's history may be (1g, or an eighth of the memory"
              + " where that is less). No file over 128m is served.")
  private @Nullable Long maxObjectOctets;

  /// An option of these that was given; empty if none was.
  Optional<String> given() {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("--https-token-file", httpsTokenFile != null);
    given.put("--https-ca", httpsCa != null);
    given.put("--max-pack-size", maxPackOctets != null);
    given.put("--max-object-size", maxObjectOctets != null);
    return ssh.given()
        .or(() ->
            given.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .findFirst());
  }

  /// Reads the files that the options name. An option that would have no effect is refused: whoever
  /// gave it believes in it.
  ///
  /// @throws IllegalArgumentException if the options do not fit together, or a file is no good
  RemoteAccess access(RemoteAddress remote, Path stateDirectory) {
    return new RemoteAccess(ssh(remote, stateDirectory), https(remote), limits());
  }

  private Optional<SshSettings> ssh(RemoteAddress remote, Path stateDirectory) {
    if (remote.transport() == RemoteAddress.Transport.SSH) {
      return Optional.of(ssh.settings(stateDirectory));
    }
    if (ssh.given().isPresent()) {
      throw new IllegalArgumentException(
          ssh.given().get() + " goes with an SSH remote, and " + remote + " is none");
    }
    return Optional.empty();
  }

  private HttpsSettings https(RemoteAddress remote) {
    boolean isHttps = remote.transport() == RemoteAddress.Transport.HTTPS;
    if (!isHttps && (httpsTokenFile != null || httpsCa != null)) {
      throw new IllegalArgumentException(
          (httpsTokenFile != null ? "--https-token-file" : "--https-ca")
              + " goes with an https:// remote, and "
              + remote
              + " is none");
    }
    return HttpsSettings.of(Optional.ofNullable(httpsTokenFile), Optional.ofNullable(httpsCa));
  }

  private FetchLimits limits() {
    FetchLimits limits = FetchLimits.standard();
    if (maxPackOctets != null) {
      limits = limits.withPackOctets(maxPackOctets);
    }
    return maxObjectOctets == null ? limits : limits.withObjectOctets(maxObjectOctets);
  }
}
