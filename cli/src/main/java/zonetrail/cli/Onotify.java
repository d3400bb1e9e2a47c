package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import zonetrail.notify.NotifyMessage;
import zonetrail.transport.BadAnswerException;
import zonetrail.transport.DnsExchange;
import zonetrail.transport.DnsExchange.Protocol;
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
@Command(
    name = "onotify",
    mixinStandardHelpOptions = true,
    versionProvider = Onotify.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Tell a DNS server that a zone has changed (NOTIFY, RFC 1996), signed with a key.",
    footer = {
      "",
      "Quick start, in the post-receive hook of a zone repository:",
      "  onotify 192.0.2.1 example.com --key-file /etc/zonetrail/notify.key",
      "where the file (chmod 600) has one line, the same key as in example.com._keys:",
      "  hook._notify.example.com:SHA256:BASE64",
      "Without --key and --key-file the key is taken from the environment, ZONETRAIL_KEY.",
      "",
      "Exit codes: 0 done; 1 the answer was no; 2 wrong usage or an unreadable file;",
      "3 the server could not be reached."
    })
public final class Onotify implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_TIMEOUT_SECONDS = 3_600;
  private static final SecureRandom IDS = new SecureRandom();

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      paramLabel = "SERVER",
      description = "The server: a name, an IPv4 or an IPv6 address.")
  private String server = "";

  @Parameters(index = "1", paramLabel = "ZONE", description = "The zone that has changed.")
  private String zoneText = "";

  @Mixin private TsigKeyOption keyOption = new TsigKeyOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "53",
      description = "The server's port (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--serial",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "The zone's new serial (default: ${DEFAULT-VALUE}). Only a hint: the primary does not look"
              + " at it, a secondary may ignore a serial that it has.")
  private long serialValue;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait in all (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @ArgGroup(exclusive = true)
  private @Nullable ProtocolChoice protocolChoice;

  /// `--tcp` or `--udp`.
  static final class ProtocolChoice {
    @Option(names = "--tcp", description = "Ask over TCP (the default).")
    boolean tcp;

    @Option(names = "--udp", description = "Ask over UDP, again after 1, 2, 4 ... seconds.")
    boolean udp;
  }

  /// Says which version this is, from the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Onotify.class.getPackage().getImplementationVersion();
      return new String[] {"zonetrail " + (version == null ? "(development)" : version)};
    }
  }

  private final Map<String, String> environment;

  /// The tool, in a given environment.
  ///
  /// @param environment the environment variables
  Onotify(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Runs the tool and ends with its exit code.
  ///
  /// @param args the command line
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    System.exit(run(args, System.getenv(), out, err));
  }

  /// Runs the tool.
  ///
  /// @return the exit code, see [ExitCode]
  static int run(String[] args, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    return new CommandLine(new Onotify(environment))
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler((e, arguments) -> explainUsage(e))
        .execute(args);
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

  @Override
  public Integer call() {
    try {
      NotifyAnswer answer = tell();
      (answer.exitCode() == ExitCode.DONE ? out() : err()).println(answer.text());
      return answer.exitCode();
    } catch (UsageException | TsigKeyOption.UnusableKeyException e) {
      return fail(ExitCode.USAGE, e.getMessage());
    } catch (UnknownHostException e) {
      return fail(ExitCode.UNREACHABLE, "the name " + server + " has no address; is it right?");
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
    Optional<TsigKey> key = keyOption.choose(Operation.NOTIFY, zone, environment);
    List<InetAddress> addresses = List.of(InetAddress.getAllByName(server));
    String host = server.contains(":") && !server.startsWith("[") ? "[" + server + "]" : server;
    out()
        .printf("notifying to %s:%d zone %s serial %s%n", host, port, zone.toStringNoDot(), serial);
    out().flush();
    Duration timeout = Duration.ofSeconds(timeoutSeconds).dividedBy(addresses.size());
    UnreachableException unreachable = null;
    for (InetAddress address : addresses) {
      DnsExchange exchange =
          new DnsExchange(new InetSocketAddress(address, port), protocol(), timeout);
      byte[] request = NotifyMessage.request(IDS.nextInt(1 << 16), zone, serial);
      try {
        return key.isPresent()
            ? askSigned(exchange, request, key.get(), zone)
            : NotifyAnswer.toUnsigned(exchange.ask(request, reply -> true), zone);
      } catch (UnreachableException e) {
        unreachable = e; // A name may have an address that does not answer, and one that does.
      }
    }
    throw unreachable == null ? new UnreachableException(server + " has no address") : unreachable;
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
      return WireName.parse(zoneText);
    } catch (BadNameException e) {
      throw new UsageException("ZONE is not a domain name: " + e.getMessage());
    }
  }

  private Serial serial() throws UsageException {
    try {
      return Serial.of(serialValue);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--serial: " + e.getMessage());
    }
  }

  private void checkBounds() throws UsageException {
    if (port < 1 || port > MAX_PORT) {
      throw new UsageException("--port is 1 to " + MAX_PORT + ", not " + port);
    }
    if (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
      throw new UsageException(
          "--timeout is 1 to " + MAX_TIMEOUT_SECONDS + " seconds, not " + timeoutSeconds);
    }
  }

  private Protocol protocol() {
    return protocolChoice != null && protocolChoice.udp ? Protocol.UDP : Protocol.TCP;
  }

  private int fail(int exitCode, @Nullable String message) {
    err().println("onotify: " + message);
    return exitCode;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
