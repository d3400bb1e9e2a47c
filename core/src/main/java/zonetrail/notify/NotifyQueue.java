package zonetrail.notify;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.ResponseVerdict;
import zonetrail.tsig.SignedRequest;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.wire.Header;
import zonetrail.wire.ReplyMatch;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// NOTIFYs that have not been answered: which is to be sent when, and what an answer ends.
///
/// ```text
///           add                due                      no answer
///   (none) ────► waiting ────────────► sent, waiting ───────────────► sent again, 12 times ──► given up
///                   ▲  │ add again: the newer serial, from the beginning    │
///                   └──┘                            any answer: done ◄───────┘
/// ```
///
/// There is one for each zone and address: a change that comes while one is outstanding takes its
/// place. What was never sent goes before what is sent again, and all of it at [#MAX_PER_SECOND];
/// of changes that stream a secondary is told now and then ([NotifyPace]).
///
/// Two clocks come in: one for deadlines that never goes back, and the time of day for signatures.
/// One owner, no thread of its own.
@Rfc(number = 1996, section = "3.6")
public final class NotifyQueue {
  /// How many may be outstanding; others are not sent, and the secondary looks by itself when the
  /// SOA's refresh time says so. One takes some 500 octets.
  public static final int MAX_OUTSTANDING = 100_000;

  /// How many are sent in a second.
  public static final int MAX_PER_SECOND = 500;

  /// How many of them at once.
  static final int BURST = 50;

  private static final Duration BURST_INTERVAL =
      Duration.ofSeconds(1).dividedBy(MAX_PER_SECOND / BURST);

  /// After how many seconds one is sent again; the original's.
  static final List<Duration> RETRIES =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(4),
          Duration.ofSeconds(13),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(120),
          Duration.ofSeconds(420),
          Duration.ofSeconds(900),
          Duration.ofSeconds(2100),
          Duration.ofSeconds(82_800));

  /// How long the last one is waited for.
  static final Duration LAST_PATIENCE = Duration.ofSeconds(20);

  /// From which attempt on every second one goes by TCP: a network may drop our datagrams.
  static final int FIRST_BY_STREAM = 5;

  /// How long a message is sent again octet for octet, so that an answer to an earlier copy counts,
  /// too; well within the time for which its signature is valid.
  static final Duration SAME_MESSAGE = Duration.ofSeconds(90);

  private static final int ID_ATTEMPTS = 100;

  private static final Comparator<Outstanding> BY_DUE =
      Comparator.comparing((Outstanding one) -> one.due).thenComparingLong(one -> one.order);

  private final IntSupplier ids;
  private final Map<Place, Outstanding> byPlace = new HashMap<>();
  private final Map<MessageId, Outstanding> byId = new HashMap<>();
  private final TreeSet<Outstanding> fresh = new TreeSet<>(BY_DUE);
  private final TreeSet<Outstanding> repeated = new TreeSet<>(BY_DUE);
  private final NotifyPace pace = new NotifyPace();
  private Instant nextBurst = Instant.MIN;
  private long added;

  /// Creates a queue.
  ///
  /// @param ids random message identifiers, 0 to 65535
  public NotifyQueue(IntSupplier ids) {
    this.ids = ids;
  }

  /// A NOTIFY: who is told of what.
  ///
  /// @param serial what the zone has now; what it had, if it is gone
  public record Notification(WireName zone, Serial serial, NotifyTarget target) {}

  /// What is to be done now.
  public sealed interface Action {
    /// Send a message.
    ///
    /// @param attempt from 1 on
    /// @param byStream whether by TCP
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Send(Notification what, byte[] message, int attempt, boolean byStream)
        implements Action {}

    /// Nobody answered.
    record GiveUp(Notification what, int attempts) implements Action {}
  }

  /// What a message that came in is to us.
  public sealed interface Reception {
    /// The answer, which ends it.
    ///
    /// @param attempts how often it had been sent
    /// @param rcode what it says, 0 if all is well
    record Answered(Notification what, int attempts, int rcode) implements Reception {}

    /// An answer that proves nothing; it ends nothing.
    ///
    /// @param why for people to read
    record Doubtful(Notification what, String why) implements Reception {}

    /// No answer to any of ours.
    record Stray() implements Reception {}
  }

  /// Who is told of which zone.
  record Place(WireName zone, InetSocketAddress address) {
    static Place of(Notification what) {
      return new Place(what.zone(), what.target().address());
    }
  }

  private record MessageId(InetSocketAddress address, int id) {}

  private static final class Outstanding {
    private final Notification what;
    private final Instant changed;
    private final long order;
    private Instant due;
    private int attempts;
    private Instant madeAt = Instant.MIN;
    private byte[] message = {};
    private @Nullable SignedRequest signed;

    Outstanding(Notification what, Instant changed, Instant due, long order) {
      this.what = what;
      this.changed = changed;
      this.due = due;
      this.order = order;
    }

    Place place() {
      return Place.of(what);
    }

    MessageId messageId() {
      return new MessageId(what.target().address(), Header.u16(message, Header.ID));
    }
  }

  /// Takes a notification, in place of the one of the same zone and address.
  ///
  /// @param due when it is to be sent first, or later where changes stream
  /// @return false if too many are outstanding
  public boolean add(Notification what, Instant due) {
    Instant paced = pace.due(Place.of(what), due);
    Outstanding one = new Outstanding(what, due, paced, added++);
    Outstanding replaced = byPlace.get(one.place());
    if (replaced == null && byPlace.size() >= MAX_OUTSTANDING) {
      return false;
    }
    if (replaced != null) {
      remove(replaced);
    }
    byPlace.put(one.place(), one);
    fresh.add(one);
    return true;
  }

  /// Forgets those of which this holds: a key that is gone, for example.
  public void removeIf(Predicate<Notification> unwanted) {
    List.copyOf(byPlace.values()).stream()
        .filter(one -> unwanted.test(one.what))
        .forEach(this::remove);
  }

  private void remove(Outstanding one) {
    byPlace.remove(one.place());
    fresh.remove(one);
    repeated.remove(one);
    forgetMessage(one);
  }

  private void forgetMessage(Outstanding one) {
    if (one.message.length > 0) {
      byId.remove(one.messageId());
    }
  }

  /// How many are outstanding.
  public int size() {
    return byPlace.size();
  }

  /// When there is something to do, as far as is known now.
  public Optional<Instant> nextDue() {
    Instant next = null;
    for (TreeSet<Outstanding> ones : List.of(fresh, repeated)) {
      if (!ones.isEmpty() && (next == null || ones.first().due.isBefore(next))) {
        next = ones.first().due;
      }
    }
    return next == null
        ? Optional.empty()
        : Optional.of(next.isBefore(nextBurst) ? nextBurst : next);
  }

  /// What is due.
  ///
  /// @param now by the clock of deadlines
  /// @param timeOfDay for signatures
  @Rfc(number = 1996, section = "4.3")
  public List<Action> due(Instant now, Instant timeOfDay) {
    List<Action> actions = new ArrayList<>();
    if (now.isBefore(nextBurst)) {
      return actions;
    }
    for (TreeSet<Outstanding> ones : List.of(fresh, repeated)) {
      while (actions.size() < BURST && !ones.isEmpty() && !ones.first().due.isAfter(now)) {
        actions.add(act(ones.first(), now, timeOfDay));
      }
    }
    if (actions.size() == BURST) {
      nextBurst = now.plus(BURST_INTERVAL);
    }
    return actions;
  }

  private Action act(Outstanding one, Instant now, Instant timeOfDay) {
    if (one.attempts > RETRIES.size()) {
      remove(one);
      return new Action.GiveUp(one.what, one.attempts);
    }
    fresh.remove(one);
    repeated.remove(one);
    one.due = now.plus(one.attempts < RETRIES.size() ? RETRIES.get(one.attempts) : LAST_PATIENCE);
    one.attempts++;
    if (one.attempts == 1) {
      pace.told(one.place(), one.changed, now);
    }
    repeated.add(one);
    if (one.message.length == 0 || now.isAfter(one.madeAt.plus(SAME_MESSAGE))) {
      makeMessage(one, now, timeOfDay);
    }
    boolean byStream = one.attempts >= FIRST_BY_STREAM && (one.attempts - FIRST_BY_STREAM) % 2 == 0;
    return new Action.Send(one.what, one.message, one.attempts, byStream);
  }

  private void makeMessage(Outstanding one, Instant now, Instant timeOfDay) {
    forgetMessage(one);
    TsigKey key = one.what.target().key();
    byte[] plain = NotifyMessage.request(freshId(one), one.what.zone(), one.what.serial());
    one.signed = key == null ? null : TsigSigner.signRequest(plain, plain.length, key, timeOfDay);
    one.message = one.signed == null ? plain : one.signed.message();
    one.madeAt = now;
    byId.put(one.messageId(), one);
  }

  /// One that no other message to the same address has.
  private int freshId(Outstanding one) {
    int id = ids.getAsInt();
    for (int i = 0;
        i < ID_ATTEMPTS && byId.containsKey(new MessageId(one.what.target().address(), id));
        i++) {
      id = ids.getAsInt();
    }
    Outstanding other = byId.get(new MessageId(one.what.target().address(), id));
    if (other != null) {
      // Some 65,000 are outstanding there. The other gets another when it is sent again.
      other.message = new byte[0];
    }
    return id;
  }

  /// Takes a message that came from an address.
  ///
  /// It ends a notification if it comes from where that went to, has its ID, opcode and zone, and
  /// is signed with the same key if that was signed; whatever it says (RFC 1996 §3.6, §4.8).
  @Rfc(number = 1996, section = "4.8")
  @Rfc(number = 8945, section = "5.4")
  public Reception receive(byte[] reply, int length, InetSocketAddress from, Instant timeOfDay) {
    if (length < Header.OCTETS) {
      return new Reception.Stray();
    }
    Outstanding one = byId.get(new MessageId(from, Header.u16(reply, Header.ID)));
    if (one == null || !ReplyMatch.isReplyTo(one.message, reply, length)) {
      return new Reception.Stray();
    }
    SignedRequest signed = one.signed;
    TsigKey key = one.what.target().key();
    if (signed != null && key != null) {
      String doubt =
          doubt(TsigVerifier.verifyResponse(reply, length, key, signed.mac(), timeOfDay));
      if (doubt != null) {
        return new Reception.Doubtful(one.what, doubt);
      }
    }
    remove(one);
    return new Reception.Answered(
        one.what, one.attempts, Header.rcode(Header.u16(reply, Header.FLAGS)));
  }

  private static @Nullable String doubt(ResponseVerdict verdict) {
    return switch (verdict) {
      case ResponseVerdict.Authentic _ -> null;
      case ResponseVerdict.UnsignedError error ->
          "it says TSIG error "
              + error.error()
              + " (16: another secret, 17: key unknown, 18: clocks differ)";
      case ResponseVerdict.Doubtful(String why) -> why;
    };
  }
}
