package zonetrail.wire;

import java.util.Arrays;

/// Walks over the records of a message, section by section, and gives each with its names in full.
///
/// Total: whatever the octets, a walk ends with [#next] being false or with [BadMessageException].
/// Compression pointers must point strictly backward; they are followed in owner names and in the
/// rdata of those types that may have them or once might (RFC 3597 §4). Rdata has its type's layout
/// to the last octet, or the message is bad.
///
/// One thread; used again for the next message. The message must not change during the walk.
@Rfc(number = 1035, section = "4.1.3")
@Rfc(number = 3597, section = "4")
public final class RecordCursor {
  private static final int FIXED_OCTETS = 10;
  private static final int FIXED_QUESTION_OCTETS = 4;
  private static final int POINTER = 0xc0;
  private static final int SECTIONS = 3;

  private final byte[] name = new byte[WireName.MAX_OCTETS];
  private int nameOctets;
  private final int[] left = new int[SECTIONS];
  private byte[] message = {};
  private int length;
  private int at;
  private int questions;
  private int section;
  private WireName owner = WireName.ROOT;
  private int type;
  private int rclass;
  private int ttl;
  private int rdataAt;
  private int rdataEnd;

  /// Creates a cursor that has no message yet.
  public RecordCursor() {}

  /// The sections that records stand in.
  public enum Section {
    /// What answers the question.
    ANSWER,
    /// The authority section.
    AUTHORITY,
    /// The additional section.
    ADDITIONAL
  }

  private static final Section[] ALL_SECTIONS = Section.values();

  /// Begins the walk, at the first record.
  ///
  /// @param octets where the message lies, from octet 0
  /// @param messageLength where its records end; what stands behind, a TSIG for example, is not
  ///   looked at
  /// @param recordsBehind how many additional records stand behind
  /// @throws BadMessageException if the header or a question cannot be read
  public void begin(byte[] octets, int messageLength, int recordsBehind)
      throws BadMessageException {
    message = octets;
    length = messageLength;
    if (length < Header.OCTETS) {
      throw new BadMessageException("shorter than a header");
    }
    at = Header.OCTETS;
    questions = Header.u16(message, Header.QDCOUNT);
    for (int i = 0; i < questions; i++) {
      at = within(readName(at) + FIXED_QUESTION_OCTETS);
    }
    left[0] = Header.u16(message, Header.ANCOUNT);
    left[1] = Header.u16(message, Header.NSCOUNT);
    left[2] = Header.u16(message, Header.ARCOUNT) - recordsBehind;
    section = 0;
  }

  /// How many questions the message has.
  public int questions() {
    return questions;
  }

  /// Goes to the next record.
  ///
  /// @return false at the end of the message
  /// @throws BadMessageException if there is none where one should be, or octets are left
  public boolean next() throws BadMessageException {
    while (section < SECTIONS && left[section] <= 0) {
      section++;
    }
    if (section == SECTIONS) {
      if (at != length) {
        throw new BadMessageException("octets after the last record");
      }
      return false;
    }
    left[section]--;
    int fixed = readName(at);
    owner = readOwner();
    rdataAt = within(fixed + FIXED_OCTETS);
    type = Header.u16(message, fixed);
    rclass = Header.u16(message, fixed + 2);
    ttl = Header.u32(message, fixed + 4);
    rdataEnd = within(rdataAt + Header.u16(message, fixed + 8));
    at = rdataEnd;
    return true;
  }

  /// The section that the record stands in.
  public Section section() {
    return ALL_SECTIONS[section];
  }

  /// The name that owns the record.
  public WireName owner() {
    return owner;
  }

  /// The type.
  public RRType type() {
    return RRType.of(type);
  }

  /// The class.
  public int rclass() {
    return rclass;
  }

  /// The TTL in seconds; one with the highest bit set is 0 (RFC 2181 §8).
  @Rfc(number = 2181, section = "8")
  public int ttlSeconds() {
    return Math.max(0, ttl);
  }

  /// The four octets where a TTL stands, as an unsigned number: OPT has something else there.
  public int ttlBits() {
    return ttl;
  }

  /// A copy of the rdata as it stands, for pseudo records.
  public byte[] rawRdata() {
    return Arrays.copyOfRange(message, rdataAt, rdataEnd);
  }

  /// The rdata with its names in full.
  ///
  /// @throws BadMessageException if it has not the layout of its type
  public byte[] rdata() throws BadMessageException {
    RdataLayout layout = RdataLayout.of(type());
    if (layout == null) {
      return rawRdata();
    }
    if (layout.isOneName()) {
      return nameAsRdata();
    }
    byte[] rdata = layout.foldsNames() ? expanded(layout) : rawRdata();
    String problem = layout.problemWith(rdata);
    if (problem != null) {
      throw new BadMessageException("rdata of a " + type() + " record: " + problem);
    }
    return rdata;
  }

  /// What most names in rdata are, those of name servers: soon read, and without more objects.
  private byte[] nameAsRdata() throws BadMessageException {
    int end = readName(rdataAt);
    if (end > rdataEnd) {
      throw new BadMessageException("a name goes on behind its rdata");
    }
    if (end != rdataEnd) {
      throw new BadMessageException("octets too many in the rdata of a " + type() + " record");
    }
    return Arrays.copyOf(name, nameOctets);
  }

  private byte[] expanded(RdataLayout layout) throws BadMessageException {
    byte[] plain = {};
    int from = rdataAt;
    for (RdataField field : layout.fields()) {
      // As if the rest were not compressed: what stands before a name never is.
      byte[] trial = Arrays.copyOf(plain, plain.length + rdataEnd - from);
      System.arraycopy(message, from, trial, plain.length, rdataEnd - from);
      if (isName(field, trial, plain.length)) {
        int end = readName(from);
        if (end > rdataEnd) {
          throw new BadMessageException("a name goes on behind its rdata");
        }
        WireName there = readNameValue();
        int before = plain.length;
        plain = Arrays.copyOf(plain, before + there.length());
        there.copyTo(plain, before);
        from = end;
      } else {
        int end = field.endOf(trial, plain.length);
        if (end < 0) {
          throw new BadMessageException(
              "rdata of a " + type() + " record: " + field.noun() + " is missing");
        }
        from += end - plain.length;
        plain = Arrays.copyOf(trial, end);
      }
    }
    if (from != rdataEnd) {
      throw new BadMessageException("octets too many in the rdata of a " + type() + " record");
    }
    return plain;
  }

  private static boolean isName(RdataField field, byte[] rdata, int fieldAt) {
    return field == RdataField.NAME
        || (field == RdataField.A6_PREFIX_NAME && rdata.length > 0 && field.isName(rdata, fieldAt));
  }

  private int within(int offset) throws BadMessageException {
    if (offset > length) {
      throw new BadMessageException("the message ends within a record");
    }
    return offset;
  }

  /// The name read, as the owner of a record; it often is that of the one before.
  private WireName readOwner() {
    int same = 0;
    while (same < nameOctets && same < owner.length() && (byte) owner.octetAt(same) == name[same]) {
      same++;
    }
    return same == nameOctets && same == owner.length() ? owner : readNameValue();
  }

  private WireName readNameValue() {
    return WireName.fromWire(name, 0);
  }

  /// Reads a name that may be compressed into [#name].
  ///
  /// @return the octet after it
  @Rfc(number = 1035, section = "4.1.4")
  private int readName(int start) throws BadMessageException {
    int used = 0;
    int from = start;
    int end = -1;
    int barrier = start;
    while (from < length) {
      int label = message[from] & 0xff;
      if (label >= POINTER) {
        int target = from + 1 < length ? Header.u16(message, from) & 0x3fff : barrier;
        if (target >= barrier || target < Header.OCTETS) {
          break;
        }
        end = end < 0 ? from + 2 : end;
        barrier = target;
        from = target;
        continue;
      }
      int taken = 1 + label;
      if (label > WireName.MAX_LABEL_OCTETS
          || from + taken > length
          || used + taken > WireName.MAX_OCTETS) {
        break;
      }
      System.arraycopy(message, from, name, used, taken);
      used += taken;
      from += taken;
      if (label == 0) {
        nameOctets = used;
        return end < 0 ? from : end;
      }
    }
    throw new BadMessageException("a name that is none");
  }
}
