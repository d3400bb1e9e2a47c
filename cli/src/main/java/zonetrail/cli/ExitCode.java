package zonetrail.cli;

/// What the tools end with, so that a script can tell what happened.
public final class ExitCode {
  /// Done.
  public static final int DONE = 0;

  /// The answer was no, or there are findings.
  public static final int NO = 1;

  /// The command line was wrong, or a file could not be read.
  public static final int USAGE = 2;

  /// The server could not be reached.
  public static final int UNREACHABLE = 3;

  private ExitCode() {}
}
