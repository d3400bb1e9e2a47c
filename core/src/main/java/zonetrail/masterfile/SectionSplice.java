package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import zonetrail.masterfile.OwnerRuns.Window;
import zonetrail.masterfile.Rereading.Part;
import zonetrail.masterfile.SectionedText.Change;

/// Puts lines that were read into a text in place of others: the sections that these stand in are
/// made anew. One thread, used once.
final class SectionSplice {
  /// New records are this part of the usual distance apart, where there is room, so that others may
  /// come between them and behind them.
  private static final int CLOSER = 4_096;

  private final SectionedText old;
  private final List<Part> parts;
  private final List<Change> changes = new ArrayList<>();
  private final List<Window> windows = new ArrayList<>();
  private final List<Window> moved = new ArrayList<>();
  private boolean areAllMoved;

  /// By how many records there are more so far.
  private int more;

  /// The place of the last record so far that is not as before.
  private long lastPlace;

  /// @param parts in the order of the text
  SectionSplice(SectionedText old, List<Part> parts) {
    this.old = old;
    this.parts = parts;
  }

  Rereading.Result result() {
    int part = 0;
    while (part < parts.size()) {
      int first = old.sectionOfEntry(parts.get(part).entry());
      int end = first + 1;
      int next = part;
      long longer = 0;
      while (true) {
        for (; next < parts.size() && old.sectionOfEntry(parts.get(next).entry()) < end; next++) {
          end = Math.max(end, old.sectionOfEntry(parts.get(next).endEntry() - 1) + 1);
          longer += parts.get(next).longer();
        }
        long octets = old.firstOctet(end) - old.firstOctet(first) + longer;
        if (octets >= old.grain().octets() / 4 || end == old.sectionCount()) {
          break;
        }
        end++; // few are left: together with the next section
      }
      new Assembly(first, end, parts.subList(part, next)).put();
      part = next;
    }
    SectionedText text = old.with(changes);
    return areAllMoved
        ? new Rereading.Result(text.withNewPlaces(), windows, null)
        : new Rereading.Result(text, windows, moved);
  }

  /// Sections that are made anew together.
  private final class Assembly {
    private final int first;
    private final int end;
    private final List<Part> within;
    private final byte[] text;
    private final SourceFile lines;
    private final RecordTable records;
    private final long[] places;
    private int at;
    private boolean isTight;

    /// The place of the last record in front.
    private long low;

    Assembly(int first, int end, List<Part> within) {
      this.first = first;
      this.end = end;
      this.within = within;
      int octets = old.firstOctet(end) - old.firstOctet(first);
      int entries = old.firstEntry(end) - old.firstEntry(first);
      int count = old.firstRecord(end) - old.firstRecord(first);
      int rdataOctets = 0;
      for (int section = first; section < end; section++) {
        rdataOctets += old.section(section).rdataOctets();
      }
      for (Part part : within) {
        octets += part.longer();
        entries += part.lines().entryCount() - (part.endEntry() - part.entry());
        count += part.records().count() - (recordEnd(part) - recordStart(part));
        rdataOctets += part.records().rdata().end();
      }
      text = new byte[octets];
      lines = SourceFile.part(old.name(), text, first == 0, entries);
      records = RecordTable.ofSize(count, rdataOctets);
      places = new long[count];
    }

    private int recordStart(Part part) {
      return old.recordsInFrontOf(part.entry());
    }

    private int recordEnd(Part part) {
      return old.recordsInFrontOf(part.endEntry());
    }

    void put() {
      int from = old.firstRecord(first) + more;
      int before = from - 1 - more;
      lastPlace = Math.max(lastPlace, before < 0 ? 0 : old.place(before));
      low = lastPlace;
      int entry = old.firstEntry(first);
      List<Window> here = new ArrayList<>();
      for (Part part : within) {
        addOld(entry, part.entry());
        int start = records.count();
        add(part);
        here.add(
            new Window(recordStart(part), recordEnd(part), from + start, from + records.count()));
        entry = part.endEntry();
      }
      addOld(entry, old.firstEntry(end));
      windows.addAll(here);
      more += records.count() - (old.firstRecord(end) - old.firstRecord(first));
      if (isTight) {
        spread();
        moved.add(
            new Window(old.firstRecord(first), old.firstRecord(end), from, from + records.count()));
      } else {
        moved.addAll(here);
      }
      changes.add(new Change(first, end, sections()));
    }

    private List<Section> sections() {
      if (text.length > 0 && text.length <= old.grain().octets() * 2) {
        return List.of(new Section(lines, records, places));
      }
      List<Section> sections = new ArrayList<>();
      Section.cut(lines, records, places, old.grain().octets(), sections);
      return sections;
    }

    private void addOld(int from, int to) {
      int entry = from;
      while (entry < to) {
        int section = old.sectionOfEntry(entry);
        int base = old.firstEntry(section);
        addOld(
            old.section(section), entry - base, Math.min(to, old.firstEntry(section + 1)) - base);
        entry = old.firstEntry(section + 1);
      }
    }

    private void addOld(Section section, int entry, int endEntry) {
      int start = section.lines().entryStart(entry);
      int stop = section.lines().entryEnd(endEntry - 1);
      int record = section.records().countBefore(start);
      int endRecord = section.records().countBefore(stop);
      System.arraycopy(section.places(), record, places, records.count(), endRecord - record);
      add(section.lines(), entry, endEntry, section.records(), record, endRecord);
      if (endRecord > record) {
        lastPlace = section.places()[endRecord - 1];
      }
    }

    private void add(
        SourceFile from,
        int entry,
        int endEntry,
        RecordTable fromRecords,
        int record,
        int endRecord) {
      if (entry == endEntry) {
        return;
      }
      int start = from.entryStart(entry);
      int stop = from.entryEnd(endEntry - 1);
      System.arraycopy(from.text, start, text, at, stop - start);
      lines.addEntries(from, entry, endEntry, at - start);
      records.addAll(fromRecords, record, endRecord, at - start);
      at += stop - start;
    }

    /// Records that were read keep the places of those whose place they take, as many as there
    /// were.
    private void add(Part part) {
      int oldFrom = recordStart(part);
      int oldTo = recordEnd(part);
      int count = part.records().count();
      int same = Math.min(count, oldTo - oldFrom);
      int to = records.count();
      for (int i = 0; i < same; i++) {
        places[to + i] = old.place(oldFrom + i);
        lastPlace = places[to + i];
      }
      boolean isAtEnd = oldTo == old.count();
      long next = isAtEnd ? Long.MAX_VALUE : old.place(oldTo);
      long usual = Math.max(1, isAtEnd ? old.grain().spacing() : old.grain().spacing() / CLOSER);
      long step = Math.min(usual, (next - lastPlace) / (count - same + 1));
      isTight |= step == 0;
      for (int i = same; i < count; i++) {
        lastPlace += step;
        places[to + i] = lastPlace;
      }
      add(part.lines(), 0, part.lines().entryCount(), part.records(), 0, count);
    }

    /// Gives all records here other places, as far apart as there is room.
    private void spread() {
      int behind = old.firstRecord(end);
      long high = behind == old.count() ? Long.MAX_VALUE : old.place(behind);
      long step = Math.min(old.grain().spacing(), (high - low) / (places.length + 1));
      areAllMoved |= step == 0;
      Arrays.setAll(places, i -> low + (i + 1) * step);
      lastPlace = low + places.length * step;
    }
  }
}
