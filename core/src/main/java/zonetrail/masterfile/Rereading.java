package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.LineScopes.Scope;
import zonetrail.masterfile.OwnerRuns.Window;
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
  /// So many entries are laid out to be read at first, and more if they do not suffice.
  private static final int ENTRIES_AT_FIRST = 4;

  /// What was read.
  ///
  /// @param text as it is now
  /// @param windows the records that may be others than before
  /// @param moved the records that may be others or have another place; null if all have
  record Result(SectionedText text, List<Window> windows, @Nullable List<Window> moved) {}

  /// Lines that were read.
  ///
  /// @param entry the first entry that they take the place of
  /// @param endEntry the one after the last
  /// @param longer by how many octets they are
  record Part(int entry, int endEntry, SourceFile lines, RecordTable records, int longer) {}

  private final SectionedText old;
  private final List<Splice> splices;
  private final List<Part> parts = new ArrayList<>();
  private int nextSplice;

  private Rereading(SectionedText before, Splices splices) {
    this.old = before;
    this.splices = splices.ordered();
  }

  /// Reads an edited text.
  ///
  /// @param before what was edited
  /// @param splices what was edited in it: whole entries
  /// @return null if all of it has to be read
  static @Nullable Result read(SectionedText before, Splices splices) {
    return new Rereading(before, splices).read();
  }

  private @Nullable Result read() {
    while (nextSplice < splices.size()) {
      Splice splice = splices.get(nextSplice);
      int entry = splice.start() == 0 ? 0 : old.entryAt(splice.start());
      if (old.lineStart(entry) != splice.start() || !readFrom(entry)) {
        return null;
      }
    }
    Result result = new SectionSplice(old, parts).result();
    return result.text().length() > MasterFile.MAX_OCTETS
            || result.text().count() > MasterFile.MAX_RECORDS
            || result.text().rdataOctets() > MasterFile.MAX_OCTETS
        ? null
        : result;
  }

  /// Reads from an edited entry on until all is as it was.
  ///
  /// @return whether that could be
  private boolean readFrom(int first) {
    for (int entries = ENTRIES_AT_FIRST; ; entries *= 4) {
      int laidOut = (int) Math.min(old.entryCount(), first + (long) entries);
      PartReader reader = new PartReader(first, laidOut);
      if (!reader.read()) {
        return false;
      }
      Part part = reader.part;
      if (part != null) {
        parts.add(part);
        nextSplice = reader.next;
        return true;
      }
    }
  }

  /// Reads one part, of which so much is laid out.
  private final class PartReader {
    private final int first;
    private final int laidOut;
    private int next = nextSplice;
    private int longer;
    private @Nullable Part part;

    PartReader(int first, int laidOut) {
      this.first = first;
      this.laidOut = laidOut;
    }

    /// Reads.
    ///
    /// @return false if all of the text has to be read; else there is a part, or more of the text
    ///   has to be laid out for it
    boolean read() {
      MasterFileParser parser = new MasterFileParser(IncludeSource.NONE, MasterFileParser.NO_TTL);
      SourceFile lines = SourceFile.part(old.name(), layOut(), first == 0, 16);
      MasterFileParser.Reader reader =
          parser.resume(lines, 0, old.scope(first), ownerInFrontOf(first));
      int start = old.entryStart(first);
      int entry = first;
      do {
        if (entry == laidOut) {
          return true;
        }
        if (isNextEdited(entry)) {
          Splice splice = splices.get(next++);
          if (splice.end() != old.entryEnd(entry)) {
            return false;
          }
          longer += splice.longer();
        }
        int end = old.entryEnd(entry) + longer - start;
        int at = lines.entryCount() == 0 ? 0 : lines.entryEnd(lines.entryCount() - 1);
        while (at < end && reader.readLine()) {
          at = lines.entryEnd(lines.entryCount() - 1);
        }
        if (at != end || !parser.isPlain()) {
          return false;
        }
        entry++;
      } while (entry < old.entryCount() && (isNextEdited(entry) || !isAsBefore(reader, entry)));
      part = new Part(first, entry, lines, parser.records(), longer);
      return true;
    }

    /// The text of the entries as edited.
    private byte[] layOut() {
      int from = old.entryStart(first);
      int to = old.entryEnd(laidOut - 1);
      byte[] octets = new byte[to - from];
      old.copy(from, to, octets, 0);
      Splices within = new Splices();
      for (int i = next; i < splices.size() && splices.get(i).start() < to; i++) {
        Splice splice = splices.get(i);
        within.add(splice.start() - from, Math.min(splice.end(), to) - from, splice.text());
      }
      return within.applyTo(octets);
    }

    private boolean isNextEdited(int entry) {
      return next < splices.size() && splices.get(next).start() == old.lineStart(entry);
    }
  }

  private boolean isAsBefore(MasterFileParser.Reader reader, int entry) {
    Scope was = old.scope(entry);
    Scope is = reader.scope();
    return was.defaultTtl() == is.defaultTtl()
        && (was.defaultTtl() != MasterFileParser.NO_TTL || was.lastTtl() == is.lastTtl())
        && isSame(was.origin(), is.origin())
        && isSame(ownerInFrontOf(entry), reader.owner());
  }

  private @Nullable WireName ownerInFrontOf(int entry) {
    int records = old.recordsInFrontOf(entry);
    return records == 0 ? null : old.owner(records - 1);
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
}
