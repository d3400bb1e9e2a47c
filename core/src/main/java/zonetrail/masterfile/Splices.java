package zonetrail.masterfile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What becomes of parts of a text: each is replaced, all else stays.
final class Splices {
  /// One part and what comes in its place.
  ///
  /// @param text an octet a character
  record Splice(int start, int end, String text) {}

  private final List<Splice> splices = new ArrayList<>();

  /// Replaces a part; what is inserted in one place keeps its order.
  void add(int start, int end, String text) {
    splices.add(new Splice(start, end, text));
  }

  void addAll(List<Splice> others) {
    splices.addAll(others);
  }

  boolean isEmpty() {
    return splices.isEmpty();
  }

  /// What a file that is included once more would have replaced too: the same, or this says no.
  boolean isLike(Splices other) {
    return splices.equals(other.splices);
  }

  /// The text with its parts replaced.
  ///
  /// @throws IllegalStateException if parts overlap
  byte[] applyTo(byte[] text) {
    return applyTo(text, 0, text.length);
  }

  /// The same for a part of a text.
  byte[] applyTo(byte[] text, int from, int to) {
    List<Splice> ordered = new ArrayList<>(splices);
    ordered.sort(Comparator.comparingInt(Splice::start).thenComparingInt(Splice::end));
    ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 64);
    int at = from;
    for (Splice splice : ordered) {
      if (splice.start() < at || splice.end() > to) {
        throw new IllegalStateException("splices overlap at octet " + splice.start());
      }
      out.write(text, at, splice.start() - at);
      out.writeBytes(splice.text().getBytes(StandardCharsets.ISO_8859_1));
      at = splice.end();
    }
    out.write(text, at, to - at);
    return out.toByteArray();
  }
}
