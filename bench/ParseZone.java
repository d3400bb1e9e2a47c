import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.WireName;

/// What one core takes to read a master file, in CPU time of the thread that does it; `zone-parse.py` calls it.
/// Prints `records N`, then for each of three tasks its least and its median milliseconds.
public final class ParseZone {
  private ParseZone() {}

  /// @param arguments the zone's name, its file, and how often
  public static void main(String[] arguments) throws Exception {
    WireName apex = WireName.parse(arguments[0]);
    byte[] text = Files.readAllBytes(Path.of(arguments[1]));
    int runs = Integer.parseInt(arguments[2]);
    System.out.println("records " + parse(text, apex).recordCount());
    time("scan", runs, () -> scan(text));
    time("parse", runs, () -> parse(text, apex).recordCount());
    time("zone", runs, () -> ZoneFileReader.read("zone", apex, text, IncludeSource.NONE).zone());
  }

  private static MasterFile parse(byte[] text, WireName apex) {
    return MasterFile.parse("zone", text, apex, IncludeSource.NONE);
  }

  /// The least that reading can cost: every octet looked at once, words and lines counted.
  private static long scan(byte[] text) {
    long words = 0;
    long lines = 0;
    boolean inWord = false;
    for (byte octet : text) {
      boolean space = octet <= ' ';
      lines += octet == '\n' ? 1 : 0;
      words += space && inWord ? 1 : 0;
      inWord = !space;
    }
    return words << 32 | lines;
  }

  private static void time(String task, int runs, Supplier<Object> work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] millis = new double[runs];
    long allocated = 0;
    for (int i = -3; i < runs; i++) { // the first three warm up the compiler
      System.gc();
      long octets = threads.getCurrentThreadAllocatedBytes();
      long begun = threads.getCurrentThreadCpuTime();
      Object kept = work.get();
      long nanos = threads.getCurrentThreadCpuTime() - begun;
      allocated = threads.getCurrentThreadAllocatedBytes() - octets;
      if (kept == null) {
        throw new IllegalStateException(task + " found nothing");
      }
      if (i >= 0) {
        millis[i] = nanos / 1e6;
      }
    }
    Arrays.sort(millis);
    System.out.printf(
        "%s %.0f %.0f ms CPU, %d MiB allocated%n",
        task, millis[0], millis[runs / 2], allocated >> 20);
  }
}
