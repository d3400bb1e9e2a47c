package zonetrail.tsig;

/// Thrown when text is not a key; the message says why and never shows the text, which may be a
/// secret.
public final class BadKeyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what is wrong, without any part of the secret
  public BadKeyException(String message) {
    super(message);
  }
}
