package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.eclipse.jgit.internal.storage.pack.BinaryDelta;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.masterfile.FileText;

class ObjectDeltaTest {
  private static String zone(int serial, int names) {
    StringBuilder zone = new StringBuilder("@ SOA ns h " + serial + " 3600 900 604800 300\n");
    for (int i = 0; i < names; i++) {
      zone.append("host").append(i).append(" A 192.0.2.").append(i % 256).append('\n');
    }
    return zone.toString();
  }

  private static byte @Nullable [] between(byte[] before, byte[] after) {
    return ObjectDelta.between(FileText.of(before), FileText.of(after));
  }

  @Test
  void anUpdateOfALargeZoneTakesAFewOctets() {
    String before = zone(999, 3_000);
    String after =
        zone(1000, 3_000)
            .replace("host7 A 192.0.2.7\n", "")
            .replace("host1500 A", "new A 192.0.2.1\nhost1500 A")
            .replace("host2900 A 192", "host2900 A 198");
    byte[] delta = between(before.getBytes(UTF_8), after.getBytes(UTF_8));
    assertThat(delta).isNotNull().hasSizeLessThan(120);
    assertThat(BinaryDelta.apply(before.getBytes(UTF_8), delta)).isEqualTo(after.getBytes(UTF_8));
  }

  @Test
  void whatHasLittleInCommonHasNone() {
    byte[] one = new byte[10_000];
    byte[] other = new byte[9_000];
    new Random(1).nextBytes(one);
    new Random(2).nextBytes(other);
    assertThat(between(one, other)).isNull();
    assertThat(between(new byte[0], other)).isNull();
    assertThat(between(one, new byte[0])).isNull();
  }

  @Test
  void itMakesOneOfTheOther_whateverTheyAre() {
    Random random = new Random(3);
    int deltas = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int line = random.nextInt(40); line >= 0; line--) {
        text.append("line ").append(random.nextInt(round % 2 == 0 ? 4 : 1_000)).append('\n');
      }
      byte[] before = text.toString().getBytes(UTF_8);
      for (int edit = random.nextInt(5); edit > 0; edit--) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(30));
        text.replace(from, to, "x\n".repeat(random.nextInt(8)));
      }
      byte[] after = text.toString().getBytes(UTF_8);
      byte[] delta = between(before, after);
      if (delta != null) {
        assertThat(BinaryDelta.apply(before, delta)).isEqualTo(after);
        deltas++;
      }
    }
    assertThat(deltas).isGreaterThan(10_000);
  }

  /// Pieces that both have are taken as they are, wherever they stand in either.
  @Test
  void itMakesOneOfTheOther_inWhateverPiecesTheyAre() {
    Random random = new Random(4);
    int deltas = 0;
    for (int round = 0; round < 20_000; round++) {
      List<byte[]> before = new ArrayList<>();
      for (int piece = random.nextInt(12); piece >= 0; piece--) {
        before.add(zone(random.nextInt(50), random.nextInt(5)).getBytes(UTF_8));
      }
      List<byte[]> after = new ArrayList<>(before);
      for (int edit = random.nextInt(4); edit > 0; edit--) {
        int at = random.nextInt(after.size());
        switch (random.nextInt(4)) {
          case 0 -> after.add(at, ("x A 192.0.2." + random.nextInt(9) + "\n").getBytes(UTF_8));
          case 1 -> after.set(at, zone(random.nextInt(50), random.nextInt(5)).getBytes(UTF_8));
          case 2 -> after.add(after.remove(at));
          default -> after.add(at, after.get(random.nextInt(after.size())));
        }
      }
      byte[] delta = ObjectDelta.between(FileText.of(before), FileText.of(after));
      if (delta != null) {
        assertThat(BinaryDelta.apply(FileText.of(before).octets(), delta))
            .isEqualTo(FileText.of(after).octets());
        deltas++;
      }
    }
    assertThat(deltas).isGreaterThan(10_000);
  }

  @Test
  void sharedPiecesAreOneCopy_asIfTheyHadBeenCompared() {
    List<byte[]> before = new ArrayList<>();
    for (int piece = 0; piece < 40; piece++) {
      before.add(zone(piece, 300).getBytes(UTF_8));
    }
    List<byte[]> after = new ArrayList<>(before);
    after.set(20, zone(5_000, 300).getBytes(UTF_8));
    byte[] inPieces = ObjectDelta.between(FileText.of(before), FileText.of(after));
    assertThat(inPieces)
        .isNotNull()
        .isEqualTo(between(FileText.of(before).octets(), FileText.of(after).octets()));
  }
}
