import java.time.Instant;
import java.util.Random;
import zonetrail.tsig.ReplayMemory;
import zonetrail.tsig.ReplayMemory.Recall;

/// What the memory against replays takes when it is full, and what a look into it takes then.
///
///     java -Xmx4500m -cp CLASSES bench/FullReplayMemory.java
///
/// It is filled with as many requests as the heap allows, signed over 600 s as the verifier takes
/// them; then come requests that are known, that are new and do not fit, and, 600 s later, one that
/// does. Prints octets a request, ns of each kind (medians of batches of 1,000), and how many of
/// those that must be known were. The class path is that of `PushCommits.java`.
public final class FullReplayMemory {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final int VALID_SECONDS = 600;
  private static final int BATCH = 1_000;
  private static final int BATCHES = 301;

  private FullReplayMemory() {}

  /// @param arguments none, or how many requests instead
  public static void main(String[] arguments) {
    int requests =
        arguments.length > 0
            ? Integer.parseInt(arguments[0])
            : ReplayMemory.requestsFor(Runtime.getRuntime().maxMemory());
    long before = used();
    ReplayMemory memory = new ReplayMemory(requests);
    Random random = new Random(9);
    long begin = System.nanoTime();
    for (int i = 0; i < requests; i++) {
      Instant validUntil = NOW.plusSeconds(i * (long) VALID_SECONDS / requests + 1);
      if (memory.remember(id(i), validUntil, NOW) != Recall.FIRST) {
        throw new IllegalStateException("request " + i + " is not remembered");
      }
    }
    double fillNanos = (System.nanoTime() - begin) / (double) requests;
    long octets = used() - before;
    System.out.printf(
        "%,d requests: %.1f octets each, %.0f MiB; remembering one %.0f ns%n",
        memory.size(), octets / (double) requests, octets / 1048576.0, fillNanos);
    say("known", memory, Recall.REPLAY, () -> id(random.nextInt(requests)));
    say("new, no room", memory, Recall.FULL, () -> id(requests + random.nextInt(requests)));
    begin = System.nanoTime();
    Recall later = memory.remember(id(2 * requests), NOW.plusSeconds(1_200), NOW.plusSeconds(601 + 16));
    System.out.printf(
        "the first after all others are over: %s, %.2f ms, %,d remembered%n",
        later, (System.nanoTime() - begin) / 1e6, memory.size());
  }

  private interface Ids {
    String next();
  }

  private static void say(String what, ReplayMemory memory, Recall expected, Ids ids) {
    double[] nanos = new double[BATCHES];
    String[] batch = new String[BATCH];
    int others = 0;
    for (int i = 0; i < BATCHES; i++) {
      for (int j = 0; j < BATCH; j++) {
        batch[j] = ids.next();
      }
      long begin = System.nanoTime();
      for (String id : batch) {
        others += memory.remember(id, NOW.plusSeconds(300), NOW) == expected ? 0 : 1;
      }
      nanos[i] = (System.nanoTime() - begin) / (double) BATCH;
    }
    java.util.Arrays.sort(nanos);
    System.out.printf(
        "%s: %.0f ns, 99th percentile of batches %.0f; %d of %,d not %s%n",
        what, nanos[BATCHES / 2], nanos[BATCHES * 99 / 100], others, BATCHES * BATCH, expected);
  }

  /// As from a MAC: spread over all numbers.
  private static String id(int number) {
    long mixed = (number + 1) * 0x9E37_79B9_7F4A_7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    long other = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return java.util.HexFormat.of().toHexDigits(mixed) + java.util.HexFormat.of().toHexDigits(other);
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
