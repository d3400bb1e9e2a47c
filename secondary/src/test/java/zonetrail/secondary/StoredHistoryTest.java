package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.StoredVersion;
import zonetrail.authority.VersionStore.Loaded;
import zonetrail.fixtures.Soak;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneChange;

/// The versions that a secondary's disk knows besides the last one: found again to the record, or
/// not at all.
@Rfc(number = 1995, section = "5")
class StoredHistoryTest {
  private static final String NAME = "example.com";
  private static final WireName APEX = WireName.parse(NAME);
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final long MIB = 1 << 20;

  @TempDir private Path directory;

  // ---- versions ----

  private static Zone zone(String apex, int names) {
    StringBuilder text =
        new StringBuilder(
            "$TTL 300\n@ SOA ns.example.net. h.example.net. 7 3600 600 86400 300\n@ NS ns.example.net.\n");
    for (int i = 0; i < names; i++) {
      text.append("n%d A 192.0.2.%d\n".formatted(i, i % 250));
    }
    return Objects.requireNonNull(
        ZoneFileReader.read(
                apex, WireName.parse(apex), text.toString().getBytes(US_ASCII), IncludeSource.NONE)
            .zone());
  }

  /// The next version, in which some RRsets come, go or become others.
  private static Zone changed(Zone zone, Random random, int rrsets) {
    ZoneChange.Builder change = new ZoneChange.Builder(zone);
    for (int i = 0; i < rrsets; i++) {
      WireName owner = WireName.parse("n" + random.nextInt(60) + "." + zone.apex());
      if (random.nextInt(3) == 0) {
        change.remove(owner, RRType.A);
      } else {
        byte[] address = new byte[4];
        random.nextBytes(address);
        Rdata other = Rdata.of(new byte[] {(byte) 192, 0, 2, 1});
        change.put(
            new RRset(owner, RRType.A, 60 + random.nextInt(3), List.of(Rdata.of(address), other)));
      }
    }
    int most = random.nextInt(5) == 0 ? Integer.MAX_VALUE : 3;
    return zone.with(
        change.put(soa(zone, zone.serial().bits() + 1 + random.nextInt(most))).build());
  }

  private static Zone changed(Zone zone, int seed) {
    return changed(zone, new Random(seed), 3);
  }

  private static RRset soa(Zone zone, int serial) {
    byte[] rdata = zone.soa().rdatas().getFirst().toBytes();
    int at = rdata.length - 20;
    for (int i = 0; i < 4; i++) {
      rdata[at + i] = (byte) (serial >>> (24 - 8 * i));
    }
    return new RRset(zone.apex(), RRType.SOA, zone.soa().ttlSeconds(), List.of(Rdata.of(rdata)));
  }

  /// The same as it comes by a full transfer.
  private static Zone apart(Zone zone) {
    ZoneBuilder builder = new ZoneBuilder(zone.apex());
    for (Node node : zone.nodes()) {
      for (RRset rrset : node.rrsets()) {
        for (Rdata rdata : rrset.rdatas()) {
          builder.add(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdata);
        }
      }
    }
    return builder.build();
  }

  private static StoredVersion version(Zone zone) {
    return new StoredVersion(zone, NOW, NOW.plusSeconds(86_400));
  }

  // ---- the store ----

  private ZoneStore open() throws IOException {
    return ZoneStore.open(directory, MIB);
  }

  private Path file(String suffix) {
    return directory.resolve("zones").resolve(NAME + suffix);
  }

  /// Keeps a zone and versions that follow it.
  private List<Zone> keepSome(int names, int versions) throws IOException {
    List<Zone> kept = new ArrayList<>(List.of(zone(NAME, names)));
    try (ZoneStore store = open()) {
      store.keep(version(kept.getFirst()), null, null);
      for (int i = 1; i < versions; i++) {
        Zone next = changed(kept.getLast(), i);
        store.keep(version(next), kept.getLast(), null);
        kept.add(next);
      }
    }
    return kept;
  }

  private static void requireAll(ZoneStore store, List<Zone> kept) throws IOException {
    for (Zone each : kept.subList(0, kept.size() - 1)) {
      Optional<Zone> found = store.earlier(kept.getLast(), each.serial());
      assertThat(found).as("serial %s", each.serial()).isPresent();
      assertThat(found.get().sameRecords(each)).as("serial %s", each.serial()).isTrue();
    }
  }

  private static Zone only(Loaded loaded) {
    assertThat(loaded.damaged()).isEmpty();
    assertThat(loaded.versions()).hasSize(1);
    return loaded.versions().getFirst().zone();
  }

  private void requireAllAfterARestart(List<Zone> kept) throws IOException {
    try (ZoneStore store = open()) {
      assertThat(only(store.load()).sameRecords(kept.getLast())).isTrue();
      requireAll(store, kept);
    }
  }

  // ---- what is kept ----

  @Soak
  @Test
  void everyVersion_isFoundAgain_howeverTheServerStopsInBetween() throws IOException {
    for (int seed = 0; seed < Soak.Times.of("chains", 3, 1_000); seed++) {
      Random random = new Random(seed);
      List<Zone> kept = new ArrayList<>(List.of(zone(NAME, 10 + random.nextInt(300))));
      ZoneStore store = open();
      store.keep(version(kept.getFirst()), null, null);
      for (int i = 0; i < 40; i++) {
        Zone before = kept.getLast();
        Zone next = changed(before, random, 1 + random.nextInt(4));
        next = random.nextInt(4) == 0 ? apart(next) : next;
        ZoneChange known = random.nextBoolean() ? ZoneChange.between(before, next) : null;
        store.keep(version(next), before, known);
        kept.add(next);
        if (random.nextInt(5) == 0) {
          store.close();
          store = open();
          Zone read = only(store.load());
          assertThat(read.sameRecords(next)).as("seed %d", seed).isTrue();
          kept.set(kept.size() - 1, read);
        }
      }
      // A serial that comes again stands for the version that had it last.
      Map<Serial, Zone> last = new TreeMap<>((a, b) -> Integer.compare(a.bits(), b.bits()));
      kept.forEach(each -> last.put(each.serial(), each));
      for (Zone each : last.values()) {
        if (!each.serial().equals(kept.getLast().serial())) {
          Zone found = store.earlier(kept.getLast(), each.serial()).orElseThrow();
          assertThat(found.sameRecords(each)).as("seed %d serial %s", seed, each.serial()).isTrue();
        }
      }
      store.forget(APEX);
      store.close();
    }
  }

  @Test
  void smallChangeOfALargeZone_writesTheChangeAlone() throws IOException {
    List<Zone> kept = keepSome(5_000, 1);
    byte[] before = Files.readAllBytes(file(".zone"));
    try (ZoneStore store = open()) {
      for (int i = 0; i < 10; i++) {
        Zone next = changed(kept.getLast(), i);
        store.keep(version(next), kept.getLast(), null);
        kept.add(next);
      }
    }
    assertThat(Files.readAllBytes(file(".zone"))).isEqualTo(before);
    assertThat(Files.size(file(".changes"))).isLessThan(before.length / 20);
    requireAllAfterARestart(kept);
  }

  @Test
  void smallZone_isWrittenAnew_nowAndThen() throws IOException {
    List<Zone> kept = keepSome(5, 100);
    assertThat(Files.size(file(".history"))).isGreaterThan(10_000);
    if (Files.exists(file(".changes"))) {
      assertThat(Files.size(file(".changes"))).isLessThanOrEqualTo(4_096);
    }
    requireAllAfterARestart(kept);
  }

  @Test
  void timesOfTheLastChange_areTheVersions() throws IOException {
    Zone first = zone(NAME, 100);
    Instant later = NOW.plusSeconds(3_600);
    try (ZoneStore store = open()) {
      store.keep(version(first), null, null);
      store.keep(new StoredVersion(changed(first, 1), later, later.plusSeconds(5)), first, null);
    }
    assertThat(Files.exists(file(".changes"))).isTrue();
    try (ZoneStore store = open()) {
      StoredVersion read = store.load().versions().getFirst();
      assertThat(read.confirmedAt()).isEqualTo(later);
      assertThat(read.expiresAt()).isEqualTo(later.plusSeconds(5));
    }
  }

  @Test
  void changeOfMoreThanTheZoneHas_endsTheHistory() throws IOException {
    List<Zone> kept = keepSome(100, 20);
    Zone other =
        zone(NAME, 2)
            .with(
                new ZoneChange.Builder(zone(NAME, 2))
                    .put(soa(kept.getLast(), Integer.MAX_VALUE))
                    .build());
    try (ZoneStore store = open()) {
      store.keep(version(other), kept.getLast(), null);
      assertThat(store.earlier(other, kept.getLast().serial())).isEmpty();
    }
    try (ZoneStore store = open()) {
      assertThat(only(store.load()).sameRecords(other)).isTrue();
      assertThat(Files.exists(file(".history"))).isFalse();
    }
  }

  // ---- crashes and full disks ----

  /// The files of the zone, by what their names end in.
  private Map<String, byte[]> state() throws IOException {
    Map<String, byte[]> state = new TreeMap<>();
    for (String suffix : List.of(".zone", ".changes", ".history")) {
      if (Files.exists(file(suffix))) {
        state.put(suffix, Files.readAllBytes(file(suffix)));
      }
    }
    return state;
  }

  private void restore(Map<String, byte[]> state) throws IOException {
    for (String suffix : List.of(".zone", ".changes", ".history")) {
      Files.deleteIfExists(file(suffix));
    }
    for (Map.Entry<String, byte[]> each : state.entrySet()) {
      Files.write(file(each.getKey()), each.getValue());
    }
  }

  private static Map<String, byte[]> with(
      Map<String, byte[]> state, String suffix, Map<String, byte[]> from) {
    Map<String, byte[]> mixed = new TreeMap<>(state);
    mixed.put(suffix, Objects.requireNonNull(from.get(suffix)));
    return mixed;
  }

  /// A small zone just before it is written anew, and the version that makes it so.
  private record Fold(
      List<Zone> kept, Zone next, Map<String, byte[]> before, Map<String, byte[]> after) {}

  private Fold fold() throws IOException {
    List<Zone> kept = keepSome(5, 2);
    while (true) {
      Map<String, byte[]> before = state();
      Zone next = changed(kept.getLast(), kept.size());
      try (ZoneStore store = open()) {
        store.keep(version(next), kept.getLast(), null);
      }
      if (kept.size() > 30 && before.containsKey(".changes") && !state().containsKey(".changes")) {
        return new Fold(kept, next, before, state());
      }
      kept.add(next);
    }
  }

  private static List<Zone> and(List<Zone> kept, Zone next) {
    List<Zone> more = new ArrayList<>(kept);
    more.add(next);
    return more;
  }

  @Test
  void crashBeforeAZoneIsWrittenAnew_losesNothing() throws IOException {
    Fold fold = fold();
    restore(with(fold.before(), ".history", fold.after()));
    requireAllAfterARestart(fold.kept());
    List<Zone> line = and(fold.kept(), changed(fold.kept().getLast(), 4711));
    try (ZoneStore store = open()) {
      assertThat(store.load().damaged()).isEmpty();
      store.keep(version(line.getLast()), fold.kept().getLast(), null);
      requireAll(store, line);
    }
    requireAllAfterARestart(line);
  }

  @Test
  void crashAfterAZoneIsWrittenAnew_losesNothing() throws IOException {
    Fold fold = fold();
    restore(with(fold.after(), ".changes", fold.before()));
    requireAllAfterARestart(and(fold.kept(), fold.next()));
    assertThat(file(".changes")).doesNotExist();
  }

  @Test
  void changeThatWasNotWritten_isAStepOfTwo_laterOn() throws IOException {
    List<Zone> kept = keepSome(100, 3);
    byte[] changes = Files.readAllBytes(file(".changes"));
    Zone lost = changed(kept.getLast(), 21);
    Zone next = changed(lost, 22);
    try (ZoneStore store = open()) {
      store.load();
      Files.delete(file(".changes"));
      Files.createDirectory(file(".changes"));
      assertThatThrownBy(() -> store.keep(version(lost), kept.getLast(), null))
          .isInstanceOf(IOException.class);
      Files.delete(file(".changes"));
      Files.write(file(".changes"), changes);
      store.keep(version(next), lost, ZoneChange.between(lost, next));
      requireAll(store, and(kept, next));
      assertThat(store.earlier(next, lost.serial())).isEmpty();
    }
    requireAllAfterARestart(and(kept, next));
  }

  // ---- changes that are known ----

  /// Which shows where the change leads elsewhere.
  @Test
  void knownChange_isWrittenAsItIs() throws IOException {
    List<Zone> kept = keepSome(100, 3);
    Zone before = kept.getLast();
    Zone next = changed(before, 21);
    RRset more =
        new RRset(
            APEX.child("more".getBytes(US_ASCII)), RRType.A, 60, List.of(Rdata.of(new byte[4])));
    Zone elsewhere = next.with(new ZoneChange.Builder(next).put(more).build());
    try (ZoneStore store = open()) {
      store.load();
      store.keep(version(next), before, ZoneChange.between(before, elsewhere));
    }
    requireAllAfterARestart(and(kept, elsewhere));
  }

  @Test
  void knownChangeOfMoreRecordsThanTheZoneHas_isNone() throws IOException {
    Zone large = zone(NAME, 100);
    Zone small = zone(NAME, 5);
    small = small.with(new ZoneChange.Builder(small).put(soa(small, 8)).build());
    try (ZoneStore store = open()) {
      store.keep(version(large), null, null);
      store.keep(version(small), large, ZoneChange.between(large, small));
      assertThat(store.earlier(small, large.serial())).isEmpty();
    }
    assertThat(file(".changes")).doesNotExist();
    requireAllAfterARestart(List.of(small));
  }

  // ---- damage ----

  /// P12: of what was changed on the disk nothing is served, and nothing is sent.
  @ParameterizedTest
  @ValueSource(strings = {".changes", ".history"})
  void changedOctet_makesNoVersion(String suffix) throws IOException {
    List<Zone> kept = keepSome(5, 20);
    Map<String, byte[]> whole = state();
    byte[] octets = Objects.requireNonNull(whole.get(suffix));
    for (int at = 0; at < octets.length; at++) {
      byte[] changed = octets.clone();
      changed[at] ^= (byte) (1 << at % 8);
      restore(whole);
      Files.write(file(suffix), changed);
      requireNothingWrong(kept, suffix.equals(".changes"), at, "octet " + at);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".changes", ".history"})
  void shortenedFile_makesNoVersion_andGrowsAgain(String suffix) throws IOException {
    List<Zone> kept = keepSome(5, 20);
    Map<String, byte[]> whole = state();
    byte[] octets = Objects.requireNonNull(whole.get(suffix));
    for (int length = 0; length < octets.length; length += 3) {
      restore(whole);
      Files.write(file(suffix), Arrays.copyOf(octets, length));
      requireNothingWrong(kept, suffix.equals(".changes"), length, "length " + length);
    }
  }

  /// What is read is a version that there was, and what is found is the version that is asked for;
  /// from then on all is as it was. That is tried at one octet in some, since the disk is waited
  /// for.
  private void requireNothingWrong(List<Zone> kept, boolean mayBeEarlier, int at, String what)
      throws IOException {
    Zone now;
    try (ZoneStore store = open()) {
      now = store.load().versions().getFirst().zone();
      Zone same = with(kept, now.serial());
      assertThat(same).as(what).isNotNull();
      assertThat(now.sameRecords(Objects.requireNonNull(same))).as(what).isTrue();
      if (!mayBeEarlier) {
        assertThat(now.serial()).as(what).isEqualTo(kept.getLast().serial());
      }
      requireRightOrNone(store, now, kept, what);
      if (at % 401 != 0) {
        return;
      }
      Zone next = changed(now, 4711);
      store.keep(version(next), now, null);
      assertThat(store.earlier(next, now.serial()).orElseThrow().sameRecords(now)).isTrue();
      now = next;
    }
    try (ZoneStore store = open()) {
      assertThat(only(store.load()).sameRecords(now)).as(what).isTrue();
      requireRightOrNone(store, now, kept, what);
    }
  }

  private static void requireRightOrNone(ZoneStore store, Zone now, List<Zone> kept, String what) {
    for (int i = 0; i < kept.size(); i += 6) {
      Zone each = kept.get(i);
      Optional<Zone> found;
      try {
        found = store.earlier(now, each.serial());
      } catch (IOException damaged) {
        continue;
      }
      assertThat(found.isEmpty() || found.get().sameRecords(each)).as(what).isTrue();
    }
  }

  private static @Nullable Zone with(List<Zone> kept, Serial serial) {
    return kept.stream().filter(each -> each.serial().equals(serial)).findFirst().orElse(null);
  }

  @Test
  void damagedHistory_isSaidOnce_andThenGone() throws IOException {
    List<Zone> kept = keepSome(5, 40);
    byte[] octets = Files.readAllBytes(file(".history"));
    octets[100] ^= 1;
    Files.write(file(".history"), octets);
    try (ZoneStore store = open()) {
      assertThat(only(store.load()).sameRecords(kept.getLast())).isTrue();
      Serial oldest = kept.getFirst().serial();
      assertThatThrownBy(() -> store.earlier(kept.getLast(), oldest))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("checksum");
      assertThat(store.earlier(kept.getLast(), oldest)).isEmpty();
    }
  }

  // ---- bounds ----

  @Test
  void historyOfAZone_hasABound_andTheLatestChangesStay() throws IOException {
    List<Zone> kept = new ArrayList<>(List.of(zone(NAME, 5)));
    try (ZoneStore store = ZoneStore.open(directory, 12_000)) {
      store.keep(version(kept.getFirst()), null, null);
      for (int i = 1; i < 160; i++) {
        kept.add(changed(kept.getLast(), i));
        store.keep(version(kept.getLast()), kept.get(i - 1), null);
        assertThat(Files.exists(file(".history")) ? Files.size(file(".history")) : 0)
            .isLessThanOrEqualTo(24_000);
      }
      requireAll(store, kept.subList(140, 160));
      assertThat(store.earlier(kept.getLast(), kept.get(20).serial())).isEmpty();
    }
  }

  @Test
  void historyOfAllZones_hasABound_andTheZonesThatChangedLastKeepTheirs() throws IOException {
    try (ZoneStore store = ZoneStore.open(directory, 5_000)) {
      for (int number = 0; number < 9; number++) {
        Zone last = zone("z%02d.example".formatted(number), 5);
        store.keep(version(last), null, null);
        for (int i = 0; i < 40; i++) {
          Zone next = changed(last, i);
          store.keep(version(next), last, null);
          last = next;
        }
      }
    }
    List<Path> left = files(directory.resolve("zones"), ".history");
    assertThat(left).hasSizeBetween(3, 8);
    assertThat(left.getLast().toString()).endsWith("z08.example.history");
    assertThat(left.getFirst().toString()).doesNotEndWith("z00.example.history");
    long octets = 0;
    for (Path each : left) {
      octets += Files.size(each);
    }
    assertThat(octets).isLessThanOrEqualTo(40_000);
  }

  private static List<Path> files(Path of, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.filter(each -> each.toString().endsWith(suffix)).sorted().toList();
    }
  }

  @Test
  void forgottenZone_leavesNothing() throws IOException {
    keepSome(5, 40);
    assertThat(state()).containsKeys(".zone", ".history");
    try (ZoneStore store = open()) {
      store.forget(APEX);
    }
    assertThat(state()).isEmpty();
  }

  @Test
  void whatAKilledProcessLeftOfAForgottenZone_goesAtTheStart() throws IOException {
    keepSome(5, 30);
    assertThat(state()).containsKeys(".zone", ".changes", ".history");
    Files.delete(file(".zone"));
    try (ZoneStore store = open()) {
      assertThat(store.load().versions()).isEmpty();
    }
    assertThat(state()).isEmpty();
  }
}
