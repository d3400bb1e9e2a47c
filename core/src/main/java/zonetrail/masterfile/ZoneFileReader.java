package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Finding.Level;
import zonetrail.zone.Position;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneCheck;

/// A zone file in, a zone and findings out: the one road from text to zone, for the server and for
/// `ozone` alike.
///
/// Records outside the zone are left out with a warning, as BIND and Knot do: old zones carry
/// addresses of foreign name servers.
public final class ZoneFileReader {
  private final WireName apex;
  private final ZoneBuilder builder;
  private final Findings findings;

  /// What is said of records, before it is known on which line an offset is.
  private final List<Report> reports = new ArrayList<>();

  private final Set<String> otherTtlSaid = new HashSet<>();
  private int secondSoaOffset = -1;

  private record Report(int offset, Level level, String rule, String message) {
    Finding at(MasterFile file) {
      return new Finding(file.position(offset), level, message, rule);
    }
  }

  private ZoneFileReader(String fileName, WireName apex) {
    this.apex = apex;
    this.builder = new ZoneBuilder(apex);
    this.findings = new Findings(fileName);
  }

  /// Reads a zone file and checks the zone.
  ///
  /// @param fileName what findings call the file
  /// @param apex the zone's name, which is the origin at the first line too
  /// @param text the file's octets
  /// @param includes finds what `$INCLUDE` names
  public static ZoneReading read(
      String fileName, WireName apex, byte[] text, IncludeSource includes) {
    return read(fileName, apex, text, includes, Long.MAX_VALUE, Steps.atOnce());
  }

  /// Reads a zone file and checks the zone, if there is memory for that; else the zone is not made
  /// and a finding says so. A short file can stand for a large zone, by `$INCLUDE` and `$GENERATE`.
  ///
  /// @param fileName what findings call the file
  /// @param apex the zone's name, which is the origin at the first line too
  /// @param text the file's octets
  /// @param includes finds what `$INCLUDE` names
  /// @param room how many octets of the heap reading may take, with the zone; an estimate that has
  ///   been within a third of what was measured
  /// @param steps for gathering records beside the reading of others; the outcome is the same
  public static ZoneReading read(
      String fileName, WireName apex, byte[] text, IncludeSource includes, long room, Steps steps) {
    if (LfsPointer.is(text)) {
      return new ZoneReading(null, List.of(LfsPointer.finding(fileName)));
    }
    ZoneFileReader reader = new ZoneFileReader(fileName, apex);
    MasterFile file;
    try {
      file =
          new MasterFileParser(
                  includes,
                  MasterFileParser.NO_TTL,
                  room,
                  records -> steps.then(() -> reader.addAll(records)))
              .parse(fileName, text, apex);
    } finally {
      steps.finish();
    }
    return file.heapOctets() > room
        ? new ZoneReading(null, file.findings())
        : reader.zone(file, room);
  }

  private ZoneReading zone(MasterFile file, long room) {
    reports.forEach(report -> findings.add(report.at(file)));
    Zone zone = build(file, room);
    List<Finding> all = new ArrayList<>();
    OddZoneName.complaint(apex).ifPresent(odd -> all.add(odd(file, odd)));
    all.addAll(file.findings());
    all.addAll(findings.toList());
    if (zone != null) {
      all.addAll(check(zone, file));
    }
    boolean good = all.stream().noneMatch(Finding::isError);
    return new ZoneReading(good ? zone : null, all);
  }

  private static Finding odd(MasterFile file, String complaint) {
    String fileName = file.position(0).file();
    return new Finding(Position.ofFile(fileName), Level.WARNING, complaint, "odd-zone-name");
  }

  private void addAll(RecordTable.Slice records) {
    records.announce(builder);
    records.forEach(this::add);
  }

  private void add(WireName owner, RRType type, int ttlSeconds, Rdata rdata, int offset) {
    if (!owner.isAtOrBelow(apex)) {
      report(offset, Level.WARNING, "out-of-zone", outOfZone(owner, type));
      return;
    }
    int soasBefore = builder.soaCount();
    switch (builder.add(owner, type, ttlSeconds, rdata)) {
      case ADDED -> {}
      case TOO_MANY_TYPES -> report(offset, Level.ERROR, "too-many-types", tooManyTypes(owner));
      case DUPLICATE -> report(offset, Level.WARNING, "duplicate-record", duplicate(owner, type));
      case ADDED_WITH_OTHER_TTL -> {
        if (otherTtlSaid.add(owner + " " + type)) {
          report(offset, Level.WARNING, "ttls-differ", ttlsDiffer(owner, type));
        }
      }
    }
    if (soasBefore == 1 && builder.soaCount() == 2) {
      secondSoaOffset = offset;
    }
  }

  private String outOfZone(WireName owner, RRType type) {
    return type
        + " record at "
        + owner.toStringNoDot()
        + " is outside of zone "
        + apex.toStringNoDot()
        + " and ignored (RFC 1034 §4.2); remove it, or look at $ORIGIN above it";
  }

  private static String duplicate(WireName owner, RRType type) {
    return "this "
        + type
        + " record at "
        + owner.toStringNoDot()
        + " is here twice and served once (RFC 2181 §5); remove one";
  }

  private static String tooManyTypes(WireName owner) {
    return owner.toStringNoDot()
        + " has records of more than "
        + ZoneBuilder.MAX_RRSETS
        + " types, the signatures over each type counted as one; remove some";
  }

  private static String ttlsDiffer(WireName owner, RRType type) {
    return "the TTLs of the "
        + type
        + " records at "
        + owner.toStringNoDot()
        + " differ; all are served with the first one's (RFC 2181 §5.2)";
  }

  @Rfc(number = 1035, section = "5.2")
  private @Nullable Zone build(MasterFile file, long room) {
    if (builder.soaCount() > 1) {
      findings.add(
          new Report(
                  secondSoaOffset,
                  Level.ERROR,
                  "several-soas",
                  "a second SOA record at "
                      + apex.toStringNoDot()
                      + "; a zone has one (RFC 1035 §5.2)")
              .at(file));
      return null;
    }
    if (builder.soaCount() == 0) {
      if (!file.hasErrors()) { // the broken line may have been it
        findings.add(
            new Finding(
                Position.ofFile(file.position(0).file()),
                Level.ERROR,
                "no SOA record at "
                    + apex.toStringNoDot()
                    + " (RFC 1035 §5.2); add one, or look at $ORIGIN: the zone's name is given by the"
                    + " file's name",
                "no-soa"));
      }
      return null;
    }
    try {
      return builder.build(room - file.heapOctets());
    } catch (ZoneBuilder.TooLargeException tooLarge) {
      findings.addFirst(MasterFile.needsMoreMemory(file.position(0), room));
      return null;
    }
  }

  /// Where lines could not be read, a record that seems to be missing may stand in one of them:
  /// then only those complaints are kept that more records could not silence.
  private static List<Finding> check(Zone zone, MasterFile file) {
    List<Finding> complaints = ZoneCheck.check(zone, file);
    return file.hasErrors()
        ? complaints.stream()
            .filter(finding -> ZoneCheck.isCertainDespiteGaps(finding.rule()))
            .toList()
        : complaints;
  }

  private void report(int offset, Level level, String rule, String message) {
    if (reports.size() < MasterFile.MAX_FINDINGS) {
      reports.add(new Report(offset, level, rule, message));
    } else {
      findings.leaveOut(level);
    }
  }
}
