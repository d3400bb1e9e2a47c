package zonetrail.transport;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import zonetrail.authority.Event;
import zonetrail.zone.Finding;

/// Writes events to the log: a line each, and a line for each finding, in the form that compilers
/// use and editors understand; and counts them.
///
/// Each line carries the name of its kind and its fields beside the text ([EventFields]), for logs
/// that programs read. A flood of one kind about one thing is cut by [LogThrottle].
///
/// Thread: the authority's, but for the counts.
final class EventLog {
  /// How many findings of one event are written; `ozone` lists them all.
  static final int MAX_FINDINGS = 20;

  private static final Logger LOG = LoggerFactory.getLogger("zonetrail");

  private final LogThrottle throttle = new LogThrottle();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private volatile long linesLeftOut;

  void write(Event event, long nowNanos) {
    counts.computeIfAbsent(EventFields.name(event), _ -> new LongAdder()).increment();
    Level level = levelOf(event);
    if (!LOG.isEnabledForLevel(level)) { // An event per message costs no text that nobody reads.
      return;
    }
    if (!throttle.admits(EventFields.subject(event), level, nowNanos)) {
      linesLeftOut = throttle.leftOutInAll();
      return;
    }
    LoggingEventBuilder line = LOG.atLevel(level).addKeyValue("event", EventFields.name(event));
    for (Map.Entry<String, Object> field : EventFields.of(event).entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
    }
    line.log(event.text());
    List<Finding> findings = event.findings();
    findings.stream().limit(MAX_FINDINGS).forEach(EventLog::write);
    if (findings.size() > MAX_FINDINGS) {
      LOG.atLevel(level)
          .addKeyValue("event", "findings_left_out")
          .log(
              "{} more findings in this file; 'zonetrail ozone' lists them all",
              findings.size() - MAX_FINDINGS);
    }
  }

  private static void write(Finding finding) {
    LOG.atLevel(finding.isError() ? Level.ERROR : Level.WARN)
        .addKeyValue("event", "finding")
        .log(finding.toString());
  }

  /// Says what was left out, where there is room to say so again.
  void tellLeftOut(long nowNanos) {
    for (LogThrottle.LeftOut leftOut : throttle.takeLeftOut(nowNanos)) {
      LOG.atLevel(leftOut.level())
          .addKeyValue("event", "lines_left_out")
          .addKeyValue("lines", leftOut.lines())
          .log("{}: {} more like it were not logged", leftOut.subject(), leftOut.lines());
    }
  }

  /// How often each kind of event happened, whether logged or not. Any thread.
  Map<String, Long> counts() {
    Map<String, Long> now = new TreeMap<>();
    counts.forEach((kind, count) -> now.put(kind, count.sum()));
    return now;
  }

  /// How many events were not logged because there were too many of them. Any thread.
  long linesLeftOut() {
    return linesLeftOut;
  }

  private static Level levelOf(Event event) {
    return switch (event.level()) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
    };
  }
}
