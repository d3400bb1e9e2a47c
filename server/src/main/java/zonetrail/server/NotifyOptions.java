package zonetrail.server;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import zonetrail.notify.NotifyPolicy;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// The options that say who is told of changes (NOTIFY).
final class NotifyOptions {
  private static final String OFF = "off";

  @Option(
      names = "--notify",
      paramLabel = "ADDR[:PORT][,KEY]",
      description = {
        "A server that is told of changes of every zone, as 192.0.2.2 or [2001:db8::2]:5353; signed"
            + " with the key of that name, out of a key file. May be given more than once.",
        "Told anyway: the addresses of a zone's name servers, as far as they are in zones of ours;"
            + " and the secondaries in the names of _transfer keys. 'off': nobody."
      })
  private List<String> named = List.of();

  @Option(
      names = "--notify-port",
      paramLabel = "PORT",
      description = "The port of those told that have none of their own (53).")
  private int port = NotifyPolicy.DNS_PORT;

  /// Who is told.
  ///
  /// @throws IllegalArgumentException if an address, a port or the name of a key is none
  NotifyPolicy policy() {
    if (named.contains(OFF)) {
      if (named.size() > 1) {
        throw new IllegalArgumentException("--notify off tells nobody: leave the others away");
      }
      return NotifyPolicy.OFF;
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("--notify-port is 1 to 65535, not " + port);
    }
    return new NotifyPolicy(true, port, named.stream().map(this::parse).toList());
  }

  private NotifyPolicy.Named parse(String text) {
    int comma = text.indexOf(',');
    String address = comma < 0 ? text : text.substring(0, comma);
    InetSocketAddress target = address(address);
    if (target == null || target.getPort() == 0) {
      throw new IllegalArgumentException(
          "--notify "
              + text
              + " is not ADDR[:PORT][,KEY]; write for example 192.0.2.2 or [2001:db8::2]:5353");
    }
    try {
      return new NotifyPolicy.Named(
          target, comma < 0 ? null : WireName.parse(text.substring(comma + 1)));
    } catch (BadNameException noName) {
      throw new IllegalArgumentException(
          "--notify " + text + ": the key's name is none (" + noName.getMessage() + ")", noName);
    }
  }

  private @Nullable InetSocketAddress address(String text) {
    boolean isBare = text.indexOf(':') < 0 || text.endsWith("]");
    InetSocketAddress target = withPort(isBare ? text + ":" + port : text);
    // An IPv6 address may stand alone without brackets.
    return target == null && !isBare ? withPort("[" + text + "]:" + port) : target;
  }

  private static @Nullable InetSocketAddress withPort(String text) {
    try {
      return new SocketAddressConverter().convert(text);
    } catch (picocli.CommandLine.TypeConversionException notAnAddress) {
      return null;
    }
  }
}
