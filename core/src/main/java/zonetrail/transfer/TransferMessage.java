package zonetrail.transfer;

import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.RdataField;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.NodeLayout;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;

/// Writes one message of a response to a request for a transfer: header, question, answer records,
/// and OPT where the client has EDNS.
///
/// Not `ResponseWriter`: here case is kept, RRsets may be cut, messages have thousands of names,
/// and the request is long gone.
///
/// One owner. Allocation: none.
@Rfc(number = 5936, section = "2.2")
final class TransferMessage {
  /// What the target must have beyond the limit: a record is written in full, then shortened.
  static final int SLACK_OCTETS = 512;

  private static final int OPT_OCTETS = 11;
  private static final int FIXED_OCTETS = 10;
  private static final int EXPIRE_OCTETS = 4;
  private static final int EXTENDED_ERROR_OCTETS = 2;

  private final TransferRequest request;
  private final NameTargets names;
  private final DirectNames direct = new DirectNames();
  private byte[] out = {};
  private int at;
  private int limit;
  private boolean hasOpt;
  private int records;

  TransferMessage(TransferRequest request, NameTargets names) {
    this.request = request;
    this.names = names;
  }

  /// Begins the first message, with the question and room for OPT.
  ///
  /// @param target where to write, from index 0; [#SLACK_OCTETS] longer than the limit
  /// @param limitOctets the most octets of the whole message
  void beginFirst(byte[] target, int limitOctets) {
    begin(target, limitOctets);
    at = request.copyQuestionTo(out, Header.OCTETS);
    Header.putU16(out, Header.QDCOUNT, 1);
    names.compress(out, Header.OCTETS, at - 4);
    direct.noteQuestion(out, Header.OCTETS, at - 4);
    hasOpt = request.hasEdns();
    if (hasOpt) {
      limit -= OPT_OCTETS + EdnsOption.HEAD_OCTETS + EXPIRE_OCTETS;
    }
  }

  /// Begins a further message, which has neither (RFC 5936 §2.2.2, §2.2.5).
  @Rfc(number = 5936, section = "2.2.2")
  void beginNext(byte[] target, int limitOctets) {
    begin(target, limitOctets);
    hasOpt = false;
  }

  private void begin(byte[] target, int limitOctets) {
    out = target;
    limit = limitOctets;
    at = Header.OCTETS;
    records = 0;
    Header.putU16(out, Header.ID, request.id());
    Header.putU32(out, Header.QDCOUNT, 0);
    Header.putU32(out, Header.NSCOUNT, 0);
    names.clear();
    direct.clear();
  }

  /// Whether another record is worth a try: where pointers reach no more, the next message is the
  /// better place.
  boolean hasRoom() {
    return at < NameTargets.POINTER_REACH || records == 0;
  }

  /// Writes one record of an RRset, if it fits; after one that does not, only [#finish] may come.
  boolean add(RRset rrset, Rdata rdata) {
    WireName owner = rrset.owner();
    if (at + owner.length() + FIXED_OCTETS + rdata.length() > out.length) {
      return false;
    }
    int start = at;
    at = names.compress(out, at, owner.copyTo(out, at));
    int fixed = at;
    Header.putU16(out, fixed, rrset.type().value());
    Header.putU16(out, fixed + 2, RRClass.IN);
    Header.putU32(out, fixed + 4, rrset.ttlSeconds());
    at = fixed + FIXED_OCTETS;
    rdata.copyTo(0, out, at, rdata.length());
    at = compressRdata(rrset.type(), at, at + rdata.length());
    Header.putU16(out, fixed + 8, at - fixed - FIXED_OCTETS);
    if (at > limit) {
      at = start;
      return false;
    }
    records++;
    return true;
  }

  /// Writes one record of a node as it lies in a zone ([NodeLayout]), if it fits; after one that
  /// does not, only [#finish] may come.
  ///
  /// @param apex the zone's name
  /// @param octets where the node lies
  /// @param node where it begins
  /// @param rrset where its RRset begins
  /// @param record where the record begins, with its length
  boolean add(WireName apex, byte[] octets, int node, int rrset, int record) {
    int type = NodeLayout.type(octets, rrset);
    int length = Header.u16(octets, record);
    int most =
        NodeLayout.prefixOctets(octets, node)
            + apex.length()
            + FIXED_OCTETS
            + length
            + NodeLayout.names(type) * WireName.MAX_OCTETS;
    if (at + most > out.length) {
      return false;
    }
    int start = at;
    int fixed = direct.writeOwner(out, at, apex, octets, node);
    Header.putU16(out, fixed, type);
    Header.putU16(out, fixed + 2, RRClass.IN);
    Header.putU32(out, fixed + 4, NodeLayout.ttl(octets, rrset));
    at = fixed + FIXED_OCTETS;
    int from = record + 2;
    int end = from + length;
    if (NodeLayout.names(type) > 0) {
      int before = NodeLayout.namesAt(type);
      System.arraycopy(octets, from, out, at, before);
      at += before;
      from += before;
      for (int i = NodeLayout.names(type); i > 0; i--) {
        at = direct.writeName(out, at, octets, rrset, from, names);
        from = DirectNames.endOfName(octets, from);
      }
    }
    System.arraycopy(octets, from, out, at, end - from);
    at += end - from;
    Header.putU16(out, fixed + 8, at - fixed - FIXED_OCTETS);
    if (at > limit) {
      at = start;
      return false;
    }
    records++;
    return true;
  }

  /// Names within rdata are compressed in the types of RFC 1035 alone (RFC 3597 §4).
  ///
  /// @return the octet after the rdata now
  @Rfc(number = 3597, section = "4")
  private int compressRdata(RRType type, int start, int end) {
    RdataLayout layout = RdataLayout.of(type);
    if (layout == null || !layout.compressible() || !layout.fields().contains(RdataField.NAME)) {
      return end;
    }
    int from = start;
    int to = start;
    for (RdataField field : layout.fields()) {
      int fieldEnd = field.endOf(out, from);
      if (fieldEnd < 0 || fieldEnd > end) {
        throw new IllegalArgumentException("rdata of type " + type + " is not in its layout");
      }
      int octets = fieldEnd - from;
      System.arraycopy(out, from, out, to, octets);
      to = field == RdataField.NAME ? names.compress(out, to, to + octets) : to + octets;
      from = fieldEnd;
    }
    return to;
  }

  /// How many records it has.
  int records() {
    return records;
  }

  /// Ends a message of the transfer.
  ///
  /// @param expireSeconds how long the zone may be served, as an unsigned number (RFC 7314 §3.1)
  /// @return how many octets it has
  @Rfc(number = 7314, section = "3.1")
  int finish(int expireSeconds) {
    header(Header.AA, Rcode.NOERROR);
    if (hasOpt && request.wantsExpire()) {
      opt(EdnsOption.EXPIRE, EXPIRE_OCTETS);
      Header.putU32(out, at - EXPIRE_OCTETS, expireSeconds);
    } else if (hasOpt) {
      opt();
    }
    return at;
  }

  /// Ends a message, a first one, whose records did not fit.
  int finishTruncated() {
    header(Header.AA | Header.TC, Rcode.NOERROR);
    if (hasOpt) {
      opt();
    }
    return at;
  }

  /// Ends a message, a first one, as a refusal.
  @Rfc(number = 8914, section = "2")
  int finish(TransferRefusal why) {
    header(0, why.rcode());
    if (hasOpt && why.extendedError().isPresent()) {
      opt(EdnsOption.EXTENDED_ERROR, EXTENDED_ERROR_OCTETS);
      Header.putU16(out, at - EXTENDED_ERROR_OCTETS, why.extendedError().getAsInt());
    } else if (hasOpt) {
      opt();
    }
    return at;
  }

  private void header(int flags, Rcode rcode) {
    int kept = request.recursionDesired() ? Header.RD : 0;
    Header.putU16(out, Header.FLAGS, Header.QR | kept | flags | rcode.value());
    Header.putU16(out, Header.ANCOUNT, records);
  }

  private void opt(int option, int octets) {
    opt();
    Header.putU16(out, at - 2, EdnsOption.HEAD_OCTETS + octets);
    Header.putU16(out, at, option);
    Header.putU16(out, at + 2, octets);
    at += EdnsOption.HEAD_OCTETS + octets;
  }

  private void opt() {
    out[at] = 0;
    Header.putU16(out, at + 1, RRType.OPT.value());
    Header.putU16(out, at + 3, ResponseWriter.MAX_UDP_PAYLOAD_OCTETS);
    Header.putU16(out, at + 5, 0);
    Header.putU16(out, at + 7, request.dnssecOk() ? 0x8000 : 0);
    Header.putU16(out, at + 9, 0);
    at += OPT_OCTETS;
    Header.putU16(out, Header.ARCOUNT, 1);
  }
}
