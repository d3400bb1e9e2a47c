package zonetrail.wire;

/// Thrown when text or octets are not a domain name; the message says why, for a person to read.
public final class BadNameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what is wrong with the name, without the name's position
  public BadNameException(String message) {
    super(message);
  }
}
