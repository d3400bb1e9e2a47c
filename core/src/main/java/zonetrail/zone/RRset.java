package zonetrail.zone;

import java.util.HashSet;
import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// The records of one owner name and type, which share a TTL. Of signatures (RRSIG), those over one
/// type: they have its TTL (RFC 4035 §2.2).
///
/// Two RRsets are equal when they hold the same records in any order (RFC 2181 §5).
///
/// @param owner the owner name
/// @param type the record type
/// @param ttlSeconds 0 to 2^31 - 1 (RFC 2181 §8)
/// @param rdatas at least one, without duplicates (RFC 2181 §5), in the order they were written
@Rfc(number = 2181, section = "5")
public record RRset(WireName owner, RRType type, int ttlSeconds, List<Rdata> rdatas) {
  /// Copies the list.
  public RRset {
    rdatas = List.copyOf(rdatas);
    if (rdatas.isEmpty()) {
      throw new IllegalArgumentException("an RRset holds at least one record");
    }
  }

  /// The type that these signatures cover (RFC 4034 §3.1.1).
  ///
  /// @throws IllegalStateException unless this is an RRset of type RRSIG
  @Rfc(number = 4034, section = "3.1.1")
  public RRType typeCovered() {
    if (type != RRType.RRSIG) {
      throw new IllegalStateException("no signatures but " + type);
    }
    return rdatas.getFirst().typeCovered();
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof RRset that
            && type.equals(that.type)
            && ttlSeconds == that.ttlSeconds
            && owner.equals(that.owner)
            && sameRecords(that));
  }

  private boolean sameRecords(RRset that) {
    return rdatas.size() == that.rdatas.size()
        && (rdatas.equals(that.rdatas) || new HashSet<>(rdatas).equals(new HashSet<>(that.rdatas)));
  }

  @Override
  public int hashCode() {
    return owner.hashCode() * 31 + type.hashCode();
  }
}
