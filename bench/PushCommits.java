import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import zonetrail.authority.FetchScope;
import zonetrail.authority.Layout;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.ZoneCommit;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.masterfile.FileText;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAccess;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.SshSettings;
import zonetrail.server.git.ZoneRepository;

/// What it takes to make a commit last in the clone, and to bring it to a remote: OpenSSH's sshd and the real git on
/// loopback, one session, one file changed by each commit.
///
///     mvn -q -B test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath -pl core,src-test-fixtures,server -am
///     java -cp src-test-fixtures/target/classes:core/target/classes:server/target/classes:$(cat server/target/classpath) \
///         bench/PushCommits.java 200 100
///
/// Arguments: pushes, and files in the repository (256 folders of them where there are more than 1,000). Prints median,
/// 99th percentile and maximum in ms of a commit and of a push, pushes per second, and the CPU time of this process for
/// both, and what a fetch takes that finds our own push. Then the same with half a second between the pushes; with that and a remote that takes 0.2 s to start git, as a
/// forge may (a `.bashrc` of the login's that sleeps); and with a post-receive hook of 3 s, which a push must not wait
/// for, for 16 pushes.
public final class PushCommits {
  private static final String ZONE = "$TTL 300\n@ SOA ns.example.org. h.example.org. %d 3600 900 604800 300\n NS ns.example.org.\n";

  private PushCommits() {}

  /// @param arguments pushes, files
  public static void main(String[] arguments) throws Exception {
    int pushes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
    int files = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
    Path directory = Files.createTempDirectory("push-commits");
    GitRepository origin = GitRepository.create(directory, "zones");
    for (int i = 0; i < files; i++) {
      origin.write(file(i, files), ZONE.formatted(i));
    }
    origin.push("first");
    Path keys = Files.createDirectory(directory.resolve("sshd"));
    try (OpenSshServer sshd = OpenSshServer.start(keys, OpenSshServer.KeyKind.ED25519)) {
      SshSettings ssh =
          SshSettings.of(
              sshd.authorizedKey(OpenSshServer.KeyKind.ED25519),
              List.of(sshd.fingerprint(OpenSshServer.KeyKind.ED25519)),
              Optional.empty());
      Layout layout = files > 1_000 ? new Layout(Layout.Folders.TREE, ZoneFilePattern.NAME_ALONE) : Layout.DEFAULT;
      try (GitSource source =
          new GitSource(
              ZoneRepository.open(
                  RemoteAddress.parse(sshd.url(origin.bare())),
                  Optional.empty(),
                  layout,
                  directory.resolve("state"),
                  RemoteAccess.by(Optional.of(ssh))))) {
        AtomicReference<String> tip = new AtomicReference<>(source.fetch("", FetchScope.everything()).now().version());
        run("warm-up", source, tip, 30, files, 0);
        run("plain", source, tip, pushes, files, 0);
        run("apart", source, tip, 16, files, 500);
        double[] echo = new double[16];
        for (int i = 0; i < echo.length; i++) {
          long at = System.nanoTime();
          source.fetch(tip.get(), FetchScope.everything());
          echo[i] = (System.nanoTime() - at) / 1e6;
        }
        System.out.println("fetch of what we pushed, as the remote's hook asks for: " + shown(echo) + " ms");
        Path slow = Files.writeString(keys.resolve(".bashrc"), "sleep 0.2\n");
        run("slow start", source, tip, 16, files, 0);
        run("both", source, tip, 16, files, 500);
        Files.delete(slow);
        origin.hook("post-receive", "#!/bin/sh\nsleep 3\n");
        run("hook of 3 s", source, tip, 16, files, 0);
      }
    }
  }

  private static String file(int number, int files) {
    String name = "zone" + number + ".example";
    return files > 1_000 ? "%02x/%s".formatted(number % 256, name) : name;
  }

  private static void run(String what, GitSource source, AtomicReference<String> tip, int pushes, int files, int pauseMillis)
      throws Exception {
    double[] commitMillis = new double[pushes];
    double[] pushMillis = new double[pushes];
    long begin = System.nanoTime();
    long cpu = cpu();
    for (int i = 0; i < pushes; i++) {
      TreeMap<String, Optional<FileText>> changed = new TreeMap<>();
      String text = ZONE.formatted(System.nanoTime() / 1000 % 4_000_000_000L);
      changed.put(file(i * 31 % files, files), Optional.of(FileText.of(text.getBytes())));
      Thread.sleep(pauseMillis);
      long at = System.nanoTime();
      String commit =
          source
              .commit(
                  tip.get(),
                  new ZoneCommit("bench", Instant.now(), "change", "", List.of("Zonetrail-Request: " + i), changed))
              .version();
      commitMillis[i] = (System.nanoTime() - at) / 1e6;
      at = System.nanoTime();
      PushOutcome outcome = source.push(commit);
      pushMillis[i] = (System.nanoTime() - at) / 1e6;
      if (!(outcome instanceof PushOutcome.Pushed)) {
        throw new IllegalStateException(outcome.toString());
      }
      tip.set(commit);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "%-12s %4d files: commit %s ms, push %s ms, %.1f pushes a second, %.1f ms CPU each%n",
        what, files, shown(commitMillis), shown(pushMillis), pushes / seconds, (cpu() - cpu) / 1e6 / pushes);
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static String shown(double[] millis) {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return "%.0f/%.0f/%.0f"
        .formatted(sorted[sorted.length / 2], sorted[sorted.length * 99 / 100], sorted[sorted.length - 1]);
  }
}
