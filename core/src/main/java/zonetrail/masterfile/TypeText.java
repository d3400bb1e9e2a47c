package zonetrail.masterfile;

import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.TypeBitmap;

/// Record types in rdata: one, or a bitmap of many, by their mnemonics or as `TYPEn`.
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
              + " is not a record type; one without a name here is written TYPE followed by its"
              + " number (RFC 3597 §5)");
    }
    return type;
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

  static void print(byte[] octets, int at, StringBuilder text) {
    text.append(RRType.of((octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff)));
  }
}
