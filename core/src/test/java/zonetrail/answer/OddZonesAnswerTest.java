package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import zonetrail.fixtures.Soak;
import zonetrail.wire.Header;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.WireName;

/// Compiled answers against general ones where zones, names and limits are as odd as they get.
class OddZonesAnswerTest {
  private static final int QUESTIONS_OF_ZONES = 1_500;
  private static final int QUESTIONS = Soak.Times.of("oddQuestions", QUESTIONS_OF_ZONES, 100_000);

  private final byte[] ours = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];
  private final byte[] theirs = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];
  private final QueryCursor cursor = new QueryCursor();
  private final Responder compiled = new Responder();
  private final Responder reference = Responder.ofReference();

  private static byte[] query(Random random, WireName qname, RRType qtype) {
    ByteBuffer query = ByteBuffer.allocate(Header.OCTETS + 255 + 4 + 11);
    boolean hasOpt = random.nextInt(3) > 0;
    query.putLong(0x4711_0100_0001_0000L).putShort((short) 0).putShort((short) (hasOpt ? 1 : 0));
    query.put(qname.toWire()).putShort((short) qtype.value()).putShort((short) 1);
    if (hasOpt) {
      query.put((byte) 0).putShort((short) 41).putShort((short) 1232);
      query.putShort((short) 0).putShort((short) (random.nextInt(2) * 0x8000)).putShort((short) 0);
    }
    return Arrays.copyOf(query.array(), query.position());
  }

  /// Some so small that they do not hold every question: a response that is to be signed has little
  /// room.
  private static int limit(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> 512;
      case 2 -> 282 + random.nextInt(1_000);
      case 3 -> 120 + random.nextInt(200);
      case 4 -> 16_000 + random.nextInt(2_000);
      case 5 -> ResponseWriter.MAX_UDP_PAYLOAD_OCTETS;
      default -> ResponseWriter.MAX_MESSAGE_OCTETS;
    };
  }

  private static int uncompressed(byte[] message, int length) {
    try {
      Message read = new Message(Arrays.copyOf(message, length));
      int octets = Header.OCTETS;
      for (int section = 0; section < 4; section++) {
        for (Record record : read.getSection(section)) {
          octets += record.toWireCanonical().length;
        }
      }
      return octets;
    } catch (IOException e) {
      throw new IllegalStateException("not a message", e);
    }
  }

  private int respond(Responder responder, OddZones zones, byte[] query, byte[] into, int limit) {
    QueryCursor.Outcome outcome = cursor.wrap(query, query.length);
    assertThat(outcome).isEqualTo(QueryCursor.Outcome.OK);
    int octets = responder.respond(cursor, outcome, zones.zones(), into, limit);
    assertThat(octets).isLessThanOrEqualTo(limit);
    return octets;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  @Soak
  void saysWhatTheGeneralAnswerSays(long seed) {
    for (int i = 0; i < QUESTIONS; i += QUESTIONS_OF_ZONES) {
      compare(seed + i, Math.min(QUESTIONS_OF_ZONES, QUESTIONS - i));
    }
  }

  private void compare(long seed, int questions) {
    Random random = new Random(seed);
    OddZones zones = new OddZones(seed);
    for (int i = 0; i < questions; i++) {
      WireName qname = zones.qname();
      RRType qtype = zones.qtype();
      byte[] query = query(random, qname, qtype);
      int limit = limit(random);
      int octets = respond(compiled, zones, query, ours, limit);
      int expected = respond(reference, zones, query, theirs, limit);
      if (Arrays.equals(ours, 0, octets, theirs, 0, expected)) {
        continue;
      }
      String what = "seed " + seed + ": " + qname + " " + qtype + " within " + limit + " octets";
      List<String> said = CompiledAnswerTest.inWords(ours, octets);
      List<String> wanted = CompiledAnswerTest.inWords(theirs, expected);
      if (!said.equals(wanted)) {
        // Both compress names, but not all alike, so one may hold a set more: where there is not
        // room enough for all without compression.
        int whole = respond(compiled, zones, query, ours, ResponseWriter.MAX_MESSAGE_OCTETS);
        int wholeExpected =
            respond(reference, zones, query, theirs, ResponseWriter.MAX_MESSAGE_OCTETS);
        assertThat(uncompressed(theirs, wholeExpected))
            .as("%s: %s and %s", what, said, wanted)
            .isGreaterThan(limit);
        assertThat(CompiledAnswerTest.inWords(ours, whole))
            .as(what)
            .isEqualTo(CompiledAnswerTest.inWords(theirs, wholeExpected));
      }
    }
  }
}
