package zonetrail.wire;

import java.util.Arrays;
import java.util.OptionalInt;

/// Reads a request from the network: header, question, and where OPT and TSIG lie.
///
/// Total: [#wrap] takes any octets and answers with an [Outcome]. Compression pointers must point
/// strictly backward, every length is checked against what is left, and a message must end where
/// its last record does. One cursor is used again and again by one thread; the accessors speak of
/// the message wrapped last and are valid as far as the outcome says.
///
/// Allocation: none after construction, but for [#qname()] and [#question()].
@Rfc(number = 1035, section = "4.1")
public final class QueryCursor {
  /// The least octets that a client with EDNS can take, whatever it says (RFC 6891 §6.2.3).
  public static final int MIN_UDP_PAYLOAD_OCTETS = 512;

  /// What came of wrapping a message.
  public enum Outcome {
    /// Read to the end; all accessors are valid.
    OK,
    /// Not to be answered at all: shorter than a header, or itself a response.
    DROP,
    /// A query without a question that asks for nothing but a cookie (RFC 7873 §5.4); all accessors
    /// but those of the question are valid.
    ONLY_COOKIE,
    /// The header is valid and nothing else: answer FORMERR.
    FORMERR,
    /// The opcode is none that we know, and the rest may be of a form that we don't: answer NOTIMP.
    NOTIMP
  }

  private static final int OPT_FIXED_OCTETS = 10;

  private byte[] message = {};
  private int length;
  private int flags;
  private final byte[] qname = new byte[WireName.MAX_OCTETS];
  private int qnameOctets;
  private int qtype;
  private int qclass;
  private int questionEnd;
  private int optOffset;
  private int optionsEnd;
  private int tsigOffset;
  private int firstAuthority;

  /// Creates a cursor that has no message yet.
  public QueryCursor() {}

  /// Reads a message that begins at index 0; the array must not change while the accessors are
  /// used.
  @Rfc(number = 8906, section = "7")
  public Outcome wrap(byte[] octets, int messageLength) {
    message = octets;
    length = messageLength;
    questionEnd = 0;
    qnameOctets = 0;
    optOffset = -1;
    optionsEnd = 0;
    tsigOffset = -1;
    firstAuthority = -1;
    if (length < Header.OCTETS) {
      return Outcome.DROP;
    }
    flags = Header.u16(message, Header.FLAGS);
    if ((flags & Header.QR) != 0) {
      return Outcome.DROP;
    }
    boolean readable = readQuestion() && readRecords(questionEnd);
    if (!Opcode.isKnown(opcode())) {
      // RFC 8906 §7: an opcode may bring a message format of its own, so never FORMERR here.
      return Outcome.NOTIMP;
    }
    if (readable) {
      return Outcome.OK;
    }
    boolean restIsReadable = readOtherQuestions();
    return restIsReadable && asksForCookieOnly() ? Outcome.ONLY_COOKIE : Outcome.FORMERR;
  }

  @Rfc(number = 7873, section = "5.4")
  private boolean asksForCookieOnly() {
    return Header.u16(message, Header.QDCOUNT) == 0
        && opcode() == Opcode.QUERY
        && hasOption(EdnsOption.COOKIE);
  }

  /// A request with no question, or with several, can't be answered; but if it has an OPT record,
  /// what is said of that has one too.
  @Rfc(number = 6891, section = "6.1.1")
  private boolean readOtherQuestions() {
    int questions = Header.u16(message, Header.QDCOUNT);
    if (questions == 1) {
      return false; // what can be read of it was read
    }
    int at = Header.OCTETS;
    for (int left = questions; left > 0; left--) {
      int end = skipName(at);
      if (end < 0 || end + 4 > length) {
        return false;
      }
      at = end + 4;
    }
    return readRecords(at);
  }

  /// One question and no other number of them (RFC 9619 §4).
  @Rfc(number = 9619, section = "4")
  private boolean readQuestion() {
    if (Header.u16(message, Header.QDCOUNT) != 1) {
      return false;
    }
    int at = Header.OCTETS;
    // No pointer is possible here: nothing but the header lies before the first name.
    int end = WireName.endOf(message, at, length);
    if (end < 0 || end + 4 > length) {
      return false;
    }
    qnameOctets = end - at;
    System.arraycopy(message, at, qname, 0, qnameOctets);
    qtype = Header.u16(message, end);
    qclass = Header.u16(message, end + 2);
    questionEnd = end + 4;
    return true;
  }

  private boolean readRecords(int start) {
    int answers = Header.u16(message, Header.ANCOUNT);
    int authorities = Header.u16(message, Header.NSCOUNT);
    int additionals = Header.u16(message, Header.ARCOUNT);
    int total = answers + authorities + additionals;
    int at = start;
    for (int i = 0; i < total; i++) {
      boolean additional = i >= answers + authorities;
      if (i == answers && !additional) {
        firstAuthority = at;
      }
      int end = readRecord(at, additional, i == total - 1);
      if (end < 0) {
        return false;
      }
      at = end;
    }
    return at == length;
  }

  private int readRecord(int start, boolean additional, boolean last) {
    int nameEnd = skipName(start);
    if (nameEnd < 0 || nameEnd + OPT_FIXED_OCTETS > length) {
      return -1;
    }
    int type = Header.u16(message, nameEnd);
    int end = nameEnd + OPT_FIXED_OCTETS + Header.u16(message, nameEnd + 8);
    if (end > length) {
      return -1;
    }
    if (type == RRType.OPT.value()) {
      return noteOpt(start, nameEnd, end, additional) ? end : -1;
    }
    if (type == RRType.TSIG.value()) {
      // RFC 8945 §5.1: one, in the additional section, and the last record of the message.
      if (!additional || !last) {
        return -1;
      }
      tsigOffset = start;
    }
    return end;
  }

  /// One OPT, owned by the root, in the additional section, its options whole (RFC 6891 §6.1.1).
  @Rfc(number = 6891, section = "6.1.1")
  private boolean noteOpt(int start, int nameEnd, int end, boolean additional) {
    if (!additional || optOffset >= 0 || nameEnd != start + 1 || message[start] != 0) {
      return false;
    }
    optOffset = start;
    int at = nameEnd + OPT_FIXED_OCTETS;
    while (at < end) {
      if (at + EdnsOption.HEAD_OCTETS > end) {
        return false;
      }
      at += EdnsOption.HEAD_OCTETS + Header.u16(message, at + 2);
    }
    if (at != end) {
      return false;
    }
    optionsEnd = end;
    return true;
  }

  /// The octet after the name at `start`, pointers allowed, or -1.
  private int skipName(int start) {
    int at = start;
    int octets = 0;
    int end = -1;
    int barrier = start;
    while (at < length) {
      int label = message[at] & 0xff;
      if (label == 0) {
        return octets + 1 > WireName.MAX_OCTETS ? -1 : end < 0 ? at + 1 : end;
      }
      if (label >= 0xc0) {
        if (at + 1 >= length) {
          return -1;
        }
        int target = Header.u16(message, at) & 0x3fff;
        if (target >= barrier || target < Header.OCTETS) {
          return -1;
        }
        if (end < 0) {
          end = at + 2;
        }
        barrier = target;
        at = target;
      } else if (label > WireName.MAX_LABEL_OCTETS) {
        return -1;
      } else {
        octets += 1 + label;
        at += 1 + label;
        if (octets >= WireName.MAX_OCTETS) {
          return -1;
        }
      }
    }
    return -1;
  }

  /// The octets wrapped.
  byte[] message() {
    return message;
  }

  /// How many octets the message has.
  public int length() {
    return length;
  }

  /// The identifier; valid unless dropped.
  public int id() {
    return Header.u16(message, Header.ID);
  }

  /// The flags word; valid unless dropped.
  public int flags() {
    return flags;
  }

  /// The kind of request; valid unless dropped.
  public int opcode() {
    return Header.opcode(flags);
  }

  /// Whether there is a question that was read to its end.
  public boolean hasQuestion() {
    return questionEnd > 0;
  }

  /// The octet after the question, or after the header where [#hasQuestion()] is false.
  public int questionEnd() {
    return hasQuestion() ? questionEnd : Header.OCTETS;
  }

  /// A copy of the question, octet for octet; empty where [#hasQuestion()] is false.
  public byte[] question() {
    return Arrays.copyOfRange(message, Header.OCTETS, questionEnd());
  }

  /// The name asked for, with its case kept. Allocates.
  public WireName qname() {
    return WireName.fromWire(Arrays.copyOf(qname, qnameOctets), 0);
  }

  /// Lets a key hold the name asked for.
  public void qname(NameKey key) {
    key.set(qname, 0, qnameOctets);
  }

  /// The type asked for.
  public RRType qtype() {
    return RRType.of(qtype);
  }

  /// The class asked for.
  public int qclass() {
    return qclass;
  }

  /// Whether the client speaks EDNS.
  public boolean hasOpt() {
    return optOffset >= 0;
  }

  /// The EDNS version asked for; 0 without OPT.
  public int ednsVersion() {
    return hasOpt() ? message[optOffset + 6] & 0xff : 0;
  }

  /// Whether the client wants DNSSEC records (RFC 3225 §3).
  @Rfc(number = 3225, section = "3")
  public boolean dnssecOk() {
    return hasOpt() && (message[optOffset + 7] & 0x80) != 0;
  }

  /// Whether the client sent this EDNS option (RFC 6891 §6.1.2), whatever is in it; none where the
  /// options are not whole, which is FORMERR.
  public boolean hasOption(int code) {
    return optionAt(code) >= 0;
  }

  /// Copies the content of an EDNS option, as much as there is room for; of several with one code
  /// the first.
  ///
  /// @return how many octets the option has, or -1 if the client did not send it
  public int copyOption(int code, byte[] target) {
    int at = optionAt(code);
    if (at < 0) {
      return -1;
    }
    int octets = Header.u16(message, at + 2);
    System.arraycopy(
        message, at + EdnsOption.HEAD_OCTETS, target, 0, Math.min(octets, target.length));
    return octets;
  }

  @Rfc(number = 6891, section = "6.1.2")
  private int optionAt(int code) {
    int at = optOffset + 1 + OPT_FIXED_OCTETS;
    while (at < optionsEnd) {
      if (Header.u16(message, at) == code) {
        return at;
      }
      at += EdnsOption.HEAD_OCTETS + Header.u16(message, at + 2);
    }
    return -1;
  }

  /// The serial of the SOA record that begins the authority section, as its 32 bits: what a client
  /// that asks for a transfer already has (RFC 1995 §3). Empty where there is no such record.
  @Rfc(number = 1995, section = "3")
  public OptionalInt authoritySerialBits() {
    if (firstAuthority < 0) {
      return OptionalInt.empty();
    }
    int fixed = skipName(firstAuthority);
    int rdata = fixed + OPT_FIXED_OCTETS;
    int end = rdata + Header.u16(message, fixed + 8);
    if (Header.u16(message, fixed) != RRType.SOA.value()) {
      return OptionalInt.empty();
    }
    int rname = skipName(rdata);
    int serial = rname < 0 || rname > end ? -1 : skipName(rname);
    return serial < 0 || serial + 4 > end
        ? OptionalInt.empty()
        : OptionalInt.of(Header.u32(message, serial));
  }

  /// The most octets the client takes over UDP: 512 without OPT, and never less (RFC 6891 §6.2.3).
  @Rfc(number = 6891, section = "6.2.3")
  public int udpPayloadOctets() {
    return hasOpt()
        ? Math.max(MIN_UDP_PAYLOAD_OCTETS, Header.u16(message, optOffset + 3))
        : MIN_UDP_PAYLOAD_OCTETS;
  }

  /// Whether the message ends with a TSIG record.
  public boolean hasTsig() {
    return tsigOffset >= 0;
  }
}
