package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What becomes of parts of a text: each is replaced, all else stays.
final class Splices {
  /// One part and what comes in its place.
  ///
  /// @param text an octet a character
  record Splice(int start, int end, String text) {
    /// By how many octets the text is longer with it.
    int longer() {
      return text.length() - (end - start);
    }
  }

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
    List<Splice> ordered = ordered();
    int length = to - from;
    for (Splice splice : ordered) {
      length += splice.longer();
    }
    byte[] out = new byte[length];
    int at = from;
    int end = 0;
    for (Splice splice : ordered) {
      if (splice.start() < at || splice.end() > to) {
        throw new IllegalStateException("splices overlap at octet " + splice.start());
      }
      System.arraycopy(text, at, out, end, splice.start() - at);
      end += splice.start() - at;
      byte[] octets = splice.text().getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(octets, 0, out, end, octets.length);
      end += octets.length;
      at = splice.end();
    }
    System.arraycopy(text, at, out, end, to - at);
    return out;
  }

  /// In the order of the text.
  List<Splice> ordered() {
    List<Splice> ordered = new ArrayList<>(splices);
    ordered.sort(Comparator.comparingInt(Splice::start).thenComparingInt(Splice::end));
    return ordered;
  }
}
