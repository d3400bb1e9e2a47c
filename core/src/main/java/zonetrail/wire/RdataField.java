package zonetrail.wire;

/// One field of rdata: which octets it takes on the wire, and what a person calls it.
///
/// How it is written in master files is told by `zonetrail.masterfile.RdataText`.
public enum RdataField {
  /// A domain name.
  NAME("a name"),
  /// An unsigned integer of one octet.
  U8("a number of 8 bits", 1),
  /// An unsigned integer of two octets.
  U16("a number of 16 bits", 2),
  /// An unsigned integer of four octets.
  U32("a number of 32 bits", 4),
  /// A number of seconds, four octets; in text with or without units.
  SECONDS("a time", 4),
  /// An IPv4 address.
  IPV4("an IPv4 address", 4),
  /// An IPv6 address.
  IPV6("an IPv6 address", 16),
  /// One character string: a length octet and up to 255 octets.
  STRING("a character string"),
  /// One or more character strings, to the end.
  STRINGS("a character string"),
  /// Octets to the end, at least one; in text hexadecimal, spaces allowed.
  HEX("hexadecimal digits"),
  /// Octets to the end, at least one; in text base64, spaces allowed.
  BASE64("base64 text"),
  /// A length octet and 1 to 255 letters and digits: the tag of a CAA record (RFC 8659 §4.1).
  TAG("a tag"),
  /// Octets to the end, maybe none; in text one quoted string of any length (RFC 8659 §4.1.1).
  TEXT("a quoted text"),
  /// A DNSSEC algorithm, one octet; in text a number (or mnemonic when read).
  ALGORITHM("an algorithm", 1),
  /// The digest of a DS record, to the end; the octet in front of it says how many (RFC 4034 §5.1).
  DIGEST("a digest in hexadecimal digits"),
  /// A record type, two octets; in text its mnemonic or `TYPEn`.
  TYPE("a record type", 2),
  /// Seconds since 1970, four octets that wrap around; in text `20260401120000` (RFC 4034 §3.2).
  TIMESTAMP("a time like 20260401120000", 4),
  /// A length octet and up to 255 octets; in text hexadecimal, or `-` for none (RFC 5155 §3.3).
  SALT("a salt"),
  /// A length octet and 1 to 255 octets; in text base32hex without padding (RFC 5155 §3.3).
  HASHED_NAME("a hashed name"),
  /// A bitmap of one or more record types, to the end (RFC 4034 §4.1.2).
  TYPES("a record type"),
  /// A bitmap of record types, maybe of none, to the end (RFC 5155 §3.2.1).
  TYPES_OR_NONE("a record type");

  private static final int VARIABLE = -1;

  private final String noun;
  private final int octets;

  RdataField(String noun) {
    this(noun, VARIABLE);
  }

  RdataField(String noun, int octets) {
    this.noun = noun;
    this.octets = octets;
  }

  /// What a person calls it, with its article.
  public String noun() {
    return noun;
  }

  /// Whether nothing need be written for it, as it may have no octets and then no text either.
  public boolean isOptional() {
    return this == TYPES_OR_NONE;
  }

  /// The octet after a field that begins at `at`, or -1 if the octets there are no such field.
  ///
  /// @param rdata all the rdata, as some fields depend on what stands in front of them
  public int endOf(byte[] rdata, int at) {
    if (octets != VARIABLE) {
      return fixed(rdata, at, octets);
    }
    return switch (this) {
      case NAME -> WireName.endOf(rdata, at, rdata.length);
      case STRING, SALT -> endOfString(rdata, at);
      case STRINGS -> endOfStrings(rdata, at);
      case HEX, BASE64 -> at < rdata.length ? rdata.length : -1;
      case TEXT -> rdata.length;
      case TAG -> endOfTag(rdata, at);
      case DIGEST -> endOfDigest(rdata, at);
      case HASHED_NAME -> endOfHashedName(rdata, at);
      case TYPES -> at < rdata.length ? TypeBitmap.endOf(rdata, at) : -1;
      case TYPES_OR_NONE -> TypeBitmap.endOf(rdata, at);
      case U8, U16, U32, SECONDS, IPV4, IPV6, ALGORITHM, TYPE, TIMESTAMP -> -1;
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
      if (!isTagOctet(rdata[i])) {
        return -1;
      }
    }
    return end;
  }

  /// Whether an octet may stand in a tag: an ASCII letter or digit.
  @Rfc(number = 8659, section = "4.1")
  public static boolean isTagOctet(byte octet) {
    int letter = octet | 0x20;
    return (octet >= '0' && octet <= '9') || (letter >= 'a' && letter <= 'z');
  }

  private static int endOfHashedName(byte[] rdata, int at) {
    int end = endOfString(rdata, at);
    return end > at + 1 ? end : -1;
  }

  private static int endOfDigest(byte[] rdata, int at) {
    int octets = rdata.length - at;
    if (octets < 1) {
      return -1;
    }
    int expected = digestOctets(rdata[at - 1] & 0xff);
    return expected == 0 || expected == octets ? rdata.length : -1;
  }

  /// How many octets a digest of a DS record has, or 0 where its type is unknown to us.
  ///
  /// @param digestType from the IANA registry "DNSSEC Delegation Signer (DS) Resource Record (RR)
  ///   Type Digest Algorithms"
  @Rfc(number = 4034, section = "5.1.4")
  @Rfc(number = 4509, section = "2.2")
  public static int digestOctets(int digestType) {
    return switch (digestType) {
      case 1 -> 20; // SHA-1
      case 2, 3, 5, 6 -> 32; // SHA-256, two of GOST, SM3
      case 4 -> 48; // SHA-384
      default -> 0;
    };
  }
}
