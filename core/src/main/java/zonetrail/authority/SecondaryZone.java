package zonetrail.authority;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.transfer.InboundFailure;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.Serial;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;

/// One zone of a [Secondary]: which primary is asked for it, and what is served meanwhile.
///
/// A round asks one primary after the other until one confirms the version that we have or sends a
/// newer one; if none does, the round has failed. One owner.
@Rfc(number = 1034, section = "4.3.5")
final class SecondaryZone {
  /// What a failed incremental transfer may be mended by: the whole zone.
  private static final Set<InboundFailure> MENDED_BY_THE_WHOLE =
      Set.of(
          InboundFailure.BAD_CHANGE,
          InboundFailure.BAD_ZONE,
          InboundFailure.MALFORMED,
          InboundFailure.REFUSED,
          InboundFailure.TOO_MUCH);

  private final WireName apex;
  private boolean isNamed;
  private final RefreshTimes times;
  private State state;
  private Round round = Round.NONE;
  private @Nullable Zone zone;
  private Instant confirmedAt = Instant.EPOCH;
  private Instant expiresAt = Instant.EPOCH;
  private boolean isExpired;
  private int failures;
  private @Nullable String failure;
  private @Nullable Instant disownedSince;
  private @Nullable RemotePrimary lastGood;
  private boolean isWantedAgain;
  private Instant roundBeganAt = Instant.EPOCH;

  /// However many NOTIFYs come, no round begins before.
  private Instant restUntil = Instant.EPOCH;

  /// Where the zone is.
  ///
  /// ```text
  ///                 due, NOTIFY            newer there                  whole and checked
  ///    Current ───────────────► Probing ────────────────► Transferring ─────────────────► Current
  ///       ▲   the same there     │ ▲  │                       │  │ ▲
  ///       └──────────────────────┘ │  │ failed                │  └─┘ bad changes: the whole, once
  ///                   next primary └──┤◄──────────────────────┘ failed
  ///                                   │ no primary left
  ///                                   ▼        expire
  ///                 due, NOTIFY   Retrying ─────────────► Expired (SERVFAIL)
  ///       Probing ◄───────────────────┴──────────────────────┘
  /// ```
  ///
  /// Expire is reached in every state alike; a round that is under way goes on. A zone begins as
  /// `Retrying` without failures, due at once.
  sealed interface State {
    /// A primary was asked for its SOA.
    record Probing(long attempt) implements State {}

    /// A primary sends the zone.
    record Transferring(long attempt, boolean isIncremental) implements State {}

    /// What is served is what a primary has.
    record Current(Instant refreshAt) implements State {}

    /// No primary could be had; what is served is the last version, if there is one.
    record Retrying(Instant retryAt) implements State {}

    /// No primary could be had for so long that nothing is served.
    record Expired(Instant retryAt) implements State {}
  }

  /// The primaries that are asked in turn.
  private static final class Round {
    static final Round NONE = new Round(List.of());

    private final List<RemotePrimary> primaries;
    private final List<String> said = new ArrayList<>();
    private int index;
    private boolean onlyWhole;
    private boolean allDisown = true;

    Round(List<RemotePrimary> primaries) {
      this.primaries = primaries;
    }

    RemotePrimary primary() {
      return primaries.get(index);
    }
  }

  /// A zone of which nothing is known yet, to be asked for at once.
  ///
  /// @param isNamed whether a key is named after it; then it is not forgotten when no primary has
  ///   it
  SecondaryZone(WireName apex, boolean isNamed, RefreshTimes times, Instant now) {
    this.apex = apex;
    this.isNamed = isNamed;
    this.times = times;
    this.state = new State.Retrying(now);
  }

  /// Takes a version that outlived a restart.
  void resume(StoredVersion kept, Instant now) {
    zone = kept.zone();
    confirmedAt = kept.confirmedAt();
    // Of a clock that went back in between, the SOA's own time is the most that counts.
    Instant latest = now.plus(RefreshTimes.expire(kept.zone(), OptionalInt.empty()));
    expiresAt = kept.expiresAt().isAfter(latest) ? latest : kept.expiresAt();
  }

  /// Notes whether a key is named after it now.
  void named(boolean isSo) {
    isNamed = isSo;
  }

  WireName apex() {
    return apex;
  }

  State state() {
    return state;
  }

  boolean isBusy() {
    return state instanceof State.Probing || state instanceof State.Transferring;
  }

  /// Until when the version that there is may be served; empty if there is none.
  Optional<Instant> expiresAt() {
    return zone == null ? Optional.empty() : Optional.of(expiresAt);
  }

  /// When something has to happen without anybody's doing; null if nothing has to.
  @Nullable Instant alarm() {
    Instant due =
        switch (state) {
          case State.Probing _, State.Transferring _ -> null;
          case State.Current(Instant refreshAt) -> refreshAt;
          case State.Retrying(Instant retryAt) -> retryAt;
          case State.Expired(Instant retryAt) -> retryAt;
        };
    if (zone == null || isExpired) {
      return due;
    }
    return due == null || expiresAt.isBefore(due) ? expiresAt : due;
  }

  /// Whether a round should begin.
  boolean isDue(Instant now) {
    return switch (state) {
      case State.Probing _, State.Transferring _ -> false;
      case State.Current(Instant refreshAt) -> !now.isBefore(refreshAt);
      case State.Retrying(Instant retryAt) -> !now.isBefore(retryAt);
      case State.Expired(Instant retryAt) -> !now.isBefore(retryAt);
    };
  }

  /// Somebody says that there is something new: a round begins now, or once more after this one.
  void want(Instant now) {
    Instant soon = soon(now);
    switch (state) {
      case State.Probing _, State.Transferring _ -> isWantedAgain = true;
      case State.Current _ -> state = new State.Current(soon);
      case State.Retrying _ -> state = new State.Retrying(soon);
      case State.Expired _ -> state = new State.Expired(soon);
    }
  }

  private Instant soon(Instant now) {
    return restUntil.isAfter(now) ? restUntil : now;
  }

  /// Takes it that no primary has the zone, as the last ones that were asked said.
  void disown(Instant now) {
    disownedSince = now;
  }

  /// Stops serving what has expired.
  ///
  /// @return whether it did so now
  boolean expireIfDue(Instant now, List<SecondaryEffect> effects) {
    if (zone == null || isExpired || now.isBefore(expiresAt)) {
      return false;
    }
    isExpired = true;
    if (state instanceof State.Retrying(Instant retryAt)) {
      state = new State.Expired(retryAt);
    }
    effects.add(
        new SecondaryEffect.Report(
            new SecondaryEvent.ZoneExpired(apex, zone.serial(), confirmedAt, failure)));
    return true;
  }

  // ---- a round ----

  /// In which order primaries are asked.
  ///
  /// @param all the zone's primaries, at least one
  /// @param preferred an address to ask first, if it is one of them; null: the one that answered
  ///   last
  List<RemotePrimary> inOrder(List<RemotePrimary> all, @Nullable InetAddress preferred) {
    List<RemotePrimary> order = new ArrayList<>(all);
    order.sort(Comparator.comparing((RemotePrimary primary) -> !isFirst(primary, preferred)));
    return order;
  }

  /// Begins to ask.
  ///
  /// @param order the zone's primaries, at least one, as they are asked in turn
  void begin(List<RemotePrimary> order, long attempt, Instant now, List<SecondaryEffect> effects) {
    roundBeganAt = now;
    round = new Round(order);
    probe(attempt, effects);
  }

  private boolean isFirst(RemotePrimary primary, @Nullable InetAddress preferred) {
    return preferred == null
        ? primary.equals(lastGood)
        : primary.address().getAddress().equals(preferred);
  }

  private void probe(long attempt, List<SecondaryEffect> effects) {
    state = new State.Probing(attempt);
    effects.add(new SecondaryEffect.Probe(apex, attempt, round.primary()));
  }

  private void transfer(long attempt, List<SecondaryEffect> effects) {
    Zone base = round.onlyWhole ? null : zone;
    state = new State.Transferring(attempt, base != null);
    effects.add(new SecondaryEffect.Transfer(apex, attempt, round.primary(), base));
  }

  private boolean isOf(long attempt) {
    return switch (state) {
      case State.Probing(long current) -> current == attempt;
      case State.Transferring(long current, _) -> current == attempt;
      case State.Current _, State.Retrying _, State.Expired _ -> false;
    };
  }

  /// Takes what a primary said.
  ///
  /// @param attempt the attempt that ended
  /// @param next a number for the next one
  /// @return whether the zone is to be forgotten
  boolean answered(
      long attempt, Answer answer, long next, Instant now, List<SecondaryEffect> effects) {
    if (!isOf(attempt)) {
      return false;
    }
    return switch (answer) {
      case Answer.HasSerial(Serial serial, OptionalInt expire) ->
          hasSerial(serial, expire, next, now, effects);
      case Answer.Brought brought -> brought(brought, next, now, effects);
      case Answer.Failed failed -> failed(failed, next, now, effects);
    };
  }

  private boolean hasSerial(
      Serial serial, OptionalInt expire, long next, Instant now, List<SecondaryEffect> effects) {
    Zone ours = zone;
    boolean isProbe = state instanceof State.Probing;
    if (isProbe && (ours == null || serial.isNewerThan(ours.serial()))) {
      transfer(next, effects);
      return false;
    }
    if (ours == null || !serial.equals(ours.serial())) {
      String text = "it has serial " + serial + (ours == null ? "" : ", which is older than ours");
      return nextPrimary(InboundFailure.REFUSED, text, next, now, effects);
    }
    return confirmed(ours, expire, now, effects);
  }

  /// The primary has our version: it may be served for as long again.
  @Rfc(number = 7314, section = "4")
  private boolean confirmed(
      Zone ours, OptionalInt expire, Instant now, List<SecondaryEffect> effects) {
    Instant until = now.plus(RefreshTimes.expire(ours, expire));
    if (expire.isEmpty() || until.isAfter(expiresAt)) {
      expiresAt = until;
    }
    isExpired = !now.isBefore(expiresAt);
    succeeded(ours, now, effects);
    effects.add(new SecondaryEffect.Confirm(new StoredVersion(ours, confirmedAt, expiresAt)));
    return false;
  }

  private boolean brought(
      Answer.Brought brought, long next, Instant now, List<SecondaryEffect> effects) {
    Zone ours = zone;
    Zone theirs = brought.zone();
    if (ours != null && !theirs.serial().isNewerThan(ours.serial())) {
      return hasSerial(theirs.serial(), brought.expireSeconds(), next, now, effects);
    }
    zone = theirs;
    expiresAt = now.plus(RefreshTimes.expire(theirs, brought.expireSeconds()));
    isExpired = false;
    RemotePrimary from = round.primary();
    succeeded(theirs, now, effects);
    effects.add(
        new SecondaryEffect.Report(
            new SecondaryEvent.ZoneReceived(
                apex,
                ours == null ? null : ours.serial(),
                theirs.serial(),
                theirs.recordCount(),
                from.address(),
                brought.isIncremental(),
                brought.size().messages(),
                brought.size().octets(),
                brought.size().millis())));
    // If changes came they are of ours: that has not become another one since it was asked with.
    effects.add(
        new SecondaryEffect.Keep(
            new StoredVersion(theirs, confirmedAt, expiresAt), ours, brought.change()));
    return false;
  }

  private void succeeded(Zone current, Instant now, List<SecondaryEffect> effects) {
    if (failures > 0) {
      effects.add(
          new SecondaryEffect.Report(
              new SecondaryEvent.PrimaryIsBack(apex, round.primary().address())));
    }
    confirmedAt = now;
    lastGood = round.primary();
    failures = 0;
    failure = null;
    disownedSince = null;
    Duration took = Duration.between(roundBeganAt, now);
    restUntil =
        now.plus(took.compareTo(RefreshTimes.MIN_PAUSE) > 0 ? took : RefreshTimes.MIN_PAUSE);
    state = new State.Current(isWantedAgain ? soon(now) : now.plus(times.untilRefresh(current)));
    isWantedAgain = false;
  }

  private boolean failed(
      Answer.Failed failed, long next, Instant now, List<SecondaryEffect> effects) {
    boolean isMended =
        state instanceof State.Transferring(_, boolean isIncremental)
            && isIncremental
            && MENDED_BY_THE_WHOLE.contains(failed.why());
    if (isMended) {
      effects.add(
          new SecondaryEffect.Report(
              new SecondaryEvent.ChangesNotUsable(apex, round.primary().address(), failed.text())));
      round.onlyWhole = true;
      transfer(next, effects);
      return false;
    }
    return nextPrimary(failed.why(), failed.text(), next, now, effects);
  }

  private boolean nextPrimary(
      InboundFailure why, String text, long next, Instant now, List<SecondaryEffect> effects) {
    round.said.add(round.primary() + ": " + text);
    round.allDisown &= why == InboundFailure.NOT_AUTHORITATIVE;
    round.index++;
    if (round.index < round.primaries.size()) {
      probe(next, effects);
      return false;
    }
    return roundFailed(now, effects);
  }

  private boolean roundFailed(Instant now, List<SecondaryEffect> effects) {
    failures++;
    String said = String.join("; ", round.said);
    if (isDisowned(now)) {
      effects.add(new SecondaryEffect.Report(new SecondaryEvent.ZoneForgotten(apex, said)));
      return true;
    }
    Zone ours = zone;
    effects.add(
        new SecondaryEffect.Report(
            new SecondaryEvent.RefreshFailed(
                apex,
                said,
                ours == null ? null : ours.serial(),
                ours == null ? null : expiresAt,
                said.equals(failure))));
    failure = said;
    restUntil = now.plus(RefreshTimes.PAUSE_AFTER_FAILURE);
    Duration delay =
        ours == null ? times.untilFirstRetry(failures) : times.untilRetry(ours, failures);
    Instant retryAt = isWantedAgain ? soon(now) : now.plus(delay);
    isWantedAgain = false;
    state = isExpired ? new State.Expired(retryAt) : new State.Retrying(retryAt);
    return false;
  }

  /// Whether every primary has said for long enough that the zone is none of its own. One slip of a
  /// primary, such as a start without its zones, must not take a zone off the net.
  private boolean isDisowned(Instant now) {
    if (!round.allDisown) {
      disownedSince = null;
      return false;
    }
    Instant since = Objects.requireNonNullElse(disownedSince, now);
    disownedSince = since;
    if (zone == null) {
      return !isNamed; // Only a NOTIFY spoke of it, and there is nothing to lose.
    }
    return !now.isBefore(since.plus(Secondary.REMOVAL_GRACE));
  }

  // ---- what is served ----

  /// What questions are answered from; null if the zone is none of ours. A zone that a key names
  /// and that is not here answers SERVFAIL; silence would let an enclosing zone of ours answer in
  /// its place. One that only a NOTIFY spoke of is served when it is here.
  @Nullable ServedZone served() {
    Zone version = zone;
    if (version != null) {
      return isExpired ? new UnavailableZone(apex) : version;
    }
    return isNamed && disownedSince == null ? new UnavailableZone(apex) : null;
  }

  /// For people: what is served and why.
  ZoneStatus status() {
    Zone version = isExpired ? null : zone;
    ZoneStatus.State shown =
        isExpired
            ? ZoneStatus.State.EXPIRED
            : zone == null
                ? ZoneStatus.State.PENDING
                : failures > 0 ? ZoneStatus.State.RETRYING : ZoneStatus.State.CURRENT;
    String why = failure;
    return new ZoneStatus(
        apex,
        version == null ? null : version.serial(),
        version == null ? 0 : version.recordCount(),
        shown,
        lastGood == null ? "-" : lastGood.toString(),
        confirmedAt,
        null,
        why == null
            ? List.of()
            : List.of(
                new Finding(
                    Position.ofFile(apex.toStringNoDot()),
                    Finding.Level.WARNING,
                    why,
                    "transfer")));
  }
}
