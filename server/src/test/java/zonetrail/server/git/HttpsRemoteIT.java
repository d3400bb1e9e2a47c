package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.server.git.RepositoryFixture.refusal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Layout;
import zonetrail.authority.PushOutcome;
import zonetrail.fixtures.GitHttpsServer;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.TlsIdentity;
import zonetrail.server.git.FetchException.Reason;

/// HTTPS remotes, against `git http-backend`.
@RequiresTool(value = "git", debian = "git")
class HttpsRemoteIT {

  private static final String ZONE = "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n";
  private static final String TOKEN = "canary-s3cret-token";

  private static TlsIdentity identity;
  private static TlsIdentity stranger;

  private Path directory;
  private GitRepository origin;
  private GitHttpsServer server;
  private Path token;

  @BeforeAll
  static void makeIdentities(@TempDir Path keys) {
    identity = TlsIdentity.make(keys, "ours");
    stranger = TlsIdentity.make(keys, "stranger");
  }

  @BeforeEach
  void startServer(@TempDir Path fresh) throws Exception {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin.write("example.com", ZONE).push("first");
    server = GitHttpsServer.start(fresh, identity);
    token = tokenFile(TOKEN);
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void theTokenLogsIn_whenAskedFor() throws Exception {
    server.letIn("x-access-token", TOKEN);
    try (ZoneRepository repository = open(server.url("zones.git"), withToken())) {
      assertThat(repository.fetch("").now().files()).containsOnlyKeys("example.com");
      String second = origin.write("example.org", ZONE).push("second");
      assertThat(repository.fetch("").now().version()).isEqualTo(second);
    }
    assertThat(server.authorizations().getFirst()).isEmpty();
  }

  @Test
  void theUserOfTheAddressGoesWithTheToken() throws Exception {
    server.letIn("deploy", TOKEN);
    String url = server.url("zones.git").replace("https://", "https://deploy@");
    try (ZoneRepository repository = open(url, withToken())) {
      assertThat(repository.fetch("").now().files()).containsOnlyKeys("example.com");
    }
  }

  @Test
  void aTokenThatWasRenewedIsTakenAtTheNextFetch() throws Exception {
    server.letIn("x-access-token", "another");
    try (ZoneRepository repository = open(server.url("zones.git"), withToken())) {
      assertThat(refusal(repository).reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
      tokenFile("another");
      assertThat(repository.fetch("").now().files()).containsOnlyKeys("example.com");
    }
  }

  @Test
  void aWrongTokenIsSaidSo_andIsInNoLogNoErrorAndNoFile() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    try (ZoneRepository repository = open(server.url("zones.git"), withToken())) {
      repository.fetch("");
      server.letIn("x-access-token", "another");
      FetchException refused = refusal(repository);
      assertThat(refused.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
      assertThat(refused)
          .hasMessageContaining("does not let us in: check the token in --https-token-file")
          .hasStackTraceContaining("TransportException");
      assertThat(refused.getMessage()).doesNotContain(TOKEN);
    } finally {
      root.setLevel(before);
      root.detachAppender(log);
    }
    assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
        .noneMatch(line -> line.contains(TOKEN) || line.contains(base64()));
    assertThat(server.authorizations()).anyMatch(said -> said.contains(base64()));
    try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(TOKEN)
            .doesNotContain(base64());
      }
    }
  }

  @Test
  void ourCommitsAreBroughtThere() throws Exception {
    GitRepository.gitIn(origin.bare(), "config", "http.receivepack", "true");
    server.letIn("x-access-token", TOKEN);
    try (GitSource source = new GitSource(open(server.url("zones.git"), withToken()))) {
      String tip = LedgerFixture.fetch(source).version();
      String ours =
          source.commit(tip, LedgerFixture.edit("example.com", ZONE + "\n", "r1")).version();
      assertThat(source.push(ours)).isEqualTo(new PushOutcome.Pushed());
      assertThat(GitRepository.gitIn(origin.bare(), "rev-parse", "main")).isEqualTo(ours);
      String theirs = origin.write("example.org", ZONE).push("theirs");
      String late = source.commit(ours, LedgerFixture.edit("example.com", ZONE, "r2")).version();
      assertThat(source.push(late)).isEqualTo(new PushOutcome.Superseded());
      assertThat(GitRepository.gitIn(origin.bare(), "rev-parse", "main")).isEqualTo(theirs);
    }
  }

  @Test
  void whereWeMayNotPushThatIsSaidSo() throws Exception {
    GitRepository.gitIn(origin.bare(), "config", "http.receivepack", "false");
    try (GitSource source = new GitSource(open(server.url("zones.git"), withToken()))) {
      String tip = LedgerFixture.fetch(source).version();
      String ours =
          source.commit(tip, LedgerFixture.edit("example.com", ZONE + "\n", "r1")).version();
      PushOutcome.Failed failed = (PushOutcome.Failed) source.push(ours);
      assertThat(failed.isRefused()).isTrue();
      assertThat(failed.reason()).contains("--https-token-file");
    }
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused_beforeAnythingIsSaid() throws Exception {
    server.letIn("x-access-token", TOKEN);
    HttpsSettings settings =
        HttpsSettings.of(Optional.of(token), Optional.of(stranger.certificate()));
    try (ZoneRepository repository = open(server.url("zones.git"), settings)) {
      FetchException refused = refusal(repository);
      assertThat(refused.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(refused).hasMessageContaining("give its CA's certificate by --https-ca");
    }
    assertThat(server.authorizations()).isEmpty();
  }

  @Test
  void withoutACaOfOurOwn_onlyThoseOfJavaAreTrusted() throws Exception {
    try (ZoneRepository repository = open(server.url("zones.git"), HttpsSettings.none())) {
      assertThat(refusal(repository).reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
    }
  }

  @Test
  void aRedirectToAnotherHostIsNotFollowed_soThatItNeverHearsTheToken() throws Exception {
    try (GitHttpsServer other = GitHttpsServer.start(directory, identity);
        ZoneRepository repository = open(server.url("zones.git"), withToken())) {
      other.letIn("x-access-token", TOKEN);
      server.redirectTo(other.url("").replaceFirst("/$", ""));
      FetchException refused = refusal(repository);
      assertThat(refused.reason()).isEqualTo(Reason.REFUSED_CONTENT);
      assertThat(refused).hasMessageContaining("redirects to another host are not followed");
      assertThat(other.authorizations()).isEmpty();
    }
  }

  @Test
  void aRepositoryThatIsNotThereIsSaidSo() throws Exception {
    try (ZoneRepository repository = open(server.url("missing.git"), withToken())) {
      assertThat(refusal(repository).reason()).isEqualTo(Reason.NO_SUCH_REPOSITORY);
    }
  }

  @Test
  void filesThatAreNoGoodAreRefusedAtOnce() throws Exception {
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> HttpsSettings.of(Optional.of(token), Optional.empty()))
        .hasMessageContaining("the token file " + token + " can be read by others: chmod 600");
    assertThatThrownBy(() -> HttpsSettings.of(Optional.empty(), Optional.of(token)))
        .hasMessageContaining(token + " cannot be used: it holds certificates in PEM")
        .hasMessageNotContaining(TOKEN);
  }

  private HttpsSettings withToken() {
    return HttpsSettings.of(Optional.of(token), Optional.of(identity.certificate()));
  }

  private ZoneRepository open(String url, HttpsSettings settings) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(url),
        Optional.empty(),
        Layout.DEFAULT,
        directory.resolve("state"),
        new RemoteAccess(Optional.empty(), settings, FetchLimits.standard()));
  }

  private Path tokenFile(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static String base64() {
    return java.util.Base64.getEncoder()
        .encodeToString(
            ("x-access-token:" + TOKEN).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
