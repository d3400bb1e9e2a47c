package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import picocli.CommandLine.ParseResult;
import zonetrail.tsig.BadKeyException;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// `oupdate`: changes the records of a host on a server by a signed UPDATE.
///
/// The flow: read key and records, sign, ask, check the reply's signature, say what the reply
/// means.
public final class Oupdate {
  private static final SecureRandom IDS = new SecureRandom();

  private Oupdate() {}

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
    return new ServerTool(
            OupdateArguments.commandLine(),
            "SERVER [KEY] HOST [VALUE...] [--key-file FILE]",
            out,
            err)
        .run(args, given -> update(given, environment, out));
  }

  private static ToolAnswer update(
      ParseResult line, Map<String, String> environment, PrintWriter out)
      throws IOException, UsageException, TsigKeyOption.UnusableKeyException {
    OupdateArguments given = OupdateArguments.of(line);
    UpdatePlan plan = plan(given);
    WireName host = plan.host();
    TsigKey key = key(given, host, environment);
    WireName zone = zone(given, key, host);
    out.println(
        "updating to "
            + given.server()
            + " zone "
            + zone.toStringNoDot()
            + ": "
            + host.toStringNoDot()
            + " "
            + plan);
    out.flush();
    SignedQuestion question = new SignedQuestion(plan.message(zone, IDS.nextInt(1 << 16)), key);
    byte[] reply = given.server().ask(question::ask);
    return UpdateAnswer.of(reply, question.verdict(reply), key, zone, host, Instant.now());
  }

  private static UpdatePlan plan(OupdateArguments given) throws UsageException {
    try {
      return UpdatePlan.of(given);
    } catch (BadNameException e) {
      throw new UsageException("HOST is not a domain name: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private static TsigKey key(OupdateArguments given, WireName host, Map<String, String> environment)
      throws UsageException, TsigKeyOption.UnusableKeyException {
    String text = given.givenKey();
    if (text != null) {
      try {
        return TsigKey.parse(text);
      } catch (BadKeyException e) {
        throw new UsageException("KEY: " + e.getMessage());
      }
    }
    return given
        .key()
        .choose(Operation.UPDATE, host, environment)
        .orElseThrow(() ->
            new UsageException("an update is signed: give a key with --key-file or ZONETRAIL_KEY"));
  }

  /// What was said, or the name that the key is for, as in the original. A key for everything says
  /// nothing about zones, but our servers find the zone that holds a host.
  private static WireName zone(OupdateArguments given, TsigKey key, WireName host)
      throws UsageException {
    String text = given.zone();
    if (text == null) {
      return key.name().scope().filter(scope -> !scope.isRoot()).orElse(host);
    }
    try {
      return WireName.parse(text);
    } catch (BadNameException e) {
      throw new UsageException("--zone is not a domain name: " + e.getMessage());
    }
  }
}
