package zonetrail.transport;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Publication;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.ZoneHistory;
import zonetrail.zone.ZoneHistory.Difference;

/// What changed from publication to publication, for incremental transfers: a [ZoneHistory] for
/// each zone that changed, and for what that does not know, the source's memory of what was served.
///
/// A change that the publication itself knows, as that of an update or of an IXFR that came, is
/// noted at once. Others are found out by a thread of its own as soon as something is published;
/// nothing of that makes the authority or an answer wait. A transfer that comes at once, as after a
/// NOTIFY, waits for it. What has to be read from the source is read on the thread of the transfer
/// that asks, one at a time, and remembered like any other step.
///
/// Bounds: a sixteenth of the heap for all histories, at most [#MAX_OCTETS], and a quarter of that
/// for each; the zones whose last change is the longest ago are forgotten first. A change of more
/// records than the zone has, or than fit, is sent as the whole zone (RFC 1995 §4).
public final class ZoneJournal implements AutoCloseable {
  /// How much of the heap all histories take at most, on a large machine.
  public static final long MAX_OCTETS = 256L << 20;

  /// How many publications wait to be compared; the changes of others become one step.
  static final int MAX_WAITING = 64;

  /// How long a transfer waits for the changes of what it is to send.
  private static final long PATIENCE_SECONDS = 30;

  /// So many RRsets of so many zones are noted by who publishes; more is the thread's work.
  private static final int MAX_RRSETS_AT_ONCE = 1_024;

  private static final int MAX_ZONES_AT_ONCE = 16;

  private static final int HEAP_SHARES = 16;
  private static final int ZONES_SHARES = 4;

  /// What a record of a change takes of the heap, or more.
  private static final int OCTETS_PER_RECORD = 300;

  private static final RareWarning FAILURES =
      new RareWarning(LoggerFactory.getLogger(ZoneJournal.class));

  /// A version that was served once.
  @FunctionalInterface
  public interface Earlier {
    /// Reads it from the source; takes its time.
    ///
    /// @param now what is served now
    Optional<Zone> find(Zone now, Serial serial);
  }

  /// Differences that were found in memory.
  public final LongAdder remembered = new LongAdder();

  /// Differences that the source had to be asked for, and knew.
  public final LongAdder readAgain = new LongAdder();

  /// Differences that nobody knows any more: the whole zone was sent.
  public final LongAdder forgotten = new LongAdder();

  /// Differences that were too large: the whole zone was sent.
  public final LongAdder tooLarge = new LongAdder();

  private final Earlier earlier;
  private final long maxOctets;
  private final BlockingDeque<Publication> waiting = new LinkedBlockingDeque<>();
  private final Semaphore reading = new Semaphore(1);
  private final Thread thread;

  /// By zone, the one whose change is the longest ago first. Guarded by itself, each history too.
  private final Map<WireName, ZoneHistory> histories = new LinkedHashMap<>();

  private long octets;

  /// Publications that were handed over, and those of them that are noted. Guarded by `histories`.
  private long posted;

  private long noted;

  /// The publication up to which changes are known. Guarded by `histories`.
  private @Nullable Publication last;

  /// Creates a journal.
  ///
  /// @param heapOctets how much heap there is in all
  public ZoneJournal(long heapOctets, Earlier earlier) {
    this.earlier = earlier;
    this.maxOctets = maxOctets(heapOctets);
    this.thread = Thread.ofPlatform().name("zone-journal").daemon(true).unstarted(this::run);
    thread.start();
  }

  private static long maxOctets(long heapOctets) {
    return Math.min(MAX_OCTETS, heapOctets / HEAP_SHARES);
  }

  /// How much of the heap the history of one zone takes at most.
  ///
  /// @param heapOctets how much heap there is in all
  public static long maxOctetsOfZone(long heapOctets) {
    return maxOctets(heapOctets) / ZONES_SHARES;
  }

  /// Takes what is served from now on; does not wait.
  public void published(Publication publication) {
    boolean isFull;
    synchronized (histories) {
      if (posted == noted && isNotedAtOnce(publication)) {
        last = publication;
        return;
      }
      // Where too many wait, this one takes the place of the last: what is served is never missed.
      isFull = waiting.size() >= MAX_WAITING && waiting.pollLast() != null;
      waiting.add(publication);
      posted += isFull ? 0 : 1;
    }
    if (isFull) {
      FAILURES.warn("changes are published faster than they can be noted for IXFR", null);
    }
  }

  // ---- noting changes ----

  /// A version of a zone and what it was made of.
  private record Step(Serial from, Zone to, ZoneChange change) {}

  private boolean isNotedAtOnce(Publication next) {
    try {
      return noteAtOnce(next);
    } catch (RuntimeException | Error unexpected) {
      FAILURES.warn("known changes were not noted because of a defect in this server", unexpected);
      return false;
    }
  }

  /// Notes what need not be looked for, while the thread has nothing to do.
  ///
  /// @return false if something has to be looked for, or there is much; then nothing is noted
  private boolean noteAtOnce(Publication next) {
    Publication before = last;
    if (before == null || before.zones() == next.zones()) {
      return true;
    }
    List<ServedZone> others = next.zones().otherThanIn(before.zones());
    if (others.size() > MAX_ZONES_AT_ONCE) {
      return false;
    }
    List<Step> steps = new ArrayList<>();
    int rrsets = 0;
    for (ServedZone served : others) {
      Zone was = earlier(before, served);
      if (was == null || !(served instanceof Zone zone)) {
        return false;
      }
      ZoneChange change = next.files().change(was, zone);
      rrsets += change == null ? 0 : change.replacements().size();
      if (change == null || rrsets > MAX_RRSETS_AT_ONCE) {
        return false;
      }
      steps.add(new Step(was.serial(), zone, change));
    }
    if (next.zones().size() != before.zones().size()) {
      return false; // one is gone
    }
    steps.forEach(step -> add(step.from(), step.to(), useful(step.change(), step.to())));
    return true;
  }

  /// The older version that a zone is a newer one of; null if there is none.
  private static @Nullable Zone earlier(Publication before, ServedZone served) {
    return served instanceof Zone zone
            && before.zones().zone(zone.apex()) instanceof Zone was
            && zone.serial().isNewerThan(was.serial())
        ? was
        : null;
  }

  private void run() {
    try {
      while (true) {
        Publication next = waiting.take();
        try {
          note(next);
        } catch (RuntimeException | Error unexpected) {
          FAILURES.warn("changes were not noted because of a defect in this server", unexpected);
        }
        synchronized (histories) {
          last = next;
          noted++;
          histories.notifyAll();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void note(Publication next) {
    Publication before = last; // nobody else writes it before this one is noted
    if (before == null || before.zones() == next.zones()) {
      return;
    }
    for (ServedZone served : next.zones().otherThanIn(before.zones())) {
      Zone was = earlier(before, served);
      if (was != null && served instanceof Zone zone) {
        ZoneChange known = next.files().change(was, zone);
        add(was.serial(), zone, known == null ? change(was, zone) : useful(known, zone));
      }
    }
    for (ServedZone was : before.zones().otherThanIn(next.zones())) {
      if (!(next.zones().zone(was.apex()) instanceof Zone)) {
        remove(was.apex());
      }
    }
  }

  private @Nullable ZoneChange change(Zone was, Zone now) {
    return ZoneChange.between(was, now, mostRecords(now));
  }

  private @Nullable ZoneChange useful(ZoneChange change, Zone now) {
    return change.records() > mostRecords(now) ? null : change;
  }

  private int mostRecords(Zone now) {
    return (int) Math.min(now.recordCount(), maxOctets / ZONES_SHARES / OCTETS_PER_RECORD);
  }

  private void add(Serial from, Zone to, @Nullable ZoneChange change) {
    synchronized (histories) {
      ZoneHistory there = histories.remove(to.apex());
      ZoneHistory history = there == null ? new ZoneHistory() : there;
      octets -= history.heapOctets();
      history.add(from, to.serial(), change, maxOctets / ZONES_SHARES);
      octets += history.heapOctets();
      histories.put(to.apex(), history);
      for (Iterator<ZoneHistory> oldest = histories.values().iterator();
          octets > maxOctets && oldest.hasNext(); ) {
        octets -= oldest.next().heapOctets();
        oldest.remove();
      }
    }
  }

  private void remove(WireName apex) {
    synchronized (histories) {
      ZoneHistory there = histories.remove(apex);
      if (there != null) {
        octets -= there.heapOctets();
      }
    }
  }

  // ---- asking for them ----

  private Difference difference(Zone now, Serial since) {
    synchronized (histories) {
      ZoneHistory history = histories.get(now.apex());
      return history == null ? new Difference.Forgotten() : history.between(since, now.serial());
    }
  }

  /// What makes an earlier version this one, if that is in memory and a small matter; does not
  /// wait.
  ///
  /// @param mostRRsets how many RRsets may be looked at
  Optional<ZoneChange> small(Zone now, Serial since, int mostRRsets) {
    Difference difference;
    synchronized (histories) {
      ZoneHistory history = histories.get(now.apex());
      int cost = history == null ? 0 : history.cost(since, now.serial());
      if (history == null || cost == 0 || cost > mostRRsets) {
        return Optional.empty();
      }
      difference = history.between(since, now.serial());
    }
    return difference instanceof Difference.Known known
        ? Optional.of(known.change())
        : Optional.empty();
  }

  /// What makes an earlier version this one. May wait for the source, or for the thread that
  /// compares.
  ///
  /// @return empty if the whole zone is to be sent
  Optional<ZoneChange> change(Zone now, Serial since) throws InterruptedException {
    awaitNoted();
    Difference difference = difference(now, since);
    if (difference instanceof Difference.Forgotten) {
      difference = readAgain(now, since);
    } else {
      remembered.increment();
    }
    return switch (difference) {
      case Difference.Known known -> unlessTooLarge(known.change(), now);
      case Difference.TooLarge _ -> {
        tooLarge.increment();
        yield Optional.empty();
      }
      case Difference.Forgotten _ -> {
        forgotten.increment();
        yield Optional.empty();
      }
    };
  }

  private Optional<ZoneChange> unlessTooLarge(ZoneChange change, Zone now) {
    if (change.records() <= now.recordCount()) {
      return Optional.of(change);
    }
    tooLarge.increment();
    return Optional.empty();
  }

  /// Waits until what was published before this call is noted.
  private void awaitNoted() throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (histories) {
      long until = posted;
      while (noted < until) {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (leftMillis <= 0) {
          return;
        }
        histories.wait(leftMillis);
      }
    }
  }

  /// Notes what it finds, also that there is nothing: it is not looked for twice.
  private Difference readAgain(Zone now, Serial since) throws InterruptedException {
    reading.acquire();
    try {
      Difference meanwhile = difference(now, since);
      if (!(meanwhile instanceof Difference.Forgotten)) {
        return meanwhile; // another secondary asked for the same
      }
      Optional<Zone> was = earlier.find(now, since);
      if (was.isEmpty()) {
        add(since, now, null);
        return new Difference.Forgotten();
      }
      readAgain.increment();
      ZoneChange change = change(was.get(), now);
      add(since, now, change);
      return change == null ? new Difference.TooLarge() : new Difference.Known(List.of(change));
    } finally {
      reading.release();
    }
  }

  /// How many steps are remembered, of all zones.
  public long steps() {
    synchronized (histories) {
      return histories.values().stream().mapToLong(ZoneHistory::steps).sum();
    }
  }

  /// About how much of the heap they take, in octets.
  public long heapOctets() {
    synchronized (histories) {
      return octets;
    }
  }

  /// How much they may take.
  public long maxHeapOctets() {
    return maxOctets;
  }

  /// Notes no more.
  @Override
  public void close() {
    thread.interrupt();
  }
}
