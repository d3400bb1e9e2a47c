package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Into which chunk an entry goes: a wrong choice loses nothing but memory, and in the end the
/// numbers that chunks have.
class ArenaTest {
  private static final byte[] SMALL = new byte[100];
  private static final byte[] LARGE = new byte[2 * Arena.CHUNK_OCTETS];

  private static int append(Arena.Writer writer, byte[] entry) {
    return Arena.chunkOf(writer.append(entry, entry.length));
  }

  @Nested
  class AnEntry {
    private final Arena.Writer writer = new Arena.Writer(Arena.EMPTY);
    private final int first = append(writer, SMALL);

    @Test
    void goesBehindTheLastOne() {
      int last = first;
      for (int i = 0; i < 10; i++) {
        last = append(writer, SMALL);
      }
      assertThat(last).isEqualTo(first);
      assertThat(writer.end(first)).isEqualTo(11 * SMALL.length);
    }

    @Test
    void thatIsLarge_hasAChunkOfItsOwn_behindWhichTheOthersGoOnWhereTheyWere() {
      int large = append(writer, LARGE);

      assertThat(large).isNotEqualTo(first);
      assertThat(writer.capacity(large)).isEqualTo(LARGE.length);
      assertThat(append(writer, SMALL)).isEqualTo(first);
      assertThat(writer.tail()).isEqualTo(first);
    }

    @Test
    void forWhichThereIsNoRoom_opensAChunkInWhichTheOthersGoOn() {
      byte[] most = new byte[writer.capacity(first) - SMALL.length];
      int second = append(writer, most);
      int third = append(writer, SMALL);

      assertThat(second).isEqualTo(first);
      assertThat(third).isNotEqualTo(first);
      assertThat(append(writer, SMALL)).isEqualTo(third);
      assertThat(writer.chunkCount()).isEqualTo(2);
    }
  }

  @Nested
  class TheFirstEntryOfAVersion {
    @Test
    void goesWhereThereIsMostRoom() {
      Arena.Writer writer = new Arena.Writer(Arena.EMPTY);
      int roomy = append(writer, SMALL);
      append(writer, LARGE);
      Arena before = writer.toArena();

      Arena.Writer next = new Arena.Writer(before);

      assertThat(next.tail()).isEqualTo(roomy);
      assertThat(append(next, SMALL)).isEqualTo(roomy);
      assertThat(next.chunkCount()).isEqualTo(before.chunkCount());
    }

    @Test
    void opensAChunk_whereAnotherVersionTookTheRoom() {
      Arena.Writer writer = new Arena.Writer(Arena.EMPTY);
      int shared = append(writer, SMALL);
      Arena before = writer.toArena();

      assertThat(append(new Arena.Writer(before), SMALL)).isEqualTo(shared);
      assertThat(append(new Arena.Writer(before), SMALL)).isNotEqualTo(shared);
    }

    @Test
    void takesThePlaceOfAChunkThatIsGone() {
      Arena.Writer writer = new Arena.Writer(Arena.EMPTY);
      int gone = append(writer, SMALL);
      append(writer, LARGE);
      writer.drop(gone);

      assertThat(writer.tail()).isEqualTo(-1);
      assertThat(append(writer, SMALL)).isEqualTo(gone);
      assertThat(writer.chunkCount()).isEqualTo(2);
    }
  }
}
