package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// Versions made by changes against zones built anew.
class ZoneVersionsTest {
  private static final int CHANGES = 300;

  @ParameterizedTest
  @CsvSource({
    "1, example., 6",
    "2, example., 40",
    "3, ., 25",
    "4, Example.COM., 15",
    "8, a.b.c.example., 30",
    "6, a., 2",
    "7, sub.example., 25"
  })
  void eachIsTheZoneBuiltAnew_andStaysSo(long seed, String apex, int fewRRsets) {
    RandomZone model = new RandomZone(seed, WireName.parse(apex), fewRRsets);
    Random random = new Random(seed);
    List<Zone> versions = new ArrayList<>();
    List<Zone> builtAnew = new ArrayList<>();
    versions.add(model.build());
    builtAnew.add(model.build());
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < CHANGES; i++) {
      Zone before = versions.getLast();
      ZoneChange change = model.change(before);
      Zone after = before.with(change);
      Zone expected = model.build();
      requireSame(after, expected);

      assertThat(after.with(change.inverse()).sameRecords(before)).isTrue();
      Zone earlier = versions.get(random.nextInt(versions.size()));
      ZoneChange between = ZoneChange.between(earlier, after);
      assertThat(earlier.with(between).sameRecords(expected)).isTrue();
      assertThat(after.with(between.inverse()).sameRecords(earlier)).isTrue();
      seen.addAll(RandomZone.kinds(after));
      versions.add(after);
      builtAnew.add(expected);
    }
    for (int i = 0; i < versions.size(); i++) {
      requireSame(versions.get(i), builtAnew.get(i));
    }
    assertThat(seen)
        .containsExactly(
            "CNAME", "DNAME", "NSEC", "NSEC3", "cut", "empty", "hash", "plain", "wildcard");
  }

  private static void requireSame(Zone zone, Zone expected) {
    assertThat(zone.sameRecords(expected)).isTrue();
    assertThat(expected.sameRecords(zone)).isTrue();
    assertThat(zone.recordCount()).isEqualTo(expected.recordCount());
    assertThat(RandomZone.names(zone)).isEqualTo(RandomZone.names(expected));
    assertThat(RandomZone.barriers(zone)).isEqualTo(RandomZone.barriers(expected));
    assertThat(RandomZone.chain(zone)).isEqualTo(RandomZone.chain(expected));
  }

  private static final WireName APEX = WireName.parse("example.");
  private static final int NAMES = 20;
  private static final int VERSIONS = 1_000;

  /// Version n has n at the n-th name, counted round, and at the others what was there.
  @Test
  void areRead_whileTheNextAreMade() throws Exception {
    ZoneBuilder builder = new ZoneBuilder(APEX);
    builder.add(APEX, RRType.SOA, 60, soa(0).rdatas().getFirst());
    for (int name = 0; name < NAMES; name++) {
      builder.add(name(name), RRType.A, 60, number(0));
    }
    AtomicReference<Zone> published = new AtomicReference<>(builder.build());
    CountDownLatch reading = new CountDownLatch(1);
    try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
      Future<?> read = reader.submit(() -> readUntilTheLast(published, reading));
      assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
      for (int version = 1; version <= VERSIONS; version++) {
        Zone zone = requireNonNull(published.get());
        RRset changed = new RRset(name(version), RRType.A, 60, List.of(number(version)));
        published.set(
            zone.with(new ZoneChange.Builder(zone).put(changed).put(soa(version)).build()));
      }
      read.get(30, TimeUnit.SECONDS);
    }
  }

  private static void readUntilTheLast(AtomicReference<Zone> published, CountDownLatch reading) {
    Random random = new Random(1);
    List<Zone> held = new ArrayList<>();
    int serial = 0;
    while (serial < VERSIONS) {
      Zone zone = requireNonNull(published.get());
      serial = requireWhole(zone);
      if (held.size() < 100 || random.nextInt(100) == 0) {
        held.add(zone);
      }
      requireWhole(held.get(random.nextInt(held.size())));
      reading.countDown();
    }
  }

  /// @return the zone's serial
  private static int requireWhole(Zone zone) {
    int serial = zone.soa().rdatas().getFirst().u32At(2);
    for (int i = 0; i < NAMES; i++) {
      Node node = requireNonNull(zone.node(name(i)));
      int here = requireNonNull(node.rrset(RRType.A)).rdatas().getFirst().u32At(0);
      int last = serial - Math.floorMod(serial - i, NAMES);
      assertThat(here).isEqualTo(Math.max(0, last));
    }
    return serial;
  }

  private static WireName name(int version) {
    return WireName.parse("host" + version % NAMES + ".example.");
  }

  private static Rdata number(int number) {
    return Rdata.of(
        new byte[] {
          (byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number
        });
  }

  private static RRset soa(int serial) {
    byte[] rdata = new byte[22];
    number(serial).copyTo(0, rdata, 2, 4);
    return new RRset(APEX, RRType.SOA, 60, List.of(Rdata.of(rdata)));
  }
}
