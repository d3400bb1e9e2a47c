package zonetrail.transport;

import java.io.IOException;

/// The server cannot listen where it was told to. The message is one sentence for the operator: the
/// address, the reason, and what to do.
public final class ListenException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message for an operator to read
  /// @param cause what was caught
  public ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
