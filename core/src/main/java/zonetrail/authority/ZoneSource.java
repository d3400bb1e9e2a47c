package zonetrail.authority;

import java.util.Optional;

/// Where zone files come from: a git remote or a folder. The seam between a primary and its truth.
///
/// Called from one thread at a time, the network lane's once the server runs; may block for as long
/// as its own time limits allow.
public interface ZoneSource extends AutoCloseable {
  /// What an earlier run left behind, without asking anybody; empty where there is nothing.
  Optional<SourceTree> known();

  /// The source's files as they are now.
  ///
  /// @throws AwayException if they cannot be had now; what is served stays
  SourceTree fetch() throws AwayException;

  /// Lets go of everything the source holds open.
  @Override
  void close();

  /// Says in one line why the source could not be fetched and what to do about it.
  final class AwayException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Creates the exception.
    ///
    /// @param message for an operator to read
    public AwayException(String message) {
      super(message);
    }

    /// Creates the exception.
    ///
    /// @param message for an operator to read
    /// @param cause what was caught
    public AwayException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
