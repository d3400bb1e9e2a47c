package zonetrail.transport.status;

import java.util.Locale;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferRefusal;
import zonetrail.transport.TransferCounters;
import zonetrail.transport.TransferLane;

/// Metrics of transfers to secondaries.
final class TransferMetrics {
  private TransferMetrics() {}

  static void collect(TransferLane lane, Families to) {
    TransferCounters counters = lane.counters();
    to.gauge("transfers_active", "Transfers that are under way.").with(lane.active()).done();
    to.gauge("transfers_active_max", "How many may be; more get SERVFAIL.")
        .with(lane.limits().transfers())
        .done();
    to.counter("transfers_begun", "Transfers that were begun.").with(counters.begun.sum()).done();
    Families.Counter ended = to.counter("transfers", "Transfers that ended, by how they did.");
    for (TransferEnding ending : TransferEnding.values()) {
      ended.with(counters.ended(ending).sum(), "result", label(ending));
    }
    ended.done();
    Families.Counter refused =
        to.counter("transfers_refused", "Requests for transfers that were refused, by reason.");
    for (TransferRefusal why : TransferRefusal.values()) {
      refused.with(counters.refused(why).sum(), "reason", label(why));
    }
    refused.done();
    to.counter("transfers_soa_only", "Requests that got the SOA alone: nothing newer, or over UDP.")
        .with(counters.soaOnly.sum())
        .done();
    to.counter("transfer_sent_bytes", "What was sent in transfers.")
        .with(counters.octets.sum())
        .done();
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
