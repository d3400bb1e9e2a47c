package zonetrail.authority;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A map of which the next version costs what differs in it, however large it is, and of which two
/// versions are compared at that cost, too. Immutable, safe on any thread; in no particular order.
///
/// A table by hash, each key at the first free place from its own on, cut into pages that versions
/// share, as [zonetrail.zone.Zones] is: another value costs a copy of one page and of the list of
/// pages.
///
/// @param <K> keys
/// @param <V> values
public final class VersionedMap<K, V> extends AbstractMap<K, V> {
  private static final int PAGE_BITS = 7;
  private static final int PAGE_PLACES = 1 << PAGE_BITS;
  private static final int FEWEST_PLACES = 16;

  /// Spreads hashes whose low digits say little: 2^32 by the golden ratio.
  private static final int SPREAD = 0x9E3779B9;

  /// Keys at even places, each with its value behind it.
  private final @Nullable Object[][] pages;

  private final int size;

  private VersionedMap(@Nullable Object[][] pages, int size) {
    this.pages = pages;
    this.size = size;
  }

  /// Nothing.
  public static <K, V> VersionedMap<K, V> empty() {
    return new Editor<K, V>(0).build();
  }

  /// The same as another map, which is taken as it is if it is one of these.
  public static <K, V> VersionedMap<K, V> of(Map<K, V> map) {
    if (map instanceof VersionedMap<K, V> same) {
      return same;
    }
    Editor<K, V> editor = new Editor<>(map.size());
    map.forEach(editor::put);
    return editor.build();
  }

  /// Begins the next version.
  public Editor<K, V> edit() {
    return new Editor<>(this);
  }

  /// The keys under which two versions have not the very same value, or only one of them has one.
  @SuppressWarnings("ReferenceEquality") // what is shared is the same object
  public static <K> List<K> changedKeys(VersionedMap<K, ?> before, VersionedMap<K, ?> after) {
    List<K> changed = new ArrayList<>();
    if (before == after) {
      return changed;
    }
    boolean isAlike = before.pages.length == after.pages.length;
    for (int page = 0; page < after.pages.length; page++) {
      if (!isAlike || before.pages[page] != after.pages[page]) {
        after.compare(page, before, true, changed);
      }
    }
    for (int page = 0; page < before.pages.length; page++) {
      if (!isAlike || before.pages[page] != after.pages[page]) {
        before.compare(page, after, false, changed);
      }
    }
    return changed;
  }

  /// Adds keys of a page that the other version has not, or, if wanted, has with another value.
  @SuppressWarnings({"unchecked", "ReferenceEquality"}) // keys are Ks; the very same value is meant
  private void compare(int page, VersionedMap<K, ?> other, boolean withValues, List<K> changed) {
    @Nullable Object[] places = pages[page];
    for (int at = 0; at < places.length; at += 2) {
      Object key = places[at];
      if (key == null) {
        continue;
      }
      Object value = other.get(key);
      if (value == null || (withValues && value != places[at + 1])) {
        changed.add((K) key);
      }
    }
  }

  private static int place(Object key, int mask) {
    int hash = key.hashCode() * SPREAD;
    return (hash ^ (hash >>> 15)) & mask;
  }

  private static int places(@Nullable Object[][] pages) {
    return pages.length * (pages[0].length >>> 1);
  }

  private static @Nullable Object at(@Nullable Object[][] pages, int place, int offset) {
    return pages[place >>> PAGE_BITS][((place & (PAGE_PLACES - 1)) << 1) + offset];
  }

  /// Where a key is, or would be.
  private static int find(@Nullable Object[][] pages, Object key) {
    int mask = places(pages) - 1;
    int place = place(key, mask);
    while (true) {
      Object there = at(pages, place, 0);
      if (there == null || there.equals(key)) {
        return place;
      }
      place = (place + 1) & mask;
    }
  }

  private static @Nullable Object value(@Nullable Object[][] pages, Object key) {
    return at(pages, find(pages, key), 1);
  }

  @Override
  @SuppressWarnings("unchecked") // behind a K lies a V
  public @Nullable V get(@Nullable Object key) {
    return key == null ? null : (V) value(pages, key);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  @SuppressWarnings("unchecked") // a K and its V
  public void forEach(BiConsumer<? super K, ? super V> action) {
    for (@Nullable Object[] page : pages) {
      for (int at = 0; at < page.length; at += 2) {
        if (page[at] != null) {
          action.accept((K) page[at], (V) page[at + 1]);
        }
      }
    }
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<K, V>> iterator() {
        return new Walk();
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  /// Goes through the places.
  private final class Walk implements Iterator<Map.Entry<K, V>> {
    private int next = -1;

    private Walk() {
      advance();
    }

    private void advance() {
      int places = places(pages);
      do {
        next++;
      } while (next < places && at(pages, next, 0) == null);
    }

    @Override
    public boolean hasNext() {
      return next < places(pages);
    }

    @Override
    @SuppressWarnings("unchecked") // a K and its V
    public Map.Entry<K, V> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Map.Entry<K, V> entry = Map.entry((K) at(pages, next, 0), (V) at(pages, next, 1));
      advance();
      return entry;
    }
  }

  /// Makes the next version. One thread, used once.
  ///
  /// @param <K> keys
  /// @param <V> values
  public static final class Editor<K, V> {
    private @Nullable Object[][] pages;
    private boolean[] isOwn;
    private int size;

    /// Begins with nothing.
    ///
    /// @param expected about how many there will be
    Editor(int expected) {
      pages = pages(expected);
      isOwn = new boolean[pages.length];
      Arrays.fill(isOwn, true);
    }

    private Editor(VersionedMap<K, V> base) {
      pages = base.pages.clone();
      isOwn = new boolean[pages.length];
      size = base.size;
    }

    /// At least half of the places are free.
    private static @Nullable Object[][] pages(int expected) {
      int places = Math.max(FEWEST_PLACES, Integer.highestOneBit(expected + 1) * 4);
      int perPage = Math.min(places, PAGE_PLACES);
      return new Object[places / perPage][perPage * 2];
    }

    /// What is under a key now; null if nothing.
    @SuppressWarnings("unchecked") // behind a K lies a V
    @Nullable V get(K key) {
      return (V) value(pages, key);
    }

    boolean containsKey(K key) {
      return get(key) != null;
    }

    int size() {
      return size;
    }

    /// Puts a value in the place of the one before, if there is one.
    public void put(K key, V value) {
      int place = find(pages, key);
      if (at(pages, place, 0) == null) {
        if (2L * (size + 1) > places(pages)) {
          grow();
          place = find(pages, key);
        }
        size++;
      }
      set(place, key, value);
    }

    private void grow() {
      @Nullable Object[][] from = pages;
      pages = pages(2 * size);
      isOwn = new boolean[pages.length];
      Arrays.fill(isOwn, true);
      for (@Nullable Object[] page : from) {
        for (int at = 0; at < page.length; at += 2) {
          Object key = page[at];
          if (key != null) {
            set(find(pages, key), key, page[at + 1]);
          }
        }
      }
    }

    /// Takes a key out, and moves those behind it that would not be found any more.
    public void remove(K key) {
      int gap = find(pages, key);
      if (at(pages, gap, 0) == null) {
        return;
      }
      size--;
      set(gap, null, null);
      int mask = places(pages) - 1;
      for (int place = (gap + 1) & mask; ; place = (place + 1) & mask) {
        Object there = at(pages, place, 0);
        if (there == null) {
          return;
        }
        int home = place(there, mask);
        if (((place - home) & mask) >= ((place - gap) & mask)) {
          set(gap, there, at(pages, place, 1));
          set(place, null, null);
          gap = place;
        }
      }
    }

    private void set(int place, @Nullable Object key, @Nullable Object value) {
      int page = place >>> PAGE_BITS;
      if (!isOwn[page]) {
        pages[page] = pages[page].clone();
        isOwn[page] = true;
      }
      int at = (place & (PAGE_PLACES - 1)) << 1;
      pages[page][at] = key;
      pages[page][at + 1] = value;
    }

    /// The next version; the editor is not to be used any more.
    public VersionedMap<K, V> build() {
      return new VersionedMap<>(pages, size);
    }
  }
}
