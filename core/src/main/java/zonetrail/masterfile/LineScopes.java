package zonetrail.masterfile;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// What was in force at the entries of a file: the origin, and the TTL of records that state none.
///
/// Only changes are kept, so that a usual file, with its `$TTL` in front, costs a few octets.
final class LineScopes {
  private int[] entries = new int[2];
  private @Nullable WireName[] origins = new @Nullable WireName[2];
  private int[] defaultTtls = new int[2];
  private int[] lastTtls = new int[2];
  private int count;

  /// What is in force at an entry.
  ///
  /// @param defaultTtl from `$TTL` or an SOA's minimum, or [MasterFileParser#NO_TTL]
  /// @param lastTtl the last one stated, or [MasterFileParser#NO_TTL]; counts while there is no
  ///   default
  record Scope(WireName origin, int defaultTtl, int lastTtl) {}

  /// Notes what is in force at an entry, which comes after those noted before.
  @SuppressWarnings(
      "ReferenceEquality") // the same object is the same name; another one may be noted
  void note(int entry, WireName origin, int defaultTtl, int lastTtl) {
    boolean hasDefault = defaultTtl != MasterFileParser.NO_TTL;
    int last = count - 1;
    if (last >= 0
        && origins[last] == origin
        && defaultTtls[last] == defaultTtl
        && (hasDefault || lastTtls[last] == lastTtl)) {
      return;
    }
    if (count == entries.length) {
      int capacity = count * 2;
      entries = Arrays.copyOf(entries, capacity);
      origins = Arrays.copyOf(origins, capacity);
      defaultTtls = Arrays.copyOf(defaultTtls, capacity);
      lastTtls = Arrays.copyOf(lastTtls, capacity);
    }
    entries[count] = entry;
    origins[count] = origin;
    defaultTtls[count] = defaultTtl;
    lastTtls[count++] = lastTtl;
  }

  /// Notes what is noted of entries elsewhere.
  ///
  /// @param shift how many entries later they are here
  void noteAll(LineScopes other, int from, int to, int shift) {
    int entry = from;
    for (int at = other.noteOf(from); at < other.count && entry < to; at++) {
      WireName origin = other.origins[at];
      if (origin != null) {
        note(entry + shift, origin, other.defaultTtls[at], other.lastTtls[at]);
      }
      entry = at + 1 < other.count ? other.entries[at + 1] : to;
    }
  }

  private int noteOf(int entry) {
    int found = Arrays.binarySearch(entries, 0, count, entry);
    return found < 0 ? -found - 2 : found;
  }

  /// What is in force at an entry.
  Scope at(int entry) {
    int at = noteOf(entry);
    WireName origin = origins[at];
    if (origin == null) {
      throw new IllegalStateException("nothing is noted at entry " + at);
    }
    return new Scope(origin, defaultTtls[at], lastTtls[at]);
  }
}
