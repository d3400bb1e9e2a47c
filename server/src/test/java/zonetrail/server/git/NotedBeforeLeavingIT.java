package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.Input;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.Restart;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneReadings;
import zonetrail.authority.ZoneSource;
import zonetrail.authority.ZoneStatus;
import zonetrail.fixtures.GitRepository;
import zonetrail.server.DnsClient;
import zonetrail.server.PrimaryServer;
import zonetrail.server.PrimaryUnderTest;
import zonetrail.update.SerialStyle;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What was served by a commit of ours stays found when that commit is left for another line,
/// however busy the network lane is: a process that is killed then starts where it was.
class NotedBeforeLeavingIT {
  private static final TSIG KEY =
      DnsClient.key(PrimaryUnderTest.KEY_NAME + ".", PrimaryUnderTest.SECRET);

  private final Semaphore fetches = new Semaphore(2); // at the start, and what follows it
  private final Semaphore fetchesBegun = new Semaphore(0);
  private final CountDownLatch killed = new CountDownLatch(1);
  @TempDir private Path directory;
  private @Nullable String lastTip;

  /// A source whose fetches wait for the test, whose pushes get nowhere, and whose state is copied,
  /// as a kill leaves it, when it has made a commit on something else than the one before.
  private Object interposed(GitSource source) {
    return Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {ZoneSource.class, ZoneLedger.class},
        (_, method, arguments) -> {
          switch (method.getName()) {
            case "fetch" -> {
              fetchesBegun.release();
              fetches.acquire();
            }
            case "push" -> {
              return new PushOutcome.Failed("the remote is away", false, false);
            }
            default -> {}
          }
          Object result = invoke(method, source, arguments);
          if (method.getName().equals("commit")) {
            committed((String) arguments[0], ((SourceTree) result).version());
          }
          return result;
        });
  }

  private static Object invoke(Method method, GitSource source, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(source, arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getTargetException();
    }
  }

  private void committed(String parent, String commit) {
    boolean isElsewhere = lastTip != null && !lastTip.equals(parent);
    lastTip = commit;
    if (isElsewhere && killed.getCount() > 0) {
      copy(directory.resolve("state"), directory.resolve("killed"));
      killed.countDown();
    }
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Rfc(number = 1982, section = "3.2")
  void aSerialThatWasServedIsServedAfterAKill_whereItsCommitIsLeftWhileTheNetworkIsBusy()
      throws Exception {
    GitRepository origin = PrimaryUnderTest.repository(directory);
    origin.write("other.example.com", PrimaryUnderTest.ZONE).push("another zone");
    GitSource source =
        new GitSource(RepositoryFixture.open(origin.bare().toString(), directory.resolve("state")));
    EditSettings editing =
        new EditSettings(Ack.LOCAL, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    PrimaryServer.Settings settings =
        new PrimaryServer.Settings(List.of(loopback), 2, Duration.ofMillis(50))
            .withEditing(editing);
    try (PrimaryServer server = PrimaryServer.start((ZoneSource) interposed(source), settings)) {
      DnsClient client = new DnsClient(server.boundAddresses().getFirst());
      assertThat(fetchesBegun.tryAcquire(3, 30, TimeUnit.SECONDS)).as("a fetch hangs").isTrue();

      // Both are committed, served and answered while it does.
      assertThat(update(client, "example.com.")).isEqualTo(Rcode.NOERROR);
      assertThat(update(client, "other.example.com.")).isEqualTo(Rcode.NOERROR);
      assertThat(serial(client, "example.com.")).isEqualTo("2026112802");

      origin.write("example.com", "this is no zone\n").push("broken");
      fetches.release();
      assertThat(killed.await(30, TimeUnit.SECONDS)).as("it is made again").isTrue();
      assertThat(serial(client, "example.com.")).isEqualTo("2026112802");
      fetches.release(1_000);
    }
    try (GitSource left =
        new GitSource(
            RepositoryFixture.open(origin.bare().toString(), directory.resolve("killed")))) {
      Input.Started started =
          Restart.of(
              left.known().orElseThrow(),
              left,
              ZoneReadings.oneByOne(Long.MAX_VALUE),
              Instant.now());
      Input.Waiting waiting = Objects.requireNonNull(started.waiting());
      assertThat(serial(waiting.served().files(), "example.com")).hasToString("2026112802");
    }
  }

  private static int update(DnsClient client, String zone) throws Exception {
    Update update = new Update(Name.fromString(zone));
    update.add(Name.fromString("added." + zone), Type.A, 300, "192.0.2.7");
    update.setTSIG(KEY, Rcode.NOERROR, null);
    try (Socket socket = client.connect()) {
      socket.getOutputStream().write(DnsClient.framed(update.toWire(Message.MAXLENGTH)));
      return new Message(DnsClient.receive(socket)).getRcode();
    }
  }

  private static String serial(DnsClient client, String zone) throws IOException {
    return client.records(zone, Type.SOA).getFirst().split(" ", 4)[2];
  }

  private static @Nullable Serial serial(ZoneFiles files, String zone) {
    Optional<ZoneStatus> status =
        files.statuses().filter(each -> each.zone().equals(WireName.parse(zone))).findFirst();
    return status.map(ZoneStatus::serial).orElse(null);
  }
}
