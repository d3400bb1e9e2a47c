package zonetrail.masterfile;

import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.SectionedText.Grain;
import zonetrail.wire.WireName;

/// The text of a zone file as it was read for an edit, or as an edit left it, with its lines,
/// records and names, so that the next edit of this very text need not read it again. Versions
/// share what an edit did not touch.
///
/// Threads: any.
public final class KnownText {
  private final WireName apex;
  private final SectionedText text;
  private final OwnerRuns runs;

  private KnownText(WireName apex, SectionedText text, OwnerRuns runs) {
    this.apex = apex;
    this.text = text;
    this.runs = runs;
  }

  /// A text that was read, if it is such a one that an edit of it need not read all of it.
  static @Nullable KnownText of(WireName apex, MasterFile file) {
    return of(apex, file, Grain.USUAL);
  }

  static @Nullable KnownText of(WireName apex, MasterFile file, Grain grain) {
    if (!file.isPlain()) {
      return null;
    }
    SectionedText text = SectionedText.of(file, grain);
    return new KnownText(apex, text, OwnerRuns.of(text));
  }

  /// The text after an edit.
  KnownText after(Rereading.Result edit) {
    return new KnownText(
        apex,
        edit.text(),
        edit.moved() == null ? OwnerRuns.of(edit.text()) : runs.after(edit.text(), edit.moved()));
  }

  /// What findings call the file.
  public String fileName() {
    return text.name();
  }

  /// The zone's name.
  public WireName apex() {
    return apex;
  }

  SectionedText text() {
    return text;
  }

  OwnerRuns runs() {
    return runs;
  }

  /// About how much of the heap it takes, in octets.
  public long heapOctets() {
    return text.heapOctets();
  }
}
