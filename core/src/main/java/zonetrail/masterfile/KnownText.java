package zonetrail.masterfile;

import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// The text of a zone file as it was read for an edit, or as an edit left it, with its lines,
/// records and names, so that the next edit of this very text need not read it again.
///
/// Threads: any.
public final class KnownText {
  private final WireName apex;
  private final MasterFile file;
  private @Nullable OwnerRuns runs;

  private KnownText(WireName apex, MasterFile file, @Nullable OwnerRuns runs) {
    this.apex = apex;
    this.file = file;
    this.runs = runs;
  }

  /// A text that was read, if it is such a one that an edit of it need not read all of it.
  static @Nullable KnownText of(WireName apex, MasterFile file) {
    return file.isPlain() ? new KnownText(apex, file, null) : null;
  }

  /// The text after an edit.
  synchronized KnownText after(Rereading.Result edit) {
    OwnerRuns before = runs;
    return new KnownText(
        apex,
        edit.file(),
        before == null ? null : before.after(edit.file().records(), edit.windows()));
  }

  /// What findings call the file.
  public String fileName() {
    return file.files().getFirst().name;
  }

  /// The zone's name.
  public WireName apex() {
    return apex;
  }

  MasterFile file() {
    return file;
  }

  synchronized OwnerRuns runs() {
    OwnerRuns known = runs;
    if (known == null) {
      known = OwnerRuns.of(file.records());
      runs = known;
    }
    return known;
  }

  /// About how much of the heap it takes, in octets.
  public synchronized long heapOctets() {
    OwnerRuns known = runs;
    return file.files().getFirst().heapOctets()
        + file.records().heapOctets()
        + (known == null ? 0 : known.heapOctets());
  }
}
