package zonetrail.tsig;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The shared secret of a key: it can make MACs and can't be read out or printed.
///
/// Two secrets compare in constant time. Bounds: 1 to 65,531 octets (what fits a DNSKEY record).
/// Immutable, safe on any thread.
public final class Secret {
  /// The most octets a secret has.
  public static final int MAX_OCTETS = 65_531;

  private final byte[] octets;

  /// A keyed hash that nothing was put into, to be copied: looking for a provider and keying takes
  /// longer than the hash of a message.
  private volatile @Nullable Prepared prepared;

  private record Prepared(TsigAlgorithm algorithm, Mac mac) {}

  private Secret(byte[] octets) {
    if (octets.length == 0) {
      throw new BadKeyException("the secret is empty");
    }
    if (octets.length > MAX_OCTETS) {
      throw new BadKeyException("the secret has more than " + MAX_OCTETS + " octets");
    }
    this.octets = octets;
  }

  /// The secret made of these octets, which are copied.
  ///
  /// @throws BadKeyException if there are none, or too many
  public static Secret of(byte[] octets) {
    return new Secret(octets.clone());
  }

  /// Reads base64, with or without its padding.
  ///
  /// @throws BadKeyException if the text is not base64, or empty; the message does not show the
  ///   text
  public static Secret ofBase64(String text) {
    try {
      return new Secret(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      if (e instanceof BadKeyException badKey) {
        throw badKey;
      }
      // The decoder's own message quotes the offending octet, which is part of the secret.
      throw new BadKeyException("the secret is not base64");
    }
  }

  /// How many octets it has.
  public int length() {
    return octets.length;
  }

  /// A fresh keyed hash; not for sharing between threads.
  Mac newMac(TsigAlgorithm algorithm) {
    Prepared there = prepared;
    if (there == null || there.algorithm != algorithm) {
      there = new Prepared(algorithm, keyedMac(algorithm));
      prepared = there;
    }
    try {
      return (Mac) there.mac.clone();
    } catch (CloneNotSupportedException notOfThisProvider) {
      return keyedMac(algorithm);
    }
  }

  private Mac keyedMac(TsigAlgorithm algorithm) {
    try {
      Mac mac = Mac.getInstance(algorithm.jcaName());
      mac.init(new SecretKeySpec(octets, algorithm.jcaName()));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(algorithm + " is missing in this Java runtime", e);
    }
  }

  /// Equal octets, compared in a time that does not depend on where they differ.
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(octets, that.octets);
  }

  /// The length only, since a hash of the octets would say something about them.
  @Override
  public int hashCode() {
    return octets.length;
  }

  /// Always `***`.
  @Override
  public String toString() {
    return "***";
  }
}
