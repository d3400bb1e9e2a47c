package zonetrail.answer;

import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;

/// An RRset as it goes into a response, with the signatures that go along.
///
/// @param signatures the rdata of RRSIG records, which get owner and TTL of the RRset; none where
///   the client did not ask for them or there are none
@Rfc(number = 4035, section = "3.1.1")
record SignedSet(RRset rrset, List<Rdata> signatures) {
  /// An RRset without signatures.
  static SignedSet bare(RRset rrset) {
    return new SignedSet(rrset, List.of());
  }

  /// An RRset with those signatures over its type that a node has.
  ///
  /// @param source where the RRset comes from; a wildcard's signatures hold for every name that it
  ///   stands in for (RFC 4035 §3.1.3.3)
  static SignedSet from(Node source, RRset rrset) {
    RRset signatures = source.signatures(rrset.type());
    return new SignedSet(rrset, signatures == null ? List.of() : signatures.rdatas());
  }

  /// The set of one type that a node has.
  ///
  /// @throws IllegalArgumentException if it has none
  static SignedSet from(Node source, RRType type) {
    RRset rrset = source.rrset(type);
    if (rrset == null) {
      throw new IllegalArgumentException(source.name() + " has no " + type);
    }
    return from(source, rrset);
  }

  /// The same without its signatures.
  SignedSet withoutSignatures() {
    return bare(rrset);
  }
}
