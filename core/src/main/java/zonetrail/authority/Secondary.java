package zonetrail.authority;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.Operation;
import zonetrail.tsig.ReplayMemory;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.Zones;

/// A secondary, whose truth lies with its primaries: it asks them when a zone's SOA says so or a
/// NOTIFY does, serves what is whole and checked, and for as long as EXPIRE allows.
///
/// What becomes of one zone is in [SecondaryZone], with its drawing. Here is what concerns all:
/// which of them are due (at most [#MAX_UNDER_WAY] are asked for at once, the others wait in order,
/// but those of a primary that has [#MAX_UNDER_WAY_AT_A_PRIMARY] behind those of others), zones
/// that come by NOTIFY, and what is published.
///
/// One owner, no thread of its own; time and chance come in from outside.
public final class Secondary {
  /// How many zones there are at most; a NOTIFY of one more is refused.
  public static final int MAX_ZONES = 100_000;

  /// For how many zones primaries are asked at once.
  public static final int MAX_UNDER_WAY = 64;

  /// For how many of these the same primary is asked first. One that takes connections and says
  /// nothing, or very little, has its own zones wait, and not those of others.
  public static final int MAX_UNDER_WAY_AT_A_PRIMARY = 48;

  /// How long all primaries have to disown a zone (NOTAUTH) until it is no longer served, and
  /// removed from the disk: a weekend in which nobody sees that a primary lost its zones.
  public static final Duration REMOVAL_GRACE = Duration.ofDays(3);

  /// How many of the zones that wait are looked at for one that may begin, after each input.
  private static final int MAX_LOOKS = 256;

  /// How much of the heap a change may take that is held with what is published, and the version
  /// before with it. What a larger one changed is found out by comparing.
  private static final int MAX_KNOWN_OCTETS = 4 << 20;

  private static final String VERSION = "transfers";

  private RemotePrimaries primaries;
  private final RefreshTimes times;
  private final ExpireTimers timers;
  private final Map<WireName, SecondaryZone> zones = new LinkedHashMap<>();
  private final Map<WireName, Instant> alarms = new HashMap<>();
  private final TreeSet<Alarm> byTime = new TreeSet<>();
  private final Set<WireName> waiting = new LinkedHashSet<>();
  private final Map<WireName, InetAddress> notifiers = new HashMap<>();
  private final ReplayMemory replays = new ReplayMemory(ReplayMemory.DEFAULT_REQUESTS);
  private final RoundPlaces rounds = new RoundPlaces(MAX_UNDER_WAY, MAX_UNDER_WAY_AT_A_PRIMARY);
  private long attempts;
  private @Nullable Instant wakeAt;
  private Zones served;
  private Instant lastChange = Instant.EPOCH;

  /// Of each zone in [#served], at the place that [#places] says.
  private StatusTable statuses = StatusTable.EMPTY;

  private final Map<WireName, Integer> places = new HashMap<>();
  private final BitSet taken = new BitSet();

  /// When a zone has to be looked at.
  private record Alarm(Instant time, WireName zone) implements Comparable<Alarm> {
    @Override
    public int compareTo(Alarm other) {
      int order = time.compareTo(other.time);
      return order == 0 ? zone.compareTo(other.zone) : order;
    }
  }

  /// Creates a secondary that serves nothing until [SecondaryInput.Started].
  ///
  /// @param primaries where zones come from, and the keys in force
  /// @param chance numbers from 0 to 1, the latter excluded, so that not all secondaries come at
  ///   once
  /// @param timers where it notes until when it may serve what it serves
  public Secondary(RemotePrimaries primaries, DoubleSupplier chance, ExpireTimers timers) {
    this.primaries = primaries;
    this.timers = timers;
    this.served = Zones.NONE.withLifetimes(timers);
    this.times = new RefreshTimes(chance);
  }

  /// How full what is bounded is.
  ///
  /// @param zones zones, at most [#MAX_ZONES]
  /// @param underWay zones that primaries are asked for, at most [#MAX_UNDER_WAY]
  /// @param waiting zones that wait for a place among those
  /// @param rememberedRequests requests that are known again, at most
  ///   [ReplayMemory#DEFAULT_REQUESTS]
  public record Load(int zones, int underWay, int waiting, int rememberedRequests) {}

  /// How full what is bounded is now.
  public Load load() {
    return new Load(zones.size(), rounds.taken(), waiting.size(), replays.size());
  }

  /// Takes one input.
  ///
  /// @return what to do, in this order
  public List<SecondaryEffect> step(SecondaryInput input, Instant now) {
    List<SecondaryEffect> effects = new ArrayList<>();
    Zones servedBefore = served;
    StatusTable statusesBefore = statuses;
    switch (input) {
      case SecondaryInput.Started(VersionStore.Loaded kept) -> started(kept, now, effects);
      case SecondaryInput.NotifyReceived notify -> notified(notify, now, effects);
      case SecondaryInput.RefreshWanted() -> refreshAll(now);
      case SecondaryInput.PrimariesChanged(RemotePrimaries others) -> take(others, now, effects);
      case SecondaryInput.Answered answered -> answered(answered, now, effects);
      case SecondaryInput.NotKept(WireName zone, String reason) ->
          effects.add(new SecondaryEffect.Report(new SecondaryEvent.VersionNotKept(zone, reason)));
      case SecondaryInput.DeadlineReached() -> wakeAt = null;
    }
    ringAlarms(now, effects);
    beginWaiting(now, effects);
    boolean isChange =
        served != servedBefore
            || input instanceof SecondaryInput.Started
            || input instanceof SecondaryInput.PrimariesChanged;
    if (isChange) {
      lastChange = now;
    }
    if (isChange || statuses != statusesBefore) {
      effects.add(new SecondaryEffect.Publish(publication(changes(effects))));
    }
    wakeForNextAlarm(effects);
    return effects;
  }

  private void started(VersionStore.Loaded kept, Instant now, List<SecondaryEffect> effects) {
    Set<WireName> named = primaries.zonesNamed();
    for (StoredVersion version : kept.versions()) {
      WireName apex = version.zone().apex();
      if (!primaries.of(apex).isEmpty()) {
        SecondaryZone zone = add(apex, named.contains(apex), now);
        zone.resume(version, now);
        note(zone);
        show(zone);
      }
    }
    for (VersionStore.Damaged damaged : kept.damaged()) {
      effects.add(new SecondaryEffect.Report(new SecondaryEvent.VersionDamaged(damaged.text())));
      WireName apex = damaged.zone();
      if (apex != null && !zones.containsKey(apex) && !primaries.of(apex).isEmpty()) {
        add(apex, named.contains(apex), now);
      }
    }
    for (WireName apex : kept.wanted()) {
      if (!zones.containsKey(apex) && !primaries.of(apex).isEmpty()) {
        add(apex, named.contains(apex), now);
      }
    }
    for (WireName apex : named) {
      if (!zones.containsKey(apex)) {
        add(apex, true, now);
      }
    }
  }

  /// A zone that no key covers any more is none of ours, as after a restart; the disk keeps it.
  private void take(RemotePrimaries others, Instant now, List<SecondaryEffect> effects) {
    primaries = others;
    Set<WireName> named = others.zonesNamed();
    for (SecondaryZone zone : List.copyOf(zones.values())) {
      WireName apex = zone.apex();
      if (others.of(apex).isEmpty()) {
        rounds.leave(apex);
        waiting.remove(apex);
        notifiers.remove(apex);
        remove(zone);
      } else {
        zone.named(named.contains(apex));
        show(zone);
      }
    }
    for (WireName apex : named) {
      if (!zones.containsKey(apex)) {
        add(apex, true, now);
      }
    }
    effects.add(
        new SecondaryEffect.Report(
            new SecondaryEvent.KeysTaken(others.keys().keys().size(), zones.size())));
  }

  private void remove(SecondaryZone zone) {
    zones.remove(zone.apex());
    forgetAlarm(zone.apex());
    hide(zone.apex());
    timers.remove(zone.apex());
  }

  private SecondaryZone add(WireName apex, boolean isNamed, Instant now) {
    SecondaryZone zone = new SecondaryZone(apex, isNamed, times, now);
    zones.put(apex, zone);
    note(zone);
    show(zone);
    return zone;
  }

  private SecondaryZone zone(WireName apex) {
    return Objects.requireNonNull(zones.get(apex));
  }

  @Rfc(number = 1996, section = "3.11")
  @Rfc(number = 1996, section = "4.7")
  private void notified(
      SecondaryInput.NotifyReceived notify, Instant now, List<SecondaryEffect> effects) {
    WireName apex = notify.zone();
    WireName key = notify.key().name().wire();
    boolean permitted =
        primaries.keys().contains(notify.key())
            && notify.key().name().permits(Operation.NOTIFY, apex);
    if (!permitted) {
      effects.add(new SecondaryEffect.Report(new Event.NotifyRefused(apex, key, notify.client())));
      effects.add(new SecondaryEffect.Reply(notify.reply(), Rcode.REFUSED));
      return;
    }
    boolean isKnown = zones.containsKey(apex);
    Rcode rcode =
        switch (replays.recall(notify.request(), notify.verifiedAt())) {
          case FIRST -> {
            effects.add(
                new SecondaryEffect.Report(new Event.NotifyAccepted(apex, key, notify.client())));
            yield take(notify, now, effects);
          }
          case REPLAY -> {
            effects.add(
                new SecondaryEffect.Report(new Event.NotifyRepeated(apex, key, notify.client())));
            yield Rcode.NOERROR;
          }
          case FULL -> {
            effects.add(
                new SecondaryEffect.Report(
                    new Event.NotifyNotRemembered(apex, key, notify.client())));
            yield Rcode.SERVFAIL;
          }
        };
    // Only this NOTIFY may ever speak of a new zone, so it is not to die with this process.
    effects.add(
        !isKnown && zones.containsKey(apex)
            ? new SecondaryEffect.Want(apex, notify.reply())
            : new SecondaryEffect.Reply(notify.reply(), rcode));
  }

  /// A zone that is not known begins by this: it is how new zones spread.
  private Rcode take(
      SecondaryInput.NotifyReceived notify, Instant now, List<SecondaryEffect> effects) {
    WireName apex = notify.zone();
    WireName key = notify.key().name().wire();
    SecondaryZone zone = zones.get(apex);
    if (zone == null) {
      String obstacle = obstacleTo(apex);
      if (obstacle != null) {
        effects.add(
            new SecondaryEffect.Report(
                new SecondaryEvent.AnnouncementNotTaken(apex, key, notify.client(), obstacle)));
        return Rcode.REFUSED;
      }
      effects.add(
          new SecondaryEffect.Report(new SecondaryEvent.ZoneAnnounced(apex, key, notify.client())));
      zone = add(apex, false, now);
    }
    zone.want(now);
    notifiers.put(apex, notify.client().getAddress());
    note(zone);
    return Rcode.NOERROR;
  }

  private @Nullable String obstacleTo(WireName apex) {
    if (primaries.of(apex).isEmpty()) {
      return "no _transfer key with a primary covers this zone; give one, or --primary";
    }
    return zones.size() >= MAX_ZONES
        ? "there are " + MAX_ZONES + " zones already; start another secondary for more"
        : null;
  }

  private void refreshAll(Instant now) {
    for (SecondaryZone zone : zones.values()) {
      zone.want(now);
      note(zone);
    }
  }

  private void answered(
      SecondaryInput.Answered answered, Instant now, List<SecondaryEffect> effects) {
    SecondaryZone zone = zones.get(answered.zone());
    if (zone == null || !zone.isBusy()) {
      return;
    }
    boolean isGone = zone.answered(answered.attempt(), answered.answer(), ++attempts, now, effects);
    if (!zone.isBusy() || isGone) {
      rounds.leave(zone.apex());
    }
    if (isGone) {
      remove(zone);
      effects.add(new SecondaryEffect.Forget(zone.apex()));
      if (primaries.zonesNamed().contains(zone.apex())) {
        // A key still names it, so it may come back; until then it is none of ours.
        SecondaryZone named = add(zone.apex(), true, now.plus(RefreshTimes.MAX_FIRST_RETRY));
        named.disown(now);
        show(named);
      }
      return;
    }
    note(zone);
    show(zone);
  }

  // ---- time ----

  private void note(SecondaryZone zone) {
    zone.expiresAt().ifPresent(time -> timers.set(zone.apex(), time));
    forgetAlarm(zone.apex());
    Instant alarm = zone.alarm();
    if (alarm != null) {
      alarms.put(zone.apex(), alarm);
      byTime.add(new Alarm(alarm, zone.apex()));
    }
  }

  private void forgetAlarm(WireName apex) {
    Instant before = alarms.remove(apex);
    if (before != null) {
      byTime.remove(new Alarm(before, apex));
    }
  }

  private void ringAlarms(Instant now, List<SecondaryEffect> effects) {
    while (!byTime.isEmpty() && !byTime.first().time().isAfter(now)) {
      SecondaryZone zone = zone(byTime.first().zone());
      expireIfDue(zone, now, effects);
      if (zone.isDue(now)) {
        // It has no alarm while it waits; what else could ring, its expiry, is looked for below.
        waiting.add(zone.apex());
        forgetAlarm(zone.apex());
      } else {
        note(zone);
      }
    }
    for (WireName apex : waiting) {
      expireIfDue(zone(apex), now, effects);
    }
  }

  private void expireIfDue(SecondaryZone zone, Instant now, List<SecondaryEffect> effects) {
    if (zone.expireIfDue(now, effects)) {
      show(zone);
    }
  }

  /// Those whose primary has no place left go to the end; what is under way there comes to an end,
  /// and this is done again.
  private void beginWaiting(Instant now, List<SecondaryEffect> effects) {
    int looks = Math.min(waiting.size(), MAX_LOOKS);
    for (int i = 0; i < looks && rounds.taken() < MAX_UNDER_WAY; i++) {
      WireName apex = waiting.iterator().next();
      waiting.remove(apex);
      SecondaryZone zone = zone(apex);
      List<RemotePrimary> order = zone.inOrder(primaries.of(apex), notifiers.get(apex));
      if (!rounds.take(apex, order.getFirst().address())) {
        waiting.add(apex);
        continue;
      }
      notifiers.remove(apex);
      zone.begin(order, ++attempts, now, effects);
      note(zone);
    }
  }

  private void wakeForNextAlarm(List<SecondaryEffect> effects) {
    Instant next = byTime.isEmpty() ? null : byTime.first().time();
    if (next != null && !next.equals(wakeAt)) {
      wakeAt = next;
      effects.add(new SecondaryEffect.WakeAt(next));
    }
  }

  // ---- what is served ----

  /// Brings what is published of a zone to how it stands now. It costs nothing of the other zones,
  /// of which there may be a hundred thousand.
  private void show(SecondaryZone zone) {
    ServedZone now = zone.served();
    if (now == null) {
      hide(zone.apex());
      return;
    }
    int place = places.computeIfAbsent(zone.apex(), any -> freePlace());
    statuses = statuses.with(place, zone.status());
    if (!now.equals(served.zone(zone.apex()))) {
      served = served.with(now);
    }
  }

  private int freePlace() {
    int place = taken.nextClearBit(0);
    taken.set(place);
    return place;
  }

  private void hide(WireName apex) {
    served = served.without(apex);
    Integer place = places.remove(apex);
    if (place != null) {
      taken.clear(place);
      statuses = statuses.with(place, null);
    }
  }

  /// What is known to have made the zones that are published of those before: an input brings one
  /// version at most.
  private static KnownChanges changes(List<SecondaryEffect> effects) {
    for (SecondaryEffect effect : effects) {
      if (effect instanceof SecondaryEffect.Keep(var version, var before, var change)
          && before != null
          && change != null
          && change.heapOctets() <= MAX_KNOWN_OCTETS) {
        return KnownChanges.of(before, change, version.zone());
      }
    }
    return KnownChanges.NONE;
  }

  private Publication publication(KnownChanges changes) {
    return new Publication(
        VERSION, served, primaries.keys(), new Transfers(lastChange, statuses, changes));
  }

  private record Transfers(Instant time, StatusTable table, KnownChanges changes)
      implements PublishedSource {
    @Override
    public Stream<ZoneStatus> statuses() {
      return table.all();
    }

    @Override
    public @Nullable ZoneChange change(Zone before, Zone after) {
      return changes.between(before, after);
    }
  }
}
