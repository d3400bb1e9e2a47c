package zonetrail.authority;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.tsig.KeyFile;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.zone.Finding;

/// The key files of one look at the source: which keys are in force from now on. A broken file
/// keeps its last good keys. Not for sharing between threads.
final class KeyReading {
  private final ZoneFiles before;
  private final VersionedMap.Editor<String, FileEntry> entries;
  private final Map<String, List<TsigKey>> keysRead = new HashMap<>();

  /// Begins a look.
  ///
  /// @param before what was in force until now
  /// @param entries takes what is noted of each key file
  KeyReading(ZoneFiles before, VersionedMap.Editor<String, FileEntry> entries) {
    this.before = before;
    this.entries = entries;
  }

  /// Reads a key file, unless its content was seen before.
  void read(String name, SourceFile file) {
    FileEntry last = before.entries().get(name);
    if (last instanceof FileEntry.OfKeys && last.contentId().equals(file.contentId())) {
      entries.put(name, last);
      return;
    }
    String contentId = file.contentId();
    KeyFile reading;
    try {
      reading = KeyFile.read(file.path(), file.read());
    } catch (UnreadableException unreadable) {
      contentId = FileEntry.NOT_READ;
      reading = new KeyFile(List.of(), List.of(unreadable.finding(file)));
    }
    List<Finding> findings = new ArrayList<>(reading.findings());
    file.exposure().ifPresent(findings::addFirst);
    if (!reading.hasErrors()) {
      keysRead.put(name, reading.keys());
      entries.put(
          name, new FileEntry.OfKeys(contentId, file, reading.keys().size(), findings, List.of()));
      return;
    }
    FileEntry.OfKeys kept =
        last instanceof FileEntry.OfKeys keysBefore
            ? keysBefore
            : new FileEntry.OfKeys(contentId, null, 0, List.of(), List.of());
    entries.put(
        name, new FileEntry.OfKeys(contentId, kept.good(), kept.keys(), kept.doubts(), findings));
  }

  /// The keys in force, when all files have been read: those of files that are gone go too, but for
  /// a commit that empties the repository. That is held back whole: with the keys would go the
  /// means to tell us that it has been mended.
  KeyRing inForce(boolean isEmptied) {
    Set<String> gone = new HashSet<>();
    before
        .entries()
        .forEach((name, last) -> {
          if (last instanceof FileEntry.OfKeys file && !entries.containsKey(name)) {
            if (isEmptied) {
              entries.put(name, file.gone());
            } else {
              gone.add(name);
            }
          }
        });
    KeyRing keys = gone.isEmpty() ? before.keys() : before.keys().without(gone);
    return keysRead.isEmpty() ? keys : keys.with(keysRead);
  }
}
