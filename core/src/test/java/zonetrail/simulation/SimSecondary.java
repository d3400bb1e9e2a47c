package zonetrail.simulation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Effect;
import zonetrail.authority.ExpireTimers;
import zonetrail.authority.Publication;
import zonetrail.authority.RemotePrimaries;
import zonetrail.authority.RemotePrimary;
import zonetrail.authority.ReplyHandle;
import zonetrail.authority.Secondary;
import zonetrail.authority.SecondaryEffect;
import zonetrail.authority.SecondaryInput;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.authority.StoredVersion;
import zonetrail.authority.VersionStore;
import zonetrail.notify.NotifyMessage;
import zonetrail.transfer.InboundFailure;
import zonetrail.transfer.InboundLimits;
import zonetrail.transfer.TransferIn;
import zonetrail.transfer.TransferOut;
import zonetrail.transfer.TransferQuery;
import zonetrail.transfer.TransferRequest;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.Rcode;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// A secondary process: it carries out the effects of a [Secondary] in virtual time, asks the
/// simulated primaries by messages as they are sent, and can be killed.
///
/// Its chance is its own, so that a seed does the same with it and without.
final class SimSecondary {
  private static final TsigKey KEY = Setting.key("s._transfer");
  private static final InboundLimits LIMITS = InboundLimits.forHeap(1L << 30);

  /// By name, also the one that comes and goes: a zone that is only known by a NOTIFY is forgotten
  /// with the process that was about to ask for it.
  private static final List<WireName> ZONES =
      Stream.concat(Setting.ZONES.stream().map(WireName::parse), Stream.of(Setting.MADE_ZONE))
          .toList();

  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final int ID = 4711;

  /// Small, so that a zone takes several messages.
  private static final int MESSAGE_OCTETS = 600;

  private final String name;
  private final World world;
  private final Faults faults;
  private final Promises promises;
  private final Bug bug;
  private final List<SimPrimary> primaries;
  private final RemotePrimaries remotes;
  private final Random chance;
  private final Map<WireName, StoredVersion> disk = new HashMap<>();
  private final Set<WireName> wanted = new LinkedHashSet<>();
  private @Nullable Secondary secondary;
  private @Nullable Publication published;
  private int run;
  private int wish;
  private int messages;

  /// @param primaries those that it asks, in this order
  SimSecondary(
      int number,
      World world,
      Faults faults,
      Promises promises,
      Bug bug,
      List<SimPrimary> primaries) {
    this.bug = bug;
    this.name = "secondary" + number;
    this.world = world;
    this.faults = faults;
    this.promises = promises;
    this.primaries = primaries;
    this.chance = new Random(number);
    this.remotes =
        new RemotePrimaries(
            primaries.stream().map(SimSecondary::addressOf).toList(),
            KeyRing.of(Map.of("keys", List.of(KEY))),
            ZONES);
  }

  private static InetSocketAddress addressOf(SimPrimary primary) {
    String number = primary.toString().replaceAll("\\D", "");
    return new InetSocketAddress(InetAddress.ofLiteral("192.0.2." + number), 53);
  }

  @Override
  public String toString() {
    return name;
  }

  /// The primaries that it asks.
  List<SimPrimary> primaries() {
    return primaries;
  }

  // ---- the process ----

  void start() {
    run++;
    secondary = new Secondary(remotes, chance::nextDouble, new ExpireTimers(world::now));
    world.trace("%s starts", name);
    step(
        new SecondaryInput.Started(
            new VersionStore.Loaded(List.copyOf(disk.values()), List.of(), List.copyOf(wanted))));
  }

  /// Begins to die now and then, until the faults are over.
  void begin() {
    start();
    dieLater();
  }

  private void dieLater() {
    world.after(
        millis(3_000, 15_000),
        () -> {
          if (!faults.areOver()) {
            world.trace("%s is killed", name);
            run++;
            secondary = null;
            published = null;
            world.after(millis(10, 3_000), this::start);
            dieLater();
          }
        });
  }

  private Duration millis(int least, int most) {
    return Duration.ofMillis(least + chance.nextInt(most - least));
  }

  private boolean isLost() {
    return !faults.areOver() && chance.nextInt(8) == 0;
  }

  private void later(Duration delay, Runnable action) {
    int thisRun = run;
    world.after(
        delay,
        () -> {
          if (run == thisRun) {
            action.run();
          }
        });
  }

  private void step(SecondaryInput input) {
    Secondary authority = secondary;
    if (authority == null) {
      return;
    }
    for (SecondaryEffect effect : authority.step(input, world.now())) {
      perform(effect);
    }
  }

  private void perform(SecondaryEffect effect) {
    switch (effect) {
      case SecondaryEffect.Probe probe ->
          ask(probe.zone(), probe.attempt(), probe.primary(), this::serial);
      case SecondaryEffect.Transfer transfer ->
          ask(
              transfer.zone(),
              transfer.attempt(),
              transfer.primary(),
              (primary, zone) -> transfer(primary, zone, transfer.base()));
      case SecondaryEffect.Keep(StoredVersion version, var before, _) -> {
        StoredVersion kept = disk.put(version.zone().apex(), version);
        if (before != null && (kept == null || !kept.zone().sameRecords(before))) {
          throw new IllegalStateException(name + " changes another version than is on its disk");
        }
        wanted.remove(version.zone().apex());
      }
      case SecondaryEffect.Confirm(StoredVersion version) ->
          disk.replace(version.zone().apex(), version);
      case SecondaryEffect.Want want -> wanted.add(want.zone());
      case SecondaryEffect.Forget(WireName zone) -> {
        disk.remove(zone);
        wanted.remove(zone);
      }
      case SecondaryEffect.Publish(Publication publication) -> {
        published = publication;
        promises.published(this, publication);
      }
      case SecondaryEffect.WakeAt(Instant time) -> wakeAt(time);
      case SecondaryEffect.Reply _, SecondaryEffect.Report _ -> {}
    }
  }

  private void wakeAt(Instant time) {
    int thisWish = ++wish;
    Duration delay = Duration.between(world.now(), time);
    later(
        delay.isNegative() ? Duration.ZERO : delay,
        () -> {
          if (wish == thisWish) {
            step(new SecondaryInput.DeadlineReached());
          }
        });
  }

  // ---- what it asks ----

  /// A primary's answer about a zone that it serves.
  private interface Question {
    Answer answer(SimPrimary primary, Zone zone);
  }

  private void ask(WireName zone, long attempt, RemotePrimary remote, Question question) {
    SimPrimary primary =
        primaries.stream()
            .filter(each -> addressOf(each).equals(remote.address()))
            .findFirst()
            .orElseThrow();
    later(
        millis(1, 200),
        () -> {
          Answer answer =
              isLost() || !primary.isUp()
                  ? new Answer.Failed(InboundFailure.UNREACHABLE, "no reply")
                  : answer(primary, zone, question);
          boolean isSilence =
              answer instanceof Answer.Failed failed && failed.why() == InboundFailure.UNREACHABLE;
          later(
              isSilence ? SILENCE : millis(1, 200),
              () -> step(new SecondaryInput.Answered(zone, attempt, answer)));
        });
  }

  private static Answer answer(SimPrimary primary, WireName apex, Question question) {
    ServedZone served = primary.published().zones().zone(apex);
    if (served == null) {
      return new Answer.Failed(InboundFailure.NOT_AUTHORITATIVE, "NOTAUTH");
    }
    return served instanceof Zone zone
        ? question.answer(primary, zone)
        : new Answer.Failed(InboundFailure.REFUSED, "SERVFAIL");
  }

  private Answer serial(SimPrimary primary, Zone zone) {
    return new Answer.HasSerial(zone.serial(), OptionalInt.empty());
  }

  /// By messages, some of which may not come.
  private Answer transfer(SimPrimary primary, Zone zone, @Nullable Zone base) {
    Zone before = base == null ? null : promises.served(primary, zone.apex(), base.serial());
    byte[] query =
        base == null ? TransferQuery.full(ID, zone.apex()) : TransferQuery.incremental(ID, base);
    QueryCursor cursor = new QueryCursor();
    if (cursor.wrap(query, query.length) != QueryCursor.Outcome.OK) {
      throw new IllegalStateException("our own query cannot be read");
    }
    TransferRequest request = TransferRequest.of(cursor);
    TransferOut out =
        before == null
            ? TransferOut.whole(request, zone)
            : TransferOut.difference(request, zone, ZoneChange.between(before, zone));
    TransferIn in = new TransferIn(zone.apex(), ID, base, null, LIMITS);
    byte[] target = new byte[ResponseWriter.MAX_MESSAGE_OCTETS + TransferOut.SLACK_OCTETS];
    TransferIn.Progress progress = new TransferIn.Progress.More();
    while (out.hasNext() && progress instanceof TransferIn.Progress.More && !isLost()) {
      byte[] message = Arrays.copyOf(target, out.next(target, MESSAGE_OCTETS));
      progress = in.accept(message, message.length, world.now());
    }
    return switch (progress) {
      case TransferIn.Progress.More() ->
          new Answer.Failed(InboundFailure.UNREACHABLE, "the line broke");
      case TransferIn.Progress.Complete(Zone brought, ZoneChange change) ->
          new Answer.Brought(
              bug.transferred(brought),
              change,
              OptionalInt.empty(),
              new SecondaryInput.Size(1, 1, 1));
      case TransferIn.Progress.UpToDate(Serial serial) ->
          new Answer.HasSerial(serial, OptionalInt.empty());
      case TransferIn.Progress.Failed(InboundFailure why, String text) ->
          new Answer.Failed(why, text);
    };
  }

  // ---- what it is told ----

  /// Nobody waits for the answer: what counts is that it came.
  private record Notifier(InetSocketAddress client) implements ReplyHandle {
    @Override
    public void reply(Rcode rcode, Effect.@Nullable Reason reason) {}

    @Override
    public void replyBadTime() {}

    @Override
    public void drop() {}
  }

  /// A primary serves something new of these zones: it says so until that gets through.
  void tell(SimPrimary primary, Set<WireName> zones) {
    if (primaries.contains(primary)) {
      Set<WireName> left = new HashSet<>(zones);
      int sender = primary.run();
      world.after(
          millis(1, 200),
          () -> {
            if (primary.run() != sender) {
              return; // its next run says it of all zones
            }
            left.removeIf(zone -> published != null && !isLost() && take(primary, zone));
            if (!left.isEmpty()) {
              world.after(millis(1_000, 3_000), () -> tell(primary, left));
            }
          });
    }
  }

  private boolean take(SimPrimary primary, WireName zone) {
    byte[] message = NotifyMessage.request(++messages & 0xffff, zone, Serial.of(1));
    byte[] signed = TsigSigner.signRequest(message, message.length, KEY, world.now()).message();
    Verdict verdict = TsigVerifier.verify(signed, signed.length, remotes.keys(), world.now());
    step(
        new SecondaryInput.NotifyReceived(
            zone, (Verdict.Verified) verdict, world.now(), new Notifier(addressOf(primary))));
    return true;
  }

  // ---- at the end ----

  /// Whether it serves each zone as one of its primaries does.
  boolean isConverged() {
    Publication now = published;
    return now != null
        && Objects.requireNonNull(primaries.getFirst().published())
            .files()
            .statuses()
            .allMatch(status ->
                primaries.stream()
                    .anyMatch(primary -> isSame(primary.published(), now, status.zone())));
  }

  private static boolean isSame(Publication there, Publication here, WireName zone) {
    if (!(there.zones().zone(zone) instanceof Zone theirs)) {
      return true;
    }
    return here.zones().zone(zone) instanceof Zone ours && ours.sameRecords(theirs);
  }

  /// What it serves, in a line.
  String state() {
    Publication now = published;
    if (now == null) {
      return name + " is down";
    }
    StringBuilder state = new StringBuilder(name + " serves");
    now.files().statuses().forEach(status -> state.append(' ').append(status));
    return state.toString();
  }
}
