package zonetrail.transport.status;

import zonetrail.notify.NotifyQueue;
import zonetrail.transport.NotifyCounters;
import zonetrail.transport.NotifyLane;

/// Metrics of NOTIFYs to secondaries.
final class NotifyMetrics {
  private NotifyMetrics() {}

  static void collect(NotifyLane lane, Families to) {
    NotifyCounters counters = lane.counters();
    to.gauge("secondary_notifies_outstanding", "NOTIFYs to secondaries without an answer.")
        .with(lane.outstanding())
        .done();
    to.gauge("secondary_notifies_outstanding_max", "How many may be; more are not sent.")
        .with(NotifyQueue.MAX_OUTSTANDING)
        .done();
    to.gauge("secondary_connections_registered", "Connections over which NOTIFYs go.")
        .with(lane.registered())
        .done();
    to.counter("secondary_notify_messages", "Messages sent, each time that one was.")
        .with(counters.sent.sum())
        .done();
    to.counter("secondary_notifies", "NOTIFYs to secondaries, by what became of them.")
        .with(counters.answered.sum(), "result", "answered")
        .with(counters.refused.sum(), "result", "refused")
        .with(counters.givenUp.sum(), "result", "given_up")
        .with(counters.leftOut.sum(), "result", "left_out")
        .done();
    to.counter("secondary_notify_replies_doubtful", "Answers not signed as they should be.")
        .with(counters.doubtful.sum())
        .done();
    to.counter("secondary_notify_messages_failed", "Messages that this machine could not send.")
        .with(counters.notSent.sum())
        .done();
  }
}
