package zonetrail.wire;

/// Writes a response: header and question taken from the request, then records section by section,
/// names compressed, within a limit, an OPT record at the end where the client sent one.
///
/// A record set either fits whole or leaves no trace; the caller decides whether that means TC.
/// Room for the OPT record is kept free from the start. One writer is used again and again by one
/// thread.
///
/// Allocation: none after construction, but for names within rdata.
@Rfc(number = 1035, section = "4.1")
public final class ResponseWriter {
  /// The most octets of a message over TCP, and so the length of every buffer given to [#begin].
  public static final int MAX_MESSAGE_OCTETS = 65_535;

  /// The largest UDP payload we send or announce (DNS Flag Day 2020; RFC 6891 §6.2.5).
  @Rfc(number = 6891, section = "6.2.5")
  public static final int MAX_UDP_PAYLOAD_OCTETS = 1232;

  /// The most octets of all EDNS options of a response.
  public static final int MAX_OPTIONS_OCTETS = 512;

  private static final int OPT_OCTETS = 11;
  private static final int POINTER_REACH = 0x4000;

  /// How many places of names are remembered for compression; names after that are written in full.
  private static final int MAX_COMPRESSION_TARGETS = 256;

  /// The sections that records go to.
  public enum Section {
    /// Records that answer the question.
    ANSWER(Header.ANCOUNT),
    /// The zone's SOA or NS records.
    AUTHORITY(Header.NSCOUNT),
    /// Addresses that save a question.
    ADDITIONAL(Header.ARCOUNT);

    private final int countOffset;

    Section(int countOffset) {
      this.countOffset = countOffset;
    }
  }

  private byte[] out = {};
  private int at;
  private int limit;
  private boolean edns;
  private final byte[] options = new byte[MAX_OPTIONS_OCTETS];
  private int optionsOctets;
  private boolean dnssecOk;
  private final int[] targets = new int[MAX_COMPRESSION_TARGETS];
  private int targetCount;

  private int rollbackAt;
  private int rollbackTargets;
  private int pendingRecords;

  /// Creates a writer that has no buffer yet.
  public ResponseWriter() {}

  /// Begins the response to a request that is not to be dropped.
  ///
  /// @param request the request; its message must stay unchanged until this call returns
  /// @param target where to write, from index 0; not the request's own array
  /// @param limitOctets the most octets the whole response may have, at least a header's. 282 hold
  ///   every question and the OPT record; where they don't fit, they stay away
  public void begin(QueryCursor request, byte[] target, int limitOctets) {
    out = target;
    limit = Math.min(limitOctets, target.length);
    boolean question = request.hasQuestion() && request.questionEnd() <= limit;
    at = question ? request.questionEnd() : Header.OCTETS;
    System.arraycopy(request.message(), 0, out, 0, at);
    int kept = request.flags() & (Header.withOpcode(0xf) | Header.RD | Header.CD);
    if (request.opcode() != Opcode.QUERY) {
      // RD and CD mean nothing outside queries; RFC 1996 §3.7 and RFC 2136 §3.8 send them clear.
      kept &= Header.withOpcode(0xf);
    }
    Header.putU16(out, Header.FLAGS, Header.QR | kept);
    Header.putU16(out, Header.QDCOUNT, question ? 1 : 0);
    Header.putU16(out, Header.ANCOUNT, 0);
    Header.putU16(out, Header.NSCOUNT, 0);
    Header.putU16(out, Header.ARCOUNT, 0);
    edns = request.hasOpt() && at + OPT_OCTETS <= limit;
    dnssecOk = request.dnssecOk();
    optionsOctets = 0;
    if (edns) {
      limit -= OPT_OCTETS;
    }
    targetCount = 0;
    if (question) {
      rememberName(Header.OCTETS);
    }
  }

  /// Adds an EDNS option, if the client sent an OPT record and there is room left.
  ///
  /// @param code one of [EdnsOption]
  /// @return whether it will be in the response
  @Rfc(number = 6891, section = "6.1.2")
  public boolean option(int code, byte[] content, int contentOctets) {
    int octets = EdnsOption.HEAD_OCTETS + contentOctets;
    if (!edns || at + octets > limit || optionsOctets + octets > MAX_OPTIONS_OCTETS) {
      return false;
    }
    Header.putU16(options, optionsOctets, code);
    Header.putU16(options, optionsOctets + 2, contentOctets);
    System.arraycopy(content, 0, options, optionsOctets + EdnsOption.HEAD_OCTETS, contentOctets);
    optionsOctets += octets;
    limit -= octets;
    return true;
  }

  /// Sets flags such as [Header#AA] and [Header#TC].
  public void setFlags(int flags) {
    Header.putU16(out, Header.FLAGS, Header.u16(out, Header.FLAGS) | flags);
  }

  /// Begins a record set that is to go in whole or not at all.
  public void beginSet() {
    rollbackAt = at;
    rollbackTargets = targetCount;
    pendingRecords = 0;
  }

  /// Writes one record of the set begun.
  ///
  /// @param owner the owner name
  /// @param rdata the array that holds the uncompressed rdata
  /// @return whether it fitted; if not, end with [#abandonSet()]
  public boolean record(WireName owner, RRType type, int ttlSeconds, byte[] rdata) {
    return record(owner, type, RRClass.IN, ttlSeconds, rdata);
  }

  /// Writes one record of the set begun, of a class that may be another than IN.
  ///
  /// @return as the other
  public boolean record(WireName owner, RRType type, int rrclass, int ttlSeconds, byte[] rdata) {
    if (!name(owner) || at + 10 > limit) {
      return false;
    }
    Header.putU16(out, at, type.value());
    Header.putU16(out, at + 2, rrclass);
    Header.putU32(out, at + 4, ttlSeconds);
    int lengthAt = at + 8;
    at += 10;
    if (!rdata(type, rdata)) {
      return false;
    }
    Header.putU16(out, lengthAt, at - lengthAt - 2);
    pendingRecords++;
    return true;
  }

  /// Counts the records of the set begun into a section.
  public void endSet(Section section) {
    int count = Header.u16(out, section.countOffset);
    Header.putU16(out, section.countOffset, count + pendingRecords);
  }

  /// Whether the question is in the response: whether its name stands behind the header.
  public boolean hasQuestion() {
    return Header.u16(out, Header.QDCOUNT) > 0;
  }

  /// The buffer given to [#begin], for one who writes records of their own into it.
  public byte[] buffer() {
    return out;
  }

  /// Where in the buffer the next record goes.
  public int position() {
    return at;
  }

  /// How many octets of records still fit.
  public int room() {
    return limit - at;
  }

  /// Takes records that were written into the buffer at [#position()].
  ///
  /// @param octets how many octets they have, at most [#room()]
  public void wrote(Section section, int records, int octets) {
    at += octets;
    int count = Header.u16(out, section.countOffset);
    Header.putU16(out, section.countOffset, count + records);
  }

  /// Takes back the set begun.
  public void abandonSet() {
    at = rollbackAt;
    targetCount = rollbackTargets;
  }

  private boolean rdata(RRType type, byte[] rdata) {
    RdataLayout layout = RdataLayout.of(type);
    if (layout == null || !layout.compressible()) {
      return octets(rdata, 0, rdata.length);
    }
    int from = 0;
    for (RdataField field : layout.fields()) {
      int end = field.endOf(rdata, from);
      if (end < 0) {
        throw new IllegalArgumentException("rdata of type " + type + " is not in its layout");
      }
      boolean fits =
          field == RdataField.NAME
              ? name(WireName.fromWire(rdata, from))
              : octets(rdata, from, end);
      if (!fits) {
        return false;
      }
      from = end;
    }
    return true;
  }

  private boolean octets(byte[] source, int from, int end) {
    if (at + end - from > limit) {
      return false;
    }
    System.arraycopy(source, from, out, at, end - from);
    at += end - from;
    return true;
  }

  /// Writes a name, its longest suffix that was written before as a pointer (RFC 1035 §4.1.4).
  @Rfc(number = 1035, section = "4.1.4")
  private boolean name(WireName name) {
    int start = at;
    int label = 0;
    while (name.octetAt(label) != 0) {
      int target = targetOf(name, label);
      if (target >= 0) {
        if (at + 2 > limit) {
          return false;
        }
        Header.putU16(out, at, 0xc000 | target);
        at += 2;
        rememberName(start);
        return true;
      }
      int octets = 1 + name.octetAt(label);
      if (at + octets > limit) {
        return false;
      }
      for (int i = 0; i < octets; i++) {
        out[at++] = (byte) name.octetAt(label + i);
      }
      label += octets;
    }
    if (at >= limit) {
      return false;
    }
    out[at++] = 0;
    rememberName(start);
    return true;
  }

  private int targetOf(WireName name, int from) {
    for (int i = 0; i < targetCount; i++) {
      if (suffixEquals(name, from, targets[i])) {
        return targets[i];
      }
    }
    return -1;
  }

  private boolean suffixEquals(WireName name, int from, int target) {
    int mine = from;
    int theirs = target;
    while (true) {
      int length = out[theirs] & 0xff;
      if (length >= 0xc0) {
        theirs = Header.u16(out, theirs) & 0x3fff;
        continue;
      }
      if (length != name.octetAt(mine)) {
        return false;
      }
      if (length == 0) {
        return true;
      }
      for (int i = 1; i <= length; i++) {
        if (WireName.lower(out[theirs + i]) != WireName.lower((byte) name.octetAt(mine + i))) {
          return false;
        }
      }
      mine += 1 + length;
      theirs += 1 + length;
    }
  }

  /// Makes the labels of a name that is written to its end targets of later pointers; not before,
  /// or a name such as `a.a.` would be compared with its own unwritten rest.
  private void rememberName(int start) {
    int label = start;
    while (out[label] > 0 && label < POINTER_REACH && targetCount < MAX_COMPRESSION_TARGETS) {
      targets[targetCount++] = label;
      label += 1 + out[label];
    }
  }

  /// Ends the response with its code, and with an OPT record where the client sent one.
  ///
  /// @return the octets written
  @Rfc(number = 6891, section = "6.1.1")
  public int finish(Rcode rcode) {
    int flags = Header.u16(out, Header.FLAGS) & ~0xf;
    Header.putU16(out, Header.FLAGS, flags | (rcode.value() & 0xf));
    if (!edns) {
      return at;
    }
    out[at] = 0;
    Header.putU16(out, at + 1, RRType.OPT.value());
    Header.putU16(out, at + 3, MAX_UDP_PAYLOAD_OCTETS);
    out[at + 5] = (byte) (rcode.value() >> 4);
    out[at + 6] = 0;
    Header.putU16(out, at + 7, dnssecOk ? 0x8000 : 0);
    Header.putU16(out, at + 9, optionsOctets);
    System.arraycopy(options, 0, out, at + OPT_OCTETS, optionsOctets);
    at += OPT_OCTETS + optionsOctets;
    Header.putU16(out, Header.ARCOUNT, Header.u16(out, Header.ARCOUNT) + 1);
    return at;
  }
}
