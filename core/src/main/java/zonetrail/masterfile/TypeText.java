package zonetrail.masterfile;

import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.TypeBitmap;

/// Record types, a record's own and those in rdata: one, or a bitmap of many, by their mnemonics or
/// as `TYPEn`.
@Rfc(number = 4034, section = "4.2")
@Rfc(number = 3597, section = "5")
final class TypeText {
  private TypeText() {}

  static RRType read(LineScanner line, int token) throws BadEntryException {
    RRType type = TypeNames.find(line, token);
    if (type == null) {
      throw new BadEntryException(
          line.offset(token),
          "unknown-type",
          line.shown(token)
              + " is not a record type; a type without a name here is written TYPE followed by its"
              + " number (RFC 3597 §5)");
    }
    return type;
  }

  /// Reads the type of a record, which is one that zones hold.
  static RRType readOfRecord(LineScanner line, int token) throws BadEntryException {
    RRType type = read(line, token);
    if (!type.isData()) {
      throw new BadEntryException(
          line.offset(token),
          "not-zone-data",
          type + " is of messages alone, and no zone holds it (RFC 6895 §3.1); remove the record");
    }
    if (type == RRType.MD || type == RRType.MF) {
      throw new BadEntryException(
          line.offset(token),
          "obsolete-type",
          type + " is obsolete; write MX 0 (RFC 1035 §3.3.4), or MX 10 for MF (§3.3.5)");
    }
    return type;
  }

  /// Reads a type that may also be a bare number: BIND's signer writes the type that a signature
  /// covers like that where it has no name for it, against RFC 4034 §3.2.
  static int readOneOrNumber(LineScanner line, int token) throws BadEntryException {
    return NumberText.looksLikeTtl(line, token)
        ? (int) NumberText.number(line, token, 0xffff, "a record type")
        : read(line, token).value();
  }

  /// Reads types to the line's end, in any order.
  static void readBitmap(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    int[] types = new int[Math.max(0, line.count() - first)];
    for (int i = 0; i < types.length; i++) {
      types[i] = read(line, first + i).value();
    }
    byte[] bitmap = TypeBitmap.of(types);
    out.add(bitmap, 0, bitmap.length);
  }

  static void printBitmap(byte[] octets, int at, int end, StringBuilder text) {
    String blank = "";
    for (RRType type : TypeBitmap.types(octets, at, end)) {
      text.append(blank).append(type);
      blank = " ";
    }
  }

  /// Reads the types of an NXT record, all of them below 128.
  @Rfc(number = 2535, section = "5.2")
  static void readNxtBitmap(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    byte[] bitmap = new byte[16];
    int length = 0;
    for (int token = first; token < line.count(); token++) {
      int type = read(line, token).value();
      if (type == 0 || type > 127) {
        throw new BadEntryException(
            line.offset(token),
            "unknown-type",
            line.shown(token)
                + " has no place in an NXT record, which knows types 1 to 127; use NSEC");
      }
      bitmap[type / 8] |= (byte) (0x80 >>> (type % 8));
      length = Math.max(length, type / 8 + 1);
    }
    out.add(bitmap, 0, length);
  }

  static void printNxtBitmap(byte[] octets, int at, int end, StringBuilder text) {
    String blank = "";
    for (int type = 1; type < (end - at) * 8; type++) {
      if ((octets[at + type / 8] & (0x80 >>> (type % 8))) != 0) {
        text.append(blank).append(RRType.of(type));
        blank = " ";
      }
    }
  }

  static void print(byte[] octets, int at, StringBuilder text) {
    text.append(RRType.of((octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff)));
  }
}
