package zonetrail.authority;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.masterfile.KnownText;
import zonetrail.wire.WireName;

/// The texts of the zone files that were edited last, so that the next edit of each need not read
/// it again.
///
/// A text is found by the id of its content and by nothing else: a file that a push has changed, or
/// that is edited again on what the remote has, is read. It is read, too, after every
/// [#EDITS_UNREAD] groups of edits, so that whatever could go wrong in memory does not go on.
///
/// Bounded in octets; those edited longest ago go first, and a text that is larger than all of the
/// room is not kept. Threads: any.
public final class EditedTexts {
  /// After so many groups of edits a file is read anew.
  static final int EDITS_UNREAD = 256;

  private static final int OCTETS_PER_TEXT = 500;

  private final long maxOctets;

  /// By zone, the one edited last at the end.
  private final LinkedHashMap<WireName, Kept> texts = new LinkedHashMap<>();

  private volatile long octets;
  private final LongAdder found = new LongAdder();
  private final LongAdder notFound = new LongAdder();

  /// What is kept of a file.
  ///
  /// @param edits how many groups of edits there were since it was read
  /// @param octets about how much of the heap it takes
  private record Kept(String contentId, KnownText text, int edits, long octets) {}

  /// Nothing yet.
  ///
  /// @param maxOctets about how much of the heap they may take
  public EditedTexts(long maxOctets) {
    this.maxOctets = maxOctets;
  }

  /// The text of a file as it is known; null if it has to be read.
  synchronized @Nullable KnownText find(WireName apex, SourceFile file) {
    Kept kept = texts.get(apex);
    if (kept != null
        && kept.contentId.equals(file.contentId())
        && kept.text.fileName().equals(file.path())
        && kept.edits < EDITS_UNREAD) {
      found.increment();
      return kept.text;
    }
    notFound.increment();
    return null;
  }

  /// Keeps what edits left of a file, now that it is the source's.
  ///
  /// @param text null if it is not known: what was known before goes
  synchronized void keep(WireName apex, @Nullable SourceFile file, @Nullable KnownText text) {
    Kept before = texts.remove(apex);
    long taken = octets - (before == null ? 0 : before.octets);
    if (file != null && text != null) {
      int unread = before == null || before.edits >= EDITS_UNREAD ? 0 : before.edits;
      Kept kept = new Kept(file.contentId(), text, unread + 1, OCTETS_PER_TEXT + text.heapOctets());
      if (kept.octets <= maxOctets) {
        texts.put(apex, kept);
        taken += kept.octets;
      }
    }
    for (Iterator<Kept> oldest = texts.values().iterator(); taken > maxOctets; ) {
      taken -= oldest.next().octets;
      oldest.remove();
    }
    octets = taken;
  }

  /// About how much of the heap they take.
  public long octets() {
    return octets;
  }

  /// About how much of the heap they may take.
  public long maxOctets() {
    return maxOctets;
  }

  /// How many edits found the text that they were for.
  public long found() {
    return found.sum();
  }

  /// How many edits had to read the text.
  public long notFound() {
    return notFound.sum();
  }
}
