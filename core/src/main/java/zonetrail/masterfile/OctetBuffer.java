package zonetrail.masterfile;

import java.util.Arrays;

/// A growing run of octets.
final class OctetBuffer {
  private byte[] octets;
  private int end;

  OctetBuffer(int capacity) {
    octets = new byte[Math.max(64, capacity)];
  }

  int end() {
    return end;
  }

  byte[] array() {
    return octets;
  }

  /// Drops everything from an offset on.
  void truncate(int newEnd) {
    end = newEnd;
  }

  void add(int octet) {
    if (end == octets.length) {
      reserve(1);
    }
    octets[end++] = (byte) octet;
  }

  void add(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, octets, end, length);
    end += length;
  }

  void add16(int value) {
    add(value >>> 8);
    add(value);
  }

  void add32(int value) {
    add16(value >>> 16);
    add16(value);
  }

  void add64(long value) {
    add32((int) (value >>> 32));
    add32((int) value);
  }

  /// The last four octets as a number.
  int last32() {
    return octets[end - 4] << 24
        | (octets[end - 3] & 0xff) << 16
        | (octets[end - 2] & 0xff) << 8
        | (octets[end - 1] & 0xff);
  }

  void set(int offset, int octet) {
    octets[offset] = (byte) octet;
  }

  /// Makes room; the octets may move to another [#array()].
  void reserve(int more) {
    if (octets.length - end < more) {
      long doubled = Math.min(Integer.MAX_VALUE - 16L, octets.length * 2L);
      octets = Arrays.copyOf(octets, (int) Math.max(doubled, (long) end + more));
    }
  }
}
