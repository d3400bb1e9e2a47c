package zonetrail.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import zonetrail.transport.DnsExchange;
import zonetrail.transport.DnsExchange.Protocol;
import zonetrail.transport.UnreachableException;

/// The server that a tool asks, and how: its first argument, `--port`, `--timeout`, `--tcp` and
/// `--udp`.
///
/// @param name the server's name or address
/// @param port 1 to 65535
/// @param timeoutSeconds how long to wait in all
/// @param protocol how to ask
record ServerOption(String name, int port, int timeoutSeconds, Protocol protocol) {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_TIMEOUT_SECONDS = 3_600;

  private static final String PORT = "--port";
  private static final String TIMEOUT = "--timeout";
  private static final String TCP = "--tcp";
  private static final String UDP = "--udp";

  /// One way of asking.
  @FunctionalInterface
  interface Asking<T> {
    T ask(DnsExchange exchange) throws IOException;
  }

  /// Adds the server to a command line, as its first argument.
  static void addArgumentTo(CommandSpec spec) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .paramLabel("SERVER")
            .required(true)
            .type(String.class)
            .description("The server: a name, an IPv4 or an IPv6 address.")
            .build());
  }

  /// Adds the options to a command line.
  static void addOptionsTo(CommandSpec spec, int timeoutSeconds) {
    spec.addOption(ToolCommand.number(PORT, "PORT", 53, "The server's port"));
    spec.addOption(
        ToolCommand.number(TIMEOUT, "SECONDS", timeoutSeconds, "How long to wait in all"));
    spec.addArgGroup(
        ArgGroupSpec.builder()
            .exclusive(true)
            .addArg(ToolCommand.flag(TCP, "Ask over TCP (the default)."))
            .addArg(
                ToolCommand.flag(
                    UDP, "Ask over UDP, with the same message after 1, 2, 4 ... seconds."))
            .build());
  }

  /// What was given.
  ///
  /// @throws UsageException if a number is out of its bounds
  static ServerOption of(ParseResult given) throws UsageException {
    CommandSpec spec = given.commandSpec();
    int port = spec.findOption(PORT).<Integer>getValue();
    int timeoutSeconds = spec.findOption(TIMEOUT).<Integer>getValue();
    if (port < 1 || port > MAX_PORT) {
      throw new UsageException(PORT + " is 1 to " + MAX_PORT + ", not " + port);
    }
    if (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
      throw new UsageException(
          TIMEOUT + " is 1 to " + MAX_TIMEOUT_SECONDS + " seconds, not " + timeoutSeconds);
    }
    return new ServerOption(
        given.matchedPositionalValue(0, ""),
        port,
        timeoutSeconds,
        given.matchedOptionValue(UDP, false) ? Protocol.UDP : Protocol.TCP);
  }

  /// Asks one address of the server after the other until there is an answer.
  ///
  /// @throws java.net.UnknownHostException if the name has no address
  /// @throws UnreachableException if none of them answers
  <T> T ask(Asking<T> asking) throws IOException {
    InetAddress[] addresses = InetAddress.getAllByName(name);
    Duration each = Duration.ofSeconds(timeoutSeconds).dividedBy(Math.max(1, addresses.length));
    @Nullable UnreachableException unreachable = null;
    for (InetAddress address : addresses) {
      try {
        return asking.ask(new DnsExchange(new InetSocketAddress(address, port), protocol, each));
      } catch (UnreachableException e) {
        unreachable = e;
      }
    }
    throw unreachable == null ? new UnreachableException("the server has no address") : unreachable;
  }

  /// Name and port, an IPv6 address in brackets.
  @Override
  public String toString() {
    String host = name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name;
    return host + ":" + port;
  }
}
