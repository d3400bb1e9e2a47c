package zonetrail.transport.status;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Makes `/metrics`: numbers that are counted elsewhere, read at this moment, and those of the JVM
/// and the process as the Prometheus client library has them.
final class MetricsPage {
  private final Observed observed;
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final PrometheusRegistry registry = new PrometheusRegistry();

  MetricsPage(Observed observed) {
    this.observed = observed;
    ProcessMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    registry.register((MultiCollector) this::collect);
  }

  private MetricSnapshots collect() {
    Families families = new Families();
    families.info("build", "The program.", "version", observed.version());
    families
        .gauge("ready", "Whether queries are answered; as /readyz.")
        .with(observed.vitals().whyNotReady(System.nanoTime()).isEmpty() ? 1 : 0)
        .done();
    TrafficMetrics.collect(observed, families);
    TransferMetrics.collect(observed.slowLane().transfers(), families);
    NotifyMetrics.collect(observed.notifies(), families);
    SourceMetrics.collect(observed, families);
    return families.build();
  }

  /// Writes the page.
  ///
  /// @param accept what the client can read; null or none of ours: Prometheus' text format
  /// @return the media type of what was written
  String write(OutputStream to, @Nullable String accept) {
    ExpositionFormatWriter writer = formats.findWriter(accept);
    try {
      writer.write(to, registry.scrape(), EscapingScheme.fromAcceptHeader(accept));
      return writer.getContentType();
    } catch (IOException notToMemory) {
      throw new UncheckedIOException(notToMemory);
    }
  }
}
