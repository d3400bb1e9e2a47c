package zonetrail.authority;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// Which primaries have which zones, as keys and command line tell.
///
/// A zone is asked for with the `_transfer` (or `_update`) keys whose scope lies nearest above it,
/// at the addresses that were configured, then at those that the keys' names carry
/// (`<primary>.<secondary>._transfer.zone`). A key whose scope is not the root names a zone of that
/// name, too, which is asked for from the start, as those are that were named beside the keys; all
/// others come by NOTIFY. Of a zone so named that no key covers, requests are not signed, and the
/// addresses that were configured are asked. Immutable.
public final class RemotePrimaries {
  /// Where a primary answers unless something else is said (RFC 1035 §4.2).
  public static final int DNS_PORT = 53;

  private final List<InetSocketAddress> configured;
  private final KeyRing keys;
  private final Set<WireName> named;

  /// Primaries by these addresses and keys.
  ///
  /// @param configured addresses for all zones, in the order in which they are tried; may be empty
  ///   where the keys carry addresses
  /// @param named zones to ask for from the start, besides those that keys are named after
  public RemotePrimaries(
      List<InetSocketAddress> configured, KeyRing keys, Collection<WireName> named) {
    this.configured = List.copyOf(configured);
    this.keys = keys;
    this.named = Set.copyOf(named);
  }

  /// All keys, those that only permit a NOTIFY included.
  public KeyRing keys() {
    return keys;
  }

  /// The primaries of a zone, in the order in which they are tried; empty if no key covers it, and
  /// it was not named.
  public List<RemotePrimary> of(WireName zone) {
    List<TsigKey> covering =
        keys.keys().stream()
            .filter(key -> key.name().permits(Operation.TRANSFER, zone))
            .sorted(Comparator.comparingInt(RemotePrimaries::scopeLabels).reversed())
            .toList();
    if (covering.isEmpty()) {
      return named.contains(zone)
          ? configured.stream().map(address -> new RemotePrimary(address, null)).toList()
          : List.of();
    }
    int nearest = scopeLabels(covering.getFirst());
    Set<RemotePrimary> primaries = new LinkedHashSet<>();
    for (TsigKey key : covering) {
      if (scopeLabels(key) == nearest) {
        addresses(key).forEach(address -> primaries.add(new RemotePrimary(address, key)));
      }
    }
    return List.copyOf(primaries);
  }

  private List<InetSocketAddress> addresses(TsigKey key) {
    List<InetSocketAddress> addresses = new ArrayList<>(configured);
    key.name()
        .primary()
        .filter(named -> configured.stream().noneMatch(one -> isAt(one, named)))
        .ifPresent(named -> addresses.add(new InetSocketAddress(named, DNS_PORT)));
    return addresses;
  }

  private static boolean isAt(InetSocketAddress configured, InetAddress named) {
    return configured.getAddress().equals(named);
  }

  private static int scopeLabels(TsigKey key) {
    return key.name().scope().map(WireName::labelCount).orElse(0);
  }

  /// The zones that keys are named after, and those named besides.
  public Set<WireName> zonesNamed() {
    Set<WireName> zones = new LinkedHashSet<>(named);
    for (TsigKey key : keys.keys()) {
      key.name()
          .scope()
          .filter(scope -> !scope.isRoot() && key.name().permits(Operation.TRANSFER, scope))
          .ifPresent(zones::add);
    }
    return zones;
  }

  /// The transfer keys for which no address is known.
  public List<TsigKey> withoutAddress() {
    return keys.keys().stream()
        .filter(key ->
            key.name().scope().isPresent()
                && key.name().permits(Operation.TRANSFER, key.name().scope().get())
                && addresses(key).isEmpty())
        .toList();
  }
}
