package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.wire.WireName;

/// The edits that wait to be committed, in the order in which they will be.
///
/// Only what clients ask for is bounded: what was acknowledged, and what it needs, always has its
/// place, at the head. One owner, like [Primary].
final class EditQueue {
  /// How many edits wait at once; one more gets SERVFAIL.
  static final int MAX_WAITING = 4096;

  /// How many of them may be of one zone.
  static final int MAX_WAITING_OF_ZONE = 2048;

  /// How many edits are committed together.
  static final int MAX_GROUP = 512;

  private final Deque<GroupMember> members = new ArrayDeque<>();

  /// How many of them were served already.
  private int again;

  private long notTaken;

  /// Takes what a client asks for, if there is room.
  ///
  /// @return whether there was
  boolean offer(Requested edit, Awaited client) {
    if (members.size() >= MAX_WAITING
        || waitingOf(edit.request().zoneName()) >= MAX_WAITING_OF_ZONE) {
      notTaken++;
      return false;
    }
    return members.add(new GroupMember(edit, client, false));
  }

  private long waitingOf(WireName zone) {
    return members.size() < MAX_WAITING_OF_ZONE
        ? 0
        : members.stream()
            .filter(member ->
                member.edit() instanceof Requested other && other.request().zoneName().equals(zone))
            .count();
  }

  /// Puts an edit to the end.
  void add(GroupMember member) {
    members.add(member);
    again += member.isAgain() ? 1 : 0;
  }

  /// Puts edits to the head, in their order.
  void addFirst(List<GroupMember> some) {
    for (GroupMember member : some.reversed()) {
      members.addFirst(member);
      again += member.isAgain() ? 1 : 0;
    }
  }

  /// Takes the head off. What is made again stays together: a part of it served alone would take
  /// the rest back.
  ///
  /// @param isLeft which members are passed over
  List<GroupMember> nextGroup(Predicate<GroupMember> isLeft) {
    List<GroupMember> group = new ArrayList<>();
    for (Iterator<GroupMember> all = members.iterator(); all.hasNext(); ) {
      GroupMember member = all.next();
      if (isLeft.test(member)) {
        continue;
      }
      if (group.size() >= MAX_GROUP && !member.isAgain()) {
        break;
      }
      all.remove();
      group.add(member);
      again -= member.isAgain() ? 1 : 0;
    }
    return group;
  }

  /// Takes out the first of some and those of the same zone, in their order.
  ///
  /// @param which some that clients ask for
  List<GroupMember> nextOfZone(Predicate<GroupMember> which) {
    List<GroupMember> group = new ArrayList<>();
    WireName zone = null;
    for (Iterator<GroupMember> all = members.iterator(); all.hasNext(); ) {
      GroupMember member = all.next();
      if (!(member.edit() instanceof Requested edit) || !which.test(member)) {
        continue;
      }
      WireName of = edit.request().zoneName();
      zone = zone == null ? of : zone;
      if (of.equals(zone)) {
        all.remove();
        group.add(member);
        again -= member.isAgain() ? 1 : 0;
      }
      if (group.size() == MAX_GROUP) {
        break;
      }
    }
    return group;
  }

  /// Puts edits that were taken out to the head, in their order, behind what is made again.
  void giveBack(List<GroupMember> some) {
    List<GroupMember> first = new ArrayList<>();
    while (!members.isEmpty() && members.getFirst().isAgain()) {
      first.add(members.removeFirst());
      again--;
    }
    addFirst(some);
    addFirst(first);
  }

  /// Takes out what a client waited for too long.
  List<Awaited> takeOverdue(Instant time) {
    List<Awaited> overdue = new ArrayList<>();
    for (Iterator<GroupMember> all = members.iterator(); all.hasNext(); ) {
      GroupMember member = all.next();
      if (member.client() != null && member.isOverdue(time)) {
        all.remove();
        overdue.add(member.client());
      }
    }
    return overdue;
  }

  /// Takes out what clients wait for.
  List<Awaited> takeClients() {
    List<Awaited> clients = new ArrayList<>();
    for (Iterator<GroupMember> all = members.iterator(); all.hasNext(); ) {
      Awaited client = all.next().client();
      if (client != null) {
        all.remove();
        clients.add(client);
      }
    }
    return clients;
  }

  /// Takes some out.
  void removeIf(Predicate<GroupMember> which) {
    members.removeIf(which);
    countAgain();
  }

  /// Puts others into their places.
  void replaceAll(UnaryOperator<GroupMember> by) {
    List<GroupMember> others = members.stream().map(by).toList();
    members.clear();
    members.addAll(others);
    countAgain();
  }

  private void countAgain() {
    again = (int) members.stream().filter(GroupMember::isAgain).count();
  }

  /// Whether something waits that was served already.
  boolean hasSomeAgain() {
    return again > 0;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /// How many wait.
  int size() {
    return members.size();
  }

  /// How many updates were not taken because too many waited.
  long notTaken() {
    return notTaken;
  }
}
