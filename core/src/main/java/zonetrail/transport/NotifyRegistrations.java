package zonetrail.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.notify.NotifyTarget;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// Who asked for the SOA of a zone over TCP, signed with a key that may transfer it, and is told of
/// the zone's changes over that connection for as long as it lives; who asked for that of the root,
/// of every zone that there is and will be.
///
/// It is how the MirageOS servers and their certificate agents hear of changes from behind an
/// address translation. One owner. Bounds: [#MAX_CONNECTIONS], and [#MAX_ZONES] for each.
final class NotifyRegistrations {
  /// How many connections are told of changes.
  static final int MAX_CONNECTIONS = 100;

  /// How many zones one of them may name.
  static final int MAX_ZONES = 1_000;

  /// How old a registration has to be: most of those who ask for the SOA go on to transfer the
  /// zone, and close. They do not expect a request of ours in between.
  static final Duration SETTLING = Duration.ofSeconds(1);

  private final Map<InetSocketAddress, Registration> byClient = new HashMap<>();

  private record Registration(
      StreamPeer peer, TsigKey key, Set<WireName> zones, Instant settledAt) {
    boolean isOf(WireName zone) {
      return zones.contains(zone) || zones.contains(WireName.ROOT);
    }
  }

  /// Takes one more zone of a client; another key takes the place of the one before.
  ///
  /// @return false if there are too many
  boolean add(StreamPeer peer, TsigKey key, WireName zone, Instant now) {
    Registration there = byClient.get(peer.client());
    if (there == null && byClient.size() >= MAX_CONNECTIONS) {
      return false;
    }
    Set<WireName> zones = there == null ? new HashSet<>() : there.zones();
    if (zones.size() >= MAX_ZONES && !zones.contains(zone)) {
      return false;
    }
    zones.add(zone);
    byClient.put(peer.client(), new Registration(peer, key, zones, now.plus(SETTLING)));
    peer.keep(true);
    return true;
  }

  /// Who is told of a zone.
  List<NotifyTarget> of(WireName zone) {
    List<NotifyTarget> targets = new ArrayList<>();
    byClient.forEach((client, registration) -> {
      if (registration.isOf(zone)) {
        targets.add(new NotifyTarget(client, registration.key()));
      }
    });
    return targets;
  }

  /// When a client may be told of something.
  ///
  /// @param due when it would be
  Instant due(InetSocketAddress client, Instant due) {
    Registration there = byClient.get(client);
    return there == null || due.isAfter(there.settledAt()) ? due : there.settledAt();
  }

  /// The connection to send to an address by; null if it is none of these.
  @Nullable StreamPeer peer(InetSocketAddress client) {
    Registration there = byClient.get(client);
    return there == null ? null : there.peer();
  }

  /// Forgets those whose connection is gone, or whose key is.
  ///
  /// @return whom it forgot
  Set<InetSocketAddress> forgetGone(KeyRing keys) {
    Set<InetSocketAddress> gone = new HashSet<>();
    for (Iterator<Registration> all = byClient.values().iterator(); all.hasNext(); ) {
      Registration one = all.next();
      if (!one.peer().isOpen() || !keys.contains(one.key())) {
        one.peer().keep(false);
        gone.add(one.peer().client());
        all.remove();
      }
    }
    return gone;
  }

  /// How many connections there are.
  int size() {
    return byClient.size();
  }
}
