package zonetrail.zone;

import static zonetrail.wire.Header.putU16;
import static zonetrail.wire.Header.putU32;

import java.util.Arrays;
import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// Puts a name and its RRsets into the octets that [NodeLayout] describes; [Node] reads them back.
///
/// Names share what they have in common to the letter, so that their case is kept.
///
/// One encoder is used again and again by one thread.
final class NodeEncoder {
  /// How many names of a set are remembered for sharing their ends.
  private static final int MAX_TARGETS = 64;

  /// For how many of them there is room from the start.
  private static final int FEW_TARGETS = 8;

  private final int apexOctets;
  private byte[] out = new byte[512];
  private int end;

  // The places of labels in the set that is being written, and where those labels lie in the rdata.
  private int[] targetOffsets = new int[FEW_TARGETS];
  private byte[][] targetRdatas = new byte[FEW_TARGETS][];
  private int[] targetAts = new int[FEW_TARGETS];
  private int targets;

  NodeEncoder(WireName apex) {
    this.apexOctets = apex.length();
  }

  /// The octets made last; their number is [#end()].
  byte[] octets() {
    return out;
  }

  int end() {
    return end;
  }

  /// Begins a node.
  ///
  /// @param owner a name at or below the apex, the zone's name in it spelt as at the apex
  /// @param flags those that its RRsets aren't the reason for
  /// @param children how many names there are one label longer
  void begin(WireName owner, int flags, int children) {
    int prefix = owner.length() - apexOctets;
    end = NodeLayout.PREFIX + prefix;
    room(owner.length());
    owner.copyTo(out, NodeLayout.PREFIX);
    out[0] = (byte) flags;
    out[1] = (byte) prefix;
    putU16(out, 2, 0);
    putU32(out, 8, children);
  }

  /// Adds an RRset; the caller keeps them in order.
  void add(WireName owner, RRType type, int typeCovered, int ttlSeconds, List<Rdata> rdatas) {
    int head = end;
    room(NodeLayout.RECORDS);
    end += NodeLayout.RECORDS;
    putU16(out, head, type.value());
    putU16(out, head + 2, typeCovered);
    putU32(out, head + 4, ttlSeconds);
    putU32(out, head + 8, rdatas.size());
    targets = 0;
    // As it lies in a message: each record after a pointer to its owner, or the root's one octet.
    int messageHead = NodeLayout.RECORD_HEAD - (owner.isRoot() ? 1 : 0);
    int inMessage = 0;
    for (Rdata rdata : rdatas) {
      int lengthAt = end;
      room(2 + rdata.length());
      end += 2;
      inMessage += messageHead + 2;
      rdata(owner, type.value(), rdata, inMessage);
      int octets = end - lengthAt - 2;
      putU16(out, lengthAt, octets);
      inMessage += octets;
    }
    putU32(out, head + 12, end - head - NodeLayout.RECORDS);
    putU16(out, 2, NodeLayout.rrsets(out, 0) + 1);
  }

  /// Adds an RRset of another version of the same node, whose name is the same to the letter.
  void copy(byte[] octets, int rrset) {
    int count = NodeLayout.nextRRset(octets, rrset) - rrset;
    room(count);
    System.arraycopy(octets, rrset, out, end, count);
    end += count;
    putU16(out, 2, NodeLayout.rrsets(out, 0) + 1);
  }

  /// Ends the node.
  void finish() {
    putU32(out, 4, end);
    out[0] |= (byte) NodeLayout.flagsOfRRsets(out, 0);
  }

  private void room(int octets) {
    // A copied name may reach behind its prefix.
    if (out.length - end < octets + WireName.MAX_OCTETS) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, end + octets + WireName.MAX_OCTETS));
    }
  }

  private void rdata(WireName owner, int type, Rdata rdata, int inMessage) {
    int names = NodeLayout.names(type);
    if (names == 0) {
      rdata.copyTo(0, out, end, rdata.length());
      end += rdata.length();
      return;
    }
    byte[] plain = rdata.octets();
    int from = Math.min(NodeLayout.namesAt(type), plain.length);
    System.arraycopy(plain, 0, out, end, from);
    int begin = end - inMessage;
    end += from;
    for (int i = 0; i < names; i++) {
      int nameEnd = WireName.endOf(plain, from, plain.length);
      if (nameEnd < 0) {
        throw new IllegalArgumentException("rdata of type " + type + " has no name at " + from);
      }
      name(owner, plain, from, nameEnd, begin);
      from = nameEnd;
    }
    System.arraycopy(plain, from, out, end, plain.length - from);
    end += plain.length - from;
  }

  /// @param begin what to take from a place in [#out] to have its place in the set
  private void name(WireName owner, byte[] plain, int from, int nameEnd, int begin) {
    int firstNew = targets;
    int at = from;
    int shared = -1;
    while (plain[at] != 0 && shared < 0) {
      shared = sharedWithOwner(owner, plain, at, nameEnd - at);
      shared = shared < 0 ? sharedWithSet(plain, at, nameEnd - at, firstNew) : shared;
      if (shared < 0) {
        int label = 1 + plain[at];
        remember(end - begin, plain, at);
        System.arraycopy(plain, at, out, end, label);
        end += label;
        at += label;
      }
    }
    if (shared < 0) {
      out[end++] = 0;
    } else {
      putU16(out, end, 0xc000 | shared);
      end += 2;
    }
  }

  private void remember(int offset, byte[] plain, int at) {
    if (targets < MAX_TARGETS && offset <= NodeLayout.MAX_SHARED_OFFSET) {
      if (targets == targetOffsets.length) {
        targetOffsets = Arrays.copyOf(targetOffsets, MAX_TARGETS);
        targetRdatas = Arrays.copyOf(targetRdatas, MAX_TARGETS);
        targetAts = Arrays.copyOf(targetAts, MAX_TARGETS);
      }
      targetOffsets[targets] = offset;
      targetRdatas[targets] = plain;
      targetAts[targets] = at;
      targets++;
    }
  }

  /// The `*` of a wildcard is not shared: where it stands in for a name, that is not there.
  private static int sharedWithOwner(WireName owner, byte[] plain, int at, int octets) {
    int ownerAt = owner.isWildcard() ? 2 : 0;
    while (owner.length() - ownerAt > octets) {
      ownerAt += 1 + owner.octetAt(ownerAt);
    }
    return owner.length() - ownerAt == octets && owner.endsWith(ownerAt, plain, at) ? octets : -1;
  }

  private int sharedWithSet(byte[] plain, int at, int octets, int before) {
    for (int i = 0; i < before; i++) {
      int target = targetAts[i];
      if (WireName.endOf(targetRdatas[i], target, targetRdatas[i].length) - target == octets
          && Arrays.equals(plain, at, at + octets, targetRdatas[i], target, target + octets)) {
        return NodeLayout.SHARED_WITH_SET + targetOffsets[i];
      }
    }
    return -1;
  }
}
