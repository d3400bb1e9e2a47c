package zonetrail.server.git;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/// The file beside a clone's objects in which a commit is on the disk by one forced write, until it
/// is in the clone itself.
///
/// It has its size from the beginning, so that a force has no metadata to write. Everything begins
/// at a multiple of [#BLOCK] octets:
///
/// ```text
/// 2 heads     magic, epoch, CRC-32C           the one with the higher epoch holds
/// records     magic, octets of the body, epoch, number from 0, CRC-32C of these and the body; body
/// body        id of the parent, id of the commit, objects; of each object
///             its id, octets of its entry, and the entry as a pack has it
/// ```
///
/// The journal is emptied by a head with the next epoch, in the place of the older head; records of
/// other epochs are none. A record is forced before the next is begun, so what a power failure
/// tears is the last one, of which nobody was told: it is passed over. A torn record with a whole
/// one behind it is damage.
///
/// Not for sharing between threads.
final class CommitJournal implements AutoCloseable {
  /// The file, in the clone.
  static final String NAME = "zonetrail-journal";

  /// Octets of the file. What does not fit makes what is in it be put into the clone.
  static final int OCTETS = 1 << 20;

  static final int BLOCK = 512;

  private static final long HEAD_MAGIC = 0x5A4F4E4554524C31L; // ZONETRL1

  /// Its head is the first one.
  private static final long FIRST_EPOCH = 2;

  private static final int RECORD_MAGIC = 0x5A545243; // ZTRC
  private static final int FIRST_RECORD = 2 * BLOCK;
  private static final int RECORD_HEAD = 4 + 4 + 8 + 4 + 4;
  private static final int ID_OCTETS = Constants.OBJECT_ID_LENGTH;

  private final FileChannel file;
  private long epoch;
  private int end = FIRST_RECORD;
  private int records;

  /// Whether a head of the next epoch may be on the disk, for which all records are none: it was
  /// written, and could not be forced.
  private boolean isToBeEmptied;

  /// An object of a commit.
  ///
  /// @param entry as it stands in a pack; not to be changed
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Entry(ObjectId id, byte[] entry) {}

  /// A commit and the objects that came with it.
  record Commit(ObjectId parent, ObjectId commit, List<Entry> objects) {
    int octets() {
      int octets = 2 * ID_OCTETS;
      for (Entry object : objects) {
        octets += ID_OCTETS + Integer.BYTES + object.entry.length;
      }
      return octets;
    }
  }

  /// What a journal holds.
  ///
  /// @param damagedAt where a record is damaged that others stand behind; -1 if none is
  record Content(List<Commit> commits, int damagedAt) {}

  CommitJournal(FileChannel file) {
    this.file = file;
  }

  /// Opens the journal of a clone; makes an empty one if there is none.
  static CommitJournal open(Path clone) throws IOException {
    Path path = clone.resolve(NAME);
    if (!Files.exists(path)) {
      make(clone, path);
    }
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new CommitJournal(file);
  }

  private static void make(Path clone, Path path) throws IOException {
    ByteBuffer empty = ByteBuffer.allocate(OCTETS);
    putHead(empty, FIRST_EPOCH);
    CloneDirectory.replace(path, empty.array());
    CloneDirectory.syncDirectory(clone);
  }

  /// Reads what it holds; before anything else is done with it.
  Content read() throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) Math.min(file.size(), OCTETS));
    readAll(all);
    epoch = Math.max(epochAt(all, 0), epochAt(all, BLOCK));
    if (epoch < 0) {
      return new Content(List.of(), 0);
    }
    List<Commit> commits = new ArrayList<>();
    Commit commit = recordAt(all, end, 0, 0);
    while (commit != null) {
      commits.add(commit);
      records++;
      end += blocks(RECORD_HEAD + commit.octets());
      commit = recordAt(all, end, records, records);
    }
    return new Content(commits, hasRecordBehind(all) ? end : -1);
  }

  private void readAll(ByteBuffer all) throws IOException {
    int octets = 0;
    while (all.hasRemaining() && octets >= 0) {
      octets = file.read(all, all.position());
    }
    all.flip();
  }

  private static long epochAt(ByteBuffer all, int at) {
    if (all.limit() < at + BLOCK || all.getLong(at) != HEAD_MAGIC) {
      return -1;
    }
    return all.getInt(at + 16) == checksum(all, at, 16) ? all.getLong(at + 8) : -1;
  }

  /// @param least the least number that it may have
  /// @return null if there is none, or it is torn
  private @Nullable Commit recordAt(ByteBuffer all, int at, int least, int most) {
    if (at + BLOCK > all.limit()
        || all.getInt(at) != RECORD_MAGIC
        || all.getLong(at + 8) != epoch
        || all.getInt(at + 16) < least
        || all.getInt(at + 16) > most) {
      return null;
    }
    int octets = all.getInt(at + 4);
    if (octets < 2 * ID_OCTETS || octets > all.limit() - at - RECORD_HEAD) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(all.slice(at, RECORD_HEAD - Integer.BYTES));
    crc.update(all.slice(at + RECORD_HEAD, octets));
    if (all.getInt(at + RECORD_HEAD - Integer.BYTES) != (int) crc.getValue()) {
      return null;
    }
    return commit(all.slice(at + RECORD_HEAD, octets));
  }

  private static Commit commit(ByteBuffer body) {
    ObjectId parent = id(body);
    ObjectId commit = id(body);
    List<Entry> objects = new ArrayList<>();
    while (body.hasRemaining()) {
      ObjectId id = id(body);
      byte[] entry = new byte[body.getInt()];
      body.get(entry);
      objects.add(new Entry(id, entry));
    }
    return new Commit(parent, commit, objects);
  }

  private static ObjectId id(ByteBuffer body) {
    byte[] raw = new byte[ID_OCTETS];
    body.get(raw);
    return ObjectId.fromRaw(raw);
  }

  private boolean hasRecordBehind(ByteBuffer all) {
    for (int at = end + BLOCK; at < all.limit(); at += BLOCK) {
      if (recordAt(all, at, records + 1, Integer.MAX_VALUE) != null) {
        return true;
      }
    }
    return false;
  }

  /// Whether a commit fits into what is left; none does while it could not be emptied.
  boolean hasRoomFor(Commit commit) {
    return !isToBeEmptied && (long) end + blocks(RECORD_HEAD + commit.octets()) <= OCTETS;
  }

  /// Adds a commit, which has room; it is on the disk when this returns.
  ///
  /// @throws IOException if it is not; then it is not in the journal
  void add(Commit commit) throws IOException {
    int octets = commit.octets();
    ByteBuffer record = ByteBuffer.allocate(blocks(RECORD_HEAD + octets));
    record.putInt(RECORD_MAGIC).putInt(octets).putLong(epoch).putInt(records);
    record.position(RECORD_HEAD);
    put(record, commit.parent);
    put(record, commit.commit);
    for (Entry object : commit.objects) {
      put(record, object.id);
      record.putInt(object.entry.length).put(object.entry);
    }
    CRC32C crc = new CRC32C();
    crc.update(record.slice(0, RECORD_HEAD - Integer.BYTES));
    crc.update(record.slice(RECORD_HEAD, octets));
    record.putInt(RECORD_HEAD - Integer.BYTES, (int) crc.getValue());
    record.clear();
    try {
      writeAll(file, record, end);
      file.force(false);
    } catch (IOException e) {
      wipe();
      throw e;
    }
    end += record.capacity();
    records++;
  }

  /// Nobody is told that the commit is made, so no start may find it.
  private void wipe() {
    try {
      writeAll(file, ByteBuffer.allocate(BLOCK), end);
      file.force(false);
    } catch (IOException worse) {
      // The caller is told of the first failure; what it did not get acknowledged may yet be found.
    }
  }

  private static void put(ByteBuffer record, ObjectId id) {
    byte[] raw = new byte[ID_OCTETS];
    id.copyRawTo(raw, 0);
    record.put(raw);
  }

  /// Empties it; on the disk when this returns.
  ///
  /// @throws IOException if it is not; then nobody knows what a start would find, and nothing has
  ///   room before this has been tried again
  void empty() throws IOException {
    isToBeEmptied = true;
    ByteBuffer head = ByteBuffer.allocate(BLOCK);
    putHead(head, epoch + 1);
    head.clear();
    writeAll(file, head, (int) ((epoch + 1) % 2) * BLOCK);
    file.force(false);
    isToBeEmptied = false;
    epoch++;
    end = FIRST_RECORD;
    records = 0;
  }

  private static void putHead(ByteBuffer at, long epoch) {
    at.putLong(0, HEAD_MAGIC).putLong(8, epoch).putInt(16, checksum(at, 0, 16));
  }

  private static int checksum(ByteBuffer of, int at, int octets) {
    CRC32C crc = new CRC32C();
    crc.update(of.slice(at, octets));
    return (int) crc.getValue();
  }

  private static int blocks(int octets) {
    return (octets + BLOCK - 1) / BLOCK * BLOCK;
  }

  private static void writeAll(FileChannel channel, ByteBuffer octets, int at) throws IOException {
    int begin = octets.position();
    while (octets.hasRemaining()) {
      channel.write(octets, at + octets.position() - begin);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
