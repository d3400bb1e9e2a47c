package zonetrail.transport;

import java.io.IOException;

/// The server cannot listen where it was told to. The message is one sentence for the operator: the
/// address, the reason, and what to do.
public final class ListenException extends IOException {
  private static final long serialVersionUID = 1L;

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
