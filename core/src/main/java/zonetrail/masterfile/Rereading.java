package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.LineScopes.Scope;
import zonetrail.masterfile.Splices.Splice;
import zonetrail.wire.WireName;

/// Reads an edited text without reading all of it: the lines that the edit wrote, and those behind
/// them up to one at which the same origin, TTL and owner are in force as before the edit. What
/// stands from there on are the very octets that were read before, under the same circumstances, so
/// what they said then they say now; it is taken over.
///
/// Only for a file where that is all there is to it ([MasterFile#isPlain]): no other file, no
/// `$GENERATE`, no finding. Where an edit would end that, or a line does not end where the edit
/// ends, this says so, and the whole text is to be read. The tests hold what comes out of this
/// against a text that was read anew. One thread, used once.
final class Rereading {
  /// Records that may be others than before; between two windows are those that are the same.
  ///
  /// @param oldFrom the first of those that were
  /// @param oldTo the one after the last
  /// @param from the first of those that are now
  /// @param to the one after the last
  record Window(int oldFrom, int oldTo, int from, int to) {
    /// How many records more there are than before, up to its end.
    int shift() {
      return to - oldTo;
    }
  }

  /// What was read.
  record Result(MasterFile file, List<Window> windows) {
    Result {
      windows = List.copyOf(windows);
    }
  }

  /// Lines that were read.
  ///
  /// @param entry the first entry that they take the place of
  /// @param endEntry the one after the last
  /// @param shift how much further back stands what comes after them
  private record Part(int entry, int endEntry, SourceFile lines, RecordTable records, int shift) {}

  private final MasterFile before;
  private final SourceFile old;
  private final List<Splice> splices;
  private final byte[] text;
  private final List<Part> parts = new ArrayList<>();
  private int nextSplice;
  private int shift;

  private Rereading(MasterFile before, Splices splices, byte[] text) {
    this.before = before;
    this.old = before.files().getFirst();
    this.splices = splices.ordered();
    this.text = text;
  }

  /// Reads an edited text.
  ///
  /// @param before what was edited
  /// @param splices what was edited in it: whole entries
  /// @param text what came out of that
  /// @return null if all of it has to be read
  static @Nullable Result read(MasterFile before, Splices splices, byte[] text) {
    return before.isPlain() && text.length <= MasterFile.MAX_OCTETS
        ? new Rereading(before, splices, text).read()
        : null;
  }

  private @Nullable Result read() {
    while (nextSplice < splices.size()) {
      Splice splice = splices.get(nextSplice);
      int entry = splice.start() == 0 ? 0 : old.entryAt(splice.start());
      if (startOf(entry) != splice.start() || !readFrom(entry)) {
        return null;
      }
    }
    return put();
  }

  /// Where an edit of an entry begins: a byte order mark is none of its business.
  private int startOf(int entry) {
    return entry == 0 ? Math.max(0, RecordLine.of(old, 0).line.lineStart()) : old.entryStart(entry);
  }

  /// Reads from an edited entry on until all is as it was.
  ///
  /// @return whether that could be
  private boolean readFrom(int first) {
    MasterFileParser parser = new MasterFileParser(IncludeSource.NONE, MasterFileParser.NO_TTL);
    SourceFile lines = new SourceFile(old.name, text, 0, null, 16);
    int start = old.entryStart(first) + shift;
    MasterFileParser.Reader reader =
        parser.resume(lines, start, old.scopes.at(first), ownerInFrontOf(first));
    int entry = first;
    do {
      if (isNextEdited(entry)) {
        Splice splice = splices.get(nextSplice++);
        if (splice.end() != old.entryEnd(entry)) {
          return false;
        }
        shift += splice.longer();
      }
      int end = old.entryEnd(entry) + shift;
      int at = lines.entryCount() == 0 ? start : lines.entryEnd(lines.entryCount() - 1);
      while (at < end && reader.readLine()) {
        at = lines.entryEnd(lines.entryCount() - 1);
      }
      if (at != end || !parser.isPlain()) {
        return false;
      }
      entry++;
    } while (entry < old.entryCount() && (isNextEdited(entry) || !isAsBefore(reader, entry)));
    parts.add(new Part(first, entry, lines, parser.records(), shift));
    return true;
  }

  private boolean isNextEdited(int entry) {
    return nextSplice < splices.size() && splices.get(nextSplice).start() == startOf(entry);
  }

  private boolean isAsBefore(MasterFileParser.Reader reader, int entry) {
    Scope was = old.scopes.at(entry);
    Scope is = reader.scope();
    return was.defaultTtl() == is.defaultTtl()
        && (was.defaultTtl() != MasterFileParser.NO_TTL || was.lastTtl() == is.lastTtl())
        && isSame(was.origin(), is.origin())
        && isSame(ownerInFrontOf(entry), reader.owner());
  }

  private @Nullable WireName ownerInFrontOf(int entry) {
    int records = recordsInFrontOf(entry);
    return records == 0 ? null : before.records().owner(records - 1);
  }

  private int recordsInFrontOf(int entry) {
    return entry == old.entryCount()
        ? before.recordCount()
        : before.records().countBefore(old.entryStart(entry));
  }

  /// Whether names are the same, in the case of their letters, too.
  @SuppressWarnings("ReferenceEquality") // most often it is the very name
  private static boolean isSame(@Nullable WireName name, @Nullable WireName other) {
    if (name == other) {
      return true;
    }
    if (name == null || other == null || name.length() != other.length()) {
      return false;
    }
    int at = 0;
    while (at < name.length() && name.octetAt(at) == other.octetAt(at)) {
      at++;
    }
    return at == name.length();
  }

  /// Puts together what was read and what is as before.
  private @Nullable Result put() {
    int entries = old.entryCount();
    int count = before.recordCount();
    int rdataOctets = before.records().rdata().end();
    for (Part part : parts) {
      entries += part.lines.entryCount() - (part.endEntry - part.entry);
      count += part.records.count();
      rdataOctets += part.records.rdata().end();
    }
    SourceFile lines = new SourceFile(old.name, text, 0, null, entries);
    RecordTable records = RecordTable.ofSize(count, rdataOctets);
    List<Window> windows = new ArrayList<>();
    int entry = 0;
    int record = 0;
    int moved = 0;
    for (Part part : parts) {
      int oldFrom = recordsInFrontOf(part.entry);
      int oldTo = recordsInFrontOf(part.endEntry);
      lines.addEntries(old, entry, part.entry, moved);
      records.addAll(before.records(), record, oldFrom, moved);
      int from = records.count();
      lines.addEntries(part.lines, 0, part.lines.entryCount(), 0);
      records.addAll(part.records, 0, part.records.count(), 0);
      windows.add(new Window(oldFrom, oldTo, from, records.count()));
      entry = part.endEntry;
      record = oldTo;
      moved = part.shift;
    }
    lines.addEntries(old, entry, old.entryCount(), moved);
    records.addAll(before.records(), record, before.recordCount(), moved);
    return records.count() > MasterFile.MAX_RECORDS || records.rdata().end() > MasterFile.MAX_OCTETS
        ? null
        : new Result(
            new MasterFile(List.of(lines), records, List.of(), before.heapOctets(), true), windows);
  }
}
