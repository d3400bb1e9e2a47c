package zonetrail.masterfile;

import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// How names are written: whole, with their final dot, or relative to an origin where they lie at
/// or below it.
///
/// @param origin the one in force
record NameForm(boolean isRelative, WireName origin) {
  static final NameForm WHOLE = new NameForm(false, WireName.ROOT);

  static NameForm relativeTo(WireName origin) {
    return new NameForm(true, origin);
  }

  /// Whether a name is written whole: with a final dot that no backslash makes part of the label.
  @Rfc(number = 1035, section = "5.1")
  static boolean isWhole(String text) {
    int dot = text.length() - 1;
    int before = dot;
    while (before > 0 && text.charAt(before - 1) == '\\') {
      before--;
    }
    return text.endsWith(".") && (dot - before) % 2 == 0;
  }

  /// The text of a name, which reads back as that name, letter by letter, where the origin is in
  /// force.
  String text(WireName name) {
    String whole = name.toString();
    return isBelowOrigin(name) && whole.endsWith(origin.toString()) ? relative(whole) : whole;
  }

  /// The text of a name in which the case of letters does not count.
  String ownerText(WireName name) {
    return isBelowOrigin(name) ? relative(name.toString()) : name.toString();
  }

  /// Below the root nothing is gained, and a name without its dot would look like a slip.
  private boolean isBelowOrigin(WireName name) {
    return isRelative && !origin.isRoot() && name.isAtOrBelow(origin);
  }

  private String relative(String whole) {
    int length = whole.length() - origin.toString().length();
    return length == 0 ? "@" : whole.substring(0, length - 1);
  }
}
