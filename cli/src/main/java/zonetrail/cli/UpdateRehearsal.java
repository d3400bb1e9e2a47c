package zonetrail.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import zonetrail.masterfile.RdataText;
import zonetrail.transport.DnsExchange;
import zonetrail.transport.DnsExchange.Protocol;
import zonetrail.tsig.ResponseVerdict;
import zonetrail.tsig.TsigKey;
import zonetrail.update.UpdateMessage;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Sends a server as many updates as it takes for the JVM to compile what they need: at first one
/// after the other, then from several clients at once.
///
/// What it compiled, and why, is in the cache (JEP 515), and is compiled sooner when the server
/// runs. How many is measured (docs/performance.md): after half as many most of the work is still
/// to be done while clients wait; after ten times as many C2 makes everything at once, at the same
/// time.
final class UpdateRehearsal {
  private static final int ALONE = 1_000;
  private static final int CLIENTS = 8;
  private static final int BY_EACH = 125;
  private static final int TTL_SECONDS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final DnsExchange server;
  private final WireName zone;
  private final TsigKey key;
  private final Rdata address = RdataText.parse(RRType.A, "192.0.2.1", WireName.ROOT);

  /// An update each is sent to a server on the loopback address.
  UpdateRehearsal(int port, WireName zone, TsigKey key) {
    this.server =
        new DnsExchange(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Protocol.UDP, PATIENCE);
    this.zone = zone;
    this.key = key;
  }

  /// Sends them all; each adds a name.
  ///
  /// @throws IOException if one was not answered, or not done
  void run() throws IOException, InterruptedException {
    send("alone", ALONE);
    List<Callable<Void>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String client = "client" + i;
      clients.add(() -> {
        send(client, BY_EACH);
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (Future<Void> client : threads.invokeAll(clients)) {
        client.get();
      }
    } catch (ExecutionException failed) {
      throw new IOException("an update failed", failed.getCause());
    }
  }

  private void send(String client, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      WireName owner = WireName.parse(client + "-" + i + "." + zone);
      byte[] message = new UpdateMessage(zone).add(owner, RRType.A, TTL_SECONDS, address).octets(i);
      SignedQuestion question = new SignedQuestion(message, key);
      byte[] reply = question.ask(server);
      if (!(question.verdict(reply) instanceof ResponseVerdict.Authentic)
          || Header.rcode(Header.u16(reply, Header.FLAGS)) != Rcode.NOERROR.value()) {
        throw new IOException("the update of " + owner + " was not done");
      }
    }
  }
}
