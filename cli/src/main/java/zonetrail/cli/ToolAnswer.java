package zonetrail.cli;

/// What a server's reply means, and what to do about it.
///
/// @param exitCode [ExitCode#DONE] if it did what it was asked for, else [ExitCode#NO]
/// @param text one line for people
record ToolAnswer(int exitCode, String text) {

  static ToolAnswer done(String text) {
    return new ToolAnswer(ExitCode.DONE, text);
  }

  /// @param tool who says so
  static ToolAnswer no(String tool, String text) {
    return new ToolAnswer(ExitCode.NO, tool + ": " + text);
  }
}
