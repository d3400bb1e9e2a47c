package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.LineScopes.Scope;
import zonetrail.masterfile.MasterFile.EntryKind;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// The text of a file that includes no other, with its lines and records, in sections that versions
/// of it share: an edit makes anew those that it touches, and beside them a few numbers for each
/// section. Immutable. Threads: any.
final class SectionedText implements Lines, Records {
  /// How texts are cut.
  ///
  /// @param octets how many a section has, about
  /// @param spacing how far places of records are apart in a text that was read; between two of
  ///   them come those of records that edits add
  record Grain(int octets, long spacing) {
    /// So that the places of [MasterFile#MAX_RECORDS] stay below 2^62.
    static final Grain USUAL = new Grain(8_192, 1L << 38);
  }

  /// The columns, a name of usual length, and what the order of names takes.
  private static final int OCTETS_PER_RECORD = 20 + 64 + 8 + 12;

  private final String name;
  private final Grain grain;
  private final Section[] sections;

  /// Where each section begins; one number more says where all end.
  private final int[] octets;

  private final int[] entries;
  private final int[] records;

  /// The place of the first record that stands in each section or behind.
  private final long[] places;

  private final long rdataOctets;

  /// Sections that come in the place of others.
  ///
  /// @param first the first of those that go
  /// @param end the one after the last
  record Change(int first, int end, List<Section> sections) {}

  /// Room for the numbers of so many sections.
  private SectionedText(String name, Grain grain, int sections, long rdataOctets) {
    this.name = name;
    this.grain = grain;
    this.rdataOctets = rdataOctets;
    this.sections = new Section[sections];
    octets = new int[sections + 1];
    entries = new int[sections + 1];
    records = new int[sections + 1];
    places = new long[sections];
  }

  private void set(int at, Section section) {
    sections[at] = section;
    octets[at + 1] = octets[at] + section.octets();
    entries[at + 1] = entries[at] + section.lines().entryCount();
    records[at + 1] = records[at] + section.records().count();
    places[at] = section.records().count() == 0 ? 0 : section.places()[0];
  }

  /// Takes over sections without a look at them, since there are many.
  private void setAll(int at, SectionedText from, int first, int end) {
    int count = end - first;
    System.arraycopy(from.sections, first, sections, at, count);
    System.arraycopy(from.places, first, places, at, count);
    shift(from.octets, first, octets, at, count);
    shift(from.entries, first, entries, at, count);
    shift(from.records, first, records, at, count);
  }

  private static void shift(int[] from, int first, int[] to, int at, int count) {
    int shift = to[at] - from[first];
    for (int i = 1; i <= count; i++) {
      to[at + i] = from[first + i] + shift;
    }
  }

  private SectionedText fillPlaces() {
    long next = Long.MAX_VALUE;
    for (int i = sections.length - 1; i >= 0; i--) {
      next = records[i] == records[i + 1] ? next : places[i];
      places[i] = next;
    }
    return this;
  }

  private static SectionedText of(String name, Grain grain, List<Section> sections) {
    long rdataOctets = sections.stream().mapToLong(Section::rdataOctets).sum();
    SectionedText text = new SectionedText(name, grain, sections.size(), rdataOctets);
    for (int i = 0; i < sections.size(); i++) {
      text.set(i, sections.get(i));
    }
    return text.fillPlaces();
  }

  /// A file as it was read; it is plain.
  static SectionedText of(MasterFile file, Grain grain) {
    SourceFile lines = file.files().getFirst();
    RecordTable records = file.records();
    long[] places = new long[records.count()];
    for (int record = 0; record < places.length; record++) {
      places[record] = (record + 1) * grain.spacing;
    }
    List<Section> sections = new ArrayList<>();
    Section.cut(lines, records, places, grain.octets, sections);
    return of(lines.name, grain, sections);
  }

  /// The same with other sections.
  ///
  /// @param changes in the order of the text
  SectionedText with(List<Change> changes) {
    int count = sections.length;
    long rdata = rdataOctets;
    for (Change change : changes) {
      count += change.sections.size() - (change.end - change.first);
      rdata += change.sections.stream().mapToLong(Section::rdataOctets).sum();
      for (int i = change.first; i < change.end; i++) {
        rdata -= sections[i].rdataOctets();
      }
    }
    SectionedText text = new SectionedText(name, grain, count, rdata);
    int from = 0;
    int at = 0;
    for (Change change : changes) {
      text.setAll(at, this, from, change.first);
      at += change.first - from;
      for (Section section : change.sections) {
        text.set(at++, section);
      }
      from = change.end;
    }
    text.setAll(at, this, from, sections.length);
    return text.fillPlaces();
  }

  /// The same with places as if it had been read.
  SectionedText withNewPlaces() {
    List<Section> moved = new ArrayList<>();
    int record = 0;
    for (int i = 0; i < sections.length; i++) {
      long[] others = new long[sections[i].places().length];
      for (int at = 0; at < others.length; at++) {
        others[at] = ++record * grain.spacing;
      }
      moved.add(
          new Section(sections[i].lines(), sections[i].records(), others, sections[i].types()));
    }
    return of(name, grain, moved);
  }

  Grain grain() {
    return grain;
  }

  int sectionCount() {
    return sections.length;
  }

  Section section(int section) {
    return sections[section];
  }

  /// The section of an entry.
  int sectionOfEntry(int entry) {
    return last(entries, entry);
  }

  /// The first entry of a section, or behind the last one how many there are.
  int firstEntry(int section) {
    return entries[section];
  }

  int firstRecord(int section) {
    return records[section];
  }

  int firstOctet(int section) {
    return octets[section];
  }

  /// How many records stand in front of an entry.
  int recordsInFrontOf(int entry) {
    if (entry == entryCount()) {
      return count();
    }
    int section = last(entries, entry);
    Section in = sections[section];
    return records[section]
        + in.records().countBefore(in.lines().entryStart(entry - entries[section]));
  }

  /// The last section that begins at a number or before.
  private int last(int[] firsts, int number) {
    int low = 0;
    int high = sections.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (firsts[middle] <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// Copies a part of the text.
  void copy(int from, int to, byte[] target, int at) {
    int copied = from;
    for (int section = last(octets, from); copied < to; section++) {
      int end = Math.min(to, octets[section + 1]);
      byte[] text = sections[section].lines().text;
      System.arraycopy(text, copied - octets[section], target, at + copied - from, end - copied);
      copied = end;
    }
  }

  /// All of the text.
  byte[] toArray() {
    byte[] all = new byte[length()];
    copy(0, all.length, all, 0);
    return all;
  }

  /// About how much of the heap it takes, in octets, with what the order of names takes.
  long heapOctets() {
    return length() + entryCount() * 5L + (long) count() * OCTETS_PER_RECORD + rdataOctets;
  }

  long rdataOctets() {
    return rdataOctets;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int base() {
    return 0;
  }

  @Override
  public @Nullable Lines parent() {
    return null;
  }

  @Override
  public int parentEntry() {
    return 0;
  }

  @Override
  public int length() {
    return octets[sections.length];
  }

  @Override
  public int entryCount() {
    return entries[sections.length];
  }

  @Override
  public EntryKind entryKind(int entry) {
    int section = last(entries, entry);
    return sections[section].lines().entryKind(entry - entries[section]);
  }

  @Override
  public int entryStart(int entry) {
    int section = last(entries, entry);
    return octets[section] + sections[section].lines().entryStart(entry - entries[section]);
  }

  @Override
  public int entryEnd(int entry) {
    int section = last(entries, entry);
    return octets[section] + sections[section].lines().entryEnd(entry - entries[section]);
  }

  @Override
  public int entryAt(int offset) {
    int section = last(octets, offset);
    return entries[section] + sections[section].lines().entryAt(offset - octets[section]);
  }

  @Override
  public Scope scope(int entry) {
    int section = last(entries, entry);
    return sections[section].lines().scope(entry - entries[section]);
  }

  @Override
  public RecordLine line(int entry) {
    int section = last(entries, entry);
    return sections[section].lines().line(entry - entries[section]);
  }

  @Override
  public byte octet(int offset) {
    int section = last(octets, offset);
    return sections[section].lines().text[offset - octets[section]];
  }

  @Override
  public String text(int from, int to) {
    int section = last(octets, from);
    return sections[section].lines().text(from - octets[section], to - octets[section]);
  }

  @Override
  public int count() {
    return records[sections.length];
  }

  @Override
  public RecordTable table(int record) {
    return sections[last(records, record)].records();
  }

  @Override
  public int inTable(int record) {
    return record - records[last(records, record)];
  }

  @Override
  public int offset(int record) {
    int section = last(records, record);
    return octets[section] + sections[section].records().offset(record - records[section]);
  }

  @Override
  public WireName owner(int record) {
    int section = last(records, record);
    return sections[section].records().owner(record - records[section]);
  }

  @Override
  public long place(int record) {
    int section = last(records, record);
    return sections[section].places()[record - records[section]];
  }

  @Override
  public int recordAt(long place) {
    int low = 0;
    int high = sections.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (places[middle] <= place) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int found = Arrays.binarySearch(sections[low].places(), place);
    if (found < 0) {
      throw new IllegalStateException("no record has the place " + place);
    }
    return records[low] + found;
  }

  @Override
  public int lastOfType(RRType type, int before) {
    for (int section = before == 0 ? -1 : last(records, before - 1); section >= 0; section--) {
      if (sections[section].mayHave(type)) {
        int end = Math.min(before, records[section + 1]) - records[section];
        int found = sections[section].records().lastOfType(type, end);
        if (found >= 0) {
          return records[section] + found;
        }
      }
    }
    return -1;
  }
}
