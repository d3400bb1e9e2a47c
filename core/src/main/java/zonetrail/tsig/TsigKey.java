package zonetrail.tsig;

import java.util.function.Supplier;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// A shared key: a name that says what it may do, one algorithm, one secret.
///
/// The key is bound to its algorithm: the same name with another algorithm is another key (RFC 8945
/// §10). Printing one shows the secret as `***`.
///
/// @param name its name, from which its rights are read
/// @param algorithm the only algorithm it is used with; never HMAC-MD5
/// @param secret what both sides share
public record TsigKey(KeyName name, TsigAlgorithm algorithm, Secret secret) {

  /// Creates a key.
  ///
  /// @throws BadKeyException for HMAC-MD5
  public TsigKey {
    if (algorithm == TsigAlgorithm.HMAC_MD5) {
      throw new BadKeyException(
          "HMAC-MD5 must not be used (RFC 8945 §6); make a new key with SHA256");
    }
  }

  /// Reads the form of the command line: `name:ALG:base64`, or `name:base64`, which means SHA256.
  ///
  /// @param text for example `k._notify.example.com:SHA256:c2VjcmV0`, also with `163` for `SHA256`
  /// @throws BadKeyException if it is not of that form; the message shows no part of the text but
  ///   its name or its algorithm
  public static TsigKey parse(String text) {
    String[] parts = text.strip().split(":", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw new BadKeyException(
          "a key is written name:ALGORITHM:base64, ALGORITHM for example SHA256");
    }
    if (parts.length == 3 && TsigAlgorithm.parse(parts[0]) != null) {
      throw new BadKeyException("the name comes first: a key is written name:ALGORITHM:base64");
    }
    WireName name = parseName(parts[0]);
    int second = parts[0].length() + 1;
    TsigAlgorithm algorithm =
        parts.length == 2
            ? TsigAlgorithm.HMAC_SHA256
            : at(second, () -> parseAlgorithm(name, parts[1]));
    String secret = parts[parts.length - 1];
    int third = parts.length == 2 ? second : second + parts[1].length() + 1;
    Secret octets = at(third, () -> Secret.ofBase64(secret));
    return at(second, () -> new TsigKey(KeyName.of(name), algorithm, octets));
  }

  /// Says where in the text what cannot be read is.
  private static <T> T at(int offset, Supplier<T> part) {
    try {
      return part.get();
    } catch (BadKeyException bad) {
      throw new BadKeyException(String.valueOf(bad.getMessage()), offset);
    }
  }

  private static WireName parseName(String text) {
    try {
      return WireName.parse(text);
    } catch (BadNameException e) {
      throw new BadKeyException("the key's name is not a domain name: " + e.getMessage());
    }
  }

  private static TsigAlgorithm parseAlgorithm(WireName name, String text) {
    TsigAlgorithm algorithm = TsigAlgorithm.parse(text);
    if (algorithm == null) {
      throw new BadKeyException(
          "key " + name + ": unknown algorithm; known are SHA1, SHA224, SHA256, SHA384 and SHA512");
    }
    return algorithm;
  }
}
