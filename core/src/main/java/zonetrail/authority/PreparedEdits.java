package zonetrail.authority;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.EditDraft.Drafted;
import zonetrail.tsig.KeyRing;
import zonetrail.wire.WireName;

/// What edits of a large zone come to, worked out before they are committed, and what of the base
/// that rests on: commits of other zones may be made in between.
public final class PreparedEdits {
  private final Drafted drafted;
  private final String version;
  private final KeyRing keys;
  private final Map<WireName, @Nullable ZoneState> states = new HashMap<>();

  /// Whether no other file is concerned than that of a zone each; of one that zones include it
  /// matters, too, who includes it.
  private final boolean isOfZoneFiles;

  PreparedEdits(ZoneFiles base, List<ZoneEdit> edits, Drafted drafted) {
    this.drafted = drafted;
    this.version = base.version();
    this.keys = base.keys();
    for (ZoneEdit edit : edits) {
      if (edit instanceof ZoneEdit.Requested requested) {
        WireName apex = requested.request().zoneName();
        states.put(apex, base.state(apex));
      }
    }
    this.isOfZoneFiles =
        edits.stream().allMatch(ZoneEdit.Requested.class::isInstance)
            && states.values().stream().allMatch(PreparedEdits::isOneFile);
  }

  private static boolean isOneFile(@Nullable ZoneState state) {
    return state != null && state.served() != null && state.served().includes().isEmpty();
  }

  /// Whether the same edits would come to the same on these files.
  @SuppressWarnings("ReferenceEquality") // what no commit and no fetch touched is the same object
  boolean fits(ZoneFiles files) {
    if (files.tree() == null) {
      return false;
    }
    return files.version().equals(version)
        || (isOfZoneFiles
            && files.keys() == keys
            && states.entrySet().stream()
                .allMatch(each -> files.state(each.getKey()) == each.getValue()));
  }

  Drafted drafted() {
    return drafted;
  }
}
