package zonetrail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import zonetrail.tsig.AlgorithmPolicy;
import zonetrail.tsig.BadKeyException;
import zonetrail.tsig.KeyFile;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// Where a tool's key comes from: `--key`, `--key-file`, or the environment, in that order.
///
/// A command line is visible to every user of the machine, so the file is the better way. It must
/// be readable by its owner alone. HMAC-SHA1 is allowed here: whoever has such a key for another's
/// server has no choice, and the server decides.
final class TsigKeyOption {
  /// The environment variable that may hold a key, written as for `--key`.
  static final String ENVIRONMENT = "ZONETRAIL_KEY";

  private static final int MAX_FILE_OCTETS = 1 << 20;

  private static final String KEY = "--key";
  private static final String KEY_FILE = "--key-file";

  private final @Nullable String key;
  private final @Nullable Path file;

  private TsigKeyOption(@Nullable String key, @Nullable Path file) {
    this.key = key;
    this.file = file;
  }

  /// Adds the options that [#of] reads to a command line.
  static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder(KEY)
            .paramLabel("NAME:[ALG:]BASE64")
            .type(String.class)
            .description(
                "The key to sign with; ALG is SHA256 unless given. Other users of this machine can"
                    + " see it: prefer --key-file.")
            .build());
    spec.addOption(
        OptionSpec.builder(KEY_FILE)
            .paramLabel("FILE")
            .type(Path.class)
            .converters(Path::of)
            .description(
                "A file with the key: a ._keys file, or one line as for --key. It must belong to you"
                    + " alone (chmod 600). Of several keys the one with the narrowest scope that may"
                    + " do this is taken.")
            .build());
  }

  /// What was given.
  static TsigKeyOption of(ParseResult given) {
    return new TsigKeyOption(
        given.matchedOptionValue(KEY, (String) null),
        given.matchedOptionValue(KEY_FILE, (Path) null));
  }

  /// Says in one line what is wrong with the key or its file, and what to do.
  static final class UnusableKeyException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableKeyException(String message) {
      super(message);
    }
  }

  /// The key to use for an operation on a name; empty where none was given.
  ///
  /// @throws UnusableKeyException if one was given and can't be used; never with a part of a secret
  Optional<TsigKey> choose(Operation operation, WireName name, Map<String, String> environment)
      throws UnusableKeyException {
    if (key != null && file != null) {
      throw new UnusableKeyException("give --key or --key-file, not both");
    }
    if (key != null) {
      return Optional.of(parse(KEY, key));
    }
    if (file != null) {
      return Optional.of(narrowest(readFile(file), operation, name, file));
    }
    String fromEnvironment = environment.get(ENVIRONMENT);
    return fromEnvironment == null || fromEnvironment.isBlank()
        ? Optional.empty()
        : Optional.of(parse(ENVIRONMENT, fromEnvironment));
  }

  private static TsigKey parse(String origin, String text) throws UnusableKeyException {
    try {
      return TsigKey.parse(text);
    } catch (BadKeyException e) {
      throw new UnusableKeyException(origin + ": " + e.getMessage());
    }
  }

  private static List<TsigKey> readFile(Path file) throws UnusableKeyException {
    try {
      refuseIfOthersCanRead(file);
      if (Files.size(file) > MAX_FILE_OCTETS) {
        throw new UnusableKeyException(file + " is too large for a key file");
      }
      byte[] text = Files.readAllBytes(file);
      String line = new String(text, StandardCharsets.UTF_8).strip();
      if (isCommandLineForm(line)) {
        return List.of(parse(file.toString(), line));
      }
      KeyFile keys = KeyFile.read(file.toString(), text, WireName.ROOT, AlgorithmPolicy.SHA1_TOO);
      if (keys.hasErrors()) {
        throw new UnusableKeyException(keys.findings().getFirst().toString());
      }
      return keys.keys();
    } catch (NoSuchFileException e) {
      throw new UnusableKeyException("there is no file " + file);
    } catch (IOException e) {
      throw new UnusableKeyException(file + " can't be read: " + e.getMessage());
    }
  }

  /// One line without blanks, with a colon: not a record.
  private static boolean isCommandLineForm(String text) {
    return text.indexOf(':') > 0 && text.chars().noneMatch(Character::isWhitespace);
  }

  private static void refuseIfOthersCanRead(Path file) throws IOException, UnusableKeyException {
    Set<PosixFilePermission> permissions;
    try {
      permissions = Files.getPosixFilePermissions(file);
    } catch (UnsupportedOperationException e) {
      return; // A file system without owners and groups.
    }
    Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
    others.addAll(permissions);
    others.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!others.isEmpty()) {
      throw new UnusableKeyException(
          file
              + " is open to other users ("
              + PosixFilePermissions.toString(permissions)
              + "), and holds a secret: chmod 600 "
              + file);
    }
  }

  private static TsigKey narrowest(
      List<TsigKey> keys, Operation operation, WireName name, Path file)
      throws UnusableKeyException {
    return keys.stream()
        .filter(key -> keys.size() == 1 || key.name().permits(operation, name))
        .max((one, other) -> Integer.compare(scopeLabels(one), scopeLabels(other)))
        .orElseThrow(() ->
            new UnusableKeyException(
                "%s has no key that may %s for %s: its name would be anything.%s.%s"
                    .formatted(
                        file,
                        operation.label().substring(1),
                        name.toStringNoDot(),
                        operation.label(),
                        name.toStringNoDot())));
  }

  private static int scopeLabels(TsigKey key) {
    return key.name().scope().map(WireName::labelCount).orElse(0);
  }
}
