package zonetrail.tsig;

import java.time.Instant;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.TsigLocator.Located;
import zonetrail.wire.Rfc;

/// Checks the signatures of one response that has many messages, such as a transfer.
///
/// The first message must be signed, and so must the last one, which only who reads the messages
/// knows: it asks whether the last verdict was [Checked.Signed]. Up to [#MAX_UNSIGNED] messages
/// between two signed ones may have no TSIG; they are proved by the next that has one, so nothing
/// of them may be used before. After a [Checked.Failed] the stream is worth nothing.
///
/// One owner; the messages are given in the order in which they came.
@Rfc(number = 8945, section = "5.3.1")
public final class TsigStreamVerifier {
  /// How many messages without TSIG may follow each other.
  public static final int MAX_UNSIGNED = 99;

  private final TsigKey key;
  private final TsigMac requestMac;
  private @Nullable Mac digest;
  private int unsigned;

  /// What is known of a message.
  public sealed interface Checked {
    /// It and all before it come from who has the key.
    ///
    /// @param octets how many octets of it stand before its TSIG, which ARCOUNT counts
    record Signed(int octets) implements Checked {}

    /// It has no TSIG; a later one may prove it.
    record Unsigned() implements Checked {}

    /// The stream is not to be believed, or says that our signature was not.
    ///
    /// @param why for people to read
    record Failed(String why) implements Checked {}
  }

  /// Begins with the response to a signed request.
  ///
  /// @param key the key that signed the request
  /// @param requestMac the MAC of the request
  public TsigStreamVerifier(TsigKey key, TsigMac requestMac) {
    this.key = key;
    this.requestMac = requestMac;
  }

  /// One that begins anew with the response to the same request.
  public TsigStreamVerifier anew() {
    return new TsigStreamVerifier(key, requestMac);
  }

  /// Checks the next message.
  ///
  /// @param message where it lies, from octet 0
  /// @param length how many octets it has
  /// @param now our time
  public Checked check(byte[] message, int length, Instant now) {
    return digest == null ? first(message, length, now) : later(message, length, now, digest);
  }

  /// The first message is an ordinary response.
  private Checked first(byte[] message, int length, Instant now) {
    return switch (TsigVerifier.verifyResponse(message, length, key, requestMac, now)) {
      case ResponseVerdict.Authentic(TsigRecord record, int offset) ->
          record.error() == 0 ? signed(record, offset) : new Checked.Failed(refusal(record));
      case ResponseVerdict.UnsignedError(int error, _) ->
          new Checked.Failed(
              "the server did not accept our signature: "
                  + words(error)
                  + "; compare the key "
                  + key.name()
                  + " on both sides");
      case ResponseVerdict.Doubtful(String why) -> new Checked.Failed(why);
    };
  }

  private Checked signed(TsigRecord record, int offset) {
    Mac next = key.secret().newMac(key.algorithm());
    TsigDigest.updatePrior(next, record.mac());
    digest = next;
    unsigned = 0;
    return new Checked.Signed(offset);
  }

  private Checked later(byte[] message, int length, Instant now, Mac soFar) {
    return switch (TsigLocator.locate(message, length)) {
      case Located.Malformed(String why) -> new Checked.Failed("a message is malformed: " + why);
      case Located.None _ -> {
        if (++unsigned > MAX_UNSIGNED) {
          yield new Checked.Failed(
              "more than " + MAX_UNSIGNED + " messages without a signature (RFC 8945 §5.3.1)");
        }
        soFar.update(message, 0, length);
        yield new Checked.Unsigned();
      }
      case Located.Found found -> later(message, found, now, soFar);
    };
  }

  private Checked later(byte[] message, Located.Found found, Instant now, Mac soFar) {
    TsigRecord record = found.record();
    if (record.error() != 0) {
      return new Checked.Failed(refusal(record));
    }
    String doubt = TsigVerifier.doubtAbout(record, key);
    if (doubt != null) {
      return new Checked.Failed(doubt);
    }
    byte[] stripped = TsigDigest.withoutTsig(message, found.offset());
    TsigDigest.updateMessage(soFar, stripped, stripped.length, record.originalId());
    // Later messages digest the timers alone.
    soFar.update(record.timers());
    if (!TsigMac.of(soFar.doFinal()).equals(record.mac())) {
      return new Checked.Failed("the signature of a message is wrong");
    }
    String late = TsigVerifier.lateness(record, now);
    return late == null ? signed(record, found.offset()) : new Checked.Failed(late);
  }

  private static String refusal(TsigRecord record) {
    String words = "the server says " + words(record.error());
    return record
        .serverTime()
        .map(time -> words + "; its clock says " + time + ", so look at both clocks")
        .orElse(words);
  }

  private static String words(int error) {
    return switch (error) {
      case 16 -> "BADSIG (another secret)";
      case 17 -> "BADKEY (it does not know the key)";
      case 18 -> "BADTIME";
      case 22 -> "BADTRUNC";
      default -> "TSIG error " + error;
    };
  }
}
