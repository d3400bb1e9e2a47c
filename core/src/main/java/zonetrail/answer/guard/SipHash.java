package zonetrail.answer.guard;

/// SipHash-2-4: a keyed hash of 64 bits for short messages (Aumasson and Bernstein, 2012), which
/// cookies have to use so that servers of different makers understand each other's (RFC 9018 §6).
///
/// Immutable, safe on any thread. Allocation: none after construction.
final class SipHash {
  /// The octets of a key.
  static final int KEY_OCTETS = 16;

  private static final int WORD_OCTETS = 8;

  private final long key0;
  private final long key1;

  /// @param key [#KEY_OCTETS] octets
  SipHash(byte[] key) {
    if (key.length != KEY_OCTETS) {
      throw new IllegalArgumentException("a key of " + key.length + " octets");
    }
    key0 = littleEndian(key, 0, WORD_OCTETS);
    key1 = littleEndian(key, WORD_OCTETS, WORD_OCTETS);
  }

  /// The hash of the first octets of an array; its octets go on the wire lowest first.
  long of(byte[] message, int length) {
    State state = new State(key0, key1);
    int whole = length - length % WORD_OCTETS;
    for (int at = 0; at < whole; at += WORD_OCTETS) {
      state.absorb(littleEndian(message, at, WORD_OCTETS));
    }
    state.absorb((long) length << 56 | littleEndian(message, whole, length - whole));
    return state.finish();
  }

  private static long littleEndian(byte[] octets, int at, int count) {
    long word = 0;
    for (int i = count - 1; i >= 0; i--) {
      word = word << 8 | (octets[at + i] & 0xff);
    }
    return word;
  }

  private static final class State {
    private static final int ROUNDS_PER_WORD = 2;
    private static final int LAST_ROUNDS = 4;

    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(long key0, long key1) {
      v0 = key0 ^ 0x736f6d6570736575L;
      v1 = key1 ^ 0x646f72616e646f6dL;
      v2 = key0 ^ 0x6c7967656e657261L;
      v3 = key1 ^ 0x7465646279746573L;
    }

    void absorb(long word) {
      v3 ^= word;
      rounds(ROUNDS_PER_WORD);
      v0 ^= word;
    }

    long finish() {
      v2 ^= 0xff;
      rounds(LAST_ROUNDS);
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void rounds(int count) {
      for (int i = 0; i < count; i++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
    }
  }
}
