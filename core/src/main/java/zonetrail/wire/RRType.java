package zonetrail.wire;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The type of a resource record, as IANA numbers and names it.
///
/// Instances are unique per number, so they are compared by identity. A type without a mnemonic
/// prints as `TYPE12345` (RFC 3597 §5).
@Rfc(number = 3597, section = "5")
public final class RRType implements Comparable<RRType> {
  private static final RRType[] ALL = new RRType[65536];
  private static final Map<String, RRType> BY_MNEMONIC = new HashMap<>();

  static {
    // IANA registry "Resource Record (RR) TYPEs"; meta types and QTYPEs (41, 249 to 255) included.
    String[] names = {
      "1 A",
      "2 NS",
      "3 MD",
      "4 MF",
      "5 CNAME",
      "6 SOA",
      "7 MB",
      "8 MG",
      "9 MR",
      "10 NULL",
      "11 WKS",
      "12 PTR",
      "13 HINFO",
      "14 MINFO",
      "15 MX",
      "16 TXT",
      "17 RP",
      "18 AFSDB",
      "19 X25",
      "20 ISDN",
      "21 RT",
      "22 NSAP",
      "23 NSAP-PTR",
      "24 SIG",
      "25 KEY",
      "26 PX",
      "27 GPOS",
      "28 AAAA",
      "29 LOC",
      "30 NXT",
      "31 EID",
      "32 NIMLOC",
      "33 SRV",
      "34 ATMA",
      "35 NAPTR",
      "36 KX",
      "37 CERT",
      "38 A6",
      "39 DNAME",
      "40 SINK",
      "41 OPT",
      "42 APL",
      "43 DS",
      "44 SSHFP",
      "45 IPSECKEY",
      "46 RRSIG",
      "47 NSEC",
      "48 DNSKEY",
      "49 DHCID",
      "50 NSEC3",
      "51 NSEC3PARAM",
      "52 TLSA",
      "53 SMIMEA",
      "55 HIP",
      "56 NINFO",
      "57 RKEY",
      "58 TALINK",
      "59 CDS",
      "60 CDNSKEY",
      "61 OPENPGPKEY",
      "62 CSYNC",
      "63 ZONEMD",
      "64 SVCB",
      "65 HTTPS",
      "66 DSYNC",
      "67 HHIT",
      "68 BRID",
      "99 SPF",
      "100 UINFO",
      "101 UID",
      "102 GID",
      "103 UNSPEC",
      "104 NID",
      "105 L32",
      "106 L64",
      "107 LP",
      "108 EUI48",
      "109 EUI64",
      "128 NXNAME",
      "249 TKEY",
      "250 TSIG",
      "251 IXFR",
      "252 AXFR",
      "253 MAILB",
      "254 MAILA",
      "255 ANY",
      "256 URI",
      "257 CAA",
      "258 AVC",
      "259 DOA",
      "260 AMTRELAY",
      "261 RESINFO",
      "262 WALLET",
      "263 CLA",
      "264 IPN",
      "32768 TA",
      "32769 DLV"
    };
    for (String entry : names) {
      int space = entry.indexOf(' ');
      int value = Integer.parseInt(entry.substring(0, space));
      String mnemonic = entry.substring(space + 1);
      RRType type = new RRType(value, mnemonic);
      ALL[value] = type;
      BY_MNEMONIC.put(mnemonic, type);
    }
  }

  /// A host address (RFC 1035 §3.4.1).
  public static final RRType A = of(1);

  /// An authoritative name server (RFC 1035 §3.3.11).
  public static final RRType NS = of(2);

  /// A mail destination, obsolete (RFC 1035 §3.3.4).
  public static final RRType MD = of(3);

  /// A mail forwarder, obsolete (RFC 1035 §3.3.5).
  public static final RRType MF = of(4);

  /// The canonical name of an alias (RFC 1035 §3.3.1).
  public static final RRType CNAME = of(5);

  /// The start of a zone of authority (RFC 1035 §3.3.13).
  public static final RRType SOA = of(6);

  /// A domain name pointer (RFC 1035 §3.3.12).
  public static final RRType PTR = of(12);

  /// A mail exchange (RFC 1035 §3.3.9).
  public static final RRType MX = of(15);

  /// Text strings (RFC 1035 §3.3.14).
  public static final RRType TXT = of(16);

  /// An IPv6 host address (RFC 3596 §2.1).
  public static final RRType AAAA = of(28);

  /// The location of a service (RFC 2782).
  public static final RRType SRV = of(33);

  /// Redirection of a subtree (RFC 6672).
  public static final RRType DNAME = of(39);

  /// The EDNS pseudo record (RFC 6891 §6).
  public static final RRType OPT = of(41);

  /// A delegation signer (RFC 4034 §5).
  public static final RRType DS = of(43);

  /// A signature over an RRset (RFC 4034 §3).
  public static final RRType RRSIG = of(46);

  /// An authenticated denial of existence (RFC 4034 §4).
  public static final RRType NSEC = of(47);

  /// A zone's public key (RFC 4034 §2); in `._keys` files, a TSIG secret.
  public static final RRType DNSKEY = of(48);

  /// A hashed denial of existence (RFC 5155 §3).
  public static final RRType NSEC3 = of(50);

  /// How a zone hashes its names for NSEC3 (RFC 5155 §4).
  public static final RRType NSEC3PARAM = of(51);

  /// A certificate of a TLS service (RFC 6698 §2).
  public static final RRType TLSA = of(52);

  /// A certificate for signed mail (RFC 8162 §2).
  public static final RRType SMIMEA = of(53);

  /// A digest over a zone (RFC 8976 §2).
  public static final RRType ZONEMD = of(63);

  /// How to reach a service (RFC 9460 §2).
  public static final RRType SVCB = of(64);

  /// How to reach a web server (RFC 9460 §9).
  public static final RRType HTTPS = of(65);

  /// In the bitmap of an NSEC record, that the name does not exist (RFC 9824 §3.1).
  public static final RRType NXNAME = of(128);

  /// A key agreement (RFC 2930), which we don't do.
  public static final RRType TKEY = of(249);

  /// A transaction signature (RFC 8945 §4).
  public static final RRType TSIG = of(250);

  /// A request for an incremental transfer (RFC 1995).
  public static final RRType IXFR = of(251);

  /// A request for a full transfer (RFC 5936).
  public static final RRType AXFR = of(252);

  /// A request for any type (RFC 1035 §3.2.3, RFC 8482).
  public static final RRType ANY = of(255);

  private final int value;
  private final String mnemonic;

  private RRType(int value, String mnemonic) {
    this.value = value;
    this.mnemonic = mnemonic;
  }

  /// The type with this number.
  ///
  /// @param value 0 to 65535
  public static RRType of(int value) {
    RRType known = ALL[value];
    if (known != null) {
      return known;
    }
    synchronized (ALL) {
      if (ALL[value] == null) {
        ALL[value] = new RRType(value, "TYPE" + value);
      }
      return ALL[value];
    }
  }

  /// The type with this mnemonic, or `TYPEn`, in any case; null where there is none.
  public static @Nullable RRType parse(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    RRType known = BY_MNEMONIC.get(upper);
    if (known != null) {
      return known;
    }
    if (!upper.startsWith("TYPE") || upper.length() < 5 || upper.length() > 9) {
      return null;
    }
    int value = 0;
    for (int i = 4; i < upper.length(); i++) {
      char digit = upper.charAt(i);
      if (digit < '0' || digit > '9') {
        return null;
      }
      value = value * 10 + (digit - '0');
    }
    return value > 65535 ? null : of(value);
  }

  /// The number, 0 to 65535.
  public int value() {
    return value;
  }

  /// Whether records of this type can be zone data: no pseudo record and no query type (RFC 6895
  /// §3.1).
  @Rfc(number = 6895, section = "3.1")
  public boolean isData() {
    return value != 0 && value != 41 && (value < 128 || value > 255);
  }

  @Override
  public int compareTo(RRType other) {
    return Integer.compare(value, other.value);
  }

  /// The mnemonic, or `TYPEn`.
  @Override
  public String toString() {
    return mnemonic;
  }
}
