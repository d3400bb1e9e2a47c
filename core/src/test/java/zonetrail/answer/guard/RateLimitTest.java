package zonetrail.answer.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.answer.guard.RateLimit.Verdict.DROP;
import static zonetrail.answer.guard.RateLimit.Verdict.SEND;
import static zonetrail.answer.guard.RateLimit.Verdict.TRUNCATE;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.guard.RateLimit.Verdict;

/// Response rate limiting, whose rules BIND, NSD and Knot have in common.
class RateLimitTest {
  private static final long SECOND = 1_000_000_000;
  private static final int PER_SECOND = 20;
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.7");

  private final RateLimit limit = new RateLimit(PER_SECOND, List.of(), 42, 0);

  private static byte[] answer(String name, int type) {
    return response(name, type, Rcode.NOERROR, Section.ANSWER, name + " 60 TXT x");
  }

  private static byte[] noSuchName(String name, String zone) {
    return response(name, Type.A, Rcode.NXDOMAIN, Section.AUTHORITY, soa(zone));
  }

  private static String soa(String zone) {
    return zone + " 60 SOA ns.example.org. h.example.org. 1 2 3 4 5";
  }

  private static byte[] referral(String name, String child) {
    byte[] octets =
        response(name, Type.A, Rcode.NOERROR, Section.AUTHORITY, child + " 60 NS ns." + child);
    octets[2] &= (byte) ~0x04; // without AA
    return octets;
  }

  private static byte[] refused(String name) {
    return response(name, Type.A, Rcode.REFUSED, Section.ANSWER, "");
  }

  private static byte[] response(String name, int type, int rcode, int section, String record) {
    try {
      Message message = Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
      message.getHeader().setFlag(Flags.QR);
      message.getHeader().setFlag(Flags.AA);
      message.getHeader().setRcode(rcode);
      if (!record.isEmpty()) {
        String[] parts = record.split(" ", 4);
        message.addRecord(
            Record.fromString(
                Name.fromString(parts[0]),
                Type.value(parts[2]),
                DClass.IN,
                60,
                parts[3],
                Name.root),
            section);
      }
      return message.toWire();
    } catch (IOException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private Verdict judge(byte[] response, long nowNanos) {
    return limit.judge(CLIENT.getAddress(), response, response.length, nowNanos);
  }

  private int sent(InetAddress client, byte[] response, int times, long nowNanos) {
    int sent = 0;
    for (int i = 0; i < times; i++) {
      sent += limit.judge(client.getAddress(), response, response.length, nowNanos) == SEND ? 1 : 0;
    }
    return sent;
  }

  @Nested
  class OneNetwork {
    @Test
    void getsASecondsWorthAtOnce_andNoMore() {
      assertThat(sent(CLIENT, answer("www.example.com.", Type.A), 1_000, 0)).isEqualTo(PER_SECOND);
    }

    @Test
    void getsItsRate_howeverLongTheFloodLasts() {
      byte[] response = answer("www.example.com.", Type.A);
      int sent = 0;
      for (int millis = 0; millis < 10_000; millis++) {
        sent += sent(CLIENT, response, 5, millis * SECOND / 1_000);
      }
      // A second's worth at the start, and 10 seconds of the rate.
      assertThat(sent).isBetween(11 * PER_SECOND - 2, 11 * PER_SECOND + 2);
    }

    @Test
    void getsEverything_whileItStaysBelowTheRate() {
      byte[] response = answer("www.example.com.", Type.A);
      for (int i = 0; i < 200; i++) {
        assertThat(judge(response, i * SECOND / PER_SECOND + i)).isEqualTo(SEND);
      }
    }

    @Test
    void getsEachSecondAnswerOverTheLimitTruncated() {
      byte[] response = answer("www.example.com.", Type.A);
      sent(CLIENT, response, PER_SECOND, 0);
      Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
      for (int i = 0; i < 100; i++) {
        verdicts.merge(judge(response, 0), 1, Integer::sum);
      }
      assertThat(verdicts).containsOnly(Map.entry(DROP, 50), Map.entry(TRUNCATE, 50));
    }

    @ParameterizedTest
    @CsvSource({
      "192.0.2.7,      192.0.2.250,          true",
      "192.0.2.7,      192.0.3.7,            false",
      "2001:db8::7,    2001:db8:0:ff::1,     true",
      "2001:db8::7,    2001:db8:0:100::1,    false",
      "192.0.2.7,      2001:db8::7,          false"
    })
    void isASlash24_orASlash56(String one, String other, boolean isSame) {
      byte[] response = answer("www.example.com.", Type.A);
      sent(InetAddress.ofLiteral(one), response, 1_000, 0);
      assertThat(sent(InetAddress.ofLiteral(other), response, 1_000, 0))
          .isEqualTo(isSame ? 0 : PER_SECOND);
    }

    @Test
    void getsAtMostFiveTimesTheRate_howeverManyNamesItAsksFor() {
      int sent = 0;
      for (int i = 0; i < 1_000; i++) {
        sent += sent(CLIENT, answer("www" + i + ".example.com.", Type.A), 1, 0);
      }
      assertThat(sent).isEqualTo(RateLimit.ALL_FACTOR * PER_SECOND);
    }
  }

  @Nested
  class LikeAnswers {
    private void areTheSame(byte[] one, byte[] other) {
      sent(CLIENT, one, PER_SECOND, 0);
      assertThat(judge(other, 0)).isNotEqualTo(SEND);
    }

    private void differ(byte[] one, byte[] other) {
      sent(CLIENT, one, PER_SECOND, 0);
      assertThat(judge(other, 0)).isEqualTo(SEND);
    }

    @Test
    void haveTheSameNameWhateverItsCase_andTheSameType() {
      areTheSame(answer("www.example.com.", Type.A), answer("wWw.eXample.com.", Type.A));
    }

    @Test
    void haveNotAnotherType() {
      differ(answer("www.example.com.", Type.A), answer("www.example.com.", Type.TXT));
    }

    @Test
    void areAllNamesOfOneZoneThatDoNotExist() {
      areTheSame(
          noSuchName("x1.example.com.", "example.com."),
          noSuchName("x2.y.example.com.", "example.com."));
    }

    @Test
    void areNotThoseOfAnotherZone() {
      differ(
          noSuchName("x.example.com.", "example.com."),
          noSuchName("x.example.net.", "example.net."));
    }

    @Test
    void areReferralsToOneChild() {
      areTheSame(
          referral("a.child.example.com.", "child.example.com."),
          referral("b.child.example.com.", "child.example.com."));
    }

    @Test
    void areNotReferralsToAnother() {
      differ(
          referral("a.child.example.com.", "child.example.com."),
          referral("a.other.example.com.", "other.example.com."));
    }

    @Test
    void areAllErrors() {
      areTheSame(refused("a.example."), refused("b.example."));
    }

    @Test
    void areNoDataOfOneZone_andNotItsNameErrors() {
      byte[] noData =
          response("a.example.com.", Type.A, Rcode.NOERROR, Section.AUTHORITY, soa("example.com."));
      byte[] another =
          response("b.example.com.", Type.A, Rcode.NOERROR, Section.AUTHORITY, soa("example.com."));
      areTheSame(noData, another);
      assertThat(judge(noSuchName("a.example.com.", "example.com."), 0)).isEqualTo(SEND);
    }

    @Test
    void ofTheRootZoneAreTold() {
      areTheSame(noSuchName("a.b.", "."), noSuchName("c.d.", "."));
    }
  }

  @Nested
  class Exemptions {
    private final RateLimit some =
        new RateLimit(
            1,
            List.of(AddressRange.parse("198.51.100.128/25"), AddressRange.parse("2001:db8::/32")),
            42,
            0);

    @ParameterizedTest
    @CsvSource({
      "198.51.100.128, true",
      "198.51.100.255, true",
      "198.51.100.127, false",
      "2001:db8:ffff::1, true",
      "2001:db9::1, false"
    })
    void applyToTheirAddressesAlone(String client, boolean isExempt) {
      byte[] response = refused("example.");
      InetAddress address = InetAddress.ofLiteral(client);
      for (int i = 0; i < 10; i++) {
        some.judge(address.getAddress(), response, response.length, 0);
      }
      assertThat(some.judge(address.getAddress(), response, response.length, 0) == SEND)
          .isEqualTo(isExempt);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"192.0.2.0/33", "2001:db8::/129", "example.org", "192.0.2/24", "", "/8"})
    void areNetworks(String text) {
      assertThatThrownBy(() -> AddressRange.parse(text))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Nested
  class Bounds {
    @Test
    void aFloodOfForgedNetworksDoesNotGrowIt_andCostsNoHonestOneItsAnswers() {
      byte[] response = answer("www.example.com.", Type.A);
      int honest = 0;
      for (int i = 0; i < 500_000; i++) {
        InetAddress forged =
            InetAddress.ofLiteral((i >> 14) + "." + (i >> 6 & 255) + "." + (i << 2 & 255) + ".1");
        limit.judge(forged.getAddress(), response, response.length, i * 100L);
        if (i % 50_000 == 0) {
          honest += sent(CLIENT, answer("honest.example.com.", Type.A), 1, i * 100L);
        }
      }
      assertThat(limit.evictions()).as("the table was full").isPositive();
      assertThat(honest).isEqualTo(10);
    }

    @Test
    void judgingAllocatesNothing() {
      RateLimit exempting =
          new RateLimit(1_000, List.of(AddressRange.parse("198.51.100.128/25")), 42, 0);
      byte[] client = CLIENT.getAddress();
      byte[] response = answer("www.example.com.", Type.A);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
          exempting.judge(client, response, response.length, i);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, RateLimit.MAX_PER_SECOND + 1})
    void aRateIsWithinBounds(int rate) {
      assertThatThrownBy(() -> new RateLimit(rate, List.of(), 42, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anyOctetsAreJudged() {
      Random random = new Random(7);
      for (int i = 0; i < 100_000; i++) {
        byte[] octets = new byte[random.nextInt(64)];
        random.nextBytes(octets);
        if (octets.length > 5) {
          octets[4] = 0;
          octets[5] = (byte) random.nextInt(2);
        }
        assertThat(judge(octets, i)).isNotNull();
      }
    }
  }
}
