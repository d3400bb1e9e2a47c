package zonetrail.server.folder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;

class ZoneFolderTest {

  private static final String ZONE = "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n";

  private Path folder;
  private Path outside;

  /// Far enough ahead that every file counts as settled.
  private final InstantSource later =
      InstantSource.fixed(Instant.now().plus(Duration.ofMinutes(10)));

  @BeforeEach
  void makeFolder(@TempDir Path directory) throws IOException {
    folder = Files.createDirectory(directory.resolve("zones"));
    outside = Files.writeString(directory.resolve("outside"), ZONE);
  }

  @Test
  void theRegularFilesAreTheEntries() throws Exception {
    write("example.com", ZONE);
    write("example.com._keys", "");
    write(".hidden", ZONE);
    Files.createDirectory(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/example.org"), ZONE);

    SourceTree tree = ZoneFolder.open(folder).scan();
    assertThat(tree.version()).isEqualTo("folder");
    assertThat(tree.files()).containsOnlyKeys("example.com", "example.com._keys");
    SourceFile file = file(tree, "example.com");
    assertThat(file.path()).isEqualTo(folder.resolve("example.com").toString());
    assertThat(new String(file.read(), UTF_8)).isEqualTo(ZONE);
  }

  @Test
  void aLinkCountsIfItStaysInTheFolder() throws Exception {
    Files.createDirectory(folder.resolve("..data"));
    Files.writeString(folder.resolve("..data/example.com"), ZONE);
    Files.createSymbolicLink(folder.resolve("example.com"), Path.of("..data/example.com"));
    Files.createSymbolicLink(folder.resolve("example.org"), outside);
    Files.createSymbolicLink(folder.resolve("example.net"), Path.of("../outside"));
    Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(folder.resolve("folder"), Path.of("..data"));

    SourceTree tree = ZoneFolder.open(folder).scan();
    assertThat(tree.files()).containsOnlyKeys("example.com");
    assertThat(new String(file(tree, "example.com").read(), UTF_8)).isEqualTo(ZONE);
  }

  @Test
  void theContentIdStays_whileTheFileDoes() throws Exception {
    write("example.com", ZONE);
    ZoneFolder opened = ZoneFolder.open(folder, Layout.DEFAULT, later);
    assertThat(contentId(opened)).isEqualTo(contentId(opened));
  }

  @Test
  void theContentIdChanges_whenTheFileIsReplacedByOneOfTheSameSizeAndTime() throws Exception {
    Path file = write("example.com", ZONE);
    FileTime time = Files.getLastModifiedTime(file);
    ZoneFolder opened = ZoneFolder.open(folder, Layout.DEFAULT, later);
    String before = contentId(opened);

    Files.delete(file);
    Files.setLastModifiedTime(write("example.com", ZONE.replace('1', '2')), time);
    assertThat(contentId(opened)).isNotEqualTo(before);
  }

  @Test
  void theContentIdTellsTwoChangesInOneTickApart() throws Exception {
    // Neither size nor inode differ, and by the clock given no time has passed since.
    Path file = write("example.com", ZONE);
    FileTime time = Files.getLastModifiedTime(file);
    ZoneFolder opened =
        ZoneFolder.open(folder, Layout.DEFAULT, InstantSource.fixed(time.toInstant()));
    String before = contentId(opened);
    try (RandomAccessFile inPlace = new RandomAccessFile(file.toFile(), "rw")) {
      inPlace.write(ZONE.replace('1', '2').getBytes(UTF_8));
    }
    Files.setLastModifiedTime(file, time);
    String after = contentId(opened);
    assertThat(hashOf(after)).isNotEqualTo(hashOf(before));
  }

  @Test
  void theContentIdStays_whenTheFileSettles() throws Exception {
    Path file = write("example.com", ZONE);
    Instant[] now = {Files.getLastModifiedTime(file).toInstant()};
    ZoneFolder opened = ZoneFolder.open(folder, Layout.DEFAULT, () -> now[0]);
    String young = contentId(opened);
    now[0] = now[0].plus(Duration.ofMinutes(10));
    SourceFile settled = file(opened.scan(), "example.com");
    assertThat(settled.contentId()).isEqualTo(young);
    assertThat(file(opened.scan(), "example.com")).as("it is not hashed again").isSameAs(settled);
  }

  @Test
  void theContentIdChanges_whenTheFileSettlesWithOtherContent() throws Exception {
    Path file = write("example.com", ZONE);
    FileTime time = Files.getLastModifiedTime(file);
    Instant[] now = {time.toInstant()};
    ZoneFolder opened = ZoneFolder.open(folder, Layout.DEFAULT, () -> now[0]);
    String young = contentId(opened);
    try (RandomAccessFile inPlace = new RandomAccessFile(file.toFile(), "rw")) {
      inPlace.write(ZONE.replace('1', '2').getBytes(UTF_8));
    }
    Files.setLastModifiedTime(file, time);
    now[0] = now[0].plus(Duration.ofMinutes(10));
    assertThat(hashOf(contentId(opened))).isNotEqualTo(hashOf(young));
  }

  @Test
  void aFileFromTheFutureIsNeverTakenAsSettled() throws Exception {
    Path file = write("example.com", ZONE);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
    ZoneFolder opened = ZoneFolder.open(folder, Layout.DEFAULT, later);
    assertThat(hashOf(contentId(opened))).hasSize(64);
  }

  @Test
  void aFileThatChangedSinceItWasListedIsNotRead() throws Exception {
    Path file = write("example.com", ZONE);
    SourceFile listed = file(ZoneFolder.open(folder, Layout.DEFAULT, later).scan(), "example.com");
    Files.writeString(file, ZONE + "; more\n");
    assertThatThrownBy(listed::read)
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("example.com was changed while it was read");
  }

  @Test
  void aFileThatIsGoneIsNotRead() throws Exception {
    Path file = write("example.com", ZONE);
    SourceFile listed = file(ZoneFolder.open(folder).scan(), "example.com");
    Files.delete(file);
    assertThatThrownBy(listed::read)
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("example.com cannot be read");
  }

  @Test
  void aFileOverTheLimitIsRefusedByItsSize() throws Exception {
    // A hole: it has the size without the octets, and would fill the heap if it were read.
    try (RandomAccessFile hole = new RandomAccessFile(folder.resolve("big").toFile(), "rw")) {
      hole.setLength(ZoneFolder.MAX_FILE_OCTETS + 1L);
    }
    SourceFile big = file(ZoneFolder.open(folder).scan(), "big");
    assertThatThrownBy(big::read)
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("it has 134217729 octets, and at most 134217728 are read");
  }

  @Test
  void aFolderThatIsNotThereIsAnError() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> ZoneFolder.open(missing))
        .isInstanceOf(IOException.class)
        .hasMessage("--zones " + missing + " is not a folder");
  }

  @Test
  void aFolderThatVanishesIsAnErrorAndNotAnEmptyOne() throws Exception {
    ZoneFolder opened = ZoneFolder.open(folder);
    Files.delete(folder);
    assertThatThrownBy(opened::scan)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder + " cannot be read");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String contentId(ZoneFolder folder) throws IOException {
    return file(folder.scan(), "example.com").contentId();
  }

  private static String hashOf(String contentId) {
    return contentId.substring(contentId.lastIndexOf('-') + 1);
  }

  private static SourceFile file(SourceTree tree, String name) {
    return Objects.requireNonNull(tree.files().get(name));
  }
}
