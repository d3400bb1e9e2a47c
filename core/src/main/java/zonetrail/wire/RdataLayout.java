package zonetrail.wire;

import static zonetrail.wire.RdataField.A6_PREFIX_NAME;
import static zonetrail.wire.RdataField.A6_SUFFIX;
import static zonetrail.wire.RdataField.ALGORITHM;
import static zonetrail.wire.RdataField.ATM_ADDRESS;
import static zonetrail.wire.RdataField.BASE64;
import static zonetrail.wire.RdataField.BASE64_OR_DASH;
import static zonetrail.wire.RdataField.BASE64_OR_NONE;
import static zonetrail.wire.RdataField.CERTIFICATE_TYPE;
import static zonetrail.wire.RdataField.DIGEST;
import static zonetrail.wire.RdataField.DIGITS;
import static zonetrail.wire.RdataField.EUI48;
import static zonetrail.wire.RdataField.EUI64;
import static zonetrail.wire.RdataField.FINGERPRINT;
import static zonetrail.wire.RdataField.GATEWAY;
import static zonetrail.wire.RdataField.HASHED_NAME;
import static zonetrail.wire.RdataField.HEX;
import static zonetrail.wire.RdataField.HOST_IDENTITY;
import static zonetrail.wire.RdataField.IPV4;
import static zonetrail.wire.RdataField.IPV6;
import static zonetrail.wire.RdataField.KEY_FLAGS;
import static zonetrail.wire.RdataField.KEY_PROTOCOL;
import static zonetrail.wire.RdataField.LOCATION;
import static zonetrail.wire.RdataField.LOCATOR64;
import static zonetrail.wire.RdataField.NAME;
import static zonetrail.wire.RdataField.NAMES;
import static zonetrail.wire.RdataField.NSAP;
import static zonetrail.wire.RdataField.NXT_TYPES;
import static zonetrail.wire.RdataField.PREFIXES;
import static zonetrail.wire.RdataField.RELAY;
import static zonetrail.wire.RdataField.RELAY_TYPE;
import static zonetrail.wire.RdataField.SALT;
import static zonetrail.wire.RdataField.SCHEME;
import static zonetrail.wire.RdataField.SECONDS;
import static zonetrail.wire.RdataField.SERVICES;
import static zonetrail.wire.RdataField.SERVICE_PARAMETERS;
import static zonetrail.wire.RdataField.STRING;
import static zonetrail.wire.RdataField.STRINGS;
import static zonetrail.wire.RdataField.STRING_OR_NONE;
import static zonetrail.wire.RdataField.TAG;
import static zonetrail.wire.RdataField.TEXT;
import static zonetrail.wire.RdataField.TIMESTAMP;
import static zonetrail.wire.RdataField.TYPE;
import static zonetrail.wire.RdataField.TYPES;
import static zonetrail.wire.RdataField.TYPES_OR_NONE;
import static zonetrail.wire.RdataField.U16;
import static zonetrail.wire.RdataField.U32;
import static zonetrail.wire.RdataField.U64;
import static zonetrail.wire.RdataField.U8;
import static zonetrail.wire.RdataField.ZONE_DIGEST;

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

  private static final RdataField[] SIGNATURE = {
    TYPE, ALGORITHM, U8, U32, TIMESTAMP, TIMESTAMP, U16, NAME, BASE64
  };

  private static final RdataField[] DELEGATION = {U16, ALGORITHM, U8, DIGEST};

  /// By number; types above are in the map.
  private static final @Nullable RdataLayout[] LOW_LAYOUTS = new RdataLayout[512];

  private static final Map<RRType, RdataLayout> LAYOUTS = new HashMap<>();

  static {
    // RFC 1035 §3.3 and §3.4.
    wellKnown("A", IPV4);
    wellKnown("NS", NAME);
    wellKnown("MD", NAME);
    wellKnown("MF", NAME);
    wellKnown("CNAME", NAME);
    wellKnown("SOA", NAME, NAME, U32, SECONDS, SECONDS, SECONDS, SECONDS);
    wellKnown("MB", NAME);
    wellKnown("MG", NAME);
    wellKnown("MR", NAME);
    wellKnown("WKS", IPV4, SERVICES);
    wellKnown("PTR", NAME);
    wellKnown("HINFO", STRING, STRING);
    wellKnown("MINFO", NAME, NAME);
    wellKnown("MX", U16, NAME);
    wellKnown("TXT", STRINGS);

    // RFC 4034 §6.2, with the correction of RFC 6840 §5.1.
    folded("RP", NAME, NAME); // RFC 1183 §2.2
    folded("AFSDB", U16, NAME); // RFC 1183 §1
    folded("RT", U16, NAME); // RFC 1183 §3.3
    folded("SIG", SIGNATURE); // RFC 2535 §4.1
    folded("PX", U16, NAME, NAME); // RFC 2163 §4
    folded("NXT", NAME, NXT_TYPES); // RFC 2535 §5.2
    folded("SRV", U16, U16, U16, NAME); // RFC 2782
    folded("NAPTR", U16, U16, STRING, STRING, STRING, NAME); // RFC 3403 §4
    folded("KX", U16, NAME); // RFC 2230 §3.1
    folded("A6", A6_SUFFIX, A6_PREFIX_NAME); // RFC 2874 §3.1
    folded("DNAME", NAME); // RFC 6672 §2.1
    folded("RRSIG", SIGNATURE); // RFC 4034 §3

    later("X25", DIGITS); // RFC 1183 §3.1
    later("ISDN", STRING, STRING_OR_NONE); // RFC 1183 §3.2
    later("NSAP", NSAP); // RFC 1706 §5
    later("NSAP-PTR", NAME); // RFC 1706 §6
    later("KEY", KEY_FLAGS, KEY_PROTOCOL, ALGORITHM, BASE64_OR_NONE); // RFC 2535 §3.1
    later("GPOS", STRING, STRING, STRING); // RFC 1712 §3
    later("AAAA", IPV6); // RFC 3596 §2.2
    later("LOC", LOCATION); // RFC 1876 §2
    later("EID", HEX); // draft-ietf-nimrod-dns
    later("NIMLOC", HEX); // draft-ietf-nimrod-dns
    later("ATMA", ATM_ADDRESS); // ATM Forum, af-dans-0152
    later("CERT", CERTIFICATE_TYPE, U16, ALGORITHM, BASE64); // RFC 4398 §2
    later("SINK", U8, U8, U8, BASE64_OR_NONE); // draft-eastlake-kitchen-sink
    later("APL", PREFIXES); // RFC 3123 §4
    later("DS", DELEGATION); // RFC 4034 §5
    later("SSHFP", U8, U8, FINGERPRINT); // RFC 4255 §3
    later("IPSECKEY", U8, U8, U8, GATEWAY, BASE64_OR_NONE); // RFC 4025 §2
    later("NSEC", NAME, TYPES); // RFC 4034 §4
    later("DNSKEY", U16, U8, ALGORITHM, BASE64); // RFC 4034 §2
    later("DHCID", BASE64); // RFC 4701 §3
    later("NSEC3", U8, U8, U16, SALT, HASHED_NAME, TYPES_OR_NONE); // RFC 5155 §3
    later("NSEC3PARAM", U8, U8, U16, SALT); // RFC 5155 §4
    later("TLSA", U8, U8, U8, HEX); // RFC 6698 §2
    later("SMIMEA", U8, U8, U8, HEX); // RFC 8162 §2
    later("HIP", HOST_IDENTITY, NAMES); // RFC 8005 §5
    later("NINFO", STRINGS); // draft-reid-dnsext-zs
    later("RKEY", U16, U8, ALGORITHM, BASE64); // draft-reid-dnsext-rkey
    later("TALINK", NAME, NAME); // draft-wijngaards-dnsop-trust-history
    later("CDS", DELEGATION); // RFC 7344 §3.1
    later("CDNSKEY", U16, U8, ALGORITHM, BASE64); // RFC 7344 §3.2
    later("OPENPGPKEY", BASE64); // RFC 7929 §2
    later("CSYNC", U32, U16, TYPES_OR_NONE); // RFC 7477 §2.1
    later("ZONEMD", U32, U8, U8, ZONE_DIGEST); // RFC 8976 §2.2
    later("SVCB", U16, NAME, SERVICE_PARAMETERS); // RFC 9460 §2.2
    later("HTTPS", U16, NAME, SERVICE_PARAMETERS); // RFC 9460 §9
    later("DSYNC", TYPE, SCHEME, U16, NAME); // RFC 9859 §2.1
    later("HHIT", BASE64); // RFC 9886
    later("BRID", BASE64); // RFC 9886
    later("SPF", STRINGS); // RFC 7208 §3.1
    later("NID", U16, LOCATOR64); // RFC 6742 §2.1
    later("L32", U16, IPV4); // RFC 6742 §2.2
    later("L64", U16, LOCATOR64); // RFC 6742 §2.3
    later("LP", U16, NAME); // RFC 6742 §2.4
    later("EUI48", EUI48); // RFC 7043 §3
    later("EUI64", EUI64); // RFC 7043 §4
    later("URI", U16, U16, TEXT); // RFC 7553 §4
    later("CAA", U8, TAG, TEXT); // RFC 8659 §4.1
    later("AVC", STRINGS); // IANA, AVC template of 2016
    later("DOA", U32, U32, U8, STRING, BASE64_OR_DASH); // draft-durand-doa-over-dns
    later("AMTRELAY", U8, RELAY_TYPE, RELAY); // RFC 8777 §4.2
    later("RESINFO", STRINGS); // RFC 9606 §5
    later("WALLET", STRINGS); // IANA, WALLET template of 2024
    later("CLA", STRINGS); // draft-johnson-dns-ipn-cla
    later("IPN", U64); // draft-johnson-dns-ipn-cla
    later("TA", DELEGATION); // IANA, DNSSEC trust authorities of 2005
    later("DLV", DELEGATION); // RFC 4431 §2
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
    if (type.value() < LOW_LAYOUTS.length) {
      LOW_LAYOUTS[type.value()] = layout;
    }
  }

  /// The layout of a type, or null for a type whose rdata is opaque to us.
  public static @Nullable RdataLayout of(RRType type) {
    return type.value() < LOW_LAYOUTS.length ? LOW_LAYOUTS[type.value()] : LAYOUTS.get(type);
  }

  /// Whether names in it may be compressed in answers.
  public boolean compressible() {
    return names == Names.COMPRESSIBLE;
  }

  /// Whether its rdata is one name and nothing else, which may be compressed.
  boolean isOneName() {
    return names == Names.COMPRESSIBLE && fields.size() == 1 && fields.getFirst() == NAME;
  }

  /// Whether its rdata may have names in which case does not count.
  public boolean foldsNames() {
    return names != Names.AS_THEY_ARE && mayHoldNames();
  }

  /// Whether some of its rdata has names in it.
  public boolean mayHoldNames() {
    for (RdataField field : fields) {
      if (field == NAME
          || field == NAMES
          || field == A6_PREFIX_NAME
          || field == GATEWAY
          || field == RELAY) {
        return true;
      }
    }
    return false;
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
  /// @return the array given where the type has no such names
  @Rfc(number = 4034, section = "6.2")
  @Rfc(number = 3597, section = "6")
  public byte[] canonical(byte[] rdata) {
    if (!foldsNames()) {
      return rdata;
    }
    byte[] canonical = rdata.clone();
    int at = 0;
    for (RdataField field : fields) {
      int end = field.endOf(rdata, at);
      for (int i = at; i < end && field.isName(rdata, at); i++) {
        // A label's length is below 'A', so it is not mistaken for a letter.
        if (rdata[i] >= 'A' && rdata[i] <= 'Z') {
          canonical[i] |= 0x20;
        }
      }
      at = end;
    }
    return canonical;
  }
}
