package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.authority.ZoneEdit.SerialRaise;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

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
/// [#takeReplies]), so that nobody is answered before what the answer says is served. One owner,
/// like [Primary].
final class EditFlow {
  /// How many edits wait at once; one more gets SERVFAIL.
  static final int MAX_WAITING = 4096;

  /// How many of them may be of one zone.
  static final int MAX_WAITING_OF_ZONE = 2048;

  /// How many edits are committed together.
  static final int MAX_GROUP = 512;

  /// How long nothing is tried after the remote did not want a push, or the disk a commit.
  static final Duration REFUSED_PAUSE = Duration.ofSeconds(30);

  /// How long the disk is left alone after a commit failed.
  static final Duration DISK_PAUSE = Duration.ofSeconds(1);

  /// How long it is waited before a group is made again that was too late twice, doubled with each
  /// time, and spread so that two primaries do not meet for ever.
  static final Duration FIRST_BACK_OFF = Duration.ofMillis(20);

  private static final int MAX_DOUBLINGS = 5;

  /// The extended error of what the key does not permit (RFC 8914 §4.19).
  static final int PROHIBITED = 18;

  /// The extended error of what we do not do at all (RFC 8914 §4.22).
  static final int NOT_SUPPORTED = 21;

  /// The extended error of what has no number of its own (RFC 8914 §4.1).
  static final int OTHER_ERROR = 0;

  private static final String TOO_LONG = "it was not settled in time";

  private static final String REMOTE_AWAY = "the remote does not take commits now";

  /// The extended error of a remote that is away (RFC 8914 §4.24).
  static final int NETWORK_ERROR = 23;

  private final EditSettings settings;
  private final UpdateReplies replies;
  private final Deque<Member> queue = new ArrayDeque<>();
  private final Deque<Landed> pending = new ArrayDeque<>();
  private final List<ZoneFiles.Advance> served = new ArrayList<>();
  private final List<Effect> said = new ArrayList<>();
  private final Map<WireName, String> raisesTried = new HashMap<>();

  /// The files of what the source has, as far as we know.
  private ZoneFiles source = ZoneFiles.NONE;

  /// What is served.
  private ZoneFiles now = ZoneFiles.NONE;

  private @Nullable List<Member> committing;
  private @Nullable String pushing;
  private final List<String> abandoned = new ArrayList<>();

  /// The commits of ours that the source may have: what was pushed and not settled.
  private final Set<String> mayBeThere = new LinkedHashSet<>();

  /// What the commits fetched last were made for.
  private final Set<String> inSource = new HashSet<>();

  /// Whether what is pending is of an earlier run, and nobody knows whether it was acknowledged.
  private boolean isLeftOver;

  /// The requests of that.
  private final List<String> leftOver = new ArrayList<>();

  private List<Event> untold = List.of();
  private Link link = Link.UP;
  private boolean mustFetch;
  private boolean hasMoved;
  private boolean probeWanted;
  private int tooLate;

  /// When a commit may be made again; null for at once.
  private @Nullable Instant notBefore;

  /// When the remote may be asked again whether it takes commits.
  private @Nullable Instant refusedUntil;

  private @Nullable String lastFailure;
  private long conflicts;
  private long notTaken;

  /// How the remote is to be spoken of.
  private enum Link {
    /// Pushes are expected to work.
    UP,
    /// A push or fetch failed; a fetch that works ends it.
    AWAY,
    /// The remote did not want a push; time ends it.
    REFUSED
  }

  /// An edit on its way.
  ///
  /// @param client who waits for it; null for what nobody waits for
  /// @param isAgain whether it was served already, and has to be made anew
  private record Member(ZoneEdit edit, @Nullable Awaited client, boolean isAgain) {
    static Member of(ZoneEdit edit) {
      return new Member(edit, null, false);
    }

    boolean isWaitedFor() {
      return client != null && !client.isAnswered();
    }

    boolean isOverdue(Instant time) {
      return client != null && !client.isAnswered() && !time.isBefore(client.deadline());
    }
  }

  /// A group that is committed and not known to be at the source.
  private record Landed(
      List<Member> members, List<EditVerdict> verdicts, ZoneFiles.Advance advance) {
    String tip() {
      return advance.files().version();
    }
  }

  EditFlow(EditSettings settings, UpdateReplies replies) {
    this.settings = settings;
    this.replies = replies;
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
    return pending.stream().map(Landed::tip).filter(mayBeThere::contains).toList();
  }

  /// How many edits wait to be committed.
  int waiting() {
    return queue.size();
  }

  /// How many commits of ours the source may not have.
  int unpushed() {
    return pending.size();
  }

  /// How many acknowledged updates did not fit what was pushed.
  long conflicts() {
    return conflicts;
  }

  /// How many updates were not taken because too many waited.
  long notTaken() {
    return notTaken;
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
    boolean wanted = probeWanted;
    probeWanted = false;
    return wanted;
  }

  /// What is to be served from now on, in this order.
  List<ZoneFiles.Advance> takeServed() {
    List<ZoneFiles.Advance> taken = List.copyOf(served);
    served.clear();
    return taken;
  }

  /// What is to be said after that.
  List<Effect> takeReplies() {
    List<Effect> taken = new ArrayList<>(replies.take());
    taken.addAll(said);
    said.clear();
    return taken;
  }

  /// Serves these files, but nothing that is behind what is served.
  ///
  /// @param besides what else there is to say than what is served from now on
  private void serve(ZoneFiles files, List<Event> besides) {
    ZoneFiles next = ServedFloor.of(files, now);
    List<Event> all = new ArrayList<>(untold);
    all.addAll(rewritings(besides));
    all.addAll(Changes.between(now, next));
    untold = List.of();
    // What is the same object answers the same.
    boolean isChange = next.zones() != now.zones() || next.keys() != now.keys();
    now = next;
    served.add(new ZoneFiles.Advance(next, isChange, all));
    raiseSerials(files);
  }

  /// What the way of the source brought, which its files do not tell.
  private static List<Event> rewritings(List<Event> events) {
    return events.stream().filter(Event.HistoryRewritten.class::isInstance).toList();
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
      List<Member> members = new ArrayList<>();
      List<EditVerdict> verdicts = new ArrayList<>();
      for (Acknowledged edit : unpushed.edits()) {
        members.add(Member.of(edit));
        verdicts.add(new EditVerdict.Made(edit, edit.made().summary()));
      }
      pending.add(
          new Landed(members, verdicts, new ZoneFiles.Advance(unpushed.files(), true, List.of())));
      mayBeThere.add(unpushed.files().version());
    }
    if (!isLocal()) {
      // Not served before the source has it; where it has not, it stays for people to look at.
      waiting.again().forEach(edit -> edit.origin().requests().forEach(replies::neverMade));
      waiting.superseded().forEach(this::leaveOver);
      waiting.line().forEach(each -> leftOver.addAll(each.origin().requests()));
      leftOver.forEach(replies::notKnownToBeMade);
      isLeftOver = !pending.isEmpty();
      if (isLeftOver && !waiting.remote().version().equals(known.files().version())) {
        leavePendingOver();
      }
      source = known.files();
      serve(known.files(), known.events());
      return;
    }
    ZoneFiles.Advance served = waiting.served();
    serve(served.files(), served.events());
    abandoned.addAll(waiting.superseded());
    makeAgain(waiting.again());
  }

  private void leavePendingOver() {
    leaveOver(pending.getLast().tip());
    pending.clear();
    leftOver.forEach(replies::neverMade);
    leftOver.clear();
    isLeftOver = false;
  }

  private void leaveOver(String tip) {
    say(new EditEvent.CommitsLeftOver(tip));
    said.add(new Effect.GiveUp(tip, true));
  }

  /// Takes an update; its client is answered in any case.
  void take(Requested edit, Awaited client) {
    if (!isLocal() && link != Link.UP) {
      replies.fail(client, NETWORK_ERROR, REMOTE_AWAY, true);
      return;
    }
    WireName zone = edit.request().zoneName();
    if (queue.size() >= MAX_WAITING || waitingOf(zone) >= MAX_WAITING_OF_ZONE) {
      notTaken++;
      replies.fail(client, OTHER_ERROR, "too many updates wait", true);
      return;
    }
    queue.add(new Member(edit, client, false));
  }

  private long waitingOf(WireName zone) {
    return queue.size() < MAX_WAITING_OF_ZONE
        ? 0
        : queue.stream()
            .filter(member ->
                member.edit() instanceof Requested other && other.request().zoneName().equals(zone))
            .count();
  }

  /// The commits of the group were made.
  void committed(GroupCommit.Result result, Instant time) {
    List<Member> members = Objects.requireNonNull(committing);
    committing = null;
    lastFailure = null;
    ZoneFiles.Advance advance = result.advance();
    settleAbandoned(members, result);
    if (hasMoved && advance != null) {
      // The source moved on meanwhile: what was made on its old state is made again.
      hasMoved = false;
      pending.add(new Landed(members, result.verdicts(), advance));
      makeAgain(time);
      return;
    }
    hasMoved = false;
    if (advance == null) {
      if (now != tip()) {
        serve(tip(), List.of());
      }
      answer(members, result.verdicts(), tip().version());
      return;
    }
    Landed landed = new Landed(members, result.verdicts(), advance);
    pending.add(landed);
    if (isLocal()) {
      serve(advance.files(), List.of());
      answer(members, result.verdicts(), landed.tip());
    }
  }

  /// What did not fit any more is kept where somebody can look at it.
  private void settleAbandoned(List<Member> members, GroupCommit.Result result) {
    if (abandoned.isEmpty()) {
      return;
    }
    String tip = abandoned.getLast();
    boolean isConflict = false;
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).edit() instanceof Acknowledged edit
          && result.verdicts().get(i) instanceof EditVerdict.Refused(var refusal)) {
        isConflict = true;
        conflicts++;
        say(
            new EditEvent.UpdateConflict(
                edit.made().apex(), edit.made().summary(), refusal.reason(), tip));
      }
    }
    giveUpAbandoned(isConflict);
  }

  private void giveUpAbandoned(boolean isConflict) {
    abandoned.forEach(tip -> said.add(new Effect.GiveUp(tip, isConflict)));
    abandoned.clear();
  }

  /// The commits of the group could not be made: nobody was told otherwise.
  void commitFailed(String reason, Instant time) {
    List<Member> members = Objects.requireNonNull(committing);
    committing = null;
    if (!reason.equals(lastFailure)) {
      lastFailure = reason;
      say(new EditEvent.CommitFailed(reason));
    }
    for (Member member : members.reversed()) {
      if (member.client() == null) {
        queue.addFirst(member); // acknowledged before, or of our own
      } else {
        replies.fail(member.client(), OTHER_ERROR, "it could not be committed", true);
      }
    }
    notBefore = time.plus(DISK_PAUSE);
  }

  /// A push came to its end.
  void pushSettled(String tip, PushOutcome outcome, Instant time) {
    pushing = null;
    if (!(outcome instanceof PushOutcome.Unknown)) {
      mayBeThere.clear(); // what was tried before it was looked for since
    }
    boolean isKnown = pending.stream().anyMatch(landed -> landed.tip().equals(tip));
    switch (outcome) {
      case PushOutcome.Pushed() -> {
        linkIsUp();
        if (isKnown) {
          source = settleUpTo(tip);
        }
      }
      case PushOutcome.Superseded() -> mustFetch = true;
      case PushOutcome.Unknown(String reason) -> {
        tellFailure(reason, false);
        mustFetch = true;
      }
      case PushOutcome.Failed(String reason, boolean operatorMustAct, boolean isRefused) -> {
        tellFailure(reason, isRefused || operatorMustAct);
        link = isRefused ? Link.REFUSED : Link.AWAY;
        probeWanted = true;
        refusedUntil = isRefused ? time.plus(REFUSED_PAUSE) : null;
        if (!isLocal()) {
          failAll();
        }
      }
    }
  }

  private void tellFailure(String reason, boolean isRefused) {
    if (!reason.equals(lastFailure)) {
      lastFailure = reason;
      say(new EditEvent.PushFailed(reason, isRefused, isLocal()));
    }
  }

  private void linkIsUp() {
    if (link != Link.UP || lastFailure != null) {
      say(new EditEvent.PushWorks());
    }
    link = Link.UP;
    refusedUntil = null;
    lastFailure = null;
    tooLate = 0;
  }

  private void failAll() {
    for (Landed landed : pending) {
      failAll(landed.members());
    }
    if (!pending.isEmpty() && !isLeftOver) {
      said.add(new Effect.GiveUp(pending.getLast().tip(), false));
      pending.clear();
    }
    failQueue();
  }

  private void failQueue() {
    failAll(queue);
    queue.removeIf(member -> member.client() != null);
  }

  private void failAll(Collection<Member> members) {
    for (Member member : members) {
      if (member.client() != null) {
        replies.fail(member.client(), NETWORK_ERROR, REMOTE_AWAY, true);
      }
    }
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
    if (link == Link.AWAY) {
      link = Link.UP;
    }
    source = advance.files();
    if (ours != null) {
      linkIsUp();
      settleUpTo(ours);
    }
    if (isLeftOver && moved && !pending.isEmpty()) {
      leavePendingOver();
    }
    if (committing == null) {
      inSource.clear();
    }
    inSource.addAll(requests);
    queue.removeIf(this::isMadeElsewhere);
    if (pending.isEmpty() && committing == null && queue.stream().noneMatch(Member::isAgain)) {
      serve(source, advance.events());
      return;
    }
    if (!moved || source.version().equals(ours)) {
      return; // nothing that ours does not stand on
    }
    if (!isLocal()) {
      serve(source, advance.events());
    } else {
      untold = joined(untold, rewritings(advance.events()));
    }
    if (committing != null) {
      hasMoved = true;
    } else if (!pending.isEmpty()) {
      makeAgain(time);
    }
  }

  private static List<Event> joined(List<Event> some, List<Event> more) {
    List<Event> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /// The source could not be fetched.
  void fetchFailed() {
    if (link == Link.UP && !mustFetch) {
      link = Link.AWAY;
      if (!isLocal() && pending.isEmpty()) {
        failQueue();
      }
    }
  }

  // ---- what follows ----

  private void answer(List<Member> members, List<EditVerdict> verdicts, String version) {
    for (int i = 0; i < members.size(); i++) {
      Awaited client = members.get(i).client();
      if (client != null) {
        replies.answer(client, verdicts.get(i), version);
      }
    }
  }

  /// The source has everything up to this commit.
  ///
  /// @return the files of that commit
  private ZoneFiles settleUpTo(String tip) {
    ZoneFiles files = source;
    leftOver.forEach(replies::made);
    leftOver.clear();
    isLeftOver = false;
    while (!pending.isEmpty()) {
      Landed landed = pending.removeFirst();
      files = landed.advance().files();
      if (!isLocal()) {
        serve(files, List.of());
        answer(landed.members(), landed.verdicts(), landed.tip());
      }
      if (landed.tip().equals(tip)) {
        break;
      }
    }
    return files;
  }

  /// Puts what is pending back to the head of the queue, to be made on what the source has now.
  private void makeAgain(Instant time) {
    List<Member> again = new ArrayList<>();
    Set<WireName> zones = new LinkedHashSet<>();
    for (Landed landed : pending) {
      for (int i = 0; i < landed.members().size(); i++) {
        Member member = landed.members().get(i);
        if (isMadeElsewhere(member)) {
          continue;
        }
        if (member.isWaitedFor()) {
          again.add(member);
        } else if (landed.verdicts().get(i) instanceof EditVerdict.Made(var made, _)
            && wasServed(member)) {
          WireName apex = made.made().apex();
          Serial floor = servedSerial(apex);
          Acknowledged edit =
              new Acknowledged(
                  made.made(),
                  made.origin().without(inSource),
                  floor == null ? made.floor() : floor);
          again.add(new Member(edit, null, true));
          zones.add(apex);
        } else if (member.client() != null) {
          // It was told SERVFAIL in time, and nothing came of it.
          replies.fail(member.client(), OTHER_ERROR, "", true);
        }
      }
    }
    addRaises(again, zones);
    abandoned.add(pending.getLast().tip());
    if (again.isEmpty()) {
      pending.clear();
      giveUpAbandoned(false);
      serve(source, List.of());
      return;
    }
    tooLate++;
    notBefore = tooLate > 1 ? time.plus(backOff(pending.getLast().tip())) : null;
    pending.clear();
    again.reversed().forEach(queue::addFirst);
  }

  /// Puts what an earlier run did not come to make again to the head of the queue.
  private void makeAgain(List<Acknowledged> edits) {
    List<Member> again = new ArrayList<>();
    Set<WireName> zones = new LinkedHashSet<>();
    for (Acknowledged edit : edits) {
      WireName apex = edit.made().apex();
      Serial floor = servedSerial(apex);
      Acknowledged anew =
          new Acknowledged(edit.made(), edit.origin(), floor == null ? edit.floor() : floor);
      again.add(new Member(anew, null, true));
      zones.add(apex);
    }
    addRaises(again, zones);
    again.reversed().forEach(queue::addFirst);
  }

  /// A serial that we served stands for no other content, also where the source uses it by now.
  private void addRaises(List<Member> again, Set<WireName> zones) {
    for (WireName zone : zones) {
      Serial floor = servedSerial(zone);
      if (floor != null) {
        again.add(new Member(new SerialRaise(zone, floor), null, true));
      }
    }
  }

  /// Whether the source has what a member asks for, by another server that got the same message, or
  /// by a push of ours that came late; its client is told.
  private boolean isMadeElsewhere(Member member) {
    List<String> requests =
        switch (member.edit()) {
          case Requested requested -> List.of(requested.requestId());
          case Acknowledged acknowledged -> acknowledged.origin().requests();
          case SerialRaise _ -> List.of();
        };
    if (requests.isEmpty() || !inSource.containsAll(requests)) {
      return false;
    }
    if (member.client() != null) {
      replies.answer(member.client(), new EditVerdict.Unchanged(), source.version());
    }
    return true;
  }

  /// Whether what a member made was acknowledged and served before the source had it.
  private boolean wasServed(Member member) {
    return !(member.edit() instanceof SerialRaise)
        && (isLocal() || member.edit() instanceof Acknowledged);
  }

  private @Nullable Serial servedSerial(WireName zone) {
    ZoneState state = now.state(zone);
    return state == null ? null : state.serial();
  }

  private Duration backOff(String tip) {
    long longest = FIRST_BACK_OFF.toMillis() << Math.min(tooLate, MAX_DOUBLINGS);
    // Commit ids are as good as chance, and two primaries have different ones.
    return Duration.ofMillis(longest / 2 + Math.floorMod(tip.hashCode(), longest / 2 + 1));
  }

  /// The version that the next commit is made on.
  private ZoneFiles tip() {
    return pending.isEmpty() ? source : pending.getLast().advance().files();
  }

  /// Zones whose records changed without a newer serial get one: those that others pushed if we are
  /// to, and in any case those that are behind what we served before the source had it.
  ///
  /// @param files what would be served if nothing were held
  private void raiseSerials(ZoneFiles files) {
    List<ZoneState> states = new ArrayList<>(now.states().values());
    states.removeIf(state -> !(state.problem() instanceof Problem.NotRaised));
    states.sort(Comparator.comparing(ZoneState::apex));
    for (ZoneState state : states) {
      ZoneState found = files.state(state.apex());
      if (!(state.problem() instanceof Problem.NotRaised problem) || found == null) {
        continue;
      }
      boolean isOurDoing = isLocal() && found.problem() == null;
      boolean isWanted = isOurDoing || (settings.raisesSerials() && link != Link.REFUSED);
      boolean isSealed = found.served() == null || found.served().zone().isSealed();
      if (!isWanted || isSealed) {
        continue;
      }
      boolean isNew = !problem.version().equals(raisesTried.put(state.apex(), problem.version()));
      if (isOurDoing && isNew) {
        // What waits is to be made on top of it, so that it is served.
        queue.addFirst(new Member(new SerialRaise(state.apex(), problem.floor()), null, true));
      } else if (isNew) {
        queue.add(Member.of(new SerialRaise(state.apex(), problem.floor())));
      }
    }
  }

  /// Starts what can be started.
  ///
  /// @param isFetching whether a fetch is under way
  void start(boolean isFetching, Instant time, List<Effect> effects) {
    if (notBefore != null && !time.isBefore(notBefore)) {
      notBefore = null;
    }
    if (link == Link.REFUSED && (refusedUntil == null || !time.isBefore(refusedUntil))) {
      link = Link.UP;
      refusedUntil = null;
    }
    boolean mayCommit =
        committing == null
            && !queue.isEmpty()
            && notBefore == null
            && (isLocal() || (pending.isEmpty() && !isFetching && !mustFetch && link == Link.UP));
    if (mayCommit) {
      List<Member> group = nextGroup();
      committing = group;
      effects.add(
          new Effect.Commit(
              ServedFloor.raised(tip(), now), group.stream().map(Member::edit).toList()));
    }
    boolean mayPush =
        pushing == null
            && !pending.isEmpty()
            && !isFetching
            && !mustFetch
            && link == Link.UP
            && (isLocal() || committing == null);
    if (mayPush) {
      pushing = pending.getLast().tip();
      mayBeThere.add(pushing);
      effects.add(new Effect.Push(pushing));
    }
  }

  /// The head of the queue. What is made again stays together: a part of it served alone would take
  /// the rest back.
  private List<Member> nextGroup() {
    List<Member> group = new ArrayList<>();
    while (!queue.isEmpty() && (group.size() < MAX_GROUP || queue.getFirst().isAgain())) {
      group.add(queue.removeFirst());
    }
    return group;
  }

  /// Answers those who have waited too long; what is on its way goes on.
  void answerOverdue(Instant time) {
    for (Iterator<Member> all = queue.iterator(); all.hasNext(); ) {
      Member member = all.next();
      if (member.client() != null && member.isOverdue(time)) {
        all.remove();
        replies.fail(member.client(), OTHER_ERROR, TOO_LONG, true);
      }
    }
    if (queue.isEmpty() && committing == null && !abandoned.isEmpty()) {
      giveUpAbandoned(false); // all who wanted it were told otherwise
    }
    for (Member member : onTheirWay()) {
      if (member.client() != null && member.isOverdue(time)) {
        replies.fail(member.client(), OTHER_ERROR, TOO_LONG, false);
      }
    }
  }

  private List<Member> onTheirWay() {
    List<Member> members = new ArrayList<>(committing == null ? List.of() : committing);
    pending.forEach(landed -> members.addAll(landed.members()));
    return members;
  }

  /// When something is due that no input brings; null for never.
  @Nullable Instant due() {
    Instant due = Primary.earlier(notBefore, refusedUntil);
    // Those in the queue came in order of time.
    for (Member member : queue) {
      if (member.client() != null) {
        due = Primary.earlier(due, member.client().deadline());
        break;
      }
    }
    if (isLocal() && committing == null) {
      return due; // what is pending was answered
    }
    for (Member member : onTheirWay()) {
      if (member.client() != null && member.isWaitedFor()) {
        due = Primary.earlier(due, member.client().deadline());
      }
    }
    return due;
  }
}
