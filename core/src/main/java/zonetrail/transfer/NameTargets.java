package zonetrail.transfer;

import java.util.Arrays;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;

/// Where the names of one message were written, so that later ones end in a pointer to them.
///
/// Case counts: `WWW` is no target for `www`, or the secondary would get names in another case than
/// ours (RFC 5936 §3.4).
///
/// The table holds labels: each with the place of what follows it, so that a name is looked up from
/// its right end, a label at a time, and no suffix is ever compared as a whole. A pointer reaches
/// the first 16,384 octets of a message, so only labels within them are noted.
///
/// One owner. Allocation: none after construction.
@Rfc(number = 1035, section = "4.1.4")
@Rfc(number = 5936, section = "3.4")
final class NameTargets {
  /// What a pointer can point to.
  static final int POINTER_REACH = 0x4000;

  private static final int POINTER = 0xc000;
  private static final int MAX_LABELS = 127;

  /// What follows the last label of a name; no label lies there.
  private static final char ROOT = 0;

  private static final char FREE = 0;
  private static final int NO_LABEL = -1;

  private final char[] places;
  private final char[] followers;

  /// Where the labels of the name in hand begin, behind a mark.
  private final int[] labels = new int[1 + MAX_LABELS];

  private int noted;

  /// @param capacity how many labels are noted at most, a power of 2
  NameTargets(int capacity) {
    // Twice the room, so that a search ends soon.
    places = new char[2 * capacity];
    followers = new char[2 * capacity];
    labels[0] = NO_LABEL;
  }

  /// Begins another message.
  void clear() {
    Arrays.fill(places, FREE);
    noted = 0;
  }

  /// Shortens the name that was just written in full, as far as it was written before, and notes
  /// the rest of it.
  ///
  /// @param start where the name begins
  /// @param end the octet after it
  /// @return the octet after it now
  int compress(byte[] message, int start, int end) {
    int count = 0;
    for (int at = start; message[at] != 0; at += 1 + message[at]) {
      labels[++count] = at;
    }
    int known = end;
    char target = ROOT;
    char follower = ROOT;
    int label;
    // Till the mark before the first label, and not by counting: what is counted the JIT compiler
    // guards by the number of turns, and where there was one for once, it did all of it again.
    while ((label = labels[count--]) != NO_LABEL) {
      int slot = slotOf(message, label, follower);
      char place = places[slot];
      if (place != FREE) {
        known = label;
        target = place;
      } else if (label < POINTER_REACH && noted < places.length / 2) {
        place = (char) label;
        note(slot, place, follower);
      } else {
        break;
      }
      follower = place;
    }
    if (known == end) {
      return end;
    }
    Header.putU16(message, known, POINTER | target);
    return known + 2;
  }

  private void note(int slot, char place, char follower) {
    places[slot] = place;
    followers[slot] = follower;
    noted++;
  }

  /// The slot of a label with this follower, or the free one where it would be.
  private int slotOf(byte[] message, int label, char follower) {
    int slot = firstSlotOf(message, label, follower);
    while (places[slot] != FREE
        && (followers[slot] != follower
            || !isSame(message, places[slot], message, label, 1 + message[label]))) {
      slot = (slot + 1) & (places.length - 1);
    }
    return slot;
  }

  private int firstSlotOf(byte[] message, int label, char follower) {
    int hash = follower;
    for (int i = label + message[label]; i >= label; i--) {
      hash = (hash ^ message[i]) * 0x01000193;
    }
    return (hash ^ hash >>> 15) & (places.length - 1);
  }

  /// What `Arrays.equals` says, for a few octets, and for less of the compiler's time.
  static boolean isSame(byte[] some, int from, byte[] others, int other, int count) {
    int left = count;
    while (left > 0 && some[from + left - 1] == others[other + left - 1]) {
      left--;
    }
    return left == 0;
  }
}
