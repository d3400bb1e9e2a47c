package zonetrail.tsig;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// The name of a key, and the rights that are written in it: `anything._operation.scope`.
///
/// `operation` is `update`, `transfer` or `notify`, in any case; where more than one label says an
/// operation, the one nearest the root counts. The scope is the name to the right of it and all
/// below it; it may be one host, a zone, or the root. A name without such a label grants nothing.
///
/// A transfer key may carry the addresses of its two ends: `<primary>.<secondary>._transfer.zone`
/// or `<primary>._transfer.zone`, an IPv4 address as its four numbers in natural order
/// (`192.0.2.1.192.0.2.2._transfer.example.`), an IPv6 address as one label with `-` for `:`
/// (`2001-db8--1._transfer.example.`). What stands to the left of them is free.
///
/// Immutable, safe on any thread. Two are equal when their names are.
public final class KeyName {
  private static final Pattern IPV4_NUMBER = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final Pattern IPV6_LABEL = Pattern.compile("[0-9a-fA-F]*(?:-[0-9a-fA-F]*){2,7}");

  private final WireName wire;
  private final @Nullable Grant grant;
  private final List<InetAddress> addresses;

  /// What a name with an operation label grants.
  private record Grant(Operation operation, WireName scope) {}

  private KeyName(WireName wire, @Nullable Grant grant, List<InetAddress> addresses) {
    this.wire = wire;
    this.grant = grant;
    this.addresses = addresses;
  }

  /// Reads the rights out of a name.
  public static KeyName of(WireName name) {
    Grant grant = null;
    WireName operationName = name;
    for (WireName rest = name; !rest.isRoot(); rest = rest.parent()) {
      Operation operation = operationOf(rest);
      if (operation != null) {
        grant = new Grant(operation, rest.parent());
        operationName = rest;
      }
    }
    List<InetAddress> addresses =
        grant != null && grant.operation() == Operation.TRANSFER
            ? addressesOf(labelsBefore(name, operationName))
            : List.of();
    return new KeyName(name, grant, addresses);
  }

  private static @Nullable Operation operationOf(WireName name) {
    for (Operation operation : Operation.values()) {
      if (operation.isLeftmostLabelOf(name)) {
        return operation;
      }
    }
    return null;
  }

  private static List<String> labelsBefore(WireName name, WireName end) {
    List<String> labels = new ArrayList<>();
    byte[] octets = name.toWire();
    int stop = octets.length - end.length();
    for (int at = 0; at < stop; at += 1 + octets[at]) {
      labels.add(new String(octets, at + 1, octets[at], StandardCharsets.ISO_8859_1));
    }
    return labels;
  }

  /// One or two addresses at the right end of the labels, in the order of the name.
  private static List<InetAddress> addressesOf(List<String> labels) {
    List<InetAddress> addresses = new ArrayList<>(2);
    int end = labels.size();
    while (addresses.size() < 2 && end > 0) {
      InetAddress address = ipv6Of(labels.get(end - 1));
      int used = 1;
      if (address == null && end >= 4) {
        address = ipv4Of(labels.subList(end - 4, end));
        used = 4;
      }
      if (address == null) {
        break;
      }
      addresses.addFirst(address);
      end -= used;
    }
    return List.copyOf(addresses);
  }

  private static @Nullable InetAddress ipv4Of(List<String> labels) {
    for (String label : labels) {
      if (!IPV4_NUMBER.matcher(label).matches() || Integer.parseInt(label) > 255) {
        return null;
      }
    }
    return Inet4Address.ofLiteral(String.join(".", labels));
  }

  private static @Nullable InetAddress ipv6Of(String label) {
    if (!IPV6_LABEL.matcher(label).matches()) {
      return null;
    }
    try {
      return Inet6Address.ofLiteral(label.replace('-', ':'));
    } catch (IllegalArgumentException e) {
      return null; // Only looked like one, for example "a-b-c".
    }
  }

  /// The name as it is on the wire.
  public WireName wire() {
    return wire;
  }

  /// The highest right it grants; empty where it grants nothing.
  public Optional<Operation> operation() {
    return Optional.ofNullable(grant).map(Grant::operation);
  }

  /// The name at and below which it grants its right; empty where it grants nothing.
  public Optional<WireName> scope() {
    return Optional.ofNullable(grant).map(Grant::scope);
  }

  /// Whether it grants this right for this name.
  public boolean permits(Operation wanted, WireName name) {
    return grant != null && grant.operation().includes(wanted) && name.isAtOrBelow(grant.scope());
  }

  /// The primary's address in the name of a transfer key.
  public Optional<InetAddress> primary() {
    return addresses.stream().findFirst();
  }

  /// The secondary's address in the name of a transfer key.
  public Optional<InetAddress> secondary() {
    return addresses.stream().skip(1).findFirst();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyName that && wire.equals(that.wire);
  }

  @Override
  public int hashCode() {
    return wire.hashCode();
  }

  /// Presentation form, escaped, with a final dot.
  @Override
  public String toString() {
    return wire.toString();
  }
}
