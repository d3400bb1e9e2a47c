package zonetrail.tsig;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// What the verifier says about a request's signature.
///
/// ```text
/// no TSIG ──────────────────────────────▶ Unsigned
/// TSIG can't be read, MAC length absurd ─▶ FormErr          FORMERR, no TSIG
/// key or algorithm unknown ─────────────▶ RefusedUnsigned   NOTAUTH, TSIG error BADKEY, no MAC
/// MAC wrong ────────────────────────────▶ RefusedUnsigned   NOTAUTH, TSIG error BADSIG, no MAC
/// time out of the window ───────────────▶ RefusedSigned     NOTAUTH, TSIG error BADTIME
/// MAC right and cut short ──────────────▶ RefusedSigned     NOTAUTH, TSIG error BADTRUNC
/// all well ─────────────────────────────▶ Verified
/// ```
@Rfc(number = 8945, section = "5.2")
public sealed interface Verdict {

  /// The message has no TSIG record.
  record Unsigned() implements Verdict {}

  /// The message, or its TSIG record, is malformed: the answer is FORMERR without TSIG, where the
  /// header can be read at all.
  ///
  /// @param why for a log, without anything out of the message
  record FormErr(String why) implements Verdict {}

  /// A request that was refused. [TsigSigner#refuse] makes the whole answer.
  sealed interface Refused extends Verdict {
    /// What the TSIG record of the answer says; the header says NOTAUTH.
    Rcode error();

    /// The request's record.
    TsigRecord record();

    /// The offset after the request's question section.
    int questionEnd();
  }

  /// Refused without proof of who asked, so the answer is not signed either.
  ///
  /// @param error BADKEY or BADSIG
  /// @param record the request's record
  /// @param questionEnd the offset after the request's question section
  @Rfc(number = 8945, section = "5.3.2")
  record RefusedUnsigned(Rcode error, TsigRecord record, int questionEnd) implements Refused {}

  /// Refused although the key is proved; the answer is signed.
  ///
  /// @param error BADTIME or BADTRUNC
  /// @param key the key that signed the request
  /// @param record the request's record
  /// @param questionEnd the offset after the request's question section
  @Rfc(number = 8945, section = "5.3.2")
  record RefusedSigned(Rcode error, TsigKey key, TsigRecord record, int questionEnd)
      implements Refused {}

  /// Signed by this key, in time, with a full MAC. What the key may do is another question: ask
  /// [KeyName#permits].
  ///
  /// @param key the key that signed the request
  /// @param record the request's record; the answer is tied to its MAC
  /// @param tsigOffset where the record begins: the message's length without it. ARCOUNT counts it
  record Verified(TsigKey key, TsigRecord record, int tsigOffset) implements Verdict {

    /// A copy of the message without its TSIG: shorter, and ARCOUNT one less.
    public byte[] withoutTsig(byte[] message) {
      return TsigDigest.withoutTsig(message, tsigOffset);
    }

    /// A name for this request that only its signer could have caused: the same request sent again
    /// has it too, any other has another. 32 hexadecimal digits, a hash over key name, time and
    /// MAC; it may be logged and published, the MAC may not.
    public String requestId() {
      try {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update("zonetrail request\0".getBytes(StandardCharsets.US_ASCII));
        sha256.update(record.keyName().toCanonicalWire());
        sha256.update(record.timers());
        sha256.update(record.mac().toBytes());
        return HexFormat.of().formatHex(sha256.digest(), 0, 16);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("SHA-256 is missing in this Java runtime", e);
      }
    }
  }
}
