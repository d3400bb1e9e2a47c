package zonetrail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.SortedMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;

/// The bare repository of the quickstart: the sample zones in one commit, and the sample's own
/// post-receive hook, which runs `onotify`, with two keys made for this repository alone: the
/// hook's and one that may update.
final class QuickstartRepository {
  /// The zone that the hook names when it notifies.
  static final String ZONE = "example.org";

  private static final String BRANCH = "main";
  private static final String KEY_FILE = ZONE + "._keys";
  private static final String HOOK_KEY = "hook._notify." + ZONE;
  private static final String UPDATE_KEY = "laptop._update." + ZONE;
  private static final int SECRET_OCTETS = 32;

  private final Path bare;
  private final Path hookKey;
  private final Path updateKey;

  private QuickstartRepository(Path stateDir) {
    this.bare = stateDir.resolve("zones.git");
    this.hookKey = stateDir.resolve("hook.key");
    this.updateKey = stateDir.resolve("update.key");
  }

  /// The repository in a state directory, made out of the sample zones where there is none yet.
  ///
  /// @throws IOException if it cannot be made
  static QuickstartRepository openOrCreate(Path stateDir) throws IOException {
    QuickstartRepository repository = new QuickstartRepository(stateDir);
    if (!Files.exists(repository.bare)) {
      repository.create(stateDir);
    }
    return repository;
  }

  /// Where it lies.
  Path path() {
    return bare;
  }

  /// The file with the key that may update; there is none beside a repository of an older version.
  Path updateKey() {
    return updateKey;
  }

  /// A repository half made by a start that was cut off must not be taken for one: it gets its name
  /// when it is whole.
  private void create(Path stateDir) throws IOException {
    Files.createDirectories(stateDir);
    Path unfinished = Files.createTempDirectory(stateDir, "zones-");
    String hookSecret = randomSecret();
    String updateSecret = randomSecret();
    writeKeyFile(hookKey, HOOK_KEY, hookSecret);
    writeKeyFile(updateKey, UPDATE_KEY, updateSecret);
    String keys =
        "; Made for this repository. The first may tell the server about a push, the second may"
            + " update the zone.\n"
            + keyRecord(HOOK_KEY, hookSecret)
            + keyRecord(UPDATE_KEY, updateSecret);
    SortedMap<String, byte[]> files = SampleZones.files();
    files.put(KEY_FILE, keys.getBytes(StandardCharsets.UTF_8));
    try (Git git =
        Git.init()
            .setBare(true)
            .setInitialBranch(BRANCH)
            .setDirectory(unfinished.toFile())
            .call()) {
      commit(git.getRepository(), files);
    } catch (GitAPIException failed) {
      throw new IOException("cannot make a git repository in " + stateDir, failed);
    }
    Files.move(unfinished, bare);
  }

  private static String randomSecret() {
    byte[] secret = new byte[SECRET_OCTETS];
    new SecureRandom().nextBytes(secret);
    return Base64.getEncoder().encodeToString(secret);
  }

  private static String keyRecord(String name, String secret) {
    return name + ". DNSKEY 0 3 163 " + secret + "\n";
  }

  private static void writeKeyFile(Path file, String name, String secret) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, name + ":SHA256:" + secret + "\n");
  }

  private static void commit(Repository repository, SortedMap<String, byte[]> files)
      throws IOException {
    try (ObjectInserter inserter = repository.newObjectInserter()) {
      DirCache tree = DirCache.newInCore();
      DirCacheBuilder builder = tree.builder();
      for (var file : files.entrySet()) {
        DirCacheEntry entry = new DirCacheEntry(file.getKey());
        boolean isHook = file.getKey().startsWith("hooks/");
        entry.setFileMode(isHook ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE);
        entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, file.getValue()));
        builder.add(entry);
      }
      builder.finish();
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(tree.writeTree(inserter));
      PersonIdent author = new PersonIdent("zonetrail quickstart", "quickstart@localhost");
      commit.setAuthor(author);
      commit.setCommitter(author);
      commit.setMessage("The sample zones\n");
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      RefUpdate branch = repository.updateRef(Constants.R_HEADS + BRANCH);
      branch.setNewObjectId(id);
      if (branch.update() != RefUpdate.Result.NEW) {
        throw new IOException("cannot make branch " + BRANCH + ": " + branch.getResult());
      }
    }
  }

  /// Installs the sample's post-receive hook; done at each start, since the port and the place of
  /// the program may have changed.
  void installHook(String launcher, String server, int port) throws IOException {
    byte[] hook = SampleZones.files().get("hooks/post-receive");
    if (hook == null) {
      throw new IOException("the sample's post-receive hook is missing from this build");
    }
    Path target = Files.createDirectories(bare.resolve("hooks")).resolve("post-receive");
    Files.write(target, hook);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Git git = Git.open(bare.toFile())) {
      StoredConfig config = git.getRepository().getConfig();
      config.setString("zonetrail", null, "server", server);
      config.setInt("zonetrail", null, "port", port);
      config.setString("zonetrail", null, "zone", ZONE);
      config.setString("zonetrail", null, "keyFile", hookKey.toString());
      config.setString("zonetrail", null, "launcher", launcher);
      config.save();
    }
  }
}
