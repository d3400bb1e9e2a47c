package zonetrail.authority;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.HeldBack.Mark;

/// Where zone files come from: a git remote or a folder. The seam between a primary and its truth.
///
/// Called from one thread at a time, the network lane's once the server runs; may block for as long
/// as its own time limits allow. What other threads may call while it does says so.
public interface ZoneSource extends AutoCloseable {
  /// What an earlier run left behind, without asking anybody; empty where there is nothing.
  Optional<Known> known();

  /// The source as it is now, and how it got there.
  ///
  /// @param since the version looked at last; one that the source never had where there is none
  /// @param scope what has to be as it is now; the rest may be as it was looked at last
  /// @throws AwayException if it cannot be had now; what is served stays
  SourceLine fetch(String since, FetchScope scope) throws AwayException;

  /// Notes what is served, so that [#known()] tells it after a restart. Any thread may, one at a
  /// time, also while a fetch is under way; it does not wait for that, nor for anything but the
  /// disk.
  ///
  /// @param version the version looked at last
  /// @param heldBack in what the files served differ from that version's
  /// @throws AwayException if it cannot be noted; what is served stays
  void keep(String version, HeldBack heldBack) throws AwayException;

  /// Whether [#keep] notes anything; where it does not, nobody need find out what there is to note.
  default boolean keepsNotes() {
    return true;
  }

  /// What was fetched last was read, and is served: nothing of it ends this process any more.
  default void markTakenIn() {}

  /// Looks for a version of a file among those that were served, the newest first. Any thread may
  /// ask, and while others do.
  ///
  /// @param fileName where it lies within the zones folder, as `a/b`
  /// @param search looks at the beginning of each version of it
  /// @return the version that was found, with that file and what it may include; empty if there is
  ///   none, or the source does not remember what was served
  default Optional<SourceTree> earlier(String fileName, Search search) {
    return Optional.empty();
  }

  /// Looks for one version of a file.
  @FunctionalInterface
  interface Search {
    /// How much of the beginning of a file is looked at.
    int HEAD_OCTETS = 64 * 1024;

    /// Whether this is it.
    Look look(byte[] head);
  }

  /// What came of a look at a version of a file.
  enum Look {
    /// It is the one.
    FOUND,
    /// It may be among the older ones.
    FURTHER,
    /// It is not among the older ones either.
    IN_VAIN
  }

  /// Lets go of everything the source holds open.
  @Override
  void close();

  /// What an earlier run left behind.
  ///
  /// @param served the files that were served last, called by the version looked at last; null if
  ///   that is not known
  /// @param marks what else was noted then
  /// @param line the versions that were fetched since, and if there are none the one that `served`
  ///   is called by, with its own files; null only where those are not known and `served` is
  record Known(@Nullable SourceTree served, List<Mark> marks, @Nullable SourceLine line) {
    /// Copies the list.
    ///
    /// @throws IllegalArgumentException if nothing is known at all
    public Known {
      if (served == null && line == null) {
        throw new IllegalArgumentException("what is known is at least one version");
      }
      marks = List.copyOf(marks);
    }

    /// A source of which nothing was noted before.
    public static Known ofNew(SourceLine line) {
      return new Known(null, List.of(), line);
    }
  }

  /// What may end a failure.
  enum Outlook {
    /// Time may.
    MAY_PASS,
    /// Trying again alone cannot help: a key that is refused, a branch that is gone.
    OPERATOR_MUST_ACT,
    /// People have to say what is right: the source's history was rewritten, and lacks updates that
    /// were acknowledged.
    REWRITE_HELD
  }

  /// Says in one line why the source could not be fetched and what to do about it.
  final class AwayException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Outlook outlook;

    /// Creates the exception.
    ///
    /// @param message for an operator to read
    public AwayException(String message) {
      super(message);
      outlook = Outlook.MAY_PASS;
    }

    /// Creates the exception.
    ///
    /// @param message for an operator to read
    /// @param cause what was caught
    public AwayException(String message, Throwable cause) {
      this(message, Outlook.MAY_PASS, cause);
    }

    /// Creates the exception.
    ///
    /// @param message for an operator to read
    /// @param outlook what may end it
    /// @param cause what was caught
    public AwayException(String message, Outlook outlook, Throwable cause) {
      super(message, cause);
      this.outlook = outlook;
    }

    /// What may end it.
    public Outlook outlook() {
      return outlook;
    }

    /// Whether trying again alone cannot help.
    public boolean operatorMustAct() {
      return outlook != Outlook.MAY_PASS;
    }
  }
}
