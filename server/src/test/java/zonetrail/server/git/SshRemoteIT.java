package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.RepositoryFixture.current;
import static zonetrail.server.git.RepositoryFixture.fetch;
import static zonetrail.server.git.RepositoryFixture.file;
import static zonetrail.server.git.RepositoryFixture.refusal;
import static zonetrail.server.git.RepositoryFixture.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import zonetrail.authority.SourceTree;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.git.FetchException.Reason;

/// The zones repository over SSH, against OpenSSH's sshd: who is let in, whom we trust, and the
/// session.
@RequiresTool(
    value = {"sshd", "ssh-keygen", "git"},
    debian = "openssh-server git")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshRemoteIT {
  private OpenSshServer sshd;
  private Path key;

  private Path directory;
  private GitRepository origin;

  @BeforeAll
  void startServer(@TempDir Path serverDirectory) {
    sshd = OpenSshServer.start(serverDirectory, KeyKind.ED25519, KeyKind.ECDSA, KeyKind.RSA);
    key = sshd.authorizedKey(KeyKind.ED25519);
  }

  @AfterAll
  void stopServer() {
    sshd.close();
  }

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
  }

  @Test
  void theFirstFetchClones_theNextTakesWhatWasPushed() throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    try (ZoneRepository repository = open(pinned())) {
      assertThat(current(repository)).isEmpty();
      SourceTree tree = fetch(repository);
      assertThat(tree.version()).isEqualTo(first);
      assertThat(text(tree, "example.com")).isEqualTo(ZONE);

      String second = origin.write("example.org", ZONE).push("second");
      SourceTree next = fetch(repository);
      assertThat(next.version()).isEqualTo(second);
      assertThat(next.files()).containsOnlyKeys("example.com", "example.org");
      assertThat(next.files().get("example.com")).isSameAs(tree.files().get("example.com"));
      assertThat(current(repository)).map(SourceTree::version).contains(second);
    }
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void eachKindOfUserKeyLogsIn(KeyKind kind) throws Exception {
    origin.write("example.com", ZONE).push("first");
    SshSettings settings =
        SshSettings.of(
            sshd.authorizedKey(kind), List.of(sshd.fingerprint(KeyKind.ED25519)), Optional.empty());
    try (ZoneRepository repository = open(settings)) {
      assertThat(fetch(repository).files()).containsOnlyKeys("example.com");
    }
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void aPinHoldsWhateverKindTheHostKeyIs(KeyKind kind) throws Exception {
    origin.write("example.com", ZONE).push("first");
    SshSettings settings =
        SshSettings.of(key, List.of(sshd.fingerprint(kind) + "="), Optional.empty());
    try (ZoneRepository repository = open(settings)) {
      assertThat(fetch(repository).files()).containsOnlyKeys("example.com");
    }
  }

  @Test
  void aWrongPinIsRefusedBeforeAuthentication_andTheKeyShownIsNamed() throws Exception {
    origin.write("example.com", ZONE).push("first");
    OpenSshServer other = OpenSshServer.start(fresh("other"), KeyKind.ED25519);
    try (other;
        ZoneRepository repository =
            ZoneRepository.open(
                RemoteAddress.parse(other.url(origin.bare())),
                Optional.empty(),
                directory.resolve("state"),
                Optional.of(pinned()))) {
      other.authorize(key);
      FetchException refused = refusal(repository);
      assertThat(refused.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(refused)
          .hasMessageContaining(
              "shows the host key " + other.fingerprint(KeyKind.ED25519) + " (ssh-ed25519)")
          .hasMessageContaining("give --authenticator " + other.fingerprint(KeyKind.ED25519));
      other.awaitLog(line -> line.contains("[preauth]"));
      assertThat(other.log()).noneMatch(line -> line.matches(".*(Accepted|Failed) publickey.*"));
    }
  }

  @Test
  void aKeyThatIsNotLetInIsSaidSo() throws Exception {
    origin.write("example.com", ZONE).push("first");
    Path stranger = sshd.unknownKey(KeyKind.ED25519);
    SshSettings settings =
        SshSettings.of(stranger, List.of(sshd.fingerprint(KeyKind.ED25519)), Optional.empty());
    try (ZoneRepository repository = open(settings)) {
      FetchException refused = refusal(repository);
      assertThat(refused.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
      assertThat(refused)
          .hasMessageContaining("does not let user " + sshd.user() + " in with the key " + stranger)
          .hasMessageContaining("add " + stranger + ".pub there");
    }
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() throws Exception {
    OpenSshServer gone = OpenSshServer.start(fresh("gone"), KeyKind.ED25519);
    String url = gone.url(origin.bare());
    gone.close();
    try (ZoneRepository repository =
        ZoneRepository.open(
            RemoteAddress.parse(url),
            Optional.empty(),
            directory.resolve("state"),
            Optional.of(pinned()))) {
      FetchException refused = refusal(repository);
      assertThat(refused.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(refused.reason().operatorMustAct()).isFalse();
      assertThat(refused).hasMessage("127.0.0.1 port " + gone.port() + " refuses the connection");
    }
  }

  @Test
  void anSshRemoteWithoutAKeyIsRefusedAtOnce() {
    RemoteAddress remote = RemoteAddress.parse(sshd.url(origin.bare()));
    assertThatThrownBy(() ->
            ZoneRepository.open(
                remote, Optional.empty(), directory.resolve("state"), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("give --ssh-key FILE");
  }

  @Nested
  class KnownHosts {

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void aHostThatIsListedIsTrusted_whateverKindItsKeyIs(KeyKind kind) throws Exception {
      assertThat(fetchWith(hostAndPort() + " " + sshd.hostKeyLine(kind))).isEmpty();
    }

    @Test
    void aHashedNameIsFound() throws Exception {
      Path file = knownHosts(hostAndPort() + " " + sshd.hostKeyLine(KeyKind.ED25519));
      OpenSshServer.hash(file);
      assertThat(Files.readString(file)).startsWith("|1|").doesNotContain("127.0.0.1");
      assertThat(fetchWith(file)).isEmpty();
    }

    @Test
    void otherLinesDoNotDisturb() throws Exception {
      assertThat(
              fetchWith(
                  """
                  # a comment

                  not-a-line
                  example.com ssh-future AAAA
                  @cert-authority *.example.com %1$s
                  %2$s,example.com %1$s a comment
                  """
                      .formatted(sshd.hostKeyLine(KeyKind.ECDSA), hostAndPort())))
          .isEmpty();
    }

    @Test
    void theNameWithoutThePortIsAnotherHost() throws Exception {
      FetchException refused =
          fetchWith("127.0.0.1 " + sshd.hostKeyLine(KeyKind.ED25519)).orElseThrow();
      assertThat(refused.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(refused)
          .hasMessageContaining("does not have it for " + hostAndPort())
          .hasMessageContaining("ssh-keyscan -p " + sshd.port() + " 127.0.0.1");
    }

    @Test
    void aRevokedKeyIsRefused() throws Exception {
      String line = " " + sshd.hostKeyLine(KeyKind.ED25519) + "\n";
      FetchException refused = fetchWith(hostAndPort() + line + "@revoked *" + line).orElseThrow();
      assertThat(refused.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
    }

    @Test
    void thereIsNoTrustOnFirstUse() throws Exception {
      Path file = directory.resolve("known_hosts");
      FetchException refused = fetchWith(file).orElseThrow();
      assertThat(refused.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(refused).hasMessageContaining(sshd.fingerprint(KeyKind.ED25519));
      assertThat(file).doesNotExist();
    }

    @Test
    void theFileIsReadAgainAtTheNextFetch() throws Exception {
      Path file = directory.resolve("known_hosts");
      origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(settings(file))) {
        assertThat(refusal(repository).reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
        knownHosts(hostAndPort() + " " + sshd.hostKeyLine(KeyKind.RSA));
        assertThat(fetch(repository).files()).containsOnlyKeys("example.com");
      }
    }

    private String hostAndPort() {
      return "[127.0.0.1]:" + sshd.port();
    }

    private Path knownHosts(String text) throws IOException {
      return Files.writeString(directory.resolve("known_hosts"), text);
    }

    private SshSettings settings(Path file) {
      return SshSettings.of(key, List.of(), Optional.of(file));
    }

    private Optional<FetchException> fetchWith(String text) throws Exception {
      return fetchWith(knownHosts(text));
    }

    private Optional<FetchException> fetchWith(Path file) throws Exception {
      origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(settings(file))) {
        fetch(repository);
        return Optional.empty();
      } catch (FetchException e) {
        return Optional.of(e);
      }
    }
  }

  @Test
  void aRepositoryThatIsNotThereIsSaidSo() throws Exception {
    RemoteAddress remote =
        RemoteAddress.parse(sshd.url(directory.resolve("missing.git")) + "#main");
    try (ZoneRepository repository =
        ZoneRepository.open(
            remote, Optional.empty(), directory.resolve("state"), Optional.of(pinned()))) {
      FetchException refused = refusal(repository);
      assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_REPOSITORY);
      assertThat(refused)
          .hasMessageContaining("there is no git repository at " + remote.url())
          .hasMessageContaining("does not appear to be a git repository");
    }
  }

  @Nested
  class TheSession {

    @Test
    void isKeptBetweenFetches() throws Exception {
      origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(pinned())) {
        long logins = logins();
        for (int i = 0; i < 5; i++) {
          String pushed = origin.write("example.com", ZONE + "; " + i + "\n").push("change");
          assertThat(fetch(repository).version()).isEqualTo(pushed);
        }
        assertThat(logins() - logins).isEqualTo(1);
      }
    }

    @Test
    void isOpenedAgainWhenItBroke() throws Exception {
      OpenSshServer own = OpenSshServer.start(fresh("own"), KeyKind.ED25519);
      own.authorize(key);
      origin.write("example.com", ZONE).push("first");
      try (own;
          ZoneRepository repository =
              ZoneRepository.open(
                  RemoteAddress.parse(own.url(origin.bare())),
                  Optional.empty(),
                  directory.resolve("state"),
                  Optional.of(
                      SshSettings.of(
                          key, List.of(own.fingerprint(KeyKind.ED25519)), Optional.empty())))) {
        fetch(repository);
        own.breakSessions();
        String second = origin.write("example.org", ZONE).push("second");
        assertThat(fetch(repository).version()).isEqualTo(second);
      }
    }

    private long logins() {
      return sshd.log().stream().filter(line -> line.contains("Accepted publickey")).count();
    }
  }

  private Path fresh(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  private SshSettings pinned() {
    return SshSettings.of(key, List.of(sshd.fingerprint(KeyKind.ED25519)), Optional.empty());
  }

  private ZoneRepository open(SshSettings settings) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(sshd.url(origin.bare())),
        Optional.empty(),
        directory.resolve("state"),
        Optional.of(settings));
  }
}
