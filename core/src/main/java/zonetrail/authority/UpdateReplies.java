package zonetrail.authority;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.tsig.ReplayMemory;
import zonetrail.update.UpdateOutcome.Refusal;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;

/// The answers that updates wait for, and what is remembered of those given.
///
/// A message that was answered for good gets the same answer when it comes again, and has no second
/// effect; SERVFAIL is not for good, so it may be tried again. One owner, like [Primary].
final class UpdateReplies {
  private final ReplayMemory memory;
  private final List<Effect> due = new ArrayList<>();

  /// Those that were told nothing yet, in the order in which they came: all wait equally long, so
  /// the first of them is the first that has waited too long.
  private final SequencedSet<Awaited> waiting = new LinkedHashSet<>();

  /// A client that waits.
  static final class Awaited {
    private final Requested edit;
    private final Instant deadline;

    /// Null when it was told something: what it asked for may wait for the remote for days, and a
    /// handle holds the message and all that the answer needs.
    private @Nullable ReplyHandle handle;

    Awaited(Requested edit, ReplyHandle handle, Instant deadline) {
      this.edit = edit;
      this.handle = handle;
      this.deadline = deadline;
    }

    /// When it is told that it waited in vain.
    Instant deadline() {
      return deadline;
    }

    /// Whether it was told something.
    boolean isAnswered() {
      return handle == null;
    }
  }

  UpdateReplies(ReplayMemory memory) {
    this.memory = memory;
  }

  /// Notes that a request's commit is where it has to be.
  void made(String requestId) {
    memory.answered(requestId, Rcode.NOERROR);
  }

  /// Notes that an earlier run made a commit for a request, and that nobody knows yet whether it
  /// gets to where it has to be: whoever asks again waits.
  void notKnownToBeMade(String requestId) {
    memory.answered(requestId, null);
  }

  /// Notes that what an earlier run committed for a request does not count.
  void neverMade(String requestId) {
    memory.forget(requestId);
  }

  /// From now on a client waits, until it is answered or failed.
  ///
  /// @param client its deadline is not before that of those that came before it
  void await(Awaited client) {
    waiting.add(client);
  }

  /// When the first of those that wait has waited too long; null if nobody waits.
  @Nullable Instant deadline() {
    return waiting.isEmpty() ? null : waiting.getFirst().deadline();
  }

  /// Whether somebody has waited too long.
  boolean isSomeOverdue(Instant time) {
    Instant first = deadline();
    return first != null && !time.isBefore(first);
  }

  /// Those that have waited too long.
  List<Awaited> overdue(Instant time) {
    return waiting.stream().takeWhile(client -> !time.isBefore(client.deadline())).toList();
  }

  /// What is to be said, in this order.
  List<Effect> take() {
    List<Effect> taken = List.copyOf(due);
    due.clear();
    return taken;
  }

  /// Says what became of the updates of a group; durable by now, where they were made.
  ///
  /// @param verdicts one for each member
  /// @return how many of the members are clients
  int answer(List<GroupMember> members, List<EditVerdict> verdicts, String version) {
    int clients = 0;
    for (int i = 0; i < members.size(); i++) {
      Awaited client = members.get(i).client();
      if (client != null) {
        answer(client, verdicts.get(i), version);
        clients++;
      }
    }
    return clients;
  }

  /// Says what became of an update; durable by now, if it was made.
  ///
  /// @param version the commit that it is in
  void answer(Awaited client, EditVerdict verdict, String version) {
    Refusal refusal = verdict instanceof EditVerdict.Refused(var why) ? why : null;
    if (verdict.rcode().equals(Rcode.SERVFAIL)) {
      memory.forget(client.edit.requestId());
    } else {
      memory.answered(client.edit.requestId(), verdict.rcode());
    }
    if (client.isAnswered()) {
      return; // it waited too long and was told so; if it asks again it learns the truth
    }
    if (verdict instanceof EditVerdict.Made(_, String summary)) {
      tell(new EditEvent.UpdateMade(zone(client), key(client), address(client), summary, version));
    }
    if (refusal != null) {
      tell(notMade(client, refusal.rcode(), refusal.reason()));
    }
    reply(client, verdict.rcode(), refusal == null ? null : reason(refusal));
  }

  /// Says SERVFAIL: nothing was acknowledged.
  ///
  /// @param isOver whether nothing will come of it any more, so that the same message may be tried
  ///   again
  void fail(Awaited client, int extendedError, String reason, boolean isOver) {
    if (isOver) {
      memory.forget(client.edit.requestId());
    }
    if (!client.isAnswered()) {
      tell(notMade(client, Rcode.SERVFAIL, reason));
      reply(client, Rcode.SERVFAIL, new Effect.Reason(extendedError, reason));
    }
  }

  private void reply(Awaited client, Rcode rcode, Effect.@Nullable Reason reason) {
    waiting.remove(client);
    due.add(new Effect.Reply(Objects.requireNonNull(client.handle), rcode, reason));
    client.handle = null;
  }

  private static Effect.@Nullable Reason reason(Refusal refusal) {
    return refusal.edeCode() < 0 ? null : new Effect.Reason(refusal.edeCode(), refusal.reason());
  }

  private void tell(Event event) {
    due.add(new Effect.Report(event));
  }

  private static EditEvent notMade(Awaited client, Rcode rcode, String reason) {
    return new EditEvent.UpdateNotMade(zone(client), key(client), address(client), rcode, reason);
  }

  private static WireName zone(Awaited client) {
    return client.edit.request().zoneName();
  }

  private static WireName key(Awaited client) {
    return client.edit.key().name().wire();
  }

  private static InetSocketAddress address(Awaited client) {
    return client.edit.client();
  }
}
