package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.zip.Adler32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.eclipse.jgit.internal.storage.pack.BinaryDelta;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.masterfile.FileText;

/// Commits that are on the disk in the [CommitJournal], and not yet in the clone.
///
/// They are in one line: the first was made on what is in the clone, each other on the one before.
/// git, and what JGit does for us, sees them when they are settled: their objects are written into
/// the clone, a pack of many commits or loose ones of a few, the line's ref is moved, and when all
/// of that is on the disk the journal is emptied. A process that ends before leaves the journal,
/// and the next start settles it.
///
/// Threads: [#octets] from any; the others under the monitor of [LocalCommits].
final class UnsettledCommits implements AutoCloseable {
  /// Of so many commits the objects become loose ones; else each push after a single update would
  /// leave a pack.
  static final int MAX_LOOSE_COMMITS = 8;

  /// The longest chain of deltas: as git's own. The next one is a delta of the chain's first object
  /// again, as long as that is much shorter than the object itself and both are held.
  static final int MAX_DEPTH = 50;

  /// Octets of what the next commit's objects may be deltas of. A larger object is none and has
  /// none: it goes into the clone, whole, before the commit or with it.
  static final int MAX_BASE_OCTETS = 4 << 20;

  /// A delta of so many octets is not deflated: it is ids and places, which get no shorter.
  static final int MAX_STORED_OCTETS = 128;

  private static final int SIZE_BITS_OF_FIRST = 4;
  private static final int SIZE_BITS = 7;
  private static final int MORE = 0x80;

  /// zlib's head, that a block is the last and not deflated; and what stands around such a one.
  private static final short ZLIB_FASTEST = 0x7801;

  private static final byte LAST_STORED_BLOCK = 1;
  private static final int STORED_OCTETS = 2 + 1 + 2 + 2 + 4;

  private static final Logger LOG = LoggerFactory.getLogger(UnsettledCommits.class);

  private final CloneRepository repository;
  private final Map<ObjectId, byte[]> entries = new LinkedHashMap<>();
  private final SequencedMap<String, Base> bases = new LinkedHashMap<>();
  private int baseOctets;

  /// One for all, since its tables take longer to make than an object of a commit to deflate.
  private @Nullable Deflater deflater;

  private @Nullable CommitJournal journal;
  private @Nullable ObjectId parent;
  private @Nullable ObjectId tip;
  private int commits;

  /// An object that a commit brings.
  ///
  /// @param role the same for the object that takes the place of this one in the next commit
  record Made(ObjectId id, int type, String role, FileText text) {}

  /// What the next commit's object of a role may be a delta of.
  ///
  /// @param depth how many deltas its chain has with it; 0 if it is whole
  /// @param first the whole one that its chain begins with; null if that is this one, or if there
  ///   is no room for both
  private record Base(ObjectId id, int depth, FileText text, @Nullable Base first) {
    static Base whole(Made object) {
      return new Base(object.id(), 0, object.text(), null);
    }

    /// An object that is a delta of this.
    Base next(Made delta) {
      Base head = depth == 0 ? this : first;
      boolean haveBothRoom =
          head != null && head.text.length() + delta.text().length() <= MAX_BASE_OCTETS;
      return new Base(delta.id(), depth + 1, delta.text(), haveBothRoom ? head : null);
    }

    /// What the next one may be a delta of; null if it has to be whole.
    @Nullable Base forNext() {
      return depth < MAX_DEPTH ? this : first;
    }

    int octets() {
      return text.length() + (first == null ? 0 : first.text.length());
    }
  }

  /// Moves the refs of the line.
  interface Move {
    /// Makes `tip` the tip of the current line.
    ///
    /// @param parent what the line's first commit of these was made on
    void move(ObjectId parent, ObjectId tip) throws IOException;
  }

  UnsettledCommits(CloneRepository repository) {
    this.repository = repository;
  }

  /// Settles what an earlier process left. What it began to settle is done again, without looking.
  ///
  /// @throws IOException if that cannot be; the journal is kept then
  void recover(Move ref) throws IOException {
    Path clone = repository.getDirectory().toPath();
    Path file = clone.resolve(CommitJournal.NAME);
    if (!Files.exists(file)) {
      return;
    }
    CommitJournal left = CommitJournal.open(clone);
    journal = left;
    CommitJournal.Content content = left.read();
    content.commits().forEach(this::take);
    ObjectId last = tip;
    if (content.damagedAt() >= 0) {
      Path aside = file.resolveSibling(CommitJournal.NAME + ".damaged");
      LOG.error(
          "{} is damaged at octet {}: updates that were acknowledged in the last moments before the"
              + " server ended {} are lost. It is kept as {}; look there for the names that are"
              + " missing, and make the updates again",
          file,
          content.damagedAt(),
          last == null ? "" : "after commit " + last.name(),
          aside);
      Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
    }
    if (last != null) {
      LOG.info("taking {} commits from {}, up to {}", commits, file, last.name());
    }
    settle(ref);
    if (content.damagedAt() >= 0) {
      left.close();
      journal = null;
      Files.delete(file);
    }
  }

  private void take(CommitJournal.Commit commit) {
    synchronized (entries) {
      commit.objects().forEach(object -> entries.putIfAbsent(object.id(), object.entry()));
    }
    parent = parent == null ? commit.parent() : parent;
    tip = commit.commit();
    commits++;
  }

  /// The last of them; null if there is none.
  @Nullable ObjectId tip() {
    return tip;
  }

  /// Whether an object never fits, for it is too large to be a delta.
  static boolean isTooLarge(int octets) {
    return octets > MAX_BASE_OCTETS;
  }

  /// Adds a commit on top of [#tip], or any if that is null; it is on the disk when this returns.
  ///
  /// @return whether it had room; if not, [#settle] makes some, and if nothing is unsettled it
  ///   never has
  /// @throws IOException if it could not be written; nothing has changed then
  boolean add(ObjectId on, ObjectId commit, List<Made> objects) throws IOException {
    CommitJournal to = journal();
    if (to == null || objects.stream().anyMatch(each -> isTooLarge(each.text().length()))) {
      return false; // before anything is deflated for nothing
    }
    List<CommitJournal.Entry> fresh = new ArrayList<>();
    Map<String, Base> next = new LinkedHashMap<>();
    Set<ObjectId> ids = new HashSet<>();
    for (Made object : objects) {
      if (!ids.add(object.id()) || has(object.id())) {
        continue;
      }
      Base before = bases.get(object.role());
      Base base = before == null ? null : before.forNext();
      byte[] delta = base == null ? null : ObjectDelta.between(base.text, object.text());
      byte[] entry =
          base == null || delta == null
              ? entry(object.type(), null, object.text().octets())
              : entry(Constants.OBJ_REF_DELTA, base.id, delta);
      fresh.add(new CommitJournal.Entry(object.id(), entry));
      if (object.type() != Constants.OBJ_COMMIT) {
        next.put(
            object.role(), base == null || delta == null ? Base.whole(object) : base.next(object));
      }
    }
    CommitJournal.Commit record = new CommitJournal.Commit(on, commit, fresh);
    if (!to.hasRoomFor(record)) {
      return false;
    }
    to.add(record);
    take(record);
    next.forEach(this::keep);
    return true;
  }

  private boolean has(ObjectId id) {
    synchronized (entries) {
      return entries.containsKey(id);
    }
  }

  private void keep(String role, Base base) {
    synchronized (entries) {
      Base before = bases.remove(role);
      baseOctets -= before == null ? 0 : before.octets();
      if (base.text.length() > MAX_BASE_OCTETS) {
        return;
      }
      bases.putLast(role, base);
      baseOctets += base.octets();
      while (baseOctets > MAX_BASE_OCTETS) {
        baseOctets -= bases.pollFirstEntry().getValue().octets();
      }
    }
  }

  /// @return null where none can be made
  private @Nullable CommitJournal journal() {
    if (journal == null) {
      try {
        CommitJournal opened = CommitJournal.open(repository.getDirectory().toPath());
        opened.read();
        journal = opened;
      } catch (IOException noRoom) {
        LOG.debug("commits go into the clone at once: {}", noRoom.getMessage());
      }
    }
    return journal;
  }

  /// Puts them into the clone; all is on the disk when this returns.
  ///
  /// @throws IOException if that cannot be; then it is to be tried again
  void settle(Move ref) throws IOException {
    ObjectId first = parent;
    ObjectId last = tip;
    CommitJournal from = journal;
    if (first == null || last == null || from == null) {
      return;
    }
    if (commits <= MAX_LOOSE_COMMITS) {
      writeLoose();
    } else {
      List<CommitJournal.Entry> all = new ArrayList<>();
      entries.forEach((id, entry) -> all.add(new CommitJournal.Entry(id, entry)));
      CommitPack.write(repository, all);
    }
    ref.move(first, last);
    from.empty();
    synchronized (entries) {
      entries.clear();
      bases.clear();
      baseOctets = 0;
    }
    parent = null;
    tip = null;
    commits = 0;
  }

  private void writeLoose() throws IOException {
    ObjectBatch batch = new ObjectBatch(repository);
    Map<ObjectId, Unpacked> unpacked = new HashMap<>();
    for (ObjectId id : entries.keySet()) {
      Unpacked object = unpack(id, unpacked);
      batch.insert(id, object.type, object.octets);
    }
    batch.flush();
  }

  /// The octets of an object, if it is one of these.
  byte @Nullable [] octets(ObjectId id) throws IOException {
    synchronized (entries) {
      if (!entries.containsKey(id)) {
        return null;
      }
      for (Base base : bases.values()) {
        if (base.id.equals(id)) {
          return base.text.octets();
        }
      }
      return unpack(id, new HashMap<>()).octets;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  private record Unpacked(int type, byte[] octets) {}

  /// @param known what was unpacked so far; this is added
  private Unpacked unpack(ObjectId id, Map<ObjectId, Unpacked> known) throws IOException {
    Deque<ObjectId> deltas = new ArrayDeque<>();
    ObjectId at = id;
    while (!known.containsKey(at)) {
      byte[] entry = entry(at);
      if (type(entry) == Constants.OBJ_REF_DELTA) {
        deltas.push(at);
        at = ObjectId.fromRaw(entry, content(entry));
      } else {
        known.put(at, new Unpacked(type(entry), inflate(entry, content(entry))));
      }
    }
    Unpacked object = known.get(at);
    for (ObjectId delta : deltas) {
      byte[] entry = entry(delta);
      byte[] how = inflate(entry, content(entry) + Constants.OBJECT_ID_LENGTH);
      object = new Unpacked(object.type, BinaryDelta.apply(object.octets, how));
      known.put(delta, object);
    }
    return object;
  }

  private byte[] entry(ObjectId id) throws IOException {
    byte[] entry = entries.get(id);
    if (entry == null) {
      throw new IOException(CommitJournal.NAME + " lacks " + id.name());
    }
    return entry;
  }

  /// An object as an entry of a pack: type and octets, what it is a delta of, and it deflated.
  private byte[] entry(int type, @Nullable ObjectId base, byte[] octets) {
    boolean isStored = base != null && octets.length <= MAX_STORED_OCTETS;
    int least = isStored ? octets.length : octets.length / 3;
    ByteArrayOutputStream entry = new ByteArrayOutputStream(least + 64);
    int rest = octets.length >>> SIZE_BITS_OF_FIRST;
    int first = type << SIZE_BITS_OF_FIRST | (octets.length & (1 << SIZE_BITS_OF_FIRST) - 1);
    entry.write(rest == 0 ? first : first | MORE);
    while (rest != 0) {
      int bits = rest & MORE - 1;
      rest >>>= SIZE_BITS;
      entry.write(rest == 0 ? bits : bits | MORE);
    }
    if (base != null) {
      byte[] raw = new byte[Constants.OBJECT_ID_LENGTH];
      base.copyRawTo(raw, 0);
      entry.writeBytes(raw);
    }
    if (isStored) {
      store(octets, entry);
    } else {
      deflate(octets, entry);
    }
    return entry.toByteArray();
  }

  /// As zlib has what is not deflated: its head, one block that is the last, and a checksum (RFC
  /// 1950 §2.2, RFC 1951 §3.2.4).
  private static void store(byte[] octets, ByteArrayOutputStream to) {
    Adler32 checksum = new Adler32();
    checksum.update(octets);
    ByteBuffer stored = ByteBuffer.allocate(STORED_OCTETS + octets.length);
    stored.putShort(ZLIB_FASTEST).put(LAST_STORED_BLOCK);
    stored.putShort(Short.reverseBytes((short) octets.length));
    stored.putShort(Short.reverseBytes((short) ~octets.length));
    stored.put(octets).putInt((int) checksum.getValue());
    to.writeBytes(stored.array());
  }

  private void deflate(byte[] octets, ByteArrayOutputStream to) {
    Deflater with = deflater == null ? new Deflater(Deflater.BEST_SPEED) : deflater;
    deflater = with;
    with.setInput(octets);
    with.finish();
    byte[] buffer = new byte[Math.min(octets.length + 64, 1 << 14)];
    while (!with.finished()) {
      to.write(buffer, 0, with.deflate(buffer));
    }
    with.reset(); // and let go of the octets
  }

  private static int type(byte[] entry) {
    return entry[0] >>> SIZE_BITS_OF_FIRST & 7;
  }

  /// Where an entry's content begins, or its base.
  private static int content(byte[] entry) {
    int at = 0;
    while ((entry[at] & MORE) != 0) {
      at++;
    }
    return at + 1;
  }

  private static int octets(byte[] entry) {
    int octets = entry[0] & (1 << SIZE_BITS_OF_FIRST) - 1;
    int shift = SIZE_BITS_OF_FIRST;
    for (int at = 1; (entry[at - 1] & MORE) != 0; at++) {
      octets |= (entry[at] & MORE - 1) << shift;
      shift += SIZE_BITS;
    }
    return octets;
  }

  private static byte[] inflate(byte[] entry, int from) throws IOException {
    byte[] octets = new byte[octets(entry)];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(entry, from, entry.length - from);
      int done = 0;
      while (done < octets.length) {
        int more = inflater.inflate(octets, done, octets.length - done);
        if (more == 0) {
          throw new IOException(CommitJournal.NAME + " holds an object that ends early");
        }
        done += more;
      }
      return octets;
    } catch (DataFormatException e) {
      throw new IOException(CommitJournal.NAME + " holds an object that is none", e);
    } finally {
      inflater.end();
    }
  }

  @Override
  public void close() {
    if (deflater != null) {
      deflater.end();
      deflater = null;
    }
    try {
      if (journal != null) {
        journal.close();
      }
    } catch (IOException e) {
      LOG.debug("closing the journal: {}", e.getMessage());
    }
  }
}
