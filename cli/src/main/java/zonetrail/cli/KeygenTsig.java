package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import zonetrail.tsig.AlgorithmPolicy;
import zonetrail.tsig.KeyFile;
import zonetrail.tsig.KeyName;
import zonetrail.tsig.TsigAlgorithm;
import zonetrail.wire.BadNameException;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// `zonetrail keygen tsig`: makes a key for NOTIFY, transfers or UPDATE, and prints the line for
/// the key file of its zone.
@Command(
    name = "zonetrail keygen tsig",
    mixinStandardHelpOptions = true,
    versionProvider = Keygen.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Makes a TSIG key and prints the line for the key file in the repository.",
      "The name says what the key may do, and where: anything._notify.example.org lets its holder"
          + " tell the server to fetch, for example.org and below; _transfer and _update grant more."
    },
    footer = {
      "",
      "Example, a key for the post-receive hook:",
      "  zonetrail keygen tsig hook._notify.example.org --key-file hook.key \\",
      "      >> example.org._keys",
      "then commit example.org._keys, and give hook.key (mode 0600) to onotify",
      "--key-file.",
      "",
      "Exit codes: 0 done; 2 wrong usage, or the file is there already or cannot be",
      "written."
    })
public final class KeygenTsig implements Callable<Integer> {
  private static final String ALGORITHMS = "SHA224, SHA256, SHA384 and SHA512";

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(index = "0", paramLabel = "NAME", description = "The key's name.")
  private String nameText = "";

  @Option(
      names = "--algorithm",
      paramLabel = "ALG",
      description = ALGORITHMS + " are known (SHA256).")
  private String algorithmText = "SHA256";

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Also write the key to a new file, mode 0600, for onotify --key-file and the like.")
  private @Nullable Path keyFile;

  /// The command.
  KeygenTsig() {}

  /// Runs the command and ends with its exit code.
  public static void main(String[] arguments) {
    Keygen.main(new KeygenTsig(), arguments);
  }

  @Override
  public Integer call() throws Keygen.RefusedException {
    KeyName name = name();
    TsigAlgorithm algorithm = algorithm();
    String secret = secret(algorithm);
    if (keyFile != null) {
      write(keyFile, name.wire().toStringNoDot() + ":" + hashName(algorithm) + ":" + secret + "\n");
    }
    out().printf("%s DNSKEY 0 3 %d %s%n", name, algorithm.dnskeyNumber(), secret);
    err().println("zonetrail keygen tsig: " + advice(name));
    return ExitCode.DONE;
  }

  private KeyName name() throws Keygen.RefusedException {
    KeyName name;
    try {
      name = KeyName.of(WireName.parse(nameText));
    } catch (BadNameException e) {
      throw new Keygen.RefusedException("NAME is not a domain name: " + e.getMessage());
    }
    if (name.operation().isEmpty()) {
      throw new Keygen.RefusedException(
          name.wire().toStringNoDot()
              + " grants nothing: a key's name is anything, then _notify, _transfer or _update, then"
              + " where it holds, as in hook._notify.example.org");
    }
    return name;
  }

  private TsigAlgorithm algorithm() throws Keygen.RefusedException {
    TsigAlgorithm algorithm = TsigAlgorithm.parse(algorithmText);
    if (algorithm == null || !AlgorithmPolicy.STRONG.allows(algorithm)) {
      throw new Keygen.RefusedException(
          "--algorithm "
              + algorithmText
              + " is not to be used for a new key; known are "
              + ALGORITHMS);
    }
    return algorithm;
  }

  /// As many octets as the MAC has.
  @Rfc(number = 8945, section = "8")
  private static String secret(TsigAlgorithm algorithm) {
    byte[] octets = new byte[algorithm.macOctets()];
    new SecureRandom().nextBytes(octets);
    return Base64.getEncoder().encodeToString(octets);
  }

  private static String hashName(TsigAlgorithm algorithm) {
    return algorithm.toString().substring("HMAC-".length());
  }

  private static String advice(KeyName name) {
    WireName scope = name.scope().orElseThrow();
    String operation = name.operation().orElseThrow().name().toLowerCase(Locale.ROOT);
    return scope.isRoot()
        ? "it may %s everything; put the line into the file %s".formatted(operation, KeyFile.SUFFIX)
        : "it may %1$s %2$s and what is below; put the line into %2$s.%3$s, or the key file of the zone that holds it"
            .formatted(operation, scope.toStringNoDot(), KeyFile.SUFFIX);
  }

  private static void write(Path file, String line) throws Keygen.RefusedException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
      ByteBuffer rest = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new Keygen.RefusedException(
          file + " is there already, and a key that is overwritten is lost: give another name");
    } catch (IOException e) {
      throw Keygen.cannotWrite(file, e);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
