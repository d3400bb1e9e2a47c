package zonetrail.transport;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.answer.guard.ClientNetwork;
import zonetrail.wire.Rfc;

/// Who has a place among the connections, and who gives one up when there is none left: the one
/// that has been idle longest, first within the newcomer's own network, so that one network can't
/// push out the others. Loopback is no such network: what comes from there is this machine's own, a
/// proxy in front of us with all its clients behind it, and only the bound of all holds for it.
///
/// Thread: any; one lock, taken when a connection opens and when it closes. A full table is
/// searched from end to end, which with 1,000 connections takes some microseconds.
///
/// @param <S> what a connection is
@Rfc(number = 9210, section = "4.2")
final class ConnectionTable<S extends ConnectionTable.Seat> {
  /// A connection as this table sees it.
  interface Seat {
    /// Stands for "not idle" in [#idleSinceNanos].
    long BUSY = Long.MIN_VALUE;

    InetAddress client();

    /// Since when, on the clock of `System.nanoTime`, nothing was on its way in either direction;
    /// [#BUSY] while something is. Any thread.
    long idleSinceNanos();

    /// Gives the place to somebody else. Any thread; must not block.
    void evict();
  }

  private final StreamLimits limits;
  private final TransportCounters counters;
  private final Set<S> all = new LinkedHashSet<>();
  private final Map<Long, Set<S>> byNetwork = new HashMap<>();

  ConnectionTable(StreamLimits limits, TransportCounters counters) {
    this.limits = limits;
    this.counters = counters;
  }

  /// Gives a place to a new connection, if need be that of the oldest idle one.
  ///
  /// @return false if there is none to be had
  boolean admit(S newcomer) {
    S makesRoom = null;
    synchronized (this) {
      Set<S> neighbours = byNetwork.getOrDefault(ClientNetwork.of(newcomer.client()), Set.of());
      if (neighbours.size() >= limits.connectionsPerNetwork()
          && !newcomer.client().isLoopbackAddress()) {
        makesRoom = idleLongest(neighbours);
        if (makesRoom == null) {
          counters.connectionsRefusedByNetwork.increment();
          return false;
        }
      } else if (all.size() >= limits.connections()) {
        makesRoom = idleLongest(all);
        if (makesRoom == null) {
          counters.connectionsRefused.increment();
          return false;
        }
      }
      if (makesRoom != null) {
        remove(makesRoom);
      }
      all.add(newcomer);
      byNetwork
          .computeIfAbsent(ClientNetwork.of(newcomer.client()), _ -> new LinkedHashSet<>())
          .add(newcomer);
    }
    if (makesRoom != null) {
      counters.connectionsEvicted.increment();
      makesRoom.evict();
    }
    return true;
  }

  /// Takes a connection's place back, if it has one.
  synchronized void remove(S leaving) {
    if (!all.remove(leaving)) {
      return;
    }
    long network = ClientNetwork.of(leaving.client());
    Set<S> neighbours = byNetwork.get(network);
    if (neighbours != null && neighbours.remove(leaving) && neighbours.isEmpty()) {
      byNetwork.remove(network);
    }
  }

  /// Who has a place now.
  synchronized List<S> snapshot() {
    return List.copyOf(all);
  }

  /// How many places are taken.
  synchronized int size() {
    return all.size();
  }

  private @Nullable S idleLongest(Collection<S> seats) {
    S longest = null;
    long since = 0;
    for (S seat : seats) {
      long idleSince = seat.idleSinceNanos();
      if (idleSince != Seat.BUSY && (longest == null || idleSince - since < 0)) {
        longest = seat;
        since = idleSince;
      }
    }
    return longest;
  }
}
