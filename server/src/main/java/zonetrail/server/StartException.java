package zonetrail.server;

/// Says in one line why a server cannot start and what to do about it; no stack trace is needed.
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private StartException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /// Something on this machine is in the way: an option, a file, a port.
  public static StartException local(String message, Throwable cause) {
    return new StartException(2, message, cause);
  }

  /// The source of the zones cannot be reached, and nothing is known from an earlier run.
  public static StartException unreachable(String message, Throwable cause) {
    return new StartException(3, message, cause);
  }

  /// What the process ends with: 2 for usage or I/O, 3 where the source could not be reached.
  public int exitCode() {
    return exitCode;
  }
}
