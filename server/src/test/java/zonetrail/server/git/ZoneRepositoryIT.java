package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.RepositoryFixture.current;
import static zonetrail.server.git.RepositoryFixture.fetch;
import static zonetrail.server.git.RepositoryFixture.file;
import static zonetrail.server.git.RepositoryFixture.refusal;
import static zonetrail.server.git.RepositoryFixture.text;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.jgit.util.SystemReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.git.FetchException.Reason;

/// What the zones repository takes of a remote that real git made: entries, branches, addresses.
@RequiresTool(value = "git", debian = "git")
class ZoneRepositoryIT {
  private Path directory;
  private GitRepository origin;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
  }

  @Nested
  class Entries {

    @Test
    void onlyRegularFilesDirectlyInTheFolderAreEntries() throws Exception {
      origin.write("example.com", ZONE).write("example.org._keys", "").write(".hidden", ZONE);
      origin.write("sub/example.net", ZONE).write("run.example", ZONE);
      Files.createSymbolicLink(origin.work().resolve("link"), Path.of("/etc/passwd"));
      Files.setPosixFilePermissions(
          origin.work().resolve("run.example"), PosixFilePermissions.fromString("rwxr-xr-x"));
      String head = origin.commit("files");
      origin.git("update-index", "--add", "--cacheinfo", "160000," + head + ",module");
      origin.git("commit", "--quiet", "-m", "a submodule");
      origin.git("push", "--quiet", "origin", "HEAD:main");

      try (ZoneRepository repository = open(origin.bare().toString())) {
        assertThat(fetch(repository).files())
            .containsOnlyKeys("example.com", "example.org._keys", "run.example");
      }
    }

    @Test
    void aFolderOfTheRepositoryCanHoldTheZones() throws Exception {
      origin.write("README.md", "").write("dns/live/example.com", ZONE).push("first");
      try (ZoneRepository repository = open(origin.bare().toString(), "dns/live/")) {
        SourceTree tree = fetch(repository);
        assertThat(tree.files()).containsOnlyKeys("example.com");
        assertThat(file(tree, "example.com").path()).isEqualTo("dns/live/example.com");
      }
    }

    @Test
    void aFolderThatIsMissingIsSaidSo_andTheFilesOfBeforeStay() throws Exception {
      String first = origin.write("dns/example.com", ZONE).push("first");
      try (ZoneRepository repository = open(origin.bare().toString(), "dns")) {
        fetch(repository);
        String second =
            origin.remove("dns/example.com").write("dnz/example.com", ZONE).push("second");
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_PATH);
        assertThat(refused)
            .hasMessageContaining("has no folder dns in commit " + second.substring(0, 7));
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
      try (ZoneRepository again = open(origin.bare().toString(), "dns")) {
        assertThat(current(again)).map(SourceTree::version).contains(first);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dns", "dns//live", "../dns", "dns/./live", ""})
    void aPathThatIsNoFolderNameIsRefused(String path) {
      assertThatThrownBy(() -> open(origin.bare().toString(), path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not a folder of the repository");
    }

    @Test
    void aBlobOverTheLimitIsNotFetched_orIfThatIsAllowedNotRead() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = openWithin(ZoneRepository.MAX_BLOB_OCTETS)) {
        fetch(repository);
        // Zeros: 128 MiB of them are 128 KiB in a pack.
        try (RandomAccessFile hole =
            new RandomAccessFile(origin.work().resolve("big").toFile(), "rw")) {
          hole.setLength(ZoneRepository.MAX_BLOB_OCTETS + 1L);
        }
        origin.push("large");
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.REFUSED_CONTENT);
        assertThat(refused)
            .hasMessageEndingWith(
                "octets; take that file out of the history, or raise --max-object-size");
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
      try (ZoneRepository repository = openWithin(1L << 28)) {
        SourceTree tree = fetch(repository);
        assertThat(text(tree, "example.com")).isEqualTo(ZONE);
        SourceFile big = file(tree, "big");
        assertThatThrownBy(big::read)
            .isInstanceOf(UnreadableException.class)
            .hasMessage(
                "big is not read: it has %d octets, and at most %d are read",
                ZoneRepository.MAX_BLOB_OCTETS + 1, ZoneRepository.MAX_BLOB_OCTETS);
      }
    }

    private ZoneRepository openWithin(long objectOctets) throws FetchException {
      return ZoneRepository.open(
          RemoteAddress.parse(origin.bare().toString()),
          Optional.empty(),
          Layout.DEFAULT,
          directory.resolve("state"),
          new RemoteAccess(
              Optional.empty(),
              HttpsSettings.none(),
              FetchLimits.standard().withObjectOctets(objectOctets)));
    }

    @Test
    void filesAreReadFromManyThreadsAtOnce() throws Exception {
      for (int i = 0; i < 100; i++) {
        origin.write("zone" + i + ".example", ZONE.repeat(1 + i));
      }
      origin.push("many");
      try (ZoneRepository repository = open(origin.bare().toString());
          ExecutorService threads = Executors.newFixedThreadPool(8)) {
        SourceTree tree = fetch(repository);
        List<Future<String>> texts = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
          String name = "zone" + i % 100 + ".example";
          texts.add(threads.submit(() -> text(tree, name)));
        }
        for (int i = 0; i < 400; i++) {
          assertThat(texts.get(i).get()).isEqualTo(ZONE.repeat(1 + i % 100));
        }
      }
    }
  }

  @Nested
  class LocalRemotes {

    @Test
    void aPlainPathAndAFileUrlAreTheSame() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(origin.bare().toString())) {
        assertThat(fetch(repository).version()).isEqualTo(first);
      }
      try (ZoneRepository repository = open("file://" + origin.bare())) {
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
    }

    @Test
    void aPathMayHaveBlanks() throws Exception {
      GitRepository blank = GitRepository.create(directory, "my own zones");
      String first = blank.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(blank.bare().toString())) {
        assertThat(fetch(repository).version()).isEqualTo(first);
      }
    }

    @Test
    void aRepositoryThatIsNotThereIsSaidSo() throws Exception {
      Path missing = directory.resolve("missing.git");
      try (ZoneRepository repository = open(missing.toString())) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_REPOSITORY);
        assertThat(refused).hasMessageContaining("there is no git repository at " + missing);
      }
    }
  }

  @Nested
  class TheBranch {

    @Test
    void anEmptyRepositoryIsSaidSo() throws Exception {
      try (ZoneRepository repository = open(origin.bare().toString())) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_BRANCH);
        assertThat(refused)
            .hasMessageContaining("is empty: push a first commit to its branch main");
      }
    }

    @Test
    void aMissingBranchIsSaidSo_andTheOthersAreNamed() throws Exception {
      origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(origin.bare() + "#live")) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_BRANCH);
        assertThat(refused)
            .hasMessage(
                "the repository %1$s has no branch live, but main: give --remote %1$s#main, or push"
                    + " that branch",
                origin.bare());
      }
    }

    @Test
    void otherBranchesAndTagsAreNotFetched() throws Exception {
      origin.write("example.com", ZONE).push("first");
      origin.git("tag", "v1");
      String other = origin.write("example.org", ZONE).commit("elsewhere");
      origin.git("push", "--quiet", "origin", "HEAD:other", "v1");
      try (ZoneRepository repository = open(origin.bare().toString())) {
        fetch(repository);
      }
      Path clone = directory.resolve("state/clone.git");
      assertThat(GitRepository.gitIn(clone, "for-each-ref", "--format=%(refname)"))
          .isEqualTo("refs/heads/fetched");
      assertThatThrownBy(() -> GitRepository.gitIn(clone, "cat-file", "-e", other))
          .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRewrittenHistoryIsFollowed() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      origin.write("example.org", ZONE).push("second");
      try (ZoneRepository repository = open(origin.bare().toString())) {
        fetch(repository);
        origin.git("reset", "--quiet", "--hard", first);
        String rewritten = origin.write("example.net", ZONE).push("instead");
        SourceTree tree = fetch(repository);
        assertThat(tree.version()).isEqualTo(rewritten);
        assertThat(tree.files()).containsOnlyKeys("example.com", "example.net");
      }
    }

    @Test
    void aBranchThatHasNotMovedGivesTheTreeOfBefore() throws Exception {
      origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(origin.bare().toString())) {
        SourceTree tree = fetch(repository);
        assertThat(repository.fetch(tree.version()).now()).isSameAs(tree);
      }
    }

    @Test
    void anUnsoundCommitIsRefused_andTheFilesOfBeforeStay() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(origin.bare().toString())) {
        fetch(repository);
        // A tree with an entry that would be written outside a work tree.
        origin.pushTreeWithEntry("..");
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.REFUSED_CONTENT);
        assertThat(refused).hasMessageContaining("invalid name '..'");
        assertThat(current(repository)).map(SourceTree::version).contains(first);

        String mended = origin.push("mended");
        assertThat(fetch(repository).version()).isEqualTo(mended);
      }
    }
  }

  @Test
  void theUsersOwnGitConfigurationIsNotLookedAt() throws Exception {
    // With this, `git` itself would go elsewhere.
    Files.writeString(
        directory.resolve(".gitconfig"),
        "[url \"" + directory.resolve("elsewhere") + "\"]\n\tinsteadOf = " + origin.bare() + "\n");
    String first = origin.write("example.com", ZONE).push("first");
    String home = System.getProperty("user.home");
    System.setProperty("user.home", directory.toString());
    try (ZoneRepository repository = open(origin.bare().toString())) {
      assertThat(fetch(repository).version()).isEqualTo(first);
      assertThat(SystemReader.getInstance().getUserConfig().getSubsections("url")).isEmpty();
    } finally {
      System.setProperty("user.home", home);
    }
  }

  private ZoneRepository open(String address) throws FetchException {
    return RepositoryFixture.open(address, directory.resolve("state"));
  }

  private ZoneRepository open(String address, String path) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(address),
        Optional.of(path),
        directory.resolve("state"),
        Optional.empty());
  }
}
