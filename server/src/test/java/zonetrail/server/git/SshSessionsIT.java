package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;

/// Commands that go on, in sessions with OpenSSH's sshd.
@RequiresTool(
    value = {"sshd", "ssh-keygen"},
    debian = "openssh-server")
class SshSessionsIT {
  private static final int TIMEOUT_SECONDS = 20;

  @TempDir private Path directory;

  private SshSessions sessions(OpenSshServer server, Duration patience) {
    SshSettings settings =
        SshSettings.of(
            server.authorizedKey(KeyKind.ED25519),
            List.of(server.fingerprint(KeyKind.ED25519)),
            Optional.empty());
    RemoteAddress remote = RemoteAddress.parse(server.url(directory));
    SshLogin login = new SshLogin(remote, settings, Duration.ofSeconds(TIMEOUT_SECONDS));
    return new SshSessions(login, patience, Duration.ZERO);
  }

  private RemoteSession session(SshSessions sessions, OpenSshServer server) throws Exception {
    return sessions
        .commands(null)
        .getSession(
            RemoteAddress.parse(server.url(directory)).uri(), null, FS.DETECTED, TIMEOUT_SECONDS);
  }

  @Test
  void aFurtherSessionIsThereWhileTheFirstIsFull_andNoLonger() throws Exception {
    try (OpenSshServer server = OpenSshServer.start(directory, KeyKind.ED25519);
        SshSessions sessions = sessions(server, Duration.ofSeconds(TIMEOUT_SECONDS))) {
      RemoteSession session = session(sessions, server);
      List<Process> running = new ArrayList<>();
      for (int i = 0; i < KeptSession.MAX_COMMANDS; i++) {
        running.add(session.exec("cat", TIMEOUT_SECONDS));
      }
      assertThat(sessions.count()).isEqualTo(1);
      Process beside = session.exec("cat", TIMEOUT_SECONDS);
      assertThat(sessions.count()).isEqualTo(2);
      beside.destroy();
      await().atMost(Duration.ofSeconds(TIMEOUT_SECONDS)).until(() -> sessions.count() == 1);
      running.forEach(Process::destroy);
      assertThat(session.exec("exit 3", TIMEOUT_SECONDS).waitFor()).isEqualTo(3);
      // That may have found the first still full, if it was quicker than those that end.
      await().atMost(Duration.ofSeconds(TIMEOUT_SECONDS)).until(() -> sessions.count() == 1);
    }
  }

  @Test
  void thereAreNeverMoreThanThree_andWhoFindsNoPlaceIsToldWhy() throws Exception {
    try (OpenSshServer server =
            OpenSshServer.start(directory, List.of("MaxSessions 2"), KeyKind.ED25519);
        SshSessions sessions = sessions(server, Duration.ofMillis(200))) {
      RemoteSession session = session(sessions, server);
      for (int i = 0; i < 2 * SshSessions.MAX_SESSIONS; i++) {
        session.exec("cat", TIMEOUT_SECONDS);
      }
      assertThatThrownBy(() -> session.exec("cat", TIMEOUT_SECONDS))
          .hasMessageContaining("run in all of 3 SSH sessions")
          .hasMessageContaining("look what its hooks wait for");
      assertThat(sessions.count()).isEqualTo(SshSessions.MAX_SESSIONS);
      sessions.forget();
      assertThat(session.exec("exit 3", TIMEOUT_SECONDS).waitFor()).isEqualTo(3);
      assertThat(sessions.count()).isEqualTo(1);
    }
  }
}
