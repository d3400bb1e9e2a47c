package zonetrail.server.git;

import zonetrail.authority.ZoneSource.Outlook;

/// Says in one line why the zones could not be fetched, to what, and what to do about it. What was
/// served before stays.
public final class FetchException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What went wrong.
  public enum Reason {
    /// No connection, or it broke, or nothing was heard in time. Another attempt may succeed.
    UNREACHABLE(Outlook.MAY_PASS),
    /// The host key that the server showed is not one that we trust. Nothing was sent to it.
    HOST_KEY_REFUSED(Outlook.OPERATOR_MUST_ACT),
    /// The server does not let us in with our key, or password.
    AUTHENTICATION_REFUSED(Outlook.OPERATOR_MUST_ACT),
    /// The server has no such repository, or does not show it to us.
    NO_SUCH_REPOSITORY(Outlook.OPERATOR_MUST_ACT),
    /// The repository has no such branch; it may be empty.
    NO_SUCH_BRANCH(Outlook.OPERATOR_MUST_ACT),
    /// The branch has no such folder.
    NO_SUCH_PATH(Outlook.OPERATOR_MUST_ACT),
    /// What the remote sent is not sound, or more than we take.
    REFUSED_CONTENT(Outlook.OPERATOR_MUST_ACT),
    /// The branch was rewritten, and lacks updates that were acknowledged.
    LOST_UPDATES(Outlook.REWRITE_HELD),
    /// What the remote has ended this server before, and is not tried again yet.
    WAITS(Outlook.OPERATOR_MUST_ACT),
    /// The state directory cannot be read or written.
    LOCAL_STORE(Outlook.OPERATOR_MUST_ACT);

    private final Outlook outlook;

    Reason(Outlook outlook) {
      this.outlook = outlook;
    }

    /// What may end it.
    Outlook outlook() {
      return outlook;
    }

    /// Whether trying again alone cannot help.
    public boolean operatorMustAct() {
      return outlook != Outlook.MAY_PASS;
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
