package zonetrail.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The bitmap of record types in NSEC, NSEC3 and CSYNC records.
///
/// It goes by windows of 256 types: window number, length 1 to 32, and as many octets of bits, the
/// last of them not zero. Windows rise and those without a type are left out, so that a set of
/// types has exactly one bitmap.
@Rfc(number = 4034, section = "4.1.2")
public final class TypeBitmap {
  private static final int MAX_WINDOW_OCTETS = 32;

  private TypeBitmap() {}

  /// The end of the rdata if a bitmap fills it from `at` on, else -1. No octets are a bitmap, too.
  static int endOf(byte[] rdata, int at) {
    int lastWindow = -1;
    int next = at;
    while (next < rdata.length) {
      if (next + 2 > rdata.length) {
        return -1;
      }
      int window = rdata[next] & 0xff;
      int length = rdata[next + 1] & 0xff;
      next += 2 + length;
      if (window <= lastWindow
          || length == 0
          || length > MAX_WINDOW_OCTETS
          || next > rdata.length
          || rdata[next - 1] == 0) {
        return -1;
      }
      lastWindow = window;
    }
    return next;
  }

  /// The types in a valid bitmap, in rising order.
  ///
  /// @param at the first octet of the bitmap
  /// @param end the octet after it
  public static List<RRType> types(byte[] rdata, int at, int end) {
    List<RRType> types = new ArrayList<>();
    int next = at;
    while (next < end) {
      int window = (rdata[next] & 0xff) << 8;
      int length = rdata[next + 1] & 0xff;
      for (int bit = 0; bit < length * 8; bit++) {
        if ((rdata[next + 2 + bit / 8] & (0x80 >>> (bit % 8))) != 0) {
          types.add(RRType.of(window | bit));
        }
      }
      next += 2 + length;
    }
    return types;
  }

  /// The bitmap of some types.
  ///
  /// @param types type numbers in any order, doubles allowed
  public static byte[] of(int[] types) {
    int[] rising = types.clone();
    Arrays.sort(rising);
    byte[] bitmap = new byte[lengthFor(rising)];
    int window = -1;
    int start = 0;
    int end = 0;
    for (int type : rising) {
      if (type >>> 8 != window) {
        window = type >>> 8;
        start = end;
        bitmap[start] = (byte) window;
      }
      int octet = (type & 0xff) / 8;
      bitmap[start + 2 + octet] |= (byte) (0x80 >>> type % 8);
      bitmap[start + 1] = (byte) (octet + 1);
      end = start + 3 + octet;
    }
    return bitmap;
  }

  private static int lengthFor(int[] rising) {
    int length = 0;
    for (int i = 0; i < rising.length; i++) {
      boolean isLastOfWindow = i + 1 == rising.length || rising[i + 1] >>> 8 != rising[i] >>> 8;
      if (isLastOfWindow) {
        length += 3 + (rising[i] & 0xff) / 8;
      }
    }
    return length;
  }
}
