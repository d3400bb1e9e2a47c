package zonetrail.answer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import zonetrail.fixtures.Soak;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.WireName;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// The compiled answers against the general ones: the same records in the same order in the same
/// sections, the same flags and the same code, for every kind of zone, question and client.
class CompiledAnswerTest {
  private static final int QUESTIONS_OF_TREE = 10_000;

  /// For each of eight seeds, which begin as many sequences of trees of zones.
  private static final int QUESTIONS = Soak.Times.of("questions", 20_000, 1_250_000);

  /// Both compress names, but not all alike, so near its limit one may hold a set more.
  private static final int MAX_DIFFERENCE_OCTETS = 64;

  private final byte[] ours = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];
  private final byte[] theirs = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];
  private final QueryCursor cursor = new QueryCursor();
  private final Responder compiled = new Responder();
  private final Responder reference = Responder.ofReference();

  private static Zones zones(RandomZones random) {
    List<Zone> zones = new ArrayList<>();
    random
        .texts()
        .forEach((apex, text) -> {
          byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
          Zone zone =
              ZoneFileReader.read(apex, WireName.parse(apex), octets, IncludeSource.NONE).zone();
          if (zone != null) {
            zones.add(zone);
          }
        });
    return Zones.of(zones);
  }

  private static byte[] query(Random random, RandomZones.Question question) {
    try {
      int type = requireNonNull(RRType.parse(question.type())).value();
      Record record = Record.newRecord(Name.fromString(question.name()), type, DClass.IN);
      Message message = Message.newQuery(record);
      if (random.nextInt(3) > 0) {
        message.addRecord(
            new OPTRecord(1232, 0, 0, random.nextInt(2) * 0x8000), Section.ADDITIONAL);
      }
      return message.toWire();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int limit(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 512;
      case 1 -> 282 + random.nextInt(400);
      case 2 -> ResponseWriter.MAX_UDP_PAYLOAD_OCTETS;
      default -> ResponseWriter.MAX_MESSAGE_OCTETS;
    };
  }

  private int respond(Responder responder, Zones zones, byte[] query, byte[] into, int limit) {
    QueryCursor.Outcome outcome = cursor.wrap(query, query.length);
    return responder.respond(cursor, outcome, zones, into, limit);
  }

  static List<String> inWords(byte[] octets, int length) {
    try {
      Message message = new Message(Arrays.copyOf(octets, length));
      List<String> words = new ArrayList<>();
      words.add("id " + message.getHeader().toString().replaceAll("(?s).*flags", "flags"));
      for (int section = 0; section < 4; section++) {
        for (Record record : message.getSection(section)) {
          words.add(Section.string(section) + " " + record.toString().toLowerCase(Locale.ROOT));
        }
      }
      return words;
    } catch (IOException e) {
      throw new IllegalStateException("not a message", e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  @Soak
  void saysWhatTheGeneralAnswerSays(long first) {
    for (int i = 0; i < QUESTIONS; i += QUESTIONS_OF_TREE) {
      long seed = first + i;
      RandomZones randomZones = new RandomZones(seed, "test");
      compare(seed, new Random(seed), randomZones, zones(randomZones), QUESTIONS - i);
    }
  }

  /// A parent and its child have chains of different kinds, or one of them has none. Every second
  /// tree has chains with gaps, which prove nothing, and break nothing. A parent and its child have
  /// chains of different kinds, or one of them has none. Every second sequence has chains with
  /// gaps, which prove nothing, and break nothing.
  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7, 8})
  @Soak
  void saysWhatTheGeneralAnswerSays_inSignedZones(long first) {
    for (int i = 0; i < QUESTIONS; i += QUESTIONS_OF_TREE) {
      long seed = first + i;
      Random random = new Random(seed);
      RandomZones randomZones = new RandomZones(seed, "test");
      Zones signed = signed(random, zones(randomZones), first % 2 == 0 ? 4 : 0);
      compare(seed, random, randomZones, signed, QUESTIONS - i);
    }
  }

  private static Zones signed(Random random, Zones zones, int gapEvery) {
    SignedCopy.Kind[] kinds = SignedCopy.Kind.values();
    int kind = random.nextInt(kinds.length + 1);
    List<Zone> signed = new ArrayList<>();
    for (ServedZone zone : zones.all()) {
      boolean isSigned = kind < kinds.length;
      Zone unsigned = (Zone) zone;
      signed.add(isSigned ? SignedCopy.of(random, unsigned, kinds[kind], gapEvery) : unsigned);
      kind = (kind + 1) % (kinds.length + 1);
    }
    return Zones.of(signed);
  }

  private void compare(
      long seed, Random random, RandomZones randomZones, Zones zones, int questions) {
    assertThat(zones.size()).isGreaterThan(3);
    for (int i = 0; i < Math.min(questions, QUESTIONS_OF_TREE); i++) {
      RandomZones.Question question = randomZones.question();
      byte[] query = query(random, question);
      int limit = limit(random);
      int octets = respond(compiled, zones, query, ours, limit);
      int expected = respond(reference, zones, query, theirs, limit);
      if (Arrays.equals(ours, 0, octets, theirs, 0, expected)) {
        continue;
      }
      List<String> said = inWords(ours, octets);
      List<String> wanted = inWords(theirs, expected);
      if (!said.equals(wanted)) {
        int whole = respond(compiled, zones, query, ours, ResponseWriter.MAX_MESSAGE_OCTETS);
        int wholeExpected =
            respond(reference, zones, query, theirs, ResponseWriter.MAX_MESSAGE_OCTETS);
        assertThat(said)
            .as("seed %d: %s in %d, whole %d and %d", seed, question, limit, whole, wholeExpected)
            .satisfiesAnyOf(
                words -> assertThat(words).isEqualTo(wanted),
                _ -> {
                  assertThat(inWords(ours, whole)).isEqualTo(inWords(theirs, wholeExpected));
                  assertThat(Math.max(whole, wholeExpected)).isGreaterThan(limit);
                  // Names compressed otherwise take room in one place and give it back in another.
                  assertThat(Math.abs(whole - wholeExpected))
                      .isLessThanOrEqualTo(MAX_DIFFERENCE_OCTETS);
                  assertThat(inWords(ours, whole)).containsAll(records(said));
                  assertThat(inWords(theirs, wholeExpected)).containsAll(records(wanted));
                });
      }
    }
  }

  /// What a message has behind its header.
  private static List<String> records(List<String> words) {
    return words.subList(1, words.size());
  }

  private static final String EXAMPLE =
      """
      $TTL 300
      @      SOA   ns1 host 1 7200 900 604800 60
      @      NS    ns1
      @      NS    ns.other.test.
      @      MX    10 mail
      @      MX    20 mail2.other.test.
      ns1    A     192.0.2.1
      ns1    AAAA  2001:db8::1
      mail   A     192.0.2.2
      www    CNAME web
      web    A     192.0.2.3
      web    A     192.0.2.4
      _s._tcp SRV  1 2 53 ns1
      *.wild TXT   "anything"
      child  NS    ns.child
      child  NS    ns2.child
      child  DS    1 8 2 0000000000000000000000000000000000000000000000000000000000000000
      ns.child  A  192.0.2.5
      ns2.child A  192.0.2.6
      a.b.c  A     192.0.2.7
      insecure    NS     ns2.child
      *.wildalias CNAME  nothing
      moved       DNAME  wild
      """;

  /// Octets allocated by a thousand answers to one question, once the code is warm.
  private long allocated(Zones zones, byte[] query) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1_000; i++) {
        respond(compiled, zones, query, ours, ResponseWriter.MAX_UDP_PAYLOAD_OCTETS);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ns1.example. A",
        "ns1.example. AAAA",
        "NS1.Example. A",
        "example. SOA",
        "example. NS",
        "example. MX",
        "example. TXT",
        "www.example. A",
        "www.example. AAAA",
        "www.example. CNAME",
        "_s._tcp.example. SRV",
        "x.wild.example. TXT",
        "x.y.wild.example. A",
        "nothing.example. A",
        "x.y.z.nothing.example. A",
        "b.c.example. A",
        "child.example. A",
        "x.child.example. A",
        "ns.child.example. A",
        "child.example. DS",
        "x.moved.example. TXT",
        "x.moved.example. CNAME",
        "moved.example. TXT",
        "outside.test. A"
      })
  void allocatesNothing(String question) {
    Zones zones = Zones.of(List.of(example()));
    int space = question.indexOf(' ');
    RandomZones.Question asked =
        new RandomZones.Question(question.substring(0, space), question.substring(space + 1));
    for (long seed = 0; seed < 3; seed++) {
      byte[] query = query(new Random(seed), asked);
      assertThat(allocated(zones, query)).isZero();
    }
  }

  private static Zone example() {
    byte[] text = EXAMPLE.getBytes(StandardCharsets.US_ASCII);
    WireName apex = WireName.parse("example");
    return requireNonNull(ZoneFileReader.read("example", apex, text, IncludeSource.NONE).zone());
  }

  /// The proofs of RFC 4035 §3.1.3 and RFC 5155 §7.2.
  @ParameterizedTest
  @EnumSource
  void allocatesNothing_whenAbsenceIsProved(SignedCopy.Kind kind) {
    Zones signed = Zones.of(List.of(SignedCopy.of(new Random(1), example(), kind, 0)));
    for (String question :
        List.of(
            "ns1.example. A",
            "nothing.example. A",
            "x.y.z.nothing.example. A",
            "x.y.b.c.example. A",
            "ns1.example. MX",
            "example. TXT",
            "b.c.example. A",
            "x.wild.example. TXT",
            "x.y.wild.example. TXT",
            "x.wild.example. A",
            "alias.wildalias.example. A",
            "child.example. A",
            "x.moved.example. TXT",
            "x.moved.example. A",
            "x.insecure.example. A",
            "insecure.example. DS",
            "child.example. DS")) {
      int space = question.indexOf(' ');
      byte[] query =
          SignedExample.dnssecQuery(question.substring(0, space), question.substring(space + 1))
              .toWire();
      assertThat(allocated(signed, query)).as(question).isZero();
    }
  }
}
