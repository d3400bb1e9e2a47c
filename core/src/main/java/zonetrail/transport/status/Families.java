package zonetrail.transport.status;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;

/// Gathers families of metrics out of numbers that are kept elsewhere.
final class Families {
  /// What all our names begin with.
  static final String PREFIX = "zonetrail_";

  private final MetricSnapshots.Builder all = MetricSnapshots.builder();

  /// A number that only grows; `_total` is added to the name.
  Counter counter(String name, String help) {
    return new Counter(CounterSnapshot.builder().name(PREFIX + name).help(help));
  }

  /// A number that goes up and down.
  Gauge gauge(String name, String help) {
    return new Gauge(GaugeSnapshot.builder().name(PREFIX + name).help(help));
  }

  /// A text, as a label of a number that is always 1; `_info` is added to the name.
  void info(String name, String help, String label, String text) {
    add(
        InfoSnapshot.builder()
            .name(PREFIX + name)
            .help(help)
            .dataPoint(InfoDataPointSnapshot.builder().labels(Labels.of(label, text)).build())
            .build());
  }

  void add(MetricSnapshot family) {
    all.metricSnapshot(family);
  }

  MetricSnapshots build() {
    return all.build();
  }

  /// Seconds since 1970, as Prometheus has times.
  static double seconds(Instant time) {
    return time.toEpochMilli() / 1e3;
  }

  /// A counter in the making.
  final class Counter {
    private final CounterSnapshot.Builder family;

    private Counter(CounterSnapshot.Builder family) {
      this.family = family;
    }

    /// @param labels names and values, in turn
    Counter with(long value, String... labels) {
      family.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(Labels.of(labels))
              .value((double) value)
              .build());
      return this;
    }

    void done() {
      add(family.build());
    }
  }

  /// A gauge in the making.
  final class Gauge {
    private final GaugeSnapshot.Builder family;

    private Gauge(GaugeSnapshot.Builder family) {
      this.family = family;
    }

    /// @param labels names and values, in turn
    Gauge with(double value, String... labels) {
      family.dataPoint(
          GaugeDataPointSnapshot.builder().labels(Labels.of(labels)).value(value).build());
      return this;
    }

    void done() {
      add(family.build());
    }
  }
}
