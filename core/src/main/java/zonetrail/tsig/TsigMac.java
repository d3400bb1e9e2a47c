package zonetrail.tsig;

import java.security.MessageDigest;
import java.util.Arrays;

/// A message authentication code as transmitted, maybe cut short, maybe empty.
///
/// Two compare in constant time; none is ever printed. Immutable, safe on any thread.
public final class TsigMac {
  /// No MAC: what an unsigned error carries (RFC 8945 §5.3.2).
  static final TsigMac NONE = new TsigMac(new byte[0]);

  private final byte[] octets;

  private TsigMac(byte[] octets) {
    this.octets = octets;
  }

  static TsigMac of(byte[] octets) {
    return new TsigMac(octets.clone());
  }

  static TsigMac of(byte[] source, int offset, int length) {
    return new TsigMac(Arrays.copyOfRange(source, offset, offset + length));
  }

  /// How many octets it has.
  public int length() {
    return octets.length;
  }

  boolean isEmpty() {
    return octets.length == 0;
  }

  /// Its first octets, as many as asked for.
  TsigMac cutTo(int length) {
    return of(octets, 0, length);
  }

  byte[] toBytes() {
    return octets.clone();
  }

  /// Equal octets, compared in a time that does not depend on where they differ.
  @Override
  public boolean equals(Object other) {
    return other instanceof TsigMac that && MessageDigest.isEqual(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /// The length only.
  @Override
  public String toString() {
    return "MAC of " + octets.length + " octets";
  }
}
