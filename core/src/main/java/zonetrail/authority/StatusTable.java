package zonetrail.authority;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How the zones of a secondary stand at one moment, each at a place that it keeps. Immutable, safe
/// on any thread.
///
/// Versions share pages: one zone that stands otherwise costs a copy of a page and of the list of
/// pages, some 5 kB where there are a hundred thousand.
final class StatusTable {
  static final StatusTable EMPTY = new StatusTable(new ZoneStatus[0][]);

  private static final int PAGE_BITS = 10;
  private static final int PAGE_PLACES = 1 << PAGE_BITS;

  private final @Nullable ZoneStatus[][] pages;

  private StatusTable(@Nullable ZoneStatus[][] pages) {
    this.pages = pages;
  }

  /// This table with another status at a place.
  ///
  /// @param place 0 or more; the table grows up to it
  /// @param status null: there is no zone
  StatusTable with(int place, @Nullable ZoneStatus status) {
    int page = place >>> PAGE_BITS;
    @Nullable ZoneStatus[][] changed = Arrays.copyOf(pages, Math.max(pages.length, page + 1));
    for (int i = pages.length; i < changed.length; i++) {
      changed[i] = new ZoneStatus[PAGE_PLACES];
    }
    changed[page] = changed[page].clone();
    changed[page][place & (PAGE_PLACES - 1)] = status;
    return new StatusTable(changed);
  }

  /// All statuses, in the order of their places.
  Stream<ZoneStatus> all() {
    return Arrays.stream(pages).flatMap(Arrays::stream).filter(Objects::nonNull);
  }
}
