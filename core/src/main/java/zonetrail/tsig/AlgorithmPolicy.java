package zonetrail.tsig;

/// Which algorithms the keys of key files may use.
///
/// The default is [#STRONG]. RFC 8945 §6 asks for HMAC-SHA1 to be implemented and says that its use
/// is not recommended: so it is there for the operator who still has such a key and says so, and a
/// repository alone cannot bring it back. HMAC-MD5 is refused by both.
public enum AlgorithmPolicy {
  /// The SHA-2 family.
  STRONG,
  /// The SHA-2 family, and SHA-1.
  SHA1_TOO;

  /// Whether keys with this algorithm are taken.
  public boolean allows(TsigAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_MD5 -> false;
      case HMAC_SHA1 -> this == SHA1_TOO;
      case HMAC_SHA224, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512 -> true;
    };
  }
}
