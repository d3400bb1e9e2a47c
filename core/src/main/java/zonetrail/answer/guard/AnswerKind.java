package zonetrail.answer.guard;

import zonetrail.wire.Header;
import zonetrail.wire.Rcode;

/// Which answers count as the same for the rate limit, read from a response of ours.
///
/// | answer | the same are |
/// |---|---|
/// | with records | those to the same name and type |
/// | NXDOMAIN, NODATA | those of the same zone: a forger can ask for ever new names that are not there |
/// | referral | those to the same child zone |
/// | all others (REFUSED, FORMERR ...) | all |
///
/// The zone is read from the owner of the first authority record, which in our responses is the
/// root or a pointer into the question. Allocation: none.
final class AnswerKind {
  private static final int POINTER = 0xc0;
  private static final int FIXED_QUESTION_OCTETS = 4;

  private static final long ANSWER = 1;
  private static final long NXDOMAIN = 2;
  private static final long NODATA = 3;
  private static final long REFERRAL = 4;
  private static final long ERROR = 5;

  private AnswerKind() {}

  /// A number that is equal for answers that count as the same; for others it hardly ever is.
  ///
  /// @param response what [zonetrail.answer.Responder] made
  /// @param length how many octets it has
  static long of(byte[] response, int length) {
    int nameEnd = questionNameEnd(response, length);
    if (nameEnd < 0) {
      return ERROR;
    }
    int flags = Header.u16(response, Header.FLAGS);
    int rcode = Header.rcode(flags);
    boolean hasAnswers = Header.u16(response, Header.ANCOUNT) > 0;
    if (rcode == Rcode.NOERROR.value() && hasAnswers) {
      long type = Header.u16(response, nameEnd);
      return hash(response, Header.OCTETS, nameEnd, (ANSWER << 32) | (type << 8));
    }
    int owner = authorityOwner(response, length, nameEnd + FIXED_QUESTION_OCTETS);
    if (rcode == Rcode.NXDOMAIN.value()) {
      // Behind an alias the authority section lies further down; then all of them are one.
      return hasAnswers ? NXDOMAIN : hash(response, owner, nameEnd, NXDOMAIN);
    }
    if (rcode != Rcode.NOERROR.value()) {
      return ERROR;
    }
    boolean isOurs = (flags & Header.AA) != 0;
    return hash(response, owner, nameEnd, isOurs ? NODATA : REFERRAL);
  }

  /// The octet after the name in the question; -1 if there is no question.
  private static int questionNameEnd(byte[] response, int length) {
    if (length < Header.OCTETS || Header.u16(response, Header.QDCOUNT) != 1) {
      return -1;
    }
    int at = Header.OCTETS;
    while (at < length && response[at] != 0) {
      at += 1 + (response[at] & 0xff);
    }
    return at + 1 + FIXED_QUESTION_OCTETS <= length ? at + 1 : -1;
  }

  /// Where the owner of the record behind the question lies within the question; the question's own
  /// name if it is not a pointer there.
  private static int authorityOwner(byte[] response, int length, int at) {
    if (at + 1 < length && response[at] == 0 && Header.u16(response, Header.NSCOUNT) > 0) {
      return at - FIXED_QUESTION_OCTETS - 1; // the root, which ends every name
    }
    if (at + 1 < length && (response[at] & POINTER) == POINTER) {
      int to = Header.u16(response, at) & 0x3fff;
      if (to >= Header.OCTETS && to < at - FIXED_QUESTION_OCTETS) {
        return to;
      }
    }
    return Header.OCTETS;
  }

  /// Names are compared without regard to case (RFC 4343), so that mixed case makes no new answer.
  private static long hash(byte[] octets, int from, int to, long kind) {
    long hash = kind;
    for (int i = from; i < to; i++) {
      int octet = octets[i];
      int lower = octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
      hash = (hash ^ lower) * 0x100000001b3L;
    }
    return hash;
  }
}
