package zonetrail.tsig;

import java.time.Instant;
import java.util.Arrays;
import zonetrail.tsig.TsigLocator.Located;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// Signs requests, responses and refusals.
///
/// Each method returns a new array: the message, its ARCOUNT one higher, and the TSIG record at its
/// end. Stateless, safe on any thread.
@Rfc(number = 8945, section = "5.3")
public final class TsigSigner {
  /// The window of time that we ask for, on either side (RFC 8945 §10 recommends it).
  public static final int FUDGE_SECONDS = 300;

  private static final byte[] NO_DATA = new byte[0];
  private static final int MAX_MESSAGE_OCTETS = 65_535;
  private static final int FLAGS_KEPT_IN_A_REFUSAL = Header.withOpcode(0xf) | Header.RD;

  private TsigSigner() {}

  /// Signs a request.
  ///
  /// @param message where the request lies, from octet 0, without TSIG
  /// @param length how many octets it has
  /// @param key the key
  /// @param now the time to sign
  @Rfc(number = 8945, section = "5.1")
  public static SignedRequest signRequest(byte[] message, int length, TsigKey key, Instant now) {
    TsigRecord unsigned = record(key, now, Header.u16(message, Header.ID), Rcode.NOERROR, NO_DATA);
    TsigMac mac = TsigDigest.of(key, null, message, length, unsigned);
    return new SignedRequest(append(message, length, unsigned.withMac(mac)), mac);
  }

  /// How many octets signing with this key adds to a response.
  public static int octets(TsigKey key) {
    return record(key, Instant.EPOCH, 0, Rcode.NOERROR, NO_DATA).length()
        + key.algorithm().macOctets();
  }

  /// Signs the response to a request that was verified.
  ///
  /// Where the response and its TSIG would not fit, what is sent is the question alone, with TC set
  /// and RCODE 0, signed, so that the client comes back by TCP.
  ///
  /// @param response where the response lies, from octet 0, without TSIG, with the request's ID
  /// @param length how many octets it has
  /// @param maxOctets how many octets the transport allows
  /// @param request the verdict on the request
  /// @param now the time to sign
  @Rfc(number = 8945, section = "5.3")
  public static byte[] signResponse(
      byte[] response, int length, int maxOctets, Verdict.Verified request, Instant now) {
    TsigKey key = request.key();
    TsigRecord unsigned = record(key, now, request.record().originalId(), Rcode.NOERROR, NO_DATA);
    boolean fits = length + octets(key) <= maxOctets;
    byte[] message = fits ? response : truncated(response, length);
    int messageLength = fits ? length : message.length;
    TsigMac mac = TsigDigest.of(key, request.record().mac(), message, messageLength, unsigned);
    return append(message, messageLength, unsigned.withMac(mac));
  }

  private static byte[] truncated(byte[] response, int length) {
    byte[] truncated =
        switch (TsigLocator.locate(response, length)) {
          case Located.None(int questionEnd) -> Arrays.copyOf(response, questionEnd);
          case Located.Found found -> Arrays.copyOf(response, found.questionEnd());
          case Located.Malformed(String why) ->
              throw new IllegalArgumentException("a response of ours is malformed: " + why);
        };
    clearRecordCounts(truncated);
    int flags = Header.u16(truncated, Header.FLAGS);
    Header.putU16(truncated, Header.FLAGS, (flags & ~0xf) | Header.TC);
    return truncated;
  }

  private static void clearRecordCounts(byte[] message) {
    Header.putU16(message, Header.ANCOUNT, 0);
    Header.putU16(message, Header.NSCOUNT, 0);
    Header.putU16(message, Header.ARCOUNT, 0);
  }

  /// The whole answer to a request that was refused: NOTAUTH, the question, and the TSIG record
  /// that says why, signed or not as the verdict demands.
  ///
  /// @param request where the request lies, from octet 0
  /// @param refused the verdict on it
  /// @param now the server's time
  @Rfc(number = 8945, section = "5.3.2")
  public static byte[] refuse(byte[] request, Verdict.Refused refused, Instant now) {
    // One question is what a request has (RFC 9619); a section of many would be echoed octet for
    // octet.
    boolean hasOneQuestion = Header.u16(request, Header.QDCOUNT) == 1;
    byte[] response =
        Arrays.copyOf(request, hasOneQuestion ? refused.questionEnd() : Header.OCTETS);
    Header.putU16(response, Header.QDCOUNT, hasOneQuestion ? 1 : 0);
    int flags = Header.u16(request, Header.FLAGS) & FLAGS_KEPT_IN_A_REFUSAL;
    Header.putU16(response, Header.FLAGS, Header.QR | flags | Rcode.NOTAUTH.value());
    clearRecordCounts(response);
    return switch (refused) {
      case Verdict.RefusedUnsigned unsigned ->
          append(response, response.length, unsignedError(unsigned, now));
      case Verdict.RefusedSigned signed -> {
        TsigRecord error = signedError(signed, now);
        TsigMac mac =
            TsigDigest.of(signed.key(), signed.record().mac(), response, response.length, error);
        yield append(response, response.length, error.withMac(mac));
      }
    };
  }

  /// RFC 8945 §5.3.2: MAC size 0 and no MAC. Name and algorithm are the request's, known or not.
  private static TsigRecord unsignedError(Verdict.RefusedUnsigned refused, Instant now) {
    TsigRecord request = refused.record();
    return new TsigRecord(
        request.keyName(),
        request.algorithmName(),
        now.getEpochSecond(),
        FUDGE_SECONDS,
        TsigMac.NONE,
        request.originalId(),
        refused.error().value(),
        NO_DATA);
  }

  /// RFC 8945 §5.2.3: BADTIME carries the client's time and fudge, so that the client finds the
  /// answer in time, and the server's time in Other Data.
  private static TsigRecord signedError(Verdict.RefusedSigned refused, Instant now) {
    TsigRecord request = refused.record();
    if (refused.error() != Rcode.BADTIME) {
      return record(refused.key(), now, request.originalId(), refused.error(), NO_DATA);
    }
    byte[] serverTime = new byte[TsigRecord.TIME_OCTETS];
    TsigRecord.putU48(serverTime, 0, now.getEpochSecond());
    return new TsigRecord(
        refused.key().name().wire(),
        refused.key().algorithm().wireName(),
        request.timeSigned().getEpochSecond(),
        request.fudgeSeconds(),
        TsigMac.NONE,
        request.originalId(),
        refused.error().value(),
        serverTime);
  }

  static TsigRecord record(TsigKey key, Instant now, int originalId, Rcode error, byte[] other) {
    return new TsigRecord(
        key.name().wire(),
        key.algorithm().wireName(),
        now.getEpochSecond(),
        FUDGE_SECONDS,
        TsigMac.NONE,
        originalId,
        error.value(),
        other);
  }

  static byte[] append(byte[] message, int length, TsigRecord tsig) {
    if (length + tsig.length() > MAX_MESSAGE_OCTETS) {
      throw new IllegalArgumentException(
          "no room for a TSIG record behind a message of " + length + " octets");
    }
    byte[] signed = Arrays.copyOf(message, length);
    signed = Arrays.copyOf(signed, length + tsig.length());
    tsig.writeTo(signed, length);
    Header.putU16(signed, Header.ARCOUNT, Header.u16(signed, Header.ARCOUNT) + 1);
    return signed;
  }
}
