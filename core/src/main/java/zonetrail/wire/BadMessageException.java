package zonetrail.wire;

/// Thrown when a message cannot be read to its end. What is wrong with it is said without anything
/// out of the message.
public final class BadMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what is wrong, for people to read
  public BadMessageException(String message) {
    super(message, null, false, false);
  }
}
