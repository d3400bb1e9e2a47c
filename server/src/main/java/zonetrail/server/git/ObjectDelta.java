package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.internal.storage.pack.DeltaEncoder;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.FileText;

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

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
  private final DeltaEncoder encoder;

  /// With more octets than these a delta is too long.
  private final int mostOctets;

  /// What is copied next: a part of the base, to which more may be added that stands behind it.
  private int copyFrom;

  private int copyOctets;

  private ObjectDelta(int baseOctets, int madeOctets) throws IOException {
    this.encoder = new DeltaEncoder(out, baseOctets, madeOctets);
    this.mostOctets = madeOctets / 2;
  }

  /// The delta that makes `made` out of `base`. Pieces that both have are not looked into.
  ///
  /// @return null if it is not much shorter than `made`
  static byte @Nullable [] between(FileText base, FileText made) {
    if (base.length() == 0 || made.length() == 0) {
      return null;
    }
    try {
      ObjectDelta delta = new ObjectDelta(base.length(), made.length());
      delta.encode(base.pieces(), made.pieces());
      return delta.isTooLong() ? null : delta.out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("an array takes what is written to it", e);
    }
  }

  private boolean isTooLong() {
    return out.size() > mostOctets;
  }

  /// The pieces of both that are the very same, in the order in which both have them, are copied;
  /// what is between them is compared.
  private void encode(List<byte[]> base, List<byte[]> made) throws IOException {
    IdentityHashMap<byte[], Integer> places = new IdentityHashMap<>(base.size());
    for (int i = 0; i < base.size(); i++) {
      places.put(base.get(i), i);
    }
    int from = 0; // in the base
    int to = 0; // in what was made
    int offset = 0; // of `from`
    for (int i = 0; i < made.size() && !isTooLong(); i++) {
      int there = places.getOrDefault(made.get(i), -1);
      if (there >= from) {
        offset += between(base.subList(from, there), offset, made.subList(to, i));
        copy(offset, made.get(i).length);
        offset += made.get(i).length;
        from = there + 1;
        to = i + 1;
      }
    }
    between(base.subList(from, base.size()), offset, made.subList(to, made.size()));
    flush();
  }

  /// @param offset where these pieces of the base begin in all of it
  /// @return how many octets they have
  private int between(List<byte[]> base, int offset, List<byte[]> made) throws IOException {
    if (base.isEmpty() && made.isEmpty()) {
      return 0;
    }
    byte[] octets = FileText.of(base).octets();
    encode(octets, offset, FileText.of(made).octets());
    return octets.length;
  }

  private void copy(int from, int octets) throws IOException {
    if (octets > 0 && from != copyFrom + copyOctets) {
      flush();
      copyFrom = from;
    }
    copyOctets += octets;
  }

  private void insert(byte[] made, int from, int octets) throws IOException {
    if (octets > 0) {
      flush();
      encoder.insert(made, from, octets);
    }
  }

  private void flush() throws IOException {
    if (copyOctets > 0) {
      encoder.copy(copyFrom, copyOctets);
    }
    copyFrom += copyOctets;
    copyOctets = 0;
  }

  /// @param offset where `base` begins in all of the base
  private void encode(byte[] base, int offset, byte[] made) throws IOException {
    int suffix = commonSuffix(base, made);
    int baseEnd = base.length - suffix;
    int madeEnd = made.length - suffix;
    int from = 0;
    int to = 0;
    while (to < madeEnd && !isTooLong()) {
      int equal = equalOctets(base, from, baseEnd, made, to, madeEnd);
      copy(offset + from, equal);
      from += equal;
      to += equal;
      if (to == madeEnd) {
        break;
      }
      long next = meeting(base, from, baseEnd, made, to, madeEnd);
      int nextFrom = (int) (next >>> 32);
      int nextTo = (int) next;
      insert(made, to, nextTo - to);
      from = nextFrom;
      to = nextTo;
    }
    copy(offset + baseEnd, suffix);
  }

  private static int equalOctets(
      byte[] base, int from, int fromEnd, byte[] made, int to, int toEnd) {
    int length = Math.min(fromEnd - from, toEnd - to);
    int differs = Arrays.mismatch(base, from, from + length, made, to, to + length);
    return differs < 0 ? length : differs;
  }

  /// How many octets both end with.
  private static int commonSuffix(byte[] base, byte[] made) {
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
  private static long meeting(byte[] base, int from, int fromEnd, byte[] made, int to, int toEnd) {
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
