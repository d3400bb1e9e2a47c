package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings;
import zonetrail.authority.RemotePrimaries;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.DnsClient;
import zonetrail.server.PrimaryServer;
import zonetrail.server.PrimaryUnderTest;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.StreamLimits;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;

/// No secret is in what a primary and a secondary say, at any level of the log, whatever is done
/// with the keys: in it, over HTTP, in commits, in answers or on the secondary's disk.
@RequiresTool(
    value = {"sshd", "git"},
    debian = "openssh-server git")
class SecretsIT {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  private static final Duration SOON = Duration.ofSeconds(20);

  /// What dnsjava says of the keys that the test's own client has is not ours.
  private static final String CLIENT = "org.xbill";

  private final List<ILoggingEvent> log = new CopyOnWriteArrayList<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level before = root.getLevel();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          event.getFormattedMessage(); // its arguments may change later
          log.add(event);
        }
      };

  private Path directory;
  private OpenSshServer sshd;
  private GitRepository origin;

  @BeforeEach
  void listenAtTrace(@TempDir Path fresh) {
    directory = fresh;
    sshd = OpenSshServer.start(fresh, KeyKind.ED25519);
    origin = PrimaryUnderTest.repository(fresh);
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.TRACE);
  }

  @AfterEach
  void listenNoMore() {
    root.setLevel(before);
    root.detachAppender(appender);
    sshd.close();
  }

  private List<String> secrets() throws IOException {
    byte[] octets = Base64.getDecoder().decode(PrimaryUnderTest.SECRET);
    List<String> secrets = new ArrayList<>();
    secrets.add(PrimaryUnderTest.SECRET);
    secrets.add(new String(octets, ISO_8859_1));
    secrets.add(HexFormat.of().formatHex(octets));
    secrets.add(HexFormat.of().withUpperCase().formatHex(octets));
    // The middle of the SSH key: its first line is alike in all keys.
    List<String> lines = Files.readAllLines(sshd.authorizedKey(KeyKind.ED25519));
    secrets.addAll(lines.subList(2, lines.size() - 1));
    return secrets;
  }

  private static Update add(String host) throws IOException {
    Update update = new Update(Name.fromString("example.com."));
    update.add(Name.fromString(host + ".example.com."), Type.A, 300, "192.0.2.7");
    return update;
  }

  private SecondaryServer secondary(InetSocketAddress primary) throws Exception {
    TsigKey key = TsigKey.parse(PrimaryUnderTest.KEY_NAME + ":SHA256:" + PrimaryUnderTest.SECRET);
    return SecondaryServer.start(
        new RemotePrimaries(List.of(primary), KeyRing.of(Map.of("keys", List.of(key))), List.of()),
        ZoneStore.open(directory.resolve("secondary")),
        new Serving(
            List.of(ANY_PORT),
            1,
            StreamLimits.DEFAULT,
            PrimaryServer.Answers.ALL,
            TransferRights.BY_KEY,
            NotifyPolicy.OFF,
            Optional.of(ANY_PORT)));
  }

  private static String page(InetSocketAddress http, String path) throws IOException {
    URI address = URI.create("http://127.0.0.1:" + http.getPort() + path);
    try (InputStream body = address.toURL().openStream()) {
      return new String(body.readAllBytes(), UTF_8);
    }
  }

  @Test
  void noneIsInTheLogAtTrace_overHttp_inCommitsOrOnTheSecondarysDisk() throws Exception {
    List<String> said = new ArrayList<>();
    TSIG wrongSecret = DnsClient.key(PrimaryUnderTest.KEY_NAME + ".", "d3Jvbmcgc2VjcmV0IQ==");
    TSIG unknown = DnsClient.key("other._update.example.com.", PrimaryUnderTest.SECRET);
    try (PrimaryUnderTest primary =
            PrimaryUnderTest.start(
                directory,
                sshd,
                origin,
                settings -> settings.withEditing(EditSettings.DEFAULT).withHttp(ANY_PORT));
        SecondaryServer secondary = secondary(primary.address())) {
      DnsClient client = primary.client();
      assertThat(primary.send(add("a")).getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(client.notifyUdp("example.com.", wrongSecret).getRcode()).isEqualTo(Rcode.NOTAUTH);
      assertThat(client.notifyTcp("example.com.", unknown).getRcode()).isEqualTo(Rcode.NOTAUTH);
      assertThat(client.notifyUdp("example.net.", PrimaryUnderTest.KEY).getRcode())
          .isEqualTo(Rcode.REFUSED);
      DnsClient ofSecondary = new DnsClient(secondary.boundAddresses().getFirst());
      assertThat(ofSecondary.notifyUdp("example.com.", PrimaryUnderTest.KEY).getRcode())
          .isEqualTo(Rcode.NOERROR);
      await().atMost(SOON).until(() -> !ofSecondary.records("a.example.com.", Type.A).isEmpty());

      // A key file that is broken, in the very line of the secret.
      origin.git("pull", "--quiet", "origin", GitRepository.BRANCH);
      origin
          .write(
              "example.com._keys",
              PrimaryUnderTest.KEY_NAME + ". DNSKEY 0 3 163 (" + PrimaryUnderTest.SECRET + "\n")
          .push("keys");
      assertThat(client.notifyUdp("example.com.", PrimaryUnderTest.KEY).getRcode())
          .isEqualTo(Rcode.NOERROR);
      await()
          .atMost(SOON)
          .until(() -> log.stream().anyMatch(event -> event.getMessage().contains("key file")));
      sshd.close();
      assertThat(primary.send(add("b")).getRcode()).isEqualTo(Rcode.SERVFAIL); // it is away
      for (String path : List.of("/status", "/metrics")) {
        said.add(page(primary.httpAddress(), path));
        said.add(page(secondary.httpAddress().orElseThrow(), path));
      }
    }
    said.add(GitRepository.gitIn(origin.bare(), "log", "--format=%an %ae %cn %B"));
    try (Stream<Path> files = Files.walk(directory.resolve("secondary"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        said.add(Files.readString(file, ISO_8859_1));
      }
    }
    assertThat(said).hasSizeGreaterThan(5);
    for (ILoggingEvent event : log) {
      if (!event.getLoggerName().startsWith(CLIENT)) {
        said.add(event.getFormattedMessage() + " " + event.getKeyValuePairs());
        if (event.getThrowableProxy() != null) {
          said.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
      }
    }
    assertThat(log).anyMatch(event -> event.getLevel() == Level.TRACE);
    for (String secret : secrets()) {
      assertThat(said).noneMatch(text -> text.contains(secret));
    }
  }
}
