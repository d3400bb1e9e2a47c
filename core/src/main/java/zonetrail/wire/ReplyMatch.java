package zonetrail.wire;

/// Tells whether a message is the reply to a request of ours.
///
/// What is not is stray or forged, and must not end the wait for the reply (RFC 5452 §9.1). Total,
/// whatever the octets.
@Rfc(number = 5452, section = "9.1")
public final class ReplyMatch {
  private ReplyMatch() {}

  /// Whether the reply has the request's ID, opcode and question, and QR set.
  ///
  /// A reply that is an error may come without a question, since a server need not have read it.
  ///
  /// @param request a request with one question, its name not compressed
  /// @param reply where the message lies, from octet 0
  /// @param replyLength how many octets it has
  public static boolean isReplyTo(byte[] request, byte[] reply, int replyLength) {
    if (replyLength < Header.OCTETS
        || Header.u16(reply, Header.ID) != Header.u16(request, Header.ID)) {
      return false;
    }
    int flags = Header.u16(reply, Header.FLAGS);
    if ((flags & Header.QR) == 0
        || Header.opcode(flags) != Header.opcode(Header.u16(request, Header.FLAGS))) {
      return false;
    }
    return switch (Header.u16(reply, Header.QDCOUNT)) {
      case 0 -> Header.rcode(flags) != Rcode.NOERROR.value();
      case 1 -> hasQuestionOf(request, reply, replyLength);
      default -> false;
    };
  }

  private static boolean hasQuestionOf(byte[] request, byte[] reply, int replyLength) {
    int nameEnd = WireName.endOf(request, Header.OCTETS, request.length);
    if (nameEnd < 0 || nameEnd + 4 > Math.min(request.length, replyLength)) {
      return false;
    }
    int nameOctets = nameEnd - Header.OCTETS;
    return WireName.regionEquals(request, Header.OCTETS, reply, Header.OCTETS, nameOctets)
        && Header.u32(request, nameEnd) == Header.u32(reply, nameEnd);
  }
}
