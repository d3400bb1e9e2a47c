package zonetrail.server.git;

import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import zonetrail.server.git.FetchException.Reason;

/// An object that is needed is missing or damaged, here or at the remote.
final class DamageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ObjectId tip;

  /// @param tip the commit that was to be taken in
  DamageException(ObjectId tip, String message) {
    super(RemoteText.oneLine(message));
    this.tip = tip;
  }

  /// Whether an error of reading says that an object is missing or damaged.
  static boolean isDamage(Throwable e) {
    return e instanceof MissingObjectException || e instanceof CorruptObjectException;
  }

  ObjectId tip() {
    return tip;
  }

  FetchException refusal(RemoteAddress remote) {
    return new FetchException(
        Reason.REFUSED_CONTENT,
        "commit "
            + tip.abbreviate(7).name()
            + " of "
            + remote
            + " is refused, since what the remote sent is not sound ("
            + getMessage()
            + "): look at the remote with git fsck",
        this);
  }
}
