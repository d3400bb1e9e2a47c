import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneChange;

/// What the next version of a zone costs, from the change to the zone that is ready to be published.
///
///     mvn -q -pl core -am compile
///     java -Xmx3g -cp core/target/classes bench/ChangeZone.java
///
/// For zones of 1,000 and 1,000,000 names, or those that are given: 2,000 changes of one address somewhere, then
/// 2,000 of ten addresses at neighbouring names, which leave whole chunks half empty, so that compaction has work.
/// Each change replaces the SOA record too. Prints median, 99th percentile and maximum of the time on the clock, in which
/// a busy machine shows, and of the thread's CPU time, in which collections of garbage don't; the octets allocated for
/// each change; and the heap of the zone before and after.
public final class ChangeZone {
  private static final WireName APEX = WireName.parse("bench.example.");
  private static final int CHANGES = 2_000;

  private ChangeZone() {}

  /// @param arguments how many names, for each run
  public static void main(String[] arguments) {
    run(1_000); // warms up the compiler; not shown
    System.out.println("names, records a change: median, p99, max ms on the clock; the same of CPU; allocated octets a change: mean, max");
    for (String names : arguments.length > 0 ? arguments : new String[] {"1000", "1000000"}) {
      System.out.print(run(Integer.parseInt(names)));
    }
  }

  private static String run(int names) {
    Zone zone = zone(names);
    StringBuilder shown = new StringBuilder();
    Random random = new Random(names);
    long before = zone.heapOctets();
    for (int records : new int[] {1, 10}) {
      Measured measured = new Measured();
      for (int i = 0; i < CHANGES; i++) {
        int first = records == 1 ? random.nextInt(names) : Math.floorMod(names / 2 + i * records, names);
        ZoneChange.Builder change = new ZoneChange.Builder(zone).put(soa(records * CHANGES + i));
        for (int at = 0; at < records; at++) {
          change.put(address((first + at) % names, random.nextInt()));
        }
        zone = measured.with(zone, change.build(), i);
      }
      shown.append(String.format("%,d, %d: %s%n", names, records, measured));
    }
    return shown + String.format("  heap of the zone: %,d octets before, %,d after%n", before, zone.heapOctets());
  }

  /// What the changes took.
  private static final class Measured {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long[] clockNanos = new long[CHANGES];
    private final long[] cpuNanos = new long[CHANGES];
    private final long[] octets = new long[CHANGES];

    Zone with(Zone zone, ZoneChange change, int number) {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long cpu = THREADS.getCurrentThreadCpuTime();
      long clock = System.nanoTime();
      Zone next = zone.with(change);
      clockNanos[number] = System.nanoTime() - clock;
      cpuNanos[number] = THREADS.getCurrentThreadCpuTime() - cpu;
      octets[number] = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      return next;
    }

    @Override
    public String toString() {
      return String.format(
          "%s; %s; %,d, %,d octets",
          millis(clockNanos),
          millis(cpuNanos),
          Arrays.stream(octets).sum() / CHANGES,
          Arrays.stream(octets).max().orElseThrow());
    }

    private static String millis(long[] nanos) {
      Arrays.sort(nanos);
      return String.format(
          "%.3f, %.3f, %.3f ms", nanos[CHANGES / 2] / 1e6, nanos[CHANGES * 99 / 100] / 1e6, nanos[CHANGES - 1] / 1e6);
    }
  }

  private static Zone zone(int names) {
    ZoneBuilder builder = new ZoneBuilder(APEX);
    RRset soa = soa(0);
    builder.add(APEX, RRType.SOA, soa.ttlSeconds(), soa.rdatas().getFirst());
    for (int i = 0; i < names; i++) {
      RRset address = address(i, i);
      builder.add(address.owner(), RRType.A, address.ttlSeconds(), address.rdatas().getFirst());
    }
    return builder.build();
  }

  private static RRset address(int name, int address) {
    Rdata rdata = Rdata.of(ByteBuffer.allocate(4).putInt(address).array());
    return new RRset(WireName.parse("host-" + name + ".bench.example."), RRType.A, 3600, List.of(rdata));
  }

  private static RRset soa(int serial) {
    byte[] rdata = ByteBuffer.allocate(22).putInt(2, serial).array();
    return new RRset(APEX, RRType.SOA, 3600, List.of(Rdata.of(rdata)));
  }
}
