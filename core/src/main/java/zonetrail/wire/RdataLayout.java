package zonetrail.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the rdata of a record type is made of, field by field.
///
/// This is the only table of record formats: the master-file reader and printer, the check of rdata
/// from the network and the compression of names all work from it. A type that is not in it is
/// opaque: it is read and printed in the form of RFC 3597 §5 and never compressed (RFC 3597 §4).
///
/// @param fields the fields in wire order; at most the last one is of open length
/// @param compressible whether names in it may be compressed in answers: only in the types of RFC
///   1035 (RFC 3597 §4)
@Rfc(number = 3597, section = "4")
public record RdataLayout(List<Field> fields, boolean compressible) {
  /// The kinds of field.
  public enum Field {
    /// A domain name.
    NAME,
    /// An unsigned integer of one octet.
    U8,
    /// An unsigned integer of two octets.
    U16,
    /// An unsigned integer of four octets.
    U32,
    /// A number of seconds, four octets; in text with or without units.
    SECONDS,
    /// An IPv4 address.
    IPV4,
    /// An IPv6 address.
    IPV6,
    /// One character string: a length octet and up to 255 octets.
    STRING,
    /// One or more character strings, to the end.
    STRINGS,
    /// Octets to the end, at least one; in text hexadecimal, spaces allowed.
    HEX,
    /// Octets to the end, at least one; in text base64, spaces allowed.
    BASE64,
    /// A length octet and 1 to 255 letters and digits: the tag of a CAA record (RFC 8659 §4.1).
    TAG,
    /// Octets to the end, maybe none; in text one quoted string of any length (RFC 8659 §4.1.1).
    TEXT,
    /// A DNSSEC algorithm, one octet; in text a number (or mnemonic when read).
    ALGORITHM
  }

  private static final Map<RRType, RdataLayout> LAYOUTS = new HashMap<>();

  static {
    // RFC 1035 §3.3 and §3.4: names in these may be compressed.
    wellKnown("A", Field.IPV4);
    wellKnown("NS", Field.NAME);
    wellKnown("CNAME", Field.NAME);
    wellKnown(
        "SOA",
        Field.NAME,
        Field.NAME,
        Field.U32,
        Field.SECONDS,
        Field.SECONDS,
        Field.SECONDS,
        Field.SECONDS);
    wellKnown("PTR", Field.NAME);
    wellKnown("HINFO", Field.STRING, Field.STRING);
    wellKnown("MX", Field.U16, Field.NAME);
    wellKnown("TXT", Field.STRINGS);
    later("RP", Field.NAME, Field.NAME); // RFC 1183 §2.2
    later("AFSDB", Field.U16, Field.NAME); // RFC 1183 §1
    later("AAAA", Field.IPV6); // RFC 3596 §2.2
    later("SRV", Field.U16, Field.U16, Field.U16, Field.NAME); // RFC 2782
    later( // RFC 3403 §4
        "NAPTR", Field.U16, Field.U16, Field.STRING, Field.STRING, Field.STRING, Field.NAME);
    later("DNAME", Field.NAME); // RFC 6672 §2.1
    later("DS", Field.U16, Field.ALGORITHM, Field.U8, Field.HEX); // RFC 4034 §5
    later("SSHFP", Field.U8, Field.U8, Field.HEX); // RFC 4255 §3
    later("DNSKEY", Field.U16, Field.U8, Field.ALGORITHM, Field.BASE64); // RFC 4034 §2
    later("TLSA", Field.U8, Field.U8, Field.U8, Field.HEX); // RFC 6698 §2
    later("SMIMEA", Field.U8, Field.U8, Field.U8, Field.HEX); // RFC 8162 §2
    later("CDS", Field.U16, Field.ALGORITHM, Field.U8, Field.HEX); // RFC 7344 §3.1
    later("CDNSKEY", Field.U16, Field.U8, Field.ALGORITHM, Field.BASE64); // RFC 7344 §3.2
    later("OPENPGPKEY", Field.BASE64); // RFC 7929 §2
    later("SPF", Field.STRINGS); // RFC 7208 §3.1
    later("URI", Field.U16, Field.U16, Field.TEXT); // RFC 7553 §4
    later("CAA", Field.U8, Field.TAG, Field.TEXT); // RFC 8659 §4.1
  }

  private static void wellKnown(String mnemonic, Field... fields) {
    put(mnemonic, new RdataLayout(List.of(fields), true));
  }

  private static void later(String mnemonic, Field... fields) {
    put(mnemonic, new RdataLayout(List.of(fields), false));
  }

  private static void put(String mnemonic, RdataLayout layout) {
    RRType type = RRType.parse(mnemonic);
    if (type == null) {
      throw new IllegalStateException("no such type: " + mnemonic);
    }
    LAYOUTS.put(type, layout);
  }

  /// The layout of a type, or null for a type whose rdata is opaque to us.
  public static @Nullable RdataLayout of(RRType type) {
    return LAYOUTS.get(type);
  }

  /// Checks that uncompressed rdata has this layout, to the last octet.
  ///
  /// @return null if it has, else what is wrong, for a person to read
  public @Nullable String problemWith(byte[] rdata) {
    int at = 0;
    for (Field field : fields) {
      int end = endOf(field, rdata, at);
      if (end < 0) {
        return "rdata does not hold a valid " + field + " field at octet " + at;
      }
      at = end;
    }
    return at == rdata.length ? null : (rdata.length - at) + " octets too many in the rdata";
  }

  /// The octet after a field that begins at `at`, or -1 if the octets there are no such field.
  public static int endOf(Field field, byte[] rdata, int at) {
    return switch (field) {
      case NAME -> WireName.endOf(rdata, at, rdata.length);
      case U8, ALGORITHM -> fixed(rdata, at, 1);
      case U16 -> fixed(rdata, at, 2);
      case U32, SECONDS, IPV4 -> fixed(rdata, at, 4);
      case IPV6 -> fixed(rdata, at, 16);
      case STRING -> endOfString(rdata, at);
      case STRINGS -> endOfStrings(rdata, at);
      case HEX, BASE64 -> at < rdata.length ? rdata.length : -1;
      case TEXT -> rdata.length;
      case TAG -> endOfTag(rdata, at);
    };
  }

  private static int fixed(byte[] rdata, int at, int octets) {
    return at + octets <= rdata.length ? at + octets : -1;
  }

  private static int endOfString(byte[] rdata, int at) {
    return at < rdata.length ? fixed(rdata, at + 1, rdata[at] & 0xff) : -1;
  }

  private static int endOfStrings(byte[] rdata, int at) {
    int end = endOfString(rdata, at);
    while (end >= 0 && end < rdata.length) {
      end = endOfString(rdata, end);
    }
    return end;
  }

  private static int endOfTag(byte[] rdata, int at) {
    int end = endOfString(rdata, at);
    if (end <= at + 1) {
      return -1;
    }
    for (int i = at + 1; i < end; i++) {
      int octet = rdata[i] | 0x20;
      boolean digit = rdata[i] >= '0' && rdata[i] <= '9';
      if (!digit && (octet < 'a' || octet > 'z')) {
        return -1;
      }
    }
    return end;
  }
}
