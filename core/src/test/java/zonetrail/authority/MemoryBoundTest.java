package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import zonetrail.masterfile.MasterFile;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// A repository that stands for more than the memory holds costs the zones that ask for it, and
/// neither the process nor the zones beside them.
class MemoryBoundTest {
  private static final long MIB = 1L << 20;
  private static final WireName BOMB = WireName.parse("bomb.example");
  private static final WireName GOOD = WireName.parse("good.example");

  private final MemoryTree repository = new MemoryTree();
  private ZoneFiles files =
      ZoneFiles.resume(
              ZoneSource.Known.ofNew(SourceLine.of(new MemoryTree().put("x", "").commit())),
              ZoneReadings.oneByOne(8 * MIB))
          .files();

  private ZoneFiles.Advance push() {
    ZoneFiles.Advance advance = files.advance(repository.commit());
    files = advance.files();
    return advance;
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private Serial serial(WireName apex) {
    return files.zones().zone(apex) instanceof Zone zone ? zone.serial() : Serial.of(0);
  }

  private List<Finding> problems(WireName apex) {
    return files
        .statuses()
        .filter(status -> status.zone().equals(apex))
        .findFirst()
        .orElseThrow()
        .findings();
  }

  /// What `lines` do is refused, the zone keeps its version, and the one beside it moves on.
  private void isRefused(int line, String... lines) {
    repository.put("bomb.example", zone(1)).put("good.example", zone(1));
    push();
    repository.put("bomb.example", zone(2, lines)).put("good.example", zone(2));
    push();
    assertThat(serial(BOMB)).isEqualTo(Serial.of(1));
    assertThat(serial(GOOD)).isEqualTo(Serial.of(2));
    Finding said = problems(BOMB).getFirst();
    assertThat(said.rule()).isEqualTo(MasterFile.NEEDS_MORE_MEMORY);
    assertThat(said.where().line()).as(said.toString()).isEqualTo(line);
    assertThat(said.message())
        .contains("the zone needs more memory than the 7 MiB", "(-Xmx)", "$INCLUDE and $GENERATE");
    assertThat(files.heapOctets()).isLessThan(8 * MIB);
  }

  @Test
  void includesThatIncludeIncludes() {
    String tenTimes = "$INCLUDE NEXT\n".repeat(10);
    repository.put("one", tenTimes.replace("NEXT", "two"));
    repository.put("two", tenTimes.replace("NEXT", "three"));
    repository.put("three", "$GENERATE 1-60 a$.$ A 192.0.2.1\n".repeat(10));
    isRefused(2, "$INCLUDE one 1", "$INCLUDE one 2", "$INCLUDE one 3");
  }

  @Test
  void includesOfTheSameLargeFile() {
    repository.put("large", "; a comment that says nothing, at length\n".repeat(20_000));
    isRefused(7, "$INCLUDE large", "$INCLUDE large", "$INCLUDE large", "$INCLUDE large");
  }

  @Test
  void generatedRecords() {
    isRefused(4, "$GENERATE 1-60000 host$ A 192.0.2.1");
  }

  @Test
  void generatedRecordsOfOneNameWithMuchData() {
    isRefused(4, "$GENERATE 1-60000 host TXT " + "x".repeat(200) + "$");
  }

  @Test
  void fewRecordsWithManyNamesBetweenThemAndTheApex() {
    isRefused(1, "$GENERATE 1-1000 " + "a.".repeat(100) + "$ A 192.0.2.1");
  }

  @Test
  void linesWithNothingInThem() {
    isRefused(1, "\n".repeat(3_000_000));
  }

  @Test
  void aZoneThatThereWasNoMemoryFor_isTakenIn_whenAnotherIsGone() {
    String large = "$GENERATE 1-16000 host$ A 192.0.2.1";
    repository.put("a.example", zone(1, large)).put("b.example", zone(1, large));
    repository.put("c.example", zone(1, large)).put("d.example", zone(1, large));
    repository.put("e.example", zone(1, large));
    repository.put("bomb.example", zone(1, "$GENERATE 1-18000 host$ A 192.0.2.1"));
    push();
    assertThat(problems(BOMB)).isEmpty();
    assertThat(serial(BOMB)).as("there is room for it beside one other").isEqualTo(Serial.of(1));
    assertThat(problems(WireName.parse("e.example")))
        .extracting(Finding::rule)
        .containsExactly(MasterFile.NEEDS_MORE_MEMORY);

    repository.remove("bomb.example");
    push(); // while it is read, what goes is still served
    repository.put("README", "x");
    push();
    assertThat(problems(WireName.parse("e.example"))).isEmpty();
    assertThat(serial(WireName.parse("e.example"))).isEqualTo(Serial.of(1));
  }

  @Test
  void findingsInManyFiles_areCutToOne_whenTheyTakeTheMemoryOfZones() {
    for (int i = 0; i < 500; i++) {
      repository.put("z" + i + ".example", zone(1, "a A x\n".repeat(100)));
    }
    repository.put("zz.example", zone(1));
    push();
    assertThat(files.heapOctets()).isLessThan(8 * MIB);
    assertThat(problems(WireName.parse("z0.example"))).hasSizeGreaterThan(90);
    assertThat(problems(WireName.parse("z99.example"))).hasSize(1);
    assertThat(serial(WireName.parse("zz.example"))).isEqualTo(Serial.of(1));
  }

  @Test
  void whatAZoneIsSaidToTakeIsAboutWhatItTakes() {
    for (String lines :
        List.of(
            "$GENERATE 1-60000 host$ A 192.0.2.1",
            "$GENERATE 1-60000 host TXT text$",
            "$GENERATE 1-60000 host$ TXT " + "x".repeat(100),
            "$GENERATE 1-10000 a.b.c.d.e.f$ A 192.0.2.1",
            "$GENERATE 1-60000 host$ NS ns.host$")) {
      SourceTree commit = new MemoryTree().put("good.example", zone(1, lines)).commit();
      // What else the process takes or lets go of meanwhile counts too, so one good try is enough.
      List<Measure> tries = Stream.generate(() -> measure(commit)).limit(3).toList();
      assertThat(tries).as(lines).anyMatch(Measure::isAboutRight);
      System.out.printf("%s: %s%n", lines, tries);
    }
  }

  /// @param said what the zones say that they take of the heap
  /// @param taken what it has less than before
  private record Measure(long said, long taken) {
    boolean isAboutRight() {
      return said >= taken / 2 && said <= taken * 2;
    }
  }

  private static Measure measure(SourceTree commit) {
    long before = usedHeap();
    ZoneFiles held = ZoneFiles.NONE.advance(commit).files();
    long after = usedHeap();
    return new Measure(held.heapOctets(), after - before);
  }

  /// The serial collector leaves some dead objects where they lie, but for each fourth time.
  private static long usedHeap() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
