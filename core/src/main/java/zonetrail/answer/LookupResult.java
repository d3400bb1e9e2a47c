package zonetrail.answer;

import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;

/// What one zone says about one name and type.
///
/// `source` is always the node that the records come from: that of the name asked for, or the
/// wildcard that stands in for it.
sealed interface LookupResult {
  /// The name owns what was asked for.
  ///
  /// @param rrset owned by the name asked for, also where a wildcard was its source
  record Found(Node source, RRset rrset) implements LookupResult {}

  /// The name is an alias; the question goes on at the target.
  ///
  /// @param source has the CNAME, or the DNAME
  /// @param dname the DNAME that the CNAME was made of, if it was
  /// @param target where the question goes on
  record Alias(Node source, @Nullable RRset dname, RRset cname, WireName target)
      implements LookupResult {}

  /// The name lies at or below a zone cut.
  ///
  /// @param cut the child's name
  /// @param ns the NS RRset of the child
  record Referral(Node cut, RRset ns) implements LookupResult {}

  /// The name exists, without records of the type.
  record NoData(Node source) implements LookupResult {}

  /// The name does not exist.
  ///
  /// @param closestEncloser the last name on the way to it that does
  record NameError(Node closestEncloser) implements LookupResult {}

  /// A DNAME leads to a name that is too long (RFC 6672 §2.2).
  ///
  /// @param dname the DNAME RRset
  record TooLong(Node source, RRset dname) implements LookupResult {}
}
