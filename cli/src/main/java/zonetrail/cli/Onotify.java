package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ParseResult;
import zonetrail.notify.NotifyMessage;
import zonetrail.transport.DnsExchange;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// `onotify`: tells a server by a NOTIFY that a zone has changed; a primary then fetches its
/// repository.
///
/// The flow: read the key, sign, ask, check the reply's signature, say what the reply means.
public final class Onotify {
  private static final SecureRandom IDS = new SecureRandom();

  private Onotify() {}

  /// Runs the tool and ends with its exit code.
  ///
  /// @param args the command line
  public static void main(String[] args) {
    ToolCommand.main((out, err) -> run(args, System.getenv(), out, err));
  }

  /// Runs the tool.
  ///
  /// @return the exit code, see [ExitCode]
  static int run(String[] args, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    return new ServerTool(OnotifyArguments.commandLine(), "SERVER ZONE [--key-file FILE]", out, err)
        .run(args, given -> tell(given, environment, out));
  }

  private static ToolAnswer tell(ParseResult line, Map<String, String> environment, PrintWriter out)
      throws IOException, UsageException, TsigKeyOption.UnusableKeyException {
    OnotifyArguments given = OnotifyArguments.of(line);
    WireName zone = given.zone();
    Optional<TsigKey> key = given.key().choose(Operation.NOTIFY, zone, environment);
    // Not printf: formatting by a locale's rules takes 10 ms the first time.
    out.println(
        "notifying to "
            + given.server()
            + " zone "
            + zone.toStringNoDot()
            + " serial "
            + given.serial());
    out.flush();
    byte[] request = NotifyMessage.request(IDS.nextInt(1 << 16), zone, given.serial());
    return given
        .server()
        .ask(exchange ->
            key.isPresent()
                ? askSigned(exchange, request, key.get(), zone)
                : NotifyAnswer.toUnsigned(exchange.ask(request, reply -> true), zone));
  }

  private static ToolAnswer askSigned(
      DnsExchange exchange, byte[] request, TsigKey key, WireName zone) throws IOException {
    SignedQuestion question = new SignedQuestion(request, key);
    byte[] reply = question.ask(exchange);
    return NotifyAnswer.toSigned(reply, question.verdict(reply), key, zone, Instant.now());
  }
}
