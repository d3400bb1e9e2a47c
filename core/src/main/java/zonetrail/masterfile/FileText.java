package zonetrail.masterfile;

import java.util.List;
import java.util.stream.IntStream;

/// The octets of a file, in pieces that may be those of other versions of it, so that who hashes or
/// writes them needs no array as long as the file.
///
/// Immutable, and the octets must not be changed by anybody. Threads: any.
public final class FileText {
  private final List<byte[]> pieces;
  private final int length;

  private FileText(List<byte[]> pieces, int length) {
    this.pieces = pieces;
    this.length = length;
  }

  /// The octets of an array, which must not be changed afterwards.
  public static FileText of(byte[] octets) {
    return new FileText(List.of(octets), octets.length);
  }

  /// The octets of arrays, one after the other, none of which may be changed afterwards.
  public static FileText of(List<byte[]> pieces) {
    return new FileText(List.copyOf(pieces), pieces.stream().mapToInt(piece -> piece.length).sum());
  }

  static FileText of(SectionedText text) {
    return of(
        IntStream.range(0, text.sectionCount())
            .mapToObj(section -> text.section(section).lines().text)
            .toList());
  }

  /// How many octets there are.
  public int length() {
    return length;
  }

  /// The octets piece by piece, none of which may be changed.
  public List<byte[]> pieces() {
    return pieces;
  }

  /// All octets in one array, which must not be changed; made for this call if there are several
  /// pieces.
  public byte[] octets() {
    if (pieces.size() == 1) {
      return pieces.getFirst();
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }
}
