package zonetrail.tsig;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.TsigLocator.Located;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// Checks the signatures of requests and responses.
///
/// Total: any octets give a verdict and none an exception. Stateless, safe on any thread. Cost: a
/// walk over the message and one HMAC over it for each secret that the ring has for the name and
/// algorithm.
@Rfc(number = 8945, section = "5.2")
public final class TsigVerifier {
  /// The widest window of time that a request may ask for, on either side.
  public static final int MAX_FUDGE_SECONDS = 300;

  private TsigVerifier() {}

  /// Checks a request: key, then MAC, then time, then truncation.
  ///
  /// @param message where the request lies, from octet 0
  /// @param length how many octets it has
  /// @param ring the keys that are valid now
  /// @param now the server's time
  public static Verdict verify(byte[] message, int length, KeyRing ring, Instant now) {
    return switch (TsigLocator.locate(message, length)) {
      case Located.None _ -> new Verdict.Unsigned();
      case Located.Malformed(String why) -> new Verdict.FormErr(why);
      case Located.Found found -> check(message, found, ring, now);
    };
  }

  private static Verdict check(byte[] message, Located.Found found, KeyRing ring, Instant now) {
    TsigRecord tsig = found.record();
    if (tsig.error() != 0) {
      return new Verdict.FormErr("a TSIG record with an error in a request"); // RFC 8945 §4.2
    }
    // RFC 8945 §5.2.1
    TsigAlgorithm algorithm = TsigAlgorithm.of(tsig.algorithmName());
    List<TsigKey> keys = algorithm == null ? List.of() : ring.lookup(tsig.keyName(), algorithm);
    if (algorithm == null || keys.isEmpty()) {
      return new Verdict.RefusedUnsigned(Rcode.BADKEY, tsig, found.questionEnd());
    }
    // RFC 8945 §5.2.2.1
    if (!isAllowedMacLength(algorithm, tsig.mac().length())) {
      return new Verdict.FormErr("a TSIG record with a MAC of a length that is not allowed");
    }
    // RFC 8945 §5.2.2
    TsigKey key = signerAmong(keys, null, message, found);
    if (key == null) {
      return new Verdict.RefusedUnsigned(Rcode.BADSIG, tsig, found.questionEnd());
    }
    // RFC 8945 §5.2.3
    if (!isInTime(tsig, now)) {
      return new Verdict.RefusedSigned(Rcode.BADTIME, key, tsig, found.questionEnd());
    }
    // RFC 8945 §5.2.4: our policy is the full MAC.
    if (tsig.mac().length() < algorithm.macOctets()) {
      return new Verdict.RefusedSigned(Rcode.BADTRUNC, key, tsig, found.questionEnd());
    }
    return new Verdict.Verified(key, tsig, found.offset());
  }

  @Rfc(number = 8945, section = "5.2.2.1")
  private static boolean isAllowedMacLength(TsigAlgorithm algorithm, int octets) {
    return octets >= algorithm.leastMacOctets() && octets <= algorithm.macOctets();
  }

  private static @Nullable TsigKey signerAmong(
      List<TsigKey> keys, @Nullable TsigMac prior, byte[] message, Located.Found found) {
    byte[] signed = TsigDigest.withoutTsig(message, found.offset());
    TsigMac received = found.record().mac();
    for (TsigKey key : keys) {
      TsigMac computed = TsigDigest.of(key, prior, signed, signed.length, found.record());
      if (computed.cutTo(received.length()).equals(received)) {
        return key;
      }
    }
    return null;
  }

  @Rfc(number = 8945, section = "5.2.3")
  private static boolean isInTime(TsigRecord tsig, Instant now) {
    long differenceSeconds = Math.abs(now.getEpochSecond() - tsig.timeSigned().getEpochSecond());
    return differenceSeconds <= Math.min(tsig.fudgeSeconds(), MAX_FUDGE_SECONDS);
  }

  /// Checks a response to a request that we signed.
  ///
  /// @param message where the response lies, from octet 0
  /// @param length how many octets it has
  /// @param key the key that signed the request
  /// @param requestMac the MAC of the request
  /// @param now our time
  @Rfc(number = 8945, section = "5.4")
  public static ResponseVerdict verifyResponse(
      byte[] message, int length, TsigKey key, TsigMac requestMac, Instant now) {
    Located located = TsigLocator.locate(message, length);
    // Not a switch over the three: the JVM makes a class for it when it is first reached, and a
    // tool
    // that runs for 100 ms is to save the 5.
    if (located instanceof Located.Found found) {
      return checkResponse(message, found, key, requestMac, now);
    }
    return new ResponseVerdict.Doubtful(
        located instanceof Located.Malformed(String why)
            ? "the response is malformed: " + why
            : "the response is not signed");
  }

  private static ResponseVerdict checkResponse(
      byte[] message, Located.Found found, TsigKey key, TsigMac requestMac, Instant now) {
    TsigRecord tsig = found.record();
    if (tsig.mac().isEmpty() && tsig.error() != 0) {
      return new ResponseVerdict.UnsignedError(tsig.error(), tsig.serverTime());
    }
    String doubt = doubtAbout(tsig, key);
    if (doubt != null) {
      return new ResponseVerdict.Doubtful(doubt);
    }
    if (signerAmong(List.of(key), requestMac, message, found) == null) {
      return new ResponseVerdict.Doubtful("the response's signature is wrong");
    }
    String late = lateness(tsig, now);
    if (late != null) {
      return new ResponseVerdict.Doubtful(late);
    }
    return new ResponseVerdict.Authentic(tsig, found.offset());
  }

  /// Why the record of a response cannot be of this key, before its MAC is computed; null if it
  /// can.
  static @Nullable String doubtAbout(TsigRecord tsig, TsigKey key) {
    if (!tsig.keyName().equals(key.name().wire())
        || TsigAlgorithm.of(tsig.algorithmName()) != key.algorithm()) {
      return "the response is signed with another key";
    }
    return tsig.mac().length() == key.algorithm().macOctets()
        ? null
        : "the response's signature is not of full length";
  }

  /// Why the record of a response is not of now; null if it is.
  @Rfc(number = 8945, section = "5.2.3")
  static @Nullable String lateness(TsigRecord tsig, Instant now) {
    return isInTime(tsig, now)
        ? null
        : "the response was signed at " + tsig.timeSigned() + ", our clock says " + now;
  }
}
