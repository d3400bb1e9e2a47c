package zonetrail.transport;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Has the heap collected as a whole when it has grown by much, so that it does not grow to its
/// limit.
///
/// The serial collector takes more memory from the system rather than clear what has become garbage
/// after it outlived two collections, and a server that takes updates all day makes such garbage.
/// Its limit is a quarter of the machine. A whole collection stops the process for about 0.1 s
/// where 200 MiB are in use.
///
/// One thread.
final class HeapWatch {
  /// By less than this, or by less than half, the heap may grow unwatched.
  static final long SLACK_OCTETS = 64L << 20;

  /// No whole collection follows another one sooner: reading a large zone takes much at once, and
  /// gives it back by itself.
  static final Duration PAUSE = Duration.ofSeconds(30);

  private final LongSupplier heapOctets;
  private final Runnable collection;
  private long octetsBefore;
  private long lookedNanos;

  /// Watches this process.
  ///
  /// @param nowNanos of a clock that never goes back
  HeapWatch(long nowNanos) {
    this(Runtime.getRuntime()::totalMemory, System::gc, nowNanos);
  }

  /// @param heapOctets what the heap takes from the system
  /// @param collection collects it as a whole
  HeapWatch(LongSupplier heapOctets, Runnable collection, long nowNanos) {
    this.heapOctets = heapOctets;
    this.collection = collection;
    this.octetsBefore = Long.MAX_VALUE / 2; // what the start took is the measure, whatever it is
    this.lookedNanos = nowNanos;
  }

  /// Looks, if it is time to.
  void look(long nowNanos) {
    if (nowNanos - lookedNanos < PAUSE.toNanos()) {
      return;
    }
    lookedNanos = nowNanos;
    if (heapOctets.getAsLong() - octetsBefore > Math.max(SLACK_OCTETS, octetsBefore / 2)) {
      collection.run();
      octetsBefore = heapOctets.getAsLong();
    } else {
      octetsBefore = Math.min(octetsBefore, heapOctets.getAsLong());
    }
  }
}
