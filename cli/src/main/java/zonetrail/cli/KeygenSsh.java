package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import zonetrail.server.LogOutput;
import zonetrail.server.git.NewSshKey;
import zonetrail.server.git.SshSeed;

/// `zonetrail keygen ssh`: makes the key with which the server logs in to its repository.
@Command(
    name = "zonetrail keygen ssh",
    mixinStandardHelpOptions = true,
    versionProvider = Keygen.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Makes an SSH key in OpenSSH's form, FILE (mode 0600) and FILE.pub, and prints the public line"
          + " to enter as a deploy key.",
      "No file is ever overwritten."
    },
    footer = {
      "",
      "Examples:",
      "  zonetrail keygen ssh /etc/zonetrail/id_ed25519",
      "  zonetrail keygen ssh --seed              a new seed, and its public key",
      "  zonetrail keygen ssh --seed-file FILE    the public key of a seed you have",
      "",
      "Exit codes: 0 done; 2 wrong usage, or a file is there already or cannot be",
      "written."
    })
public final class KeygenSsh implements Callable<Integer> {
  private static final String NEW_SEED = "";

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to write the private key.")
  private @Nullable Path file;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "ed25519, ecdsa (P-256) or rsa (3072 bits); ed25519 unless given.")
  private NewSshKey.Kind kind = NewSshKey.Kind.ED25519;

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "What stands behind the public key, for people (zonetrail).")
  private String comment = "zonetrail";

  @Option(
      names = "--seed",
      arity = "0..1",
      fallbackValue = NEW_SEED,
      paramLabel = "TEXT",
      description = {
        "Instead of FILE: print a new seed for --seed-file of the server, or with TEXT only its"
            + " public key.",
        "Other users of this machine can see a command line: prefer --seed-file."
      })
  private @Nullable String seed;

  @Option(
      names = "--seed-file",
      paramLabel = "FILE",
      description = "Print the public key of the seed in a file of one line, mode 0600.")
  private @Nullable Path seedFile;

  /// The command.
  KeygenSsh() {}

  /// Runs the command and ends with its exit code.
  public static void main(String[] arguments) {
    LogOutput.configure(Level.ERROR); // else the SSH library's log goes to standard output
    Keygen.main(new KeygenSsh(), arguments);
  }

  @Override
  public Integer call() throws Keygen.RefusedException {
    if (Stream.of(file, seed, seedFile).filter(given -> given != null).count() != 1) {
      throw new Keygen.RefusedException("give FILE, --seed or --seed-file, one of them");
    }
    if (file != null) {
      return writeKey(file);
    }
    if (kind != NewSshKey.Kind.ED25519) {
      throw new Keygen.RefusedException("only an Ed25519 key can be made from a seed");
    }
    out().println(seed().publicLine(comment));
    return ExitCode.DONE;
  }

  private SshSeed seed() {
    if (seedFile != null) {
      return SshSeed.ofFile(seedFile);
    }
    if (seed != null && !seed.equals(NEW_SEED)) {
      return SshSeed.parse(seed);
    }
    SshSeed made = SshSeed.random();
    out().println("seed is " + made.secretText());
    return made;
  }

  private int writeKey(Path target) throws Keygen.RefusedException {
    NewSshKey key = NewSshKey.generate(kind, comment);
    try {
      key.writeTo(target);
    } catch (FileAlreadyExistsException e) {
      throw new Keygen.RefusedException(
          e.getFile()
              + " is there already, and a key that is overwritten is lost: give another name");
    } catch (IOException e) {
      throw Keygen.cannotWrite(target, e);
    }
    out().println(key.publicLine());
    return ExitCode.DONE;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
