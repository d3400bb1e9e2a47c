package zonetrail.zone;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.NameKey;
import zonetrail.wire.WireName;

/// The zones served at one moment. Immutable, safe on any thread.
///
/// A table by the hash of the apexes, each at the first free place from there on, cut into pages
/// that versions share: one zone more, less or another one costs a copy of a page and of the list
/// of pages, some 20 kB for a million zones.
public final class Zones {
  /// No zones.
  public static final Zones NONE = new Editor(0).build();

  private static final int PAGE_BITS = 10;
  private static final int PAGE_PLACES = 1 << PAGE_BITS;
  private static final int DEPTHS = 128;

  private final @Nullable ServedZone[][] pages;
  private final int size;

  /// How many apexes there are of each depth.
  private final int[] depthCounts;

  /// The depths of the apexes, a bit for each.
  private final long depths0;

  private final long depths64;

  private final ZoneLifetimes lifetimes;

  private Zones(
      @Nullable ServedZone[][] pages, int size, int[] depthCounts, ZoneLifetimes lifetimes) {
    this.lifetimes = lifetimes;
    this.pages = pages;
    this.size = size;
    this.depthCounts = depthCounts;
    long low = 0;
    long high = 0;
    for (int depth = 0; depth < DEPTHS; depth++) {
      long bit = depthCounts[depth] > 0 ? 1L << depth : 0;
      low |= depth < Long.SIZE ? bit : 0;
      high |= depth < Long.SIZE ? 0 : bit;
    }
    this.depths0 = low;
    this.depths64 = high;
  }

  /// These zones; of two with one name the later one.
  public static Zones of(Collection<? extends ServedZone> zones) {
    Editor editor = new Editor(zones.size());
    for (ServedZone zone : zones) {
      editor.put(zone);
    }
    return editor.build();
  }

  /// These zones, with how long they may be served on by this; without it the SOA of each says so.
  public Zones withLifetimes(ZoneLifetimes left) {
    return new Zones(pages, size, depthCounts, left);
  }

  /// How long one of these zones may be served on if nothing more is heard of its primaries, in
  /// seconds, as an unsigned number (RFC 7314 §3).
  public int secondsLeft(Zone zone) {
    return lifetimes.secondsLeft(zone);
  }

  /// These zones and one more, or another one in the place of the one with its name.
  public Zones with(ServedZone zone) {
    Editor editor = hasRoomForOneMore() ? new Editor(this) : new Editor(size + 1, this);
    editor.put(zone);
    return editor.build();
  }

  /// These zones but one, if it is among them.
  public Zones without(WireName apex) {
    if (zone(apex) == null) {
      return this;
    }
    Editor editor = new Editor(this);
    editor.remove(apex);
    return editor.build();
  }

  /// Whether at least half of the places stay free.
  private boolean hasRoomForOneMore() {
    return 2L * (size + 1) <= places();
  }

  private int places() {
    return pages.length * pages[0].length;
  }

  private @Nullable ServedZone at(int place) {
    return pages[place >>> PAGE_BITS][place & (PAGE_PLACES - 1)];
  }

  /// The zone with exactly this name, or null.
  public @Nullable ServedZone zone(WireName apex) {
    NameKey key = new NameKey();
    key.set(apex);
    return zone(key, key.depth());
  }

  /// The zone nearest above a name: the one whose apex is the longest ancestor of it (or it
  /// itself); null if we have none (RFC 1034 §4.3.2 step 2).
  public @Nullable ServedZone enclosing(WireName name) {
    NameKey key = new NameKey();
    key.set(name);
    return enclosing(key, key.depth());
  }

  /// The zone nearest above an ancestor of a name, found without making anything.
  ///
  /// @param depth that of the ancestor; the name's own for the name itself
  public @Nullable ServedZone enclosing(NameKey name, int depth) {
    for (int at = depth; at >= 0; at--) {
      if (((at < Long.SIZE ? depths0 : depths64) >>> at & 1) != 0) {
        ServedZone zone = zone(name, at);
        if (zone != null) {
          return zone;
        }
      }
    }
    return null;
  }

  private @Nullable ServedZone zone(NameKey name, int depth) {
    int mask = places() - 1;
    int place = name.hash(depth) & mask;
    while (true) {
      ServedZone zone = at(place);
      if (zone == null || name.matches(depth, zone.apex())) {
        return zone;
      }
      place = (place + 1) & mask;
    }
  }

  /// All zones in no particular order; unmodifiable.
  public Collection<ServedZone> all() {
    return new AbstractCollection<>() {
      @Override
      public Iterator<ServedZone> iterator() {
        return new Walk();
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  /// Those zones that are not the very same in another version, or not in it at all. Between
  /// versions that come of each other by [#with] and [#without] that costs what differs.
  @SuppressWarnings("ReferenceEquality") // what is shared is the same object
  public List<ServedZone> otherThanIn(Zones other) {
    List<ServedZone> others = new ArrayList<>();
    boolean isAlike = pages.length == other.pages.length;
    for (int page = 0; page < pages.length; page++) {
      if (isAlike && pages[page] == other.pages[page]) {
        continue;
      }
      for (ServedZone zone : pages[page]) {
        if (zone != null && zone != other.zone(zone.apex())) {
          others.add(zone);
        }
      }
    }
    return others;
  }

  /// How many zones there are.
  public int size() {
    return size;
  }

  /// Goes through the places.
  private final class Walk implements Iterator<ServedZone> {
    private int place;
    private @Nullable ServedZone next = find();

    private @Nullable ServedZone find() {
      ServedZone zone = null;
      while (zone == null && place < places()) {
        zone = at(place++);
      }
      return zone;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public ServedZone next() {
      ServedZone zone = next;
      if (zone == null) {
        throw new NoSuchElementException();
      }
      next = find();
      return zone;
    }
  }

  /// Makes the next version. One thread, used once.
  private static final class Editor {
    private final @Nullable ServedZone[][] pages;
    private final boolean[] isOwn;
    private final int[] depthCounts;
    private final int mask;
    private final ZoneLifetimes lifetimes;
    private final NameKey key = new NameKey();
    private int size;

    /// Begins with no zones and room for some.
    Editor(int zones) {
      this(zones, ZoneLifetimes.OF_SOA);
    }

    private Editor(int zones, ZoneLifetimes lifetimes) {
      this.lifetimes = lifetimes;
      int places = Integer.highestOneBit(zones + 1) * 4;
      int perPage = Math.min(places, PAGE_PLACES);
      this.pages = new ServedZone[places / perPage][perPage];
      this.isOwn = new boolean[pages.length];
      Arrays.fill(isOwn, true);
      this.depthCounts = new int[DEPTHS];
      this.mask = places - 1;
    }

    /// Begins with the zones of a version in a table of another size.
    Editor(int zones, Zones base) {
      this(zones, base.lifetimes);
      for (ServedZone zone : base.all()) {
        put(zone);
      }
    }

    /// Begins with the pages of a version.
    Editor(Zones base) {
      this.pages = base.pages.clone();
      this.isOwn = new boolean[pages.length];
      this.depthCounts = base.depthCounts.clone();
      this.mask = base.places() - 1;
      this.lifetimes = base.lifetimes;
      this.size = base.size;
    }

    void put(ServedZone zone) {
      int place = placeOf(zone.apex());
      if (at(place) == null) {
        size++;
        depthCounts[key.depth()]++;
      }
      set(place, zone);
    }

    /// Takes a zone out, and moves those behind it that would not be found any more.
    void remove(WireName apex) {
      int gap = placeOf(apex);
      size--;
      depthCounts[key.depth()]--;
      set(gap, null);
      for (int place = (gap + 1) & mask; ; place = (place + 1) & mask) {
        ServedZone zone = at(place);
        if (zone == null) {
          return;
        }
        key.set(zone.apex());
        int home = key.hash(key.depth()) & mask;
        if (((place - home) & mask) >= ((place - gap) & mask)) {
          set(gap, zone);
          set(place, null);
          gap = place;
        }
      }
    }

    /// Where a zone is, or would be; [#key] holds the name then.
    private int placeOf(WireName apex) {
      key.set(apex);
      int place = key.hash(key.depth()) & mask;
      while (true) {
        ServedZone there = at(place);
        if (there == null || key.matches(key.depth(), there.apex())) {
          return place;
        }
        place = (place + 1) & mask;
      }
    }

    private @Nullable ServedZone at(int place) {
      return pages[place >>> PAGE_BITS][place & (PAGE_PLACES - 1)];
    }

    private void set(int place, @Nullable ServedZone zone) {
      int page = place >>> PAGE_BITS;
      if (!isOwn[page]) {
        pages[page] = pages[page].clone();
        isOwn[page] = true;
      }
      pages[page][place & (PAGE_PLACES - 1)] = zone;
    }

    Zones build() {
      return new Zones(pages, size, depthCounts, lifetimes);
    }
  }
}
