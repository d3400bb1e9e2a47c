package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.util.SystemReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.git.FetchException.Reason;

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

  private static SourceTree fetch(ZoneRepository repository) throws FetchException {
    return repository.fetch("").now();
  }

  private static Optional<SourceTree> current(ZoneRepository repository) {
    return repository.known().map(Known::line).map(SourceLine::now);
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

      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        assertThat(fetch(repository).files())
            .containsOnlyKeys("example.com", "example.org._keys", "run.example");
      }
    }

    @Test
    void aFolderOfTheRepositoryCanHoldTheZones() throws Exception {
      origin.write("README.md", "").write("dns/live/example.com", ZONE).push("first");
      try (ZoneRepository repository = openLocal(origin.bare().toString(), "dns/live/")) {
        SourceTree tree = fetch(repository);
        assertThat(tree.files()).containsOnlyKeys("example.com");
        assertThat(file(tree, "example.com").path()).isEqualTo("dns/live/example.com");
      }
    }

    @Test
    void aFolderThatIsMissingIsSaidSo_andTheFilesOfBeforeStay() throws Exception {
      String first = origin.write("dns/example.com", ZONE).push("first");
      try (ZoneRepository repository = openLocal(origin.bare().toString(), "dns")) {
        fetch(repository);
        String second =
            origin.remove("dns/example.com").write("dnz/example.com", ZONE).push("second");
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_PATH);
        assertThat(refused)
            .hasMessageContaining("has no folder dns in commit " + second.substring(0, 7));
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
      try (ZoneRepository again = openLocal(origin.bare().toString(), "dns")) {
        assertThat(current(again)).map(SourceTree::version).contains(first);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dns", "dns//live", "../dns", "dns/./live", ""})
    void aPathThatIsNoFolderNameIsRefused(String path) {
      assertThatThrownBy(() -> openLocal(origin.bare().toString(), path))
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
      try (ZoneRepository repository = openLocal(origin.bare().toString());
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
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        assertThat(fetch(repository).version()).isEqualTo(first);
      }
      try (ZoneRepository repository = openLocal("file://" + origin.bare())) {
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
    }

    @Test
    void aPathMayHaveBlanks() throws Exception {
      GitRepository blank = GitRepository.create(directory, "my own zones");
      String first = blank.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = openLocal(blank.bare().toString())) {
        assertThat(fetch(repository).version()).isEqualTo(first);
      }
    }

    @Test
    void aRepositoryThatIsNotThereIsSaidSo() throws Exception {
      Path missing = directory.resolve("missing.git");
      try (ZoneRepository repository = openLocal(missing.toString())) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_REPOSITORY);
        assertThat(refused).hasMessageContaining("there is no git repository at " + missing);
      }
    }
  }

  @Nested
  class TheBranch {

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

    @Test
    void anEmptyRepositoryIsSaidSo() throws Exception {
      try (ZoneRepository repository = open(pinned())) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_BRANCH);
        assertThat(refused)
            .hasMessageContaining("is empty: push a first commit to its branch main");
      }
    }

    @Test
    void aMissingBranchIsSaidSo_andTheOthersAreNamed() throws Exception {
      origin.write("example.com", ZONE).push("first");
      RemoteAddress remote = RemoteAddress.parse(sshd.url(origin.bare()) + "#live");
      try (ZoneRepository repository =
          ZoneRepository.open(
              remote, Optional.empty(), directory.resolve("state"), Optional.of(pinned()))) {
        FetchException refused = refusal(repository);
        assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_BRANCH);
        assertThat(refused)
            .hasMessage(
                "the repository %1$s has no branch live, but main: give --remote %1$s#main, or push"
                    + " that branch",
                remote.url());
      }
    }

    @Test
    void otherBranchesAndTagsAreNotFetched() throws Exception {
      origin.write("example.com", ZONE).push("first");
      origin.git("tag", "v1");
      String other = origin.write("example.org", ZONE).commit("elsewhere");
      origin.git("push", "--quiet", "origin", "HEAD:other", "v1");
      try (ZoneRepository repository = open(pinned())) {
        fetch(repository);
      }
      Path clone = directory.resolve("state/clone.git");
      assertThat(GitRepository.gitIn(clone, "for-each-ref", "--format=%(refname)"))
          .isEqualTo("refs/heads/fetched");
      assertThatThrownBy(() -> GitRepository.gitIn(clone, "cat-file", "-e", other))
          .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void gitFindsNothingWrongWithTheClone() throws Exception {
      origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(pinned())) {
        fetch(repository);
      }
      Path clone = directory.resolve("state/clone.git");
      assertThat(GitRepository.gitIn(clone, "fsck", "--strict", "--no-dangling")).isEmpty();
    }

    @Test
    void aCloneOfAnEarlierVersion_whoseRefWasElsewhere_isUsedOn() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(pinned())) {
        fetch(repository);
      }
      Path clone = directory.resolve("state/clone.git");
      Files.createDirectories(clone.resolve("refs/zonetrail"));
      Files.move(clone.resolve("refs/heads/fetched"), clone.resolve("refs/zonetrail/fetched"));
      Files.writeString(clone.resolve("HEAD"), "ref: refs/zonetrail/fetched\n");
      try (ZoneRepository repository = open(pinned())) {
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
      assertThat(GitRepository.gitIn(clone, "fsck", "--strict")).isEmpty();
    }

    @Test
    void aRewrittenHistoryIsFollowed() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      origin.write("example.org", ZONE).push("second");
      try (ZoneRepository repository = open(pinned())) {
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
      try (ZoneRepository repository = open(pinned())) {
        SourceTree tree = fetch(repository);
        assertThat(repository.fetch(tree.version()).now()).isSameAs(tree);
      }
    }

    @Test
    void anUnsoundCommitIsRefused_andTheFilesOfBeforeStay() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = open(pinned())) {
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

  @Nested
  class AfterARestart {

    @Test
    void whatWasFetchedIsThere_withoutTheRemote() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        fetch(repository);
      }
      Files.move(origin.bare(), directory.resolve("away.git"));
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
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
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        fetch(repository);
      }
      try (ZoneRepository repository = openLocal(origin.bare() + "#other")) {
        assertThat(current(repository)).isEmpty();
        fetch(repository);
      }
      GitRepository second = GitRepository.create(directory, "second");
      second.write("example.org", ZONE).push("first");
      try (ZoneRepository repository = openLocal(second.bare().toString())) {
        assertThat(current(repository)).isEmpty();
        assertThat(fetch(repository).files()).containsOnlyKeys("example.org");
      }
    }

    @Test
    void aSecondServerOnTheStateDirectoryIsRefused() throws Exception {
      try (ZoneRepository first = openLocal(origin.bare().toString())) {
        assertThat(current(first)).isEmpty();
        assertThatThrownBy(() -> openLocal(origin.bare().toString()))
            .isInstanceOf(FetchException.class)
            .hasMessage(
                "the state directory %s is in use by another server (process %d): stop that one, or"
                    + " give this one another --state-dir",
                directory.resolve("state"), ProcessHandle.current().pid());
      }
      openLocal(origin.bare().toString()).close();
    }

    @Test
    void theStateDirectoryIsTheOwnersOnly() throws Exception {
      openLocal(origin.bare().toString()).close();
      assertThat(Files.getPosixFilePermissions(directory.resolve("state")))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void theCloneIsTheOwnersOnlyInAFolderThatIsNot() throws Exception {
      Files.createDirectory(
          directory.resolve("state"),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      openLocal(origin.bare().toString()).close();
      assertThat(Files.getPosixFilePermissions(directory.resolve("state/clone.git")))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void halfAClone_isLeftBehindByACrash_andDoesNotDisturb() throws Exception {
      origin.write("example.com", ZONE).push("first");
      Files.createDirectories(directory.resolve("state/clone.git.new/objects"));
      Files.writeString(directory.resolve("state/clone.git.new/HEAD"), "ref: ");
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        assertThat(fetch(repository).files()).containsOnlyKeys("example.com");
      }
    }

    @Test
    void aCloneWithoutItsObjectsIsKeptBeside_andMadeAnew() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        fetch(repository);
      }
      Files.move(directory.resolve("state/clone.git/objects"), directory.resolve("lost"));
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        assertThat(current(repository)).isEmpty();
        assertThat(fetch(repository).version()).isEqualTo(first);
      }
      assertThat(directory.resolve("state/clone.git.old")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"config", "HEAD"})
    void aDamagedFileWhoseTextIsKnownIsWrittenAnew_andNothingIsLost(String damaged)
        throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        fetch(repository);
      }
      Path file = directory.resolve("state/clone.git").resolve(damaged);
      String text = Files.readString(file);
      for (String garbage : List.of("\u0000\u0001 garbage [", "", text.replace('f', 'g'))) {
        Files.writeString(file, garbage);
        try (ZoneRepository repository = openLocal(origin.bare().toString())) {
          assertThat(current(repository)).map(SourceTree::version).contains(first);
        }
        assertThat(file).hasContent(text);
      }
    }

    @Test
    void aDamagedRefCountsAsNothingFetched() throws Exception {
      String first = origin.write("example.com", ZONE).push("first");
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        fetch(repository);
      }
      Files.writeString(directory.resolve("state/clone.git/refs/heads/fetched"), "");
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        assertThat(current(repository)).isEmpty();
        assertThat(fetch(repository).version()).isEqualTo(first);
      }
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        assertThat(current(repository)).map(SourceTree::version).contains(first);
      }
    }

    @Test
    void aFlippedOctetIsNeverServed_andTheNextFetchMendsIt() throws Exception {
      String first = origin.write("example.com", ZONE.repeat(100)).push("first");
      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
        fetch(repository);
      }
      // A loose object in the place of the packed one: what a bad disk may make of it.
      Path clone = directory.resolve("state/clone.git");
      Path objects = directory.resolve("objects");
      Files.move(clone.resolve("objects"), objects);
      Files.createDirectories(clone.resolve("objects/pack"));
      unpack(objects, clone);
      replaceBlob(clone, first, ZONE.repeat(99));

      try (ZoneRepository repository = openLocal(origin.bare().toString())) {
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
      Path loose =
          clone.resolve("objects").resolve(blob.substring(0, 2)).resolve(blob.substring(2));
      Files.delete(loose);
      try (OutputStream out = new DeflaterOutputStream(Files.newOutputStream(loose))) {
        byte[] octets = text.getBytes(UTF_8);
        out.write(("blob " + octets.length + "\u0000").getBytes(UTF_8));
        out.write(octets);
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
    try (ZoneRepository repository = openLocal(origin.bare().toString())) {
      assertThat(fetch(repository).version()).isEqualTo(first);
      assertThat(SystemReader.getInstance().getUserConfig().getSubsections("url")).isEmpty();
    } finally {
      System.setProperty("user.home", home);
    }
  }

  private Path fresh(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  private static FetchException refusal(ZoneRepository repository) {
    return catchThrowableOfType(FetchException.class, () -> fetch(repository));
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

  private ZoneRepository openLocal(String address) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(address),
        Optional.empty(),
        directory.resolve("state"),
        Optional.empty());
  }

  private ZoneRepository openLocal(String address, String path) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(address),
        Optional.of(path),
        directory.resolve("state"),
        Optional.empty());
  }

  private static SourceFile file(SourceTree tree, String name) {
    return Objects.requireNonNull(tree.files().get(name));
  }

  private static String text(SourceTree tree, String name) throws UnreadableException {
    return new String(file(tree, name).read(), UTF_8);
  }
}
