package zonetrail.transport;

import java.time.Duration;

/// The sign of life of one thread: it beats every second, and whoever looks sees for how long it
/// has not. Any thread.
public final class Heartbeat {
  /// How often a thread that is watched beats.
  static final Duration INTERVAL = Duration.ofSeconds(1);

  /// A thread that has not beaten for this long is stuck. It is far more than any pause of the
  /// collector, and a thread that computes for so long answers nobody.
  public static final Duration STUCK_AFTER = Duration.ofSeconds(10);

  private final String name;
  private volatile long lastNanos;

  /// A thread that beats now.
  ///
  /// @param name what the thread is called to an operator
  /// @param nowNanos the time, as of `System.nanoTime`
  public Heartbeat(String name, long nowNanos) {
    this.name = name;
    this.lastNanos = nowNanos;
  }

  /// What the thread is called.
  public String name() {
    return name;
  }

  /// Beats. Called by the thread that is watched.
  void beat(long nowNanos) {
    lastNanos = nowNanos;
  }

  /// For how long it has been silent.
  public Duration silence(long nowNanos) {
    return Duration.ofNanos(Math.max(0, nowNanos - lastNanos));
  }

  /// Whether it has been silent for too long.
  public boolean isStuck(long nowNanos) {
    return silence(nowNanos).compareTo(STUCK_AFTER) > 0;
  }
}
