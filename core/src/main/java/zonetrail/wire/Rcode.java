package zonetrail.wire;

/// Response codes, those of the header and the extended ones of EDNS and TSIG.
///
/// BADVERS and BADSIG share the number 16: the first is said in an OPT record (RFC 6891 §9), the
/// second in a TSIG record (RFC 8945 §3).
@Rfc(number = 6895, section = "2.3")
public enum Rcode {
  /// No error.
  NOERROR(0),
  /// The server could not interpret the request.
  FORMERR(1),
  /// The server could not answer.
  SERVFAIL(2),
  /// The name does not exist.
  NXDOMAIN(3),
  /// The server does not do this kind of request.
  NOTIMP(4),
  /// The server does not want to answer this client or this question.
  REFUSED(5),
  /// A name exists that should not (RFC 2136), or DNAME substitution got too long (RFC 6672).
  YXDOMAIN(6),
  /// An RRset exists that should not.
  YXRRSET(7),
  /// An RRset that should exist does not.
  NXRRSET(8),
  /// The server is not authoritative for the zone, or the signature was not accepted.
  NOTAUTH(9),
  /// A name is not within the zone.
  NOTZONE(10),
  /// The EDNS version is not supported.
  BADVERS(16),
  /// TSIG: the signature did not verify.
  BADSIG(16),
  /// TSIG: the key is not known, or not for this algorithm.
  BADKEY(17),
  /// TSIG: the time is out of the window.
  BADTIME(18),
  /// TSIG: the MAC is too short for our policy.
  BADTRUNC(22),
  /// The cookie is not ours, or too old (RFC 7873 §8).
  BADCOOKIE(23);

  private final int value;

  Rcode(int value) {
    this.value = value;
  }

  /// The number on the wire; above 15 it needs an OPT or TSIG record to be said.
  public int value() {
    return value;
  }

  /// The word for a number in a message header or extended by OPT, for people to read.
  public static String describe(int value) {
    for (Rcode rcode : values()) {
      if (rcode.value == value) {
        return rcode.name();
      }
    }
    return "RCODE" + value;
  }
}
