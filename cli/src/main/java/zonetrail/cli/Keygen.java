package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What the commands `zonetrail keygen ssh` and `zonetrail keygen tsig` have in common: a mistake
/// is one line on standard error. They are two mains, since only the first needs the SSH library.
final class Keygen {
  private Keygen() {}

  /// Says which version this is, from the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Keygen.class.getPackage().getImplementationVersion();
      return new String[] {"zonetrail " + (version == null ? "(development)" : version)};
    }
  }

  /// The command cannot do what it was asked for; the message says why and what to do.
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /// A file cannot be written, which Java says by its name alone.
  static RefusedException cannotWrite(Path file, IOException why) {
    String reason =
        switch (why) {
          case NoSuchFileException _ -> "there is no such folder; make it first";
          case AccessDeniedException _ -> "its folder is not ours to write to; give another one";
          default -> why.getMessage();
        };
    return new RefusedException(file + " cannot be written: " + reason);
  }

  /// Runs a command with standard output and standard error, and ends with its exit code.
  static void main(Callable<Integer> command, String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    System.exit(run(command, arguments, out, err));
  }

  /// Runs a command.
  ///
  /// @return the exit code, see [ExitCode]
  static int run(Callable<Integer> command, String[] arguments, PrintWriter out, PrintWriter err) {
    return new CommandLine(command)
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, _) -> {
          String name = wrong.getCommandLine().getCommandName();
          err.println(name + ": " + oneLine(wrong) + " (see '" + name + " --help')");
          return ExitCode.USAGE;
        })
        .setExecutionExceptionHandler((failed, line, _) -> {
          if (!(failed instanceof RefusedException || failed instanceof IllegalArgumentException)) {
            throw failed;
          }
          err.println(line.getCommandName() + ": " + failed.getMessage());
          return ExitCode.USAGE;
        })
        .execute(arguments);
  }

  /// Picocli's own message repeats stray arguments, and a mistyped option makes one of a secret.
  private static String oneLine(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      return unmatched.getUnmatched().stream()
          .filter(argument -> argument.startsWith("-"))
          .findFirst()
          .map(option -> "there is no option " + option.replaceFirst("=.*", ""))
          .orElse("too many arguments");
    }
    return String.valueOf(wrong.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
