package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceLine;
import zonetrail.fixtures.TlsIdentity;
import zonetrail.server.git.FetchException.Reason;
import zonetrail.server.git.HostileRemote.Pack;

/// A remote that was taken over, or lost its mind: what it sends is refused in one line, nothing of
/// it stays on the disk, and what was fetched before is still there.
class HostileRemoteIT {

  private static final String ZONE = "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n";
  private static final String SOMETHING = "1234567890123456789012345678901234567890";
  private static final int MIB = 1 << 20;

  /// Small enough that a test reaches them soon.
  private static final FetchLimits LIMITS = new FetchLimits(4 * MIB, MIB, 1000, MIB, MIB / 4);

  private static TlsIdentity identity;

  private Path directory;
  private HostileRemote remote;
  private ZoneRepository repository;
  private String good = "";

  @BeforeAll
  static void makeIdentity(@TempDir Path keys) {
    identity = TlsIdentity.make(keys, "hostile");
  }

  @BeforeEach
  void fetchSomethingGood(@TempDir Path fresh) throws Exception {
    directory = fresh;
    remote = new HostileRemote(identity);
    repository =
        ZoneRepository.open(
            remote.address(),
            Optional.empty(),
            Layout.DEFAULT,
            fresh.resolve("state"),
            new RemoteAccess(Optional.empty(), remote.settings(), LIMITS));
    Pack pack = new Pack();
    good = commitOf(pack, ZONE.getBytes(UTF_8));
    remote.offers(
        good,
        wire -> {
          wire.data(pack.octets());
          wire.flush();
        });
    assertThat(repository.fetch("").now().version()).isEqualTo(good);
  }

  @AfterEach
  void whatWasFetchedIsStillThere_andNothingElse() throws Exception {
    remote.offers(good, _ -> {});
    SourceLine again = repository.fetch(good);
    assertThat(again.now().version()).isEqualTo(good);
    repository.close();
    remote.close();
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.map(file -> directory.relativize(file).toString()))
          .noneMatch(name -> name.contains("incoming_") || name.endsWith(".lock"))
          .allMatch(name -> name.isEmpty() || name.startsWith("state"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 20_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void aPackThatAnnouncesTooManyObjects(int objects) {
    remote.offers(
        SOMETHING,
        wire -> {
          wire.data(Pack.begin(objects));
        });
    refusedFor(
        "it announces " + Integer.toUnsignedLong(objects) + " objects, and at most 1000 are taken");
  }

  @Test
  void aPackWithoutEnd() {
    byte[] noise = new byte[MIB];
    new java.util.Random(1).nextBytes(noise);
    remote.offers(
        SOMETHING,
        wire -> {
          wire.data(Pack.begin(1000));
          for (; ; ) {
            wire.data(Pack.header(Pack.BLOB, noise.length));
            wire.data(Pack.deflated(noise));
          }
        });
    refusedFor("it sends more than 4 MiB at once; if that much is right, raise --max-pack-size");
  }

  @ParameterizedTest
  @ValueSource(ints = {Pack.COMMIT, Pack.TREE, Pack.BLOB})
  void anObjectThatIsTooLarge_isRefusedByItsHeader(int type) {
    remote.offers(
        SOMETHING,
        wire -> {
          wire.data(Pack.begin(1));
          wire.data(Pack.header(type, 1L << 40));
          wire.data(new byte[MIB]); // So that it is the header that is judged, and not the end.
        });
    refusedFor("it sends an object of more than 1048576 octets");
  }

  @Test
  void aBlobThatUnpacksToMoreThanItSays() {
    Pack pack = new Pack();
    pack.add(Pack.BLOB, new byte[16 * MIB], 100);
    sent(pack, SOMETHING);
    refused();
  }

  @Test
  void aDeltaThatUnpacksToGigabytes() {
    Pack pack = new Pack();
    byte[] base = new byte[64 * 1024];
    String blob = pack.add(Pack.BLOB, base);
    // Result size 1 GiB, by copies of the whole base.
    byte[] delta = new byte[9 + 16 * 1024];
    byte[] sizes = {
      (byte) 0x80, (byte) 0x80, 4, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 4
    };
    System.arraycopy(sizes, 0, delta, 0, sizes.length);
    java.util.Arrays.fill(delta, sizes.length, delta.length, (byte) 0x80);
    pack.addDelta(blob, delta);
    sent(pack, SOMETHING);
    refusedFor("it sends an object of more than 1048576 octets");
  }

  @Test
  void aDeltaWithoutItsBase() {
    Pack pack = new Pack();
    pack.addDelta(SOMETHING, new byte[] {1, 1, (byte) 0x90, 1});
    sent(pack, SOMETHING);
    refused();
  }

  @Test
  void aPackThatLacksTheCommit() {
    Pack pack = new Pack();
    pack.add(Pack.BLOB, ZONE.getBytes(UTF_8));
    sent(pack, SOMETHING);
    refused();
  }

  @Test
  void branchesWithoutEnd() {
    remote.advertises(wire -> {
      wire.line(SOMETHING + " refs/heads/main\0" + HostileRemote.Wire.CAPABILITIES + "\n");
      for (int i = 0; ; i++) {
        wire.line(SOMETHING + " refs/heads/b" + i + "\n");
      }
    });
    refusedFor("it lists more than 1 MiB of branches and the like");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "Counting objects: 1\r", "line\n"})
  void progressWithoutEnd(String text) {
    remote.offers(
        SOMETHING,
        wire -> {
          wire.data(Pack.begin(1));
          for (; ; ) {
            wire.progress(text.repeat(1000));
          }
        });
    refusedFor("it sends more than 1 MiB beside the pack");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", ".git", ".GIT", "a/b", "git~1"})
  void aTreeWithANameThatWouldLeadElsewhere(String name) {
    Pack pack = new Pack();
    String blob = pack.add(Pack.BLOB, ZONE.getBytes(UTF_8));
    String commit = pack.addCommit(pack.add(Pack.TREE, Pack.tree(name, blob)));
    sent(pack, commit);
    FetchException refusal = refused();
    assertThat(refusal.reason()).isEqualTo(Reason.REFUSED_CONTENT);
    assertThat(refusal).hasMessageContaining("is not sound");
  }

  @Test
  void aTreeWithOneNameTwice() {
    Pack pack = new Pack();
    String blob = pack.add(Pack.BLOB, ZONE.getBytes(UTF_8));
    String commit =
        pack.addCommit(pack.add(Pack.TREE, Pack.tree("example.com", blob, "example.com", blob)));
    sent(pack, commit);
    refused();
  }

  @Test
  void whatIsNoGitAtAll() {
    for (String text :
        List.of("HTTP/1.1 200 OK\r\n\r\n", "0004", "ffff", "zzzz", "0001", "", "\0\0\0\0")) {
      remote.advertises(wire -> {
        wire.out().write(text.getBytes(UTF_8));
        wire.out().flush();
      });
      refused();
    }
  }

  private String commitOf(Pack pack, byte[] zone) {
    return pack.addCommit(pack.add(Pack.TREE, Pack.tree("example.com", pack.add(Pack.BLOB, zone))));
  }

  private void sent(Pack pack, String commit) {
    remote.offers(
        commit,
        wire -> {
          wire.data(pack.octets());
          wire.flush();
        });
  }

  private void refusedFor(String reason) {
    FetchException refusal = refused();
    assertThat(refusal)
        .hasMessageStartingWith("what " + remote.address() + " sends is refused, since " + reason);
    assertThat(refusal.reason()).isEqualTo(Reason.REFUSED_CONTENT);
  }

  private FetchException refused() {
    FetchException refusal =
        catchThrowableOfType(FetchException.class, () -> repository.fetch(good));
    assertThat(refusal).isNotNull();
    assertThat(refusal.getMessage()).hasLineCount(1);
    assertThat(String.valueOf(refusal.getMessage()).length()).isLessThan(1000);
    return refusal;
  }
}
