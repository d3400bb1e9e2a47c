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

  /// The most octets of a chunk that holds more than one entry.
  static final int CHUNK_OCTETS = WORD_OCTETS << OFFSET_BITS;

  private static final int LEAST_CHUNK_OCTETS = 2_048;
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
    private int tail;
    private long written;

    Writer(Arena base) {
      chunks = base.chunks.clone();
      ends = base.ends.clone();
      needed = base.needed.clone();
      tail = chunks.length - 1;
      for (int i = 0; i < chunks.length; i++) {
        written += ends[i];
        tail =
            chunks[i].octets.length - ends[i] > chunks[tail].octets.length - ends[tail] ? i : tail;
      }
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
      int octets = padded(entryOctets);
      if (tail < 0 || !chunks[tail].claim(ends[tail], octets)) {
        open(octets);
      }
      int offset = ends[tail];
      System.arraycopy(entry, 0, chunks[tail].octets, offset, entryOctets);
      ends[tail] += octets;
      needed[tail] += octets;
      written += octets;
      return ref(tail, offset);
    }

    /// Opens a chunk with room for an entry, and takes that room.
    private void open(int octets) {
      long wanted = Math.clamp(written / SHARE_OF_NEW_CHUNK, LEAST_CHUNK_OCTETS, CHUNK_OCTETS);
      tail = freePlace();
      chunks[tail] = new Chunk(new byte[(int) Math.max(wanted, octets)]);
      ends[tail] = 0;
      needed[tail] = 0;
      if (!chunks[tail].claim(0, octets)) {
        throw new IllegalStateException("a new chunk has room");
      }
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

    /// Lets go of a chunk of which nothing is needed.
    void drop(int chunk) {
      written -= ends[chunk];
      chunks[chunk] = Chunk.GONE;
      ends[chunk] = 0;
      needed[chunk] = 0;
      if (tail == chunk) {
        tail = -1;
      }
    }

    /// The new version; nothing may be appended afterwards.
    Arena toArena() {
      return new Arena(chunks, ends, needed);
    }

    /// The new version of an arena that is complete for now: without room for more.
    Arena toTrimmedArena() {
      if (tail >= 0 && chunks[tail].octets.length > ends[tail]) {
        Chunk trimmed = new Chunk(Arrays.copyOf(chunks[tail].octets, ends[tail]));
        trimmed.claimed = ends[tail];
        chunks[tail] = trimmed;
      }
      return toArena();
    }
  }
}
