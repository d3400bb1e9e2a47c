package zonetrail.zone;

import org.jspecify.annotations.Nullable;

/// Walks over the names of a zone as they lie in its octets, see [NodeLayout]: for who has to look
/// at all of it and makes nothing of it.
///
/// One owner. Allocation: none after construction, but in [#rrset].
public final class ZoneWalk {
  private final Zone zone;
  private final Zone.Entries entries;
  private boolean isBegun;

  /// Begins before the first name.
  public ZoneWalk(Zone zone) {
    this.zone = zone;
    this.entries = zone.entries();
  }

  /// Goes to the next name.
  ///
  /// @return false if there is none
  public boolean next() {
    if (isBegun && entries.next() != Zone.NONE) {
      entries.advance();
    }
    isBegun = true;
    return entries.next() != Zone.NONE;
  }

  /// The array in which the name lies; not to be changed.
  public byte[] octets() {
    return zone.octets(entries.next());
  }

  /// Where in it the name's node begins.
  public int node() {
    return Zone.offset(entries.next());
  }

  /// The RRset that begins at a place of the node, as a value.
  public @Nullable RRset rrset(int rrset) {
    return zone.view(entries.next()).rrsetOfKind(NodeLayout.kind(octets(), rrset));
  }

  /// Where the octets lie that in a message stand so far behind the beginning of a set.
  ///
  /// @param rrset where the set begins
  /// @param inMessage what [NodeLayout#shared] says, less [NodeLayout#SHARED_WITH_SET]
  /// @param isOfRoot whether the root owns the set
  public static int placeOf(byte[] octets, int rrset, int inMessage, boolean isOfRoot) {
    return RdataReader.placeOf(octets, rrset, inMessage, isOfRoot);
  }
}
