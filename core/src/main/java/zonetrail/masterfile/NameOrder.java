package zonetrail.masterfile;

import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// An order in which people sort the names of a zone file: that of RFC 4034 §6.1, or the same with
/// labels of digits as numbers, as reverse zones have it; these come where the digits do, in front
/// of all that begins with a letter or is no such number. Both are total, and in both a name comes
/// right before those below it. One thread; nothing is allocated per comparison, since all names of
/// a zone are sorted.
@Rfc(number = 4034, section = "6.1")
final class NameOrder {
  private static final int MAX_LABELS = WireName.MAX_OCTETS / 2 + 1;
  private static final int MAX_DIGITS = 10;

  private final boolean byNumber;
  private final int[] starts = new int[MAX_LABELS];
  private final int[] otherStarts = new int[MAX_LABELS];

  NameOrder(boolean byNumber) {
    this.byNumber = byNumber;
  }

  /// Whether labels of digits are numbers.
  boolean isByNumber() {
    return byNumber;
  }

  /// Negative if a name comes before another one, 0 if it is the same.
  int compare(WireName name, WireName other) {
    int labels = labels(name, starts);
    int otherLabels = labels(other, otherStarts);
    for (int i = 1; i <= Math.min(labels, otherLabels); i++) {
      int order = compareLabels(name, starts[labels - i], other, otherStarts[otherLabels - i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(labels, otherLabels);
  }

  private static int labels(WireName name, int[] starts) {
    int count = 0;
    for (int at = 0; name.octetAt(at) != 0; at += 1 + name.octetAt(at)) {
      starts[count++] = at;
    }
    return count;
  }

  private int compareLabels(WireName name, int start, WireName other, int otherStart) {
    int byOctets = compareOctets(name, start, other, otherStart);
    if (byNumber && byOctets != 0) {
      long number = number(name, start);
      long otherNumber = number(other, otherStart);
      if (number >= 0 && otherNumber >= 0 && number != otherNumber) {
        return Long.compare(number, otherNumber);
      }
      if (number >= 0 != otherNumber >= 0) {
        int first = number >= 0 ? other.octetAt(otherStart + 1) : name.octetAt(start + 1);
        boolean isNumberFirst = first >= '0';
        return number >= 0 == isNumberFirst ? -1 : 1;
      }
    }
    return byOctets;
  }

  private static int compareOctets(WireName name, int start, WireName other, int otherStart) {
    int octets = name.octetAt(start);
    int otherOctets = other.octetAt(otherStart);
    for (int i = 1; i <= Math.min(octets, otherOctets); i++) {
      int order = lower(name.octetAt(start + i)) - lower(other.octetAt(otherStart + i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(octets, otherOctets);
  }

  private static int lower(int octet) {
    return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
  }

  /// The number that a label is, or -1.
  private static long number(WireName name, int start) {
    int octets = name.octetAt(start);
    if (octets > MAX_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = 1; i <= octets; i++) {
      int digit = name.octetAt(start + i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
