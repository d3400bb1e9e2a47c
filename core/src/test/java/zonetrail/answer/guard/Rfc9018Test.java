package zonetrail.answer.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.answer.guard.Cookies.Verdict;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.Rfc;

/// RFC 9018: how a server's cookie is made, with the vectors of its appendix.
@Rfc(number = 9018, section = "4")
class Rfc9018Test {
  private static final String SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf";
  private static final String CLIENT = "2464c4abcf10c957";
  private static final String WHOLE = CLIENT + "010000005cf79f111f8130c3eee29480";
  private static final long MADE_AT = 1_559_731_985;
  private static final String ADDRESS = "198.51.100.100";

  private final byte[] reply = new byte[Cookies.COOKIE_OCTETS];

  private static Cookies cookies(String... secrets) {
    return new Cookies(List.of(secrets).stream().map(HexFormat.of()::parseHex).toList());
  }

  private Verdict judge(Cookies cookies, String cookie, String address, long now) {
    return judgeOptions(cookies, "000a%04x".formatted(cookie.length() / 2) + cookie, address, now);
  }

  /// A query for the root's NS, with these options in its OPT record.
  private Verdict judgeOptions(Cookies cookies, String options, String address, long now) {
    QueryCursor request = new QueryCursor();
    byte[] message =
        HexFormat.of()
            .parseHex(
                "000000000001000000000001"
                    + "0000020001"
                    + "000029100000000000%04x".formatted(options.length() / 2)
                    + options);
    assertThat(request.wrap(message, message.length)).isEqualTo(QueryCursor.Outcome.OK);
    try {
      return cookies.judge(request, InetAddress.getByName(address).getAddress(), now, reply);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }

  private String replied() {
    return HexFormat.of().formatHex(reply);
  }

  @Nested
  @Rfc(number = 9018, section = "A")
  class AppendixA_TestVectors {
    @Test
    @Rfc(number = 9018, section = "A.1")
    void aClientLearnsACookie() {
      assertThat(judge(cookies(SECRET), CLIENT, ADDRESS, MADE_AT)).isEqualTo(Verdict.NEW);
      assertThat(replied()).isEqualTo(WHOLE);
    }

    @Test
    @Rfc(number = 9018, section = "A.2")
    void theSameClientLearnsAFreshOne() {
      assertThat(judge(cookies(SECRET), WHOLE, ADDRESS, 1_559_734_385)).isEqualTo(Verdict.GOOD);
      assertThat(replied()).isEqualTo(CLIENT + "010000005cf7a871d4a564a1442aca77");
    }

    @Test
    @Rfc(number = 9018, section = "A.3")
    @Rfc(number = 9018, section = "4.2")
    void reservedOctetsThatAreSetAreHashedAsTheyCame() {
      assertThat(
              judge(
                  cookies(SECRET),
                  "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5",
                  "203.0.113.203",
                  1_559_727_985))
          .isEqualTo(Verdict.GOOD);
    }

    @Test
    @Rfc(number = 9018, section = "A.3")
    void theAnswerHasReservedOctetsOfZero() {
      judge(
          cookies(SECRET),
          "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5",
          "203.0.113.203",
          0x5cf7a9ac);
      assertThat(replied()).isEqualTo("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e");
    }

    @Test
    @Rfc(number = 9018, section = "A.4")
    @Rfc(number = 9018, section = "5")
    void afterASecretIsReplacedItsCookiesAreStillGood() {
      Cookies renewed =
          cookies("445536bcd2513298075a5d379663c962", "dd3bdf9344b678b185a6f5cb60fca715");

      assertThat(
              judge(
                  renewed,
                  "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
                  "2001:db8:220:1:59de:d0f4:8769:82b8",
                  0x5cf7c609))
          .isEqualTo(Verdict.GOOD);
      assertThat(replied()).isEqualTo("22681ab97d52c298010000005cf7c609a6bb79d16625507a");
    }
  }

  @Nested
  @Rfc(number = 9018, section = "4.3")
  class Section4_3_Time {
    @Test
    void aCookieIsGoodForAnHourAndFiveMinutesAheadOfOurClock() {
      Cookies cookies = cookies(SECRET);

      assertThat(judge(cookies, WHOLE, ADDRESS, MADE_AT + 3600)).isEqualTo(Verdict.GOOD);
      assertThat(judge(cookies, WHOLE, ADDRESS, MADE_AT + 3601)).isEqualTo(Verdict.BAD);
      assertThat(judge(cookies, WHOLE, ADDRESS, MADE_AT - 300)).isEqualTo(Verdict.GOOD);
      assertThat(judge(cookies, WHOLE, ADDRESS, MADE_AT - 301)).isEqualTo(Verdict.BAD);
    }

    @Test
    void theTimeMayWrap() {
      Cookies cookies = cookies(SECRET);
      long last = (1L << 32) - 1;
      judge(cookies, CLIENT, ADDRESS, last);
      String made = replied();

      assertThat(judge(cookies, made, ADDRESS, last + 60)).isEqualTo(Verdict.GOOD);
    }
  }

  @Test
  @Rfc(number = 9018, section = "4.4")
  void aCookieIsGoodForItsClientAndItsAddressOnly() {
    Cookies cookies = cookies(SECRET);

    assertThat(judge(cookies, WHOLE, "198.51.100.101", MADE_AT)).isEqualTo(Verdict.BAD);
    assertThat(judge(cookies, "2464c4abcf10c958" + WHOLE.substring(16), ADDRESS, MADE_AT))
        .isEqualTo(Verdict.BAD);
    assertThat(judge(cookies("00".repeat(16)), WHOLE, ADDRESS, MADE_AT)).isEqualTo(Verdict.BAD);
    assertThat(judge(cookies, WHOLE.replace("57010000", "57020000"), ADDRESS, MADE_AT))
        .as("another version")
        .isEqualTo(Verdict.BAD);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 9, 15, 41, 100})
  @Rfc(number = 7873, section = "5.2.2")
  void anOptionOfALengthThatNoCookieHasIsMalformed(int octets) {
    assertThat(judge(cookies(SECRET), "00".repeat(octets), ADDRESS, MADE_AT))
        .isEqualTo(Verdict.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 23, 25, 36, 40})
  @Rfc(number = 9018, section = "4.4")
  void aCookieOfAnotherLengthThanOursIsNotOurs(int octets) {
    assertThat(judge(cookies(SECRET), "00".repeat(octets), ADDRESS, MADE_AT))
        .isEqualTo(Verdict.BAD);
  }

  @Test
  @Rfc(number = 7873, section = "5.2")
  void ofSeveralCookiesInARequestTheFirstCounts() {
    String good = "000a0018" + WHOLE;
    String other = "000a0008" + "0102030405060708";

    assertThat(judgeOptions(good + other)).isEqualTo(Verdict.GOOD);
    assertThat(replied()).startsWith(CLIENT);
    assertThat(judgeOptions(other + good)).isEqualTo(Verdict.NEW);
    assertThat(replied()).startsWith("0102030405060708");
    assertThat(judgeOptions("000a0007" + "01020304050607" + good)).isEqualTo(Verdict.MALFORMED);
    assertThat(judgeOptions("0003000a" + "000a000600000000" + "0000" + good))
        .isEqualTo(Verdict.GOOD);
    assertThat(judgeOptions("00030000")).isEqualTo(Verdict.NONE);
  }

  private Verdict judgeOptions(String options) {
    return judgeOptions(cookies(SECRET), options, ADDRESS, MADE_AT);
  }

  @Test
  void aCookieIsJudgedWithoutAllocating() throws UnknownHostException {
    QueryCursor request = new QueryCursor();
    byte[] message =
        HexFormat.of()
            .parseHex(
                "000000000001000000000001"
                    + "0000020001"
                    + "000029100000000000001c000a0018"
                    + WHOLE);
    assertThat(request.wrap(message, message.length)).isEqualTo(QueryCursor.Outcome.OK);
    Cookies cookies = cookies("00".repeat(16), SECRET);
    byte[] address = InetAddress.getByName(ADDRESS).getAddress();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 5_000; i++) {
        assertGood(cookies.judge(request, address, MADE_AT, reply));
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isZero();
  }

  private static void assertGood(Verdict verdict) {
    if (verdict != Verdict.GOOD) {
      throw new AssertionError(verdict);
    }
  }

  @Test
  void thereIsNoCookieWithoutASecret() {
    assertThatThrownBy(() -> new Cookies(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Cookies(List.of(new byte[15])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
