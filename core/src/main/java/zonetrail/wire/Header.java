package zonetrail.wire;

/// The twelve octets in front of every message: where each part lies, and the bits of the flags.
@Rfc(number = 1035, section = "4.1.1")
public final class Header {
  /// How many octets a header has.
  public static final int OCTETS = 12;

  /// Where the identifier lies.
  public static final int ID = 0;

  /// Where the flags lie.
  public static final int FLAGS = 2;

  /// Where the number of questions lies (ZOCOUNT in an UPDATE).
  public static final int QDCOUNT = 4;

  /// Where the number of answer records lies (PRCOUNT in an UPDATE).
  public static final int ANCOUNT = 6;

  /// Where the number of authority records lies (UPCOUNT in an UPDATE).
  public static final int NSCOUNT = 8;

  /// Where the number of additional records lies.
  public static final int ARCOUNT = 10;

  /// The message is a response.
  public static final int QR = 0x8000;

  /// The answer is authoritative.
  public static final int AA = 0x0400;

  /// The answer was truncated.
  public static final int TC = 0x0200;

  /// Recursion is desired; copied into the response.
  public static final int RD = 0x0100;

  /// Recursion is available; never set by us.
  public static final int RA = 0x0080;

  /// Checking is disabled; copied into the response (RFC 4035 §3.1.6).
  public static final int CD = 0x0010;

  private static final int OPCODE_SHIFT = 11;

  private Header() {}

  /// The opcode in a flags word.
  public static int opcode(int flags) {
    return flags >> OPCODE_SHIFT & 0xf;
  }

  /// The flags word's bits for an opcode.
  public static int withOpcode(int opcode) {
    return opcode << OPCODE_SHIFT;
  }

  /// The response code in a flags word, without what OPT may add.
  public static int rcode(int flags) {
    return flags & 0xf;
  }

  /// Reads two octets as an unsigned number.
  public static int u16(byte[] message, int at) {
    return ((message[at] & 0xff) << 8) | (message[at + 1] & 0xff);
  }

  /// Writes two octets.
  public static void putU16(byte[] message, int at, int value) {
    message[at] = (byte) (value >> 8);
    message[at + 1] = (byte) value;
  }

  /// Reads four octets; an unsigned number, held in an int.
  public static int u32(byte[] message, int at) {
    return u16(message, at) << 16 | u16(message, at + 2);
  }

  /// Writes four octets.
  public static void putU32(byte[] message, int at, int value) {
    putU16(message, at, value >>> 16);
    putU16(message, at + 2, value);
  }
}
