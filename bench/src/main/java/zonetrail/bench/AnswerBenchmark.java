package zonetrail.bench;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import zonetrail.answer.Responder;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// What an answer costs, from the octets of the question to those of the response; no network.
///
/// Half of the names are hosts, half are delegations with glue. Questions go to names at random, so
/// large zones miss the processor's caches as they do in life.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AnswerBenchmark {
  /// A power of two.
  private static final int QUERIES = 1 << 18;

  /// What is asked, and of which kind of zone.
  public enum Question {
    /// The address of a host.
    HIT(Denial.NONE, false),
    /// A name that does not exist.
    NXDOMAIN(Denial.NONE, false),
    /// A type that a host does not have.
    NODATA(Denial.NONE, false),
    /// A name below a cut, with glue.
    REFERRAL(Denial.NONE, false),
    /// The address of a host, with its signature.
    SIGNED_HIT(Denial.NSEC, true),
    /// A name that does not exist, with proof.
    NSEC_NXDOMAIN(Denial.NSEC, true),
    /// The same by hashes, without further iterations (RFC 9276 §3.1).
    NSEC3_NXDOMAIN(Denial.NSEC3, true),
    /// A type that a host does not have, with proof.
    NSEC3_NODATA(Denial.NSEC3, true),
    /// A name below a cut without DS, with proof of that.
    NSEC3_REFERRAL(Denial.NSEC3, true);

    private final Denial denial;
    private final boolean dnssecOk;

    Question(Denial denial, boolean dnssecOk) {
      this.denial = denial;
      this.dnssecOk = dnssecOk;
    }

    private byte[] query(Random random, int names) {
      int half = random.nextInt(names / 2);
      return switch (this) {
        case HIT, SIGNED_HIT -> query("h" + half, RRType.A);
        case NXDOMAIN, NSEC_NXDOMAIN, NSEC3_NXDOMAIN -> query("g" + half + "x", RRType.A);
        case NODATA, NSEC3_NODATA -> query("h" + half, RRType.MX);
        case REFERRAL, NSEC3_REFERRAL -> query("www.d" + half, RRType.A);
      };
    }

    /// With EDNS, as resolvers ask.
    private byte[] query(String labels, RRType type) {
      byte[] name = WireName.parse(labels).append(MadeZone.APEX).toWire();
      byte[] message = new byte[12 + name.length + 4 + 11];
      byte[] head = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
      System.arraycopy(head, 0, message, 0, head.length);
      System.arraycopy(name, 0, message, 12, name.length);
      int at = 12 + name.length;
      message[at + 1] = (byte) type.value();
      message[at + 3] = 1;
      byte[] opt = {0, 0, 41, 4, (byte) 208, 0, 0, (byte) (dnssecOk ? 0x80 : 0), 0, 0, 0};
      System.arraycopy(opt, 0, message, at + 4, opt.length);
      return message;
    }
  }

  /// How many hosts and delegations the zone has.
  @Param({"1000", "10000", "100000", "1000000"})
  public int names;

  /// What is asked.
  @Param public Question question = Question.HIT;

  private final QueryCursor cursor = new QueryCursor();
  private final Responder responder = new Responder();
  private final byte[] response = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];
  private byte[][] queries = {};
  private Zones zones = Zones.of(List.of());
  private int next;

  /// Makes the zone and the queries.
  @Setup(Level.Trial)
  public void begin() {
    Zone zone = MadeZone.of(names, question.denial);
    zones = Zones.of(List.of(zone));
    System.out.printf(
        "# %,d records, %d octets of heap each%n",
        zone.recordCount(), zone.heapOctets() / zone.recordCount());
    Random random = new Random(7);
    queries = new byte[QUERIES][];
    for (int i = 0; i < QUERIES; i++) {
      queries[i] = question.query(random, names);
    }
  }

  /// One answer.
  ///
  /// @return how long it is
  @Benchmark
  public int answer() {
    byte[] query = queries[next++ & (QUERIES - 1)];
    QueryCursor.Outcome outcome = cursor.wrap(query, query.length);
    return responder.respond(
        cursor, outcome, zones, response, ResponseWriter.MAX_UDP_PAYLOAD_OCTETS);
  }
}
