package zonetrail.transport.status;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import zonetrail.transport.Heartbeat;

/// Whether the server lives and is ready, as it goes through its life.
///
/// ```text
///   STARTING ──── zones published, sockets bound ────► READY ──── told to stop ────► STOPPING
/// ```
///
/// Thread: any.
public final class Vitals {
  /// Where in its life the server is.
  public enum Phase {
    /// Zones are read and sockets bound.
    STARTING,
    /// Queries are answered.
    READY,
    /// No new messages are taken; answers under way go out.
    STOPPING
  }

  /// All that changes, at one moment.
  private record Moment(Phase phase, List<Heartbeat> watched, List<InetSocketAddress> listening) {}

  private final Instant started;
  private volatile Moment moment = new Moment(Phase.STARTING, List.of(), List.of());

  /// A server that starts.
  ///
  /// @param started when it did
  public Vitals(Instant started) {
    this.started = started;
  }

  /// From now on this thread has to live.
  public synchronized void watch(Heartbeat thread) {
    watch(List.of(thread));
  }

  /// From now on these threads have to live.
  public synchronized void watch(List<Heartbeat> threads) {
    List<Heartbeat> all = new ArrayList<>(moment.watched());
    all.addAll(threads);
    moment = new Moment(moment.phase(), List.copyOf(all), moment.listening());
  }

  /// Zones are published and these addresses bound.
  public synchronized void ready(List<InetSocketAddress> listening) {
    if (moment.phase() == Phase.STARTING) {
      moment = new Moment(Phase.READY, moment.watched(), List.copyOf(listening));
    }
  }

  /// The server was told to stop. Its threads end now, so nobody has to live any more.
  public synchronized void stopping() {
    moment = new Moment(Phase.STOPPING, List.of(), moment.listening());
  }

  /// When the server started.
  public Instant started() {
    return started;
  }

  /// Where in its life it is.
  public Phase phase() {
    return moment.phase();
  }

  /// Where it answers; empty before it is ready.
  public List<InetSocketAddress> listening() {
    return moment.listening();
  }

  /// Why the process should be restarted; empty if it should not.
  ///
  /// @param nowNanos the time, as of `System.nanoTime`
  public Optional<String> whyDead(long nowNanos) {
    return moment.watched().stream()
        .filter(thread -> thread.isStuck(nowNanos))
        .map(thread ->
            "the thread '%s' has not moved for %d s"
                .formatted(thread.name(), thread.silence(nowNanos).toSeconds()))
        .findFirst();
  }

  /// Why queries should go elsewhere; empty if they should not.
  ///
  /// @param nowNanos the time, as of `System.nanoTime`
  public Optional<String> whyNotReady(long nowNanos) {
    return switch (moment.phase()) {
      case STARTING -> Optional.of("starting: zones are being read");
      case STOPPING -> Optional.of("stopping");
      case READY -> whyDead(nowNanos);
    };
  }
}
