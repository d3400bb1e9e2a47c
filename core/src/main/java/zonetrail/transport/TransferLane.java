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
import zonetrail.transfer.TransferAnswer;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferOut;
import zonetrail.transfer.TransferRefusal;
import zonetrail.transfer.TransferRequest;
import zonetrail.transfer.TransferRights;
import zonetrail.tsig.TsigStreamSigner;
import zonetrail.tsig.Verdict;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Answers requests for transfers: what fits one message at once, for the lane that asks; the
/// others each on a virtual thread of their own.
///
/// A place among [TransferLimits] is taken only by who may transfer, and given back when the
/// transfer ends, however it does.
public final class TransferLane implements AutoCloseable {
  private static final RareWarning FAILURES =
      new RareWarning(LoggerFactory.getLogger(TransferLane.class));

  private final TransferRights rights;
  private final TransferLimits limits;
  private final InstantSource clock;
  private final Consumer<Event> report;
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
    Asked asked = new Asked(request, signature, exchange.client());
    return switch (TransferAnswer.to(request, permits(asked), exchange.isStream(), zones)) {
      case TransferAnswer.Refused(TransferRefusal why) -> refuse(asked, why, response, limitOctets);
      case TransferAnswer.SoaOnly(Zone zone) -> {
        counters.soaOnly.increment();
        yield TransferOut.soaOnly(request, zone, response, limitOctets);
      }
      case TransferAnswer.Whole(Zone zone) ->
          begin(asked, zone, exchange)
              ? Answerer.DEFERRED
              : refuse(asked, TransferRefusal.OVER_QUOTA, response, limitOctets);
    };
  }

  /// A request, and who made it.
  private record Asked(
      TransferRequest request, Verdict.@Nullable Verified signature, InetSocketAddress client) {
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
          new Event.TransferRefused(asked.request().zone(), asked.key(), asked.client(), why));
    }
    return TransferOut.refusal(asked.request(), why, response, limitOctets);
  }

  private boolean begin(Asked asked, Zone zone, Exchange exchange) {
    if (isStopping || !places.take(asked.client().getAddress())) {
      return false;
    }
    counters.begun.increment();
    Exchange detached = exchange.detach();
    try {
      threads.execute(() -> run(asked, zone, detached));
    } catch (RejectedExecutionException closed) {
      places.release(asked.client().getAddress());
      counters.ended(TransferEnding.STOPPED).increment();
      detached.reply(new byte[0], 0);
    }
    return true;
  }

  private void run(Asked asked, Zone zone, Exchange exchange) {
    try {
      send(asked, zone, exchange);
    } finally {
      // Whatever was sent before: the place of the connection is free again.
      exchange.reply(new byte[0], 0);
      places.release(asked.client().getAddress());
    }
  }

  private void send(Asked asked, Zone zone, Exchange exchange) {
    long beganNanos = System.nanoTime();
    TransferOut transfer = TransferOut.whole(asked.request(), zone);
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
    tell(asked, zone, sender, transfer, ending, took);
  }

  private void tell(
      Asked asked,
      Zone zone,
      TransferSender sender,
      TransferOut transfer,
      TransferEnding ending,
      Duration took) {
    if (ending == TransferEnding.COMPLETE) {
      report.accept(
          new Event.ZoneTransferred(
              zone.apex(),
              zone.serial(),
              asked.key(),
              asked.client(),
              sender.messages(),
              sender.octets(),
              took.toMillis()));
    } else {
      RRset tooLarge = transfer.tooLarge();
      report.accept(
          new Event.TransferCut(
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
