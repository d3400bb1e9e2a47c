package zonetrail.tsig;

/// Thrown when text is not a key; the message says why and never shows the text, which may be a
/// secret.
public final class BadKeyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int at;

  /// Creates the exception.
  ///
  /// @param message what is wrong, without any part of the secret
  public BadKeyException(String message) {
    this(message, 0);
  }

  /// Creates the exception.
  ///
  /// @param message what is wrong, without any part of the secret
  /// @param at where in the key's text, from 0 on
  public BadKeyException(String message, int at) {
    super(message);
    this.at = at;
  }

  /// Where in the key's text, from 0 on.
  public int at() {
    return at;
  }
}
