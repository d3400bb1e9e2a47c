package zonetrail.transport;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import zonetrail.answer.Responder;
import zonetrail.answer.guard.Cookies;
import zonetrail.authority.Effect;
import zonetrail.authority.Input;
import zonetrail.authority.Publication;
import zonetrail.authority.ReplyHandle;
import zonetrail.transfer.TransferOut;
import zonetrail.transfer.TransferRequest;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.update.MalformedUpdateException;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.Opcode;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.QueryCursor.Outcome;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.zone.Zones;

/// Handles signed messages, each on a virtual thread of its own: checks the signature, answers what
/// is a query, and posts to the authority what is a request.
///
/// Bounded: at most [#MAX_MESSAGES] at once; one more is dropped and counted, as if the network had
/// lost it, and its sender tries again.
public final class SlowLane implements AutoCloseable {
  /// How many messages are in the lane at once.
  public static final int MAX_MESSAGES = 1024;

  /// Room for a response that has a question, a code, and EDNS options.
  private static final int CODE_ONLY_OCTETS = 1024;

  private static final byte[] NO_REPLY = {};

  private static final RareWarning FAILURES =
      new RareWarning(LoggerFactory.getLogger(SlowLane.class));

  private final PublishedZones published;
  private final Authority authority;
  private final TransferLane transfers;
  private final @Nullable NotifyLane notifies;
  private final AnswerPolicy policy;
  private final InstantSource clock;
  private final Semaphore places = new Semaphore(MAX_MESSAGES);
  private final SlowLaneCounters counters = new SlowLaneCounters();
  private final ClockSkew clockSkew = new ClockSkew();
  private final SharedPorts sharedPorts = new SharedPorts(System::nanoTime);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("slow-lane-", 0).factory());

  /// Creates a lane.
  ///
  /// @param transfers answers requests for transfers, signed or not
  /// @param clock the time of day, which signatures and cookies are checked against
  public SlowLane(
      PublishedZones published, Authority authority, TransferLane transfers, InstantSource clock) {
    this(published, authority, transfers, null, AnswerPolicy.PLAIN, clock);
  }

  /// Creates a lane that lets clients register for NOTIFYs.
  ///
  /// @param transfers answers requests for transfers, signed or not
  /// @param notifies takes those who register; null if nobody may
  /// @param policy its cookies, and what it says of the server; answers here are not limited
  /// @param clock the time of day, which signatures and cookies are checked against
  public SlowLane(
      PublishedZones published,
      Authority authority,
      TransferLane transfers,
      @Nullable NotifyLane notifies,
      AnswerPolicy policy,
      InstantSource clock) {
    this.policy = policy;
    this.notifies = notifies;
    this.published = published;
    this.authority = authority;
    this.transfers = transfers;
    this.clock = clock;
  }

  /// What the lane did.
  public SlowLaneCounters counters() {
    return counters;
  }

  /// Takes a message that is no request: an answer to a NOTIFY of ours, if it came by TCP.
  void takeResponse(byte[] message, int length, Exchange exchange) {
    if (notifies != null && exchange.isStream()) {
      notifies.received(message, length, exchange.client());
    }
  }

  /// The lane for transfers.
  public TransferLane transfers() {
    return transfers;
  }

  /// How many messages are in the lane now.
  public int active() {
    return MAX_MESSAGES - places.availablePermits();
  }

  /// Takes a message off an event loop; does not wait.
  ///
  /// @param exchange the loop's view of it, which is detached if the message is taken
  /// @return whether it is taken; if not, there is no reply
  boolean take(byte[] message, int length, Exchange exchange) {
    if (!places.tryAcquire()) {
      counters.dropped.increment();
      return false;
    }
    counters.taken.increment();
    byte[] copy = Arrays.copyOf(message, length);
    Exchange detached = exchange.detach();
    try {
      threads.execute(() -> handleAndLeave(copy, detached));
    } catch (RejectedExecutionException closed) {
      places.release();
      detached.reply(copy, 0);
    }
    return true;
  }

  private void handleAndLeave(byte[] message, Exchange exchange) {
    try {
      handle(message, exchange);
    } catch (Exception | Error unexpected) {
      // A defect costs this client its answer and nobody else anything.
      FAILURES.warn(
          "a signed message could not be handled because of a defect in this server", unexpected);
      exchange.reply(message, 0);
    } finally {
      places.release();
    }
  }

  private void handle(byte[] message, Exchange exchange) {
    QueryCursor request = new QueryCursor();
    if (request.wrap(message, message.length) != Outcome.OK) {
      throw new IllegalStateException("the fast lane takes only what can be read");
    }
    Publication publication = published.current();
    Instant now = clock.instant();
    Verdict verdict = TsigVerifier.verify(message, message.length, publication.keys(), now);
    counters.count(verdict);
    clockSkew.look(verdict, exchange.client(), now);
    switch (verdict) {
      case Verdict.FormErr _ -> replyUnsigned(request, Rcode.FORMERR, exchange);
      case Verdict.Refused refused -> {
        byte[] refusal = TsigSigner.refuse(message, refused, now);
        exchange.reply(refusal, refusal.length);
      }
      case Verdict.Unsigned _ -> replyUnsigned(request, Rcode.FORMERR, exchange);
      case Verdict.Verified verified ->
          handle(message, request, verified, publication, now, exchange);
    }
  }

  private void handle(
      byte[] message,
      QueryCursor request,
      Verdict.Verified verified,
      Publication publication,
      Instant now,
      Exchange exchange) {
    Responder responder = new Responder(policy.identity());
    Cookies.Verdict cookie =
        new RequestCookie(policy.cookies(), clock).judge(request, exchange, responder);
    Signed signed = new Signed(message, request, verified, responder, exchange);
    if (request.ednsVersion() > 0) {
      signed.reply(Rcode.BADVERS); // RFC 6891 §6.1.3
      return;
    }
    if (cookie == Cookies.Verdict.MALFORMED) {
      signed.reply(Rcode.FORMERR); // RFC 7873 §5.2.2
      return;
    }
    switch (request.opcode()) {
      case Opcode.QUERY -> {
        signed.answer(publication);
        signed.registerIfWanted(publication);
      }
      case Opcode.NOTIFY -> notify(signed, now);
      case Opcode.UPDATE -> update(signed, now);
      default -> signed.reply(Rcode.NOTIMP);
    }
  }

  private static void replyUnsigned(QueryCursor request, Rcode rcode, Exchange exchange) {
    byte[] response = new byte[CODE_ONLY_OCTETS];
    int limit = FastLane.limitOctets(request, exchange);
    int length = new Responder().respondOnly(request, rcode, response, limit);
    exchange.reply(response, length);
  }

  /// A NOTIFY speaks of the SOA of a zone of ours (RFC 1996 §3.7).
  private void notify(Signed request, Instant verifiedAt) {
    if (request.cursor.qtype() != RRType.SOA || request.cursor.qclass() != RRClass.IN) {
      request.reply(Rcode.FORMERR);
      return;
    }
    Input input =
        new Input.NotifyReceived(request.cursor.qname(), request.verified, verifiedAt, request);
    if (!authority.post(input)) {
      request.reply(Rcode.SERVFAIL);
    }
  }

  @Rfc(number = 2136, section = "3")
  private void update(Signed request, Instant verifiedAt) {
    UpdateRequest update;
    try {
      update = UpdateRequest.parse(request.verified.withoutTsig(request.message));
    } catch (MalformedUpdateException malformed) {
      request.reply(Rcode.FORMERR);
      return;
    }
    request.waits();
    if (!authority.post(new Input.UpdateReceived(update, request.verified, verifiedAt, request))) {
      request.reply(Rcode.SERVFAIL);
    }
  }

  /// A request whose signature verified, and the way back to its sender; answers are signed.
  private final class Signed implements ReplyHandle {
    private final byte[] message;
    private final QueryCursor cursor;
    private final Verdict.Verified verified;
    private final Responder responder;
    private final Exchange exchange;
    private boolean isWaiting;

    /// @param responder of this request alone; what goes with every response is set
    Signed(
        byte[] message,
        QueryCursor cursor,
        Verdict.Verified verified,
        Responder responder,
        Exchange exchange) {
      this.message = message;
      this.cursor = cursor;
      this.verified = verified;
      this.responder = responder;
      this.exchange = exchange;
    }

    @Override
    public InetSocketAddress client() {
      return exchange.client();
    }

    /// The reply will take some time, in which others may come from the same port.
    void waits() {
      isWaiting = !exchange.isStream();
      if (isWaiting) {
        sharedPorts.waits(exchange);
      }
    }

    /// @param reply not changed any more; empty if there is none
    private void send(byte[] reply) {
      exchange.reply(reply, reply.length);
      if (isWaiting) {
        isWaiting = false;
        sharedPorts.replied(exchange, reply);
      }
    }

    void reply(Rcode rcode) {
      reply(rcode, null);
    }

    @Override
    public void reply(Rcode rcode, Effect.@Nullable Reason reason) {
      byte[] response = new byte[CODE_ONLY_OCTETS];
      int limit = FastLane.limitOctets(cursor, exchange);
      int length =
          reason == null
              ? responder.respondOnly(cursor, rcode, response, limit)
              : responder.respondOnly(cursor, rcode, reason.code(), reason.text(), response, limit);
      sign(response, length, limit);
    }

    @Override
    public void replyBadTime() {
      Verdict.Refused late =
          new Verdict.RefusedSigned(
              Rcode.BADTIME, verified.key(), verified.record(), cursor.questionEnd());
      byte[] refusal = TsigSigner.refuse(message, late, clock.instant());
      send(refusal);
    }

    @Override
    public void drop() {
      send(NO_REPLY);
    }

    void answer(Publication publication) {
      byte[] response = new byte[ResponseWriter.MAX_MESSAGE_OCTETS + TransferOut.SLACK_OCTETS];
      int limit = FastLane.limitOctets(cursor, exchange);
      // Room for the signature is kept free, so that TC is set by what does not fit beside it.
      int unsignedLimit = limit - TsigSigner.octets(verified.key());
      Zones zones = publication.zones();
      int length =
          TransferRequest.isAskedBy(cursor)
              ? transfers.answer(cursor, verified, zones, exchange, response, unsignedLimit)
              : responder.respond(cursor, Outcome.OK, zones, response, unsignedLimit);
      if (length != Answerer.DEFERRED) {
        sign(response, length, limit);
      }
    }

    /// Who asks for the SOA over TCP, and may transfer the zone, is told of its changes as long as
    /// the connection lives: after the answer, so that this comes first.
    void registerIfWanted(Publication publication) {
      StreamPeer peer = exchange.peer();
      boolean isWish =
          cursor.qtype() == RRType.SOA
              && cursor.qclass() == RRClass.IN
              && verified.key().name().permits(Operation.TRANSFER, cursor.qname());
      if (notifies != null && peer != null && isWish) {
        notifies.register(peer, verified.key(), cursor.qname(), publication);
      }
    }

    private void sign(byte[] response, int length, int limit) {
      byte[] signed = TsigSigner.signResponse(response, length, limit, verified, clock.instant());
      send(signed);
    }
  }

  /// Ends the lane; what is in it is finished.
  @Override
  public void close() {
    threads.close();
  }
}
