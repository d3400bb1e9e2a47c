package zonetrail.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An absolute domain name in its wire form: length-prefixed labels, ended by the root's zero
/// octet.
///
/// Two names are equal when they differ only in the case of ASCII letters (RFC 4343 §3); the case a
/// name was made with is kept and printed. The natural order is the canonical one of RFC 4034 §6.1,
/// so an ancestor sorts right before its descendants.
///
/// Bounds: 255 octets in all, 63 in a label (RFC 1035 §2.3.4). Immutable, safe on any thread.
@Rfc(number = 1035, section = "3.1")
public final class WireName implements Comparable<WireName> {
  /// The most octets a name has, its final zero included.
  public static final int MAX_OCTETS = 255;

  /// The most octets a label has, its length octet not included.
  public static final int MAX_LABEL_OCTETS = 63;

  /// The root.
  public static final WireName ROOT = new WireName(new byte[] {0});

  private final byte[] octets;

  /// Made when it is first asked for; 0 until then, and where it is 0.
  private int hash;

  private WireName(byte[] octets) {
    this.octets = octets;
  }

  /// Reads presentation form: labels separated by dots, `\.` and `\DDD` escapes, final dot
  /// optional.
  ///
  /// @param text for example `www.example.com`, or `.` for the root
  /// @throws BadNameException if the text is not a name
  @Rfc(number = 1035, section = "5.1")
  public static WireName parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static WireName parse(byte[] text) {
    if (text.length == 1 && text[0] == '.') {
      return ROOT;
    }
    if (text.length == 0) {
      throw new BadNameException("the name is empty");
    }
    Builder name = new Builder();
    for (int at = 0; at < text.length; at++) {
      int octet = text[at] & 0xff;
      if (octet == '.') {
        name.endLabel();
      } else if (octet != '\\') {
        name.add(octet);
      } else if (at + 1 < text.length && !isDigit(text[at + 1])) {
        name.add(text[++at] & 0xff);
      } else {
        name.add(decimalEscape(text, at));
        at += 3;
      }
    }
    return name.build();
  }

  private static int decimalEscape(byte[] text, int backslash) {
    if (backslash + 3 >= text.length
        || !isDigit(text[backslash + 1])
        || !isDigit(text[backslash + 2])
        || !isDigit(text[backslash + 3])) {
      throw new BadNameException("'\\' must be followed by three digits or another character");
    }
    int value =
        (text[backslash + 1] - '0') * 100
            + (text[backslash + 2] - '0') * 10
            + (text[backslash + 3] - '0');
    if (value > 255) {
      throw new BadNameException("escape \\" + value + " is more than 255");
    }
    return value;
  }

  private static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }

  /// Reads an uncompressed name out of wire octets, for example out of stored rdata.
  ///
  /// @param source where the name lies
  /// @param offset its first octet
  /// @throws BadNameException if no complete uncompressed name begins there
  public static WireName fromWire(byte[] source, int offset) {
    int end = endOf(source, offset, source.length);
    if (end < 0) {
      throw new BadNameException("no complete name at octet " + offset);
    }
    return end - offset == 1 ? ROOT : new WireName(Arrays.copyOfRange(source, offset, end));
  }

  /// Labels that were checked before, in front of a name.
  ///
  /// @param source where the labels lie
  /// @param offset the first of them
  /// @param count how many octets they have
  public static WireName join(byte[] source, int offset, int count, WireName suffix) {
    byte[] joined = new byte[count + suffix.octets.length];
    System.arraycopy(source, offset, joined, 0, count);
    System.arraycopy(suffix.octets, 0, joined, count, suffix.octets.length);
    return checked(joined);
  }

  /// The octet after the uncompressed name that begins at `offset`, or -1 where there is none
  /// before `limit`.
  public static int endOf(byte[] source, int offset, int limit) {
    int at = offset;
    while (at < limit) {
      int length = source[at] & 0xff;
      if (length > MAX_LABEL_OCTETS) {
        return -1;
      }
      at += 1 + length;
      if (at - offset > MAX_OCTETS) {
        return -1;
      }
      if (length == 0) {
        return at;
      }
    }
    return -1;
  }

  /// How many octets the wire form has, its final zero included.
  public int length() {
    return octets.length;
  }

  /// The octet at an index of the wire form, 0 to 255.
  public int octetAt(int index) {
    return octets[index] & 0xff;
  }

  /// Copies the wire form.
  ///
  /// @return the offset after the copy
  public int copyTo(byte[] target, int offset) {
    System.arraycopy(octets, 0, target, offset, octets.length);
    return offset + octets.length;
  }

  /// A copy of the wire form.
  public byte[] toWire() {
    return octets.clone();
  }

  /// A copy of the wire form with ASCII letters in lower case (RFC 4034 §6.2).
  @Rfc(number = 4034, section = "6.2")
  public byte[] toCanonicalWire() {
    byte[] canonical = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      canonical[i] = lower(octets[i]);
    }
    return canonical;
  }

  /// Whether this is the root.
  public boolean isRoot() {
    return octets.length == 1;
  }

  /// Whether the leftmost label is `*` (RFC 4592 §2.1.1).
  @Rfc(number = 4592, section = "2.1.1")
  public boolean isWildcard() {
    return octets.length > 2 && octets[0] == 1 && octets[1] == '*';
  }

  /// How many labels it has, the root's not counted: 0 for the root.
  public int labelCount() {
    int labels = 0;
    for (int at = 0; octets[at] != 0; at += 1 + octets[at]) {
      labels++;
    }
    return labels;
  }

  /// The name without its leftmost label.
  ///
  /// @throws IllegalStateException for the root, which has no parent
  public WireName parent() {
    if (isRoot()) {
      throw new IllegalStateException("the root has no parent");
    }
    return from(1 + octets[0]);
  }

  private WireName from(int start) {
    return octets.length - start == 1
        ? ROOT
        : new WireName(Arrays.copyOfRange(octets, start, octets.length));
  }

  /// The ancestor (or the name itself) that has this many labels.
  ///
  /// @param labels 0 to [#labelCount()]
  public WireName ancestor(int labels) {
    int drop = labelCount() - labels;
    if (drop < 0) {
      throw new IllegalArgumentException(this + " has fewer than " + labels + " labels");
    }
    // Not by way of the names between, each of which would be copied and hashed.
    int start = startOf(drop);
    return start == 0 ? this : from(start);
  }

  /// Whether this name is `ancestor` or below it.
  public boolean isAtOrBelow(WireName ancestor) {
    int start = octets.length - ancestor.octets.length;
    if (start < 0 || !endsLike(start, ancestor)) {
      return false;
    }
    int at = 0;
    while (at < start) {
      at += 1 + octets[at];
    }
    return at == start;
  }

  private boolean endsLike(int start, WireName other) {
    return Arrays.equals(octets, start, octets.length, other.octets, 0, other.octets.length)
        || regionEquals(octets, start, other.octets, 0, other.octets.length);
  }

  /// Whether this name is below `ancestor` and not equal to it.
  public boolean isBelow(WireName ancestor) {
    return octets.length > ancestor.octets.length && isAtOrBelow(ancestor);
  }

  /// The name with one more label on the left.
  ///
  /// @throws BadNameException if the label or the result is too long
  public WireName child(byte[] label) {
    if (label.length == 0 || label.length > MAX_LABEL_OCTETS) {
      throw new BadNameException("a label has 1 to 63 octets, not " + label.length);
    }
    byte[] joined = new byte[1 + label.length + octets.length];
    joined[0] = (byte) label.length;
    System.arraycopy(label, 0, joined, 1, label.length);
    System.arraycopy(octets, 0, joined, 1 + label.length, octets.length);
    return checked(joined);
  }

  /// `*` below this name, the source of synthesis of a closest encloser (RFC 4592 §3.3.1).
  ///
  /// @throws BadNameException if the result is too long
  @Rfc(number = 4592, section = "3.3.1")
  public WireName wildcardChild() {
    return child(new byte[] {'*'});
  }

  /// This name's labels followed by those of `suffix`; this name is taken as relative.
  ///
  /// @throws BadNameException if the result is too long
  public WireName append(WireName suffix) {
    byte[] joined = Arrays.copyOf(octets, octets.length - 1 + suffix.octets.length);
    System.arraycopy(suffix.octets, 0, joined, octets.length - 1, suffix.octets.length);
    return checked(joined);
  }

  private static WireName checked(byte[] joined) {
    if (joined.length > MAX_OCTETS) {
      throw new BadNameException(
          "the name has " + joined.length + " octets, at most 255 are allowed");
    }
    return new WireName(joined);
  }

  /// Equal but for the case of ASCII letters (RFC 4343 §3).
  @Override
  @Rfc(number = 4343, section = "3")
  public boolean equals(Object other) {
    return this == other
        || (other instanceof WireName that
            && octets.length == that.octets.length
            && regionEquals(octets, 0, that.octets, 0, octets.length));
  }

  @Override
  public int hashCode() {
    int made = hash; // read once: another thread may be making it too
    if (made == 0) {
      made = hashOf(octets, 0, octets.length);
      hash = made;
    }
    return made;
  }

  /// The hash that a [NameKey] of this name has at its depth.
  public int keyHash() {
    return NameHash.of(octets, 0);
  }

  /// Whether the first octets of the name equal, but for case, as many octets elsewhere.
  public boolean startsLike(int count, byte[] other, int at) {
    return regionEquals(octets, 0, other, at, count);
  }

  /// Whether the name from one of its labels on has the octets that stand elsewhere, in their case.
  public boolean endsWith(int label, byte[] other, int at) {
    int count = octets.length - label;
    return Arrays.equals(octets, label, octets.length, other, at, at + count);
  }

  /// Whether the name is, but for case, the rest of a key.
  boolean matches(NameKey key, int from) {
    return key.matches(from, octets.length, octets, 0);
  }

  /// Canonical order: by label from the right, each as lower-cased octets (RFC 4034 §6.1).
  @Override
  @Rfc(number = 4034, section = "6.1")
  public int compareTo(WireName other) {
    int mine = labelCount();
    int theirs = other.labelCount();
    int both = Math.min(mine, theirs);
    int order = compareEnds(startOf(mine - both), other, other.startOf(theirs - both));
    return order != 0 ? order : Integer.compare(mine, theirs);
  }

  /// Where the name begins without so many of its leftmost labels.
  private int startOf(int dropped) {
    int at = 0;
    for (int i = 0; i < dropped; i++) {
      at += 1 + octets[at];
    }
    return at;
  }

  /// Compares names of equally many labels, at most 127, the rightmost first.
  private int compareEnds(int at, WireName other, int otherAt) {
    if (octets[at] == 0) {
      return 0;
    }
    int order = compareEnds(at + 1 + octets[at], other, otherAt + 1 + other.octets[otherAt]);
    return order != 0 ? order : compareLabels(at, other, otherAt);
  }

  private int compareLabels(int at, WireName other, int otherAt) {
    int length = octets[at];
    int otherLength = other.octets[otherAt];
    for (int i = 1; i <= Math.min(length, otherLength); i++) {
      int order = Byte.compareUnsigned(lower(octets[at + i]), lower(other.octets[otherAt + i]));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(length, otherLength);
  }

  /// Presentation form with a final dot; anything that is not a plain printable octet is escaped,
  /// so the text is safe in a log and reads back as the same name.
  @Override
  @Rfc(number = 1035, section = "5.1")
  public String toString() {
    if (isRoot()) {
      return ".";
    }
    StringBuilder text = new StringBuilder(octets.length + 8);
    for (int at = 0; octets[at] != 0; at += 1 + octets[at]) {
      for (int i = 1; i <= octets[at]; i++) {
        appendEscaped(text, octets[at + i] & 0xff);
      }
      text.append('.');
    }
    return text.toString();
  }

  /// Presentation form without the final dot (`.` for the root), as zones are named in files and
  /// logs.
  public String toStringNoDot() {
    String text = toString();
    return isRoot() ? text : text.substring(0, text.length() - 1);
  }

  private static void appendEscaped(StringBuilder text, int octet) {
    switch (octet) {
      case '.', '\\', '"', '(', ')', ';', '@', '$' -> text.append('\\').append((char) octet);
      default -> {
        if (octet > ' ' && octet < 0x7f) {
          text.append((char) octet);
        } else {
          text.append('\\')
              .append((char) ('0' + octet / 100))
              .append((char) ('0' + octet / 10 % 10))
              .append((char) ('0' + octet % 10));
        }
      }
    }
  }

  /// The octet with an ASCII capital made small; label lengths (≤ 63) are no capitals, so whole
  /// wire names can be folded octet by octet.
  public static byte lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? (byte) (octet | 0x20) : octet;
  }

  static int hashOf(byte[] source, int offset, int length) {
    int hash = 0x811c9dc5;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ lower(source[offset + i])) * 0x01000193;
    }
    return hash;
  }

  static boolean regionEquals(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
    for (int i = 0; i < length; i++) {
      if (lower(a[aOffset + i]) != lower(b[bOffset + i])) {
        return false;
      }
    }
    return true;
  }

  /// Puts a name together octet by octet; used by everything that reads names from text.
  ///
  /// Not for sharing between threads.
  public static final class Builder {
    private final byte[] octets = new byte[MAX_OCTETS];
    private int labelStart;
    private int end = 1;

    /// Creates an empty builder.
    public Builder() {}

    /// Adds an octet to the current label.
    ///
    /// @throws BadNameException if the label or the name gets too long
    public void add(int octet) {
      if (end - labelStart > MAX_LABEL_OCTETS) {
        throw new BadNameException("a label has more than 63 octets");
      }
      if (end >= MAX_OCTETS - 1) {
        throw new BadNameException("the name has more than 255 octets");
      }
      octets[end++] = (byte) octet;
    }

    /// Ends the current label at a dot.
    ///
    /// @throws BadNameException if the label is empty
    public void endLabel() {
      if (end - labelStart == 1) {
        throw new BadNameException("a label is empty (two dots, or a dot in front)");
      }
      octets[labelStart] = (byte) (end - labelStart - 1);
      labelStart = end++;
      if (end > MAX_OCTETS) {
        throw new BadNameException("the name has more than 255 octets");
      }
    }

    /// The labels so far as an absolute name; a label that is still open is ended.
    ///
    /// @throws BadNameException if nothing was added
    public WireName build() {
      if (end - labelStart > 1) {
        endLabel();
      }
      if (labelStart == 0) {
        throw new BadNameException("the name is empty");
      }
      octets[labelStart] = 0;
      return new WireName(Arrays.copyOf(octets, labelStart + 1));
    }

    /// Forgets everything added, for use with the next name.
    public void reset() {
      labelStart = 0;
      end = 1;
    }
  }
}
