package zonetrail.zone;

import static zonetrail.wire.Header.u16;
import static zonetrail.wire.Header.u32;

import zonetrail.wire.RRType;
import zonetrail.wire.RdataField;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;

/// How a name with its RRsets lies in octets; `docs/design/compiled-zone.md` draws it.
///
/// ```text
/// node    0 u8  flags            what a question needs to know first
///         1 u8  prefix octets    how much of the name stands before the zone's own
///         2 u16 RRsets
///         4 u32 octets of all of this, before padding
///         8 u32 children         names one label longer
///        12     prefix           labels as they were written
///               RRsets           in order of type, signatures in order of the type covered
///
/// RRset   0 u16 type
///         2 u16 type covered     of signatures, else 0
///         4 u32 TTL
///         8 u32 records
///        12 u32 octets of the records
///        16     records          each u16 length and rdata, names in it as *parts*
/// ```
///
/// A name in the rdata of a type that may be compressed (RFC 3597 §4) is kept as it is sent: its
/// first labels, then either the root's zero or two octets `11vvvvvv vvvvvvvv`. With v below 256
/// the rest is the last v octets of the owner's name; else it is the name that begins v - 256
/// octets after the start of the RRset in a message where each owner is a pointer. So what is kept
/// has as many octets as what is sent.
///
/// All methods take the array and where the node or the RRset begins. No state.
@Rfc(number = 3597, section = "4")
public final class NodeLayout {
  /// The name is a zone cut: it has NS records and is not the apex (RFC 1034 §4.2).
  public static final int CUT = 1;

  /// It has a DNAME record.
  public static final int DNAME = 1 << 1;

  /// It has a CNAME record.
  public static final int CNAME = 1 << 2;

  /// `*` below it exists (RFC 4592 §2.1.1).
  public static final int WILDCARD_CHILD = 1 << 3;

  /// It is nothing but the hash of another name (RFC 5155 §7.2.8).
  public static final int ONLY_HASH = 1 << 4;

  /// What decides over the names below: questions for them look here first.
  static final int BARRIER = CUT | DNAME | ONLY_HASH;

  static final int PREFIX = 12;
  static final int RECORDS = 16;

  /// The most octets of labels before those two octets that stand for the rest; any more than that
  /// and no name of this kind would fit.
  public static final int SHARED_WITH_SET = 256;

  /// The last place in a set that such two octets can name.
  static final int MAX_SHARED_OFFSET = 0x3fff - SHARED_WITH_SET;

  /// What a message has before each record's length of rdata, with a pointer for its owner.
  public static final int RECORD_HEAD = 10;

  private static final int POINTER = 0xc0;
  private static final int NSEC3 = kind(RRType.NSEC3, RRType.of(0));
  private static final int NSEC3_SIGNATURES = kind(RRType.RRSIG, RRType.NSEC3);

  /// By type: how many octets stand before the names that may be compressed, and how many names.
  private static final byte[] NAMES_AT = new byte[256];

  private static final byte[] NAMES = new byte[256];

  static {
    for (int type = 1; type < NAMES.length; type++) {
      RdataLayout layout = RdataLayout.of(RRType.of(type));
      if (layout != null && layout.compressible()) {
        for (RdataField field : layout.fields()) {
          if (field == RdataField.NAME) {
            NAMES[type]++;
          } else if (NAMES[type] == 0) {
            NAMES_AT[type] = 2; // the preference of MX; other types have their names in front
          }
        }
        if (NAMES[type] == 0) {
          NAMES_AT[type] = 0;
        }
      }
    }
  }

  private NodeLayout() {}

  /// How many names that may be compressed the rdata of a type has.
  public static int names(int type) {
    return type < NAMES.length ? NAMES[type] : 0;
  }

  /// How many octets stand before the first of them.
  public static int namesAt(int type) {
    return NAMES_AT[type];
  }

  /// Some of [#CUT], [#DNAME], [#CNAME], [#WILDCARD_CHILD], [#ONLY_HASH].
  public static int flags(byte[] octets, int node) {
    return octets[node];
  }

  /// The flags for which the RRsets of a node are the reason: all but [#WILDCARD_CHILD].
  static int flagsOfRRsets(byte[] octets, int node) {
    boolean isApex = prefixOctets(octets, node) == 0;
    int count = rrsets(octets, node);
    int flags = 0;
    int hashes = 0;
    int ofHash = 0;
    int at = firstRRset(octets, node);
    for (int left = count; left > 0; left--) {
      int kind = kind(octets, at);
      flags |= flagOf(kind >>> Short.SIZE, isApex);
      hashes += kind == NSEC3 ? 1 : 0;
      ofHash += kind == NSEC3 || kind == NSEC3_SIGNATURES ? 1 : 0;
      at = nextRRset(octets, at);
    }
    return hashes > 0 && ofHash == count ? flags | ONLY_HASH : flags;
  }

  private static int flagOf(int type, boolean isApex) {
    if (type == RRType.NS.value()) {
      return isApex ? 0 : CUT;
    }
    if (type == RRType.CNAME.value()) {
      return CNAME;
    }
    return type == RRType.DNAME.value() ? DNAME : 0;
  }

  /// How many octets of labels stand before the zone's name.
  public static int prefixOctets(byte[] octets, int node) {
    return octets[node + 1] & 0xff;
  }

  /// Where those labels begin.
  public static int prefix(int node) {
    return node + PREFIX;
  }

  static int octets(byte[] octets, int node) {
    return u32(octets, node + 4);
  }

  static int children(byte[] octets, int node) {
    return u32(octets, node + 8);
  }

  /// How many RRsets a node has.
  public static int rrsets(byte[] octets, int node) {
    return u16(octets, node + 2);
  }

  /// Where the first RRset begins, if there is one.
  public static int firstRRset(byte[] octets, int node) {
    return node + PREFIX + prefixOctets(octets, node);
  }

  /// Where the RRset after this one begins, if there is one.
  public static int nextRRset(byte[] octets, int rrset) {
    return rrset + RECORDS + recordOctets(octets, rrset);
  }

  /// The RRset of a type, or -1; of signatures those over the lowest type.
  public static int rrset(byte[] octets, int node, int type) {
    int at = firstRRset(octets, node);
    for (int left = rrsets(octets, node); left > 0; left--) {
      int here = u16(octets, at);
      if (here >= type) {
        return here == type ? at : -1;
      }
      at = nextRRset(octets, at);
    }
    return -1;
  }

  /// The signatures over a type, or -1.
  public static int signatures(byte[] octets, int node, int typeCovered) {
    int rrsig = RRType.RRSIG.value();
    int at = firstRRset(octets, node);
    for (int left = rrsets(octets, node); left > 0; left--) {
      int here = u16(octets, at);
      if (here > rrsig || (here == rrsig && typeCovered(octets, at) > typeCovered)) {
        return -1;
      }
      if (here == rrsig && typeCovered(octets, at) == typeCovered) {
        return at;
      }
      at = nextRRset(octets, at);
    }
    return -1;
  }

  /// The type of an RRset.
  public static int type(byte[] octets, int rrset) {
    return u16(octets, rrset);
  }

  static int typeCovered(byte[] octets, int rrset) {
    return u16(octets, rrset + 2);
  }

  /// Type and type covered of an RRset in one number; its RRsets are in a node in the order of
  /// these numbers, taken as unsigned.
  static int kind(byte[] octets, int rrset) {
    return u32(octets, rrset);
  }

  /// The same of the RRset that a record belongs to.
  static int kind(RRType type, Rdata rdata) {
    return kind(type, type.equals(RRType.RRSIG) ? rdata.typeCovered() : RRType.of(0));
  }

  static int kind(RRType type, RRType covered) {
    return type.value() << Short.SIZE | covered.value();
  }

  /// The RRset of a kind, or -1.
  static int rrsetOfKind(byte[] octets, int node, int kind) {
    int at = firstRRset(octets, node);
    for (int left = rrsets(octets, node); left > 0; left--) {
      if (kind(octets, at) == kind) {
        return at;
      }
      at = nextRRset(octets, at);
    }
    return -1;
  }

  /// The TTL of an RRset, in seconds.
  public static int ttl(byte[] octets, int rrset) {
    return u32(octets, rrset + 4);
  }

  /// How many records an RRset has.
  public static int records(byte[] octets, int rrset) {
    return u32(octets, rrset + 8);
  }

  /// How many octets its records have, with the length of each.
  public static int recordOctets(byte[] octets, int rrset) {
    return u32(octets, rrset + 12);
  }

  /// Where its first record begins, with its length.
  public static int firstRecord(int rrset) {
    return rrset + RECORDS;
  }

  /// Whether an octet begins the two that stand for the rest of a name.
  public static boolean isShared(byte octet) {
    return (octet & POINTER) == POINTER;
  }

  /// What the two octets say: less than 256, how many octets of the owner's name; else 256 more
  /// than a place in the set.
  public static int shared(byte[] octets, int at) {
    return u16(octets, at) & 0x3fff;
  }
}
