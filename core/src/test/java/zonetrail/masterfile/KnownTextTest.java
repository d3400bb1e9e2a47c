package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.fixtures.Soak;
import zonetrail.masterfile.SectionedText.Grain;
import zonetrail.masterfile.ZoneFileEdit.Edited;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Texts that are carried from edit to edit, held against the same texts read anew: after each of a
/// chain of edits at random the lines, records and names known are those of a fresh look, the text
/// is the one that an edit of the whole file makes, and it says what the zone says. `-Dseeds=N` for
/// more of them.
@Soak
class KnownTextTest {
  private static final int SEEDS = Soak.Times.of("seeds", 100, 100_000);
  private static final int EDITS = 6;
  private static final WireName APEX = WireName.parse("example");

  /// From a line a section to one section for all; from no room between two records to plenty.
  private static final int[] GRAINS = {1, 200, 8_192};

  private static final long[] SPACINGS = {1, 1L << 6, 1L << 38};

  private int carried;
  private int reread;

  @Test
  void ofAnyStyle_isAfterEachEditWhatReadingItSays() {
    for (long seed = 0; seed < SEEDS; seed++) {
      ZoneSample sample = WildZoneText.zone(seed);
      MasterFile file = MasterFile.parse("f", sample.octets(), APEX, sample.includes());
      if (file.isPlain()) {
        chain(sample.octets(), "seed " + seed, new Random(seed));
      }
    }
    assertThat(carried).isGreaterThan(SEEDS);
    assertThat(reread).isLessThan(carried / 20);
  }

  @Test
  void ofManyNames_isAfterEachEditWhatReadingItSays() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      chain(manyNames(random, 120), "seed " + seed + " of many names", random);
    }
    assertThat(carried).isGreaterThan(SEEDS * EDITS / 2);
    assertThat(reread).isZero();
  }

  /// So many that what is about a new name is not listed, but looked for.
  @Test
  void ofVeryManyNames_isAfterEachEditWhatReadingItSays() {
    for (long seed = 0; seed < SEEDS / 10; seed++) {
      Random random = new Random(seed);
      chain(manyNames(random, 1_500), "seed " + seed + " of very many names", random);
    }
    assertThat(carried).isGreaterThan(SEEDS / 10 * EDITS / 2);
    assertThat(reread).isZero();
  }

  /// As long as a text is carried before it is read again, and longer.
  @Test
  void afterManyEdits_isWhatReadingItSays() {
    for (long seed = 0; seed < Math.max(4, SEEDS / 1_000); seed++) {
      Random random = new Random(seed);
      byte[] text = manyNames(random, 300);
      Zone zone = requireNonNull(ZoneFileReader.read("f", APEX, text, IncludeSource.NONE).zone());
      KnownText known = known(text, random);
      for (int edit = 0; edit < 300; edit++) {
        ZoneChange change = RandomChange.of(zone, random);
        if (MasterFileEditor.edit(requireNonNull(known), change)
            instanceof Edited(Map<String, FileText> files, KnownText next)) {
          zone = zone.with(change);
          known = next;
          text = files.getOrDefault("f", FileText.of(text)).octets();
          carried++;
        }
      }
      MasterFile fresh = MasterFile.parse("f", text, APEX, IncludeSource.NONE);
      requireSame(requireNonNull(known), fresh, "seed " + seed);
      Zone read = ZoneFileReader.read("f", APEX, text, IncludeSource.NONE).zone();
      assertThat(read != null && read.sameRecords(zone)).as("seed " + seed).isTrue();
    }
    assertThat(carried).isGreaterThan(1_000);
  }

  private static @Nullable KnownText known(byte[] text, Random random) {
    Grain grain = new Grain(GRAINS[random.nextInt(3)], SPACINGS[random.nextInt(3)]);
    return KnownText.of(APEX, MasterFile.parse("f", text, APEX, IncludeSource.NONE), grain);
  }

  /// Names in order, nearly so, or in none; each with a run of records or several; with subtrees.
  private static byte[] manyNames(Random random, int most) {
    List<String> names = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      String first =
          switch (random.nextInt(4)) {
            case 0 -> Integer.toString(random.nextInt(most / 4));
            case 1 -> "h" + random.nextInt(most / 4);
            case 2 ->
                List.of("*", "_x", "1a", "01", "www", "Www", "n", "new").get(random.nextInt(8));
            default -> "a" + (char) ('a' + random.nextInt(26));
          };
      names.add(random.nextInt(3) == 0 ? first + ".sub" + random.nextInt(3) : first);
    }
    int order = random.nextInt(4);
    if (order < 3) {
      NameOrder by = new NameOrder(order == 0);
      names.sort((a, b) -> by.compare(WireName.parse(a), WireName.parse(b)));
    }
    for (int i = order == 2 ? random.nextInt(4) : 0; i > 0; i--) {
      names.add(random.nextInt(names.size()), names.get(random.nextInt(names.size())));
    }
    boolean repeats = random.nextBoolean();
    StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "" : "$TTL 300\n");
    text.append("@ 300 SOA ns1 h 1 3600 900 604800 300\n NS ns1\nns1 A 192.0.2.1\n");
    for (String name : names) {
      if (random.nextInt(30) == 0) {
        text.append("; a remark\n$ORIGIN ")
            .append(random.nextInt(2) == 0 ? "sub1." : "")
            .append("example.\n");
      }
      text.append(random.nextInt(3) == 0 ? "; a remark\n" : "");
      text.append(name).append(random.nextInt(4) == 0 ? " 60 A 192.0.2.2\n" : " A 192.0.2.2\n");
      if (random.nextInt(3) == 0) {
        text.append(repeats ? "" : name).append("  TXT \"some\"\n");
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private void chain(byte[] first, String of, Random random) {
    byte[] text = first;
    Zone zone = ZoneFileReader.read("f", APEX, text, IncludeSource.NONE).zone();
    KnownText known = known(text, random);
    if (zone == null) {
      return;
    }
    for (int edit = 0; edit < EDITS; edit++) {
      ZoneChange change = RandomChange.of(zone, random);
      ZoneFileEdit anew = MasterFileEditor.edit("f", APEX, text, IncludeSource.NONE, change);
      ZoneFileEdit made = known == null ? anew : MasterFileEditor.edit(known, change);
      String as = of + ", edit " + edit;
      assertThat(made.getClass()).as(as).isEqualTo(anew.getClass());
      if (!(made instanceof Edited(Map<String, FileText> files, KnownText next))) {
        continue;
      }
      byte[] there = files.getOrDefault("f", FileText.of(text)).octets();
      assertThat(there).as(as).isEqualTo(textOf(anew, text));
      zone = zone.with(change);
      ZoneReading reading = ZoneFileReader.read("f", APEX, there, IncludeSource.NONE);
      Zone read = reading.zone();
      assertThat(read != null && read.sameRecords(zone)).as(as).isTrue();
      MasterFile fresh = MasterFile.parse("f", there, APEX, IncludeSource.NONE);
      assertThat(next != null).as(as).isEqualTo(fresh.isPlain());
      if (next != null) {
        requireSame(next, fresh, as);
        requireSame(requireNonNull(((Edited) anew).known()), fresh, as);
        carried++;
      }
      reread += next == null ? 1 : 0;
      text = there;
      known = next;
    }
  }

  private static byte[] textOf(ZoneFileEdit edit, byte[] before) {
    return ((Edited) edit).files().getOrDefault("f", FileText.of(before)).octets();
  }

  private static void requireSame(KnownText known, MasterFile fresh, String as) {
    assertThat(difference(known, fresh)).as(as).isEmpty();
  }

  /// What is known otherwise than a fresh look has it; empty if nothing is.
  private static String difference(KnownText known, MasterFile fresh) {
    SectionedText lines = known.text();
    SourceFile expected = fresh.files().getFirst();
    if (!Arrays.equals(lines.toArray(), expected.text)
        || lines.length() != expected.length()
        || lines.entryCount() != expected.entryCount()) {
      return "text, or the number of lines";
    }
    for (int entry = 0; entry < lines.entryCount(); entry++) {
      if (!isSame(lines, expected, entry)) {
        return "line " + entry;
      }
    }
    if (lines.count() != fresh.recordCount()) {
      return "the number of records";
    }
    int rdataOctets = 0;
    for (int record = 0; record < lines.count(); record++) {
      if (!isSame(lines.owner(record), fresh.records().owner(record))
          || lines.offset(record) != fresh.records().offset(record)
          || lines.recordsInFrontOf(lines.entryAt(lines.offset(record))) != record
          || lines.recordAt(lines.place(record)) != record
          || (record > 0 && lines.place(record - 1) >= lines.place(record))
          || !lines.isSameButForOwner(record, fresh.records(), record)) {
        return "record " + record;
      }
      rdataOctets += lines.rdata(record).length();
    }
    if (lines.rdataOctets() != rdataOctets) {
      return "the octets of rdata";
    }
    return differenceOfNames(known, fresh);
  }

  private static boolean isSame(SectionedText lines, SourceFile expected, int entry) {
    LineScopes.Scope scope = lines.scope(entry);
    LineScopes.Scope there = expected.scopes.at(entry);
    boolean hasDefault = there.defaultTtl() != MasterFileParser.NO_TTL;
    return lines.entryStart(entry) == expected.entryStart(entry)
        && lines.entryEnd(entry) == expected.entryEnd(entry)
        && lines.entryKind(entry) == expected.entryKind(entry)
        && lines.entryAt(lines.entryStart(entry)) == entry
        && lines.lineStart(entry) == expected.lineStart(entry)
        && isSame(scope.origin(), there.origin())
        && scope.defaultTtl() == there.defaultTtl()
        && (hasDefault || scope.lastTtl() == there.lastTtl());
  }

  private static String differenceOfNames(KnownText known, MasterFile fresh) {
    OwnerRuns runs = OwnerRuns.of(fresh.records());
    if (!Arrays.equals(known.runs().heads(), runs.heads())) {
      return "runs";
    }
    for (NameOrder order : List.of(new NameOrder(true), new NameOrder(false))) {
      OwnerOrder ordered = known.runs().ordered(order);
      OwnerOrder expected = runs.ordered(order);
      if (ordered.count() != expected.count()) {
        return "the number of names";
      }
      for (int run = 0; run < ordered.count(); run++) {
        int head = known.runs().head(ordered.place(run));
        if (head != expected.place(run)
            || !ordered.name(run).equals(expected.name(run))
            || ordered.firstFrom(ordered.name(run), order)
                != expected.firstFrom(expected.name(run), order)) {
          return "the order of names";
        }
      }
    }
    return "";
  }

  private static boolean isSame(WireName name, WireName other) {
    return Arrays.equals(name.toWire(), other.toWire());
  }

  /// The zone of a text that has no name servers, with one.
  private static Zone zone(String text) {
    byte[] octets =
        text.replace("@ SOA", "@ NS n.example.org.\n SOA").getBytes(StandardCharsets.ISO_8859_1);
    return requireNonNull(ZoneFileReader.read("f", APEX, octets, IncludeSource.NONE).zone());
  }

  private static String latin1(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  @Nested
  class WholeFileIsRead {
    @Test
    void whereItIncludesOrGenerates_orSomethingWasFound() {
      assertThat(isKnown("$TTL 1\n@ SOA n h 1 1 1 1 1\n")).isTrue();
      assertThat(isKnown("$TTL 1\n@ SOA n h 1 1 1 1 1\n$GENERATE 1-2 a$ A 192.0.2.$\n")).isFalse();
      assertThat(isKnown("@ SOA n h 1 1 1 1 1\n")).isFalse();
      assertThat(isKnown("$TTL 1\n@ SOA n h 1 1 1 1 1\n$INCLUDE x\n")).isFalse();
    }

    private static boolean isKnown(String text) {
      byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
      return KnownText.of(APEX, MasterFile.parse("f", octets, APEX, IncludeSource.NONE)) != null;
    }
  }

  @Nested
  class Rereads {
    static final String TEXT =
        """
        $TTL 300
        @ SOA n h 1 1 1 1 1
        a A 192.0.2.1
         A 192.0.2.2
        b A 192.0.2.3
        $ORIGIN x.example.
        c A 192.0.2.4
        """;

    @Test
    void onlyWhatWasWritten_whereAllElseMeansTheSame() {
      assertThat(recordsRead("192.0.2.1", "192.0.2.9")).isEqualTo(1);
    }

    @Test
    void linesBehind_whereTheyHaveAnotherOwner() {
      assertThat(recordsRead("a A", "c A")).isEqualTo(3);
    }

    @Test
    void linesBehind_whereTheirOwnerIsWrittenInOtherCase() {
      assertThat(recordsRead("a A", "A A")).isEqualTo(3);
    }

    @Test
    void aLineThatRepeatsItsOwner() {
      assertThat(recordsRead(" A 192.0.2.2", " A 192.0.2.9")).isEqualTo(1);
    }

    @Test
    void linesBehind_whereTheyHaveAnotherTtlOrOrigin() {
      assertThat(recordsRead("$TTL 300", "$TTL 301")).isEqualTo(5);
      assertThat(recordsRead("$ORIGIN x.example.", "$ORIGIN y.example.")).isEqualTo(1);
    }

    @Test
    void all_whereALineDoesNotEndWhereItWasWritten() {
      assertThat(recordsRead("a A 192.0.2.1", "a A ( 192.0.2.1")).isEqualTo(-1);
      assertThat(recordsRead("a A 192.0.2.1\n", "a A 192.0.2.1")).isEqualTo(-1);
      assertThat(recordsRead("a A 192.0.2.1\n", "a TXT x")).isEqualTo(-1);
      assertThat(recordsRead("a A 192.0.2.1", "a A bad")).isEqualTo(-1);
      assertThat(recordsRead("a A 192.0.2.1", "$GENERATE 1-1 a A 192.0.2.1")).isEqualTo(-1);
    }

    /// How many records were read again; -1 if all have to be.
    private static int recordsRead(String from, String to) {
      byte[] before = TEXT.getBytes(StandardCharsets.ISO_8859_1);
      MasterFile file = MasterFile.parse("f", before, APEX, IncludeSource.NONE);
      KnownText known = requireNonNull(KnownText.of(APEX, file, new Grain(20, 1)));
      Rereading.Result result = read(known.text(), from, to);
      if (result == null) {
        return -1;
      }
      byte[] after = result.text().toArray();
      requireSame(known.after(result), MasterFile.parse("f", after, APEX, IncludeSource.NONE), to);
      return result.windows().stream().mapToInt(window -> window.to() - window.from()).sum();
    }

    /// Replaces something in its line.
    static Rereading.@Nullable Result read(SectionedText text, String from, String to) {
      int at = TEXT.indexOf(from);
      int start = TEXT.lastIndexOf('\n', at) + 1;
      int end = TEXT.indexOf('\n', at) + 1;
      Splices splices = new Splices();
      splices.add(start, end, TEXT.substring(start, end).replace(from, to));
      return Rereading.read(text, splices);
    }
  }

  @Nested
  class Check {
    private final byte[] before = Rereads.TEXT.getBytes(StandardCharsets.ISO_8859_1);
    private final ZoneChange change =
        new ZoneChange.Builder(zone(Rereads.TEXT))
            .put(
                new RRset(
                    WireName.parse("b.example"),
                    RRType.A,
                    300,
                    List.of(Rdata.of(new byte[] {(byte) 192, 0, 2, 9}))))
            .build();

    @Test
    void passes_whereTheLineSaysWhatTheChangeSays() throws Exception {
      check("b A 192.0.2.3", "b A 192.0.2.9");
    }

    @Test
    void refuses_whatTheChangeDoesNotSay() {
      assertThatThrownBy(() -> check("b A 192.0.2.3", "b A 192.0.2.8"))
          .hasMessageContaining("would not be what the change says");
      assertThatThrownBy(() -> check("b A 192.0.2.3", "b 60 A 192.0.2.9"))
          .hasMessageContaining("would not be what the change says");
    }

    @Test
    void refuses_whatItDoesNotName() {
      assertThatThrownBy(() -> check("b A 192.0.2.3", "d A 192.0.2.1\nb A 192.0.2.9"))
          .hasMessageContaining("a record would come");
      assertThatThrownBy(() -> check("a A 192.0.2.1", "a A 192.0.2.7"))
          .hasMessageContaining("would become another one");
      assertThatThrownBy(() -> check("a A 192.0.2.1", "d A 192.0.2.1"))
          .hasMessageContaining("would become another one");
      assertThatThrownBy(() -> check("a A 192.0.2.1", "; a A 192.0.2.1"))
          .hasMessageContaining("would become another one");
      assertThatThrownBy(() -> check("$ORIGIN x.example.", "$ORIGIN y.example."))
          .hasMessageContaining("would become another one");
    }

    private void check(String from, String to) throws RefusedEditException {
      MasterFile file = MasterFile.parse("f", before, APEX, IncludeSource.NONE);
      SectionedText text = SectionedText.of(file, Grain.USUAL);
      Rereading.Result result = requireNonNull(Rereads.read(text, from, to));
      ChangedRecords now = ChangedRecords.of(result.text(), change);
      EditCheck.check(
          EditBase.of(text),
          ChangedRecords.of(text, change),
          result.text(),
          result.windows(),
          now,
          change);
    }
  }

  @Nested
  class EditOfAKnownText {
    @Test
    void isRefused_whereItDoesNotSayWhatTheChangeBeginsWith() {
      byte[] text = Rereads.TEXT.getBytes(StandardCharsets.ISO_8859_1);
      KnownText known =
          requireNonNull(KnownText.of(APEX, MasterFile.parse("f", text, APEX, IncludeSource.NONE)));
      Zone other = zone(Rereads.TEXT.replace("192.0.2.3", "192.0.2.4"));
      RRset others =
          new RRset(
              WireName.parse("b.example"),
              RRType.A,
              300,
              List.of(Rdata.of(new byte[] {1, 2, 3, 4})));
      ZoneChange change = new ZoneChange.Builder(other).put(others).build();
      assertThat(MasterFileEditor.edit(known, change))
          .asString()
          .contains("does not say what the change begins with");
      assertThat(latin1(text)).isEqualTo(Rereads.TEXT);
      assertThat(known.runs().heads()).hasSize(4);
    }
  }
}
