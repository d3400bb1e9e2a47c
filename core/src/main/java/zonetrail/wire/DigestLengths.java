package zonetrail.wire;

import org.jspecify.annotations.Nullable;

/// How many octets a digest has, by the number of its algorithm.
public final class DigestLengths {
  /// The least octets of a zone's digest (RFC 8976 §2.2.4).
  public static final int MIN_ZONE_DIGEST = 12;

  private DigestLengths() {}

  /// The end of the rdata if a digest of the right length fills it from `at` on, else -1.
  static int endOf(RdataField field, byte[] rdata, int at) {
    int octets = rdata.length - at;
    return problemWith(field, rdata[at - 1] & 0xff, octets) == null ? rdata.length : -1;
  }

  /// What is wrong with the length of a digest, for a person to read; null if nothing is.
  ///
  /// @param algorithm what the octet in front of the digest says
  public static @Nullable String problemWith(RdataField field, int algorithm, int octets) {
    int expected =
        switch (field) {
          case DIGEST -> ofDelegation(algorithm);
          case FINGERPRINT -> ofFingerprint(algorithm);
          default -> ofZone(algorithm);
        };
    int least = field == RdataField.ZONE_DIGEST ? MIN_ZONE_DIGEST : 1;
    if (expected == 0 ? octets >= least : octets == expected) {
      return null;
    }
    return "one of type "
        + algorithm
        + " has "
        + (expected == 0 ? least + " or more octets" : expected + " octets")
        + ", and here are "
        + octets;
  }

  /// Those of DS records: 0 where the type is unknown to us.
  @Rfc(number = 4034, section = "5.1.4")
  @Rfc(number = 4509, section = "2.2")
  static int ofDelegation(int digestType) {
    return switch (digestType) {
      case 1 -> 20; // SHA-1
      case 2, 3, 5, 6 -> 32; // SHA-256, two of GOST, SM3
      case 4 -> 48; // SHA-384
      default -> 0;
    };
  }

  /// Those of SSHFP records: 0 where the type is unknown to us (RFC 6594 has the second).
  @Rfc(number = 4255, section = "3.1.2")
  static int ofFingerprint(int type) {
    return switch (type) {
      case 1 -> 20; // SHA-1
      case 2 -> 32; // SHA-256
      default -> 0;
    };
  }

  /// Those of ZONEMD records: 0 where the algorithm is unknown to us.
  @Rfc(number = 8976, section = "2.2.3")
  static int ofZone(int hashAlgorithm) {
    return switch (hashAlgorithm) {
      case 1 -> 48; // SHA-384
      case 2 -> 64; // SHA-512
      default -> 0;
    };
  }
}
