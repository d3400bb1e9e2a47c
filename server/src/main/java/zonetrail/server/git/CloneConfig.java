package zonetrail.server.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.server.git.CloneDirectory.NotUsableException;

/// What a clone's `config` says: which remote and branch it was made from, and that git, too,
/// forces objects and refs to the disk.
///
/// The rest of a clone is checked by the names of its objects; this is not, and without it nothing
/// in the clone can be used. So there is a copy with its checksum, `zonetrail-config`, from which
/// `config` is written again if one octet of it is different; `HEAD` is the same in every clone.
final class CloneConfig {
  static final String COPY = "zonetrail-config";

  private static final String CONFIG = "config";
  private static final String FORMER_FSYNC = "fsyncObjectFiles";
  private static final String HEAD = "HEAD";
  private static final String HEAD_TEXT = "ref: " + CloneDirectory.FETCHED_REF + "\n";
  private static final String SECTION = "zonetrail";
  private static final String REMOTE = "remote";
  private static final String BRANCH = "branch";

  private static final Logger LOG = LoggerFactory.getLogger(CloneConfig.class);

  private CloneConfig() {}

  /// Puts into a new clone's configuration what ours have.
  static void fill(Config config, RemoteAddress remote) {
    // For git; JGit is told by IsolatedSystemReader.
    config.setString("core", null, "fsync", "objects,reference");
    // Each object that comes in is checked before it counts as fetched.
    config.setBoolean("transfer", null, "fsckObjects", true);
    config.setBoolean("fetch", null, "fsckObjects", true);
    config.setInt("gc", null, "auto", 0);
    config.setString(SECTION, null, REMOTE, remote.url());
    config.setString(SECTION, null, BRANCH, remote.branch());
  }

  /// Checks that the clone in `directory` is of this remote, and mends what the copy tells.
  ///
  /// @throws NotUsableException if it belongs to another remote, or nobody can tell
  /// @throws IOException if it cannot be read or written
  static void check(Path directory, RemoteAddress remote) throws NotUsableException, IOException {
    String copy = copy(directory);
    String text = read(directory.resolve(CONFIG));
    if (copy != null && isOf(remote, copy)) {
      if (!copy.equals(text)) {
        mend(directory.resolve(CONFIG), copy);
      }
    } else {
      checkOrigin(directory, text, remote);
      keepCopy(directory);
    }
    giveUpFormerNames(directory);
    Path head = directory.resolve(HEAD);
    String names = read(head);
    if (CloneDirectory.FORMER_HEAD_TEXT.equals(names)) {
      write(head, HEAD_TEXT);
    } else if (!HEAD_TEXT.equals(names)) {
      mend(head, HEAD_TEXT);
    }
  }

  /// Clones had what forces by a name of which git says at each call that it is deprecated.
  private static void giveUpFormerNames(Path directory) throws IOException {
    Path config = directory.resolve(CONFIG);
    String text = read(config);
    if (text == null || !text.contains(FORMER_FSYNC)) {
      return;
    }
    String without =
        text.lines()
            .filter(line -> !line.contains("fsyncRefFiles"))
            .map(line -> line.contains(FORMER_FSYNC) ? "\tfsync = objects,reference" : line)
            .collect(Collectors.joining("\n", "", "\n"));
    write(directory.resolve(COPY), sha256(without) + "\n" + without);
    write(config, without);
  }

  /// Notes the configuration of a clone that was just made.
  static void keepCopy(Path directory) throws IOException {
    String text = Files.readString(directory.resolve(CONFIG), StandardCharsets.ISO_8859_1);
    write(directory.resolve(COPY), sha256(text) + "\n" + text);
  }

  private static @Nullable String copy(Path directory) throws IOException {
    String copy = read(directory.resolve(COPY));
    int end = copy == null ? -1 : copy.indexOf('\n');
    if (copy == null || end < 0) {
      return null;
    }
    String text = copy.substring(end + 1);
    return copy.substring(0, end).equals(sha256(text)) ? text : null;
  }

  private static boolean isOf(RemoteAddress remote, String text) {
    return parse(text)
        .filter(config ->
            remote.url().equals(config.getString(SECTION, null, REMOTE))
                && remote.branch().equals(config.getString(SECTION, null, BRANCH)))
        .isPresent();
  }

  private static void checkOrigin(Path directory, @Nullable String text, RemoteAddress remote)
      throws NotUsableException {
    Optional<Config> config = text == null ? Optional.empty() : parse(text);
    if (config.isEmpty()) {
      throw new NotUsableException(directory + " is damaged (its config cannot be read)");
    }
    String url = config.get().getString(SECTION, null, REMOTE);
    String branch = config.get().getString(SECTION, null, BRANCH);
    if (!remote.url().equals(url) || !remote.branch().equals(branch)) {
      throw new NotUsableException(
          "the clone in the state directory is of " + url + "#" + branch + ", not of " + remote,
          true);
    }
  }

  private static Optional<Config> parse(String text) {
    Config config = new Config();
    try {
      config.fromText(
          new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
      return Optional.of(config);
    } catch (ConfigInvalidException | IllegalArgumentException damaged) {
      return Optional.empty();
    }
  }

  private static void mend(Path file, String text) throws IOException {
    LOG.warn("{} was damaged; it is written anew", file);
    write(file, text);
  }

  private static @Nullable String read(Path file) throws IOException {
    return Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : null;
  }

  private static void write(Path file, String text) throws IOException {
    CloneDirectory.replace(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
