package zonetrail.masterfile;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import zonetrail.wire.Rfc;

/// Octets as hexadecimal digits, base64 and base32hex.
///
/// What goes to the line's end may have blanks anywhere; what is one field among others may not.
/// Messages never quote the text, since in a key file it is a secret.
final class EncodedText {
  private static final String BASE32HEX = "0123456789abcdefghijklmnopqrstuv";

  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  /// The value of each octet as a digit, or -1.
  private static final byte[] BASE64_DIGITS = new byte[256];

  static {
    Arrays.fill(BASE64_DIGITS, (byte) -1);
    for (int value = 0; value < BASE64.length(); value++) {
      BASE64_DIGITS[BASE64.charAt(value)] = (byte) value;
    }
  }

  private EncodedText() {}

  /// Reads hexadecimal digits to the line's end, two of them at least: quotes with nothing between
  /// them are a token, and no octet.
  static void readSomeHex(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    int start = out.end();
    readHex(line, first, out);
    if (out.end() == start) {
      throw new BadEntryException(
          line.offset(first), "bad-hex", "there should be hexadecimal digits between the quotes");
    }
  }

  /// Reads hexadecimal digits to the line's end, maybe none (RFC 4034 §5.3).
  static void readHex(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    readHex(line, first, line.count(), out);
  }

  /// Reads the hexadecimal digits of one token.
  static void readHexToken(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    readHex(line, token, token + 1, out);
  }

  @Rfc(number = 4648, section = "8")
  private static void readHex(LineScanner line, int first, int endToken, OctetBuffer out)
      throws BadEntryException {
    byte[] text = line.text();
    int high = -1;
    for (int token = first; token < endToken; token++) {
      for (int at = line.start(token); at < line.end(token); at++) {
        int digit = AddressText.hexDigit(text[at]);
        if (digit < 0) {
          throw new BadEntryException(
              at, "bad-hex", "this is no hexadecimal digit; those are 0 to 9 and a to f");
        }
        if (high < 0) {
          high = digit;
        } else {
          out.add(high << 4 | digit);
          high = -1;
        }
      }
    }
    if (high >= 0) {
      throw new BadEntryException(
          line.offset(first), "bad-hex", "an odd number of hexadecimal digits; one is missing");
    }
  }

  static void printHex(byte[] octets, int at, int end, StringBuilder text) {
    text.append(HexFormat.of().formatHex(octets, at, end));
  }

  /// Reads base64 to the line's end (RFC 4034 §2.2).
  static void readBase64(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    readBase64(line, first, line.count(), out);
  }

  /// Reads the base64 text of one token.
  static void readBase64Token(LineScanner line, int token, OctetBuffer out)
      throws BadEntryException {
    readBase64(line, token, token + 1, out);
  }

  @Rfc(number = 4648, section = "4")
  private static void readBase64(LineScanner line, int first, int endToken, OctetBuffer out)
      throws BadEntryException {
    byte[] text = line.text();
    int bits = 0;
    int digits = 0;
    int padding = 0;
    for (int token = first; token < endToken; token++) {
      for (int at = line.start(token); at < line.end(token); at++) {
        if (text[at] == '=') {
          padding++;
          continue;
        }
        int digit = BASE64_DIGITS[text[at] & 0xff];
        if (digit < 0 || padding > 0) {
          throw new BadEntryException(at, "bad-base64", "this does not belong into base64 text");
        }
        bits = bits << 6 | digit;
        if (++digits % 4 == 0) {
          out.add(bits >>> 16);
          out.add16(bits);
        }
      }
    }
    int rest = digits % 4;
    if (rest == 1 || padding != (4 - rest) % 4 || digits == 0) {
      throw new BadEntryException(
          line.offset(first),
          "bad-base64",
          "the base64 text is cut or wrongly padded: digits and '=' come in groups of four");
    }
    if (rest == 2) {
      out.add(bits >>> 4);
    } else if (rest == 3) {
      out.add16(bits >>> 2);
    }
  }

  static void printBase64(byte[] octets, int at, int end, StringBuilder text) {
    text.append(Base64.getEncoder().encodeToString(Arrays.copyOfRange(octets, at, end)));
  }

  /// Reads the base32hex text of one token, which has no padding (RFC 5155 §3.3).
  @Rfc(number = 4648, section = "7")
  static void readBase32Hex(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    byte[] text = line.text();
    int bits = 0;
    int held = 0;
    for (int at = line.start(token); at < line.end(token); at++) {
      int digit = base32HexDigit(text[at]);
      if (digit < 0) {
        throw new BadEntryException(
            at, "bad-base32", "this is no base32hex digit; those are 0 to 9 and a to v, unpadded");
      }
      bits = bits << 5 | digit;
      held += 5;
      if (held >= 8) {
        held -= 8;
        out.add(bits >>> held);
      }
    }
    boolean isCut = held >= 5 || (bits & (1 << held) - 1) != 0;
    if (isCut) {
      throw new BadEntryException(
          line.offset(token),
          "bad-base32",
          "the base32hex text is cut: its last octet is not whole");
    }
  }

  private static int base32HexDigit(byte octet) {
    if (octet >= '0' && octet <= '9') {
      return octet - '0';
    }
    int letter = octet | 0x20;
    return letter >= 'a' && letter <= 'v' ? letter - 'a' + 10 : -1;
  }

  static void printBase32Hex(byte[] octets, int at, int end, StringBuilder text) {
    int bits = 0;
    int held = 0;
    for (int i = at; i < end; i++) {
      bits = bits << 8 | (octets[i] & 0xff);
      held += 8;
      while (held >= 5) {
        held -= 5;
        text.append(BASE32HEX.charAt((bits >>> held) & 0x1f));
      }
    }
    if (held > 0) {
      text.append(BASE32HEX.charAt((bits << (5 - held)) & 0x1f));
    }
  }
}
