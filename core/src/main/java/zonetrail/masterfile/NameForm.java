package zonetrail.masterfile;

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

  /// The text of a name, which reads back as that name where the origin is in force.
  String text(WireName name) {
    // Below the root nothing is gained, and a name without its dot would look like a slip.
    if (!isRelative || origin.isRoot() || !name.isAtOrBelow(origin)) {
      return name.toString();
    }
    if (name.length() == origin.length()) {
      return "@";
    }
    String whole = name.toString();
    return whole.substring(0, whole.length() - origin.toString().length() - 1);
  }
}
