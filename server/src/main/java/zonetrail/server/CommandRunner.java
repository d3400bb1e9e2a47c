package zonetrail.server;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;

/// Runs a command that starts a server: a mistake in its options or its surroundings is one line on
/// standard error and an exit code, never a stack trace.
public final class CommandRunner {
  private CommandRunner() {}

  /// Parses the arguments and runs the command.
  ///
  /// @return the exit code: 0, 2 for usage or I/O, 3 where something could not be reached
  public static int run(Callable<Integer> command, String[] arguments) {
    return of(command).execute(arguments);
  }

  /// The command with our manners about mistakes.
  static CommandLine of(Callable<Integer> command) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, _) -> {
          CommandLine line = wrong.getCommandLine();
          String name = line.getCommandName();
          line.getErr().println(name + ": " + oneLine(wrong) + " (see '" + name + " --help')");
          return CommandLine.ExitCode.USAGE;
        })
        .setExecutionExceptionHandler((failed, line, _) -> {
          if (!(failed instanceof StartException start)) {
            throw failed;
          }
          line.getErr().println(line.getCommandName() + ": " + oneLine(start));
          return start.exitCode();
        });
  }

  /// Scripts and logs take a message for a line. Picocli's own message repeats stray arguments, and
  /// a mistyped option may have left an address with a password in it among them.
  private static String oneLine(Exception said) {
    if (said instanceof UnmatchedArgumentException unmatched) {
      return unmatched.getUnmatched().stream()
          .filter(argument -> argument.startsWith("-"))
          .findFirst()
          .map(option -> "Unknown option: '" + option.replaceFirst("=.*", "") + "'")
          .orElse("too many arguments");
    }
    return String.valueOf(said.getMessage())
        .strip()
        .replaceAll("\\s*\\R\\s*", " ")
        .replaceFirst("^Error: ", "");
  }
}
