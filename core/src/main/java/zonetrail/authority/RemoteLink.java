package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.ExtendedError;

/// How the remote is to be spoken of: whether pushes are expected to work, and what the operator
/// was told of it.
///
/// ```text
///        a push or a fetch failed            the remote did not want a push
///  UP ───────────────────────────► AWAY   UP ────────────────────────────► REFUSED
///   ▲── a fetch or a push worked ────┘     ▲── REFUSED_PAUSE is over ────────┘
/// ```
///
/// One owner, like [Primary].
final class RemoteLink {
  /// How long nothing is tried after the remote did not want a push.
  static final Duration REFUSED_PAUSE = Duration.ofSeconds(30);

  private static final Effect.Reason AWAY =
      new Effect.Reason(ExtendedError.NETWORK_ERROR, "the remote does not take commits now");

  private static final Effect.Reason REWRITTEN =
      new Effect.Reason(
          ExtendedError.OTHER,
          "the zones' history was rewritten and lacks updates; people have to say what is right");

  private final boolean areKept;
  private final Consumer<Event> teller;
  private State state = State.UP;
  private boolean probeWanted;

  /// Whether the source's history was rewritten, so that nobody can say what is to come.
  private boolean isRewriteHeld;

  /// When the remote may be asked again whether it takes commits.
  private @Nullable Instant refusedUntil;

  private @Nullable String lastFailure;

  private enum State {
    /// Pushes are expected to work.
    UP,
    /// A push or fetch failed; a fetch that works ends it.
    AWAY,
    /// The remote did not want a push; time ends it.
    REFUSED
  }

  /// Creates a link that is up.
  ///
  /// @param areKept whether commits wait here that cannot be pushed
  /// @param teller tells the operator
  RemoteLink(boolean areKept, Consumer<Event> teller) {
    this.areKept = areKept;
    this.teller = teller;
  }

  /// Whether pushes are expected to work.
  boolean isUp() {
    return state == State.UP;
  }

  /// Whether the remote said lately that it does not want commits of ours.
  boolean isRefused() {
    return state == State.REFUSED;
  }

  /// A push failed, and nothing came of it.
  void failed(PushOutcome.Failed failure, Instant time) {
    tell(failure.reason(), failure.isRefused() || failure.operatorMustAct());
    state = failure.isRefused() ? State.REFUSED : State.AWAY;
    refusedUntil = failure.isRefused() ? time.plus(REFUSED_PAUSE) : null;
    probeWanted = true;
  }

  /// A push failed, and nobody knows what came of it.
  void broke(String reason) {
    tell(reason, false);
  }

  private void tell(String reason, boolean isRefused) {
    if (!reason.equals(lastFailure)) {
      lastFailure = reason;
      teller.accept(new EditEvent.PushFailed(reason, isRefused, areKept));
    }
  }

  /// The remote took a commit.
  void worked() {
    if (state != State.UP || lastFailure != null) {
      teller.accept(new EditEvent.PushWorks());
    }
    state = State.UP;
    refusedUntil = null;
    lastFailure = null;
  }

  /// The remote was fetched from.
  void fetched() {
    isRewriteHeld = false;
    if (state == State.AWAY) {
      state = State.UP;
    }
  }

  /// Why a fetch failed is known.
  void found(ZoneSource.Outlook outlook) {
    isRewriteHeld = outlook == ZoneSource.Outlook.REWRITE_HELD;
  }

  /// What clients are told whose updates cannot be pushed.
  Effect.Reason whyAway() {
    return isRewriteHeld ? REWRITTEN : AWAY;
  }

  /// The remote could not be fetched from.
  void fetchFailed() {
    if (state == State.UP) {
      state = State.AWAY;
    }
  }

  /// Lets time do its part.
  void look(Instant time) {
    if (state == State.REFUSED && (refusedUntil == null || !time.isBefore(refusedUntil))) {
      state = State.UP;
      refusedUntil = null;
    }
  }

  /// When time does its part; null for never.
  @Nullable Instant due() {
    return refusedUntil;
  }

  /// Whether the source should be looked at soon to see whether it is there again.
  boolean takeProbeWanted() {
    boolean wanted = probeWanted;
    probeWanted = false;
    return wanted;
  }
}
