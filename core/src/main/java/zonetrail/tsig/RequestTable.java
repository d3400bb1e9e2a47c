package zonetrail.tsig;

import java.util.Arrays;

/// A table of request ids, each with a byte that says something of it: no object for any of them.
///
/// Each id stands at the first free place from its own on; at least a quarter of the places is
/// free, so that 17 octets a place make 23 to 46 for an id. One owner; a place counts until the
/// next id is added or removed.
final class RequestTable {
  private static final int FEWEST_PLACES = 64;

  /// Says that a place is free.
  private static final byte FREE = 0;

  /// Spreads ids, which others may have chosen: 2^64 by the golden ratio.
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

  private long[] highs = new long[FEWEST_PLACES];
  private long[] lows = new long[FEWEST_PLACES];
  private byte[] notes = new byte[FEWEST_PLACES];
  private int size;

  int size() {
    return size;
  }

  /// Where an id is; negative if it is not here.
  int find(long high, long low) {
    int place = placeOf(high, low);
    return notes[place] == FREE ? -1 : place;
  }

  /// What is noted of an id.
  byte note(int place) {
    return notes[place];
  }

  /// Notes something else.
  ///
  /// @param note not 0
  void setNote(int place, byte note) {
    notes[place] = note;
  }

  /// Adds an id that is not here.
  ///
  /// @param note not 0
  void add(long high, long low, byte note) {
    if (4L * (size + 1) > 3L * notes.length) {
      grow();
    }
    put(high, low, note);
    size++;
  }

  private void put(long high, long low, byte note) {
    int place = placeOf(high, low);
    highs[place] = high;
    lows[place] = low;
    notes[place] = note;
  }

  private void grow() {
    long[] oldHighs = highs;
    long[] oldLows = lows;
    byte[] oldNotes = notes;
    highs = new long[oldHighs.length * 2];
    lows = new long[oldLows.length * 2];
    notes = new byte[oldNotes.length * 2];
    Arrays.fill(notes, FREE);
    for (int place = 0; place < oldNotes.length; place++) {
      if (oldNotes[place] != FREE) {
        put(oldHighs[place], oldLows[place], oldNotes[place]);
      }
    }
  }

  /// Takes an id out, and moves those behind it that would not be found any more.
  void remove(int place) {
    size--;
    int mask = notes.length - 1;
    int gap = place;
    notes[gap] = FREE;
    for (int at = (gap + 1) & mask; notes[at] != FREE; at = (at + 1) & mask) {
      int home = home(highs[at], lows[at]);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        highs[gap] = highs[at];
        lows[gap] = lows[at];
        notes[gap] = notes[at];
        notes[at] = FREE;
        gap = at;
      }
    }
  }

  private int home(long high, long low) {
    long spread = (high ^ low) * SPREAD;
    return (int) (spread >>> 32) & (notes.length - 1);
  }

  /// Where an id is, or would be.
  private int placeOf(long high, long low) {
    int place = home(high, low);
    while (notes[place] != FREE && (highs[place] != high || lows[place] != low)) {
      place = (place + 1) & (notes.length - 1);
    }
    return place;
  }
}
