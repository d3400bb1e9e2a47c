package zonetrail.server.git;

/// Says in one line why the zones could not be fetched, to what, and what to do about it. What was
/// served before stays.
public final class FetchException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What went wrong.
  public enum Reason {
    /// No connection, or it broke, or nothing was heard in time. Another attempt may succeed.
    UNREACHABLE(false),
    /// The host key that the server showed is not one that we trust. Nothing was sent to it.
    HOST_KEY_REFUSED(true),
    /// The server does not let us in with our key, or password.
    AUTHENTICATION_REFUSED(true),
    /// The server has no such repository, or does not show it to us.
    NO_SUCH_REPOSITORY(true),
    /// The repository has no such branch; it may be empty.
    NO_SUCH_BRANCH(true),
    /// The branch has no such folder.
    NO_SUCH_PATH(true),
    /// What the remote sent is not sound, or more than we take.
    REFUSED_CONTENT(true),
    /// The branch was rewritten, and lacks updates that were acknowledged.
    LOST_UPDATES(true),
    /// What the remote has ended this server before, and is not tried again yet.
    WAITS(true),
    /// The state directory cannot be read or written.
    LOCAL_STORE(true);

    private final boolean operatorMustAct;

    Reason(boolean operatorMustAct) {
      this.operatorMustAct = operatorMustAct;
    }

    /// Whether trying again alone cannot help.
    public boolean operatorMustAct() {
      return operatorMustAct;
    }
  }

  private final Reason reason;

  FetchException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  FetchException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// What went wrong.
  public Reason reason() {
    return reason;
  }
}
