package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import zonetrail.transport.BadAnswerException;
import zonetrail.transport.UnreachableException;

/// The frame of a tool that asks a server: what it says, and with which exit code it ends, where
/// its arguments are wrong, the server does not answer, or it does.
final class ServerTool {
  private final CommandSpec spec;
  private final String usage;
  private final PrintWriter out;
  private final PrintWriter err;

  /// @param usage the line that follows a wrong command line, after the tool's name
  ServerTool(CommandSpec spec, String usage, PrintWriter out, PrintWriter err) {
    this.spec = spec;
    this.usage = usage;
    this.out = out;
    this.err = err;
  }

  /// What the tool does with its arguments.
  @FunctionalInterface
  interface Conversation {
    /// Asks, and says what came of it.
    ///
    /// @throws UsageException if an argument is wrong
    /// @throws TsigKeyOption.UnusableKeyException if the key is
    /// @throws IOException if the server is not reached, or does not answer as DNS servers do
    ToolAnswer with(ParseResult given)
        throws IOException, UsageException, TsigKeyOption.UnusableKeyException;
  }

  /// Runs the tool.
  ///
  /// @return the exit code, see [ExitCode]
  int run(String[] args, Conversation conversation) {
    return ToolCommand.run(
        spec, args, out, err, this::explainUsage, given -> converse(conversation, given));
  }

  /// Picocli's own message repeats stray arguments, and a mistyped `--key` makes one of a secret.
  private int explainUsage(ParameterException e) {
    String message =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched().stream()
                .filter(argument -> argument.startsWith("-"))
                .findFirst()
                .map(option -> "there is no option " + option.replaceFirst("=.*", ""))
                .orElse("too many arguments")
            : String.valueOf(e.getMessage());
    fail(ExitCode.USAGE, message);
    err.println("usage: " + spec.name() + " " + usage + "; " + spec.name() + " --help says more");
    return ExitCode.USAGE;
  }

  private int converse(Conversation conversation, ParseResult given) {
    try {
      ToolAnswer answer = conversation.with(given);
      (answer.exitCode() == ExitCode.DONE ? out : err).println(answer.text());
      return answer.exitCode();
    } catch (UsageException | TsigKeyOption.UnusableKeyException e) {
      return fail(ExitCode.USAGE, e.getMessage());
    } catch (UnknownHostException e) {
      String server = given.matchedPositionalValue(0, "");
      return fail(
          ExitCode.UNREACHABLE,
          "the name " + server + " has no address; is it right? (--port takes the port)");
    } catch (UnreachableException e) {
      return fail(ExitCode.UNREACHABLE, e.getMessage() + "; are server, port and firewall right?");
    } catch (BadAnswerException e) {
      return fail(ExitCode.NO, e.getMessage() + "; is it a DNS server?");
    } catch (IOException e) {
      return fail(ExitCode.USAGE, "this machine could not send: " + e.getMessage());
    }
  }

  private int fail(int exitCode, @Nullable String message) {
    err.println(spec.name() + ": " + message);
    return exitCode;
  }
}
