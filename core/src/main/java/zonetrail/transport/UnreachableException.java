package zonetrail.transport;

import java.io.IOException;

/// Thrown when no answer came: nobody listens there, the network has no way, or the time is up.
public final class UnreachableException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was tried and what happened, for people to read
  public UnreachableException(String message) {
    super(message);
  }
}
