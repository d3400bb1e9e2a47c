package zonetrail.server;

/// The forms of the log.
public enum LogFormat {
  /// A line for people: time, level, message.
  TEXT,
  /// A JSON object in each line, for programs.
  JSON
}
