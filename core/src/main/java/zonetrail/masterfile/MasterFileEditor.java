package zonetrail.masterfile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Edits a zone file so that it says what a changed zone says, and touches only the lines that the
/// change needs: one UPDATE is a diff of one line, and the serial's.
///
/// Comments, order, `$TTL` and `$ORIGIN`, blanks and columns, line ends, the byte order mark and a
/// missing last line end stay. `docs/zone-file-edits.md` says where new records come and what is
/// refused. What is edited has been read again and compared, record by record, before it is handed
/// out; a text that says anything else than it should is never handed out.
///
/// Takes as long as reading the file, and somewhat more; where it includes others or has
/// `$GENERATE` lines, as long as reading it twice. Of what an edit left ([KnownText]) the next one
/// reads only what it writes.
public final class MasterFileEditor {
  private MasterFileEditor() {}

  /// Edits the file of a zone, and files that it includes.
  ///
  /// Whether an included file is included by another zone's file too is for the caller to know.
  ///
  /// @param fileName as in [MasterFile#parse]
  /// @param apex the zone's name, which is the origin at the first line too
  /// @param text the file's octets, of which the change's first version was read
  /// @param includes finds what `$INCLUDE` names
  /// @param change to that version
  /// @throws IllegalArgumentException if the change is one of another zone
  public static ZoneFileEdit edit(
      String fileName, WireName apex, byte[] text, IncludeSource includes, ZoneChange change) {
    if (!change.apex().equals(apex)) {
      throw new IllegalArgumentException("a change of " + change.apex() + " for zone " + apex);
    }
    MasterFile before = MasterFile.parse(fileName, text, apex, includes);
    for (Finding finding : before.findings()) {
      if (finding.isError()) {
        return new ZoneFileEdit.Refused("the zone file has errors: " + finding);
      }
    }
    KnownText known = KnownText.of(apex, before);
    Supplier<OwnerRuns> runs = known == null ? () -> OwnerRuns.of(before.records()) : known::runs;
    return edit(before, runs, known, includes, change);
  }

  /// Edits the file of a zone that an edit left so. Takes as long as it takes to copy the text and
  /// to go through the numbers of its lines, and no line is read that does not change.
  ///
  /// @throws IllegalArgumentException if the change is one of another zone
  public static ZoneFileEdit edit(KnownText known, ZoneChange change) {
    if (!change.apex().equals(known.apex())) {
      throw new IllegalArgumentException(
          "a change of " + change.apex() + " for zone " + known.apex());
    }
    return edit(known.file(), known::runs, known, IncludeSource.NONE, change);
  }

  private static ZoneFileEdit edit(
      MasterFile before,
      Supplier<OwnerRuns> runs,
      @Nullable KnownText known,
      IncludeSource includes,
      ZoneChange change) {
    try {
      ChangedRecords changed = ChangedRecords.of(before.records(), change);
      EditPlan plan = new EditPlan(before, changed, change, runs);
      Map<String, Splices> splices = new EditWalk(before, plan).splices();
      Map<String, byte[]> texts = texts(before, splices);
      KnownText after =
          texts.isEmpty() || known == null ? known : reread(known, changed, splices, texts, change);
      if (!texts.isEmpty() && after == null) {
        MasterFile file = readAll(before, change.apex(), includes, texts);
        EditCheck.check(before, changed, file, change);
        after = KnownText.of(change.apex(), file);
      }
      return new ZoneFileEdit.Edited(texts, after);
    } catch (RefusedEditException refused) {
      return new ZoneFileEdit.Refused(refused.reason());
    } catch (BadEntryException | RuntimeException wrong) {
      return new ZoneFileEdit.Refused("the file cannot be edited here: " + wrong);
    }
  }

  /// Reads what was edited, and checks it.
  ///
  /// @return null if all of the file has to be read
  private static @Nullable KnownText reread(
      KnownText before,
      ChangedRecords changed,
      Map<String, Splices> splices,
      Map<String, byte[]> texts,
      ZoneChange change)
      throws RefusedEditException {
    Splices edits = Objects.requireNonNull(splices.get(before.fileName()));
    byte[] text = Objects.requireNonNull(texts.get(before.fileName()));
    Rereading.Result read = Rereading.read(before.file(), edits, text);
    if (read == null) {
      return null;
    }
    EditCheck.check(before.file(), changed, read, change);
    return before.after(read);
  }

  private static MasterFile readAll(
      MasterFile before, WireName apex, IncludeSource includes, Map<String, byte[]> texts) {
    SourceFile first = before.files().getFirst();
    return MasterFile.parse(
        first.name, texts.getOrDefault(first.name, first.text), apex, edited(includes, texts));
  }

  private static Map<String, byte[]> texts(MasterFile file, Map<String, Splices> splices) {
    Map<String, byte[]> texts = new LinkedHashMap<>();
    for (SourceFile source : file.files()) {
      Splices edits = splices.get(source.name);
      if (edits != null && !edits.isEmpty() && !texts.containsKey(source.name)) {
        texts.put(source.name, edits.applyTo(source.text));
      }
    }
    return texts;
  }

  /// Finds the edited texts in place of those that were.
  private static IncludeSource edited(IncludeSource includes, Map<String, byte[]> texts) {
    return (includingFile, path) -> {
      IncludeSource.Result result = includes.open(includingFile, path);
      return result instanceof IncludeSource.Found found && texts.get(found.fileName()) != null
          ? new IncludeSource.Found(found.fileName(), texts.get(found.fileName()))
          : result;
    };
  }

  /// The file of a new zone: all of it, in columns, the SOA record first.
  public static byte[] print(Zone zone) {
    return MasterFilePrinter.print(zone);
  }
}
