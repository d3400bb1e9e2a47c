package zonetrail.server.git;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.jspecify.annotations.Nullable;

/// A bare clone on disk: `clone.git` in the state directory.
///
/// It is made beside, in `clone.git.new`, and takes its place by one rename when it is whole, so a
/// start never finds half of one. A clone that gives way to another is kept as `clone.git.old`, the
/// latest only, for somebody who wants to know what happened; nothing in it is needed.
///
/// Its `config` says which remote and branch it was made from ([CloneConfig]).
final class CloneDirectory {

  /// The tip of the remote's branch as it was fetched last. The one ref below `refs/heads`,
  /// whatever the branch is called there, since git wants `HEAD` to name such a one.
  static final String FETCHED_REF = "refs/heads/fetched";

  /// Where clones had it before; they are used on.
  private static final String FORMER_FETCHED_REF = "refs/zonetrail/fetched";

  /// What those have in `HEAD`.
  static final String FORMER_HEAD_TEXT = "ref: " + FORMER_FETCHED_REF + "\n";

  private static final String NAME = "clone.git";

  private final Path directory;
  private final CloneRepository repository;

  private CloneDirectory(Path directory, CloneRepository repository) {
    this.directory = directory;
    this.repository = repository;
  }

  /// Makes the state directory if need be.
  static void makeStateDirectory(Path stateDirectory) throws IOException {
    if (!Files.isDirectory(stateDirectory)) {
      Files.createDirectories(stateDirectory, ownerOnly(stateDirectory));
    }
  }

  /// A clone holds what key files hold, so nobody else may look into it, whoever made the folder
  /// around it.
  private static FileAttribute<?>[] ownerOnly(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /// Ends what a process that was killed has left half done: one clone taking the place of another.
  static void heal(Path stateDirectory) throws IOException {
    Path place = stateDirectory.resolve(NAME);
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path made = stateDirectory.resolve(NAME + ".new");
    Path old = stateDirectory.resolve(NAME + ".old");
    // Only a clone that has been fetched whole is ever put in the place of another.
    if (hasFetched(made)) {
      Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
    } else if (Files.isDirectory(old)) {
      Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
    } else {
      return;
    }
    syncDirectory(stateDirectory);
  }

  private static boolean hasFetched(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Repository made = CloneRepository.at(directory, true)) {
      return made.exactRef(FETCHED_REF) != null || made.exactRef(FORMER_FETCHED_REF) != null;
    } catch (IOException | RuntimeException notWhole) {
      return false;
    }
  }

  /// Opens what an earlier start has left.
  ///
  /// What the refs name is not looked at: one of them may be readable where another is not.
  ///
  /// @return empty if there is none
  /// @throws NotUsableException if it belongs to another remote or is damaged; it is left as it is
  static Optional<CloneDirectory> open(Path stateDirectory, RemoteAddress remote)
      throws NotUsableException {
    Path directory = stateDirectory.resolve(NAME);
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    CloneRepository repository = null;
    try {
      CloneConfig.check(directory, remote);
      // Where these are gone, what was in them is gone, and may be had again from the remote.
      Files.createDirectories(directory.resolve("objects/pack"));
      Files.createDirectories(directory.resolve("refs/heads"));
      moveFormerRef(directory);
      repository = CloneRepository.at(directory, true);
      removeLeftovers(directory);
      PackIndexes.mend(repository);
      return Optional.of(new CloneDirectory(directory, repository));
    } catch (NotUsableException e) {
      close(repository);
      throw e;
    } catch (RepositoryNotFoundException e) {
      throw new NotUsableException(directory + " is not a git repository");
    } catch (IOException | RuntimeException e) {
      close(repository);
      throw new NotUsableException(
          directory + " is damaged (" + RemoteText.oneLine(String.valueOf(e.getMessage())) + ")");
    }
  }

  /// By its file, which is not looked into: it may be damaged, and whoever reads it says so.
  private static void moveFormerRef(Path directory) throws IOException {
    Path former = directory.resolve(FORMER_FETCHED_REF);
    Path place = directory.resolve(FETCHED_REF);
    if (Files.isRegularFile(former) && !Files.exists(place)) {
      Files.move(former, place, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory(directory.resolve("refs/heads"));
    }
  }

  /// Removes what a process left behind that was killed: parts of packs, which would only take up
  /// the disk, and locks, under which a ref could never be written again, nor the clone be packed
  /// for twelve hours. The state directory is ours alone, so nobody else holds them.
  private static void removeLeftovers(Path directory) throws IOException {
    Path objects = directory.resolve("objects");
    removeAll(objects, "incoming_*");
    removeAll(objects, "noz*");
    removeAll(objects.resolve("pack"), "{gc_*,*_tmp,*.tmp,incoming_*}");
    removeAll(directory, "{packed-refs.lock,gc.pid,gc.pid.lock}");
    removeAll(directory.resolve("refs/heads"), "*.lock");
    removeAll(directory.resolve("refs/zonetrail"), "*.lock");
    for (String refs : List.of(PendingLine.SUPERSEDED, PendingLine.BASE, PendingLine.CONFLICT)) {
      removeAll(directory.resolve(refs), "*.lock");
    }
  }

  private static void removeAll(Path folder, String glob) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, glob)) {
      for (Path leftover : leftovers) {
        Files.delete(leftover);
      }
    }
  }

  /// Makes an empty clone beside the one that may be in place; [#takePlace] puts it there.
  static CloneDirectory make(Path stateDirectory, RemoteAddress remote) throws IOException {
    Path directory = stateDirectory.resolve(NAME + ".new");
    deleteTree(directory);
    Files.createDirectory(directory, ownerOnly(directory));
    try (Repository made = CloneRepository.at(directory, false)) {
      made.create(true);
      StoredConfig config = made.getConfig();
      CloneConfig.fill(config, remote);
      config.save();
      CloneConfig.keepCopy(directory);
      // For a person's `git --git-dir clone.git log`.
      made.updateRef(Constants.HEAD).link(FETCHED_REF);
    }
    return new CloneDirectory(directory, CloneRepository.at(directory, true));
  }

  /// Moves this clone to its place and the one that is there, if any, beside. Where nothing was
  /// ever fetched into that it goes, and what is beside stays: it may have what was acknowledged.
  CloneDirectory takePlace(Path stateDirectory) throws IOException {
    repository.close();
    Path place = stateDirectory.resolve(NAME);
    if (isUnused(place)) {
      deleteTree(place);
    } else if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      Path old = stateDirectory.resolve(NAME + ".old");
      deleteTree(old);
      Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(directory, place, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(stateDirectory);
    return new CloneDirectory(place, CloneRepository.at(place, true));
  }

  /// Puts the clone that was kept beside back into its place, if it is of this remote, and the one
  /// in its place beside: somebody gave the server another remote, and gives it the former one now.
  ///
  /// @return whether that was so
  static boolean takeBack(Path stateDirectory, RemoteAddress remote) throws IOException {
    Path place = stateDirectory.resolve(NAME);
    Path old = stateDirectory.resolve(NAME + ".old");
    if (!hasFetched(old)) {
      return false;
    }
    try {
      CloneConfig.check(old, remote);
    } catch (NotUsableException ofAnother) {
      return false;
    }
    Path other = stateDirectory.resolve(NAME + ".other");
    deleteTree(other);
    Files.move(place, other, StandardCopyOption.ATOMIC_MOVE);
    Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
    if (isUnused(other)) {
      deleteTree(other);
    } else {
      Files.move(other, old, StandardCopyOption.ATOMIC_MOVE);
    }
    syncDirectory(stateDirectory);
    return true;
  }

  /// Whether a clone is sound, and empty.
  private static boolean isUnused(Path directory) {
    Path packs = directory.resolve("objects/pack");
    if (!Files.isDirectory(packs)) {
      return false;
    }
    try (Repository clone = CloneRepository.at(directory, true);
        DirectoryStream<Path> files = Files.newDirectoryStream(packs)) {
      return !files.iterator().hasNext() && clone.getRefDatabase().getRefs().isEmpty();
    } catch (IOException | RuntimeException damaged) {
      return false;
    }
  }

  CloneRepository repository() {
    return repository;
  }

  Path directory() {
    return directory;
  }

  /// The commit that was fetched last.
  @Nullable ObjectId fetched() throws IOException {
    Ref ref = repository.exactRef(FETCHED_REF);
    return ref == null ? null : ref.getObjectId();
  }

  /// Notes that `commit`, which is here whole, was fetched.
  void markFetched(ObjectId commit) throws IOException {
    // The packs were forced to disk when they were written, their names in the directory were not;
    // a ref must never be on the disk before what it names.
    syncDirectory(directory.resolve("objects/pack"));
    RefUpdate update = repository.updateRef(FETCHED_REF);
    update.setNewObjectId(commit);
    update.disableRefLog();
    RefUpdate.Result result = update.forceUpdate();
    switch (result) {
      case NEW, FAST_FORWARD, FORCED, NO_CHANGE -> {}
      default -> throw new IOException("cannot write " + FETCHED_REF + ": " + result);
    }
  }

  /// Forces the names of loose objects to the disk, whoever wrote them.
  void syncLooseObjects() throws IOException {
    Path objects = directory.resolve("objects");
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(objects, "[0-9a-f][0-9a-f]")) {
      for (Path folder : folders) {
        syncDirectory(folder);
      }
    }
    syncDirectory(objects);
  }

  void close() {
    repository.close();
  }

  private static void close(@Nullable Repository repository) {
    if (repository != null) {
      repository.close();
    }
  }

  /// Writes a file by a rename, so that there is the old one or the new one, on the disk.
  static void replace(Path file, byte[] octets) throws IOException {
    replace(file, file.resolveSibling(file.getFileName() + ".tmp"), octets);
  }

  /// The same.
  ///
  /// @param made what the file is called until it is whole
  static void replace(Path file, Path made, byte[] octets) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            made,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(octets);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(made);
      throw e;
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Forces the names in a folder to the disk.
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /// The clone in place cannot be used and has to be made anew.
  static final class NotUsableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isOfAnotherRemote;

    NotUsableException(String message) {
      this(message, false);
    }

    NotUsableException(String message, boolean isOfAnotherRemote) {
      super(message);
      this.isOfAnotherRemote = isOfAnotherRemote;
    }

    boolean isOfAnotherRemote() {
      return isOfAnotherRemote;
    }
  }
}
