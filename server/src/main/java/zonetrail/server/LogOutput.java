package zonetrail.server;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Sends the log to standard error, a line each: time, level, message; or as JSON.
///
/// Set up in code: reading a configuration file would cost a tenth of a second at each start.
public final class LogOutput {
  /// Their warnings (a key refused, a line that broke) we report ourselves, with what to do about
  /// it.
  private static final List<String> LIBRARIES_WE_SPEAK_FOR =
      List.of("org.apache.sshd", "org.eclipse.jgit");

  /// A file in a repository may be called anything; a line feed or an escape sequence in its name
  /// must not become one in the log.
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %replace(%msg){'[\\p{Cc}\\p{Cf}]', '?'}%n%ex{full}";

  private LogOutput() {}

  /// Logs from this level on; what libraries have to say only from WARN on, or ERROR where we say
  /// it ourselves, unless it is TRACE.
  public static void configure(Level level) {
    configure(level, LogFormat.TEXT);
  }

  /// The same in a form.
  public static void configure(Level level, LogFormat format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case TEXT -> textLines();
          case JSON -> new JsonLines();
        };
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> errors = new ConsoleAppender<>();
    errors.setContext(context);
    errors.setTarget("System.err");
    errors.setEncoder(encoder);
    errors.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(errors);
    boolean all = level == Level.TRACE;
    root.setLevel(logbackLevel(all ? level : Level.WARN));
    for (String library : LIBRARIES_WE_SPEAK_FOR) {
      context.getLogger(library).setLevel(logbackLevel(all ? level : Level.ERROR));
    }
    context.getLogger("zonetrail").setLevel(logbackLevel(level));
  }

  private static Encoder<ILoggingEvent> textLines() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(PATTERN);
    return encoder;
  }

  private static ch.qos.logback.classic.Level logbackLevel(Level level) {
    return ch.qos.logback.classic.Level.toLevel(level.name());
  }
}
