package zonetrail.notify;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Who is told of a zone's changes, with the zones and keys of one moment:
///
/// - the secondary in the name of each transfer key whose scope is the zone or above it; the NOTIFY
///   is signed with that key. So a secondary with one key for all zones hears of new ones.
/// - the addresses of the zone's name servers but for the one that the SOA names as primary (RFC
///   1996 §2, "Notify Set"), as far as zones of ours have them: nobody is asked;
/// - whom the operator names.
///
/// One address is told once: with the key of the narrowest scope, else as the operator says. At
/// most [#MAX_TARGETS] for a zone. Immutable, safe on any thread.
@Rfc(number = 1996, section = "2.1")
public final class NotifyTargets {
  /// How many are told of one zone; those beyond are not.
  public static final int MAX_TARGETS = 100;

  private final NotifyPolicy policy;
  private final Predicate<InetSocketAddress> isTold;
  private final KeyRing keys;

  /// The transfer keys that name a secondary, by their scope.
  private final Map<WireName, List<TsigKey>> byScope = new HashMap<>();

  private final List<NotifyTarget> named = new ArrayList<>();

  /// @param isTold who may be told at all; not we ourselves
  public NotifyTargets(NotifyPolicy policy, KeyRing keys, Predicate<InetSocketAddress> isTold) {
    this.policy = policy;
    this.keys = keys;
    this.isTold = isTold;
    for (TsigKey key : keys.keys()) {
      Optional<WireName> scope = key.name().scope();
      if (isForSecondary(key) && scope.isPresent()) {
        byScope.computeIfAbsent(scope.get(), _ -> new ArrayList<>(1)).add(key);
      }
    }
    for (NotifyPolicy.Named one : policy.named()) {
      named.add(new NotifyTarget(one.address(), one.key() == null ? null : key(one.key(), keys)));
    }
  }

  private static boolean isForSecondary(TsigKey key) {
    return key.name().operation().equals(Optional.of(Operation.TRANSFER))
        && key.name().secondary().isPresent();
  }

  private static @Nullable TsigKey key(WireName name, KeyRing keys) {
    return keys.keys().stream()
        .filter(key -> key.name().wire().equals(name))
        .findFirst()
        .orElse(null);
  }

  /// Who is told of a zone.
  ///
  /// @param zone its version, the last one if it is gone
  /// @param zones where addresses of name servers are looked up
  public Collection<NotifyTarget> of(Zone zone, Zones zones) {
    Map<InetSocketAddress, NotifyTarget> targets = new LinkedHashMap<>();
    if (!policy.isOn()) {
      return targets.values();
    }
    for (WireName scope = zone.apex(); ; scope = scope.parent()) {
      for (TsigKey key : byScope.getOrDefault(scope, List.of())) {
        add(targets, ofSecondary(key));
      }
      if (scope.isRoot()) {
        break;
      }
    }
    named.forEach(target -> add(targets, target));
    for (InetAddress address : nameServers(zone, zones)) {
      add(targets, new NotifyTarget(new InetSocketAddress(address, policy.port()), null));
    }
    return targets.values();
  }

  private NotifyTarget ofSecondary(TsigKey key) {
    return new NotifyTarget(
        new InetSocketAddress(key.name().secondary().orElseThrow(), policy.port()), key);
  }

  private void add(Map<InetSocketAddress, NotifyTarget> targets, NotifyTarget target) {
    if (targets.size() < MAX_TARGETS && isTold.test(target.address())) {
      targets.putIfAbsent(target.address(), target);
    }
  }

  /// The secondaries of keys that another ring had not, each with the scope that it has to be told
  /// of.
  public Map<NotifyTarget, WireName> since(KeyRing before) {
    Map<NotifyTarget, WireName> fresh = new LinkedHashMap<>();
    if (policy.isOn() && !before.equals(keys)) {
      byScope.forEach((scope, ofScope) -> {
        for (TsigKey key : ofScope) {
          NotifyTarget target = ofSecondary(key);
          if (!before.contains(key) && isTold.test(target.address())) {
            fresh.put(target, scope);
          }
        }
      });
    }
    return fresh;
  }

  private static List<InetAddress> nameServers(Zone zone, Zones zones) {
    List<InetAddress> addresses = new ArrayList<>();
    RRset servers = zone.top().rrset(RRType.NS);
    if (servers == null) {
      return addresses;
    }
    WireName primary = zone.soa().rdatas().getFirst().nameAt(0);
    for (Rdata rdata : servers.rdatas()) {
      WireName server = rdata.nameAt(0);
      if (!server.equals(primary)) {
        addAddresses(server, zones, addresses);
      }
    }
    return addresses;
  }

  private static void addAddresses(WireName server, Zones zones, List<InetAddress> to) {
    if (!(zones.enclosing(server) instanceof Zone zone)) {
      return;
    }
    Node node = zone.node(server);
    for (RRType type : List.of(RRType.A, RRType.AAAA)) {
      RRset addresses = node == null ? null : node.rrset(type);
      if (addresses != null) {
        addresses.rdatas().forEach(address -> to.add(address(address)));
      }
    }
  }

  private static InetAddress address(Rdata rdata) {
    try {
      return InetAddress.getByAddress(rdata.toBytes());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + rdata.length() + " octets", e);
    }
  }
}
