package zonetrail.transport.status;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferRefusal;
import zonetrail.transport.TransferCounters;
import zonetrail.transport.TransferLane;
import zonetrail.transport.ZoneJournal;

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
    to.counter("transfers_differences", "Requests that got what changed, not the whole zone.")
        .with(counters.differences.sum())
        .done();
    collect(lane.journal(), to);
    to.counter("transfer_sent_bytes", "What was sent in transfers.")
        .with(counters.octets.sum())
        .done();
  }

  private static void collect(@Nullable ZoneJournal journal, Families to) {
    if (journal == null) {
      return;
    }
    to.gauge("zone_history_steps", "Changes that are remembered for IXFR, of all zones.")
        .with((double) journal.steps())
        .done();
    to.gauge("zone_history_bytes", "About how much memory they take.")
        .with((double) journal.heapOctets())
        .done();
    to.gauge("zone_history_bytes_max", "How much they may take; the oldest are forgotten.")
        .with((double) journal.maxHeapOctets())
        .done();
    to.counter("zone_history_lookups", "Differences asked for over TCP, by what became of it.")
        .with(journal.remembered.sum(), "result", "remembered")
        .with(journal.readAgain.sum(), "result", "read_again")
        .with(journal.forgotten.sum(), "result", "forgotten")
        .with(journal.tooLarge.sum(), "result", "too_large")
        .done();
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
