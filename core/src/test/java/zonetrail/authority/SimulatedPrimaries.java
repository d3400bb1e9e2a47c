package zonetrail.authority;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.notify.NotifyMessage;
import zonetrail.transfer.InboundFailure;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// A [Secondary] and the world around it in virtual time: primaries that answer, or do not, a disk,
/// and a clock that jumps to the next thing that happens.
final class SimulatedPrimaries {
  static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final Duration LATENCY = Duration.ofMillis(20);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  final List<SecondaryEffect> effects = new ArrayList<>();
  final Map<WireName, StoredVersion> disk = new HashMap<>();
  final Set<WireName> wanted = new LinkedHashSet<>();

  /// Until when each zone may be served, by what primaries said and when: no look at the secondary.
  final Map<WireName, Instant> mayServeUntil = new HashMap<>();

  final Map<WireName, Zone> zones = new LinkedHashMap<>();
  final Set<InetSocketAddress> away = new HashSet<>();
  final Set<WireName> disowned = new HashSet<>();
  final Map<InetSocketAddress, Answer> saysInstead = new HashMap<>();

  /// Primaries that are secondaries themselves: they have what these serve.
  final Map<InetSocketAddress, SimulatedPrimaries> chained = new HashMap<>();

  final List<VersionStore.Damaged> damaged = new ArrayList<>();
  OptionalInt expireOption = OptionalInt.empty();
  boolean isIncrementalBroken;
  Instant now = Instant.parse("2026-11-22T12:00:00Z");

  private final RemotePrimaries primaries;
  private final PriorityQueue<Coming> coming =
      new PriorityQueue<>(Comparator.comparing(Coming::time));
  private Secondary secondary;
  private @Nullable Publication published;
  private @Nullable Instant wakeAt;
  private int messages;

  private record Coming(Instant time, SecondaryInput input) {}

  SimulatedPrimaries(long seed, List<InetSocketAddress> addresses, TsigKey... keys) {
    primaries =
        new RemotePrimaries(addresses, KeyRing.of(Map.of("keys", List.of(keys))), List.of());
    secondary = secondary(seed);
  }

  private Secondary secondary(long seed) {
    return new Secondary(primaries, new Random(seed)::nextDouble, new ExpireTimers(() -> this.now));
  }

  static TsigKey key(String name) {
    return TsigKey.parse(name + ":SHA256:" + SECRET);
  }

  static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 53);
  }

  static Zone zone(String apex, int serial, int refresh, int retry, int expire) {
    String text =
        "@ 300 SOA ns.example.org. h.example.org. %d %d %d %d 300\n@ 300 NS ns.example.org.\n"
            .formatted(serial, refresh, retry, expire);
    WireName name = WireName.parse(apex);
    return Objects.requireNonNull(
        ZoneFileReader.read(apex, name, text.getBytes(StandardCharsets.UTF_8), IncludeSource.NONE)
            .zone());
  }

  SimulatedPrimaries serves(Zone zone) {
    zones.put(zone.apex(), zone);
    return this;
  }

  void start() {
    step(
        new SecondaryInput.Started(
            new VersionStore.Loaded(List.copyOf(disk.values()), damaged, List.copyOf(wanted))));
  }

  /// The process is killed, and another begins with what is on the disk.
  void restart(long seed) {
    coming.clear();
    wakeAt = null;
    published = null;
    secondary = secondary(seed);
    start();
  }

  void step(SecondaryInput input) {
    for (SecondaryEffect effect : secondary.step(input, now)) {
      effects.add(effect);
      switch (effect) {
        case SecondaryEffect.Probe probe -> answer(probe);
        case SecondaryEffect.Transfer transfer -> answer(transfer);
        case SecondaryEffect.Keep(StoredVersion version, _, _) -> {
          disk.put(version.zone().apex(), version);
          wanted.remove(version.zone().apex());
        }
        case SecondaryEffect.Confirm(StoredVersion version) ->
            disk.replace(version.zone().apex(), version);
        case SecondaryEffect.Want want -> wanted.add(want.zone());
        case SecondaryEffect.Forget(WireName zone) -> {
          disk.remove(zone);
          wanted.remove(zone);
        }
        case SecondaryEffect.Publish(Publication publication) -> published = publication;
        case SecondaryEffect.WakeAt(Instant time) -> wakeAt = time;
        case SecondaryEffect.Reply _, SecondaryEffect.Report _ -> {}
      }
    }
  }

  private void answer(SecondaryEffect.Probe probe) {
    Answer answer = failureOf(probe.zone(), probe.primary());
    if (answer == null) {
      Answer instead = saysInstead.get(probe.primary().address());
      Zone theirs = theirs(probe.zone(), probe.primary());
      answer =
          instead != null
              ? instead
              : new Answer.HasSerial(
                  Objects.requireNonNull(theirs).serial(), expireOption(theirs, probe.primary()));
    }
    come(probe.zone(), probe.attempt(), answer);
  }

  private void answer(SecondaryEffect.Transfer transfer) {
    Answer answer = failureOf(transfer.zone(), transfer.primary());
    if (answer == null) {
      Zone theirs = Objects.requireNonNull(theirs(transfer.zone(), transfer.primary()));
      Zone base = transfer.base();
      answer =
          base != null && isIncrementalBroken
              ? new Answer.Failed(InboundFailure.BAD_CHANGE, "removes what is not there")
              : new Answer.Brought(
                  theirs,
                  base == null ? null : ZoneChange.between(base, theirs),
                  expireOption(theirs, transfer.primary()),
                  new SecondaryInput.Size(1, 100, 1));
    }
    come(transfer.zone(), transfer.attempt(), answer);
  }

  /// The version that a primary serves; null if it serves none.
  private @Nullable Zone theirs(WireName zone, RemotePrimary primary) {
    SimulatedPrimaries secondary = chained.get(primary.address());
    if (secondary == null) {
      return zones.get(zone);
    }
    return secondary.published().zones().zone(zone) instanceof Zone version ? version : null;
  }

  private OptionalInt expireOption(Zone theirs, RemotePrimary primary) {
    SimulatedPrimaries secondary = chained.get(primary.address());
    return secondary == null
        ? expireOption
        : OptionalInt.of(secondary.published().zones().secondsLeft(theirs));
  }

  private @Nullable Answer failureOf(WireName zone, RemotePrimary primary) {
    if (away.contains(primary.address())) {
      return new Answer.Failed(InboundFailure.UNREACHABLE, "no reply");
    }
    if (chained.containsKey(primary.address()) && theirs(zone, primary) == null) {
      return new Answer.Failed(InboundFailure.REFUSED, "the answer was SERVFAIL");
    }
    return disowned.contains(zone) || theirs(zone, primary) == null
        ? new Answer.Failed(InboundFailure.NOT_AUTHORITATIVE, "the answer was NOTAUTH")
        : null;
  }

  private void come(WireName zone, long attempt, Answer answer) {
    boolean isSilence =
        answer instanceof Answer.Failed failed && failed.why() == InboundFailure.UNREACHABLE;
    Duration after = isSilence ? TIMEOUT : LATENCY;
    coming.add(new Coming(now.plus(after), new SecondaryInput.Answered(zone, attempt, answer)));
  }

  /// Lets time pass; everything that happens does so at its moment.
  void run(Duration time) {
    Instant end = now.plus(time);
    while (true) {
      Coming next = coming.peek();
      boolean isWake = wakeAt != null && (next == null || wakeAt.isBefore(next.time()));
      Instant at = isWake ? wakeAt : next == null ? null : next.time();
      if (at == null || at.isAfter(end)) {
        now = end;
        return;
      }
      now = at.isAfter(now) ? at : now;
      if (isWake) {
        wakeAt = null;
        step(new SecondaryInput.DeadlineReached());
      } else {
        coming.remove();
        SecondaryInput input = Objects.requireNonNull(next).input();
        note((SecondaryInput.Answered) input);
        step(input);
      }
    }
  }

  private void note(SecondaryInput.Answered answered) {
    StoredVersion ours = disk.get(answered.zone());
    Zone confirmed =
        switch (answered.answer()) {
          case Answer.HasSerial(Serial serial, _) ->
              ours != null && ours.zone().serial().equals(serial) ? ours.zone() : null;
          case Answer.Brought brought -> brought.zone();
          case Answer.Failed _ -> null;
        };
    if (confirmed != null) {
      mayServeUntil.put(answered.zone(), now.plusSeconds(confirmed.expireSeconds()));
    }
  }

  Verdict.Verified signed(TsigKey key, WireName zone) {
    byte[] message = NotifyMessage.request(++messages, zone, Serial.of(1));
    byte[] signed = TsigSigner.signRequest(message, message.length, key, now).message();
    KeyRing ring = KeyRing.of(Map.of("any", List.of(key)));
    return (Verdict.Verified) TsigVerifier.verify(signed, signed.length, ring, now);
  }

  /// A NOTIFY, and what it was answered.
  Rcode notifyOf(String zone, TsigKey key, String client) {
    WireName apex = WireName.parse(zone);
    return notify(apex, signed(key, apex), client);
  }

  Rcode notify(WireName zone, Verdict.Verified request, String client) {
    step(new SecondaryInput.NotifyReceived(zone, request, now, new ClientToldByOthers(at(client))));
    for (SecondaryEffect effect : effects.reversed()) {
      if (effect instanceof SecondaryEffect.Reply(_, Rcode rcode)) {
        return rcode;
      }
      if (effect instanceof SecondaryEffect.Want) {
        return Rcode.NOERROR;
      }
    }
    throw new AssertionError("no answer");
  }

  /// What is served under a name: `null` nothing of ours, else the serial, or -1 for SERVFAIL.
  @Nullable Long served(String zone) {
    var there = Objects.requireNonNull(published).zones().zone(WireName.parse(zone));
    return there == null ? null : there instanceof Zone version ? version.serial().value() : -1L;
  }

  Publication published() {
    return Objects.requireNonNull(published);
  }

  <T extends SecondaryEffect> List<T> effectsOf(Class<T> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  <T extends Event> List<T> events(Class<T> kind) {
    return effectsOf(SecondaryEffect.Report.class).stream()
        .map(SecondaryEffect.Report::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  int probes() {
    return effectsOf(SecondaryEffect.Probe.class).size();
  }

  List<Boolean> transfersIncremental() {
    return effectsOf(SecondaryEffect.Transfer.class).stream()
        .map(transfer -> transfer.base() != null)
        .toList();
  }
}
