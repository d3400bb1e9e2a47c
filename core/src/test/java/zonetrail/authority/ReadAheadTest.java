package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.authority.ZoneState.ServedVersion;
import zonetrail.zone.Zone;

/// Zone files that are read before their turn, in any order, come to what they come to one after
/// the other.
class ReadAheadTest {
  private static final long MIB = 1L << 20;

  private final MemoryTree repository = new MemoryTree();
  private final Random chance = new Random(2026);

  /// Reads some files ahead, in an order that it makes up.
  private final class AnyOrder implements ZoneReadings {
    private final long memoryOctets;
    private final int ahead;
    private int progress;
    private int begun;

    AnyOrder(long memoryOctets, int ahead) {
      this.memoryOctets = memoryOctets;
      this.ahead = ahead;
    }

    @Override
    public long memoryOctets() {
      return memoryOctets;
    }

    @Override
    public int ahead() {
      return ahead;
    }

    @Override
    public <T> Iterator<T> inOrder(Iterator<? extends Supplier<T>> readings) {
      List<Supplier<T>> waiting = new ArrayList<>();
      List<@Nullable T> done = new ArrayList<>();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return !waiting.isEmpty() || readings.hasNext();
        }

        @Override
        public T next() {
          while (waiting.size() < ahead && readings.hasNext()) {
            waiting.add(readings.next());
            begun++;
            done.add(null);
          }
          while (done.getFirst() == null) {
            int any = chance.nextInt(waiting.size());
            if (done.get(any) == null) {
              done.set(any, waiting.get(any).get());
            }
          }
          waiting.removeFirst();
          return done.removeFirst();
        }
      };
    }

    @Override
    public void progress(int done, int of) {
      assertThat(done).isEqualTo(progress + 1).isLessThanOrEqualTo(of);
      progress = done == of ? 0 : done;
    }
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private void putFilesOfAllKinds(int serial) {
    for (int i = 0; i < 30; i++) {
      repository.put("z" + i + ".example", zone(serial + i % 3, "a A 192.0.2." + i));
      repository.put("i" + i + ".example", zone(serial, "$INCLUDE hosts" + i % 4, "b A 192.0.2.9"));
      repository.put(
          "g" + i + ".example", zone(serial, "$GENERATE 1-" + i * 50 + " h$ A 192.0.2.1"));
    }
    for (int i = 0; i < 3; i++) { // hosts3 is missing
      repository.put("hosts" + i, "; " + "x".repeat(30_000) + "\nc" + serial + " A 192.0.2.1\n");
    }
    repository.put("README", "no zone");
    repository.put("broken.example", zone(serial, "a A x"));
    repository.put("lost.example", serial == 1 ? zone(1) : "unreadable");
    repository.put("soaless.example", "$INCLUDE soa\n");
    repository.put("soa", "@ SOA a. b. " + serial + " 1 1 1 1\n");
  }

  private static List<String> told(ZoneFiles.Advance advance) {
    List<String> told = new ArrayList<>();
    for (Event event : advance.events()) {
      told.add(event.toString());
    }
    advance.files().statuses().map(Object::toString).sorted().forEach(told::add);
    advance.files().entries().entrySet().stream().map(Object::toString).sorted().forEach(told::add);
    return told;
  }

  private void isAlike(ZoneFiles.Advance ahead, ZoneFiles.Advance oneByOne) {
    assertThat(told(ahead)).isEqualTo(told(oneByOne));
    assertThat(ahead.isChange()).isEqualTo(oneByOne.isChange());
    oneByOne
        .files()
        .states()
        .forEach((apex, state) -> {
          Zone zone = zone(state);
          Zone same = zone(ahead.files().state(apex));
          assertThat(zone == null ? same == null : same != null && zone.sameRecords(same)).isTrue();
        });
  }

  private static @Nullable Zone zone(@Nullable ZoneState state) {
    ServedVersion served = state == null ? null : state.served();
    return served == null ? null : served.zone();
  }

  private static ZoneFiles.Advance start(SourceTree tree, ZoneReadings readings) {
    return ZoneFiles.resume(ZoneSource.Known.ofNew(SourceLine.of(tree)), readings);
  }

  @Test
  void filesReadInAnyOrder_comeToTheSame() {
    putFilesOfAllKinds(1);
    SourceTree first = repository.commit();
    putFilesOfAllKinds(2);
    repository.remove("z7.example").put("twice.example", zone(1));
    SourceTree second = repository.commit();
    ZoneFiles.Advance one = start(first, ZoneReadings.oneByOne(64 * MIB));
    ZoneFiles.Advance two = one.files().advance(second);
    assertThat(one.files().zones().size()).isGreaterThan(80);
    for (int ahead : new int[] {1, 3, 16, 500}) {
      ZoneFiles.Advance any = start(first, new AnyOrder(64 * MIB, ahead));
      isAlike(any, one);
      isAlike(any.files().advance(second), two);
    }
  }

  @Test
  void manySmallFilesAreReadSomeAtATime_andALargeOneAmongThemByItself() {
    for (int i = 0; i < 300; i++) {
      repository.put("z" + i + ".example", zone(1 + i, i % 7 == 0 ? "a A x" : "a A 192.0.2.1"));
    }
    repository.put("z150.example", zone(1, "a A 192.0.2.1 ; " + "x".repeat(400_000)));
    SourceTree tree = repository.commit();
    ZoneFiles.Advance one = start(tree, ZoneReadings.oneByOne(16 * MIB));
    for (int ahead : new int[] {1, 4, 30}) {
      AnyOrder any = new AnyOrder(16 * MIB, ahead);
      isAlike(start(tree, any), one);
      assertThat(any.begun).isBetween(300 / ReadAhead.MOST_AT_ONCE, 100);
    }
  }

  @Test
  void whereThereIsNoMemoryForAll_theSameZonesGetIt() {
    Stream.iterate(0, i -> i + 1)
        .limit(40)
        .forEach(i ->
            repository.put(
                "g" + i + ".example",
                zone(
                    1,
                    "$INCLUDE common",
                    "$GENERATE 1-" + (1 + i * 97 % 40) * 100 + " h$ A 192.0.2.1")));
    repository.put("common", "; " + "x".repeat(100_000) + "\n");
    SourceTree tree = repository.commit();
    ZoneFiles.Advance one = start(tree, ZoneReadings.oneByOne(4 * MIB));
    assertThat(one.files().states().values().stream().filter(ZoneState::lacksMemory).count())
        .isBetween(5L, 35L);
    for (int ahead : new int[] {1, 4, 30}) {
      isAlike(start(tree, new AnyOrder(4 * MIB, ahead)), one);
    }
  }

  @Test
  void aLargeFileIsReadOnce_whenItIsItsTurn() {
    repository.put("a.example", zone(1));
    repository.put("large.example", zone(1, "a A 192.0.2.1 ; " + "x".repeat(500_000)));
    repository.put("z.example", zone(1));
    SourceTree tree = repository.commit();
    ZoneFiles.Advance any = start(tree, new AnyOrder(16 * MIB, 8));
    assertThat(any.files().zones().size()).isEqualTo(3);
    assertThat(Stream.of("a.example", "large.example", "z.example").map(repository::readsOf))
        .containsOnly(1);
  }

  @Test
  void whatIsSettledIsNotReadAhead() {
    putFilesOfAllKinds(1);
    ZoneFiles files = start(repository.commit(), new AnyOrder(64 * MIB, 8)).files();
    int before = repository.readsOf("z1.example");
    repository.put("z2.example", zone(9));
    ZoneFiles.Advance advance = files.advance(repository.commit());
    assertThat(repository.readsOf("z1.example")).isEqualTo(before).isEqualTo(1);
    assertThat(advance.events()).extracting(Event::level).containsOnly(Event.Level.INFO);
  }
}
