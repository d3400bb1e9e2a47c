package zonetrail.answer;

import java.util.List;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;

/// What one zone says about one name and type.
sealed interface LookupResult {
  /// The name owns what was asked for.
  ///
  /// @param rrset owned by the name asked for, also where a wildcard was its source
  record Found(RRset rrset) implements LookupResult {}

  /// The name is an alias; the question goes on at the target.
  ///
  /// @param records the CNAME, or a DNAME and the CNAME made of it
  /// @param target where the question goes on
  record Alias(List<RRset> records, WireName target) implements LookupResult {}

  /// The name lies at or below a zone cut.
  ///
  /// @param ns the NS RRset of the child
  record Referral(RRset ns) implements LookupResult {}

  /// The name exists, without records of the type.
  record NoData() implements LookupResult {}

  /// The name does not exist.
  record NameError() implements LookupResult {}

  /// A DNAME leads to a name that is too long (RFC 6672 §2.2).
  ///
  /// @param dname the DNAME RRset
  record TooLong(RRset dname) implements LookupResult {}
}
