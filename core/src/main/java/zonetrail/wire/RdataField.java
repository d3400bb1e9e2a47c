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
  /// The flags of a KEY record, two octets; in text a number (or mnemonics when read; RFC 2535
  /// §7.1).
  KEY_FLAGS("flags", 2),
  /// The protocol of a KEY record, one octet; in text a number (or mnemonic when read; RFC 2535
  /// §7.1).
  KEY_PROTOCOL("a protocol", 1),
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
  TYPES_OR_NONE("a record type"),
  /// The bitmap of an NXT record, which knows only the types below 128, maybe of none (RFC 2535
  /// §5.2).
  NXT_TYPES("a record type"),
  /// An unsigned integer of eight octets.
  U64("a number of 64 bits", 8),
  /// One or no character string at the end.
  STRING_OR_NONE("a character string"),
  /// A character string of four or more digits: an X.121 address (RFC 1183 §3.1).
  DIGITS("an address of digits"),
  /// Names to the end, maybe none.
  NAMES("a name"),
  /// Octets to the end, maybe none; in text base64.
  BASE64_OR_NONE("base64 text"),
  /// Octets to the end, maybe none; in text base64 or `-` for none.
  BASE64_OR_DASH("base64 text, or - for none"),
  /// Octets to the end, at least one; in text `0x` and hexadecimal digits, dots allowed (RFC 1706).
  NSAP("an NSAP address like 0x47.0005"),
  /// A format octet and an ATM address; in text `+` and digits (E.164), or hexadecimal digits.
  ATM_ADDRESS("an ATM address"),
  /// The type of a certificate, two octets; in text a number (or mnemonic when read; RFC 4398
  /// §2.1).
  CERTIFICATE_TYPE("a certificate type", 2),
  /// A key fingerprint to the end; the octet in front of it says how many octets (RFC 4255 §3.1).
  FINGERPRINT("a fingerprint in hexadecimal digits"),
  /// The digest of a zone to the end; the octet in front of it says how many (RFC 8976 §2.2).
  ZONE_DIGEST("a digest in hexadecimal digits"),
  /// A scheme of DSYNC, one octet; in text a mnemonic, or a number without one (RFC 9859 §2.2).
  SCHEME("a scheme like NOTIFY", 1),
  /// Six octets; in text `00-00-5e-00-53-2a` (RFC 7043 §3.2).
  EUI48("an address like 00-00-5e-00-53-2a", 6),
  /// Eight octets; in text `00-00-5e-ef-10-00-00-2a` (RFC 7043 §4.2).
  EUI64("an address like 00-00-5e-ef-10-00-00-2a", 8),
  /// Eight octets; in text four groups like `2001:db8:1140:1000` (RFC 6742 §2).
  LOCATOR64("four groups like 2001:db8:1140:1000", 8),
  /// All of a LOC record (RFC 1876 §2).
  LOCATION("a location"),
  /// The address prefixes of an APL record, maybe none, to the end (RFC 3123 §4).
  PREFIXES("an address prefix"),
  /// A protocol, one octet, and the bitmap of its ports, to the end (RFC 1035 §3.4.2).
  SERVICES("a protocol"),
  /// The gateway of an IPSECKEY record; the second octet of the rdata says its type (RFC 4025
  /// §2.5).
  GATEWAY("a gateway"),
  /// The discovery bit and the relay type of an AMTRELAY record (RFC 8777 §4.2).
  RELAY_TYPE("a discovery bit, 0 or 1,", 1),
  /// The relay of an AMTRELAY record; the octet in front of it says its type (RFC 8777 §4.2.4).
  RELAY("a relay"),
  /// Algorithm, host identity tag and public key of a HIP record, and the lengths of the latter two
  /// (RFC 8005 §5).
  HOST_IDENTITY("a public key algorithm"),
  /// Prefix length and address suffix of an A6 record (RFC 2874 §3.1).
  A6_SUFFIX("a prefix length"),
  /// The prefix name of an A6 record, which is there unless the prefix length is 0 (RFC 2874 §3.1).
  A6_PREFIX_NAME("a prefix name"),
  /// The parameters of a service binding, maybe none, to the end (RFC 9460 §2.2).
  SERVICE_PARAMETERS("a service parameter");

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
    return switch (this) {
      case TYPES_OR_NONE,
          NXT_TYPES,
          STRING_OR_NONE,
          NAMES,
          BASE64_OR_NONE,
          PREFIXES,
          A6_PREFIX_NAME,
          SERVICE_PARAMETERS ->
          true;
      default -> false;
    };
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
      case NAMES -> endOfNames(rdata, at);
      case STRING, SALT -> endOfString(rdata, at);
      case STRING_OR_NONE -> at == rdata.length ? at : endOfString(rdata, at);
      case STRINGS -> endOfStrings(rdata, at);
      case DIGITS -> endOfDigits(rdata, at);
      case HEX, BASE64, NSAP -> at < rdata.length ? rdata.length : -1;
      case TEXT, BASE64_OR_NONE, BASE64_OR_DASH -> rdata.length;
      case TAG -> endOfTag(rdata, at);
      case DIGEST, FINGERPRINT, ZONE_DIGEST -> DigestLengths.endOf(this, rdata, at);
      case HASHED_NAME -> endOfHashedName(rdata, at);
      case TYPES -> at < rdata.length ? TypeBitmap.endOf(rdata, at) : -1;
      case TYPES_OR_NONE -> TypeBitmap.endOf(rdata, at);
      case NXT_TYPES -> endOfNxtTypes(rdata, at);
      case ATM_ADDRESS -> rdata.length - at >= 2 ? rdata.length : -1;
      case LOCATION -> LocationRdata.endOf(rdata, at);
      case PREFIXES -> PrefixesRdata.endOf(rdata, at);
      case SERVICES -> at < rdata.length && rdata.length - at <= 8193 ? rdata.length : -1;
      case GATEWAY -> GatewayRdata.endOf(rdata, at, rdata[1] & 0xff);
      case RELAY -> GatewayRdata.endOfRelay(rdata, at);
      case HOST_IDENTITY -> endOfHostIdentity(rdata, at);
      case A6_SUFFIX -> endOfA6Suffix(rdata, at);
      case A6_PREFIX_NAME -> rdata[0] == 0 ? at : WireName.endOf(rdata, at, rdata.length);
      case SERVICE_PARAMETERS -> ServiceParameters.endOf(rdata, at);
      case U8,
          U16,
          U32,
          U64,
          SECONDS,
          IPV4,
          IPV6,
          ALGORITHM,
          KEY_FLAGS,
          KEY_PROTOCOL,
          TYPE,
          TIMESTAMP,
          CERTIFICATE_TYPE,
          SCHEME,
          EUI48,
          EUI64,
          LOCATOR64,
          RELAY_TYPE ->
          -1;
    };
  }

  /// Whether the octets of a valid field are a name, all of them.
  public boolean isName(byte[] rdata, int at) {
    return switch (this) {
      case NAME -> true;
      case A6_PREFIX_NAME -> rdata[0] != 0;
      case GATEWAY -> (rdata[1] & 0xff) == GatewayRdata.NAME;
      case RELAY -> (rdata[at - 1] & 0x7f) == GatewayRdata.NAME;
      default -> false;
    };
  }

  /// Whether a valid field can be written in its own form. Where a rule leaves room for later forms
  /// it cannot; then all of the rdata is written as RFC 3597 §5 has it.
  public boolean hasText(byte[] rdata, int at) {
    return switch (this) {
      case ATM_ADDRESS ->
          rdata[at] == 0 || (rdata[at] == 1 && areDigits(rdata, at + 1, rdata.length));
      case LOCATION -> rdata[at] == 0;
      case PREFIXES -> PrefixesRdata.haveText(rdata, at);
      case SERVICES -> rdata.length == at + 1 || rdata[rdata.length - 1] != 0;
      case RELAY -> (rdata[at - 1] & 0x7f) <= GatewayRdata.NAME;
      default -> true;
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

  private static int endOfNames(byte[] rdata, int at) {
    int end = at;
    while (end >= 0 && end < rdata.length) {
      end = WireName.endOf(rdata, end, rdata.length);
    }
    return end;
  }

  @Rfc(number = 1183, section = "3.1")
  private static int endOfDigits(byte[] rdata, int at) {
    int end = endOfString(rdata, at);
    return end >= at + 5 && areDigits(rdata, at + 1, end) ? end : -1;
  }

  private static boolean areDigits(byte[] rdata, int at, int end) {
    for (int i = at; i < end; i++) {
      if (rdata[i] < '0' || rdata[i] > '9') {
        return false;
      }
    }
    return true;
  }

  private static int endOfNxtTypes(byte[] rdata, int at) {
    int octets = rdata.length - at;
    if (octets == 0) {
      return at;
    }
    boolean isBitmap = octets <= 16 && rdata[at] >= 0 && rdata[rdata.length - 1] != 0;
    return isBitmap ? rdata.length : -1;
  }

  @Rfc(number = 8005, section = "5")
  private static int endOfHostIdentity(byte[] rdata, int at) {
    if (rdata.length - at < 4) {
      return -1;
    }
    int tagOctets = rdata[at] & 0xff;
    int keyOctets = (rdata[at + 2] & 0xff) << 8 | (rdata[at + 3] & 0xff);
    return tagOctets == 0 || keyOctets == 0 ? -1 : fixed(rdata, at + 4, tagOctets + keyOctets);
  }

  @Rfc(number = 2874, section = "3.1")
  private static int endOfA6Suffix(byte[] rdata, int at) {
    if (at >= rdata.length || (rdata[at] & 0xff) > 128) {
      return -1;
    }
    int prefixBits = rdata[at] & 0xff;
    int end = fixed(rdata, at + 1, (128 - prefixBits + 7) / 8);
    boolean isPadded = end > at + 1 && (rdata[at + 1] & 0xff) >>> (8 - prefixBits % 8) != 0;
    return isPadded ? -1 : end;
  }
}
