package zonetrail.transport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import zonetrail.authority.Event;
import zonetrail.zone.Finding;

/// Writes events to the log: a line each, and a line for each finding, in the form that compilers
/// use and editors understand.
final class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger("zonetrail");

  private EventLog() {}

  static void write(Event event) {
    Level level = levelOf(event);
    if (LOG.isEnabledForLevel(level)) { // An event per message costs no text that nobody reads.
      LOG.atLevel(level).log(event.text());
    }
    for (Finding finding : event.findings()) {
      LOG.atLevel(finding.isError() ? Level.ERROR : Level.WARN).log(finding.toString());
    }
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
