package zonetrail.update;

/// Thrown when an UPDATE message is not one: its sender is told FORMERR. What is wrong is said
/// without anything out of the message.
public final class MalformedUpdateException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what is wrong, for people to read
  public MalformedUpdateException(String message) {
    super(message, null, false, false);
  }
}
