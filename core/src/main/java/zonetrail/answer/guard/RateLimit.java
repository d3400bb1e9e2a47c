package zonetrail.answer.guard;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Response rate limiting: how many like answers one network may get over UDP in a second, so that
/// queries with a forged source cannot turn this server against whom they name.
///
/// The idea is Vixie and Schryver's, as BIND, NSD and Knot have it; the default of 200 a second and
/// a slip of 2 are NSD's. A token bucket for each network and [AnswerKind] holds a second's worth.
/// Since a forger who knows many names gets many buckets, all answers to a network together have
/// one of [#ALL_FACTOR] times the size (BIND's `all-per-second`). An answer over the limit is
/// dropped, but each second one is sent truncated: a client that is really there asks again over
/// TCP, which nobody can forge, and is served.
///
/// A bucket is one number, the time at which it will be full again (the generic cell rate
/// algorithm): to forget a bucket whose time has passed loses nothing. So the table is bounded, and
/// only where more than [#BUCKETS] are in use within one second does a newcomer push out the
/// fullest bucket near its place; [#evictions] counts.
///
/// Thread: any. Two threads that take one place at the same moment may count an answer too few, no
/// more. Allocation: the table with the first answer that is counted (1 MiB), afterwards none.
public final class RateLimit {
  /// Answers of one kind to one network in a second, unless said otherwise.
  public static final int DEFAULT_PER_SECOND = 200;

  /// The most that may be asked for; beyond it the limit would not be exact.
  public static final int MAX_PER_SECOND = 100_000;

  /// Of so many answers over the limit one is sent truncated.
  public static final int SLIP = 2;

  /// How many times as many answers of all kinds together one network may get.
  public static final int ALL_FACTOR = 5;

  /// How many buckets there are.
  public static final int BUCKETS = 1 << 16;

  /// How many places a bucket can be at.
  private static final int WAYS = 4;

  private static final long SECOND_NANOS = 1_000_000_000;

  /// The lowest bits of a bucket count answers over the limit, modulo the slip.
  private static final long COUNT_MASK = 0xff;

  private static final long ALL_KINDS = 0;

  /// What to do with an answer.
  public enum Verdict {
    /// Send it.
    SEND,
    /// Send it empty and with TC.
    TRUNCATE,
    /// Send nothing.
    DROP
  }

  private record Table(AtomicLongArray keys, AtomicLongArray fullAt) {
    Table() {
      this(new AtomicLongArray(BUCKETS), new AtomicLongArray(BUCKETS));
    }
  }

  private final long intervalNanos;
  private final List<AddressRange> exempt;
  private final long seed;
  private final long originNanos;
  private final LongAdder evictions = new LongAdder();
  private volatile @Nullable Table table;

  /// A limit.
  ///
  /// @param perSecond like answers to one network in a second, 1 to [#MAX_PER_SECOND]
  /// @param exempt who may get as many as they ask for
  /// @param seed a secret number, so that nobody can choose names that share a place
  /// @param nowNanos the time, on a clock that only runs forward
  public RateLimit(int perSecond, List<AddressRange> exempt, long seed, long nowNanos) {
    if (perSecond < 1 || perSecond > MAX_PER_SECOND) {
      throw new IllegalArgumentException(
          "a rate limit is 1 to " + MAX_PER_SECOND + " answers a second, not " + perSecond);
    }
    this.intervalNanos = SECOND_NANOS / perSecond;
    this.exempt = List.copyOf(exempt);
    this.seed = seed;
    this.originNanos = nowNanos;
  }

  /// Counts an answer that is about to go out over UDP.
  ///
  /// @param client the octets of its address
  /// @param response what [zonetrail.answer.Responder] made
  /// @param length how many octets it has
  /// @param nowNanos the time, on the clock of the constructor
  public Verdict judge(byte[] client, byte[] response, int length, long nowNanos) {
    for (int i = 0; i < exempt.size(); i++) {
      if (exempt.get(i).contains(client)) {
        return Verdict.SEND;
      }
    }
    long network = ClientNetwork.of(client);
    long now = nowNanos - originNanos + 2 * SECOND_NANOS;
    Table buckets = table();
    Verdict ofKind =
        take(buckets, key(network, AnswerKind.of(response, length)), intervalNanos, now);
    return ofKind == Verdict.SEND
        ? take(buckets, key(network, ALL_KINDS), Math.max(1, intervalNanos / ALL_FACTOR), now)
        : ofKind;
  }

  private Table table() {
    Table present = table;
    if (present != null) {
      return present;
    }
    synchronized (this) {
      Table made = table;
      if (made == null) {
        made = new Table();
        table = made;
      }
      return made;
    }
  }

  /// Never 0, which stands for an empty place.
  private long key(long network, long kind) {
    return mix(mix(network ^ seed) ^ kind) | 1;
  }

  /// The finalizer of SplitMix64: every bit depends on every bit.
  private static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private Verdict take(Table buckets, long key, long costNanos, long now) {
    int place = place(buckets, key, now);
    while (true) {
      long bucket = buckets.fullAt().get(place);
      long fullAt = Math.max(bucket & ~COUNT_MASK, now & ~COUNT_MASK);
      if (fullAt + costNanos - now > SECOND_NANOS) {
        long over = ((bucket & COUNT_MASK) + 1) % SLIP;
        buckets.fullAt().compareAndSet(place, bucket, (bucket & ~COUNT_MASK) | over);
        return over == 0 ? Verdict.TRUNCATE : Verdict.DROP;
      }
      long count = bucket & COUNT_MASK;
      if (buckets
          .fullAt()
          .compareAndSet(place, bucket, ((fullAt + costNanos) & ~COUNT_MASK) | count)) {
        return Verdict.SEND;
      }
    }
  }

  /// The bucket's place; if it has none, the one that is full soonest of those where it may be.
  private int place(Table buckets, long key, long now) {
    int first = (int) (key >>> 40) & (BUCKETS - WAYS);
    int soonest = first;
    for (int i = first; i < first + WAYS; i++) {
      if (buckets.keys().get(i) == key) {
        return i;
      }
      if (buckets.fullAt().get(i) < buckets.fullAt().get(soonest)) {
        soonest = i;
      }
    }
    if (buckets.fullAt().get(soonest) > now) {
      evictions.increment();
    }
    buckets.fullAt().set(soonest, 0);
    buckets.keys().set(soonest, key);
    return soonest;
  }

  /// How often a bucket was pushed out before it was full.
  public long evictions() {
    return evictions.sum();
  }
}
