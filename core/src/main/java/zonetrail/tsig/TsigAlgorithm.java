package zonetrail.tsig;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// The keyed hashes that TSIG names, with their numbers in the DNSKEY records of key files.
///
/// HMAC-MD5 is known, so that a key that uses it can be named in a finding, and never used (RFC
/// 8945 §6: MUST NOT).
@Rfc(number = 8945, section = "6")
public enum TsigAlgorithm {
  /// Known and refused.
  HMAC_MD5("hmac-md5.sig-alg.reg.int.", 16, "HmacMD5", 157),
  /// Not recommended; see [AlgorithmPolicy].
  HMAC_SHA1("hmac-sha1.", 20, "HmacSHA1", 161),
  /// SHA-224.
  HMAC_SHA224("hmac-sha224.", 28, "HmacSHA224", 162),
  /// The recommended one.
  HMAC_SHA256("hmac-sha256.", 32, "HmacSHA256", 163),
  /// SHA-384.
  HMAC_SHA384("hmac-sha384.", 48, "HmacSHA384", 164),
  /// SHA-512.
  HMAC_SHA512("hmac-sha512.", 64, "HmacSHA512", 165);

  @SuppressWarnings(
      "Immutable") // A name never changes; the annotation that would say so is another library's.
  private final WireName wireName;

  private final int macOctets;
  private final String jcaName;
  private final int dnskeyNumber;

  TsigAlgorithm(String wireName, int macOctets, String jcaName, int dnskeyNumber) {
    this.wireName = WireName.parse(wireName);
    this.macOctets = macOctets;
    this.jcaName = jcaName;
    this.dnskeyNumber = dnskeyNumber;
  }

  /// The algorithm with this name on the wire, in any case; null where we know none.
  public static @Nullable TsigAlgorithm of(WireName wireName) {
    for (TsigAlgorithm algorithm : values()) {
      if (algorithm.wireName.equals(wireName)) {
        return algorithm;
      }
    }
    return null;
  }

  /// The algorithm with this number in a DNSKEY record of a key file; null where there is none.
  public static @Nullable TsigAlgorithm ofDnskeyNumber(int number) {
    for (TsigAlgorithm algorithm : values()) {
      if (algorithm.dnskeyNumber == number) {
        return algorithm;
      }
    }
    return null;
  }

  /// Reads what people write: `SHA256`, `sha-256`, `hmac-sha256`, `163`; null where it is none.
  public static @Nullable TsigAlgorithm parse(String text) {
    String written = text.toLowerCase(Locale.ROOT);
    for (TsigAlgorithm algorithm : values()) {
      String hash = algorithm.hashName();
      if (written.equals(hash)
          || written.equals("hmac-" + hash)
          || written.equals("sha-" + hash.substring(3))
          || written.equals(Integer.toString(algorithm.dnskeyNumber))
          || isWireName(written, algorithm)) {
        return algorithm;
      }
    }
    return null;
  }

  private static boolean isWireName(String written, TsigAlgorithm algorithm) {
    String name = algorithm.wireName.toString();
    return written.equals(name) || (written + ".").equals(name);
  }

  private String hashName() {
    return name().substring("HMAC_".length()).toLowerCase(Locale.ROOT);
  }

  /// The name in TSIG records.
  public WireName wireName() {
    return wireName;
  }

  /// How many octets a full MAC has.
  public int macOctets() {
    return macOctets;
  }

  /// The fewest octets a truncated MAC may have before the message counts as malformed: the larger
  /// of 10 and half the full length.
  @Rfc(number = 8945, section = "5.2.2.1")
  public int leastMacOctets() {
    return Math.max(10, macOctets / 2);
  }

  /// The number in DNSKEY records of key files.
  public int dnskeyNumber() {
    return dnskeyNumber;
  }

  /// The name that `javax.crypto.Mac` knows it by.
  String jcaName() {
    return jcaName;
  }

  /// As people write it: `HMAC-SHA256`.
  @Override
  public String toString() {
    return "HMAC-" + hashName().toUpperCase(Locale.ROOT);
  }
}
