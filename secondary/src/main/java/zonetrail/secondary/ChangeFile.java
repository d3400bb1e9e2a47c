package zonetrail.secondary;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import zonetrail.secondary.StoredChange.Place;

/// A file of [StoredChange]s behind a head, which grows at its end. What is written is on the disk
/// when the call returns; of a write that failed nothing is left, if the disk takes that much.
final class ChangeFile {
  private ChangeFile() {}

  /// What a file has, by the heads of its changes alone.
  ///
  /// @param places its whole changes
  /// @param end where the last of them ends
  /// @param octets where the file does
  record Index(List<Place> places, long end, long octets) {
    boolean isWhole() {
      return end == octets;
    }
  }

  static Index index(FileChannel channel, int headOctets) throws IOException {
    List<Place> places = new ArrayList<>();
    long octets = channel.size();
    long end = Math.min(headOctets, octets);
    ByteBuffer head = ByteBuffer.allocate(StoredChange.HEAD_OCTETS);
    while (end + StoredChange.HEAD_OCTETS <= octets) {
      readFully(channel, head.clear(), end);
      Place place = StoredChange.place(head, end, octets);
      if (place == null) {
        break;
      }
      places.add(place);
      end = place.end();
    }
    return new Index(places, end, octets);
  }

  static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer octets = ByteBuffer.allocate(length);
    readFully(channel, octets, offset);
    return octets.array();
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long offset)
      throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, offset + target.position()) < 0) {
        throw new EOFException("it became shorter while it was read");
      }
    }
  }

  /// Appends changes to a file that is whole; makes it, or one of less than a head again, with this
  /// head.
  static void append(Path file, byte[] head, byte[] changes) throws IOException {
    boolean isNew;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long octets = channel.size();
      isNew = octets < head.length;
      long start = isNew ? 0 : octets;
      try {
        channel.truncate(start);
        channel.position(start);
        if (isNew) {
          writeFully(channel, head);
        }
        writeFully(channel, changes);
        channel.force(true);
      } catch (IOException failed) {
        channel.truncate(start);
        throw failed;
      }
    }
    if (isNew) {
      StoreFiles.forceDirectoryOf(file);
    }
  }

  /// Cuts off what is behind a file's last whole change; the next one that is appended takes that
  /// to the disk.
  static void cut(Path file, long end) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(end);
    }
  }

  private static void writeFully(FileChannel channel, byte[] octets) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(octets);
    while (source.hasRemaining()) {
      channel.write(source);
    }
  }
}
