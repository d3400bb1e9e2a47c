package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.HeldBack.Mark;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.authority.ZoneState.AsOf;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.authority.ZoneState.ServedVersion;
import zonetrail.masterfile.ZoneReading;
import zonetrail.tsig.KeyRing;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.Zones;

/// The files of the source at one version, each with what is served because of it: the last good
/// version of a zone, the keys of the last good version of a key file.
///
/// [#advance] is the one road from files to zones. It reads only what changed, and what it cannot
/// use costs nothing else: a broken zone keeps its last good version, a broken key file its last
/// good keys, and everything beside them moves on. Immutable, safe on any thread.
public final class ZoneFiles implements PublishedSource {
  private static final AsOf NOTHING = new AsOf("nothing", Instant.EPOCH);

  /// No files at all, and no bound to the memory that zones may take.
  public static final ZoneFiles NONE = none(ZoneReadings.oneByOne(Long.MAX_VALUE));

  private final AsOf look;
  private final @Nullable SourceTree tree;
  private final VersionedMap<String, FileEntry> entries;
  private final VersionedMap<WireName, ZoneState> states;
  private final VersionedMap<WireName, Floor> floors;
  private final FileTally tally;
  private final Zones zones;
  private final KeyRing keys;
  private final ZoneReadings readings;
  private final KnownChanges changes;

  /// What a zone that was removed has to rise above when it comes back.
  ///
  /// @param serial the last one served
  /// @param contentId the file served last, which may come back as it was
  record Floor(Serial serial, String contentId) {}

  ZoneFiles(
      AsOf look,
      @Nullable SourceTree tree,
      Map<String, FileEntry> entries,
      Map<WireName, ZoneState> states,
      Map<WireName, Floor> floors,
      Zones zones,
      KeyRing keys,
      ZoneReadings readings) {
    this(look, tree, entries, states, floors, FileTally.of(entries, states), zones, keys, readings);
  }

  ZoneFiles(
      AsOf look,
      @Nullable SourceTree tree,
      Map<String, FileEntry> entries,
      Map<WireName, ZoneState> states,
      Map<WireName, Floor> floors,
      FileTally tally,
      Zones zones,
      KeyRing keys,
      ZoneReadings readings) {
    this(look, tree, entries, states, floors, tally, zones, keys, readings, KnownChanges.NONE);
  }

  private ZoneFiles(
      AsOf look,
      @Nullable SourceTree tree,
      Map<String, FileEntry> entries,
      Map<WireName, ZoneState> states,
      Map<WireName, Floor> floors,
      FileTally tally,
      Zones zones,
      KeyRing keys,
      ZoneReadings readings,
      KnownChanges changes) {
    this.look = look;
    this.tree = tree;
    this.entries = VersionedMap.of(entries);
    this.states = VersionedMap.of(states);
    this.floors = VersionedMap.of(floors);
    this.tally = tally;
    this.zones = zones;
    this.keys = keys;
    this.readings = readings;
    this.changes = changes;
  }

  /// The same files, some of which were found to be others than before.
  ///
  /// @param names those of files that may be others
  /// @param apexes those of zones that may be others
  ZoneFiles talliedFrom(ZoneFiles before, Set<String> names, Set<WireName> apexes) {
    return new ZoneFiles(
        look,
        tree,
        entries,
        states,
        floors,
        before.tally.after(before, this, names, apexes),
        zones,
        keys,
        readings);
  }

  private ZoneFiles madeBy(KnownChanges edits) {
    return new ZoneFiles(look, tree, entries, states, floors, tally, zones, keys, readings, edits);
  }

  private static ZoneFiles none(ZoneReadings readings) {
    return new ZoneFiles(
        NOTHING, null, Map.of(), Map.of(), Map.of(), Zones.NONE, KeyRing.EMPTY, readings);
  }

  /// The outcome of looking at new versions of the source.
  ///
  /// @param files what is served from now on
  /// @param isChange whether that differs from before in any zone or key
  /// @param events what the operator should know: of the whole way, not of its steps
  public record Advance(ZoneFiles files, boolean isChange, List<Event> events) {
    /// Copies the list.
    public Advance {
      events = List.copyOf(events);
    }

    /// The same, of which it is known what edits made it.
    Advance madeBy(KnownChanges edits) {
      return new Advance(files.madeBy(edits), isChange, events);
    }
  }

  /// What is served at a start: what was served before it, and then what the source has brought
  /// since.
  public static Advance resume(Known known) {
    return resume(known, ZoneReadings.oneByOne(Long.MAX_VALUE));
  }

  /// What is served at a start, read as every later look is read, too: a zone for which there is no
  /// memory is like a broken one.
  public static Advance resume(Known known, ZoneReadings readings) {
    ZoneFiles served = none(readings);
    SourceTree tree = known.served();
    if (tree != null) {
      served = new TreeReading(served, tree, true, known.marks()).read().marked(known.marks());
    }
    SourceLine line = known.line();
    ZoneFiles now = line == null ? served : served.readAll(line);
    List<Event> events = new ArrayList<>();
    if (line != null && line.isRewritten()) {
      // Found when it was fetched, by a process that did not come to say so.
      events.add(new Event.HistoryRewritten(served.version(), now.version()));
    }
    events.addAll(Changes.between(NONE, now));
    return new Advance(now, true, events);
  }

  /// Looks at the source's present version.
  public Advance advance(SourceTree tree) {
    return advance(SourceLine.of(tree));
  }

  /// Looks at one version after the other: reads the files whose content changed, and takes over
  /// what is good.
  ///
  /// Nothing was served before the first version ever looked at, so on the way from it to the
  /// present one no removal is held back and a serial may be lowered; but of two versions with one
  /// serial the first counts there too.
  public Advance advance(SourceLine line) {
    ZoneFiles after = readAll(line);
    List<Event> events = new ArrayList<>();
    if (line.isRewritten()) {
      events.add(new Event.HistoryRewritten(version(), after.version()));
    }
    events.addAll(Changes.between(this, after));
    boolean isChange = after.zones != zones || after.keys != keys;
    return new Advance(after, isChange, events);
  }

  private ZoneFiles readAll(SourceLine line) {
    boolean isFirst = look.equals(NOTHING);
    ZoneFiles after = this;
    for (SourceTree tree : line.trees()) {
      // What is served until the last of them is looked at takes its memory, too.
      long more = heapOctets() - heapOctetsSharedWith(after);
      after = new TreeReading(after, tree, isFirst, List.of(), more).read();
    }
    return after;
  }

  /// These zones as a version that lies behind has them: what is the same in it is not read again,
  /// and nothing is held back.
  public ZoneFiles asAt(SourceTree earlier) {
    return new TreeReading(this, earlier, true, List.of()).read();
  }

  /// Whether a zone is not served as this version has it because of what was served before it: that
  /// may have come otherwise by other versions in between. What was held back before is so still.
  boolean holdsBackAnew() {
    return tally.told().values().stream()
        .map(ZoneState::problem)
        .anyMatch(problem ->
            switch (problem) {
              case Problem.Gone _, Problem.Halved _, Problem.NotRaised _ ->
                  problem.version().equals(version());
              case Problem.Broken _, Problem.ClaimedTwice _ -> false;
              case null -> false;
            });
  }

  /// Looks at a version that we made ourselves on top of this one, without reading again what we
  /// wrote.
  ///
  /// @param written the zones of the files that are others in it; one that includes files is read
  /// @param names the files that are others in it, or gone; all others are the very same
  Advance advance(SourceTree ours, Map<WireName, ZoneReading> written, Set<String> names) {
    ZoneFiles after = new TreeReading(this, ours, false, List.of(), 0, written).read(names);
    boolean isChange = after.zones != zones || after.keys != keys;
    return new Advance(after, isChange, Changes.between(this, after));
  }

  /// The version looked at last; null where only what was served of it is known.
  @Nullable SourceTree tree() {
    return tree;
  }

  /// How files are read.
  ZoneReadings readings() {
    return readings;
  }

  /// About how much of the heap the zones take.
  long heapOctets() {
    return tally.heapOctets();
  }

  FileTally tally() {
    return tally;
  }

  private long heapOctetsSharedWith(ZoneFiles other) {
    return other == this
        ? heapOctets()
        : states.values().stream()
            .filter(state -> state.sharesZoneWith(other.state(state.apex())))
            .mapToLong(ZoneState::heapOctets)
            .sum();
  }

  /// The version of the source looked at last.
  public String version() {
    return look.version();
  }

  /// When that version was made.
  @Override
  public Instant time() {
    return look.time();
  }

  AsOf look() {
    return look;
  }

  /// The zones served.
  public Zones zones() {
    return zones;
  }

  /// The keys in force.
  public KeyRing keys() {
    return keys;
  }

  /// What is served under each zone's name, and why, in no particular order.
  @Override
  public Stream<ZoneStatus> statuses() {
    return states.values().stream().map(state -> state.status(look));
  }

  @Override
  public @Nullable ZoneChange change(Zone before, Zone after) {
    return changes.between(before, after);
  }

  /// What readers share.
  public Publication publication() {
    return new Publication(look.version(), zones, keys, this);
  }

  VersionedMap<String, FileEntry> entries() {
    return entries;
  }

  VersionedMap<WireName, ZoneState> states() {
    return states;
  }

  @Nullable ZoneState state(WireName apex) {
    return states.get(apex);
  }

  VersionedMap<WireName, Floor> floors() {
    return floors;
  }

  /// In what the files served differ from those of the version looked at last.
  public HeldBack heldBack() {
    SortedMap<String, SourceFile> instead = new TreeMap<>();
    SortedSet<String> withheld = new TreeSet<>();
    Map<String, Map<String, SourceFile>> includes = new HashMap<>();
    List<Mark> marks = new ArrayList<>();
    tally
        .told()
        .forEach((apex, state) -> {
          ServedVersion served = state.served();
          if (state.problem() != null && served != null) {
            instead.put(served.fileName(), served.file());
            if (!served.includes().isEmpty()) {
              includes.put(served.fileName(), served.includes());
            }
          }
          mark(apex, state, marks);
        });
    if (!tally.isAsTheFiles()) {
      withhold(instead, withheld, includes);
    }
    floors.forEach(
        (apex, floor) -> marks.add(new Mark.Floor(apex, floor.serial(), floor.contentId())));
    return new HeldBack(instead, withheld, includes, marks);
  }

  private void withhold(
      SortedMap<String, SourceFile> instead,
      SortedSet<String> withheld,
      Map<String, Map<String, SourceFile>> includes) {
    entries.forEach((name, entry) -> {
      WireName apex =
          switch (entry) {
            case FileEntry.OfZone zone -> zone.apex();
            case FileEntry.Contested contested -> contested.apex();
            case FileEntry.OfKeys _, FileEntry.Other _ -> null;
          };
      ZoneState state = apex == null ? null : states.get(apex);
      if (state != null && state.problem() != null) {
        withheld.add(name);
      }
      if (entry instanceof FileEntry.OfKeys file && !file.isCurrent()) {
        if (file.good() == null) {
          withheld.add(name);
        } else {
          instead.put(name, file.good());
        }
      }
    });
    withheld.removeAll(instead.keySet());
    for (ZoneState state : states.values()) {
      ServedVersion served = state.served();
      // What a zone includes may be another zone's file too, and that zone be held back.
      if (served != null
          && served.includes().keySet().stream()
              .anyMatch(name -> instead.containsKey(name) || withheld.contains(name))) {
        includes.put(served.fileName(), served.includes());
      }
    }
  }

  private static void mark(WireName apex, ZoneState state, List<Mark> marks) {
    ServedVersion served = state.served();
    if (served != null && !served.holdsSoa()) {
      marks.add(new Mark.Included(apex));
    }
    AsOf asOf = state.asOf();
    if (asOf != null) {
      marks.add(new Mark.AsOf(apex, asOf.version(), asOf.time()));
    }
    switch (state.problem()) {
      case Problem.Gone(String version) -> marks.add(new Mark.Held(apex, version, null));
      case Problem.Halved halved ->
          marks.add(new Mark.Held(apex, halved.version(), halved.contentId()));
      case Problem.Broken _, Problem.NotRaised _, Problem.ClaimedTwice _ -> {}
      case null -> {}
    }
  }

  /// The same files with what was noted of them before a restart.
  private ZoneFiles marked(List<Mark> marks) {
    Map<WireName, ZoneState> marked = new HashMap<>(states);
    Map<WireName, Floor> raised = new HashMap<>(floors);
    // First when a zone was current last, then why it is not.
    Map<WireName, AsOf> current = new HashMap<>();
    for (Mark mark : marks) {
      if (mark instanceof Mark.AsOf(WireName apex, String version, Instant time)) {
        current.put(apex, new AsOf(version, time));
      }
    }
    for (Mark mark : marks) {
      switch (mark) {
        case Mark.Included _ -> {}
        case Mark.Floor(WireName apex, Serial serial, String contentId) ->
            raised.put(apex, new Floor(serial, contentId));
        case Mark.Held held ->
            marked.computeIfPresent(
                held.zone(),
                (apex, state) ->
                    state.with(problem(held, state), current.getOrDefault(apex, look)));
        case Mark.AsOf(WireName apex, _, _) ->
            marked.computeIfPresent(
                apex,
                (_, state) ->
                    new ZoneState(
                        apex, state.served(), state.problem(), current.getOrDefault(apex, look)));
      }
    }
    return new ZoneFiles(look, null, entries, marked, raised, zones, keys, readings);
  }

  private static Problem problem(Mark.Held held, ZoneState state) {
    Serial serial = state.serial();
    return held.contentId() == null || serial == null
        ? new Problem.Gone(held.version())
        : new Problem.Halved(held.version(), held.contentId(), serial, 0, 0);
  }
}
