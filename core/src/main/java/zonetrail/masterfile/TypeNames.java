package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;

/// Finds record types by their mnemonics in octets, without making a string of the common ones.
final class TypeNames {
  private static final int SLOTS = 512;
  private static final long[] KEYS = new long[SLOTS];
  private static final @Nullable RRType[] TYPES = new RRType[SLOTS];

  static {
    for (int value = 1; value < 300; value++) {
      RRType type = RRType.of(value);
      byte[] mnemonic = type.toString().getBytes(StandardCharsets.US_ASCII);
      if (mnemonic.length <= 8 && !type.toString().startsWith("TYPE")) {
        put(keyOf(mnemonic, 0, mnemonic.length), type);
      }
    }
  }

  private TypeNames() {}

  private static void put(long key, RRType type) {
    int slot = slotOf(key);
    while (KEYS[slot] != 0) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    KEYS[slot] = key;
    TYPES[slot] = type;
  }

  /// The type that a token names, or null.
  static @Nullable RRType find(LineScanner line, int token) {
    int start = line.start(token);
    int length = line.end(token) - start;
    if (line.isQuoted(token) || length == 0 || length > 16) {
      return null;
    }
    if (length <= 8) {
      long key = keyOf(line.text(), start, length);
      for (int slot = slotOf(key); KEYS[slot] != 0; slot = (slot + 1) & (SLOTS - 1)) {
        if (KEYS[slot] == key) {
          return TYPES[slot];
        }
      }
    }
    return RRType.parse(new String(line.text(), start, length, StandardCharsets.ISO_8859_1));
  }

  private static long keyOf(byte[] text, int start, int length) {
    long key = 0;
    for (int i = 0; i < length; i++) {
      int octet = text[start + i] & 0xff;
      key = (key << 8) | (octet >= 'a' && octet <= 'z' ? octet - 0x20 : octet);
    }
    return key;
  }

  private static int slotOf(long key) {
    return (int) ((key * 0x9e3779b97f4a7c15L) >>> 55);
  }
}
