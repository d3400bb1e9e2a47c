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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import zonetrail.notify.NotifyMessage;
import zonetrail.transport.BadAnswerException;
import zonetrail.transport.DnsExchange;
import zonetrail.transport.UnreachableException;
import zonetrail.tsig.Operation;
import zonetrail.tsig.ResponseVerdict;
import zonetrail.tsig.SignedRequest;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// `onotify`: tells a server by a NOTIFY that a zone has changed; a primary then fetches its
/// repository.
///
/// The flow: read the key, sign, ask, check the reply's signature, say what the reply means.
public final class Onotify {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_TIMEOUT_SECONDS = 3_600;
  private static final SecureRandom IDS = new SecureRandom();

  private final OnotifyArguments given;
  private final Map<String, String> environment;
  private final PrintWriter out;
  private final PrintWriter err;

  private Onotify(
      OnotifyArguments given, Map<String, String> environment, PrintWriter out, PrintWriter err) {
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
        OnotifyArguments.commandLine(),
        args,
        out,
        err,
        Onotify::explainUsage,
        arguments ->
            new Onotify(OnotifyArguments.of(arguments), environment, out, err).notifyServer());
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
    err.println("onotify: " + message);
    err.println("usage: onotify SERVER ZONE [--key-file FILE]; onotify --help says more");
    return ExitCode.USAGE;
  }

  /// Thrown for a wrong argument; the message says what is expected.
  private static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private int notifyServer() {
    try {
      NotifyAnswer answer = tell();
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

  private NotifyAnswer tell()
      throws IOException, UsageException, TsigKeyOption.UnusableKeyException {
    WireName zone = zone();
    Serial serial = serial();
    checkBounds();
    Optional<TsigKey> key = given.key().choose(Operation.NOTIFY, zone, environment);
    String server = given.server();
    List<InetAddress> addresses = List.of(InetAddress.getAllByName(server));
    String host = server.contains(":") && !server.startsWith("[") ? "[" + server + "]" : server;
    // Not printf: formatting by a locale's rules takes 10 ms the first time.
    String to = host + ":" + given.port();
    out.println("notifying to " + to + " zone " + zone.toStringNoDot() + " serial " + serial);
    out.flush();
    byte[] request = NotifyMessage.request(IDS.nextInt(1 << 16), zone, serial);
    return ServerAddresses.ask(
        addresses,
        given.port(),
        given.protocol(),
        Duration.ofSeconds(given.timeoutSeconds()),
        exchange ->
            key.isPresent()
                ? askSigned(exchange, request, key.get(), zone)
                : NotifyAnswer.toUnsigned(exchange.ask(request, reply -> true), zone));
  }

  private static NotifyAnswer askSigned(
      DnsExchange exchange, byte[] request, TsigKey key, WireName zone) throws IOException {
    SignedRequest signed = TsigSigner.signRequest(request, request.length, key, Instant.now());
    byte[] reply =
        exchange.ask(
            signed.message(), it -> verify(it, key, signed) instanceof ResponseVerdict.Authentic);
    return NotifyAnswer.toSigned(reply, verify(reply, key, signed), key, zone, Instant.now());
  }

  private static ResponseVerdict verify(byte[] reply, TsigKey key, SignedRequest signed) {
    return TsigVerifier.verifyResponse(reply, reply.length, key, signed.mac(), Instant.now());
  }

  private WireName zone() throws UsageException {
    try {
      return WireName.parse(given.zone());
    } catch (BadNameException e) {
      throw new UsageException("ZONE is not a domain name: " + e.getMessage());
    }
  }

  private Serial serial() throws UsageException {
    try {
      return Serial.of(given.serial());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--serial: " + e.getMessage());
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
  }

  private int fail(int exitCode, @Nullable String message) {
    err.println("onotify: " + message);
    return exitCode;
  }
}
