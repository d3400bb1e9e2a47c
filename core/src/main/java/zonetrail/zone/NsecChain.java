package zonetrail.zone;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// The NSEC records of a zone in the canonical order of their owners.
///
/// Immutable, safe on any thread. A search takes some 20 comparisons of names in a million.
@Rfc(number = 4034, section = "4.1.1")
public final class NsecChain implements DenialChain {
  private final Node[] owners;

  private NsecChain(Node[] owners) {
    this.owners = owners;
  }

  static NsecChain of(Collection<Node> nodes) {
    return new NsecChain(
        nodes.stream()
            .filter(node -> node.rrset(RRType.NSEC) != null)
            .sorted(Comparator.comparing(Node::name))
            .toArray(Node[]::new));
  }

  /// The node with the NSEC record at a name, or else with the one that covers the name: its owner
  /// is the last one before it.
  ///
  /// @param name at or below the apex
  public Node at(WireName name) {
    int low = 0;
    int high = owners.length;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (owners[middle].name().compareTo(name) <= 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return owners[low];
  }

  @Override
  public String toString() {
    return Arrays.stream(owners).map(Node::name).toList().toString();
  }
}
