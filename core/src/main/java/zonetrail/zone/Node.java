package zonetrail.zone;

import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// A name that exists in a zone, with the RRsets it owns; without any, an empty non-terminal.
///
/// @param name the owner name, in the case it was first written
/// @param rrsets at most one for each type, in order of type
@Rfc(number = 4592, section = "2.2.2")
public record Node(WireName name, List<RRset> rrsets) {
  /// Copies the list.
  public Node {
    rrsets = List.copyOf(rrsets);
  }

  /// The RRset of a type, or null.
  public @Nullable RRset rrset(RRType type) {
    for (RRset rrset : rrsets) {
      if (rrset.type().equals(type)) {
        return rrset;
      }
    }
    return null;
  }

  /// Whether the name owns no record and exists only because names below it do (RFC 4592 §2.2.2).
  public boolean isEmptyNonTerminal() {
    return rrsets.isEmpty();
  }
}
