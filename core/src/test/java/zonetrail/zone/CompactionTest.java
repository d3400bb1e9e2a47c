package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

class CompactionTest {
  private static final WireName APEX = WireName.parse("example.");

  private static Zone zone(int names) {
    return zone(names, 4);
  }

  private static Zone zone(int names, int rdataOctets) {
    ZoneBuilder builder = new ZoneBuilder(APEX);
    RRset soa = soa(0);
    builder.add(APEX, RRType.SOA, soa.ttlSeconds(), soa.rdatas().getFirst());
    for (int i = 0; i < names; i++) {
      builder.add(name(i), RRType.A, 60, Rdata.of(new byte[rdataOctets]));
    }
    return builder.build();
  }

  private static Zone builtAnew(Zone zone) {
    ZoneBuilder builder = new ZoneBuilder(APEX);
    for (Node node : zone.nodes()) {
      for (RRset rrset : node.rrsets()) {
        for (Rdata rdata : rrset.rdatas()) {
          builder.add(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdata);
        }
      }
    }
    return builder.build();
  }

  private static RRset soa(int serial) {
    byte[] rdata = new byte[22];
    rdata[2] = (byte) (serial >> 24);
    rdata[3] = (byte) (serial >> 16);
    rdata[4] = (byte) (serial >> 8);
    rdata[5] = (byte) serial;
    return new RRset(APEX, RRType.SOA, 60, List.of(Rdata.of(rdata)));
  }

  private static WireName name(int number) {
    return WireName.parse("host" + number + ".example.");
  }

  private static RRset addresses(int number, int count, int last) {
    List<Rdata> rdatas =
        IntStream.range(0, count)
            .mapToObj(i -> Rdata.of(new byte[] {10, 0, (byte) i, (byte) last}))
            .toList();
    return new RRset(name(number), RRType.A, 60, rdatas);
  }

  private static long needed(Zone zone) {
    return chunks(zone).mapToLong(zone.arena()::needed).sum();
  }

  private static IntStream chunks(Zone zone) {
    return IntStream.range(0, zone.arena().chunkCount());
  }

  /// How many octets of the entries of a version do not lie where they lay in the one before.
  @SuppressWarnings("ReferenceEquality") // another array is another place, whatever it holds
  private static long moved(Zone before, Zone after) {
    long moved = 0;
    NameKey key = new NameKey();
    for (Node node : after.nodes()) {
      key.set(node.name());
      int entry = after.find(key, key.depth());
      int was = before.find(key, key.depth());
      if (was == Zone.NONE
          || Zone.offset(was) != Zone.offset(entry)
          || before.octets(was) != after.octets(entry)) {
        moved += octets(after, entry);
      }
    }
    return moved;
  }

  private static int octets(Zone zone, int entry) {
    return Arena.padded(NodeLayout.octets(zone.octets(entry), Zone.offset(entry)));
  }

  /// How many chunks take more than twice what is needed of them, the one that is being written
  /// aside.
  private static long wasteful(Zone zone) {
    Arena.Writer next = new Arena.Writer(zone.arena());
    return chunks(zone)
        .filter(chunk -> chunk != next.tail() && next.capacity(chunk) > 2 * next.needed(chunk))
        .count();
  }

  @ParameterizedTest
  @CsvSource({"1, 10, 24", "2, 10, 24", "3, 1000, 40"})
  void tenThousandChanges_leaveNoGrowth(long seed, int names, int mostChunks) {
    Random random = new Random(seed);
    Zone zone = zone(names);
    long mostOctets = 0;
    int chunks = 0;
    for (int i = 1; i <= 10_000; i++) {
      ZoneChange.Builder change = new ZoneChange.Builder(zone).put(soa(i));
      int chosen = random.nextInt(names);
      if (random.nextInt(4) == 0) {
        change.remove(name(chosen), RRType.A);
      } else {
        change.put(addresses(chosen, 1 + random.nextInt(3), i));
      }
      zone = zone.with(change.build());
      mostOctets = Math.max(mostOctets, zone.heapOctets());
      chunks = Math.max(chunks, zone.arena().chunkCount());
    }

    Zone anew = builtAnew(zone);
    assertThat(zone.sameRecords(anew)).isTrue();
    assertThat(zone.heapOctets()).isLessThan(anew.heapOctets() * 5 / 2);
    assertThat(mostOctets).isLessThan(anew.heapOctets() * 3);
    assertThat(chunks).isLessThan(mostChunks);
  }

  @Test
  void whatOneChangeMoves_isBounded_andTheNextOnesGoOn() {
    int names = 20_000;
    Zone zone = zone(names, 400);
    ZoneChange.Builder large = new ZoneChange.Builder(zone);
    for (int i = 0; i < names; i++) {
      if (i % 5 < 3) {
        large.put(addresses(i, 1, 1));
      }
    }
    Zone before = zone.with(large.build());
    int changes = 0;
    while (wasteful(before) > 0) {
      Zone after = before.with(new ZoneChange.Builder(before).put(soa(++changes)).build());
      assertThat(moved(before, after)).isLessThan(Compaction.MAX_MOVED_OCTETS + 1_000);
      assertThat(needed(after)).isEqualTo(needed(before));
      before = after;
    }

    assertThat(changes).as("changes until all is compact").isBetween(2, 10);
    assertThat(before.sameRecords(builtAnew(before))).isTrue();
  }

  @Test
  void whatAChangeDoesNotConcern_isShared() {
    Zone zone = zone(10_000);
    Zone next = zone.with(new ZoneChange.Builder(zone).put(addresses(77, 2, 1)).build());

    NameKey key = new NameKey();
    key.set(name(77));
    assertThat(moved(zone, next)).isEqualTo(octets(next, next.find(key, key.depth())));
  }

  /// Such an entry has a chunk of its own; when it goes, nothing of that chunk is needed.
  @ParameterizedTest
  @ValueSource(ints = {20, 30})
  void aLargeEntry_thatIsReplacedAgainAndAgain_leavesNoGrowth(int records) {
    Zone zone = zone(100);
    for (int i = 1; i <= 30; i++) {
      byte[] text = new byte[50_000];
      text[0] = (byte) i;
      List<Rdata> rdatas =
          Stream.iterate(0, at -> at + 1)
              .limit(records)
              .map(at -> {
                text[1] = at.byteValue();
                return Rdata.of(text);
              })
              .toList();
      RRset large = new RRset(name(7), RRType.TXT, 60, rdatas);
      zone = zone.with(new ZoneChange.Builder(zone).put(large).put(soa(i)).build());
    }
    assertThat(zone.heapOctets()).isLessThan(builtAnew(zone).heapOctets() * 5 / 2);
    assertThat(zone.arena().chunkCount()).isLessThan(20);
    assertThat(requireNonNull(zone.node(name(7))).types()).hasSize(2);
  }
}
