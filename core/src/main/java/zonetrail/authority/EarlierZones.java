package zonetrail.authority;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneSource.Look;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.Steps;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.masterfile.ZoneReading;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// Versions of zones that were served once, read anew from their source.
///
/// Any thread; takes as long as finding and reading the zone's file does.
public final class EarlierZones {
  private static final long INCLUDED_OCTETS = 64L << 20;

  private final ZoneSource source;
  private final long roomOctets;

  /// @param roomOctets how much of the heap reading one may take
  public EarlierZones(ZoneSource source, long roomOctets) {
    this.source = source;
    this.roomOctets = roomOctets;
  }

  /// A version of a zone.
  ///
  /// @param now what is served now: it says in which file the zone is
  /// @return empty if it was never served, or so long ago that it is not found, or is too large
  public Optional<Zone> find(PublishedSource now, WireName apex, Serial serial) {
    ZoneState state = now instanceof ZoneFiles files ? files.state(apex) : null;
    if (state == null || state.served() == null) {
      return Optional.empty();
    }
    String fileName = state.served().fileName();
    return source
        .earlier(fileName, head -> look(head, serial))
        .flatMap(tree -> read(tree, fileName, apex))
        .filter(zone -> zone.serial().equals(serial));
  }

  /// Served serials only rise, so the search may end early.
  private static Look look(byte[] head, Serial wanted) {
    OptionalLong found = MasterFile.serialIn(head);
    if (found.isEmpty()) {
      return Look.FURTHER;
    }
    Serial there = Serial.of(found.getAsLong());
    if (there.equals(wanted)) {
      return Look.FOUND;
    }
    return wanted.isNewerThan(there) ? Look.IN_VAIN : Look.FURTHER;
  }

  private Optional<Zone> read(SourceTree tree, String fileName, WireName apex) {
    SourceFile file = tree.files().get(fileName);
    if (file == null) {
      return Optional.empty();
    }
    try {
      IncludedFiles included = new IncludedFiles(tree, INCLUDED_OCTETS);
      ZoneReading reading =
          ZoneFileReader.read(
              file.path(), apex, file.read(), included.of(fileName), roomOctets, Steps.atOnce());
      return Optional.ofNullable(reading.zone());
    } catch (UnreadableException unreadable) {
      return Optional.empty();
    }
  }

  /// A file as the only one of its version.
  ///
  /// @param includes what it may include
  public static SourceTree treeOf(
      String version,
      String fileName,
      SourceFile file,
      Layout layout,
      SourceTree.Includes includes) {
    return new SourceTree(
        version,
        Instant.EPOCH,
        Acceptance.NOTHING,
        layout,
        new TreeMap<>(Map.of(fileName, file)),
        includes,
        Collections.emptySortedMap());
  }
}
