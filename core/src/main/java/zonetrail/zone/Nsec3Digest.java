package zonetrail.zone;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import zonetrail.wire.NameKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What is needed to hash names for NSEC3, for one who hashes again and again.
///
/// One object is used by one thread. Allocation: none after construction.
@Rfc(number = 5155, section = "5")
public final class Nsec3Digest {
  /// Nothing was put into it; copied where one is wanted, which takes less than finding a provider.
  private static final MessageDigest EMPTY = found();

  private final MessageDigest sha1 = sha1();
  private final byte[] name = new byte[WireName.MAX_OCTETS];
  private final byte[] hash = new byte[Nsec3Hash.OCTETS];

  /// Creates one.
  public Nsec3Digest() {}

  static MessageDigest sha1() {
    try {
      return (MessageDigest) EMPTY.clone();
    } catch (CloneNotSupportedException notOfThisProvider) {
      return found();
    }
  }

  private static MessageDigest found() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /// The hash of a name's ancestor.
  ///
  /// @return an array that the next hash overwrites
  byte[] of(NameKey key, int depth, int iterations, byte[] salt) {
    int octets = key.length() - key.start(depth);
    key.copyTo(key.start(depth), name, 0, octets);
    sha1.update(name, 0, octets);
    sha1.update(salt);
    digest();
    for (int i = 0; i < iterations; i++) {
      sha1.update(hash);
      sha1.update(salt);
      digest();
    }
    return hash;
  }

  private void digest() {
    try {
      sha1.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-1 has 20 octets", e);
    }
  }
}
