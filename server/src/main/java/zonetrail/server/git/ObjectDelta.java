package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.internal.storage.pack.DeltaEncoder;
import org.jspecify.annotations.Nullable;

/// How an object differs from another one that it was made of by a few edits: a delta as git's
/// packs have it.
///
/// Not git's own search, which indexes all of the base: an edit changes a few lines and leaves what
/// is between them. So both are walked side by side, and where they part the next line that both
/// have is looked for close by. What it yields is right for any two; only for two that have little
/// in common it is no shorter than the object.
final class ObjectDelta {
  /// Octets behind a difference in which equally long ones are looked for: serials, ids in trees.
  private static final int NEARBY_OCTETS = 64;

  /// As many equal octets are no accident.
  private static final int SURE_OCTETS = 16;

  /// So many lines behind a difference are looked at.
  private static final int NEARBY_LINES = 64;

  private final byte[] base;
  private final byte[] made;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
  private final DeltaEncoder encoder;

  private ObjectDelta(byte[] base, byte[] made) throws IOException {
    this.base = base;
    this.made = made;
    this.encoder = new DeltaEncoder(out, base.length, made.length);
  }

  /// The delta that makes `made` out of `base`.
  ///
  /// @return null if it is not much shorter than `made`
  static byte @Nullable [] between(byte[] base, byte[] made) {
    if (base.length == 0 || made.length == 0) {
      return null;
    }
    try {
      return new ObjectDelta(base, made).encode();
    } catch (IOException e) {
      throw new IllegalStateException("an array takes what is written to it", e);
    }
  }

  private byte @Nullable [] encode() throws IOException {
    int suffix = commonSuffix();
    int baseEnd = base.length - suffix;
    int madeEnd = made.length - suffix;
    int from = 0; // in the base
    int to = 0; // in what was made
    while (to < madeEnd && out.size() <= made.length / 2) {
      int equal = equalOctets(from, baseEnd, to, madeEnd);
      if (equal > 0) {
        encoder.copy(from, equal);
      }
      from += equal;
      to += equal;
      if (to == madeEnd) {
        break;
      }
      long next = meeting(from, baseEnd, to, madeEnd);
      int nextFrom = (int) (next >>> 32);
      int nextTo = (int) next;
      if (nextTo > to) {
        encoder.insert(made, to, nextTo - to);
      }
      from = nextFrom;
      to = nextTo;
    }
    if (suffix > 0) {
      encoder.copy(baseEnd, suffix);
    }
    return out.size() <= made.length / 2 ? out.toByteArray() : null;
  }

  private int equalOctets(int from, int fromEnd, int to, int toEnd) {
    int length = Math.min(fromEnd - from, toEnd - to);
    int differs = Arrays.mismatch(base, from, from + length, made, to, to + length);
    return differs < 0 ? length : differs;
  }

  /// How many octets both end with.
  private int commonSuffix() {
    int least = 0;
    int most = Math.min(base.length, made.length);
    while (least < most) {
      int half = (least + most + 1) >>> 1;
      boolean equal =
          Arrays.equals(
              base,
              base.length - half,
              base.length - least,
              made,
              made.length - half,
              made.length - least);
      if (equal) {
        least = half;
      } else {
        most = half - 1;
      }
    }
    return least;
  }

  /// Where both go on alike behind a difference, base in the upper half; their ends if that is not
  /// found.
  private long meeting(int from, int fromEnd, int to, int toEnd) {
    int most = Math.min(NEARBY_OCTETS, Math.min(fromEnd - from, toEnd - to) - SURE_OCTETS);
    for (int octets = 1; octets <= most; octets++) {
      if (Arrays.equals(
          base,
          from + octets,
          from + octets + SURE_OCTETS,
          made,
          to + octets,
          to + octets + SURE_OCTETS)) {
        return at(from + octets, to + octets);
      }
    }
    Map<String, Integer> lines = new HashMap<>();
    int line = nextLine(base, from, fromEnd);
    for (int i = 0; i < NEARBY_LINES && line < fromEnd; i++) {
      int end = nextLine(base, line, fromEnd);
      lines.putIfAbsent(text(base, line, end), line);
      line = end;
    }
    line = nextLine(made, to, toEnd);
    for (int i = 0; i < NEARBY_LINES && line < toEnd; i++) {
      int end = nextLine(made, line, toEnd);
      Integer there = end - line < SURE_OCTETS ? null : lines.get(text(made, line, end));
      if (there != null) {
        return at(there, line);
      }
      line = end;
    }
    return at(fromEnd, toEnd);
  }

  private static long at(int from, int to) {
    return (long) from << 32 | to;
  }

  private static int nextLine(byte[] text, int from, int end) {
    int at = from;
    while (at < end && text[at] != '\n') {
      at++;
    }
    return Math.min(at + 1, end);
  }

  @SuppressWarnings("deprecation") // the octets as they are, in no charset
  private static String text(byte[] text, int from, int end) {
    return new String(text, 0, from, end - from);
  }
}
