package zonetrail.server.folder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import zonetrail.authority.Layout;
import zonetrail.tsig.KeyFile;
import zonetrail.wire.WireName;

/// Which files concern a zone, by their names alone.
final class FileSubjects {
  private final Map<WireName, List<String>> zoneFiles = new HashMap<>();
  private final Map<String, WireName> keyFiles = new HashMap<>();

  /// Reads the names of files.
  FileSubjects(Layout layout, Set<String> names) {
    for (String name : names) {
      if (KeyFile.isKeyFileName(name)) {
        KeyFile.zoneOf(name).ifPresent(zone -> keyFiles.put(name, zone));
      } else {
        layout
            .zoneOf(name)
            .ifPresent(apex -> zoneFiles.computeIfAbsent(apex, _ -> new ArrayList<>(1)).add(name));
      }
    }
  }

  /// Whether each of these names is one that a file is named after.
  boolean haveFilesOf(Set<WireName> zones) {
    return zoneFiles.keySet().containsAll(zones);
  }

  /// The files named after zones.
  Set<String> zoneFilesOf(Set<WireName> zones) {
    Set<String> names = new HashSet<>();
    for (WireName zone : zones) {
      names.addAll(zoneFiles.getOrDefault(zone, List.of()));
    }
    return names;
  }

  /// The key files of zones, of those above them and of the names below them.
  Set<String> keyFilesOf(Set<WireName> zones) {
    Set<String> names = new HashSet<>();
    keyFiles.forEach((name, of) -> {
      if (zones.stream().anyMatch(zone -> zone.isAtOrBelow(of) || of.isAtOrBelow(zone))) {
        names.add(name);
      }
    });
    return names;
  }
}
