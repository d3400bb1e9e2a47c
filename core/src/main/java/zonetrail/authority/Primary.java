package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.tsig.Operation;
import zonetrail.tsig.ReplayMemory;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// A primary whose truth lies in a source (a git remote, a folder): it looks there when it is told
/// to or when it has not for a while, serves what is good, and answers those who told it.
///
/// ```text
///              NOTIFY, poll                      SourceFetched, FetchFailed
///   at rest ─────────────────► fetching (1) ────────────────────────────────► at rest
///                               │  NOTIFY: parked, wants fetch (2)               │
///                               └────────── fetching (2), when it is due ◄───────┘
/// ```
///
/// A fetch looks at the zones that NOTIFYs named since the last one began, or at everything: at the
/// start, when the poll interval is over, when somebody on this machine asks, and after a failure.
/// What a failed fetch was to look at the next one looks at too.
///
/// A NOTIFY is answered when a fetch that began after it has ended (SERVFAIL if that failed), at
/// the latest after [#MAX_REPLY_DELAY] (NOERROR, the fetch goes on): a hook that waits for the
/// answer then knows that its push is served.
///
/// One owner, no thread of its own; time comes in with every step.
public final class Primary {
  /// How long an answer to a NOTIFY waits for its fetch.
  public static final Duration MAX_REPLY_DELAY = Duration.ofSeconds(2);

  /// How long after it was signed a message may be valid: the fudge, by a clock that runs ahead as
  /// much, and the second that the verifier rounds up.
  public static final Duration LONGEST_VALID =
      Duration.ofSeconds(2L * TsigVerifier.MAX_FUDGE_SECONDS + 1);

  /// How far the clocks of servers that commit to one source may be apart.
  static final Duration COMMITTERS_CLOCK_TOLERANCE = Duration.ofMinutes(1);

  /// How many answers wait at once; NOTIFYs beyond that are answered NOERROR at once, and their
  /// fetch still comes.
  public static final int MAX_PARKED_REPLIES = 4096;

  /// How many edits wait to be committed at once; one more gets SERVFAIL.
  public static final int MAX_WAITING_EDITS = EditQueue.MAX_WAITING;

  /// How long after a failed fetch the next is tried; doubled with each failure in a row.
  public static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /// The longest time between tries while the source is away.
  public static final Duration MAX_RETRY = Duration.ofSeconds(60);

  private final Duration pollInterval;
  private final @Nullable EditSettings editing;
  private final FetchPacing pacing = new FetchPacing();
  private final ReplayMemory replays;
  private final UpdateReplies updateReplies;
  private final EditFlow edits;
  private final List<Parked> parked = new ArrayList<>();
  private ZoneFiles files = ZoneFiles.NONE;
  private boolean fetching;
  private FetchScope wanted = FetchScope.nothing();
  private FetchScope lookedAt = FetchScope.nothing();
  private Rcode lastFetch = Rcode.NOERROR;
  private @Nullable Rcode fetchToAnswer;
  private Duration retryDelay = FIRST_RETRY;
  private Input.@Nullable FetchFailed lastFailure;
  private Instant startedAt = Instant.EPOCH;
  private long fetchesStarted;
  private long repliesNotParked;
  private boolean keepDue;
  private boolean keepFailed;
  private @Nullable String whyNotKept;
  private @Nullable Instant pollDue;
  private @Nullable Instant wakeAt;

  /// A request that waits for a fetch.
  private record Parked(ReplyHandle reply, long wantsFetch, Instant deadline) {}

  /// Creates a primary that makes no changes of its own and serves nothing until [Input.Started].
  ///
  /// @param pollInterval how long after a fetch of everything the source is looked at again without
  ///   being told; zero means never
  public Primary(Duration pollInterval) {
    this(pollInterval, null);
  }

  /// Creates a primary that serves nothing until [Input.Started].
  ///
  /// @param pollInterval how long after a fetch of everything the source is looked at again without
  ///   being told; zero means never
  /// @param editing how it makes changes in its source; null where none are possible, as in a plain
  ///   folder: updates are refused then
  public Primary(Duration pollInterval, @Nullable EditSettings editing) {
    this(pollInterval, editing, ReplayMemory.DEFAULT_REQUESTS);
  }

  /// Creates a primary that serves nothing until [Input.Started].
  ///
  /// @param pollInterval how long after a fetch of everything the source is looked at again without
  ///   being told; zero means never
  /// @param editing how it makes changes in its source; null where none are possible
  /// @param maxRequests how many signed requests it remembers, see [ReplayMemory#requestsFor]
  public Primary(Duration pollInterval, @Nullable EditSettings editing, int maxRequests) {
    this.pollInterval = pollInterval;
    this.editing = editing;
    this.replays = new ReplayMemory(maxRequests);
    this.updateReplies = new UpdateReplies(replays);
    this.edits = new EditFlow(editing == null ? EditSettings.DEFAULT : editing, updateReplies);
  }

  /// Since when requests are of interest that commits tell of: those that may still be valid, and
  /// are not known from an earlier look.
  ///
  /// @param lookedAt when the version looked at last was made, by its committer's clock
  /// @param now the time of day
  public static Instant requestsOfInterest(Instant lookedAt, Instant now) {
    Instant valid = now.minus(LONGEST_VALID);
    Instant known = lookedAt.minus(COMMITTERS_CLOCK_TOLERANCE);
    return known.isAfter(valid) ? known : valid;
  }

  /// How full what is bounded is.
  ///
  /// @param parkedReplies answers that wait for a fetch, at most [#MAX_PARKED_REPLIES]
  /// @param repliesNotParked how many were answered at once since the start, because so many waited
  /// @param rememberedRequests requests that are known again
  /// @param maxRememberedRequests how many may be
  /// @param waitingEdits edits that wait to be committed, at most [#MAX_WAITING_EDITS]
  /// @param editsNotTaken how many got SERVFAIL since the start, because so many waited
  /// @param unpushedCommits commits of ours that the source may not have
  /// @param conflicts acknowledged updates that did not fit what others pushed, since the start
  public record Load(
      int parkedReplies,
      long repliesNotParked,
      int rememberedRequests,
      int maxRememberedRequests,
      int waitingEdits,
      long editsNotTaken,
      int unpushedCommits,
      long conflicts) {
    /// Nothing yet.
    public static final Load NONE = new Load(0, 0, 0, 0, 0, 0, 0, 0);
  }

  /// How full what is bounded is now.
  public Load load() {
    return new Load(
        parked.size(),
        repliesNotParked,
        replays.size(),
        replays.maxSize(),
        edits.waiting(),
        edits.notTaken(),
        edits.unpushed(),
        edits.conflicts());
  }

  /// Takes one input.
  ///
  /// @return what to do, in this order
  public List<Effect> step(Input input, Instant now) {
    List<Effect> effects = new ArrayList<>();
    switch (input) {
      case Input.Started started -> {
        start(started);
        want(FetchScope.everything(), now);
      }
      case Input.NotifyReceived notify -> notified(notify, now, effects);
      case Input.LookWanted() -> want(FetchScope.everything(), now);
      case Input.UpdateReceived update -> updateReceived(update, now, effects);
      case Input.Committed(GroupCommit.Result result) -> edits.committed(result, now);
      case Input.CommitFailed(String reason) -> {
        keepDue = true; // another line may be noted, which was not gone over to
        edits.commitFailed(reason, now);
      }
      case Input.EditsPrepared(var prepared) -> edits.prepared(prepared);
      case Input.CommitsRead(var did) -> edits.commitsRead(did, now);
      case Input.CommitsNotRead(String reason) -> edits.commitsNotRead(reason, now);
      case Input.PushSettled(String tip, PushOutcome outcome) ->
          edits.pushSettled(tip, outcome, now);
      case Input.SourceFetched fetch -> fetched(fetch, now, effects);
      case Input.FetchFailed failure -> failed(failure, now, effects);
      case Input.NotKept(String reason) -> notKept(reason, effects);
      case Input.StopWanted() -> edits.pushNow();
      case Input.DeadlineReached() -> wakeAt = null;
    }
    edits.answerOverdue(now);
    for (ZoneFiles.Advance served : edits.takeServed()) {
      takeOver(served, effects);
    }
    keepIfDue(effects);
    effects.addAll(edits.takeReplies());
    settleFetch(effects);
    answerOverdue(now, effects);
    if (edits.takeProbeWanted()) {
      probeLater(now);
    }
    fetchIfDue(now, effects);
    edits.start(fetching, now, effects);
    wakeForNextDeadline(effects);
    return effects;
  }

  private void start(Input.Started started) {
    startedAt = started.startedAt();
    started.requests().forEach(this::remember);
    edits.started(started.known(), started.waiting());
  }

  /// Committed, so it was or will be acknowledged; a replay has no second effect.
  private void remember(KnownRequest request) {
    replays.remember(request.requestId(), request.time().plus(LONGEST_VALID), request.time());
    replays.answered(request.requestId(), Rcode.NOERROR);
  }

  private static Set<String> ids(List<KnownRequest> requests) {
    return requests.stream().map(KnownRequest::requestId).collect(Collectors.toSet());
  }

  /// Whether a message was signed before this process was there to remember it. What it caused then
  /// is told by commits; of another one nobody knows whether it was answered.
  private boolean isFromBefore(Verdict.Verified request) {
    return request.record().timeSigned().getEpochSecond() < startedAt.getEpochSecond()
        && replays.answer(request.requestId()) == null;
  }

  @Rfc(number = 2136, section = "3.3")
  private void updateReceived(Input.UpdateReceived update, Instant now, List<Effect> effects) {
    Requested edit =
        new Requested(
            update.update(), update.key(), update.reply().client(), update.request().requestId());
    WireName zone = update.update().zoneName();
    WireName key = update.key().name().wire();
    boolean permitted =
        files.keys().contains(update.key())
            && update.key().name().operation().filter(Operation.UPDATE::equals).isPresent();
    if (editing == null || !permitted) {
      Effect.Reason reason =
          editing == null
              ? new Effect.Reason(
                  ExtendedError.NOT_SUPPORTED,
                  "no updates are taken by a server with --read-only, nor for a plain folder")
              : new Effect.Reason(ExtendedError.PROHIBITED, "the key does not permit updates");
      effects.add(
          new Effect.Report(
              new EditEvent.UpdateNotMade(zone, key, edit.client(), Rcode.REFUSED, reason.text())));
      effects.add(new Effect.Reply(update.reply(), Rcode.REFUSED, reason));
      return;
    }
    if (isFromBefore(update.request())) {
      effects.add(new Effect.ReplyBadTime(update.reply()));
      return;
    }
    switch (replays.recall(update.request(), edit.requestId(), update.verifiedAt())) {
      case FIRST ->
          edits.take(
              edit, new UpdateReplies.Awaited(edit, update.reply(), now.plus(editing.timeout())));
      case REPLAY -> {
        effects.add(new Effect.Report(new EditEvent.UpdateRepeated(zone, key, edit.client())));
        Rcode answer = replays.answer(edit.requestId());
        effects.add(
            answer == null
                ? new Effect.Drop(update.reply())
                : new Effect.Reply(update.reply(), answer));
      }
      case FULL -> {
        String reason = "too many signed requests within the last minutes";
        effects.add(
            new Effect.Report(
                new EditEvent.UpdateNotMade(zone, key, edit.client(), Rcode.SERVFAIL, reason)));
        effects.add(new Effect.Reply(update.reply(), Rcode.SERVFAIL));
      }
    }
  }

  @Rfc(number = 1996, section = "3.7")
  private void notified(Input.NotifyReceived notify, Instant now, List<Effect> effects) {
    // The key was valid when the signature was checked; by now a push may have taken it away.
    boolean permitted =
        files.keys().contains(notify.key())
            && notify.key().name().permits(Operation.NOTIFY, notify.zone());
    if (!permitted) {
      effects.add(
          new Effect.Report(
              new Event.NotifyRefused(
                  notify.zone(), notify.key().name().wire(), notify.reply().client())));
      effects.add(new Effect.Reply(notify.reply(), Rcode.REFUSED));
      return;
    }
    if (isFromBefore(notify.request())) {
      effects.add(new Effect.ReplyBadTime(notify.reply()));
      return;
    }
    switch (replays.recall(notify.request(), notify.verifiedAt())) {
      case FIRST -> {
        effects.add(
            new Effect.Report(
                new Event.NotifyAccepted(
                    notify.zone(), notify.key().name().wire(), notify.reply().client())));
        want(FetchScope.of(notify.zone()), now);
        park(notify.reply(), now, effects);
      }
      case REPLAY -> {
        // The same message again, by a client that retries or by somebody who overheard it: it
        // causes no fetch, and is answered like the first one.
        effects.add(
            new Effect.Report(
                new Event.NotifyRepeated(
                    notify.zone(), notify.key().name().wire(), notify.reply().client())));
        if (fetching || pacing.due() != null) {
          park(notify.reply(), now, effects);
        } else {
          effects.add(new Effect.Reply(notify.reply(), lastFetch));
        }
      }
      case FULL -> {
        effects.add(
            new Effect.Report(
                new Event.NotifyNotRemembered(
                    notify.zone(), notify.key().name().wire(), notify.reply().client())));
        effects.add(new Effect.Reply(notify.reply(), Rcode.SERVFAIL));
      }
    }
  }

  private void want(FetchScope scope, Instant now) {
    wanted = wanted.and(scope);
    pacing.request(now);
  }

  private void park(ReplyHandle reply, Instant now, List<Effect> effects) {
    boolean isFull = parked.size() >= MAX_PARKED_REPLIES;
    // The remote's hook may wait for this answer, and our push for the hook; a fetch follows it.
    if (isFull || edits.isPushing()) {
      repliesNotParked += isFull ? 1 : 0;
      effects.add(new Effect.Reply(reply, Rcode.NOERROR));
      return;
    }
    // A fetch that runs already may have looked too early; only the next one is sure to see it.
    long wantsFetch = fetchesStarted + (pacing.due() == null ? 0 : 1);
    parked.add(new Parked(reply, wantsFetch, now.plus(MAX_REPLY_DELAY)));
  }

  private void fetched(Input.SourceFetched fetch, Instant now, List<Effect> effects) {
    if (lastFailure != null) {
      effects.add(new Effect.Report(new Event.SourceIsBack()));
      lastFailure = null;
    }
    // A keep is carried out before the fetch that follows it, so by now its failure is known.
    keepDue |= keepFailed;
    whyNotKept = keepFailed ? whyNotKept : null;
    edits.fetched(fetch.advance(), fetch.ours(), ids(fetch.requests()), now);
    fetch.requests().forEach(this::remember);
    retryDelay = FIRST_RETRY;
    if (lookedAt.equals(FetchScope.everything())) {
      // NOTIFYs of one zone, however many, must not put off the look at the others.
      pollDue = pollInterval.isZero() ? null : now.plus(pollInterval);
    }
    fetchEnded(Rcode.NOERROR);
  }

  private void takeOver(ZoneFiles.Advance advance, List<Effect> effects) {
    boolean changed = !advance.files().version().equals(files.version()) || advance.isChange();
    keepDue |= changed || !advance.events().isEmpty();
    files = advance.files();
    for (Event event : advance.events()) {
      effects.add(new Effect.Report(event));
    }
    effects.add(new Effect.Report(new Event.Fetched(files.version(), changed)));
    if (changed || !advance.events().isEmpty()) {
      effects.add(new Effect.Publish(files.publication()));
    }
  }

  private void failed(Input.FetchFailed failure, Instant now, List<Effect> effects) {
    effects.add(
        new Effect.Report(
            failure.outlook() == ZoneSource.Outlook.REWRITE_HELD
                ? new Event.RewriteHeld(failure.reason(), failure.equals(lastFailure))
                : new Event.FetchFailed(
                    failure.reason(), failure.operatorMustAct(), failure.equals(lastFailure))));
    lastFailure = failure;
    wanted = wanted.and(lookedAt);
    edits.fetchFailed(failure);
    probeLater(now);
    fetchEnded(Rcode.SERVFAIL);
  }

  private void probeLater(Instant now) {
    pollDue = now.plus(retryDelay);
    Duration doubled = retryDelay.multipliedBy(2);
    retryDelay = doubled.compareTo(MAX_RETRY) < 0 ? doubled : MAX_RETRY;
  }

  /// Noting is tried again after the next fetch; said is only what is new.
  private void notKept(String reason, List<Effect> effects) {
    keepFailed = true;
    if (!reason.equals(whyNotKept)) {
      whyNotKept = reason;
      effects.add(new Effect.Report(new Event.NotKept(reason)));
    }
  }

  private void fetchEnded(Rcode rcode) {
    fetching = false;
    lastFetch = rcode;
    fetchToAnswer = rcode;
  }

  /// After what was fetched is served.
  private void settleFetch(List<Effect> effects) {
    Rcode rcode = fetchToAnswer;
    if (rcode != null) {
      fetchToAnswer = null;
      answer(effects, rcode, waiting -> waiting.wantsFetch() <= fetchesStarted);
    }
  }

  private void answerOverdue(Instant now, List<Effect> effects) {
    answer(effects, Rcode.NOERROR, waiting -> !now.isBefore(waiting.deadline()));
  }

  private void answer(List<Effect> effects, Rcode rcode, Predicate<Parked> which) {
    for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
      Parked waiting = all.next();
      if (which.test(waiting)) {
        all.remove();
        effects.add(new Effect.Reply(waiting.reply(), rcode));
      }
    }
  }

  /// Before what a restart could go on from otherwise is given up. Nobody waits for it to be done.
  private void keepIfDue(List<Effect> effects) {
    if (keepDue) {
      keepDue = false;
      keepFailed = false;
      effects.add(new Effect.Keep(files));
    }
  }

  private void fetchIfDue(Instant now, List<Effect> effects) {
    if (pollDue != null && !now.isBefore(pollDue)) {
      pollDue = null;
      want(FetchScope.everything(), now);
    }
    // After a failure the next try has its time.
    boolean isUrgent = edits.needsFetch() && lastFailure == null;
    if (isUrgent && !fetching) {
      want(FetchScope.everything(), now);
    }
    Instant due = pacing.due();
    boolean isDue = due != null && (isUrgent || !now.isBefore(due));
    if (fetching || edits.holdsFetches() || !isDue) {
      return;
    }
    pacing.started(now);
    fetching = true;
    fetchesStarted++;
    lookedAt = wanted;
    wanted = FetchScope.nothing();
    if (lookedAt.equals(FetchScope.everything())) {
      pollDue = null;
    }
    effects.add(new Effect.Fetch(edits.source(), lookedAt, edits.ours()));
  }

  private void wakeForNextDeadline(List<Effect> effects) {
    boolean isHeld = fetching || edits.holdsFetches();
    Instant next = earlier(pollDue, isHeld ? null : pacing.due());
    next = earlier(next, edits.due());
    if (!parked.isEmpty()) {
      next = earlier(next, parked.getFirst().deadline()); // they were parked in order of time
    }
    if (next != null && !next.equals(wakeAt)) {
      wakeAt = next;
      effects.add(new Effect.WakeAt(next));
    }
  }

  static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isBefore(b) ? a : b;
  }
}
