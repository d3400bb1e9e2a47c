package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.wire.ExtendedError;

/// The way of edits into the source: they wait, are committed in groups, pushed, and settled.
///
/// ```text
///  take ─► queue ─► Commit ─► pending ─► Push ─► Pushed      served, answered
///            ▲                   │         ├──► Superseded  fetch, make again ─┐
///            │                   │         ├──► Failed      away: SERVFAIL     │
///            │                   │         └──► Unknown     fetch, then one of │
///            │                   │                          the two above      │
///            └── the source moved on: the same edits on its new zones ◄────────┘
/// ```
///
/// With [Ack#PUSHED] a change is served and answered when the source has it; then at most one group
/// is pending, and nothing is committed while a fetch or a push is under way. With [Ack#LOCAL] it
/// is served and answered when it is committed, and any number is pending.
///
/// What the authority serves and replies because of it is handed over apart ([#takeServed],
/// [#takeReplies]), so that nobody is answered before what the answer says is served. Here is what
/// follows what; the rest is in [EditQueue], what waits; [Gathering], for whom a group waits;
/// [RemoteLink], whether the remote takes commits; [CommitPause], when one may be tried again;
/// [EditsBeside], what is worked out before it is committed, so that others need not wait;
/// [EditsAgain], what is made again; [UnreadCommits], what has to be read for that; and
/// [ServedFront], what is served. One owner, like [Primary].
final class EditFlow {
  /// How often a push in a row may be too late for no reason that a fetch can find, until what is
  /// pending is made again: it may stand on what cannot be pushed any more.
  static final int MAX_FRUITLESS_PUSHES = 2;

  /// How long after a push nothing is pushed where nobody waits for it: what is committed meanwhile
  /// goes with the next one, and a commit does not share the disk with a push of each before it.
  static final Duration LOCAL_PUSH_PAUSE = Duration.ofSeconds(1);

  private static final String TOO_LONG = "it was not settled in time";

  private final EditSettings settings;
  private final UpdateReplies replies;
  private final EditQueue queue = new EditQueue();
  private final ServedFront front = new ServedFront();
  private final RemoteLink link;
  private final CommitPause pause = new CommitPause(this::say);
  private final EditsAgain again;
  private final EditsBeside beside;
  private final LeftOver leftOver;
  private final Gathering gathering = new Gathering();
  private final UnreadCommits unread = new UnreadCommits();
  private final UnpushedGroups pending = new UnpushedGroups();
  private final List<Effect> said = new ArrayList<>();

  /// The files of what the source has, as far as we know.
  private ZoneFiles source = ZoneFiles.NONE;

  private @Nullable List<GroupMember> committing;

  /// With all that is being pushed: what the source has if that works.
  private @Nullable ZoneFiles pushing;

  /// The commits of ours that the source may have: what was pushed and not settled.
  private final Set<String> mayBeThere = new LinkedHashSet<>();

  private int fruitlessPushes;
  private boolean mustFetch;
  private boolean hasMoved;

  /// When what was acknowledged may be pushed again; null for at once.
  private @Nullable Instant notPushedBefore;

  EditFlow(EditSettings settings, UpdateReplies replies) {
    this.settings = settings;
    this.replies = replies;
    this.link = new RemoteLink(isLocal(), this::say);
    this.again = new EditsAgain(isLocal(), replies, front, said::add);
    this.beside = new EditsBeside(settings.largeZoneRecords());
    this.leftOver = new LeftOver(replies, said::add);
  }

  private boolean isLocal() {
    return settings.ack() == Ack.LOCAL;
  }

  /// What the source has, as far as is known: what fetches go on from.
  ZoneFiles source() {
    return source;
  }

  /// The commits of ours that a fetch should look for, oldest first.
  List<String> ours() {
    return pending.all().stream().map(UnpushedGroup::tip).filter(mayBeThere::contains).toList();
  }

  /// How many edits wait to be committed.
  int waiting() {
    return queue.size() + beside.members().size();
  }

  /// How many commits of ours the source may not have.
  int unpushed() {
    return pending.size();
  }

  /// How many acknowledged updates did not fit what was pushed.
  long conflicts() {
    return again.conflicts();
  }

  /// How many updates were not taken because too many waited.
  long notTaken() {
    return queue.notTaken();
  }

  /// Whether a fetch has to wait: a push of ours is under way, or is about to be.
  boolean holdsFetches() {
    return pushing != null || (!isLocal() && committing != null);
  }

  /// Whether a push is under way, whose hook at the remote may be what sends a NOTIFY.
  boolean isPushing() {
    return pushing != null;
  }

  /// Whether only a fetch can tell how to go on.
  boolean needsFetch() {
    return mustFetch;
  }

  /// Whether the source should be looked at soon to see whether it is there again.
  boolean takeProbeWanted() {
    return link.takeProbeWanted();
  }

  /// What is to be served from now on, in this order.
  List<ZoneFiles.Advance> takeServed() {
    return front.take();
  }

  /// What is to be said after that.
  List<Effect> takeReplies() {
    List<Effect> taken = new ArrayList<>(replies.take());
    taken.addAll(said);
    said.clear();
    return taken;
  }

  private void serve(ZoneFiles files, List<Event> besides) {
    front.serve(files, besides);
    boolean areOthersWanted = settings.raisesSerials() && !link.isRefused();
    ServedFront.Raises raises = front.raises(files, isLocal(), areOthersWanted);
    queue.addFirst(raises.ofOurs().stream().map(GroupMember::again).toList());
    raises.ofOthers().forEach(raise -> queue.add(GroupMember.of(raise)));
  }

  private void say(Event event) {
    said.add(new Effect.Report(event));
  }

  // ---- what comes in ----

  /// Goes on from what is known at a start.
  void started(ZoneFiles.Advance known, Input.@Nullable Waiting waiting) {
    source = known.files();
    if (waiting == null) {
      serve(known.files(), known.events());
      return;
    }
    source = waiting.remote();
    for (Input.Unpushed unpushed : waiting.line()) {
      boolean isLast = unpushed.version().equals(waiting.tip().version());
      ZoneFiles files = isLast ? waiting.tip() : null;
      pending.add(UnpushedGroup.ofEarlierRun(unpushed.version(), files));
      mayBeThere.add(unpushed.version());
    }
    if (!isLocal()) {
      // Not served before the source has it; where it has not, it stays for people to look at.
      leftOver.found(waiting);
      boolean isOfThere = waiting.remote().version().equals(known.files().version());
      if (leftOver.isPending() && !isOfThere) {
        leavePendingOver();
      }
      source = known.files();
      serve(known.files(), known.events());
      return;
    }
    ZoneFiles.Advance served = waiting.served();
    serve(served.files(), served.events());
    queue.addFirst(again.ofEarlierRun(waiting.again(), waiting.superseded()));
  }

  private void leavePendingOver() {
    leftOver.leave(pending.takeAll().getLast().tip());
  }

  /// Takes an update; its client is answered in any case.
  void take(Requested edit, Awaited client) {
    replies.await(client);
    if (!isLocal() && !link.isUp()) {
      failAway(client);
    } else if (!queue.offer(edit, client)) {
      replies.fail(client, ExtendedError.OTHER, "too many updates wait", true);
    }
  }

  /// The commits of the group were made.
  void committed(GroupCommit.Result result, Instant time) {
    List<GroupMember> members = Objects.requireNonNull(committing);
    committing = null;
    pause.worked();
    ZoneFiles.Advance advance = result.advance();
    again.settle(members, result.verdicts());
    if (advance == null) {
      if (front.files() != tip() && !hasMoved) {
        serve(tip(), List.of());
      }
      replies.answer(members, result.verdicts(), tip().version());
      makeAgainIfMoved(time);
      return;
    }
    UnpushedGroup group = UnpushedGroup.of(advance.files(), members, result.verdicts());
    pending.add(group);
    if (hasMoved) {
      makeAgainIfMoved(time);
    } else if (isLocal()) {
      serve(advance.files(), List.of());
      int answered = replies.answer(members, result.verdicts(), group.tip());
      gathering.answered(answered, queue.size(), time);
    }
  }

  /// Where the source moved on while commits were being made on its old state.
  private void makeAgainIfMoved(Instant time) {
    boolean isDue = hasMoved && !pending.isEmpty();
    hasMoved = false;
    fruitlessPushes = 0;
    if (isDue) {
      makeAgain(time);
    }
  }

  /// The commits of the group could not be made: nobody was told otherwise.
  void commitFailed(String reason, Instant time) {
    List<GroupMember> members = Objects.requireNonNull(committing);
    committing = null;
    for (GroupMember member : members.reversed()) {
      if (member.client() == null) {
        queue.addFirst(List.of(member)); // acknowledged before, or of our own
      } else {
        replies.fail(member.client(), ExtendedError.OTHER, "it could not be committed", true);
      }
    }
    forgetMadeElsewhere();
    makeAgainIfMoved(time);
    pause.failed(reason, time);
  }

  /// What commits of an earlier run did is known.
  void commitsRead(Map<String, List<ZoneEdit>> edits, Instant time) {
    unread.read(edits, pending);
    makeAgainIfMoved(time);
  }

  /// What commits of an earlier run did could not be read.
  void commitsNotRead(String reason, Instant time) {
    pause.failed(reason, time);
    if (unread.areLeft(pending, again)) {
      makeAgainIfMoved(time);
    }
  }

  /// What was to be prepared is, or could not be and is null.
  void prepared(@Nullable PreparedEdits prepared) {
    beside.prepared(prepared);
  }

  /// What is pending is pushed without a pause.
  void pushNow() {
    notPushedBefore = null;
  }

  /// A push came to its end.
  void pushSettled(String tip, PushOutcome outcome, Instant time) {
    ZoneFiles pushed = Objects.requireNonNull(pushing);
    pushing = null;
    notPushedBefore = isLocal() ? time.plus(LOCAL_PUSH_PAUSE) : null;
    if (!(outcome instanceof PushOutcome.Unknown)) {
      mayBeThere.clear(); // what was tried before it was looked for since
    }
    fruitlessPushes = outcome instanceof PushOutcome.Superseded ? fruitlessPushes + 1 : 0;
    switch (outcome) {
      case PushOutcome.Pushed() -> {
        worked();
        if (pending.has(tip)) {
          source = pushed;
          settleUpTo(tip);
        }
      }
      case PushOutcome.Superseded() -> mustFetch = true;
      case PushOutcome.Unknown(String reason) -> {
        link.broke(reason);
        mustFetch = true;
      }
      case PushOutcome.Failed failure -> {
        link.failed(failure, time);
        if (!isLocal()) {
          failAll();
        }
      }
    }
  }

  private void worked() {
    link.worked();
    again.inTime();
  }

  private void failAll() {
    pending.all().forEach(group -> group.members().forEach(this::failAway));
    if (!pending.isEmpty() && !leftOver.isPending()) {
      said.add(new Effect.GiveUp(pending.takeAll().getLast().tip(), false));
    }
    failQueue();
  }

  private void failQueue() {
    beside.giveBack(queue);
    queue.takeClients().forEach(this::failAway);
  }

  private void failAway(GroupMember member) {
    if (member.client() != null) {
      failAway(member.client());
    }
  }

  private void failAway(Awaited client) {
    Effect.Reason why = link.whyAway();
    replies.fail(client, why.code(), why.text(), true);
  }

  /// The source was fetched.
  ///
  /// @param ours the last of [#ours] that is in it; null if none is
  /// @param requests what its new commits were made for, by whichever server
  void fetched(
      ZoneFiles.Advance advance, @Nullable String ours, Set<String> requests, Instant time) {
    boolean moved = advance.isChange() || !advance.files().version().equals(source.version());
    mustFetch = false;
    mayBeThere.clear();
    link.fetched();
    source = advance.files();
    if (ours != null) {
      worked();
      settleUpTo(ours);
    }
    boolean standsOnSource = !moved || source.version().equals(ours);
    if (leftOver.isPending() && !standsOnSource && !pending.isEmpty()) {
      leavePendingOver();
    }
    again.sourceHas(requests, committing == null && !unread.areWaitedFor());
    beside.giveBackIfAmong(requests, queue);
    forgetMadeElsewhere();
    if (pending.isEmpty() && committing == null && !queue.hasSomeAgain() && !mustLeave()) {
      serve(source, advance.events());
      return;
    }
    if (!moved && fruitlessPushes >= MAX_FRUITLESS_PUSHES && !pending.isEmpty()) {
      hasMoved = true;
      if (committing == null) {
        makeAgainIfMoved(time);
      }
      return;
    }
    if (standsOnSource) {
      if (!isLocal() && !source.version().equals(front.files().version())) {
        serve(source, advance.events()); // a commit of an earlier run that was not the last
      }
      return; // nothing that ours does not stand on
    }
    fruitlessPushes = 0;
    if (!isLocal()) {
      serve(source, advance.events());
    } else {
      front.tellLater(advance.events());
    }
    if (committing != null) {
      hasMoved = true;
    } else if (!pending.isEmpty()) {
      makeAgain(time);
    }
  }

  private void forgetMadeElsewhere() {
    queue.removeIf(member -> again.isMadeElsewhere(member, source.version()));
    queue.replaceAll(again::left);
  }

  /// The source could not be fetched. Where only a fetch can tell how to go on, the next one may;
  /// but nobody waits for one that an operator has to make possible.
  void fetchFailed(Input.FetchFailed failure) {
    link.found(failure.outlook());
    if (!link.isUp() || (mustFetch && !failure.operatorMustAct())) {
      return;
    }
    link.fetchFailed();
    if (isLocal()) {
      return;
    }
    if (mustFetch && mayBeThere.isEmpty()) {
      failAll(); // what is pending was superseded, so it is not there
    } else if (mustFetch || pending.isEmpty()) {
      failQueue();
    }
  }

  // ---- what follows ----

  /// The source has everything up to this commit.
  private void settleUpTo(String tip) {
    leftOver.inSource(tip);
    for (UnpushedGroup group : pending.takeUpTo(tip)) {
      if (!isLocal()) {
        if (group.files() != null) {
          serve(group.files(), List.of());
        }
        replies.answer(group.members(), group.verdicts(), group.tip());
      }
    }
  }

  /// Puts what is pending back to the head of the queue, to be made on what the source has now.
  private void makeAgain(Instant time) {
    if (unread.want(pending)) {
      hasMoved = true;
      return;
    }
    String tip = pending.tip();
    List<GroupMember> members = again.of(pending.takeAll(), source.version());
    again.abandon(tip);
    front.forgetRaises(); // which were dropped if they were pending
    if (members.isEmpty() && queue.hasSomeAgain()) {
      return; // which are all that is left of it
    }
    if (members.isEmpty() && isLocal()) {
      return; // which leaves the line; see mustLeave
    }
    if (members.isEmpty()) {
      again.giveUp(false);
      serve(source, List.of());
      return;
    }
    pause.until(again.tooLate(tip, time));
    queue.addFirst(members);
  }

  /// The version that the next commit is made on.
  private ZoneFiles tip() {
    return pending.files(source);
  }

  /// Starts what can be started.
  ///
  /// @param isFetching whether a fetch is under way
  void start(boolean isFetching, Instant time, List<Effect> effects) {
    pause.look(time);
    if (notPushedBefore != null && !time.isBefore(notPushedBefore)) {
      notPushedBefore = null;
    }
    link.look(time);
    hasMoved &= !unread.takeAreGone(pending);
    unread.begin(pending, pause.isOn(), effects);
    prepare(effects);
    boolean isWaiting = gathering.isWorthWaiting(queue.size(), time) && !queue.hasSomeAgain();
    if (mayCommit(isFetching) && (!isWaiting || beside.isReady())) {
      gathering.began(time);
      commit(effects);
    }
    if (mayPush(isFetching)) {
      pushing = tip();
      mayBeThere.add(pending.tip());
      effects.add(new Effect.Push(pending.tip()));
    }
  }

  /// Sets off what takes long. What is made again goes first, and all of it together.
  private void prepare(List<Effect> effects) {
    boolean mayPrepare =
        !pause.isOn()
            && !hasMoved
            && !unread.areWaitedFor()
            && !queue.hasSomeAgain()
            && (isLocal() || (!mustFetch && link.isUp()));
    if (!mayPrepare || (beside.members().isEmpty() && queue.isEmpty())) {
      return;
    }
    ZoneFiles base = base();
    if (committing != null && committing.stream().anyMatch(beside.areForHere(base))) {
      return; // it stands on what becomes of these
    }
    Effect.Prepare wanted = beside.isReady() ? beside.renew(base) : beside.begin(queue, base);
    if (wanted != null) {
      effects.add(wanted);
    }
  }

  private ZoneFiles base() {
    return ServedFloor.raised(tip(), front.files());
  }

  private void commit(List<Effect> effects) {
    ZoneFiles base = base();
    if (beside.isReady() && !queue.hasSomeAgain()) {
      effects.add(beside.commit(base, otherwise()));
      committing = beside.take();
      return;
    }
    List<GroupMember> group = queue.nextGroup(beside.areForHere(base));
    if (!group.isEmpty() || mustLeave()) {
      committing = group;
      List<ZoneEdit> edits = group.stream().map(GroupMember::edit).toList();
      effects.add(new Effect.Commit(base, edits, null, otherwise()));
    }
  }

  /// What is served where the next group comes to nothing and is not on the line that is served.
  private @Nullable ZoneFiles otherwise() {
    boolean isElsewhere = isLocal() && !tip().version().equals(front.files().version());
    return isElsewhere ? ServedFloor.of(tip(), front.files()) : null;
  }

  /// Whether the line that is served is to be left although nothing of it is made again: what is
  /// served instead counts once that is noted, as commits count when they are on the disk.
  private boolean mustLeave() {
    return isLocal() && committing == null && pending.isEmpty() && again.hasAbandoned();
  }

  private boolean mayCommit(boolean isFetching) {
    return committing == null
        && !unread.areWaitedFor()
        && (!queue.isEmpty() || beside.isReady() || mustLeave())
        && !pause.isOn()
        && (isLocal() || (pending.isEmpty() && !isFetching && !mustFetch && link.isUp()));
  }

  private boolean mayPush(boolean isFetching) {
    return pushing == null
        && !pending.isEmpty()
        && notPushedBefore == null
        && !isFetching
        && !mustFetch
        && !hasMoved
        && link.isUp()
        && (isLocal() || committing == null);
  }

  /// Answers those who have waited too long; what is on its way goes on.
  void answerOverdue(Instant time) {
    if (replies.isSomeOverdue(time)) {
      for (Awaited client : queue.takeOverdue(time)) {
        replies.fail(client, ExtendedError.OTHER, TOO_LONG, true);
      }
      for (Awaited client : replies.overdue(time)) {
        replies.fail(client, ExtendedError.OTHER, TOO_LONG, false);
      }
    }
    if (queue.isEmpty()
        && committing == null
        && beside.members().isEmpty()
        && again.hasAbandoned()
        && !mustLeave()) {
      again.giveUp(false); // all who wanted it were told otherwise
    }
  }

  /// When something is due that no input brings; null for never.
  @Nullable Instant due() {
    Instant due = Primary.earlier(Primary.earlier(pause.due(), link.due()), replies.deadline());
    due = queue.isEmpty() ? due : Primary.earlier(due, gathering.due());
    return pending.isEmpty() ? due : Primary.earlier(due, notPushedBefore);
  }
}
