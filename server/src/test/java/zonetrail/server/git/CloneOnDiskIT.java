package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.RepositoryFixture.current;
import static zonetrail.server.git.RepositoryFixture.fetch;
import static zonetrail.server.git.RepositoryFixture.file;
import static zonetrail.server.git.RepositoryFixture.refusal;
import static zonetrail.server.git.RepositoryFixture.text;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.git.FetchException.Reason;

/// The clone in the state directory: what a restart finds of it, what others may see of it, and
/// what becomes of damage.
@RequiresTool(value = "git", debian = "git")
class CloneOnDiskIT {
  private Path directory;
  private GitRepository origin;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
  }

  @Test
  void whatWasFetchedIsThere_withoutTheRemote() throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    Files.move(origin.bare(), directory.resolve("away.git"));
    try (ZoneRepository repository = open(origin.bare().toString())) {
      SourceTree tree = current(repository).orElseThrow();
      assertThat(tree.version()).isEqualTo(first);
      assertThat(text(tree, "example.com")).isEqualTo(ZONE);
      assertThat(refusal(repository).reason()).isEqualTo(Reason.NO_SUCH_REPOSITORY);
      assertThat(current(repository)).map(SourceTree::files).contains(tree.files());
    }
  }

  @Test
  void anotherRemoteOrBranchIsNotServedFromTheOldClone() throws Exception {
    origin.write("example.com", ZONE).push("first");
    origin.git("push", "--quiet", "origin", "HEAD:other");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    try (ZoneRepository repository = open(origin.bare() + "#other")) {
      assertThat(current(repository)).isEmpty();
      fetch(repository);
    }
    GitRepository second = GitRepository.create(directory, "second");
    second.write("example.org", ZONE).push("first");
    try (ZoneRepository repository = open(second.bare().toString())) {
      assertThat(current(repository)).isEmpty();
      assertThat(fetch(repository).files()).containsOnlyKeys("example.org");
    }
  }

  @Test
  void aSecondServerOnTheStateDirectoryIsRefused() throws Exception {
    try (ZoneRepository first = open(origin.bare().toString())) {
      assertThat(current(first)).isEmpty();
      assertThatThrownBy(() -> open(origin.bare().toString()))
          .isInstanceOf(FetchException.class)
          .hasMessage(
              "the state directory %s is in use by another server (process %d): stop that one, or"
                  + " give this one another --state-dir",
              directory.resolve("state"), ProcessHandle.current().pid());
    }
    open(origin.bare().toString()).close();
  }

  @Test
  void theStateDirectoryIsTheOwnersOnly() throws Exception {
    open(origin.bare().toString()).close();
    assertThat(Files.getPosixFilePermissions(directory.resolve("state")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void theCloneIsTheOwnersOnlyInAFolderThatIsNot() throws Exception {
    Files.createDirectory(
        directory.resolve("state"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    open(origin.bare().toString()).close();
    assertThat(Files.getPosixFilePermissions(directory.resolve("state/clone.git")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void halfAClone_isLeftBehindByACrash_andDoesNotDisturb() throws Exception {
    origin.write("example.com", ZONE).push("first");
    Files.createDirectories(directory.resolve("state/clone.git.new/objects"));
    Files.writeString(directory.resolve("state/clone.git.new/HEAD"), "ref: ");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      assertThat(fetch(repository).files()).containsOnlyKeys("example.com");
    }
  }

  @Test
  void aCloneWithoutItsObjectsIsKeptBeside_andMadeAnew() throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    Files.move(directory.resolve("state/clone.git/objects"), directory.resolve("lost"));
    try (ZoneRepository repository = open(origin.bare().toString())) {
      assertThat(current(repository)).isEmpty();
      assertThat(fetch(repository).version()).isEqualTo(first);
    }
    assertThat(directory.resolve("state/clone.git.old")).isDirectory();
  }

  @Test
  void aSlipInTheRemote_losesNothingOfTheCloneThatWasThere() throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    String address = origin.bare().toString();
    try (ZoneRepository repository = open(address)) {
      fetch(repository);
    }
    for (String slip : List.of("mian", "amin")) {
      try (ZoneRepository repository = open(address + "#" + slip)) {
        assertThat(refusal(repository).reason()).isEqualTo(Reason.NO_SUCH_BRANCH);
      }
    }
    try (ZoneRepository repository = open(address)) {
      assertThat(current(repository)).map(SourceTree::version).contains(first);
    }
    assertThat(directory.resolve("state/clone.git.old")).doesNotExist();
  }

  @Test
  void aCloneOfAnotherRemote_isKeptBeside_andTakenBackWithIts() throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    origin.git("push", "--quiet", "origin", "HEAD:other");
    String address = origin.bare().toString();
    for (String branch : List.of("main", "other", "main", "other")) {
      boolean isKnown = Files.exists(directory.resolve("state/clone.git.old"));
      try (ZoneRepository repository = open(address + "#" + branch)) {
        assertThat(current(repository).isPresent()).isEqualTo(isKnown);
        assertThat(fetch(repository).version()).isEqualTo(first);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"config", "HEAD"})
  void aDamagedFileWhoseTextIsKnownIsWrittenAnew_andNothingIsLost(String damaged) throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    Path file = directory.resolve("state/clone.git").resolve(damaged);
    String text = Files.readString(file);
    for (String garbage : List.of("\u0000\u0001 garbage [", "", text.replace('f', 'g'))) {
      Files.writeString(file, garbage);
      try (ZoneRepository repository = open(origin.bare().toString())) {
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
      assertThat(file).hasContent(text);
    }
  }

  @Test
  void aDamagedRefCountsAsNothingFetched() throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    Files.writeString(directory.resolve("state/clone.git/refs/heads/fetched"), "");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      assertThat(current(repository)).isEmpty();
      assertThat(fetch(repository).version()).isEqualTo(first);
    }
    try (ZoneRepository repository = open(origin.bare().toString())) {
      assertThat(current(repository)).map(SourceTree::version).contains(first);
    }
  }

  @Test
  void aFlippedOctetIsNeverServed_andTheNextFetchMendsIt() throws Exception {
    String first = origin.write("example.com", ZONE.repeat(100)).push("first");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    // A loose object in the place of the packed one: what a bad disk may make of it.
    Path clone = directory.resolve("state/clone.git");
    Path objects = directory.resolve("objects");
    Files.move(clone.resolve("objects"), objects);
    Files.createDirectories(clone.resolve("objects/pack"));
    unpack(objects, clone);
    replaceBlob(clone, first, ZONE.repeat(99));

    try (ZoneRepository repository = open(origin.bare().toString())) {
      SourceFile file = file(current(repository).orElseThrow(), "example.com");
      assertThatThrownBy(file::read)
          .isInstanceOf(UnreadableException.class)
          .hasMessageContaining("example.com cannot be read from the clone");
      assertThat(text(fetch(repository), "example.com")).isEqualTo(ZONE.repeat(100));
    }
  }

  private void unpack(Path objects, Path clone) throws Exception {
    try (var packs = Files.newDirectoryStream(objects.resolve("pack"), "*.pack")) {
      for (Path pack : packs) {
        new ProcessBuilder("git", "unpack-objects", "-q")
            .directory(clone.toFile())
            .redirectInput(pack.toFile())
            .start()
            .waitFor();
      }
    }
  }

  private void replaceBlob(Path clone, String commit, String text) throws Exception {
    String blob = GitRepository.gitIn(clone, "rev-parse", commit + ":example.com");
    Path loose = clone.resolve("objects").resolve(blob.substring(0, 2)).resolve(blob.substring(2));
    Files.delete(loose);
    try (OutputStream out = new DeflaterOutputStream(Files.newOutputStream(loose))) {
      byte[] octets = text.getBytes(UTF_8);
      out.write(("blob " + octets.length + "\u0000").getBytes(UTF_8));
      out.write(octets);
    }
  }

  @Test
  void gitFindsNothingWrongWithTheClone() throws Exception {
    origin.write("example.com", ZONE).push("first");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    Path clone = directory.resolve("state/clone.git");
    assertThat(GitRepository.gitIn(clone, "fsck", "--strict", "--no-dangling")).isEmpty();
  }

  @Test
  void aCloneOfAnEarlierVersion_whoseRefWasElsewhere_isUsedOn() throws Exception {
    String first = origin.write("example.com", ZONE).push("first");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      fetch(repository);
    }
    Path clone = directory.resolve("state/clone.git");
    Files.createDirectories(clone.resolve("refs/zonetrail"));
    Files.move(clone.resolve("refs/heads/fetched"), clone.resolve("refs/zonetrail/fetched"));
    Files.writeString(clone.resolve("HEAD"), "ref: refs/zonetrail/fetched\n");
    try (ZoneRepository repository = open(origin.bare().toString())) {
      assertThat(current(repository)).map(SourceTree::version).contains(first);
    }
    assertThat(GitRepository.gitIn(clone, "fsck", "--strict")).isEmpty();
  }

  private ZoneRepository open(String address) throws FetchException {
    return RepositoryFixture.open(address, directory.resolve("state"));
  }
}
