package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.server.git.RepositoryFixture.refusal;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.git.FetchException.Reason;

/// How we know that the remote is the right one, beyond pins and `known_hosts`.
class HostKeysIT {

  private static final String ZONE = "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n";

  private Path directory;

  @BeforeEach
  void setUp(@TempDir Path fresh) {
    directory = fresh;
  }

  @Nested
  @RequiresTool(
      value = {"sshd", "ssh-keygen", "git"},
      debian = "openssh-server git")
  class TrustOnFirstUse {

    private OpenSshServer sshd;
    private GitRepository origin;
    private Path knownHosts;

    @BeforeEach
    void startServer() throws IOException {
      origin = GitRepository.create(directory, "zones");
      origin.write("example.com", ZONE).push("first");
      knownHosts = directory.resolve("state/known_hosts");
      sshd = OpenSshServer.start(fresh("server"), KeyKind.ED25519, KeyKind.RSA);
    }

    @Test
    void takesTheFirstKey_saysSo_andAfterwardsNoOther() throws Exception {
      Path key = sshd.authorizedKey(KeyKind.ED25519);
      ListAppender<ILoggingEvent> log = logOf(TrustedHostKeys.FirstUse.class);
      try (OpenSshServer first = sshd) {
        try (ZoneRepository repository = open(first, key)) {
          repository.fetch("");
        }
        try (ZoneRepository again = open(first, key)) {
          again.fetch("");
        }
      }
      String fingerprint = sshd.fingerprint(KeyKind.ED25519);
      assertThat(log.list).hasSize(1);
      assertThat(log.list.getFirst().getLevel()).hasToString("WARN");
      assertThat(log.list.getFirst().getFormattedMessage())
          .startsWith("trusting the host key " + fingerprint + " (ssh-ed25519) of [127.0.0.1]:");
      assertThat(Files.readString(knownHosts))
          .isEqualTo(
              "[127.0.0.1]:%d %s trusted-at-first-connection\n",
              sshd.port(), sshd.hostKeyLine(KeyKind.ED25519));

      // Another server at the same address: an attacker, or the same with a new key.
      Files.writeString(knownHosts, "[127.0.0.1]:%d %s\n".formatted(sshd.port(), otherHostKey()));
      try (OpenSshServer second = sshd.startAgain();
          ZoneRepository repository = open(second, key)) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
        assertThat(refused)
            .hasMessageContaining("shows the host key " + fingerprint)
            .hasMessageContaining(
                "at the first connection [127.0.0.1]:"
                    + sshd.port()
                    + " showed another one, which is in "
                    + knownHosts
                    + "; if the host key was changed on purpose, remove that line");
      }
    }

    @Test
    void aDamagedFileIsNotAFirstUse() throws Exception {
      Path key = sshd.authorizedKey(KeyKind.ED25519);
      Files.createDirectories(knownHosts.getParent());
      Files.writeString(knownHosts, "[127.0.0.1]:" + sshd.port() + " ssh-ed25519\n");
      try (OpenSshServer server = sshd;
          ZoneRepository repository = open(server, key)) {
        assertThat(refusal(repository).reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      }
      assertThat(Files.readString(knownHosts)).doesNotContain("trusted-at-first");
    }

    @Test
    void aSeedLogsIn() throws Exception {
      SshSeed seed = SshSeed.random();
      Path half = fresh("keys").resolve("seed");
      Files.writeString(half.resolveSibling("seed.pub"), seed.publicLine("seed") + "\n");
      sshd.authorize(half);
      try (OpenSshServer server = sshd;
          ZoneRepository repository = open(server, SshPrivateKey.of(seed))) {
        assertThat(repository.fetch("").now().files()).containsOnlyKeys("example.com");
      }
    }

    @Test
    void aSeedThatIsNotLetIn_isToldWithThePublicKeyToEnter() throws Exception {
      SshSeed seed = SshSeed.random();
      try (OpenSshServer server = sshd;
          ZoneRepository repository = open(server, SshPrivateKey.of(seed))) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
        assertThat(refused)
            .hasMessageContaining("add '" + seed.publicLine("zonetrail") + "' there")
            .hasMessageNotContaining(seed.secretText());
      }
    }

    private String otherHostKey() throws IOException {
      return NewSshKey.generate(NewSshKey.Kind.ED25519, "other").publicLine();
    }

    private ZoneRepository open(OpenSshServer server, Path key) throws FetchException {
      return open(server, SshPrivateKey.read(key, Optional.empty()));
    }

    private ZoneRepository open(OpenSshServer server, SshPrivateKey key) throws FetchException {
      return ZoneRepository.open(
          RemoteAddress.parse(server.url(origin.bare())),
          Optional.empty(),
          directory.resolve("state"),
          Optional.of(SshSettings.trustingFirstHostKey(key, knownHosts)));
    }
  }

  @Nested
  class AServerWithoutStrictKeyExchange {

    @ParameterizedTest
    @CsvSource({
      "aes256gcm, hmacsha256etm, true, true",
      "aes256ctr, hmacsha256, true, true",
      "aes256ctr, hmacsha256etm, false, true",
      "aes256ctr, hmacsha256etm, true, false"
    })
    void isRefusedWhereMessagesCouldBeCutOff(
        BuiltinCiphers cipher, BuiltinMacs mac, boolean lax, boolean taken) throws Exception {
      NewSshKey.generate(NewSshKey.Kind.ED25519, "host").writeTo(directory.resolve("host"));
      SshPrivateKey hostKey = SshPrivateKey.read(directory.resolve("host"), Optional.empty());
      SshServer server = SshServer.setUpDefaultServer();
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(KeyPairProvider.wrap(hostKey.keyPair()));
      server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
      server.setCipherFactories(List.of(cipher));
      server.setMacFactories(List.of(mac));
      if (lax) {
        server.setSessionFactory(new LaxSessions(server));
      }
      server.start();
      SshSettings settings =
          SshSettings.of(
              hostKey,
              List.of(TrustedHostKeys.fingerprint(hostKey.keyPair().getPublic())),
              Optional.empty());
      RemoteAddress remote =
          RemoteAddress.parse("ssh://git@127.0.0.1:" + server.getPort() + "/zones.git");
      try (server;
          SshSessions sessions = new SshSessions(remote, settings, Duration.ofSeconds(20))) {
        if (taken) {
          sessions.commands(null).getSession(remote.uri(), null, FS.DETECTED, 0);
          assertThat(sessions.hasOpenSession()).isTrue();
          return;
        }
        assertThatThrownBy(
                () -> sessions.commands(null).getSession(remote.uri(), null, FS.DETECTED, 0))
            .hasMessageContaining("does not know strict key exchange")
            .hasMessageContaining("let it offer aes256-gcm@openssh.com")
            .cause()
            .isInstanceOfSatisfying(
                FetchException.class,
                refused -> assertThat(refused.reason()).isEqualTo(Reason.HOST_KEY_REFUSED));
      }
    }

    /// Sessions that do not say that they know strict key exchange.
    private static final class LaxSessions extends SessionFactory {
      LaxSessions(SshServer server) {
        super(server);
      }

      @Override
      protected ServerSessionImpl doCreateSession(IoSession ioSession) throws Exception {
        return new ServerSessionImpl(getServer(), ioSession) {
          @Override
          protected Map<KexProposalOption, String> doStrictKexProposal(
              Map<KexProposalOption, String> proposal) {
            return proposal;
          }
        };
      }
    }
  }

  private Path fresh(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  private static ListAppender<ILoggingEvent> logOf(Class<?> type) {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    ((Logger) LoggerFactory.getLogger(type)).addAppender(log);
    return log;
  }
}
