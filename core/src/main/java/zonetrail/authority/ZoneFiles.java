package zonetrail.authority;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.ZoneFileName;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.masterfile.ZoneReading;
import zonetrail.tsig.KeyFile;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// The files of the source at one version, each with what is served because of it: the last good
/// version of a zone, the keys of the last good version of a key file.
///
/// [#advance] is the one road from files to zones. It reads only what changed, and what it cannot
/// use costs nothing else: a broken zone keeps its last good version, a broken key file its last
/// good keys, and everything beside them moves on. Immutable, safe on any thread.
public final class ZoneFiles {
  /// No files at all.
  public static final ZoneFiles NONE =
      new ZoneFiles("nothing", Map.of(), Zones.NONE, KeyRing.EMPTY);

  /// The content id of what could not be read: it equals no file's, so the file is read again at
  /// the next look, when the store may have been mended.
  private static final String NOT_READ = "";

  /// Stands for the content id of an included file that does not exist.
  private static final String NO_FILE = "-";

  private final String version;
  private final Map<String, Entry> entries;
  private final Zones zones;
  private final KeyRing keys;

  private ZoneFiles(String version, Map<String, Entry> entries, Zones zones, KeyRing keys) {
    this.version = version;
    this.entries = entries;
    this.zones = zones;
    this.keys = keys;
  }

  /// What a file was last seen to hold.
  private sealed interface Entry {
    /// The content seen last, good or not; it need not be read again.
    String contentId();

    /// A zone.
    ///
    /// @param includes what `$INCLUDE` read, content id by file name; empty where a file was
    ///   missing
    record ZoneEntry(
        String contentId, Map<String, String> includes, WireName apex, @Nullable Zone lastGood)
        implements Entry {}

    /// Keys; which of them are in force is the ring's to know.
    record KeysEntry(String contentId, int keys) implements Entry {}

    /// A zone that another file claims too, so that this one is not served.
    record ContestedEntry(String contentId, WireName apex) implements Entry {}

    /// Neither.
    record OtherEntry(String contentId) implements Entry {}
  }

  /// The outcome of looking at a version of the source.
  ///
  /// @param files what is served from now on
  /// @param isChange whether that differs from before in any zone or key
  /// @param events what the operator should know, in the order of file names
  public record Advance(ZoneFiles files, boolean isChange, List<Event> events) {
    /// Copies the list.
    public Advance {
      events = List.copyOf(events);
    }
  }

  /// The version of the source looked at last.
  public String version() {
    return version;
  }

  /// The zones served.
  public Zones zones() {
    return zones;
  }

  /// The keys in force.
  public KeyRing keys() {
    return keys;
  }

  /// What readers share.
  public Publication publication() {
    return new Publication(version, zones, keys);
  }

  /// Looks at a version of the source: reads the files whose content changed, and takes over what
  /// is good.
  public Advance advance(SourceTree tree) {
    return new Step(tree).run();
  }

  /// One look at one tree. Not for sharing between threads.
  private final class Step {
    private final SourceTree tree;
    private final String to;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Entry> next = new HashMap<>();
    private final Map<String, List<TsigKey>> keysRead = new HashMap<>();
    private final Map<String, byte[]> includedTexts = new HashMap<>();
    private KeyRing ring = keys;
    private boolean changed;

    Step(SourceTree tree) {
      this.tree = tree;
      this.to = tree.version();
    }

    Advance run() {
      SortedMap<WireName, List<String>> claims = new TreeMap<>();
      tree.files()
          .forEach((name, file) -> {
            Optional<WireName> apex = ZoneFileName.zoneOf(name);
            if (KeyFile.isKeyFileName(name)) {
              readKeys(name, file);
            } else if (apex.isEmpty()) {
              leaveAlone(name, file, "its name is not a zone's");
            } else {
              claims.computeIfAbsent(apex.get(), any -> new ArrayList<>(1)).add(name);
            }
          });
      claims.forEach(this::readZone);
      dropWhatIsGone();
      ring = ring.with(keysRead);
      Zones served = changed ? Zones.of(servedZones()) : zones;
      ZoneFiles files = new ZoneFiles(to, Map.copyOf(next), served, ring);
      return new Advance(files, changed, events);
    }

    /// A zone of ours without a good version answers SERVFAIL; silence would let an enclosing zone
    /// of ours answer in its place.
    private List<ServedZone> servedZones() {
      Map<WireName, ServedZone> served = new HashMap<>();
      for (Entry entry : next.values()) {
        switch (entry) {
          case Entry.ZoneEntry(_, _, WireName apex, Zone lastGood) when lastGood != null ->
              served.put(apex, lastGood);
          case Entry.ZoneEntry(_, _, WireName apex, _) ->
              served.putIfAbsent(apex, new UnavailableZone(apex));
          case Entry.ContestedEntry(_, WireName apex) ->
              served.putIfAbsent(apex, new UnavailableZone(apex));
          case Entry.KeysEntry _, Entry.OtherEntry _ -> {}
        }
      }
      return List.copyOf(served.values());
    }

    private void readKeys(String name, SourceFile file) {
      Entry before = entries.get(name);
      if (before instanceof Entry.KeysEntry && isKnown(name)) {
        next.put(name, before);
        return;
      }
      int kept = before instanceof Entry.KeysEntry(String _, int count) ? count : 0;
      String contentId = file.contentId();
      KeyFile reading;
      try {
        reading = KeyFile.read(file.path(), file.read());
      } catch (UnreadableException unreadable) {
        contentId = NOT_READ;
        reading = new KeyFile(List.of(), List.of(unreadable(file, unreadable)));
      }
      if (reading.hasErrors()) {
        events.add(new Event.KeysBroken(file.path(), kept, reading.findings(), to));
        next.put(name, new Entry.KeysEntry(contentId, kept));
        return;
      }
      keysRead.put(name, reading.keys());
      changed = true;
      events.add(new Event.KeysLoaded(file.path(), reading.keys().size(), reading.findings(), to));
      next.put(name, new Entry.KeysEntry(contentId, reading.keys().size()));
    }

    private void readZone(WireName apex, List<String> claimants) {
      List<String> files = claimants.size() == 1 ? claimants : zoneFilesAmong(claimants);
      if (files.size() == 1) {
        readZone(apex, files.getFirst());
        return;
      }
      // COMPATIBILITY: of two files for one zone the one that is served stays, else neither.
      List<String> served = files.stream().filter(this::isServed).toList();
      String kept = served.size() == 1 ? served.getFirst() : null;
      if (!files.stream().allMatch(this::isKnown)) {
        events.add(new Event.ZoneClaimedTwice(apex, files, kept, to));
        changed = true;
      }
      for (String name : files) {
        if (name.equals(kept)) {
          readZone(apex, name);
        } else {
          next.put(name, new Entry.ContestedEntry(file(name).contentId(), apex));
        }
      }
    }

    /// Those of several files named after one zone that hold one; the others are left alone.
    private List<String> zoneFilesAmong(List<String> claimants) {
      List<String> files = new ArrayList<>();
      for (String name : claimants) {
        boolean wasZone = entries.get(name) instanceof Entry.ZoneEntry;
        boolean wasContested = entries.get(name) instanceof Entry.ContestedEntry && isKnown(name);
        if (wasZone || wasContested || holdsZone(name)) {
          files.add(name);
        } else {
          leaveAlone(name, file(name), "it holds no SOA record");
        }
      }
      return files;
    }

    private boolean holdsZone(String name) {
      try {
        return MasterFile.holdsSoa(file(name).read());
      } catch (UnreadableException unreadable) {
        return false;
      }
    }

    /// Whether a file's content was judged before and the judgement stands.
    private boolean isKnown(String name) {
      Entry before = entries.get(name);
      return before != null && before.contentId().equals(file(name).contentId());
    }

    private SourceFile file(String name) {
      SourceFile file = tree.files().get(name);
      if (file == null) {
        throw new IllegalArgumentException(name + " is not in the tree");
      }
      return file;
    }

    private boolean isServed(String name) {
      return entries.get(name) instanceof Entry.ZoneEntry zone && zone.lastGood() != null;
    }

    /// The version served now, whichever file it came from: a renamed file is still the same zone.
    private @Nullable Zone lastGood(WireName apex) {
      return zones.zone(apex) instanceof Zone zone ? zone : null;
    }

    private void readZone(WireName apex, String name) {
      SourceFile file = file(name);
      Entry before = entries.get(name);
      if (isKnown(name) && !(before instanceof Entry.ContestedEntry) && sameIncludes(before)) {
        next.put(name, before);
        return;
      }
      Zone lastGood = lastGood(apex);
      Map<String, String> includes = new HashMap<>();
      String contentId = file.contentId();
      ZoneReading reading;
      try {
        byte[] text = file.read();
        if (lastGood == null
            && !(before instanceof Entry.ZoneEntry)
            && !MasterFile.holdsSoa(text)) {
          leaveAlone(name, file, "it holds no SOA record");
          return;
        }
        reading =
            ZoneFileReader.read(file.path(), apex, text, (_, path) -> readInclude(path, includes));
      } catch (UnreadableException unreadable) {
        if (lastGood == null && !(before instanceof Entry.ZoneEntry)) {
          leaveAlone(name, file, String.valueOf(unreadable.getMessage()));
          next.put(name, new Entry.OtherEntry(NOT_READ));
          return;
        }
        contentId = NOT_READ;
        reading = new ZoneReading(null, List.of(unreadable(file, unreadable)));
      }
      Zone served = judge(apex, lastGood, reading);
      changed |= served != lastGood || zones.zone(apex) == null;
      next.put(name, new Entry.ZoneEntry(contentId, Map.copyOf(includes), apex, served));
    }

    private boolean sameIncludes(@Nullable Entry before) {
      return !(before instanceof Entry.ZoneEntry zone)
          || zone.includes().entrySet().stream()
              .allMatch(include -> include.getValue().equals(contentIdOf(include.getKey())));
    }

    private String contentIdOf(String name) {
      SourceFile file = tree.files().get(name);
      return file == null ? NO_FILE : file.contentId();
    }

    /// `$INCLUDE` sees the files of this very version, in the same folder, and nothing else.
    private IncludeSource.Result readInclude(String name, Map<String, String> includes) {
      includes.put(name, contentIdOf(name));
      SourceFile file = tree.files().get(name);
      if (file == null || KeyFile.isKeyFileName(name)) {
        return new IncludeSource.Refused(
            "there is no such file beside the zone file; add it to the same folder and commit it");
      }
      try {
        // Read once per look, however often it is included: a thousand copies would fill the
        // memory.
        byte[] text = includedTexts.get(name);
        if (text == null) {
          text = file.read();
          includedTexts.put(name, text);
        }
        return new IncludeSource.Found(file.path(), text);
      } catch (UnreadableException unreadable) {
        includes.put(name, NOT_READ);
        return new IncludeSource.Refused(String.valueOf(unreadable.getMessage()));
      }
    }

    /// Which version of a zone is served: the one just read if it is good and newer.
    private @Nullable Zone judge(WireName apex, @Nullable Zone lastGood, ZoneReading reading) {
      Zone found = reading.zone();
      if (found == null) {
        events.add(
            new Event.ZoneBroken(
                apex, lastGood == null ? null : lastGood.serial(), reading.findings(), to));
        return lastGood;
      }
      if (lastGood != null && found.sameRecords(lastGood)) {
        return lastGood;
      }
      if (lastGood != null && !found.serial().isNewerThan(lastGood.serial())) {
        events.add(new Event.SerialNotRaised(apex, lastGood.serial(), found.serial(), to));
        return lastGood;
      }
      events.add(
          lastGood == null
              ? new Event.ZoneAdded(apex, found.serial(), found.recordCount(), to)
              : new Event.ZoneChanged(
                  apex, lastGood.serial(), found.serial(), found.recordCount(), to));
      if (!reading.findings().isEmpty()) {
        events.add(new Event.ZoneDoubtful(apex, reading.findings(), to));
      }
      return found;
    }

    private Finding unreadable(SourceFile file, UnreadableException unreadable) {
      return new Finding(
          Position.ofFile(file.path()),
          Finding.Level.ERROR,
          "cannot be read: " + unreadable.getMessage(),
          "unreadable");
    }

    private void leaveAlone(String name, SourceFile file, String reason) {
      if (!(entries.get(name) instanceof Entry.OtherEntry)) {
        events.add(new Event.FileIgnored(file.path(), reason));
      }
      next.put(name, new Entry.OtherEntry(file.contentId()));
    }

    private void dropWhatIsGone() {
      Set<WireName> stillOurs = new HashSet<>();
      for (Entry entry : next.values()) {
        switch (entry) {
          case Entry.ZoneEntry zone -> stillOurs.add(zone.apex());
          case Entry.ContestedEntry contested -> stillOurs.add(contested.apex());
          case Entry.KeysEntry _, Entry.OtherEntry _ -> {}
        }
      }
      zones.all().stream()
          .map(ServedZone::apex)
          .filter(apex -> !stillOurs.contains(apex))
          .sorted()
          .forEach(apex -> {
            changed = true;
            events.add(new Event.ZoneRemoved(apex, to));
          });
      new TreeMap<>(entries)
          .forEach((name, before) -> {
            if (before instanceof Entry.KeysEntry && !next.containsKey(name)) {
              changed = true;
              ring = ring.without(name);
              events.add(new Event.KeysRemoved(name, to));
            }
          });
    }
  }
}
