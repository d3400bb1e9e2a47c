package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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

/// The zones repository against OpenSSH's sshd and the real git.
@RequiresTool(
    value = {"sshd", "ssh-keygen", "git"},
    debian = "openssh-server git")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZoneRepositoryIT {

  private static final String ZONE = "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n";

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
      assertThat(repository.current()).isEmpty();
      SourceTree tree = repository.fetch();
      assertThat(tree.version()).isEqualTo(first);
      assertThat(text(tree, "example.com")).isEqualTo(ZONE);

      String second = origin.write("example.org", ZONE).push("second");
      SourceTree next = repository.fetch();
      assertThat(next.version()).isEqualTo(second);
      assertThat(next.files()).containsOnlyKeys("example.com", "example.org");
      assertThat(next.files().get("example.com")).isSameAs(tree.files().get("example.com"));
      assertThat(repository.current()).contains(next);
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
      assertThat(repository.fetch().files()).containsOnlyKeys("example.com");
    }
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void aPinHoldsWhateverKindTheHostKeyIs(KeyKind kind) throws Exception {
    origin.write("example.com", ZONE).push("first");
    SshSettings settings =
        SshSettings.of(key, List.of(sshd.fingerprint(kind) + "="), Optional.empty());
    try (ZoneRepository repository = open(settings)) {
      assertThat(repository.fetch().files()).containsOnlyKeys("example.com");
    }
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

  private static String text(SourceTree tree, String name) throws Exception {
    return new String(Objects.requireNonNull(tree.files().get(name)).read(), UTF_8);
  }
}
