package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.authority.Layout;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.git.FetchException.Reason;

/// What a remote may send is bounded over SSH as it is over HTTPS ([HostileRemoteIT]).
@RequiresTool(
    value = {"sshd", "ssh-keygen", "git"},
    debian = "openssh-server git")
class SshLimitsIT {
  private static final String ZONE = "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n";
  private static final int MIB = 1 << 20;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 16 | 1000 | it sends more than 1 MiB at once",
        "16 | 1 | 1000 | it sends an object of more than 1048576 octets",
        "16 | 16 | 5 | and at most 5 are taken"
      })
  void whatIsTooMuchIsRefused_andTheNextFetchGoesOn(
      int packMib, int objectMib, int objects, String reason) throws Exception {
    GitRepository origin = GitRepository.create(directory, "zones");
    String first = origin.write("example.com", ZONE).push("first");
    FetchLimits limits =
        new FetchLimits((long) packMib * MIB, (long) objectMib * MIB, objects, MIB, MIB / 4);
    try (OpenSshServer sshd = OpenSshServer.start(directory, KeyKind.ED25519);
        ZoneRepository repository = open(sshd, origin, limits)) {
      assertThat(repository.fetch("").now().version()).isEqualTo(first);

      byte[] noise = new byte[MIB];
      new Random(1).nextBytes(noise);
      origin.write("large", HexFormat.of().formatHex(noise)).write("a", "a").write("b", "b");
      origin.write("c", "c").push("too much");
      FetchException refusal =
          catchThrowableOfType(FetchException.class, () -> repository.fetch(first));
      assertThat(refusal.reason()).isEqualTo(Reason.REFUSED_CONTENT);
      assertThat(refusal).hasMessageContaining(reason);
      assertThat(refusal.getMessage()).hasLineCount(1);

      origin.git("reset", "--quiet", "--hard", first);
      String next = origin.write("example.com", ZONE.replace(" 1 ", " 2 ")).push("mended");
      assertThat(repository.fetch(first).now().version()).isEqualTo(next);
    }
  }

  private ZoneRepository open(OpenSshServer sshd, GitRepository origin, FetchLimits limits)
      throws Exception {
    Files.createDirectories(directory.resolve("state"));
    SshSettings settings =
        SshSettings.of(
            sshd.authorizedKey(KeyKind.ED25519),
            List.of(sshd.fingerprint(KeyKind.ED25519)),
            Optional.empty());
    return ZoneRepository.open(
        RemoteAddress.parse(sshd.url(origin.bare())),
        Optional.empty(),
        Layout.DEFAULT,
        directory.resolve("state"),
        new RemoteAccess(Optional.of(settings), HttpsSettings.none(), limits));
  }
}
