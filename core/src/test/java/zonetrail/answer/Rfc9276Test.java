package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.zone.Zone;

/// What a question to a zone with NSEC3 may cost (RFC 9276 §3.2).
@Rfc(number = 9276, section = "3.2")
class Rfc9276Test {
  private static final int ROUNDS = 200;

  private static Zone zone(int iterations, String records) {
    String parameters = " 1 0 " + iterations + " aabbccdd";
    return ZoneText.zone(
        "example.",
        "@ 60 SOA ns.other. host.other. 1 2 3 4 60\n"
            + ("@ 60 NSEC3PARAM" + parameters + "\n")
            + ("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom 60 NSEC3 1 1 " + iterations + " aabbccdd ")
            + "2t7b4g4vsa5smi47k61mv5bv1a22bojr SOA NSEC3PARAM\n"
            + records);
  }

  @Test
  void aChainWithMoreIterationsThanValidatorsTakeIsNotUsed() {
    assertThat(zone(150, "").denialChain()).isNotNull();
    assertThat(zone(151, "").denialChain()).isNull();
  }

  @Test
  void aDeepNameWithoutRecordsOfItsOwnCostsLittleMoreThanAShallowOne() {
    // Exists because of the delegation alone, so with Opt-Out none of its labels has a record.
    String deep = "a.".repeat(120);
    TestServer server =
        TestServer.serving(zone(150, deep + "example. 60 NS ns.other.\nb 60 NS ns.other.\n"));

    byte[] shallowQuery = SignedExample.dnssecQuery("b.example.", "DS").toWire();
    byte[] deepQuery = SignedExample.dnssecQuery(deep + "example.", "DS").toWire();

    long shallowNanos = Long.MAX_VALUE;
    long deepNanos = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      shallowNanos = Math.min(shallowNanos, nanos(server, shallowQuery));
      deepNanos = Math.min(deepNanos, nanos(server, deepQuery));
    }

    // 11 hashes and 5; label by label it would be 122.
    assertThat(deepNanos).isLessThan(10 * shallowNanos);
  }

  private static long nanos(TestServer server, byte[] query) {
    long began = System.nanoTime();
    server.send(query, ResponseWriter.MAX_MESSAGE_OCTETS);
    return System.nanoTime() - began;
  }
}
