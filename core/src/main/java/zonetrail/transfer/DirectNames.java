package zonetrail.transfer;

import java.util.Arrays;
import zonetrail.wire.Header;
import zonetrail.wire.WireName;
import zonetrail.zone.NodeLayout;
import zonetrail.zone.ZoneWalk;

/// Writes names of a zone's octets into one message after the other, shortened by what the layout
/// of the zone says and by the names written last: no table is searched for an owner.
///
/// A name that lies in the zone as labels and a rest becomes these labels and a pointer to the
/// rest: to the owner, to the name above it, or to the zone's own name. Owners below one another
/// follow each other in most zones, so the name before and the one above it are remembered. Names
/// in rdata that are not of this zone go by [NameTargets].
///
/// Case is kept (RFC 5936 §3.4): octets are compared as they are. One owner. Allocation: none.
final class DirectNames {
  private static final int POINTER = 0xc000;
  private static final int NOWHERE = -1;
  private static final int RECENT = 4;

  private int questionAt = NOWHERE;
  private int questionEnd;

  /// Where the zone's own name stands in full.
  private int apexAt = NOWHERE;

  private WireName apex = WireName.ROOT;

  /// The owner written last: its labels before the apex, and where in the message it begins.
  private byte[] octets = {};

  private int prefix;
  private int prefixOctets;
  private int ownerAt = NOWHERE;

  /// The same of the name above it; its labels lie at the end of the owner's.
  private int aboveOctets;

  private int aboveAt = NOWHERE;

  /// Where names of a label and a pointer begin that were written last in rdata: those of name
  /// servers, whose addresses often follow.
  private final int[] recent = new int[RECENT];

  private int recentNext;

  DirectNames() {
    clear();
  }

  /// Begins another message.
  void clear() {
    Arrays.fill(recent, NOWHERE);
    questionAt = NOWHERE;
    apexAt = NOWHERE;
    ownerAt = NOWHERE;
    aboveAt = NOWHERE;
    aboveOctets = 0;
  }

  /// Notes the question's name, to which names can point if it is written as ours is.
  void noteQuestion(byte[] message, int start, int end) {
    questionAt = start;
    questionEnd = end;
    apexAt = NOWHERE;
    if (apex.length() == end - start) {
      takeQuestion(message);
    }
  }

  private void takeQuestion(byte[] message) {
    for (int i = 0; i < apex.length(); i++) {
      if ((byte) apex.octetAt(i) != message[questionAt + i]) {
        return;
      }
    }
    apexAt = questionAt;
  }

  /// Writes the owner of a node.
  ///
  /// @return the octet after it
  @SuppressWarnings("ReferenceEquality") // a node is a place in one array
  int writeOwner(byte[] out, int at, WireName zone, byte[] from, int node) {
    if (!apex.equals(zone)) {
      apex = zone;
      if (questionAt >= 0 && questionEnd - questionAt == zone.length()) {
        takeQuestion(out);
      }
    }
    int labels = NodeLayout.prefix(node);
    int count = NodeLayout.prefixOctets(from, node);
    if (from == octets && labels == prefix && ownerAt >= 0) {
      return pointer(out, at, ownerAt);
    }
    int first = count == 0 ? 0 : 1 + from[labels];
    int rest = count - first;
    int restAt = rest == 0 ? apexAt : placeOfLabels(from, labels + first, rest);
    int known = count == 0 || restAt < 0 ? NOWHERE : placeOfRecent(out, from, labels, restAt);
    int end;
    if (known >= 0) {
      end = pointer(out, at, known);
    } else if (restAt >= 0) {
      System.arraycopy(from, labels, out, at, first);
      end = pointer(out, at + first, restAt);
    } else {
      System.arraycopy(from, labels, out, at, count);
      end = writeApex(out, at + count);
      restAt = rest > 0 ? reachable(at + first) : apexAt;
    }
    aboveAt = restAt;
    aboveOctets = rest;
    octets = from;
    prefix = labels;
    prefixOctets = count;
    ownerAt = count == 0 ? apexAt : known >= 0 ? known : reachable(at);
    return end;
  }

  /// Where a name of a label and a rest was written, if it was one of the last in rdata.
  ///
  /// @param out the message
  /// @param restAt where in it the rest was written
  private int placeOfRecent(byte[] out, byte[] from, int label, int restAt) {
    int octets = 1 + from[label];
    for (int place : recent) {
      if (place >= 0
          && Header.u16(out, place + octets) == (POINTER | restAt)
          && NameTargets.isSame(out, place, from, label, octets)) {
        return place;
      }
    }
    return NOWHERE;
  }

  /// Where labels stand that end in the apex, as the name written last or the one above it.
  private int placeOfLabels(byte[] from, int start, int count) {
    if (ownerAt >= 0 && isSame(from, start, count, prefix, prefixOctets)) {
      return ownerAt;
    }
    return aboveAt >= 0
            && isSame(from, start, count, prefix + prefixOctets - aboveOctets, aboveOctets)
        ? aboveAt
        : NOWHERE;
  }

  private boolean isSame(byte[] from, int start, int count, int other, int otherCount) {
    return count == otherCount && NameTargets.isSame(from, start, octets, other, count);
  }

  private static int reachable(int place) {
    return place < NameTargets.POINTER_REACH ? place : NOWHERE;
  }

  private int writeApex(byte[] out, int at) {
    if (apexAt >= 0) {
      return pointer(out, at, apexAt);
    }
    int end = apex.copyTo(out, at);
    apexAt = reachable(at);
    return end;
  }

  private static int pointer(byte[] out, int at, int to) {
    Header.putU16(out, at, POINTER | to);
    return at + 2;
  }

  /// Writes a name out of the rdata of the owner written last.
  ///
  /// @param rrset where its RRset begins
  /// @param start where the name does
  /// @param others where names are noted that are of no part of this zone
  /// @return the octet after it
  int writeName(byte[] out, int at, byte[] from, int rrset, int start, NameTargets others) {
    int end = at;
    int next = start;
    while (true) {
      if (NodeLayout.isShared(from[next])) {
        int shared = NodeLayout.shared(from, next);
        if (shared < NodeLayout.SHARED_WITH_SET) {
          if (next - start == end - at && next > start) { // its labels lie there in one piece
            return writeBehindLabel(out, at, end, from, start, shared);
          }
          return writeEndOfOwner(out, end, shared);
        }
        next = ZoneWalk.placeOf(from, rrset, shared - NodeLayout.SHARED_WITH_SET, isOwnerRoot());
      } else {
        int label = from[next];
        System.arraycopy(from, next, out, end, 1 + label);
        end += 1 + label;
        next += 1 + label;
        if (label == 0) {
          return others.compress(out, at, end);
        }
      }
    }
  }

  /// Writes the last octets of the owner's name behind labels, and notes the name if it has one.
  private int writeBehindLabel(byte[] out, int at, int end, byte[] from, int label, int shared) {
    int rest =
        shared == prefixOctets + apex.length()
            ? ownerAt
            : shared == apex.length() ? apexAt : NOWHERE;
    if (end - at == 1 + from[label] && rest >= 0) {
      int known = placeOfRecent(out, from, label, rest);
      if (known >= 0) {
        return pointer(out, at, known);
      }
      if (at < NameTargets.POINTER_REACH) {
        recent[recentNext] = at;
        recentNext = (recentNext + 1) % RECENT;
      }
    }
    return writeEndOfOwner(out, end, shared);
  }

  private boolean isOwnerRoot() {
    return prefixOctets == 0 && apex.isRoot();
  }

  /// Writes the last octets of the owner's name.
  private int writeEndOfOwner(byte[] out, int at, int count) {
    int skipped = prefixOctets + apex.length() - count;
    if (skipped == 0 && ownerAt >= 0) {
      return pointer(out, at, ownerAt);
    }
    if (skipped < prefixOctets) {
      int left = prefixOctets - skipped;
      if (left == aboveOctets && aboveAt >= 0) {
        return pointer(out, at, aboveAt);
      }
      System.arraycopy(octets, prefix + skipped, out, at, left);
      return writeApex(out, at + left);
    }
    if (skipped == prefixOctets) {
      return writeApex(out, at);
    }
    int end = at;
    for (int i = skipped - prefixOctets; i < apex.length(); i++) {
      out[end++] = (byte) apex.octetAt(i);
    }
    return end;
  }

  /// The octet after a name as it lies in a zone.
  static int endOfName(byte[] from, int start) {
    int at = start;
    while (from[at] != 0 && !NodeLayout.isShared(from[at])) {
      at += 1 + from[at];
    }
    return from[at] == 0 ? at + 1 : at + 2;
  }
}
