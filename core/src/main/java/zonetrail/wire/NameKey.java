package zonetrail.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A name taken apart for looking it up: its letters small, and where each of its ancestors begins
/// in it, with their hashes.
///
/// Depth counts labels from the root, whose depth is 0. One key is used again and again by one
/// thread. Allocation: none after construction, but once for a name of more than [#USUAL_LABELS]
/// labels.
@Rfc(number = 4343, section = "3")
public final class NameKey {
  private static final int MAX_LABELS = 127;

  /// So many labels there is room for from the start: a key for a small zone is to be small, too.
  private static final int USUAL_LABELS = 15;

  private static final byte[] WILDCARD = {1, '*', 0, 0, 0, 0, 0, 0};
  private static final long WILDCARD_WORD =
      ByteBuffer.wrap(WILDCARD).order(ByteOrder.LITTLE_ENDIAN).getLong(0);

  /// Longer than a name, as it is read eight octets at a time.
  private final byte[] octets = new byte[WireName.MAX_OCTETS + Long.BYTES];

  private final ByteBuffer words = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
  private int length = 1;
  private int depth;
  private int[] starts = new int[USUAL_LABELS + 1];

  /// Where the labels of the name begin that this one was compared with last.
  private int[] otherStarts = new int[USUAL_LABELS];

  private long[] states = new long[USUAL_LABELS + 1];

  /// Creates a key of the root.
  public NameKey() {
    states[0] = NameHash.ROOT;
  }

  /// Takes a name.
  public void set(WireName name) {
    name.copyTo(octets, 0);
    take(name.length());
  }

  /// Takes an uncompressed name that was checked before.
  ///
  /// @param source where it lies
  /// @param at its first octet
  /// @param nameOctets how many it has, its final zero included
  public void set(byte[] source, int at, int nameOctets) {
    System.arraycopy(source, at, octets, 0, nameOctets);
    take(nameOctets);
  }

  /// Takes a name that we wrote into a message, where the end of another may be its own.
  public void setFromMessage(byte[] message, int at) {
    int from = at;
    int end = 0;
    while (message[from] != 0) {
      if ((message[from] & 0xc0) == 0xc0) {
        from = Header.u16(message, from) & 0x3fff;
      } else {
        int label = 1 + message[from];
        System.arraycopy(message, from, octets, end, label);
        from += label;
        end += label;
      }
    }
    octets[end] = 0;
    take(end + 1);
  }

  /// Takes `*` below an ancestor of another name, the source of synthesis of a closest encloser
  /// (RFC 4592 §3.3.1).
  ///
  /// @param name not this key
  /// @return whether there can be such a name: it has 255 octets at most
  @Rfc(number = 4592, section = "3.3.1")
  public boolean setWildcard(NameKey name, int ofDepth) {
    int start = name.starts[ofDepth];
    int rest = name.length - start;
    if (rest + 2 > WireName.MAX_OCTETS) {
      return false;
    }
    octets[0] = 1;
    octets[1] = '*';
    System.arraycopy(name.octets, start, octets, 2, rest);
    take(2 + rest);
    return true;
  }

  private void take(int nameOctets) {
    length = nameOctets;
    foldLetters();
    int labels = 0;
    int at = 0;
    while (octets[at] != 0) {
      if (labels == USUAL_LABELS && starts.length <= MAX_LABELS) {
        makeRoom();
      }
      starts[labels++] = at;
      at += 1 + octets[at];
    }
    depth = labels;
    // From left to right so far; by depth from now on.
    for (int left = 0, right = labels - 1; left < right; left++, right--) {
      int start = starts[left];
      starts[left] = starts[right];
      starts[right] = start;
    }
    System.arraycopy(starts, 0, starts, 1, labels);
    starts[0] = at;
    long state = NameHash.ROOT;
    for (int i = 1; i <= labels; i++) {
      state = addLabel(state, starts[i]);
      states[i] = state;
    }
  }

  private void makeRoom() {
    starts = Arrays.copyOf(starts, MAX_LABELS + 1);
    states = Arrays.copyOf(states, MAX_LABELS + 1);
  }

  /// Makes capitals small, eight octets at a time; the lengths of labels are no capitals.
  private void foldLetters() {
    for (int at = 0; at < length; at += Long.BYTES) {
      long word = words.getLong(at);
      long low7 = word & 0x7f7f7f7f7f7f7f7fL;
      long aboveZ = low7 + 0x2525252525252525L;
      long fromA = low7 + 0x3f3f3f3f3f3f3f3fL;
      long capitals = (fromA ^ aboveZ) & ~word & 0x8080808080808080L;
      if (capitals != 0) {
        words.putLong(at, word | capitals >>> 2);
      }
    }
  }

  private long addLabel(long before, int start) {
    long state = before;
    int left = 1 + octets[start];
    int at = start;
    while (left > Long.BYTES) {
      state = NameHash.add(state, words.getLong(at));
      at += Long.BYTES;
      left -= Long.BYTES;
    }
    long rest = words.getLong(at) & -1L >>> (Long.SIZE - 8 * left);
    return NameHash.add(state, rest);
  }

  /// How many octets the name has, its final zero included.
  public int length() {
    return length;
  }

  /// How many labels it has.
  public int depth() {
    return depth;
  }

  /// Where the ancestor of a depth, or the name itself, begins in the name.
  public int start(int ofDepth) {
    return starts[ofDepth];
  }

  /// The hash of the ancestor of a depth, or of the name itself.
  public int hash(int ofDepth) {
    return NameHash.of(states[ofDepth]);
  }

  /// The hash of `*` below the ancestor of a depth.
  public int hashOfWildcard(int ofDepth) {
    return NameHash.of(NameHash.add(states[ofDepth], WILDCARD_WORD));
  }

  /// Whether a part of the name is equal to as many octets elsewhere but for the case of letters.
  ///
  /// @param from where the part begins
  /// @param count how many octets it has
  public boolean matches(int from, int count, byte[] other, int at) {
    int differsAt = Arrays.mismatch(octets, from, from + count, other, at, at + count);
    if (differsAt < 0) {
      return true;
    }
    for (int i = differsAt; i < count; i++) {
      if (octets[from + i] != WireName.lower(other[at + i])) {
        return false;
      }
    }
    return true;
  }

  /// Canonical order of the name and of another that has an ancestor in common with it (RFC 4034
  /// §6.1): by label from the right, each as octets with letters small.
  ///
  /// @param ofDepth that of the ancestor of this name that is compared, or of the name itself
  /// @param common the depth of the ancestor that both have
  /// @param other where the labels lie that the other name has before that ancestor
  /// @return negative, zero or positive, where this one is before, equal to or after the other
  @Rfc(number = 4034, section = "6.1")
  public int compare(int ofDepth, int common, byte[] other, int at, int count) {
    int theirs = noteStarts(other, at, count);
    int mine = ofDepth - common;
    for (int i = 1; i <= Math.min(mine, theirs); i++) {
      int order = compareLabels(starts[common + i], other, otherStarts[theirs - i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(mine, theirs);
  }

  /// The depth of the nearest ancestor that the name and another have in common, which may be one
  /// of the two.
  ///
  /// @param common the depth of one that both have
  /// @param other where the labels lie that the other name has before that ancestor
  public int nearestCommon(int common, byte[] other, int at, int count) {
    int theirs = noteStarts(other, at, count);
    int most = Math.min(depth - common, theirs);
    int shared = 0;
    while (shared < most
        && compareLabels(starts[common + shared + 1], other, otherStarts[theirs - shared - 1])
            == 0) {
      shared++;
    }
    return common + shared;
  }

  private int noteStarts(byte[] other, int at, int count) {
    int labels = 0;
    for (int start = at; start < at + count; start += 1 + other[start]) {
      if (labels == otherStarts.length) {
        otherStarts = Arrays.copyOf(otherStarts, MAX_LABELS);
      }
      otherStarts[labels++] = start;
    }
    return labels;
  }

  private int compareLabels(int start, byte[] other, int otherStart) {
    int mine = start + 1;
    int theirs = otherStart + 1;
    int count = Math.min(octets[start], other[otherStart]);
    int at = Arrays.mismatch(octets, mine, mine + count, other, theirs, theirs + count);
    while (at >= 0 && at < count) {
      int order = Byte.compareUnsigned(octets[mine + at], WireName.lower(other[theirs + at]));
      if (order != 0) {
        return order;
      }
      at++;
    }
    return Integer.compare(octets[start], other[otherStart]);
  }

  /// Whether the ancestor of a depth is this name.
  public boolean matches(int ofDepth, WireName name) {
    return length - starts[ofDepth] == name.length() && name.matches(this, starts[ofDepth]);
  }

  /// Whether the ancestor of a depth, or the name itself, is also one of the other name.
  public boolean sharesAncestor(NameKey other, int ofDepth) {
    if (ofDepth > depth || ofDepth > other.depth || states[ofDepth] != other.states[ofDepth]) {
      return false;
    }
    int start = starts[ofDepth];
    int theirs = other.starts[ofDepth];
    return Arrays.equals(octets, start, length, other.octets, theirs, other.length);
  }

  /// The octet at an index, its letters small, 0 to 255.
  public int octetAt(int index) {
    return octets[index] & 0xff;
  }

  /// Copies a part of it, letters small.
  public void copyTo(int from, byte[] target, int offset, int count) {
    System.arraycopy(octets, from, target, offset, count);
  }
}
