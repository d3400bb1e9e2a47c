package zonetrail.server.git;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.server.git.FetchException.Reason;

/// Keeps a second server out of a state directory: a lock on the file `lock` in it, which holds the
/// process id for people to read. The kernel lets go of it when the process ends, however it ends.
final class StateLock implements AutoCloseable {

  private static final String NAME = "lock";

  private static final Logger LOG = LoggerFactory.getLogger(StateLock.class);

  private final FileChannel channel;

  private StateLock(FileChannel channel) {
    this.channel = channel;
  }

  /// @throws FetchException if somebody else has it
  /// @throws IOException if the file cannot be written
  static StateLock take(Path stateDirectory) throws FetchException, IOException {
    Path file = stateDirectory.resolve(NAME);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (lock(channel) == null) {
      String owner = Files.readString(file, StandardCharsets.US_ASCII).strip();
      channel.close();
      throw new FetchException(
          Reason.LOCAL_STORE,
          "the state directory "
              + stateDirectory
              + " is in use by another server"
              + (owner.isEmpty() ? "" : " (process " + owner + ")")
              + ": stop that one, or give this one another --state-dir");
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap(
            (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
    return new StateLock(channel);
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another server in this process.
      return null;
    }
  }

  /// Lets go of it, if it was taken.
  static void release(@Nullable StateLock lock) {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      LOG.debug("closing the lock: {}", e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
