package zonetrail.server.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Layout;

/// Whether names need to be listed again.
class FolderListingTest {
  private static final Layout TREE = new Layout(Layout.Folders.TREE, Layout.DEFAULT.pattern());

  private Path folder;
  private Path below;

  /// Far enough ahead that every folder counts as settled.
  private final Instant later = Instant.now().plus(Duration.ofMinutes(10));

  @BeforeEach
  void makeFolder(@TempDir Path directory) throws IOException {
    folder = directory.toRealPath();
    below = Files.createDirectory(folder.resolve("a"));
    Files.createFile(below.resolve("example.net"));
    Files.createFile(folder.resolve("example.com"));
    Files.createFile(folder.resolve(".hidden"));
  }

  /// Waits for the file system's clock to go on, so that what comes next has another time.
  private void awaitTick() throws IOException {
    Path file = folder.resolve("example.com");
    FileTime began = Files.getLastModifiedTime(folder);
    do {
      Files.writeString(file, "; tick");
    } while (Files.getLastModifiedTime(file).compareTo(began) <= 0);
  }

  @Test
  void aListingHasTheNamesOfItsLayout() throws IOException {
    assertThat(FolderListing.of(folder, Layout.DEFAULT, later).files())
        .containsOnlyKeys("example.com", "a");
    assertThat(FolderListing.of(folder, TREE, later).files())
        .containsOnlyKeys("example.com", "a/example.net");
  }

  @Test
  void aListingStaysCurrent_whateverIsWrittenIntoFiles() throws IOException {
    FolderListing listing = FolderListing.of(folder, TREE, later);
    Files.writeString(folder.resolve("example.com"), "; hello");
    assertThat(listing.isCurrent()).isTrue();
  }

  @Test
  void aFileThatComesOrGoesEndsIt() throws IOException {
    FolderListing before = FolderListing.of(folder, Layout.DEFAULT, later);
    awaitTick();
    Files.createFile(folder.resolve("example.org"));
    assertThat(before.isCurrent()).isFalse();

    FolderListing after = FolderListing.of(folder, Layout.DEFAULT, later);
    awaitTick();
    Files.delete(folder.resolve("example.org"));
    assertThat(after.isCurrent()).isFalse();
  }

  @Test
  void soDoesOneInAFolderBelow_inATreeOnly() throws IOException {
    FolderListing flat = FolderListing.of(folder, Layout.DEFAULT, later);
    FolderListing tree = FolderListing.of(folder, TREE, later);
    Instant began = Files.getLastModifiedTime(below).toInstant();
    Path file = below.resolve("example.org");
    do {
      Files.deleteIfExists(file);
      Files.createFile(file);
    } while (Files.getLastModifiedTime(below).toInstant().equals(began));
    assertThat(tree.isCurrent()).isFalse();
    assertThat(flat.isCurrent()).isTrue();
    Files.delete(file);
    Files.delete(below.resolve("example.net"));
    Files.delete(below);
    assertThat(tree.isCurrent()).as("one of its folders is gone").isFalse();
  }

  @Test
  void aListingOfAFolderThatWasJustChangedIsNeverTakenAsCurrent() throws IOException {
    Instant changed = Files.getLastModifiedTime(folder).toInstant();
    FolderListing listing = FolderListing.of(folder, Layout.DEFAULT, changed.plusSeconds(1));
    assertThat(listing.isCurrent()).isFalse();
  }
}
