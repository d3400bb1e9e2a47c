package zonetrail.zone;

import java.util.Arrays;

/// Octets of which nothing is ever changed, only added, in chunks that versions share.
///
/// A *ref* names an entry: in its upper 14 bits the chunk, in the lower 18 the offset within the
/// chunk in words of four octets. An entry lies in one chunk; one that is larger than a chunk has a
/// chunk of its own. So an arena holds up to 16 GiB, and what a version refers to costs four
/// octets.
///
/// This is one version's view: which chunks it refers to and how much of each it still needs.
/// Immutable, safe on any thread.
final class Arena {
  /// No entry.
  static final int NONE = -1;

  static final Arena EMPTY = new Arena(new Chunk[0], new int[0], new int[0]);

  private static final int OFFSET_BITS = 18;
  private static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;
  private static final int MAX_CHUNKS = 1 << (Integer.SIZE - OFFSET_BITS);
  private static final int WORD_OCTETS = 4;

  private static final int ARRAY_HEAD_OCTETS = 64;

  /// The most octets of a chunk that holds more than one entry: a little less than 1 MiB, or a
  /// collector that divides the heap by MiB would give it two.
  static final int CHUNK_OCTETS = (WORD_OCTETS << OFFSET_BITS) - ARRAY_HEAD_OCTETS;

  /// The first chunk is meant to hold a small zone whole; what it does not need is cut off.
  private static final int LEAST_FIRST_CHUNK_OCTETS = 2_048;

  private static final int LEAST_CHUNK_OCTETS = 512;
  private static final int SHARE_OF_NEW_CHUNK = 8;
  private static final int OBJECT_OCTETS = 48;

  private final Chunk[] chunks;

  /// How much of each chunk was written when this version was made.
  private final int[] ends;

  /// How much of each chunk this version refers to.
  private final int[] needed;

  private Arena(Chunk[] chunks, int[] ends, int[] needed) {
    this.chunks = chunks;
    this.ends = ends;
    this.needed = needed;
  }

  /// Octets to which entries are added at the end; several versions may hold it.
  private static final class Chunk {
    static final Chunk GONE = new Chunk(new byte[0]);

    final byte[] octets;
    private int claimed;

    Chunk(byte[] octets) {
      this.octets = octets;
    }

    /// How much room there is at the end for one who knows of so many octets; none if another
    /// version has been made from the same one and took some.
    synchronized int roomAfter(int end) {
      return claimed == end ? octets.length - end : 0;
    }

    /// Takes room at the end, unless another version has been made from the same one and took it.
    synchronized boolean claim(int from, int count) {
      if (claimed != from || count > octets.length - from) {
        return false;
      }
      claimed += count;
      return true;
    }
  }

  /// The array in which an entry lies.
  byte[] octets(int ref) {
    return chunks[ref >>> OFFSET_BITS].octets;
  }

  /// Where in [#octets(int)] it begins.
  static int offset(int ref) {
    return (ref & OFFSET_MASK) * WORD_OCTETS;
  }

  /// Octets with what is needed to make them a multiple of a word.
  static int padded(int octets) {
    return (octets + WORD_OCTETS - 1) & -WORD_OCTETS;
  }

  int chunkCount() {
    return chunks.length;
  }

  /// How many octets of a chunk are written, as far as this version knows.
  int end(int chunk) {
    return ends[chunk];
  }

  /// How many octets of a chunk this version needs.
  int needed(int chunk) {
    return needed[chunk];
  }

  static int ref(int chunk, int offset) {
    return chunk << OFFSET_BITS | offset / WORD_OCTETS;
  }

  static int chunkOf(int ref) {
    return ref >>> OFFSET_BITS;
  }

  /// What it takes of the heap.
  long heapOctets() {
    long octets = 4L * OBJECT_OCTETS;
    for (Chunk chunk : chunks) {
      octets += OBJECT_OCTETS + chunk.octets.length;
    }
    return octets;
  }

  /// Adds entries to what an arena has and makes a new version of it. One thread.
  static final class Writer {
    private Chunk[] chunks;
    private int[] ends;
    private int[] needed;

    /// Chunks that were opened here: nobody else knows of them yet, so that room in them is taken
    /// without a lock, and claimed at the end.
    private boolean[] opened;

    private int tail;
    private long written;

    Writer(Arena base) {
      chunks = base.chunks.clone();
      opened = new boolean[chunks.length];
      ends = base.ends.clone();
      needed = base.needed.clone();
      tail = chunks.length - 1;
      for (int i = 0; i < chunks.length; i++) {
        written += ends[i];
        tail = room(i) > room(tail) ? i : tail;
      }
    }

    private int room(int chunk) {
      if (chunk < 0) {
        return 0;
      }
      return opened[chunk]
          ? chunks[chunk].octets.length - ends[chunk]
          : chunks[chunk].roomAfter(ends[chunk]);
    }

    byte[] octets(int ref) {
      return chunks[ref >>> OFFSET_BITS].octets;
    }

    int chunkCount() {
      return chunks.length;
    }

    /// Adds an entry.
    ///
    /// @return its ref
    /// @throws IllegalStateException if the arena is full
    int append(byte[] entry, int entryOctets) {
      return append(entry, 0, entryOctets);
    }

    int append(byte[] source, int from, int entryOctets) {
      int octets = padded(entryOctets);
      int chunk = tail;
      if (!takesRoom(chunk, octets)) {
        chunk = open(octets);
      }
      int offset = ends[chunk];
      System.arraycopy(source, from, chunks[chunk].octets, offset, entryOctets);
      ends[chunk] += octets;
      needed[chunk] += octets;
      written += octets;
      if (chunk != tail && room(chunk) >= room(tail)) {
        tail = chunk; // not after an entry with a chunk of its own: there was more room before
      }
      return ref(chunk, offset);
    }

    private boolean takesRoom(int chunk, int octets) {
      if (chunk < 0) {
        return false;
      }
      return opened[chunk]
          ? chunks[chunk].octets.length - ends[chunk] >= octets
          : chunks[chunk].claim(ends[chunk], octets);
    }

    /// Opens a chunk with room for an entry.
    private int open(int octets) {
      int least = written == 0 ? LEAST_FIRST_CHUNK_OCTETS : LEAST_CHUNK_OCTETS;
      long wanted = Math.clamp(written / SHARE_OF_NEW_CHUNK, least, CHUNK_OCTETS);
      int place = freePlace();
      chunks[place] = new Chunk(new byte[(int) Math.max(wanted, octets)]);
      ends[place] = 0;
      needed[place] = 0;
      opened[place] = true;
      return place;
    }

    private int freePlace() {
      for (int i = 0; i < chunks.length; i++) {
        if (chunks[i] == Chunk.GONE) {
          return i;
        }
      }
      int place = chunks.length;
      if (place == MAX_CHUNKS) {
        throw new IllegalStateException("a zone has at most " + MAX_CHUNKS + " chunks of 1 MiB");
      }
      int capacity = place + 1;
      chunks = Arrays.copyOf(chunks, capacity);
      ends = Arrays.copyOf(ends, capacity);
      needed = Arrays.copyOf(needed, capacity);
      opened = Arrays.copyOf(opened, capacity);
      return place;
    }

    /// Says that the new version does not need an entry.
    void release(int ref, int entryOctets) {
      needed[ref >>> OFFSET_BITS] -= padded(entryOctets);
    }

    /// How many octets of a chunk are written.
    int end(int chunk) {
      return ends[chunk];
    }

    /// How many octets of a chunk are needed.
    int needed(int chunk) {
      return needed[chunk];
    }

    /// How many octets a chunk takes of the heap, written or not; 0 if there is none in this place.
    int capacity(int chunk) {
      return chunks[chunk].octets.length;
    }

    /// Where the next entry goes, or -1 if there is no room anywhere.
    int tail() {
      return tail;
    }

    /// Lets go of a chunk of which nothing is needed.
    void drop(int chunk) {
      written -= ends[chunk];
      chunks[chunk] = Chunk.GONE;
      opened[chunk] = false;
      ends[chunk] = 0;
      needed[chunk] = 0;
      if (tail == chunk) {
        tail = -1;
      }
    }

    /// The new version; nothing may be appended afterwards.
    Arena toArena() {
      for (int i = 0; i < chunks.length; i++) {
        if (opened[i] && !chunks[i].claim(0, ends[i])) {
          throw new IllegalStateException("a chunk opened here is not claimed by others");
        }
      }
      return new Arena(chunks, ends, needed);
    }

    /// The new version of an arena that is complete for now: without room for more.
    Arena toTrimmedArena() {
      if (tail >= 0 && chunks[tail].octets.length > ends[tail]) {
        chunks[tail] = new Chunk(Arrays.copyOf(chunks[tail].octets, ends[tail]));
        opened[tail] = true;
      }
      return toArena();
    }
  }
}
