package zonetrail.authority;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.masterfile.FileText;
import zonetrail.masterfile.KnownText;
import zonetrail.masterfile.MasterFileEditor;
import zonetrail.masterfile.ZoneFileEdit;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// The texts of zone files while a group of edits is written into them: those of the source's
/// version, and over them what has been written so far.
///
/// Changes are gathered zone by zone and written together, so that a file of many records is read
/// once for all of them. One thread.
final class ZoneTexts {
  private final ZoneFiles base;
  private final SourceTree tree;
  private final IncludedFiles included;

  /// What has been written, by name; empty: the file is gone.
  private final Map<String, Optional<FileText>> texts = new HashMap<>();

  /// What of it was not taken yet.
  private final SortedMap<String, Optional<FileText>> fresh = new TreeMap<>();

  /// What of it need not be read again; null: it has to be.
  private final Map<WireName, @Nullable KnownText> known = new HashMap<>();

  private final EditedTexts edited;
  private final Map<WireName, String> newFiles = new HashMap<>();
  private final Map<WireName, ZoneChange.Builder> gathered = new LinkedHashMap<>();

  /// Says why a file cannot be edited as a change wants it.
  static final class NotEditableException extends Exception {
    private static final long serialVersionUID = 1L;

    NotEditableException(String reason) {
      super(reason);
    }
  }

  /// @param edited the texts of files edited before
  ZoneTexts(ZoneFiles base, SourceTree tree, EditedTexts edited) {
    this.base = base;
    this.edited = edited;
    this.tree = tree;
    SourceTree after =
        new SourceTree(
            tree.version(),
            tree.time(),
            tree.acceptance(),
            tree.layout(),
            tree.files(),
            this::includedFile,
            tree.leftOut());
    this.included = new IncludedFiles(after, 0);
  }

  private @Nullable SourceFile includedFile(String zoneFile, String name) {
    SourceFile file = tree.includes().find(zoneFile, name);
    Optional<FileText> text = texts.get(name);
    if (text == null || file == null) {
      return file;
    }
    return text.map(octets -> (SourceFile) new EditedFile(file.path(), octets)).orElse(null);
  }

  /// A file as it will be.
  private record EditedFile(String path, FileText text) implements SourceFile {
    @Override
    public String contentId() {
      return "edited";
    }

    @Override
    public byte[] read() {
      return text.octets();
    }
  }

  /// Notes what is to be written.
  ///
  /// @param before the zone that is changed
  void gather(Zone before, ZoneChange change) {
    ZoneChange.Builder builder =
        gathered.computeIfAbsent(before.apex(), _ -> new ZoneChange.Builder(before));
    for (ZoneChange.Replacement replacement : change.replacements()) {
      if (replacement.after() != null) {
        builder.put(replacement.after());
      } else if (replacement.type().equals(RRType.RRSIG) && replacement.before() != null) {
        builder.removeSignatures(replacement.owner(), replacement.before().typeCovered());
      } else {
        builder.remove(replacement.owner(), replacement.type());
      }
    }
  }

  /// Why no file can be made for a zone; empty if one can.
  ///
  /// @param beside the key file that grants it
  Optional<String> whyNotCreate(WireName apex, String beside) {
    Optional<String> name = tree.layout().fileOf(apex, beside);
    if (name.isEmpty()) {
      return Optional.of("no file's name gives this zone");
    }
    boolean isTaken =
        base.entries().values().stream()
                .anyMatch(entry ->
                    switch (entry) {
                      case FileEntry.OfZone zone -> zone.apex().equals(apex);
                      case FileEntry.Contested contested -> contested.apex().equals(apex);
                      case FileEntry.OfKeys _, FileEntry.Other _ -> false;
                    })
            || tree.files().containsKey(name.get());
    String below = name.get() + "/";
    if (tree.leftOut().containsKey(name.get())
        || tree.files().keySet().stream().anyMatch(path -> path.startsWith(below))) {
      return Optional.of("the repository has a folder or a link of the name " + name.get());
    }
    boolean isGone = texts.containsKey(name.get()) && texts.get(name.get()).isEmpty();
    return isTaken && !isGone
        ? Optional.of("the repository has another file of the name " + name.get())
        : Optional.empty();
  }

  /// Writes the file of a new zone.
  ///
  /// @param beside the key file that grants it
  void create(Zone zone, String beside) {
    String name = tree.layout().fileOf(zone.apex(), beside).orElseThrow();
    newFiles.put(zone.apex(), name);
    known.put(zone.apex(), null);
    put(name, Optional.of(FileText.of(MasterFileEditor.print(zone))));
  }

  /// Takes the file of a zone away.
  void remove(WireName apex) {
    gathered.remove(apex);
    known.put(apex, null);
    String name = fileName(apex);
    if (name != null) {
      put(name, Optional.empty());
    }
  }

  private void put(String name, Optional<FileText> text) {
    texts.put(name, text);
    fresh.put(name, text);
  }

  /// Drops what was gathered and is not written.
  void forget() {
    gathered.clear();
  }

  /// Writes what was gathered into the texts.
  ///
  /// @throws NotEditableException if a file cannot be edited so; some may have been
  void write() throws NotEditableException {
    for (ZoneChange.Builder builder : gathered.values()) {
      ZoneChange change = builder.build();
      if (!change.isEmpty()) {
        write(change);
      }
    }
    gathered.clear();
  }

  private void write(ZoneChange change) throws NotEditableException {
    WireName apex = change.apex();
    String name = requireFile(apex);
    SourceFile file = file(name);
    IncludedFiles.OfZone includes = included.of(name);
    ZoneFileEdit edit;
    try {
      KnownText text = texts.containsKey(name) ? known.get(apex) : edited.find(apex, file);
      edit =
          text == null
              ? MasterFileEditor.edit(file.path(), apex, file.read(), includes, change)
              : MasterFileEditor.edit(text, change);
    } catch (UnreadableException unreadable) {
      throw new NotEditableException(String.valueOf(unreadable.getMessage()));
    }
    switch (edit) {
      case ZoneFileEdit.Refused(String reason) -> throw new NotEditableException(reason);
      case ZoneFileEdit.Edited(Map<String, FileText> files, KnownText next) -> {
        Map<String, String> names = names(name, file, includes);
        for (String path : files.keySet()) {
          requireOwn(apex, Objects.requireNonNull(names.get(path)), name);
        }
        files.forEach(
            (path, text) -> put(Objects.requireNonNull(names.get(path)), Optional.of(text)));
        if (!files.isEmpty()) {
          known.put(apex, next);
        }
      }
    }
  }

  /// Names within the zones folder by the paths that findings have.
  private static Map<String, String> names(
      String zoneFile, SourceFile file, IncludedFiles.OfZone includes) {
    Map<String, String> names = new HashMap<>();
    includes.files().forEach((name, each) -> names.put(each.path(), name));
    names.put(file.path(), zoneFile);
    return names;
  }

  /// A file that two zones include cannot be changed for one of them: the other's serial would not
  /// rise.
  private void requireOwn(WireName apex, String name, String zoneFile) throws NotEditableException {
    if (name.equals(zoneFile)) {
      return;
    }
    for (FileEntry entry : base.entries().values()) {
      if (entry instanceof FileEntry.OfZone other
          && !other.apex().equals(apex)
          && other.includes().containsKey(name)) {
        throw new NotEditableException(
            "the record is in " + name + ", which zone " + other.apex() + " includes, too");
      }
    }
  }

  /// The zone that a file holds as it is at the source; null if it cannot be read.
  @Nullable Zone readZone(WireName apex) {
    try {
      String name = requireFile(apex);
      SourceFile file = file(name);
      return ZoneFileReader.read(file.path(), apex, file.read(), included.of(name)).zone();
    } catch (NotEditableException | UnreadableException unreadable) {
      return null;
    }
  }

  private String requireFile(WireName apex) throws NotEditableException {
    String name = fileName(apex);
    if (name == null) {
      throw new NotEditableException(
          "the repository has no file of the zone any more, which is still served; put it back, or"
              + " accept that it is gone");
    }
    return name;
  }

  /// The file of a zone; null if it is gone and the zone is still served.
  private @Nullable String fileName(WireName apex) {
    String created = newFiles.get(apex);
    if (created != null) {
      return created;
    }
    ZoneState state = base.state(apex);
    if (state != null
        && state.served() != null
        && tree.files().containsKey(state.served().fileName())) {
      return state.served().fileName();
    }
    for (Map.Entry<String, FileEntry> entry : base.entries().entrySet()) {
      if (entry.getValue() instanceof FileEntry.OfZone zone && zone.apex().equals(apex)) {
        return entry.getKey();
      }
    }
    return null;
  }

  private SourceFile file(String name) throws NotEditableException {
    SourceFile file = tree.files().get(name);
    Optional<FileText> text = texts.get(name);
    if (text != null && text.isPresent()) {
      return new EditedFile(file == null ? name : file.path(), text.get());
    }
    if (file == null || text != null) {
      throw new NotEditableException("the file " + name + " is gone");
    }
    return file;
  }

  /// What has been written since the last call.
  SortedMap<String, Optional<FileText>> takeWritten() {
    SortedMap<String, Optional<FileText>> taken = new TreeMap<>(fresh);
    fresh.clear();
    return taken;
  }

  /// The texts of the zones that were edited, as far as they need not be read again.
  ///
  /// @return by zone; null: its text has to be read
  Map<WireName, @Nullable KnownText> known() {
    return known;
  }

  /// Those zones that need not be read again: whose records are in one file.
  Map<WireName, Zone> written(Map<WireName, @Nullable Zone> touched) {
    Map<WireName, Zone> written = new HashMap<>();
    touched.forEach((apex, zone) -> {
      ZoneState state = base.state(apex);
      String name = state == null ? null : fileName(apex);
      boolean includes =
          name != null
              && base.entries().get(name) instanceof FileEntry.OfZone entry
              && !entry.includes().isEmpty();
      if (zone != null && !includes) {
        written.put(apex, zone);
      }
    });
    return written;
  }
}
