package zonetrail.zone;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.NameKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// How a zone hashes its names for NSEC3: SHA-1 over name and salt, again and again.
///
/// Immutable, safe on any thread.
@Rfc(number = 5155, section = "5")
final class Nsec3Hash {
  /// A chain with more iterations is not used. Each negative answer costs us some three hashes of a
  /// name that the questioner chooses; validators stop at 50 to 150, and BIND loads no zone with
  /// more. RFC 5155 §10.3 had 2,500.
  @Rfc(number = 9276, section = "3.2")
  static final int MAX_ITERATIONS = 150;

  /// How long a hash is.
  static final int OCTETS = 20;

  private static final int SHA1 = 1;
  private static final int BASE32_DIGITS = 32;

  private final int iterations;
  private final byte[] salt;

  private Nsec3Hash(int iterations, byte[] salt) {
    this.iterations = iterations;
    this.salt = salt;
  }

  /// What an NSEC3PARAM record says, or null where it is none that can be used.
  @Rfc(number = 5155, section = "4.1.2")
  static @Nullable Nsec3Hash ofParameters(Rdata rdata) {
    if (rdata.length() < 5
        || rdata.octetAt(0) != SHA1
        || rdata.octetAt(1) != 0
        || rdata.u16At(2) > MAX_ITERATIONS
        || rdata.length() != 5 + rdata.octetAt(4)) {
      return null;
    }
    byte[] salt = new byte[rdata.octetAt(4)];
    rdata.copyTo(5, salt, 0, salt.length);
    return new Nsec3Hash(rdata.u16At(2), salt);
  }

  /// Whether an NSEC3 record was made with these parameters.
  @Rfc(number = 5155, section = "4")
  boolean isUsedBy(Rdata nsec3) {
    if (nsec3.length() < 5 + salt.length
        || nsec3.octetAt(0) != SHA1
        || nsec3.u16At(2) != iterations
        || nsec3.octetAt(4) != salt.length) {
      return false;
    }
    for (int i = 0; i < salt.length; i++) {
      if (nsec3.octetAt(5 + i) != (salt[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /// The hash of a name.
  byte[] of(WireName name) {
    MessageDigest sha1 = Nsec3Digest.sha1();
    byte[] hash = name.toCanonicalWire();
    for (int i = 0; i <= iterations; i++) {
      sha1.update(hash);
      sha1.update(salt);
      hash = sha1.digest();
    }
    return hash;
  }

  /// The hash of a name, made without making anything.
  ///
  /// @param depth that of the ancestor of the name that is hashed, or of the name itself
  /// @return in the digest's own array, until it makes the next one
  byte[] of(NameKey name, int depth, Nsec3Digest digest) {
    return digest.of(name, depth, iterations, salt);
  }

  /// The hash that the owner of an NSEC3 record is named by, or null where it is no such name.
  @Rfc(number = 5155, section = "3")
  static byte @Nullable [] ofOwner(WireName owner, WireName apex) {
    if (owner.octetAt(0) != BASE32_DIGITS || !owner.parent().equals(apex)) {
      return null;
    }
    byte[] hash = new byte[OCTETS];
    long bits = 0;
    for (int i = 0; i < BASE32_DIGITS; i++) {
      int digit = Character.digit(owner.octetAt(1 + i), 32);
      if (digit < 0) {
        return null;
      }
      bits = bits << 5 | digit;
      if (i % 8 == 7) {
        for (int octet = 0; octet < 5; octet++) {
          hash[i / 8 * 5 + octet] = (byte) (bits >>> (32 - 8 * octet));
        }
        bits = 0;
      }
    }
    return hash;
  }
}
