package zonetrail.transport;

import java.io.IOException;

/// Thrown when something came that is no answer to what was asked.
public final class BadAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what came, for people to read
  public BadAnswerException(String message) {
    super(message);
  }
}
