import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import zonetrail.answer.Responder;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.Zones;

/// What an answer costs, from the octets of the question to those of the response, in CPU time of the thread that makes it; no
/// network. Half of the names are hosts, half are delegations with glue; questions go to names at random, so large zones miss the
/// processor's caches as they do in life.
///
/// Arguments: numbers of names. Prints for each number and kind of question the least and the median nanoseconds of an answer over
/// rounds of 200,000, and the octets allocated by one; then the zone's octets of heap per record.
public final class AnswerZone {
  private static final int ROUNDS = 9;
  private static final int QUESTIONS = 200_000;
  private static final WireName APEX = WireName.parse("bench.example");

  private AnswerZone() {}

  /// @param arguments numbers of names
  public static void main(String[] arguments) {
    for (String names : arguments) {
      int count = Integer.parseInt(names);
      Zone zone = zone(count);
      System.out.printf(
          "%,d names: %d octets of heap a record%n", count, zone.heapOctets() / zone.recordCount());
      Zones zones = Zones.of(List.of(zone));
      time("host", zones, random -> query("h" + random.nextInt(count / 2), RRType.A));
      time("no such name", zones, random -> query("x" + random.nextInt(count), RRType.A));
      time("no such type", zones, random -> query("h" + random.nextInt(count / 2), RRType.MX));
      time("delegation", zones, random -> query("www.d" + random.nextInt(count / 2), RRType.A));
    }
  }

  private interface Questions {
    byte[] next(Random random);
  }

  private static Zone zone(int names) {
    ZoneBuilder zone = new ZoneBuilder(APEX);
    byte[] soa = new byte[22];
    zone.add(APEX, RRType.SOA, 3600, Rdata.of(soa));
    for (int i = 0; i < names / 2; i++) {
      byte[] address = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      zone.add(name("h" + i), RRType.A, 300, Rdata.of(address));
      WireName server = name("ns.d" + i);
      zone.add(name("d" + i), RRType.NS, 300, Rdata.of(server.toWire()));
      zone.add(server, RRType.A, 300, Rdata.of(address));
    }
    return zone.build();
  }

  private static WireName name(String labels) {
    return WireName.parse(labels + "." + APEX);
  }

  /// With EDNS, as resolvers ask.
  private static byte[] query(String labels, RRType type) {
    byte[] name = name(labels).toWire();
    byte[] message = new byte[12 + name.length + 4 + 11];
    byte[] head = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(name, 0, message, 12, name.length);
    int at = 12 + name.length;
    message[at + 1] = (byte) type.value();
    message[at + 3] = 1;
    byte[] opt = {0, 0, 41, 4, (byte) 208, 0, 0, 0, 0, 0, 0};
    System.arraycopy(opt, 0, message, at + 4, opt.length);
    return message;
  }

  private static void time(String kind, Zones zones, Questions questions) {
    Random random = new Random(7);
    byte[][] queries = new byte[QUESTIONS][];
    for (int i = 0; i < QUESTIONS; i++) {
      queries[i] = questions.next(random);
    }
    QueryCursor cursor = new QueryCursor();
    Responder responder = new Responder();
    byte[] out = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] nanos = new double[ROUNDS];
    long allocated = 0;
    long octets = 0;
    for (int round = -3; round < ROUNDS; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      long begun = threads.getCurrentThreadCpuTime();
      for (byte[] query : queries) {
        QueryCursor.Outcome outcome = cursor.wrap(query, query.length);
        octets += responder.respond(cursor, outcome, zones, out, 1232);
      }
      if (round >= 0) {
        nanos[round] = (double) (threads.getCurrentThreadCpuTime() - begun) / QUESTIONS;
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "  %-13s %5.0f %5.0f ns, %d octets allocated each, %d octets long%n",
        kind,
        nanos[0],
        nanos[ROUNDS / 2],
        allocated / QUESTIONS,
        octets / QUESTIONS / (ROUNDS + 3));
  }
}
