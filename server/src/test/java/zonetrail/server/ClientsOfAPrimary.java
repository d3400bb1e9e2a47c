package zonetrail.server;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.EditSettings;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;

/// What tests of clients that send updates stand on: a primary for each, and one SSH server for all
/// with the repositories.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClientsOfAPrimary {
  PrimaryUnderTest primary;
  private OpenSshServer sshd;

  @BeforeAll
  void startRemote(@TempDir Path serverDirectory) {
    sshd = OpenSshServer.start(serverDirectory, KeyKind.ED25519);
  }

  @AfterAll
  void stopRemote() {
    sshd.close();
  }

  @BeforeEach
  void startPrimary(@TempDir Path fresh) throws Exception {
    primary =
        PrimaryUnderTest.start(
            fresh, sshd, PrimaryUnderTest.repository(fresh), EditSettings.DEFAULT);
  }

  @AfterEach
  void stopPrimary() {
    primary.close();
  }
}
