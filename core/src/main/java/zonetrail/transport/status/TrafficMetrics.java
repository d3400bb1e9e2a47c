package zonetrail.transport.status;

import zonetrail.answer.guard.RateLimit;
import zonetrail.transport.LoopCounters;
import zonetrail.transport.LoopCounters.What;
import zonetrail.transport.SlowLane;
import zonetrail.transport.SlowLaneCounters;
import zonetrail.transport.StreamLimits;
import zonetrail.transport.TransportCounters;
import zonetrail.wire.Rcode;

/// Metrics of messages and connections, each bound of the listeners among them.
final class TrafficMetrics {
  private TrafficMetrics() {}

  static void collect(Observed observed, Families to) {
    messages(observed.counters(), observed.slowLane().counters(), to);
    RateLimit rateLimit = observed.rateLimit();
    to.counter("rate_limit_evictions", "Networks forgotten too early: the table was full.")
        .with(rateLimit == null ? 0 : rateLimit.evictions())
        .done();
    signed(observed.slowLane(), to);
    connections(observed.counters(), observed.streamLimits(), to);
  }

  private static void messages(TransportCounters counters, SlowLaneCounters slowLane, Families to) {
    to.counter("queries", "Messages that came in and went to be answered.")
        .with(counters.sum(What.UDP_IPV4), "transport", "udp", "family", "ipv4")
        .with(counters.sum(What.UDP_IPV6), "transport", "udp", "family", "ipv6")
        .with(counters.sum(What.TCP_IPV4), "transport", "tcp", "family", "ipv4")
        .with(counters.sum(What.TCP_IPV6), "transport", "tcp", "family", "ipv6")
        .done();
    Families.Counter responses = to.counter("responses", "Responses sent, by rcode.");
    for (int rcode = 0; rcode < LoopCounters.RCODES; rcode++) {
      long count = counters.responses(rcode);
      if (count > 0 || LoopCounters.isUsual(rcode)) {
        boolean isOther = rcode == LoopCounters.RCODES - 1;
        responses.with(count, "rcode", isOther ? "other" : Rcode.describe(rcode));
      }
    }
    responses.done();
    to.counter("responses_truncated", "Responses sent with TC set.")
        .with(counters.sum(What.TRUNCATED))
        .done();
    to.counter("rate_limited", "Answers over --rate-limit, by what was sent instead.")
        .with(counters.sum(What.RATE_LIMITED_DROPPED), "action", "dropped")
        .with(counters.sum(What.RATE_LIMITED_TRUNCATED), "action", "truncated")
        .done();
    to.counter("messages_malformed", "Messages that could not be read and got FORMERR.")
        .with(counters.sum(What.MALFORMED))
        .done();
    to.counter("messages_dropped", "Messages that got no reply, by reason.")
        .with(counters.datagramsTooShort.sum(), "reason", "too_short")
        .with(counters.datagramsTooLong.sum(), "reason", "too_long")
        .with(counters.datagramsNotAnswerable.sum(), "reason", "not_answerable")
        .with(counters.sum(What.NO_REQUEST), "reason", "no_request")
        .with(slowLane.dropped.sum(), "reason", "slow_lane_full")
        .done();
    to.counter("responses_lost", "Responses that were made and not sent, by reason.")
        .with(counters.datagramRepliesDropped.sum(), "reason", "send_queue_full")
        .with(counters.datagramFailures.sum(), "reason", "network_error")
        .with(counters.lateReplies.sum(), "reason", "client_gone")
        .with(counters.repeatedReplies.sum(), "reason", "repeated")
        .done();
    to.counter("reply_source_unknown", "UDP responses whose source address the system chose.")
        .with(counters.replySourceUnknown.sum())
        .done();
    to.counter("answer_failures", "Messages that hit a defect of the server and got SERVFAIL.")
        .with(counters.answererFailures.sum())
        .done();
  }

  private static void signed(SlowLane lane, Families to) {
    SlowLaneCounters counters = lane.counters();
    to.counter("signed_messages", "Messages with a TSIG record that were taken.")
        .with(counters.taken.sum())
        .done();
    to.gauge("signed_messages_active", "Messages with a TSIG record that are being handled.")
        .with(lane.active())
        .done();
    to.gauge("signed_messages_active_max", "How many may be handled at once.")
        .with(SlowLane.MAX_MESSAGES)
        .done();
    to.counter("tsig_verified", "Messages whose signature is good.")
        .with(counters.verified.sum())
        .done();
    to.counter("tsig_failures", "Messages whose signature is not good, by what is wrong.")
        .with(counters.malformed.sum(), "kind", "malformed")
        .with(counters.badKey.sum(), "kind", "badkey")
        .with(counters.badSig.sum(), "kind", "badsig")
        .with(counters.badTime.sum(), "kind", "badtime")
        .with(counters.badTrunc.sum(), "kind", "badtrunc")
        .done();
  }

  private static void connections(TransportCounters counters, StreamLimits limits, Families to) {
    to.gauge("tcp_connections", "TCP connections that are open.")
        .with((double) counters.connectionsOpen.sum())
        .done();
    to.gauge("tcp_connections_max", "How many may be open (--tcp-clients).")
        .with(limits.connections())
        .done();
    to.counter("tcp_connections_accepted", "TCP connections that were let in.")
        .with(counters.connectionsAccepted.sum())
        .done();
    to.counter("tcp_connections_refused", "TCP connections refused because no place was idle.")
        .with(counters.connectionsRefused.sum(), "reason", "all_busy")
        .with(counters.connectionsRefusedByNetwork.sum(), "reason", "network_busy")
        .done();
    to.counter("tcp_connections_closed", "TCP connections that the server closed, by reason.")
        .with(counters.idleTimeouts.sum(), "reason", "idle")
        .with(counters.connectionsEvicted.sum(), "reason", "made_room")
        .with(counters.messageTimeouts.sum(), "reason", "slow_message")
        .with(counters.slowReaders.sum(), "reason", "slow_reader")
        .with(counters.answersOverdue.sum(), "reason", "answer_overdue")
        .with(counters.badLengths.sum(), "reason", "bad_length")
        .done();
    to.counter("tcp_reading_paused", "How often reading a connection paused, by reason.")
        .with(counters.outstandingPauses.sum(), "reason", "too_many_outstanding")
        .with(counters.writePauses.sum(), "reason", "answers_not_taken")
        .done();
  }
}
