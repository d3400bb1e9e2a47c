package zonetrail.authority;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.UpdateReplies.Awaited;

/// An edit on its way into the source.
///
/// @param client who waits for it; null for what nobody waits for
/// @param isAgain whether it was served already, and has to be made anew
record GroupMember(ZoneEdit edit, @Nullable Awaited client, boolean isAgain) {
  /// An edit that nobody waits for and that was not served yet.
  static GroupMember of(ZoneEdit edit) {
    return new GroupMember(edit, null, false);
  }

  /// An edit that was served, or that what was served needs.
  static GroupMember again(ZoneEdit edit) {
    return new GroupMember(edit, null, true);
  }

  boolean isWaitedFor() {
    return client != null && !client.isAnswered();
  }

  boolean isOverdue(Instant time) {
    return client != null && !client.isAnswered() && !time.isBefore(client.deadline());
  }
}
