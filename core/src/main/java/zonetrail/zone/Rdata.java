package zonetrail.zone;

import java.util.Arrays;
import java.util.HexFormat;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// The rdata of one record: uncompressed wire octets, compared octet by octet.
///
/// Bounds: 0 to 65,535 octets (RFC 1035 §3.2.1). Immutable, safe on any thread.
public final class Rdata implements Comparable<Rdata> {
  /// The most octets that rdata has.
  public static final int MAX_OCTETS = 65_535;

  private final byte[] octets;

  private Rdata(byte[] octets) {
    if (octets.length > MAX_OCTETS) {
      throw new IllegalArgumentException("rdata of " + octets.length + " octets");
    }
    this.octets = octets;
  }

  /// Rdata of these octets, which are copied.
  public static Rdata of(byte[] octets) {
    return new Rdata(octets.clone());
  }

  /// Rdata of a part of an array, which is copied.
  public static Rdata of(byte[] source, int offset, int length) {
    return new Rdata(Arrays.copyOfRange(source, offset, offset + length));
  }

  /// Rdata of these octets, which nobody else may have.
  static Rdata owning(byte[] octets) {
    return new Rdata(octets);
  }

  /// How many octets it has.
  public int length() {
    return octets.length;
  }

  /// The octet at an index, 0 to 255.
  public int octetAt(int index) {
    return octets[index] & 0xff;
  }

  /// Two octets as an unsigned number.
  public int u16At(int index) {
    return octetAt(index) << 8 | octetAt(index + 1);
  }

  /// Four octets; an unsigned number, held in an int.
  public int u32At(int index) {
    return u16At(index) << 16 | u16At(index + 2);
  }

  /// The type that a signature covers (RFC 4034 §3.1.1); type 0 where the rdata is too short for
  /// one.
  RRType typeCovered() {
    return RRType.of(octets.length < 2 ? 0 : u16At(0));
  }

  /// The uncompressed name that begins at an index.
  public WireName nameAt(int index) {
    return WireName.fromWire(octets, index);
  }

  /// The same in the form in which two of them are compared (RFC 4034 §6.2).
  ///
  /// @param layout that of its type
  public Rdata canonical(RdataLayout layout) {
    return new Rdata(layout.canonical(octets));
  }

  /// Whether as many octets elsewhere are the same but for the case of letters.
  boolean isLike(byte[] other, int at) {
    for (int i = 0; i < octets.length; i++) {
      if (WireName.lower(octets[i]) != WireName.lower(other[at + i])) {
        return false;
      }
    }
    return true;
  }

  /// Copies a part.
  public void copyTo(int from, byte[] target, int offset, int length) {
    System.arraycopy(octets, from, target, offset, length);
  }

  /// The octets themselves, not to be changed.
  byte[] octets() {
    return octets;
  }

  /// A copy of the octets.
  public byte[] toBytes() {
    return octets.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rdata that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /// As unsigned octets from the left (RFC 4034 §6.3). Sets of rdata whose hashes are alike by
  /// somebody's choice stay fast by it.
  @Override
  @Rfc(number = 4034, section = "6.3")
  public int compareTo(Rdata other) {
    return Arrays.compareUnsigned(octets, other.octets);
  }

  /// Hexadecimal, for tests and debugging.
  @Override
  public String toString() {
    return HexFormat.of().formatHex(octets);
  }
}
