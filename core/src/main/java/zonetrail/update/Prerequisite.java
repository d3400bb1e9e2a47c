package zonetrail.update;

import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Something that must be true of a zone before an update is applied to it.
@Rfc(number = 2136, section = "2.4")
public sealed interface Prerequisite {
  /// The name that it is about.
  WireName owner();

  /// The name owns an RRset of this type, whatever is in it; else NXRRSET.
  @Rfc(number = 2136, section = "2.4.1")
  record RRsetExists(WireName owner, RRType type) implements Prerequisite {}

  /// The name owns an RRset of this type with these records, no more and no less; else NXRRSET. The
  /// TTL does not count.
  @Rfc(number = 2136, section = "2.4.2")
  record RRsetEquals(WireName owner, RRType type, List<Rdata> rdatas) implements Prerequisite {
    /// Copies the list.
    public RRsetEquals {
      rdatas = List.copyOf(rdatas);
    }
  }

  /// The name owns no RRset of this type; else YXRRSET.
  @Rfc(number = 2136, section = "2.4.3")
  record RRsetIsAbsent(WireName owner, RRType type) implements Prerequisite {}

  /// The name owns a record; else NXDOMAIN. An empty non-terminal owns none.
  @Rfc(number = 2136, section = "2.4.4")
  record NameIsInUse(WireName owner) implements Prerequisite {}

  /// The name owns no record; else YXDOMAIN.
  @Rfc(number = 2136, section = "2.4.5")
  record NameIsNotInUse(WireName owner) implements Prerequisite {}
}
