package zonetrail.wire;

import static zonetrail.wire.RdataField.ALGORITHM;
import static zonetrail.wire.RdataField.BASE64;
import static zonetrail.wire.RdataField.DIGEST;
import static zonetrail.wire.RdataField.HASHED_NAME;
import static zonetrail.wire.RdataField.HEX;
import static zonetrail.wire.RdataField.IPV4;
import static zonetrail.wire.RdataField.IPV6;
import static zonetrail.wire.RdataField.NAME;
import static zonetrail.wire.RdataField.SALT;
import static zonetrail.wire.RdataField.SECONDS;
import static zonetrail.wire.RdataField.STRING;
import static zonetrail.wire.RdataField.STRINGS;
import static zonetrail.wire.RdataField.TAG;
import static zonetrail.wire.RdataField.TEXT;
import static zonetrail.wire.RdataField.TIMESTAMP;
import static zonetrail.wire.RdataField.TYPE;
import static zonetrail.wire.RdataField.TYPES;
import static zonetrail.wire.RdataField.TYPES_OR_NONE;
import static zonetrail.wire.RdataField.U16;
import static zonetrail.wire.RdataField.U32;
import static zonetrail.wire.RdataField.U8;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the rdata of a record type is made of, field by field.
///
/// This is the only table of record formats: the master-file reader and printer, the check of rdata
/// from the network, the compression of names and the canonical form all work from it. A type that
/// is not in it is opaque: it is read and printed in the form of RFC 3597 §5 and never compressed
/// (RFC 3597 §4).
///
/// @param fields the fields in wire order; at most the last one is of open length
/// @param names what may be done to the names in it
@Rfc(number = 3597, section = "4")
public record RdataLayout(List<RdataField> fields, Names names) {
  /// What may be done to the names in rdata.
  public enum Names {
    /// They may be compressed in answers, and case does not count in them: the types of RFC 1035
    /// (RFC 3597 §4).
    COMPRESSIBLE,
    /// They are never compressed, and are in small letters in the canonical form: the types of RFC
    /// 4034 §6.2 that came after RFC 1035.
    FOLDED,
    /// They are left as they are: all later types (RFC 3597 §7), and NSEC (RFC 6840 §5.1).
    AS_THEY_ARE
  }

  private static final Map<RRType, RdataLayout> LAYOUTS = new HashMap<>();

  static {
    // RFC 1035 §3.3 and §3.4.
    wellKnown("A", IPV4);
    wellKnown("NS", NAME);
    wellKnown("CNAME", NAME);
    wellKnown("SOA", NAME, NAME, U32, SECONDS, SECONDS, SECONDS, SECONDS);
    wellKnown("PTR", NAME);
    wellKnown("HINFO", STRING, STRING);
    wellKnown("MX", U16, NAME);
    wellKnown("TXT", STRINGS);

    // RFC 4034 §6.2, with the correction of RFC 6840 §5.1.
    folded("RP", NAME, NAME); // RFC 1183 §2.2
    folded("AFSDB", U16, NAME); // RFC 1183 §1
    folded("SRV", U16, U16, U16, NAME); // RFC 2782
    folded("NAPTR", U16, U16, STRING, STRING, STRING, NAME); // RFC 3403 §4
    folded("DNAME", NAME); // RFC 6672 §2.1
    // RFC 4034 §3
    folded("RRSIG", TYPE, ALGORITHM, U8, U32, TIMESTAMP, TIMESTAMP, U16, NAME, BASE64);

    later("AAAA", IPV6); // RFC 3596 §2.2
    later("DS", U16, ALGORITHM, U8, DIGEST); // RFC 4034 §5
    later("SSHFP", U8, U8, HEX); // RFC 4255 §3
    later("NSEC", NAME, TYPES); // RFC 4034 §4
    later("DNSKEY", U16, U8, ALGORITHM, BASE64); // RFC 4034 §2
    later("NSEC3", U8, U8, U16, SALT, HASHED_NAME, TYPES_OR_NONE); // RFC 5155 §3
    later("NSEC3PARAM", U8, U8, U16, SALT); // RFC 5155 §4
    later("TLSA", U8, U8, U8, HEX); // RFC 6698 §2
    later("SMIMEA", U8, U8, U8, HEX); // RFC 8162 §2
    later("CDS", U16, ALGORITHM, U8, DIGEST); // RFC 7344 §3.1
    later("CDNSKEY", U16, U8, ALGORITHM, BASE64); // RFC 7344 §3.2
    later("OPENPGPKEY", BASE64); // RFC 7929 §2
    later("SPF", STRINGS); // RFC 7208 §3.1
    later("URI", U16, U16, TEXT); // RFC 7553 §4
    later("CAA", U8, TAG, TEXT); // RFC 8659 §4.1
  }

  private static void wellKnown(String mnemonic, RdataField... fields) {
    put(mnemonic, new RdataLayout(List.of(fields), Names.COMPRESSIBLE));
  }

  @Rfc(number = 4034, section = "6.2")
  @Rfc(number = 6840, section = "5.1")
  private static void folded(String mnemonic, RdataField... fields) {
    put(mnemonic, new RdataLayout(List.of(fields), Names.FOLDED));
  }

  private static void later(String mnemonic, RdataField... fields) {
    put(mnemonic, new RdataLayout(List.of(fields), Names.AS_THEY_ARE));
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

  /// Whether names in it may be compressed in answers.
  public boolean compressible() {
    return names == Names.COMPRESSIBLE;
  }

  /// Checks that uncompressed rdata has this layout, to the last octet.
  ///
  /// @return null if it has, else what is wrong, for a person to read
  public @Nullable String problemWith(byte[] rdata) {
    int at = 0;
    for (RdataField field : fields) {
      int end = field.endOf(rdata, at);
      if (end < 0) {
        return field.noun() + " should stand at octet " + at;
      }
      at = end;
    }
    return at == rdata.length ? null : (rdata.length - at) + " octets too many in the rdata";
  }

  /// Valid rdata in the form in which it is signed and compared: letters of names small, where the
  /// type wants that.
  ///
  /// @return the array given if nothing changes
  @Rfc(number = 4034, section = "6.2")
  @Rfc(number = 3597, section = "6")
  public byte[] canonical(byte[] rdata) {
    if (names == Names.AS_THEY_ARE || !fields.contains(NAME)) {
      return rdata;
    }
    byte[] canonical = rdata.clone();
    int at = 0;
    for (RdataField field : fields) {
      int end = field.endOf(rdata, at);
      for (int i = at; field == NAME && i < end; i++) {
        // A label's length is below 'A', so it is not mistaken for a letter.
        if (canonical[i] >= 'A' && canonical[i] <= 'Z') {
          canonical[i] |= 0x20;
        }
      }
      at = end;
    }
    return canonical;
  }
}
