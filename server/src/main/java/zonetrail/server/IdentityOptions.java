package zonetrail.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import zonetrail.answer.ServerIdentity;
import zonetrail.answer.guard.Cookies;
import zonetrail.server.PrimaryServer.AnswerRate;
import zonetrail.server.PrimaryServer.Answers;
import zonetrail.server.git.SecretFile;

/// The options that say what a server tells of itself, and by which secret its cookies are made.
final class IdentityOptions {
  private static final String WHAT = "cookie secret file";
  private static final int HEX_DIGITS = 2 * Cookies.SECRET_OCTETS;

  @Option(
      names = "--identity",
      paramLabel = "NAME",
      description =
          "What this server is called in answer to NSID and to CH TXT id.server, to tell several"
              + " behind one address apart.")
  private @Nullable String name;

  @Option(
      names = "--hide-version",
      description = "Refuse to say the version (CH TXT version.bind).")
  private boolean isVersionHidden;

  @Option(
      names = "--cookie-secret-file",
      paramLabel = "FILE",
      description = {
        "The secret of DNS cookies for several servers behind one address: 32 hexadecimal digits,"
            + " one secret a line; the first makes cookies, all are accepted.",
        "Without it, a fresh one at each start."
      })
  private @Nullable Path secretFile;

  /// How much is answered, and what is said.
  ///
  /// @throws IllegalArgumentException if a text is too long, or the file holds no secrets
  Answers answers(Optional<AnswerRate> rate) {
    String version = isVersionHidden ? null : "Zonetrail " + ProgramVersion.number();
    return new Answers(
        rate, Optional.ofNullable(secretFile).map(IdentityOptions::read), identity(version));
  }

  private ServerIdentity identity(@Nullable String version) {
    try {
      return new ServerIdentity(version, name);
    } catch (IllegalArgumentException bad) {
      throw new IllegalArgumentException("--identity: " + bad.getMessage(), bad);
    }
  }

  private static Cookies read(Path file) {
    byte[] text = SecretFile.read(file, WHAT, "openssl rand -hex 16 > " + file + " makes one");
    List<String> lines =
        new String(text, StandardCharsets.US_ASCII)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).matches("[0-9A-Fa-f]{" + HEX_DIGITS + "}")) {
        throw new IllegalArgumentException(
            "the %s %s, secret %d: a secret is %d hexadecimal digits, as openssl rand -hex 16 makes"
                    .formatted(WHAT, file, i + 1, HEX_DIGITS)
                + " them");
      }
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("the " + WHAT + " " + file + " is empty");
    }
    return new Cookies(lines.stream().map(HexFormat.of()::parseHex).toList());
  }
}
