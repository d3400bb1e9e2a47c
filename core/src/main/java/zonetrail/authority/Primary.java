package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.Operation;
import zonetrail.tsig.ReplayMemory;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

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

  /// How many answers wait at once; NOTIFYs beyond that are answered NOERROR at once, and their
  /// fetch still comes.
  public static final int MAX_PARKED_REPLIES = 4096;

  /// How long after a failed fetch the next is tried; doubled with each failure in a row.
  public static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /// The longest time between tries while the source is away.
  public static final Duration MAX_RETRY = Duration.ofSeconds(60);

  private final Duration pollInterval;
  private final FetchPacing pacing = new FetchPacing();
  private final ReplayMemory replays = new ReplayMemory(ReplayMemory.DEFAULT_REQUESTS);
  private final List<Parked> parked = new ArrayList<>();
  private ZoneFiles files = ZoneFiles.NONE;
  private boolean fetching;
  private FetchScope wanted = FetchScope.nothing();
  private FetchScope lookedAt = FetchScope.nothing();
  private Rcode lastFetch = Rcode.NOERROR;
  private Duration retryDelay = FIRST_RETRY;
  private Input.@Nullable FetchFailed lastFailure;
  private long fetchesStarted;
  private long repliesNotParked;
  private boolean keepDue;
  private boolean keepFailed;
  private @Nullable String whyNotKept;
  private @Nullable Instant pollDue;
  private @Nullable Instant wakeAt;

  /// A request that waits for a fetch.
  private record Parked(ReplyHandle reply, long wantsFetch, Instant deadline) {}

  /// Creates a primary that serves nothing until [Input.Started].
  ///
  /// @param pollInterval how long after a fetch of everything the source is looked at again without
  ///   being told; zero means never
  public Primary(Duration pollInterval) {
    this.pollInterval = pollInterval;
  }

  /// How full what is bounded is.
  ///
  /// @param parkedReplies answers that wait for a fetch, at most [#MAX_PARKED_REPLIES]
  /// @param repliesNotParked how many were answered at once since the start, because so many waited
  /// @param rememberedRequests requests that are known again, at most
  ///   [ReplayMemory#DEFAULT_REQUESTS]
  public record Load(int parkedReplies, long repliesNotParked, int rememberedRequests) {}

  /// How full what is bounded is now.
  public Load load() {
    return new Load(parked.size(), repliesNotParked, replays.size());
  }

  /// Takes one input.
  ///
  /// @return what to do, in this order
  public List<Effect> step(Input input, Instant now) {
    List<Effect> effects = new ArrayList<>();
    switch (input) {
      case Input.Started(ZoneFiles.Advance known) -> {
        takeOver(known, effects);
        want(FetchScope.everything(), now);
      }
      case Input.NotifyReceived notify -> notified(notify, now, effects);
      case Input.LookWanted() -> want(FetchScope.everything(), now);
      case Input.SourceFetched(ZoneFiles.Advance advance) -> fetched(advance, now, effects);
      case Input.FetchFailed failure -> failed(failure, now, effects);
      case Input.NotKept(String reason) -> notKept(reason, effects);
      case Input.DeadlineReached() -> wakeAt = null;
    }
    answerOverdue(now, effects);
    keepIfDue(effects);
    fetchIfDue(now, effects);
    wakeForNextDeadline(effects);
    return effects;
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
    if (parked.size() >= MAX_PARKED_REPLIES) {
      repliesNotParked++;
      effects.add(new Effect.Reply(reply, Rcode.NOERROR));
      return;
    }
    // A fetch that runs already may have looked too early; only the next one is sure to see it.
    long wantsFetch = fetchesStarted + (pacing.due() == null ? 0 : 1);
    parked.add(new Parked(reply, wantsFetch, now.plus(MAX_REPLY_DELAY)));
  }

  private void fetched(ZoneFiles.Advance advance, Instant now, List<Effect> effects) {
    if (lastFailure != null) {
      effects.add(new Effect.Report(new Event.SourceIsBack()));
      lastFailure = null;
    }
    // A keep is carried out before the fetch that follows it, so by now its failure is known.
    keepDue |= keepFailed;
    whyNotKept = keepFailed ? whyNotKept : null;
    takeOver(advance, effects);
    retryDelay = FIRST_RETRY;
    if (lookedAt.equals(FetchScope.everything())) {
      // NOTIFYs of one zone, however many, must not put off the look at the others.
      pollDue = pollInterval.isZero() ? null : now.plus(pollInterval);
    }
    fetchEnded(Rcode.NOERROR, effects);
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
            new Event.FetchFailed(
                failure.reason(), failure.operatorMustAct(), failure.equals(lastFailure))));
    lastFailure = failure;
    wanted = wanted.and(lookedAt);
    pollDue = now.plus(retryDelay);
    Duration doubled = retryDelay.multipliedBy(2);
    retryDelay = doubled.compareTo(MAX_RETRY) < 0 ? doubled : MAX_RETRY;
    fetchEnded(Rcode.SERVFAIL, effects);
  }

  /// Noting is tried again after the next fetch; said is only what is new.
  private void notKept(String reason, List<Effect> effects) {
    keepFailed = true;
    if (!reason.equals(whyNotKept)) {
      whyNotKept = reason;
      effects.add(new Effect.Report(new Event.NotKept(reason)));
    }
  }

  private void fetchEnded(Rcode rcode, List<Effect> effects) {
    fetching = false;
    lastFetch = rcode;
    answer(effects, rcode, waiting -> waiting.wantsFetch() <= fetchesStarted);
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

  /// After the replies: what is noted is for a restart, and nobody waits for it.
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
    Instant due = pacing.due();
    if (fetching || due == null || now.isBefore(due)) {
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
    effects.add(new Effect.Fetch(files, lookedAt));
  }

  private void wakeForNextDeadline(List<Effect> effects) {
    Instant next = earlier(pollDue, fetching ? null : pacing.due());
    if (!parked.isEmpty()) {
      next = earlier(next, parked.getFirst().deadline()); // they were parked in order of time
    }
    if (next != null && !next.equals(wakeAt)) {
      wakeAt = next;
      effects.add(new Effect.WakeAt(next));
    }
  }

  private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isBefore(b) ? a : b;
  }
}
