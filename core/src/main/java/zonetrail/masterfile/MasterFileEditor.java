package zonetrail.masterfile;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    return known == null
        ? attempt(() -> edit(before, includes, change))
        : attempt(() -> edit(known, false, change));
  }

  /// Edits the file of a zone that an edit left so. Takes as long as what changes takes, and reads
  /// no line that does not change.
  ///
  /// @throws IllegalArgumentException if the change is one of another zone
  public static ZoneFileEdit edit(KnownText known, ZoneChange change) {
    if (!change.apex().equals(known.apex())) {
      throw new IllegalArgumentException(
          "a change of " + change.apex() + " for zone " + known.apex());
    }
    return attempt(() -> edit(known, true, change));
  }

  private interface Attempt {
    ZoneFileEdit make() throws RefusedEditException, BadEntryException;
  }

  private static ZoneFileEdit attempt(Attempt attempt) {
    try {
      return attempt.make();
    } catch (RefusedEditException refused) {
      return new ZoneFileEdit.Refused(refused.reason());
    } catch (BadEntryException | RuntimeException wrong) {
      return new ZoneFileEdit.Refused("the file cannot be edited here: " + wrong);
    }
  }

  /// Edits a file that includes others or has lines that are no records of their own.
  private static ZoneFileEdit edit(MasterFile before, IncludeSource includes, ZoneChange change)
      throws RefusedEditException, BadEntryException {
    EditBase base = EditBase.of(before);
    ChangedRecords changed = ChangedRecords.of(base.records(), change);
    OwnerRuns runs = OwnerRuns.of(base.records());
    EditPlan plan = new EditPlan(base, changed, change, runs);
    Map<String, byte[]> texts = texts(before, new EditWalk(base, plan).splices());
    if (texts.isEmpty()) {
      return new ZoneFileEdit.Edited(Map.of(), null);
    }
    MasterFile after = readAll(before, change.apex(), includes, texts);
    EditCheck.check(base, before.findings(), changed, after, change);
    Map<String, FileText> edited = new HashMap<>();
    texts.forEach((name, text) -> edited.put(name, FileText.of(text)));
    return new ZoneFileEdit.Edited(edited, KnownText.of(change.apex(), after));
  }

  /// @param again whether it was edited before, so that it is worth while to put its names in order
  private static ZoneFileEdit edit(KnownText known, boolean again, ZoneChange change)
      throws RefusedEditException, BadEntryException {
    SectionedText text = known.text();
    EditBase base = EditBase.of(text);
    ChangedRecords changed =
        again ? ChangedRecords.of(text, change, known.runs()) : ChangedRecords.of(text, change);
    EditPlan plan = new EditPlan(base, changed, change, known.runs());
    Splices splices = new EditWalk(base, plan).splices().get(text.name());
    if (splices == null || splices.isEmpty()) {
      return new ZoneFileEdit.Edited(Map.of(), known);
    }
    Rereading.Result read = Rereading.read(text, splices);
    if (read == null) {
      return readAll(known, base, changed, splices, change);
    }
    KnownText after = known.after(read);
    ChangedRecords now =
        again
            ? ChangedRecords.of(read.text(), change, after.runs())
            : ChangedRecords.of(read.text(), change);
    EditCheck.check(base, changed, read.text(), read.windows(), now, change);
    return new ZoneFileEdit.Edited(Map.of(text.name(), FileText.of(read.text())), after);
  }

  private static ZoneFileEdit readAll(
      KnownText known, EditBase base, ChangedRecords changed, Splices splices, ZoneChange change)
      throws RefusedEditException {
    String name = known.fileName();
    byte[] edited = splices.applyTo(known.text().toArray());
    MasterFile after = MasterFile.parse(name, edited, change.apex(), IncludeSource.NONE);
    EditCheck.check(base, List.of(), changed, after, change);
    return new ZoneFileEdit.Edited(
        Map.of(name, FileText.of(edited)), KnownText.of(change.apex(), after));
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
