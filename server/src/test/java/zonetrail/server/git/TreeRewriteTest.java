package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Trees that are rewritten, beside those that JGit makes of a whole list of files.
class TreeRewriteTest {
  /// Names that sort otherwise as files than as folders.
  private static final List<String> NAMES =
      List.of("a", "a.b", "a-b", "a0", "b", "é", "zone.example", "zone");

  private CloneRepository repository;
  private ObjectInserter inserter;
  private ObjectReader reader;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) throws IOException {
    repository = CloneRepository.at(fresh.resolve("r.git"), false);
    repository.create(true);
    inserter = repository.newObjectInserter();
    reader = repository.newObjectReader();
  }

  @AfterEach
  void closeRepository() {
    reader.close();
    inserter.close();
    repository.close();
  }

  private record File(ObjectId blob, FileMode mode) {}

  private ObjectId blob(String text) throws IOException {
    return inserter.insert(Constants.OBJ_BLOB, text.getBytes(UTF_8));
  }

  private ObjectId whole(Map<String, File> files) throws IOException {
    DirCache cache = DirCache.newInCore();
    DirCacheBuilder builder = cache.builder();
    files.forEach((path, file) -> {
      DirCacheEntry entry = new DirCacheEntry(path);
      entry.setFileMode(file.mode());
      entry.setObjectId(file.blob());
      builder.add(entry);
    });
    builder.finish();
    return cache.writeTree(inserter);
  }

  private ObjectId rewrite(ObjectId tree, Map<String, Optional<ObjectId>> edits)
      throws IOException {
    return new TreeRewrite(id -> BranchTip.object(reader, id, Constants.OBJ_TREE), inserter::insert)
        .rewrite(tree, new TreeMap<>(edits), 0);
  }

  @Test
  void isTheTreeThatTheWholeListOfFilesMakes_whateverIsWrittenOrRemoved() throws Exception {
    Random random = new Random(20_261_128);
    for (int run = 0; run < 200; run++) {
      SortedMap<String, File> files = new TreeMap<>();
      for (int i = random.nextInt(20); i > 0; i--) {
        put(files, path(random), new File(blob("text " + random.nextInt(5)), mode(random)));
      }
      ObjectId tree = whole(files);
      SortedMap<String, File> before = new TreeMap<>(files);
      Map<String, Optional<ObjectId>> edits = new TreeMap<>();
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        String path = path(random);
        if (files.containsKey(path) && random.nextInt(3) == 0) {
          files.remove(path);
          edits.put(path, Optional.empty());
        } else {
          FileMode mode = files.containsKey(path) ? files.get(path).mode() : FileMode.REGULAR_FILE;
          ObjectId blob = blob("new " + random.nextInt(5));
          boolean stays = mode.equals(FileMode.EXECUTABLE_FILE);
          File file = new File(blob, stays ? mode : FileMode.REGULAR_FILE);
          if (put(new TreeMap<>(before), path, file) && put(files, path, file)) {
            edits.put(path, Optional.of(blob));
          }
        }
      }
      assertThat(rewrite(tree, edits)).as("run %d: %s", run, edits).isEqualTo(whole(files));
    }
  }

  private static String path(Random random) {
    List<String> parts = new ArrayList<>();
    for (int depth = random.nextInt(3); depth >= 0; depth--) {
      parts.add(NAMES.get(random.nextInt(NAMES.size())));
    }
    return String.join("/", parts);
  }

  private static FileMode mode(Random random) {
    return List.of(FileMode.REGULAR_FILE, FileMode.EXECUTABLE_FILE, FileMode.SYMLINK)
        .get(random.nextInt(3));
  }

  /// Unless a file would be a folder too.
  private static boolean put(SortedMap<String, File> files, String path, File file) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (files.containsKey(path.substring(0, slash))) {
        return false;
      }
    }
    if (files.keySet().stream().anyMatch(other -> other.startsWith(path + "/"))) {
      return false;
    }
    files.put(path, file);
    return true;
  }

  @Test
  void aFileIsNotPutWhereAFolderIs_norAFolderWhereAFileIs() throws Exception {
    ObjectId blob = blob("text");
    File file = new File(blob, FileMode.REGULAR_FILE);
    ObjectId tree = whole(Map.of("a/b", file, "c", file));
    for (String path : List.of("a", "c/d")) {
      assertThatThrownBy(() -> rewrite(tree, Map.of(path, Optional.of(blob))))
          .isInstanceOf(TreeRewrite.InTheWayException.class)
          .hasMessageContaining("cannot be a file and a folder at once");
    }
  }

  @Test
  void aTreeWithOldModesKeepsThem() throws Exception {
    ObjectId blob = blob("text");
    byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
    blob.copyRawTo(id, 0);
    byte[] entry = "100664 old\0".getBytes(UTF_8);
    byte[] octets = Arrays.copyOf(entry, entry.length + id.length);
    System.arraycopy(id, 0, octets, entry.length, id.length);
    ObjectId tree = inserter.insert(Constants.OBJ_TREE, octets);
    ObjectId made = rewrite(tree, Map.of("new", Optional.of(blob)));
    byte[] text = reader.open(made).getBytes();
    assertThat(new String(text, ISO_8859_1)).startsWith("100644 new\0").contains("100664 old\0");
  }
}
