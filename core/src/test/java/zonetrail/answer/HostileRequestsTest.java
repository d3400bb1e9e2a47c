package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.wire.HostileMessages;
import zonetrail.wire.Oracle;
import zonetrail.wire.WireName;
import zonetrail.zone.UnavailableZone;

/// Whatever arrives, what leaves is a whole response to it, or nothing (PROMISES P14).
class HostileRequestsTest {
  private static final int MESSAGES = 100_000;
  private static final int[] LIMITS = {12, 40, 100, 282, 512, 512, 512, 1232, 1232, 65535};

  private static final List<WireName> NAMES =
      List.of(
              ".",
              "example.",
              "www.example.",
              "big.example.",
              "x.wild.example.",
              "a.cut.example.",
              "cut.example.",
              "a.old.example.",
              "one.example.",
              "circle.example.",
              "none.example.",
              "deep.example.",
              "unavailable.",
              "elsewhere.")
          .stream()
          .map(WireName::parse)
          .toList();

  private final TestServer server =
      TestServer.serving(
          ZoneText.zone(
              "example.",
              """
              @         3600 SOA   ns host 1 2 3 4 900
              @         3600 NS    ns
              @         3600 MX    10 www
              ns        3600 A     192.0.2.53
              www       60   A     192.0.2.1
              www       60   AAAA  2001:db8::1
              big       60   TXT   "%1$s" "%1$s" "%1$s" "%1$s"
              *.wild    60   MX    10 www
              cut       3600 NS    ns.cut
              cut       3600 NS    ns2.cut
              ns.cut    3600 A     192.0.2.54
              ns2.cut   3600 AAAA  2001:db8::54
              old       300  DNAME new
              one       60   CNAME two
              two       60   CNAME a.old
              a.new     60   TXT   "end"
              circle    60   CNAME circle
              a.b.deep  60   SRV   0 0 53 ns
              """
                  .formatted("x".repeat(250))),
          new UnavailableZone(WireName.parse("unavailable.")));

  @Test
  void getAWholeResponseOrNone() {
    HostileMessages messages = new HostileMessages(8945, NAMES);
    Random random = new Random(6891);
    int answered = 0;
    for (int i = 0; i < MESSAGES; i++) {
      byte[] request = messages.next();
      int limit = LIMITS[random.nextInt(LIMITS.length)];
      byte[] response = server.send(request, limit);
      if (response.length > 0) {
        answered++;
        Oracle.assertIsResponseTo(request, response, limit);
      }
    }
    assertThat(answered).isBetween(MESSAGES / 2, MESSAGES - 1);
  }

  /// `JAZZER_FUZZ=1 mvn -pl core -am test -Dtest=HostileRequestsTest` looks for new ones; without
  /// it the inputs kept beside this class are tried again.
  @FuzzTest(maxDuration = "5m")
  void anyOctetsGetAWholeResponseOrNone(byte[] request) {
    for (int limit : new int[] {12, 512, 65535}) {
      byte[] response = server.send(request, limit);
      if (response.length > 0) {
        Oracle.assertIsResponseTo(request, response, limit);
      }
    }
  }
}
