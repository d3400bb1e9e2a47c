package zonetrail.authority;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.masterfile.LfsPointer;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.Steps;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.masterfile.ZoneReading;
import zonetrail.wire.WireName;

/// The reading of one zone file, which may be done before it is the file's turn to be judged, and
/// on another thread.
///
/// Whether there is memory for a zone depends on the zones before it. So what is read ahead is read
/// within a share of what there is; what wants more, or finds less when it is its turn, is read
/// again then. So the outcome is always that of the turn.
final class FileReading {
  /// About what reading takes of the heap for an octet of text: what is larger is not tried ahead.
  private static final int HEAP_PER_TEXT_OCTET = 8;

  /// A file of so many octets is read in less than a millisecond.
  private static final int SMALL_OCTETS = 16 * 1024;

  /// Why a file is left alone.
  static final String NO_SOA = "it holds no SOA record";

  private final String name;
  private final WireName apex;
  private final SourceFile file;
  private final IncludedFiles.OfZone includes;
  private final boolean isZoneForSure;
  private final long share;
  private @Nullable Outcome ahead;
  private int textOctets;

  /// What came of it.
  sealed interface Outcome {}

  /// The file is none of a zone.
  ///
  /// @param reason why, for people
  record NoZone(String reason) implements Outcome {}

  /// The file could not be read.
  record Unreadable(UnreadableException why) implements Outcome {}

  /// The file was read.
  ///
  /// @param holdsSoa whether an SOA record is in the file itself
  record Read(ZoneReading reading, boolean holdsSoa) implements Outcome {}

  /// @param isZoneForSure whether the file is one of a zone, also without an SOA record
  /// @param share how many octets of the heap it may take ahead of its turn
  FileReading(
      String name,
      WireName apex,
      SourceFile file,
      IncludedFiles.OfZone includes,
      boolean isZoneForSure,
      long share) {
    this.name = name;
    this.apex = apex;
    this.file = file;
    this.includes = includes;
    this.isZoneForSure = isZoneForSure;
    this.share = share;
  }

  /// A file that we wrote ourselves, which need not be read.
  ///
  /// @param known what it holds, an SOA record among it
  static FileReading known(
      String name,
      WireName apex,
      SourceFile file,
      IncludedFiles.OfZone includes,
      ZoneReading known) {
    FileReading reading = new FileReading(name, apex, file, includes, true, 0);
    reading.ahead = new Read(known, true);
    return reading;
  }

  /// The name of the file.
  String name() {
    return name;
  }

  /// What the file includes, as far as it was read.
  IncludedFiles.OfZone includes() {
    return includes;
  }

  /// Reads the file ahead of its turn. Any thread that hands this back afterwards.
  void readAhead() {
    if (ahead == null && !file.isLargerThan(share / HEAP_PER_TEXT_OCTET)) {
      Outcome outcome = read(share, Steps.atOnce());
      ahead = wantsMoreMemory(outcome) ? null : outcome;
    }
  }

  /// Whether the file was read ahead, and was a small matter.
  boolean isSmall() {
    return ahead != null && textOctets <= SMALL_OCTETS;
  }

  /// What comes of the file now that it is its turn.
  ///
  /// @param room how many octets of the heap are left for it
  /// @param steps for reading it, if that is still to be done
  Outcome outcome(long room, Supplier<Steps> steps) {
    Outcome known = ahead;
    return known != null && share <= room ? known : read(room, steps.get());
  }

  private Outcome read(long room, Steps steps) {
    try {
      byte[] text = file.read();
      textOctets = text.length;
      boolean holdsSoa = MasterFile.holdsSoa(text);
      if (!isZoneForSure && !holdsSoa && !MasterFile.holdsSoa(file.path(), text, includes)) {
        return new NoZone(LfsPointer.is(text) ? LfsPointer.REASON : NO_SOA);
      }
      return new Read(
          ZoneFileReader.read(file.path(), apex, text, includes, room, steps), holdsSoa);
    } catch (UnreadableException unreadable) {
      return new Unreadable(unreadable);
    }
  }

  /// As a finding says, which names the room, too.
  private static boolean wantsMoreMemory(Outcome outcome) {
    return outcome instanceof Read(ZoneReading reading, _)
        && reading.findings().stream()
            .anyMatch(finding -> finding.rule().equals(MasterFile.NEEDS_MORE_MEMORY));
  }
}
