package zonetrail.zone;

import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// A name that exists in a zone, with the RRsets it owns; without any, an empty non-terminal.
///
/// @param name the owner name, in the case it was first written
/// @param rrsets in order of type, at most one for each; but the signatures over each type are an
///   RRset of type RRSIG of their own, since they have that type's TTL (RFC 4035 §2.2), in order of
///   the type that they cover
@Rfc(number = 4592, section = "2.2.2")
public record Node(WireName name, List<RRset> rrsets) {
  /// Copies the list.
  public Node {
    rrsets = List.copyOf(rrsets);
  }

  /// The RRset of a type, or null; of the signatures those over the lowest type.
  public @Nullable RRset rrset(RRType type) {
    for (RRset rrset : rrsets) {
      if (rrset.type().equals(type)) {
        return rrset;
      }
    }
    return null;
  }

  /// The signatures over the RRset of a type, or null.
  @Rfc(number = 4035, section = "2.2")
  public @Nullable RRset signatures(RRType covered) {
    for (RRset rrset : rrsets) {
      if (rrset.type() == RRType.RRSIG && rrset.typeCovered() == covered) {
        return rrset;
      }
    }
    return null;
  }

  /// Whether the name is nothing but the hash of another, with its NSEC3 record: no name of the
  /// zone as far as questions go (RFC 5155 §7.2.8).
  @Rfc(number = 5155, section = "7.2.8")
  public boolean isOnlyHash() {
    return rrset(RRType.NSEC3) != null
        && rrsets.stream()
            .allMatch(rrset ->
                rrset.type() == RRType.NSEC3
                    || (rrset.type() == RRType.RRSIG && rrset.typeCovered() == RRType.NSEC3));
  }

  /// Whether the name owns no record and exists only because names below it do (RFC 4592 §2.2.2).
  public boolean isEmptyNonTerminal() {
    return rrsets.isEmpty();
  }
}
