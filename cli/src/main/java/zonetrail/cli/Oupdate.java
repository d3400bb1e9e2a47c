package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import zonetrail.transport.BadAnswerException;
import zonetrail.transport.DnsExchange;
import zonetrail.transport.UnreachableException;
import zonetrail.tsig.BadKeyException;
import zonetrail.tsig.Operation;
import zonetrail.tsig.ResponseVerdict;
import zonetrail.tsig.SignedRequest;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// `oupdate`: changes the records of a host on a server by a signed UPDATE.
///
/// The flow: read key and records, sign, ask, check the reply's signature, say what the reply
/// means. A message is signed once: sent again over UDP it has the same octets, to which a server
/// that has done it gives the same answer.
public final class Oupdate {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_TIMEOUT_SECONDS = 3_600;
  private static final SecureRandom IDS = new SecureRandom();

  private final OupdateArguments given;
  private final Map<String, String> environment;
  private final PrintWriter out;
  private final PrintWriter err;

  private Oupdate(
      OupdateArguments given, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    this.given = given;
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /// Runs the tool and ends with its exit code.
  ///
  /// @param args the command line
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    ToolCommand.exit(run(args, System.getenv(), out, err), out, err);
  }

  /// Runs the tool.
  ///
  /// @return the exit code, see [ExitCode]
  static int run(String[] args, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    return ToolCommand.run(
        OupdateArguments.commandLine(),
        args,
        out,
        err,
        Oupdate::explainUsage,
        arguments -> new Oupdate(OupdateArguments.of(arguments), environment, out, err).update());
  }

  /// Picocli's own message repeats stray arguments, and a mistyped `--key` makes one of a secret.
  private static int explainUsage(ParameterException e) {
    String message =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched().stream()
                .filter(argument -> argument.startsWith("-"))
                .findFirst()
                .map(option -> "there is no option " + option.replaceFirst("=.*", ""))
                .orElse("too many arguments")
            : String.valueOf(e.getMessage());
    PrintWriter err = e.getCommandLine().getErr();
    err.println("oupdate: " + message);
    err.println(
        "usage: oupdate SERVER [KEY] HOST [VALUE...] [--key-file FILE]; oupdate --help says more");
    return ExitCode.USAGE;
  }

  /// Thrown for a wrong argument; the message says what is expected.
  private static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private int update() {
    try {
      UpdateAnswer answer = tell();
      (answer.exitCode() == ExitCode.DONE ? out : err).println(answer.text());
      return answer.exitCode();
    } catch (UsageException | TsigKeyOption.UnusableKeyException e) {
      return fail(ExitCode.USAGE, e.getMessage());
    } catch (UnknownHostException e) {
      return fail(
          ExitCode.UNREACHABLE, "the name " + given.server() + " has no address; is it right?");
    } catch (UnreachableException e) {
      return fail(ExitCode.UNREACHABLE, e.getMessage() + "; are server, port and firewall right?");
    } catch (BadAnswerException e) {
      return fail(ExitCode.NO, e.getMessage() + "; is it a DNS server?");
    } catch (IOException e) {
      return fail(ExitCode.USAGE, "this machine could not send: " + e.getMessage());
    }
  }

  private UpdateAnswer tell()
      throws IOException, UsageException, TsigKeyOption.UnusableKeyException {
    checkBounds();
    UpdatePlan plan = plan();
    TsigKey key = key(plan.host());
    WireName zone = zone(key, plan.host());
    String server = given.server();
    List<InetAddress> addresses = List.of(InetAddress.getAllByName(server));
    String shown = server.contains(":") && !server.startsWith("[") ? "[" + server + "]" : server;
    out.println(
        "updating to "
            + shown
            + ":"
            + given.port()
            + " zone "
            + zone.toStringNoDot()
            + ": "
            + plan.host().toStringNoDot()
            + " "
            + plan);
    out.flush();
    byte[] request = plan.message(zone, IDS.nextInt(1 << 16));
    SignedRequest signed = TsigSigner.signRequest(request, request.length, key, Instant.now());
    return ServerAddresses.ask(
        addresses,
        given.port(),
        given.protocol(),
        Duration.ofSeconds(given.timeoutSeconds()),
        exchange -> ask(exchange, signed, key, zone, plan.host()));
  }

  private static UpdateAnswer ask(
      DnsExchange exchange, SignedRequest signed, TsigKey key, WireName zone, WireName host)
      throws IOException {
    byte[] reply =
        exchange.ask(
            signed.message(), it -> verify(it, key, signed) instanceof ResponseVerdict.Authentic);
    return UpdateAnswer.of(reply, verify(reply, key, signed), key, zone, host, Instant.now());
  }

  private static ResponseVerdict verify(byte[] reply, TsigKey key, SignedRequest signed) {
    return TsigVerifier.verifyResponse(reply, reply.length, key, signed.mac(), Instant.now());
  }

  private UpdatePlan plan() throws UsageException {
    try {
      return UpdatePlan.of(given);
    } catch (BadNameException e) {
      throw new UsageException("HOST is not a domain name: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private TsigKey key(WireName host) throws UsageException, TsigKeyOption.UnusableKeyException {
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
  private WireName zone(TsigKey key, WireName host) throws UsageException {
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

  private void checkBounds() throws UsageException {
    int port = given.port();
    if (port < 1 || port > MAX_PORT) {
      throw new UsageException("--port is 1 to " + MAX_PORT + ", not " + port);
    }
    int timeoutSeconds = given.timeoutSeconds();
    if (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
      throw new UsageException(
          "--timeout is 1 to " + MAX_TIMEOUT_SECONDS + " seconds, not " + timeoutSeconds);
    }
    if (given.ttlSeconds() < 0) {
      throw new UsageException("--ttl is 0 to 2147483647 seconds, not " + given.ttlSeconds());
    }
  }

  private int fail(int exitCode, @Nullable String message) {
    err.println("oupdate: " + message);
    return exitCode;
  }
}
