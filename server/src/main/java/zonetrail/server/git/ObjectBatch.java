package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import zonetrail.masterfile.FileText;

/// Objects that are to be on the disk together: loose ones, as git has them.
///
/// Each is forced to the disk before it gets its name, and then the folders that have the names. A
/// file system writes what is forced at the same time at once, so a commit waits for the disk twice
/// and not, as object by object, eight times.
///
/// Thread: one, which waits for those that force.
final class ObjectBatch {
  /// What becomes small at all does with the quickest; upkeep packs it better.
  private static final int LEVEL = Deflater.BEST_SPEED;

  private static final int BUFFER = 1 << 16;

  /// How the files of objects begin that have no name yet: what JGit calls its own, so that a start
  /// clears both away.
  private static final String UNNAMED = "noz";

  private final Path objects;
  private final Map<ObjectId, Content> fresh = new TreeMap<>();

  /// What a file holds.
  private interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  ObjectBatch(Repository repository) {
    this.objects = repository.getDirectory().toPath().resolve("objects");
  }

  /// Puts what a commit brings on the disk.
  ///
  /// @throws IOException if that fails; some may be there then
  static void write(Repository repository, List<UnsettledCommits.Made> objects) throws IOException {
    ObjectBatch batch = new ObjectBatch(repository);
    for (UnsettledCommits.Made object : objects) {
      batch.insert(object.id(), object.type(), object.text().octets());
    }
    batch.flush();
  }

  /// Adds an object, also where it is there already: it may be in a file that was never forced.
  ///
  /// @param id its name
  void insert(ObjectId id, int type, byte[] octets) throws IOException {
    if (!fresh.containsKey(id)) {
      byte[] loose = loose(type, octets);
      fresh.put(id, channel -> writeAll(channel, ByteBuffer.wrap(loose)));
    }
  }

  /// Adds a large file; it is deflated while it is written, so that it need not be in the memory
  /// once more.
  void insert(ObjectId id, int type, FileText text) {
    fresh.putIfAbsent(id, channel -> deflate(type, text, channel));
  }

  private static void deflate(int type, FileText text, FileChannel channel) throws IOException {
    Deflater deflater = new Deflater(LEVEL);
    OutputStream file =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
          }

          @Override
          public void write(byte[] octets, int from, int count) throws IOException {
            writeAll(channel, ByteBuffer.wrap(octets, from, count));
          }
        };
    DeflaterOutputStream out = new DeflaterOutputStream(file, deflater, BUFFER);
    try {
      out.write(ObjectHash.header(type, text.length()));
      for (byte[] piece : text.pieces()) {
        out.write(piece);
      }
      out.finish();
    } finally {
      deflater.end();
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      channel.write(octets);
    }
  }

  private static byte[] loose(int type, byte[] octets) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream(octets.length / 2 + 64);
    Deflater deflater = new Deflater(LEVEL);
    try (OutputStream out = new DeflaterOutputStream(file, deflater)) {
      out.write(ObjectHash.header(type, octets.length));
      out.write(octets);
    } finally {
      deflater.end();
    }
    return file.toByteArray();
  }

  /// Puts them on the disk.
  ///
  /// @throws IOException if that fails; some may be there then
  void flush() throws IOException {
    List<Path> unnamed = fresh.keySet().stream().map(this::unnamed).toList();
    try {
      forAll(fresh.entrySet(), each -> write(unnamed(each.getKey()), each.getValue()));
      for (ObjectId id : fresh.keySet()) {
        Path place = place(id);
        Files.createDirectories(folder(id));
        Files.move(unnamed(id), place, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      for (Path left : unnamed) {
        Files.deleteIfExists(left);
      }
    }
    Set<Path> folders = new HashSet<>();
    fresh.keySet().forEach(id -> folders.add(folder(id)));
    folders.add(objects);
    forAll(folders, CloneDirectory::syncDirectory);
  }

  private Path folder(ObjectId id) {
    return objects.resolve(id.name().substring(0, 2));
  }

  private Path place(ObjectId id) {
    return folder(id).resolve(id.name().substring(2));
  }

  private Path unnamed(ObjectId id) {
    return objects.resolve(UNNAMED + id.name() + ".tmp");
  }

  private static void write(Path file, Content content) throws IOException {
    Files.deleteIfExists(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            readOnly(file))) {
      content.writeTo(channel);
      channel.force(true);
    }
  }

  private static FileAttribute<?>[] readOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--"))
        }
        : new FileAttribute<?>[0];
  }

  private interface Work<T> {
    void on(T what) throws IOException;
  }

  /// Does something for all at once, and waits for it.
  private static <T> void forAll(Collection<T> all, Work<T> work) throws IOException {
    List<CompletableFuture<Void>> under = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (T each : all) {
        under.add(
            CompletableFuture.runAsync(
                () -> {
                  try {
                    work.on(each);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                threads));
      }
    }
    try {
      under.forEach(CompletableFuture::join);
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw failed;
    }
  }
}
