package zonetrail.tsig;

import java.time.Instant;
import java.util.Optional;
import zonetrail.wire.Rfc;

/// What a client may believe of a response to its signed request.
@Rfc(number = 8945, section = "5.4")
public sealed interface ResponseVerdict {

  /// The response comes from who has the key. Its RCODE may still say no.
  ///
  /// @param record the response's record; its error is 0, or BADTIME or BADTRUNC, which the server
  ///   signs
  /// @param tsigOffset where the record begins: the message's length without it
  record Authentic(TsigRecord record, int tsigOffset) implements ResponseVerdict {}

  /// The response says that our signature was not accepted, and is not signed itself: it may be
  /// forged, so it explains a failure and proves nothing (RFC 8945 §5.3.2).
  ///
  /// @param error 16 for BADSIG, 17 for BADKEY, or what else the record says
  /// @param serverTime the server's time where it was told
  record UnsignedError(int error, Optional<Instant> serverTime) implements ResponseVerdict {}

  /// Not to be believed: unsigned, malformed, another key, a wrong MAC, or out of time.
  ///
  /// @param why for people to read
  record Doubtful(String why) implements ResponseVerdict {}
}
