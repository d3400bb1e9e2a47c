package zonetrail.authority;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;

/// What happens on the way of an update to the source.
public sealed interface EditEvent extends Event {

  /// An update was made and acknowledged.
  ///
  /// @param summary what was changed, in one line
  /// @param version the commit
  record UpdateMade(
      WireName zone, WireName key, InetSocketAddress client, String summary, String version)
      implements EditEvent {
    @Override
    public Level level() {
      return Level.DEBUG;
    }

    @Override
    public String text() {
      return "%s: update from %s with key %s: %s (%s)"
          .formatted(
              zone.toStringNoDot(), Event.address(client), key, summary, Event.abbreviate(version));
    }
  }

  /// An update was refused, or could not be made.
  ///
  /// @param reason why; null where the code says it
  record UpdateNotMade(
      WireName zone, WireName key, InetSocketAddress client, Rcode rcode, @Nullable String reason)
      implements EditEvent {
    @Override
    public Level level() {
      boolean isPrerequisite =
          rcode.equals(Rcode.NXDOMAIN)
              || rcode.equals(Rcode.YXDOMAIN)
              || rcode.equals(Rcode.NXRRSET)
              || rcode.equals(Rcode.YXRRSET);
      return isPrerequisite ? Level.DEBUG : Level.WARN;
    }

    @Override
    public String text() {
      return "%s: update from %s with key %s not made (%s)%s"
          .formatted(
              zone.toStringNoDot(),
              Event.address(client),
              key,
              rcode,
              reason == null ? "" : ": " + reason);
    }
  }

  /// The same message came again; it has no second effect.
  record UpdateRepeated(WireName zone, WireName key, InetSocketAddress client)
      implements EditEvent {
    @Override
    public Level level() {
      return Level.DEBUG;
    }

    @Override
    public String text() {
      return "%s: the same update again from %s with key %s"
          .formatted(zone.toStringNoDot(), Event.address(client), key);
    }
  }

  /// A commit could not be made.
  record CommitFailed(String reason) implements EditEvent {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return "updates cannot be committed: "
          + reason
          + ". Updates get SERVFAIL; what is served stays as it is.";
    }
  }

  /// Commits of ours did not get to the remote.
  ///
  /// @param isRefused whether the remote does not want them
  /// @param areKept whether they were acknowledged, and wait here
  record PushFailed(String reason, boolean isRefused, boolean areKept) implements EditEvent {
    @Override
    public Level level() {
      return isRefused ? Level.ERROR : Level.WARN;
    }

    @Override
    public String text() {
      String kept =
          areKept
              ? "what was acknowledged is kept here and pushed later"
              : "updates get SERVFAIL until it takes them";
      String remedy =
          isRefused
              ? " Give this server's key the right to push to the branch, or look at the remote's"
                  + " hooks."
              : "";
      return "cannot push: " + reason + "; " + kept + "." + remedy;
    }
  }

  /// The remote takes commits again.
  record PushWorks() implements EditEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "the remote takes commits again";
    }
  }

  /// An earlier run made commits that the source does not have and that do not fit what it has now.
  ///
  /// @param version the last of them
  record CommitsLeftOver(String version) implements EditEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("commits of updates were not pushed before this server was stopped, and others pushed"
              + " since; most likely nobody was told that they were made. They are kept on the"
              + " branch zonetrail/conflict-%s: look at them, and make the changes again if they are"
              + " still wanted.")
          .formatted(shortId(version));
    }
  }

  /// An earlier run made commits that do not fit what others pushed, and what they did cannot be
  /// read, so it cannot be made again.
  ///
  /// @param version the last of them
  record CommitsUnreadable(String version) implements EditEvent {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return ("acknowledged updates up to commit %s were not pushed, others pushed since, and the"
              + " commits cannot be read any more: the updates are not served any longer. What is"
              + " left of them is kept as zonetrail/conflict-%s, here or at the remote; look for"
              + " what is wrong with the disk, and ask the clients to send them again.")
          .formatted(shortId(version), shortId(version));
    }
  }

  /// An acknowledged update does not fit what others pushed in the meantime.
  ///
  /// @param version the commit that has it
  record UpdateConflict(WireName zone, String summary, String reason, String version)
      implements EditEvent {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return ("%s: an acknowledged update does not fit what was pushed in the meantime (%s): %s. It is"
              + " kept on the branch zonetrail/conflict-%s: look at it, and make the change again if it"
              + " is still wanted.")
          .formatted(zone.toStringNoDot(), reason, summary, shortId(version));
    }
  }

  private static String shortId(String version) {
    return version.substring(0, Math.min(7, version.length()));
  }
}
