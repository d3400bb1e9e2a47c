package zonetrail.cli;

/// Thrown for a wrong argument; the message says what is expected.
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
