package zonetrail.masterfile;

import java.util.Locale;
import java.util.Optional;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// How zones name their files: file name = zone name, in any case, without a final dot; `/` is
/// written `%2F`, and the root zone's file is `@`.
public final class ZoneFileName {
  private ZoneFileName() {}

  /// The zone that a file of this name, its folder aside, is named after; empty where the name is
  /// no zone's.
  public static Optional<WireName> zoneOf(String fileName) {
    if (fileName.equals("@")) {
      return Optional.of(WireName.ROOT);
    }
    if (fileName.endsWith(".")) {
      return Optional.empty();
    }
    try {
      String name = fileName.replace("%2F", "/").replace("%2f", "/").toLowerCase(Locale.ROOT);
      return Optional.of(WireName.parse(name));
    } catch (BadNameException notAName) {
      return Optional.empty();
    }
  }
}
