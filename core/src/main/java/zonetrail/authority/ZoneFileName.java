package zonetrail.authority;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.KeyFile;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// What a file's name says about what is in it: file name = zone name, in any case, without a final
/// dot; `/` is written `%2F`, the root zone's file is `@`; a key file is no zone.
final class ZoneFileName {
  private ZoneFileName() {}

  /// The zone a file is named after, or null where its name is no zone's.
  static @Nullable WireName zoneOf(String fileName) {
    if (fileName.equals("@")) {
      return WireName.ROOT;
    }
    if (fileName.endsWith(".") || KeyFile.isKeyFileName(fileName)) {
      return null;
    }
    try {
      return WireName.parse(fileName.replace("%2F", "/").replace("%2f", "/").toLowerCase(Locale.ROOT));
    } catch (BadNameException notAName) {
      return null;
    }
  }
}
