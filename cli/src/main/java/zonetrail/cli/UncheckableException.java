package zonetrail.cli;

/// Thrown where a file cannot be checked; the message says why and what to do.
final class UncheckableException extends Exception {
  private static final long serialVersionUID = 1L;

  UncheckableException(String message) {
    super(message);
  }
}
