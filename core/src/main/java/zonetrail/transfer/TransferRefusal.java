package zonetrail.transfer;

import java.util.OptionalInt;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// Why there is no transfer, and how the client is told.
///
/// Rights come first, so a client without them does not learn which zones are here. Over quota is
/// SERVFAIL, as BIND says it: it passes, and secondaries come back by themselves.
@Rfc(number = 5936, section = "2.2.1")
public enum TransferRefusal {
  /// The client may not transfer this zone (RFC 8914 §4.19: Prohibited).
  NOT_PERMITTED(Rcode.REFUSED, ExtendedError.PROHIBITED),
  /// There is no zone of this name (RFC 5936 §2.2.1 note e; RFC 8914 §4.21: Not Authoritative).
  NOT_AUTHORITATIVE(Rcode.NOTAUTH, ExtendedError.NOT_AUTHORITATIVE),
  /// The zone is ours and has no good version (RFC 8914 §4.25: Invalid Data).
  UNAVAILABLE(Rcode.SERVFAIL, ExtendedError.INVALID_DATA),
  /// A full transfer over UDP, which is not defined (RFC 5936 §4.2; RFC 8914 §4.22: Not Supported).
  NOT_OVER_UDP(Rcode.NOTIMP, ExtendedError.NOT_SUPPORTED),
  /// An incremental transfer without the client's SOA (RFC 1995 §3).
  NO_CLIENT_SOA(Rcode.FORMERR, -1),
  /// Too many transfers are under way (IANA's registry of RFC 8914: Over Quota).
  OVER_QUOTA(Rcode.SERVFAIL, ExtendedError.OVER_QUOTA),
  /// The transfer could not be brought to its end.
  FAILED(Rcode.SERVFAIL, -1);

  private final Rcode rcode;
  private final int extendedError;

  TransferRefusal(Rcode rcode, int extendedError) {
    this.rcode = rcode;
    this.extendedError = extendedError;
  }

  /// What the response says.
  public Rcode rcode() {
    return rcode;
  }

  /// What it says besides to a client with EDNS (RFC 8914 §4), if anything.
  @Rfc(number = 8914, section = "4.19")
  @Rfc(number = 8914, section = "4.21")
  @Rfc(number = 8914, section = "4.22")
  @Rfc(number = 8914, section = "4.25")
  public OptionalInt extendedError() {
    return extendedError < 0 ? OptionalInt.empty() : OptionalInt.of(extendedError);
  }
}
