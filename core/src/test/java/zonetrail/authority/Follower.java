package zonetrail.authority;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.HeldBack.Mark;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.ZoneFiles.Advance;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// What follows a repository as a server does, and what it serves then.
final class Follower {
  private final MemoryTree repository = new MemoryTree();
  private ZoneFiles files = ZoneFiles.NONE;
  private @Nullable SourceTree last;

  MemoryTree repository() {
    return repository;
  }

  ZoneFiles files() {
    return files;
  }

  Advance push() {
    return push(Acceptance.NOTHING);
  }

  Advance push(Acceptance acceptance) {
    return look(SourceLine.of(repository.commit(acceptance)));
  }

  /// Looks at the commits that came together.
  Advance look(SourceLine line) {
    Advance advance = files.advance(line);
    files = advance.files();
    last = line.now();
    return advance;
  }

  /// Ends the server and starts it again from nothing but what it noted.
  List<Event> restart() {
    return restart(SourceLine.of(last()));
  }

  /// The same, where this was fetched meanwhile.
  List<Event> restart(SourceLine fetched) {
    Advance resumed = ZoneFiles.resume(new Known(noted(last()), marks(), fetched));
    files = resumed.files();
    last = fetched.now();
    return resumed.events();
  }

  private SourceTree last() {
    if (last == null) {
      throw new AssertionError("nothing was pushed");
    }
    return last;
  }

  List<Mark> marks() {
    return files.heldBack().marks();
  }

  /// What the served line would hold: the tip's files with those held back in their place.
  private SourceTree noted(SourceTree tip) {
    HeldBack heldBack = files.heldBack();
    SortedMap<String, SourceFile> served = new TreeMap<>(tip.files());
    served.keySet().removeAll(heldBack.withheld());
    served.putAll(heldBack.instead());
    return new SourceTree(
        tip.version(),
        tip.time(),
        Acceptance.NOTHING,
        tip.layout(),
        served,
        SourceTree.Includes.among(served, heldBack.includes()),
        Collections.emptySortedMap());
  }

  static Acceptance accepting(int commit) {
    return Acceptance.of(Set.of(MemoryTree.version(commit)));
  }

  static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  static String large(int serial, int hosts) {
    String[] lines = new String[hosts];
    for (int i = 0; i < hosts; i++) {
      lines[i] = "h" + i + " A 192.0.2.1";
    }
    return zone(serial, lines);
  }

  @Nullable Long servedSerial(WireName apex) {
    return files.zones().zone(apex) instanceof Zone zone ? (Long) zone.serial().value() : null;
  }

  boolean answers(String name) {
    return files.zones().enclosing(WireName.parse(name)) instanceof Zone zone
        && zone.node(WireName.parse(name)) != null;
  }

  ZoneStatus status(WireName zone) {
    return files.statuses().filter(status -> status.zone().equals(zone)).findFirst().orElseThrow();
  }
}
