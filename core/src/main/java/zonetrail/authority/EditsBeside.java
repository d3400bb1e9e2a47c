package zonetrail.authority;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.wire.WireName;

/// The updates of large zones, which are prepared beside the commit lane so that those of other
/// zones need not wait for them.
///
/// ```text
/// queue ─► Prepare ─► prepared ─► fits what it is committed on: Commit, which is short then
///   ▲         ▲          └──────► does not: once more, on what there is now
///   │         └─────────────────────┘
///   └── the source has one of them by now: back to the head
/// ```
///
/// One group of one zone at a time; what else is asked of that zone waits in the queue, so the
/// updates of a zone keep their order. Where commits of the same zone get in between time and
/// again, the group is committed unprepared. One owner, like [Primary].
final class EditsBeside {
  /// So often in a row what was prepared may be of no use.
  static final int MAX_FRUITLESS = 3;

  private final int largeZoneRecords;
  private List<GroupMember> members = List.of();

  /// Whether a result is to come; it is of no use where there are no members any more.
  private boolean isUnderWay;

  private boolean isReady;
  private @Nullable PreparedEdits prepared;
  private int fruitless;

  /// @param largeZoneRecords how many records a large zone has at least
  EditsBeside(int largeZoneRecords) {
    this.largeZoneRecords = largeZoneRecords;
  }

  /// What is on its way.
  List<GroupMember> members() {
    return members;
  }

  /// Which members are not for the commit lane as they are.
  ///
  /// @param files what is committed on
  Predicate<GroupMember> areForHere(ZoneFiles files) {
    WireName here = members.isEmpty() ? null : zone(members.getFirst());
    Map<WireName, Boolean> known = new HashMap<>();
    return member -> {
      WireName zone = member.isAgain() ? null : zone(member);
      return zone != null
          && (Objects.equals(zone, here)
              || known.computeIfAbsent(zone, apex -> isLarge(apex, files)));
    };
  }

  static @Nullable WireName zone(GroupMember member) {
    return member.edit() instanceof Requested requested ? requested.request().zoneName() : null;
  }

  private boolean isLarge(WireName apex, ZoneFiles files) {
    ZoneState state = files.state(apex);
    return state != null
        && state.served() != null
        && state.served().zone().recordCount() >= largeZoneRecords;
  }

  /// Begins with the first of a large zone that waits, if nothing is on its way.
  ///
  /// @return what to do for it; null for nothing
  Effect.@Nullable Prepare begin(EditQueue queue, ZoneFiles base) {
    if (!members.isEmpty() || isUnderWay) {
      return null;
    }
    members = queue.nextOfZone(areForHere(base));
    return members.isEmpty() ? null : prepare(base);
  }

  private Effect.@Nullable Prepare prepare(ZoneFiles base) {
    prepared = null;
    isReady = fruitless >= MAX_FRUITLESS;
    if (isReady) {
      return null;
    }
    isUnderWay = true;
    return new Effect.Prepare(base, edits());
  }

  private List<ZoneEdit> edits() {
    return members.stream().map(GroupMember::edit).toList();
  }

  /// What [Effect.Prepare] asked for was done.
  ///
  /// @param result null if it could not be; committing tells why
  void prepared(@Nullable PreparedEdits result) {
    isUnderWay = false;
    isReady = !members.isEmpty();
    prepared = isReady ? result : null;
  }

  /// Prepares once more where what is ready does not fit.
  ///
  /// @return what to do for it; null for nothing
  Effect.@Nullable Prepare renew(ZoneFiles base) {
    if (prepared == null || prepared.fits(base)) {
      return null;
    }
    fruitless++;
    return prepare(base);
  }

  /// Whether [#take] has something.
  boolean isReady() {
    return isReady;
  }

  /// Commits what is ready.
  ///
  /// @param otherwise as in [Effect.Commit]
  Effect.Commit commit(ZoneFiles base, @Nullable ZoneFiles otherwise) {
    return new Effect.Commit(base, edits(), prepared, otherwise);
  }

  /// The members of what is committed now.
  List<GroupMember> take() {
    List<GroupMember> taken = members;
    members = List.of();
    prepared = null;
    isReady = false;
    fruitless = 0;
    return taken;
  }

  /// Puts all back to where they came from, if the source has some of them by now.
  ///
  /// @param requests what it has
  void giveBackIfAmong(Set<String> requests, EditQueue queue) {
    boolean isSome =
        members.stream()
            .anyMatch(member -> !Collections.disjoint(member.edit().requests(), requests));
    if (isSome) {
      giveBack(queue);
    }
  }

  /// Puts all back to where they came from.
  void giveBack(EditQueue queue) {
    queue.giveBack(members);
    members = List.of();
    prepared = null;
    isReady = false;
  }
}
