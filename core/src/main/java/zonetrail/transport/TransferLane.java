package zonetrail.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Event;
import zonetrail.authority.TransferEvent;
import zonetrail.transfer.TransferAnswer;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferOut;
import zonetrail.transfer.TransferRefusal;
import zonetrail.transfer.TransferRequest;
import zonetrail.transfer.TransferRights;
import zonetrail.tsig.TsigStreamSigner;
import zonetrail.tsig.Verdict;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.Zones;

/// Answers requests for transfers: what fits one message at once, for the lane that asks; the
/// others each on a virtual thread of their own.
///
/// A place among [TransferLimits] is taken only by who may transfer, and given back when the
/// transfer ends, however it does.
public final class TransferLane implements AutoCloseable {
  private static final RareWarning FAILURES =
      new RareWarning(LoggerFactory.getLogger(TransferLane.class));

  /// How many RRsets of changes are looked at for an answer of one datagram, which holds some
  /// seventy records.
  private static final int MAX_DATAGRAM_RRSETS = 256;

  private final TransferRights rights;
  private final TransferLimits limits;
  private final InstantSource clock;
  private final Consumer<Event> report;
  private final @Nullable ZoneJournal journal;
  private final TransferPlaces places;
  private final TransferCounters counters = new TransferCounters();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("transfer-", 0).factory());
  private volatile boolean isStopping;

  /// Creates a lane.
  ///
  /// @param rights who may transfer besides those with a key
  /// @param clock the time of day, for signatures
  /// @param report takes what the operator may want to know, on any thread, and does not wait
  public TransferLane(
      TransferRights rights, TransferLimits limits, InstantSource clock, Consumer<Event> report) {
    this(rights, limits, clock, report, null);
  }

  /// Creates a lane that knows what changed.
  ///
  /// @param journal what changed between versions; null where that is not known, and a secondary
  ///   gets each version whole
  public TransferLane(
      TransferRights rights,
      TransferLimits limits,
      InstantSource clock,
      Consumer<Event> report,
      @Nullable ZoneJournal journal) {
    this.journal = journal;
    this.rights = rights;
    this.limits = limits;
    this.clock = clock;
    this.report = report;
    this.places = new TransferPlaces(limits);
  }

  /// What became of the requests.
  public TransferCounters counters() {
    return counters;
  }

  /// The bounds in force.
  public TransferLimits limits() {
    return limits;
  }

  /// What changed between versions; null where that is not known.
  public @Nullable ZoneJournal journal() {
    return journal;
  }

  /// How many transfers are under way.
  public int active() {
    return places.taken();
  }

  /// Answers a request, or begins to.
  ///
  /// @param query one that [TransferRequest#isAskedBy]; not looked at after this returns
  /// @param signature the proof of who asks; null if there is none. What is written to `response`
  ///   is for the caller to sign
  /// @param response where an answer of one message is written, longer than the limit by
  ///   [TransferOut#SLACK_OCTETS]
  /// @param limitOctets the most octets of such an answer
  /// @return the octets written, or [Answerer#DEFERRED] if the exchange was taken
  int answer(
      QueryCursor query,
      Verdict.@Nullable Verified signature,
      Zones zones,
      Exchange exchange,
      byte[] response,
      int limitOctets) {
    TransferRequest request = TransferRequest.of(query);
    Asked asked = new Asked(request, signature, exchange.client(), zones);
    return switch (TransferAnswer.to(request, permits(asked), exchange.isStream(), zones)) {
      case TransferAnswer.Refused(TransferRefusal why) -> refuse(asked, why, response, limitOctets);
      case TransferAnswer.SoaOnly(Zone zone) -> soaOnly(asked, zone, response, limitOctets);
      case TransferAnswer.Difference(Zone zone, Serial since) when !exchange.isStream() ->
          inOneDatagram(asked, zone, since, response, limitOctets);
      case TransferAnswer.Difference(Zone zone, Serial since) ->
          begin(asked, zone, since, exchange)
              ? Answerer.DEFERRED
              : refuse(asked, TransferRefusal.OVER_QUOTA, response, limitOctets);
      case TransferAnswer.Whole(Zone zone) ->
          begin(asked, zone, null, exchange)
              ? Answerer.DEFERRED
              : refuse(asked, TransferRefusal.OVER_QUOTA, response, limitOctets);
    };
  }

  private int soaOnly(Asked asked, Zone zone, byte[] response, int limitOctets) {
    counters.soaOnly.increment();
    return TransferOut.soaOnly(
        asked.request(), zone, asked.zones().secondsLeft(zone), response, limitOctets);
  }

  /// The difference if it fits; else the client is to come back over TCP. This may be an event
  /// loop, so only what is at hand counts.
  @Rfc(number = 1995, section = "2")
  private int inOneDatagram(
      Asked asked, Zone zone, Serial since, byte[] response, int limitOctets) {
    ZoneChange change =
        journal == null ? null : journal.small(zone, since, MAX_DATAGRAM_RRSETS).orElse(null);
    if (change == null) {
      return soaOnly(asked, zone, response, limitOctets);
    }
    TransferOut transfer = transferOf(asked, zone, change);
    int octets = transfer.next(response, limitOctets);
    if (transfer.hasNext() || transfer.tooLarge() != null) {
      return soaOnly(asked, zone, response, limitOctets);
    }
    counters.differences.increment();
    counters.octets.add(octets);
    return octets;
  }

  private static TransferOut transferOf(Asked asked, Zone zone, @Nullable ZoneChange change) {
    TransferOut transfer =
        change == null
            ? TransferOut.whole(asked.request(), zone)
            : TransferOut.difference(asked.request(), zone, change);
    return transfer.expiringIn(asked.zones().secondsLeft(zone));
  }

  /// A request, who made it, and the zones that were served then.
  private record Asked(
      TransferRequest request,
      Verdict.@Nullable Verified signature,
      InetSocketAddress client,
      Zones zones) {
    @Nullable WireName key() {
      return signature == null ? null : signature.key().name().wire();
    }
  }

  private boolean permits(Asked asked) {
    return asked.signature() == null
        ? rights.permits(asked.client().getAddress())
        : rights.permits(
            asked.client().getAddress(), asked.signature().key().name(), asked.request().zone());
  }

  private int refuse(Asked asked, TransferRefusal why, byte[] response, int limitOctets) {
    counters.refused(why).increment();
    // Anybody can ask, and many do: a line is only for who signed, and for our own bounds.
    if (asked.signature() != null || why == TransferRefusal.OVER_QUOTA) {
      report.accept(
          new TransferEvent.TransferRefused(
              asked.request().zone(), asked.key(), asked.client(), why));
    }
    return TransferOut.refusal(asked.request(), why, response, limitOctets);
  }

  private boolean begin(Asked asked, Zone zone, @Nullable Serial since, Exchange exchange) {
    if (isStopping || !places.take(asked.client().getAddress())) {
      return false;
    }
    counters.begun.increment();
    Exchange detached = exchange.detach();
    try {
      threads.execute(() -> run(asked, zone, since, detached));
    } catch (RejectedExecutionException closed) {
      places.release(asked.client().getAddress());
      counters.ended(TransferEnding.STOPPED).increment();
      detached.reply(new byte[0], 0);
    }
    return true;
  }

  private void run(Asked asked, Zone zone, @Nullable Serial since, Exchange exchange) {
    try {
      ZoneChange change = since == null ? null : change(zone, since);
      send(asked, zone, change == null ? null : since, change, exchange);
    } finally {
      // Whatever was sent before: the place of the connection is free again.
      exchange.reply(new byte[0], 0);
      places.release(asked.client().getAddress());
    }
  }

  /// What makes the client's version ours; null if it is to get the whole zone (RFC 1995 §4).
  @Rfc(number = 1995, section = "4")
  private @Nullable ZoneChange change(Zone zone, Serial since) {
    try {
      return journal == null ? null : journal.change(zone, since).orElse(null);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error unexpected) {
      FAILURES.warn(
          "a difference could not be told because of a defect in this server", unexpected);
    }
    return null;
  }

  private void send(
      Asked asked,
      Zone zone,
      @Nullable Serial since,
      @Nullable ZoneChange change,
      Exchange exchange) {
    long beganNanos = System.nanoTime();
    TransferOut transfer = transferOf(asked, zone, change);
    if (change != null) {
      counters.differences.increment();
    }
    TransferSender sender =
        new TransferSender(
            transfer,
            exchange,
            asked.signature() == null ? null : new TsigStreamSigner(asked.signature()),
            clock,
            counters,
            limits.longest().toNanos());
    TransferEnding ending = TransferEnding.FAILED;
    try {
      ending = sender.send();
      if (ending == TransferEnding.CLIENT_GONE && isStopping) {
        ending = TransferEnding.STOPPED;
      }
    } catch (InterruptedException stopped) {
      ending = TransferEnding.STOPPED;
    } catch (RuntimeException | Error unexpected) {
      FAILURES.warn("a transfer ended because of a defect in this server", unexpected);
    }
    counters.ended(ending).increment();
    Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
    tell(asked, zone, since, sender, transfer, ending, took);
  }

  private void tell(
      Asked asked,
      Zone zone,
      @Nullable Serial since,
      TransferSender sender,
      TransferOut transfer,
      TransferEnding ending,
      Duration took) {
    if (ending == TransferEnding.COMPLETE) {
      report.accept(
          new TransferEvent.ZoneTransferred(
              zone.apex(),
              zone.serial(),
              since,
              asked.key(),
              asked.client(),
              sender.messages(),
              sender.octets(),
              took.toMillis()));
    } else {
      RRset tooLarge = transfer.tooLarge();
      report.accept(
          new TransferEvent.TransferCut(
              zone.apex(),
              zone.serial(),
              asked.key(),
              asked.client(),
              sender.octets(),
              ending,
              tooLarge == null ? null : tooLarge.owner()));
    }
  }

  /// Begins no more transfers; those under way may go on as long as their connections do.
  public void stopping() {
    isStopping = true;
  }

  /// Ends the lane, and what is under way in it.
  @Override
  public void close() {
    stopping();
    threads.shutdownNow();
    threads.close();
  }
}
