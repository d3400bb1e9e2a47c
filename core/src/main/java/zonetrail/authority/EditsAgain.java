package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.authority.ZoneEdit.Entangled;
import zonetrail.authority.ZoneEdit.Noted;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.authority.ZoneEdit.SerialRaise;
import zonetrail.update.Alteration;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What was committed on what the source no longer is, and is made again on what it is now: what
/// for, in which form, how soon, and what becomes of the commits that it was in.
///
/// What clients still wait for is asked again, prerequisites and all. What was acknowledged is made
/// as its change; where that does not fit any more, its commit is kept for people. What the source
/// has by now, by whichever server, is not made again. One owner, like [Primary].
final class EditsAgain {
  /// How long it is waited before a group is made again that was too late twice, doubled with each
  /// time, and spread so that two primaries do not meet for ever.
  static final Duration FIRST_BACK_OFF = Duration.ofMillis(20);

  private static final int MAX_DOUBLINGS = 5;

  private final boolean isLocal;
  private final UpdateReplies replies;
  private final ServedFront front;
  private final Consumer<Effect> teller;

  /// What the commits fetched last were made for.
  private final Set<String> inSource = new HashSet<>();

  /// The tips of lines whose edits are to be made again.
  private final List<String> abandoned = new ArrayList<>();

  /// Whether one of them is of commits that could not be read.
  private boolean isSomeUnreadable;

  private int tooLate;
  private long conflicts;

  /// Creates an object that knows of nothing to make again.
  ///
  /// @param isLocal whether edits are served before the source has them
  /// @param teller does what is to be done besides
  EditsAgain(boolean isLocal, UpdateReplies replies, ServedFront front, Consumer<Effect> teller) {
    this.isLocal = isLocal;
    this.replies = replies;
    this.front = front;
    this.teller = teller;
  }

  /// How many acknowledged updates did not fit what was pushed.
  long conflicts() {
    return conflicts;
  }

  // ---- what the source has ----

  /// The source's new commits were made for these requests.
  ///
  /// @param areAll whether nothing is on its way that what was known before still matters to
  void sourceHas(Set<String> requests, boolean areAll) {
    if (areAll) {
      inSource.clear();
    }
    inSource.addAll(requests);
  }

  /// Whether the source has what a member asks for, by another server that got the same message, or
  /// by a push of ours that came late; its client is told.
  boolean isMadeElsewhere(GroupMember member, String version) {
    List<String> requests = member.edit().requests();
    if (requests.isEmpty() || !inSource.containsAll(requests)) {
      return false;
    }
    if (member.client() != null) {
      replies.answer(member.client(), new EditVerdict.Unchanged(), version);
    }
    return true;
  }

  // ---- what is made again ----

  /// What has to be made again of these groups, which will not be pushed.
  ///
  /// @param version the version of the source that it will be made on
  List<GroupMember> of(List<UnpushedGroup> groups, String version) {
    List<GroupMember> again = new ArrayList<>();
    Set<WireName> zones = new LinkedHashSet<>();
    for (UnpushedGroup group : groups) {
      for (int i = 0; i < group.members().size(); i++) {
        GroupMember member = group.members().get(i);
        if (isMadeElsewhere(member, version)) {
          continue;
        }
        if (member.isWaitedFor()) {
          again.add(member);
        } else if (group.verdicts().get(i) instanceof EditVerdict.Made(var made, _)
            && wasServed(member)) {
          again.add(again(made, zones));
        } else if (group.verdicts().get(i) instanceof EditVerdict.Unchanged
            && !(member.edit() instanceof SerialRaise)
            && member.client() == null) {
          again.add(again(member.edit(), zones)); // acknowledged, and it may be something there
        } else if (member.client() != null) {
          // It was told SERVFAIL in time, and nothing came of it.
          replies.fail(member.client(), ExtendedError.OTHER, "", true);
        }
      }
    }
    addRaises(again, zones);
    return again;
  }

  /// What has to be made again of what an earlier run did not come to make again.
  ///
  /// @param tips the lines that it was in
  List<GroupMember> ofEarlierRun(List<ZoneEdit> edits, List<String> tips) {
    List<GroupMember> again = new ArrayList<>();
    Set<WireName> zones = new LinkedHashSet<>();
    edits.forEach(edit -> again.add(again(edit, zones)));
    addRaises(again, zones);
    abandoned.addAll(tips);
    return again;
  }

  /// What is left to do of a member.
  GroupMember left(GroupMember member) {
    ZoneEdit left = ZoneEdit.without(inSource, member.edit());
    return left.equals(member.edit())
        ? member
        : new GroupMember(left, member.client(), member.isAgain());
  }

  private GroupMember again(ZoneEdit edit, Set<WireName> zones) {
    ZoneEdit left = ZoneEdit.without(inSource, edit);
    if (!(left instanceof Acknowledged made)) {
      return GroupMember.again(left);
    }
    WireName apex = made.alteration().apex();
    zones.add(apex);
    Serial floor = front.serial(apex);
    return GroupMember.again(
        new Acknowledged(made.alteration(), made.origin(), floor == null ? made.floor() : floor));
  }

  /// Whether what a member made was acknowledged and served before the source had it.
  private boolean wasServed(GroupMember member) {
    return !(member.edit() instanceof SerialRaise)
        && (isLocal || member.edit() instanceof Acknowledged);
  }

  /// A serial that we served stands for no other content, also where the source uses it by now.
  private void addRaises(List<GroupMember> again, Set<WireName> zones) {
    for (WireName zone : zones) {
      Serial floor = front.serial(zone);
      if (floor != null) {
        again.add(GroupMember.again(new SerialRaise(zone, floor)));
      }
    }
  }

  // ---- how soon ----

  /// A push of ours got there.
  void inTime() {
    tooLate = 0;
  }

  /// One more time the source moved on before it had our commit.
  ///
  /// @param tip that commit
  /// @return when it may be made again; null for at once
  @Nullable Instant tooLate(String tip, Instant time) {
    tooLate++;
    return tooLate > 1 ? time.plus(backOff(tip)) : null;
  }

  private Duration backOff(String tip) {
    long longest = FIRST_BACK_OFF.toMillis() << Math.min(tooLate, MAX_DOUBLINGS);
    // Commit ids are as good as chance, and two primaries have different ones.
    return Duration.ofMillis(longest / 2 + Math.floorMod(tip.hashCode(), longest / 2 + 1));
  }

  // ---- what becomes of the commits ----

  /// The line with this tip will not be pushed; its edits are to be made again.
  void abandon(String tip) {
    abandoned.add(tip);
  }

  /// The line with this tip will not be pushed either, and nobody can read what it did.
  void leaveToPeople(String tip) {
    abandoned.add(tip);
    isSomeUnreadable = true;
    teller.accept(new Effect.Report(new EditEvent.CommitsUnreadable(tip)));
  }

  /// Whether there are lines that wait until their edits are made again.
  boolean hasAbandoned() {
    return !abandoned.isEmpty();
  }

  /// These were made again, or could not be. What did not fit any more is kept where somebody can
  /// look at it.
  void settle(List<GroupMember> members, List<EditVerdict> verdicts) {
    if (abandoned.isEmpty()) {
      return;
    }
    String tip = abandoned.getLast();
    Set<String> unfit = new LinkedHashSet<>();
    Set<String> settled = new HashSet<>();
    boolean isConflict = false;
    for (int i = 0; i < members.size(); i++) {
      ZoneEdit edit = members.get(i).edit();
      if (!(verdicts.get(i) instanceof EditVerdict.Refused(var refusal))) {
        settled.addAll(edit.requests());
        continue;
      }
      Alteration alteration =
          switch (edit) {
            case Acknowledged acknowledged -> acknowledged.alteration();
            case Entangled entangled -> entangled.alteration();
            case Requested _, Noted _, SerialRaise _ -> null;
          };
      if (alteration != null) {
        isConflict = true;
        conflicts++;
        unfit.addAll(edit.requests());
        teller.accept(
            new Effect.Report(
                new EditEvent.UpdateConflict(
                    alteration.apex(), alteration.text().summary(), refusal.reason(), tip)));
      }
    }
    unfit.removeAll(settled);
    unfit.forEach(replies::neverMade); // whoever asks again is told no untruth
    giveUp(isConflict);
  }

  /// Lets the lines go whose edits need not be made again.
  ///
  /// @param isConflict whether they are kept for people
  void giveUp(boolean isConflict) {
    boolean areKept = isConflict || isSomeUnreadable;
    abandoned.forEach(tip -> teller.accept(new Effect.GiveUp(tip, areKept)));
    abandoned.clear();
    isSomeUnreadable = false;
  }
}
