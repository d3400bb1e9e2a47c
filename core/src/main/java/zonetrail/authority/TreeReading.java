package zonetrail.authority;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.HeldBack.Mark;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneFiles.Floor;
import zonetrail.authority.ZoneState.AsOf;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.authority.ZoneState.ServedVersion;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.ZoneReading;
import zonetrail.tsig.KeyFile;
import zonetrail.tsig.KeyRing;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// One look at one version of the source: which file is what, what changed, and which of it is good
/// enough to be served. Not for sharing between threads.
final class TreeReading {
  /// About what it takes of the heap to know a file: its names, its entry here and at the source.
  private static final int OCTETS_PER_FILE = 600;

  /// The findings of one file may take this part of what is left; beyond it there is one.
  private static final int SHARES_OF_FINDINGS = 16;

  /// The texts of included files may take this part of the memory, so that most are read once.
  private static final int SHARES_OF_INCLUDED = 8;

  /// All files that are read ahead of their turn may together take this part of what is left.
  private static final int SHARES_OF_READ_AHEAD = 8;

  private final ZoneFiles before;
  private final SourceTree tree;
  private final boolean isFirst;
  private final Set<WireName> soaIncluded;
  private final String to;
  private final Map<WireName, ZoneReading> written;
  private final VersionedMap.Editor<WireName, Floor> floors;
  private final IncludedFiles includedFiles;
  private final ZoneJudge judge;

  /// What was found so far; where only some files are looked at, of the others what is known.
  private VersionedMap.Editor<String, FileEntry> entries =
      VersionedMap.<String, FileEntry>empty().edit();

  private VersionedMap.Editor<WireName, ZoneState> states =
      VersionedMap.<WireName, ZoneState>empty().edit();

  private @Nullable ReadAhead readAhead;

  /// About how much of the heap is taken: by the zones served and by those read so far.
  private long takenOctets;

  /// Begins a look.
  ///
  /// @param before what was served until now
  /// @param isFirst whether nothing has been served yet, so that nothing can go back or be lost
  /// @param marks what was noted of the zones in this version
  TreeReading(ZoneFiles before, SourceTree tree, boolean isFirst, List<Mark> marks) {
    this(before, tree, isFirst, marks, 0);
  }

  /// Begins a look on the way through several versions.
  ///
  /// @param takenBesides what is taken of the heap by zones that are not those of `before`
  TreeReading(
      ZoneFiles before, SourceTree tree, boolean isFirst, List<Mark> marks, long takenBesides) {
    this(before, tree, isFirst, marks, takenBesides, Map.of());
  }

  /// Begins a look at a version that we made ourselves.
  ///
  /// @param written the zones of the files that are others in it, which need not be read
  TreeReading(
      ZoneFiles before,
      SourceTree tree,
      boolean isFirst,
      List<Mark> marks,
      long takenBesides,
      Map<WireName, ZoneReading> written) {
    this.written = written;
    this.takenOctets =
        before.heapOctets() + takenBesides + (long) tree.files().size() * OCTETS_PER_FILE;
    this.before = before;
    this.tree = tree;
    this.isFirst = isFirst;
    this.soaIncluded =
        marks.stream()
            .filter(Mark.Included.class::isInstance)
            .map(Mark::zone)
            .collect(Collectors.toSet());
    this.to = tree.version();
    this.floors = before.floors().edit();
    this.judge = new ZoneJudge(before, tree, isFirst, floors, written.keySet());
    this.includedFiles =
        new IncludedFiles(tree, before.readings().memoryOctets() / SHARES_OF_INCLUDED);
  }

  /// What is served from now on.
  ZoneFiles read() {
    KeyReading keys = new KeyReading(before, entries);
    Map<WireName, List<String>> claims = new LinkedHashMap<>();
    inOrder(tree.files())
        .forEach((name, file) -> {
          if (isKeyFile(name)) {
            keys.read(name, file);
          } else {
            claim(name, file, claims);
          }
        });
    readZones(claims);
    tree.leftOut()
        .forEach((name, other) ->
            entries.put(
                name,
                new FileEntry.Other(FileEntry.NOT_READ, other.path(), other.reason(), Map.of())));
    boolean isEmptied = takeOutZonesThatAreGone();
    KeyRing keysInForce = keys.inForce(isEmptied);
    VersionedMap<WireName, ZoneState> found = states.build();
    return new ZoneFiles(
        new AsOf(to, tree.time()),
        tree,
        entries.build(),
        found,
        floors.build(),
        zonesServed(found),
        keysInForce,
        before.readings());
  }

  /// What is served from now on, where these files are others or gone and the rest is the very
  /// same: what [#read()] comes to, but the rest is not gone through.
  ZoneFiles read(Set<String> changed) {
    Set<String> names = new TreeSet<>(changed);
    names.addAll(before.tally().includersOf(changed));
    if (!dependsOnTheseAlone(names)) {
      return read();
    }
    entries = before.entries().edit();
    states = before.states().edit();
    Set<WireName> apexes = new HashSet<>();
    for (String name : names) {
      entries.remove(name);
      zoneOf(name)
          .ifPresent(apex -> {
            states.remove(apex);
            apexes.add(apex);
          });
    }
    Map<WireName, List<String>> claims = new LinkedHashMap<>();
    for (String name : names) {
      SourceFile file = tree.files().get(name);
      if (file != null) {
        claim(name, file, claims);
      }
    }
    readZones(claims);
    Zones served = before.zones();
    for (WireName apex : apexes) {
      ZoneState was = before.state(apex);
      ZoneState now = states.get(apex);
      if (now == null && was != null) {
        noteFloor(was);
        served = served.without(apex);
      } else if (now != null && !sameAnswers(now, was)) {
        served = served.with(now.answers());
      }
    }
    return new ZoneFiles(
            new AsOf(to, tree.time()),
            tree,
            entries.build(),
            states.build(),
            floors.build(),
            before.tally(),
            served,
            before.keys(),
            before.readings())
        .talliedFrom(before, names, apexes);
  }

  /// Whether what these files come to changes nothing of what others came to, nor time does.
  private boolean dependsOnTheseAlone(Set<String> names) {
    SourceTree last = before.tree();
    return last != null
        && !isFirst
        && !tree.acceptance().isOfOthers()
        && !before.tally().mayChangeByItself()
        && names.stream().allMatch(name -> isAlone(name, last));
  }

  private boolean isAlone(String name, SourceTree last) {
    FileEntry entry = before.entries().get(name);
    boolean isLooked = !last.leftOut().containsKey(name) && !tree.leftOut().containsKey(name);
    if (!isLooked || isKeyFile(name) || entry instanceof FileEntry.Contested) {
      return false;
    }
    Optional<WireName> apex = zoneOf(name);
    ZoneState state = apex.map(before::state).orElse(null);
    if (state == null) {
      return true;
    }
    ServedVersion served = state.served();
    boolean mayGo = tree.files().containsKey(name) || tree.acceptance().isOfItself();
    return mayGo && state.problem() == null && served != null && served.fileName().equals(name);
  }

  /// In the order of their names, in which they are judged and told.
  private static Map<String, SourceFile> inOrder(Map<String, SourceFile> files) {
    return files instanceof SortedMap<String, SourceFile> ? files : new TreeMap<>(files);
  }

  private void claim(String name, SourceFile file, Map<WireName, List<String>> claims) {
    Optional<WireName> apex = zoneOf(name);
    if (apex.isEmpty()) {
      leaveAlone(name, file, tree.layout().whyNoZone());
    } else {
      claims.computeIfAbsent(apex.get(), any -> new ArrayList<>(1)).add(name);
    }
  }

  /// How many octets of the heap are left for the next zone.
  private long room() {
    return before.readings().memoryOctets() - takenOctets - includedFiles.octets();
  }

  /// What a name says does not change, so that of the last look counts where there is one.
  private boolean isKeyFile(String name) {
    return switch (before.entries().get(name)) {
      case FileEntry.OfKeys _ -> true;
      case FileEntry.OfZone _, FileEntry.Contested _ -> false;
      case FileEntry.Other _ -> KeyFile.isKeyFileName(name);
      case null -> KeyFile.isKeyFileName(name);
    };
  }

  /// The very name of the last look where there is one: it need not be parsed nor compared.
  private Optional<WireName> zoneOf(String name) {
    return switch (before.entries().get(name)) {
      case FileEntry.OfZone zone -> Optional.of(zone.apex());
      case FileEntry.Contested contested -> Optional.of(contested.apex());
      case FileEntry.OfKeys _, FileEntry.Other _ -> tree.layout().zoneOf(name);
      case null -> tree.layout().zoneOf(name);
    };
  }

  private Zones zonesServed(VersionedMap<WireName, ZoneState> found) {
    boolean isChange =
        found.size() != before.states().size()
            || found.values().stream()
                .anyMatch(state -> !sameAnswers(state, before.state(state.apex())));
    if (!isChange) {
      return before.zones();
    }
    List<ServedZone> served = new ArrayList<>(found.size());
    for (ZoneState state : found.values()) {
      served.add(state.answers());
    }
    return Zones.of(served);
  }

  private static boolean sameAnswers(ZoneState state, @Nullable ZoneState was) {
    if (was == null) {
      return false;
    }
    ServedVersion now = state.served();
    ServedVersion then = was.served();
    if (now == null || then == null) {
      return state.isServed() == was.isServed();
    }
    // Comparing records would cost as much as the zone is large; a version taken over is the same.
    @SuppressWarnings("ReferenceEquality")
    boolean isSameVersion = now.zone() == then.zone();
    return isSameVersion;
  }

  // ---- zones ----

  /// Most files have not changed, and are not looked at twice; of the rest some are read ahead of
  /// their turn.
  private void readZones(Map<WireName, List<String>> claims) {
    claims
        .entrySet()
        .removeIf(claim ->
            claim.getValue().size() == 1 && takeOver(claim.getKey(), claim.getValue().getFirst()));
    ZoneReadings readings = before.readings();
    int done = 0;
    readAhead =
        new ReadAhead(
            readings,
            claims.entrySet().stream()
                .filter(claim -> claim.getValue().size() == 1)
                .map(claim -> toRead(claim.getKey(), claim.getValue().getFirst()))
                .iterator());
    for (Map.Entry<WireName, List<String>> claim : claims.entrySet()) {
      readZone(claim.getKey(), claim.getValue());
      readings.progress(++done, claims.size());
    }
  }

  private void readZone(WireName apex, List<String> claimants) {
    List<String> files = claimants.size() == 1 ? claimants : zoneFilesAmong(claimants);
    if (files.size() == 1) {
      readZone(apex, files.getFirst());
    } else if (!files.isEmpty()) {
      choose(apex, files);
    }
  }

  /// Of two files for one zone the one that is served stays, else neither.
  private void choose(WireName apex, List<String> files) {
    ZoneState last = before.state(apex);
    ServedVersion served = last == null ? null : last.served();
    String kept = served != null && files.contains(served.fileName()) ? served.fileName() : null;
    if (last != null
        && last.problem() instanceof Problem.ClaimedTwice claimed
        && claimed.files().equals(files)
        && files.stream().allMatch(this::isContestedAsBefore)) {
      states.put(apex, last);
      return;
    }
    for (String name : files) {
      entries.put(name, new FileEntry.Contested(file(name).contentId(), apex));
    }
    if (kept != null) {
      readZone(apex, kept);
    }
    Problem claimed = new Problem.ClaimedTwice(to, files, kept);
    ZoneState state = states.containsKey(apex) ? states.get(apex) : last;
    if (state == null) {
      states.put(apex, ZoneState.unavailable(apex, claimed));
    } else if (kept == null || state.problem() == null) {
      states.put(apex, state.with(claimed, before.look()));
    }
  }

  /// Notes what was noted before of a file that has not changed, nor what it includes.
  private boolean isContestedAsBefore(String name) {
    FileEntry last = before.entries().get(name);
    if (last == null || !isKnown(name) || !includedFiles.areAsBefore(name, last)) {
      return false;
    }
    entries.put(name, last);
    return true;
  }

  /// Those of several files named after one zone that hold one; the others are left alone.
  private List<String> zoneFilesAmong(List<String> claimants) {
    List<String> files = new ArrayList<>();
    for (String name : claimants) {
      FileEntry last = before.entries().get(name);
      boolean wasZone = last instanceof FileEntry.OfZone;
      boolean wasContested = last instanceof FileEntry.Contested && isKnown(name);
      if (wasZone || wasContested || holdsZone(name)) {
        files.add(name);
      } else {
        leaveAlone(name, file(name), FileReading.NO_SOA);
      }
    }
    return files;
  }

  private boolean holdsZone(String name) {
    try {
      SourceFile file = file(name);
      return MasterFile.holdsSoa(file.path(), file.read(), includedFiles.of(name));
    } catch (UnreadableException unreadable) {
      return false;
    }
  }

  /// Takes over what was found out of a file before, if that still holds.
  private boolean takeOver(WireName apex, String name) {
    FileEntry last = before.entries().get(name);
    ZoneState state = before.state(apex);
    if (last == null || !isKnown(name) || !isSettled(name, last, state)) {
      return false;
    }
    entries.put(name, last);
    if (state != null && last instanceof FileEntry.OfZone) {
      states.put(apex, state.settled());
    }
    return true;
  }

  private void readZone(WireName apex, String name) {
    if (takeOver(apex, name)) {
      return;
    }
    SourceFile file = file(name);
    ZoneState state = before.state(apex);
    FileReading ahead = readAhead == null ? null : readAhead.take(name);
    FileReading reading = ahead == null ? reading(apex, name, 1) : ahead;
    FileReading.Outcome outcome = reading.outcome(room(), before.readings()::steps);
    includedFiles.count(reading.includes());
    String contentId = file.contentId();
    ZoneReading read;
    boolean holdsSoa = false;
    switch (outcome) {
      case FileReading.NoZone(String reason) -> {
        leaveAlone(name, file, reason, reading.includes().contentIds());
        return;
      }
      case FileReading.Read(ZoneReading found, boolean holdsOne) -> {
        holdsSoa = holdsOne;
        read = affordable(found);
      }
      case FileReading.Unreadable(UnreadableException why) -> {
        // After a restart nobody knows what a lost file was. If it was a zone, to leave it alone
        // would let an enclosing zone of ours answer in its place.
        boolean wasNotedAsZone = before.entries().get(name) instanceof FileEntry.OfZone;
        if (!wasZone(apex, name) && !wasNotedAsZone && !why.isDamage()) {
          String reason = String.valueOf(why.getMessage());
          entries.put(name, new FileEntry.Other(FileEntry.NOT_READ, file.path(), reason, Map.of()));
          return;
        }
        contentId = FileEntry.NOT_READ;
        read = new ZoneReading(null, List.of(why.finding(file)));
      }
    }
    IncludedFiles.OfZone includes = reading.includes();
    entries.put(name, new FileEntry.OfZone(contentId, includes.contentIds(), apex));
    Zone zone = read.zone();
    ZoneState judged =
        zone == null
            ? judge.heldBack(apex, state, new Problem.Broken(to, read.findings()))
            : judge.served(
                state,
                new ServedVersion(zone, name, file, includes.files(), holdsSoa, read.findings()));
    boolean isOldNews =
        contentId.equals(FileEntry.NOT_READ) && state != null && judged.hasSameErrorsAs(state);
    states.put(apex, state != null && isOldNews ? state : judged);
    if (!judged.sharesZoneWith(state)) {
      takenOctets += judged.heapOctets();
    }
  }

  private IntFunction<FileReading> toRead(WireName apex, String name) {
    return atOnce -> reading(apex, name, atOnce);
  }

  /// A reading depends on nothing that this look has found out so far.
  ///
  /// @param atOnce how many are done together
  private FileReading reading(WireName apex, String name, int atOnce) {
    long share = room() / SHARES_OF_READ_AHEAD / Math.max(1, before.readings().ahead()) / atOnce;
    SourceFile file = file(name);
    ZoneReading ours = written.get(apex);
    if (ours != null) {
      return FileReading.known(name, apex, file, includedFiles.of(name), ours);
    }
    return new FileReading(name, apex, file, includedFiles.of(name), wasZone(apex, name), share);
  }

  private boolean wasZone(WireName apex, String name) {
    ZoneState state = before.state(apex);
    return (before.entries().get(name) instanceof FileEntry.OfZone noted
            && !noted.contentId().equals(FileEntry.NOT_READ))
        || (state != null && state.isServed())
        || soaIncluded.contains(apex);
  }

  /// A hundred findings in each of ten thousand files are not worth the memory that zones need.
  private ZoneReading affordable(ZoneReading reading) {
    List<Finding> findings = reading.findings();
    if (findings.size() * (long) ZoneState.OCTETS_PER_FINDING <= room() / SHARES_OF_FINDINGS) {
      return reading;
    }
    return new ZoneReading(
        reading.zone(), findings.stream().filter(Finding::isError).limit(1).toList());
  }

  /// Whether a file whose content was judged before need not be judged again.
  private boolean isSettled(String name, FileEntry last, @Nullable ZoneState state) {
    boolean isReleased =
        state != null
            && switch (state.problem()) {
              case Problem.Halved halved -> tree.acceptance().covers(halved.version());
              case Problem.ClaimedTwice _, Problem.Gone _ -> true;
              case Problem.Broken _, Problem.NotRaised _ -> false;
              case null -> false;
            };
    boolean isWorthAnotherTry =
        state != null && state.lacksMemory() && !to.equals(before.version());
    return switch (last) {
      case FileEntry.OfZone zone ->
          !isReleased && !isWorthAnotherTry && includedFiles.areAsBefore(name, zone);
      case FileEntry.Contested _ -> false;
      case FileEntry.Other other -> includedFiles.areAsBefore(name, other);
      case FileEntry.OfKeys _ -> true;
    };
  }

  // ---- what is no longer there ----

  /// Zones whose file is gone: they go too, unless they are too many at once.
  ///
  /// @return whether the version has no zones at all and is therefore held back whole
  private boolean takeOutZonesThatAreGone() {
    int left = states.size();
    int served = 0;
    List<ZoneState> gone = new ArrayList<>();
    List<ZoneState> held = new ArrayList<>();
    for (ZoneState state : before.states().values()) {
      boolean isHeld = state.problem() instanceof Problem.Gone;
      if (state.isServed() && !isHeld) {
        served++;
      }
      if (!states.containsKey(state.apex()) && state.isServed()) {
        (isHeld ? held : gone).add(state);
      }
    }
    boolean isTooMuch =
        !isFirst
            && !tree.acceptance().isOfItself()
            && MassRemoval.isOfZones(gone.size(), served, left);
    int kept = 0;
    for (ZoneState state : gone) {
      if (isTooMuch) {
        states.put(state.apex(), state.with(new Problem.Gone(to), before.look()));
        kept++;
      } else {
        noteFloor(state);
      }
    }
    for (ZoneState state : held) {
      Problem problem = state.problem();
      if (problem != null && tree.acceptance().covers(problem.version())) {
        noteFloor(state);
      } else {
        states.put(state.apex(), state);
        kept++;
      }
    }
    return left == 0 && kept > 0;
  }

  private void noteFloor(ZoneState removed) {
    ServedVersion served = removed.served();
    if (served != null) {
      floors.put(removed.apex(), new Floor(served.zone().serial(), served.file().contentId()));
    }
  }

  // ---- files ----

  /// Whether a file's content was judged before and the judgement stands.
  private boolean isKnown(String name) {
    FileEntry last = before.entries().get(name);
    return last != null && last.contentId().equals(file(name).contentId());
  }

  private SourceFile file(String name) {
    SourceFile file = tree.files().get(name);
    if (file == null) {
      throw new IllegalArgumentException(name + " is not in the tree");
    }
    return file;
  }

  private void leaveAlone(String name, SourceFile file, String reason) {
    leaveAlone(name, file, reason, Map.of());
  }

  private void leaveAlone(
      String name, SourceFile file, String reason, Map<String, String> includes) {
    entries.put(name, new FileEntry.Other(file.contentId(), file.path(), reason, includes));
  }
}
