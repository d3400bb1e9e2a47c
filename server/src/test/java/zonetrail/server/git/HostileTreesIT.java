package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Event;
import zonetrail.authority.FetchScope;
import zonetrail.authority.Layout;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneFiles.Advance;
import zonetrail.authority.ZoneSource;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.server.git.HostileTrees.Entry;
import zonetrail.server.git.HostileTrees.Text;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Zone;

/// Three good zones move on with each push, whatever is pushed beside them; what is wrong is said
/// exactly, and nothing is written outside of the state directory.
@RequiresTool(value = "git", debian = "git")
class HostileTreesIT {
  private static final List<String> GOOD =
      List.of("good1.example", "good2.example", "sub.good3.example");
  private static final String BAD = "bad.example";
  private static final long MAX_OBJECT_OCTETS = 1L << 28;

  private Path top;
  private Path zones;
  private Repository origin;
  private ZoneSource source;
  private ZoneFiles files = ZoneFiles.NONE;
  private int serial;
  private @Nullable ObjectId last;

  @BeforeEach
  void makeRepositories(@TempDir Path fresh) throws Exception {
    top = fresh;
    zones = Files.createDirectory(fresh.resolve("folder"));
    Files.writeString(fresh.resolve("secret"), "secret A 192.0.2.66\n");
    GitRepository made = GitRepository.create(fresh, "origin");
    origin = new FileRepositoryBuilder().setGitDir(made.bare().toFile()).build();
    source =
        new GitSource(
            ZoneRepository.open(
                RemoteAddress.parse(made.bare().toString()),
                Optional.empty(),
                Layout.DEFAULT,
                fresh.resolve("state"),
                new RemoteAccess(
                    Optional.empty(),
                    HttpsSettings.none(),
                    // More than is read, whatever the memory.
                    FetchLimits.standard().withObjectOctets(MAX_OBJECT_OCTETS))));
  }

  @AfterEach
  void close() {
    source.close();
    origin.close();
  }

  private static byte[] withSerial(long serial) {
    return HostileTrees.ZONE.replace(" 1 3600", " " + serial + " 3600").getBytes(UTF_8);
  }

  // ---- pushing ----

  private void push(List<Entry> entries) throws IOException {
    serial++;
    try (ObjectInserter inserter = origin.newObjectInserter()) {
      List<Entry> all = new ArrayList<>(entries);
      for (String good : GOOD) {
        all.add(new Entry(FileMode.REGULAR_FILE, good, new String(withSerial(serial), ISO_8859_1)));
      }
      TreeFormatter tree = new TreeFormatter();
      for (Entry entry : HostileTrees.sorted(all)) {
        append(tree, entry, object(entry, inserter));
      }
      commit(inserter.insert(Constants.OBJ_TREE, tree.toByteArray()), inserter);
    }
  }

  private static void append(TreeFormatter tree, Entry entry, ObjectId object) {
    byte[] name = entry.name().getBytes(ISO_8859_1);
    tree.append(name, 0, name.length, entry.mode(), object);
  }

  private static ObjectId object(Entry entry, ObjectInserter inserter) throws IOException {
    byte[] text = entry.text().getBytes(ISO_8859_1);
    if (entry.mode().equals(FileMode.GITLINK)) {
      return ObjectId.fromString("1234567890123456789012345678901234567890");
    }
    ObjectId blob = inserter.insert(Constants.OBJ_BLOB, text);
    if (entry.mode().equals(FileMode.TREE)) {
      TreeFormatter folder = new TreeFormatter();
      folder.append("inner.example", FileMode.REGULAR_FILE, blob);
      return inserter.insert(folder);
    }
    return blob;
  }

  private void commit(ObjectId tree, ObjectInserter inserter) throws IOException {
    CommitBuilder commit = new CommitBuilder();
    commit.setTreeId(tree);
    if (last != null) {
      commit.setParentId(last);
    }
    PersonIdent somebody =
        new PersonIdent(
            "h", "h@example.com", Instant.ofEpochSecond(1_700_000_000L + serial), ZoneOffset.UTC);
    commit.setAuthor(somebody);
    commit.setCommitter(somebody);
    commit.setMessage("push " + serial);
    last = inserter.insert(commit);
    inserter.flush();
    RefUpdate branch = origin.updateRef("refs/heads/main");
    branch.setNewObjectId(last);
    branch.forceUpdate();
  }

  private void pushFile(String name, byte[] text) throws IOException {
    push(List.of(new Entry(FileMode.REGULAR_FILE, name, new String(text, ISO_8859_1))));
  }

  // ---- looking ----

  /// What is said of a look, in the form of [HostileTrees].
  private String look() throws Exception {
    Advance advance = files.advance(source.fetch(files.version(), FetchScope.everything()));
    files = advance.files();
    source.keep(files.version(), files.heldBack());
    List<String> said = new ArrayList<>();
    for (Event event : advance.events()) {
      assertThat(event.text()).doesNotContainPattern("\\p{Cntrl}").hasSizeLessThan(6_000);
      if (event instanceof Event.FileIgnored ignored) {
        said.add(ignored.file() + " left alone");
      } else if (event instanceof Event.ZoneClaimedTwice twice) {
        said.add(String.join("+", twice.files()) + " claimed twice");
      }
      for (Finding finding : event.findings()) {
        assertThat(finding.message()).doesNotContainPattern("\\p{Cntrl}").hasSizeBetween(20, 400);
        assertThat(finding.toString())
            .doesNotContain(HostileTrees.SECRET)
            .doesNotContainPattern("[\\p{Cntrl}\\p{Cf}]");
        String place = finding.where() + " " + finding.rule();
        said.add(finding.isError() ? place : "(" + place + ")");
      }
    }
    return said.stream()
        .limit(4)
        .map(line ->
            line.length() > 90
                ? line.substring(0, 40) + "..." + line.substring(line.length() - 40)
                : line)
        .collect(Collectors.joining("; "));
  }

  private @Nullable Long served(String zone) {
    return files.zones().zone(WireName.parse(zone)) instanceof Zone good
        ? (Long) good.serial().value()
        : null;
  }

  private void assertThatTheGoodOnesAreAt(long wanted) {
    for (String good : GOOD) {
      assertThat(served(good)).as(good).isEqualTo(wanted);
    }
  }

  /// All that is there but for the state directory, the repository, and the folder that is served.
  private Set<String> surroundings() throws IOException {
    Set<String> there = new TreeSet<>();
    for (Path folder : List.of(top, top.resolve("origin"))) {
      try (Stream<Path> entries = Files.list(folder)) {
        entries.map(Path::toString).filter(name -> !name.endsWith("/state")).forEach(there::add);
      }
    }
    return there;
  }

  // ---- the tables ----

  /// The rows' zones have names of their own, since a zone that comes back has to have a higher
  /// serial.
  private static String own(int row, String text) {
    return text.replace("bad.example", zone(row));
  }

  private static String zone(int row) {
    return "z%02d.example".formatted(row);
  }

  private static byte[] own(int row, Text text) {
    return own(row, text.text()).getBytes(ISO_8859_1);
  }

  @TestFactory
  Stream<DynamicTest> aBrokenZoneFileThatIsNew() {
    return rows(
        HostileTrees.ZONE_FILES,
        (row, broken) -> {
          pushFile(zone(row), own(row, broken));
          assertThat(look().replace(zone(row), BAD)).isEqualTo(broken.said());
          assertThatTheGoodOnesAreAt(serial);
          assertThat(served(zone(row)) != null).isEqualTo(isGood(broken.said()));
        });
  }

  @TestFactory
  Stream<DynamicTest> aBrokenZoneFileInThePlaceOfOneThatIsServed() {
    return rows(
        HostileTrees.ZONE_FILES,
        (row, broken) -> {
          pushFile(zone(row), HostileTrees.ZONE.replace(" 1 3600", " 0 3600").getBytes(UTF_8));
          look();
          assertThat(served(zone(row))).isZero();
          pushFile(zone(row), own(row, broken));
          String said = look().replace(zone(row), BAD);
          if (broken.said().contains("left alone")) {
            assertThat(said).as("what was a zone is not left alone").startsWith(BAD + ":1:");
          } else {
            assertThat(said).isEqualTo(broken.said());
          }
          assertThatTheGoodOnesAreAt(serial);
          if (!isGood(broken.said())) {
            assertThat(served(zone(row))).as("its last good version").isZero();
          }
          pushFile(zone(row), withSerial(77));
          look();
          assertThatTheGoodOnesAreAt(serial);
        });
  }

  @TestFactory
  Stream<DynamicTest> aBrokenZoneFileInAPlainFolder() throws Exception {
    ZoneSource folder = new FolderSource(ZoneFolder.open(zones, Layout.DEFAULT));
    ZoneSource git = source;
    source = folder;
    git.close();
    Path keys =
        Files.writeString(
            top.resolve("folder/_keys"), "all._notify. DNSKEY 0 3 163 " + HostileTrees.SECRET);
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    return rows(
        HostileTrees.ZONE_FILES,
        (row, broken) -> {
          serial++;
          for (String good : GOOD) {
            Files.write(zones.resolve(good), withSerial(serial));
          }
          Files.write(zones.resolve(zone(row)), own(row, broken));
          assertThat(look().replace(zones + "/", "").replace(zone(row), BAD))
              .isEqualTo(broken.said());
          assertThatTheGoodOnesAreAt(serial);
        });
  }

  @TestFactory
  Stream<DynamicTest> aBrokenKeyFile() {
    return rows(
        HostileTrees.KEY_FILES,
        (row, broken) -> {
          pushFile(zone(row) + "._keys", own(row, broken));
          assertThat(look().replace(zone(row), BAD)).isEqualTo(broken.said());
          assertThatTheGoodOnesAreAt(serial);
        });
  }

  @TestFactory
  Stream<DynamicTest> aTree() {
    return rows(
        HostileTrees.TREES,
        (row, tree) -> {
          ObjectId good = last;
          long served = serial;
          push(tree.entries());
          if (tree.said().equals("refused")) {
            assertThatThrownBy(this::look)
                .isInstanceOf(ZoneSource.AwayException.class)
                .hasMessageContaining("not sound");
            if (served > 0) {
              assertThatTheGoodOnesAreAt(served);
            }
            last = good;
          } else {
            assertThat(look()).isEqualTo(tree.said());
            assertThatTheGoodOnesAreAt(serial);
          }
          push(List.of());
          look();
          assertThatTheGoodOnesAreAt(serial);
        });
  }

  @Test
  void thereAreMoreThanAHundredKinds() {
    assertThat(
            HostileTrees.ZONE_FILES.size()
                + HostileTrees.KEY_FILES.size()
                + HostileTrees.TREES.size())
        .isGreaterThan(100);
  }

  @Test
  void aBlobLargerThanIsRead_isSaidByItsSize_andTheOthersMoveOn() throws Exception {
    push(List.of());
    look();
    serial++;
    try (ObjectInserter inserter = origin.newObjectInserter()) {
      TreeFormatter tree = new TreeFormatter();
      for (String good : GOOD) {
        ObjectId blob = inserter.insert(Constants.OBJ_BLOB, withSerial(serial));
        tree.append(good, FileMode.REGULAR_FILE, blob);
      }
      long octets = ZoneRepository.MAX_BLOB_OCTETS + 1L;
      ObjectId huge = inserter.insert(Constants.OBJ_BLOB, octets, new Zeros(octets));
      tree.append("z.example", FileMode.REGULAR_FILE, huge);
      commit(inserter.insert(tree), inserter);
    }
    assertThat(look()).isEqualTo("z.example left alone");
    assertThatTheGoodOnesAreAt(serial);
  }

  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long octets) {
      this.left = octets;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] into, int from, int octets) {
      int some = (int) Math.min(octets, left);
      Arrays.fill(into, from, from + some, (byte) 0);
      left -= some;
      return some == 0 ? -1 : some;
    }
  }

  private static boolean isGood(String said) {
    return Stream.of(said.split("; ")).allMatch(it -> it.isEmpty() || it.startsWith("("));
  }

  private interface Row<T> {
    void check(int row, T broken) throws Exception;
  }

  private <T> Stream<DynamicTest> rows(List<T> table, Row<T> check) {
    return IntStream.range(0, table.size())
        .mapToObj(row ->
            dynamicTest(
                table.get(row).toString(),
                () -> {
                  Set<String> before = surroundings();
                  check.check(row, table.get(row));
                  assertThat(surroundings()).isEqualTo(before);
                }));
  }
}
