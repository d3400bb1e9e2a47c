package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
import zonetrail.authority.PushOutcome;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.DnsClient;
import zonetrail.server.PrimaryServer;
import zonetrail.server.PrimaryUnderTest;
import zonetrail.update.SerialStyle;

/// P1, P4: updates that were acknowledged locally wait over a stop, while somebody takes a commit
/// of their own back out of the branch by force. They are made again on what is there now.
@RequiresTool(value = "git", debian = "git")
class RewriteAtAStartIT {
  private static final TSIG KEY =
      DnsClient.key(PrimaryUnderTest.KEY_NAME + ".", PrimaryUnderTest.SECRET);

  @TempDir private Path directory;
  private volatile boolean isAway = true;

  @Test
  void whatWaitedIsMadeAgain_whereTheHistoryWasRewrittenMeanwhile() throws Exception {
    GitRepository origin = PrimaryUnderTest.repository(directory);
    String base = origin.git("rev-parse", "HEAD").strip();
    origin.write("other.example.com", PrimaryUnderTest.ZONE).push("a slip");
    try (PrimaryServer server = start(origin)) {
      DnsClient client = new DnsClient(server.boundAddresses().getFirst());
      add(client, "a");
      add(client, "b");
    }
    origin.git("reset", "--hard", base);
    origin.write("third.example.com", PrimaryUnderTest.ZONE);
    origin.commit("instead of it");
    origin.git("push", "--quiet", "--force", "origin", "HEAD:main");
    isAway = false;
    try (PrimaryServer server = start(origin)) {
      DnsClient client = new DnsClient(server.boundAddresses().getFirst());
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(GitRepository.gitIn(origin.bare(), "show", "main:example.com"))
                  .containsPattern("(?m)^a\\s")
                  .containsPattern("(?m)^b\\s"));
      for (String host : List.of("a", "b")) {
        assertThat(client.records(host + ".example.com.", Type.A)).containsExactly("192.0.2.7");
      }
      assertThat(client.records("third.example.com.", Type.SOA)).hasSize(1);
    }
  }

  private PrimaryServer start(GitRepository origin) throws Exception {
    GitSource source =
        new GitSource(RepositoryFixture.open(origin.bare().toString(), directory.resolve("state")));
    EditSettings editing =
        new EditSettings(Ack.LOCAL, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    return PrimaryServer.start(
        (ZoneSource) interposed(source),
        new PrimaryServer.Settings(List.of(loopback), 2, Duration.ofMillis(200))
            .withEditing(editing));
  }

  /// The source, whose remote takes nothing as long as it is away.
  private Object interposed(GitSource source) {
    return Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {ZoneSource.class, ZoneLedger.class},
        (_, method, arguments) -> {
          if (isAway && method.getName().equals("push")) {
            return new PushOutcome.Failed("the remote is away", false, false);
          }
          try {
            return method.invoke(source, arguments);
          } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
          }
        });
  }

  private static void add(DnsClient client, String host) throws Exception {
    Update update = new Update(Name.fromString("example.com."));
    update.add(Name.fromString(host + ".example.com."), Type.A, 300, "192.0.2.7");
    update.setTSIG(KEY, Rcode.NOERROR, null);
    try (Socket socket = client.connect()) {
      socket.getOutputStream().write(DnsClient.framed(update.toWire(Message.MAXLENGTH)));
      assertThat(new Message(DnsClient.receive(socket)).getRcode()).isEqualTo(Rcode.NOERROR);
    }
  }
}
