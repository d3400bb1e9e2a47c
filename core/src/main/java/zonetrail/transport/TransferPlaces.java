package zonetrail.transport;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import zonetrail.answer.guard.ClientNetwork;

/// The places for transfers, in all and for each client network. Any thread.
final class TransferPlaces {
  private final TransferLimits limits;
  private final Map<Long, Integer> byNetwork = new HashMap<>();
  private int taken;

  TransferPlaces(TransferLimits limits) {
    this.limits = limits;
  }

  /// Takes a place, to be given back by [#release].
  ///
  /// @return false if there is none for this client
  synchronized boolean take(InetAddress client) {
    long network = ClientNetwork.of(client);
    int ofNetwork = byNetwork.getOrDefault(network, 0);
    if (taken >= limits.transfers() || ofNetwork >= limits.transfersPerNetwork()) {
      return false;
    }
    byNetwork.put(network, ofNetwork + 1);
    taken++;
    return true;
  }

  synchronized void release(InetAddress client) {
    byNetwork.computeIfPresent(
        ClientNetwork.of(client), (_, ofNetwork) -> ofNetwork == 1 ? null : ofNetwork - 1);
    taken--;
  }

  synchronized int taken() {
    return taken;
  }
}
