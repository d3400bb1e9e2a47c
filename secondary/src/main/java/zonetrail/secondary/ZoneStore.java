package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.StoredVersion;
import zonetrail.authority.VersionStore;
import zonetrail.secondary.StoreFiles.DamagedException;
import zonetrail.transport.ZoneJournal;
import zonetrail.wire.BadNameException;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneChange;

/// A secondary's zones in its state directory, a file each in `zones/`, one of the changes since
/// that was written, one of the changes before, and a small one that says how long the zone may be
/// served; or one that says that it is wanted, and has not come yet.
///
/// A file is written beside its place, forced to the disk, and then renamed: at any moment the old
/// version is there or the new one, whole. A SHA-256 over all of it stands at its end; what does
/// not agree is not served but asked for again. Changes have a checksum each; of those since the
/// zone's file was written the first that does not agree ends what is used.
///
/// ```text
/// NAME.zone    "ZTZONE1\n"  confirmed expires  apex  n  n records               SHA-256
/// NAME.changes "ZTCHNG1\n"  SHA-256 of NAME.zone  changes since, see [StoredChange]
/// NAME.history "ZTHIST1\n"  changes before
/// NAME.times   "ZTTIME1\n"  confirmed expires  serial                           SHA-256
/// NAME.wanted  "ZTWANT1\n"  apex                                                SHA-256
///
/// confirmed, expires   milliseconds since 1970, 8 octets each
/// apex                 a name in wire form, uncompressed
/// n                    how many records, 4 octets
/// record               owner in wire form, type (2 octets), TTL (4), rdata's length (2), rdata
/// serial               4 octets; of another version than the one beside it, the file says nothing
/// ```
///
/// `NAME` is the zone's name in small letters with `%2F` for `/` and `@` for the root; too long a
/// name is its hash. All numbers have their highest octet first. One thread at a time.
public final class ZoneStore implements VersionStore {
  private static final String ZONE_SUFFIX = ".zone";
  private static final String TIMES_SUFFIX = ".times";
  private static final String WANTED_SUFFIX = ".wanted";
  private static final String TAIL_SUFFIX = ".changes";
  private static final String HISTORY_SUFFIX = ".history";
  private static final String LOCK = "lock";
  private static final byte[] ZONE_MAGIC = "ZTZONE1\n".getBytes(US_ASCII);
  private static final byte[] TIMES_MAGIC = "ZTTIME1\n".getBytes(US_ASCII);
  private static final byte[] WANTED_MAGIC = "ZTWANT1\n".getBytes(US_ASCII);

  /// What a record of a change takes of the heap, or more.
  private static final int OCTETS_PER_RECORD = 300;

  /// Longer names than this are hashed: a file's name has at most 255 octets.
  private static final int MAX_NAME_CHARACTERS = 200;

  private static final String HASHED = "sha256-";

  private final Path directory;
  private final FileChannel lock;
  private final long maxHistoryOctets;
  private final StoredHistory history;

  /// Zones whose last version could not be kept, and which version the disk has of them, if that is
  /// known.
  private final Map<WireName, Optional<Zone>> behind = new HashMap<>();

  private ZoneStore(Path directory, FileChannel lock, long maxHistoryOctets) {
    this.directory = directory;
    this.lock = lock;
    this.maxHistoryOctets = maxHistoryOctets;
    this.history = new StoredHistory(maxHistoryOctets);
  }

  /// Opens the store in a state directory, which is made if there is none, and keeps other servers
  /// out of it.
  ///
  /// @throws IOException saying what is in the way, and what to do
  public static ZoneStore open(Path stateDirectory) throws IOException {
    return open(stateDirectory, ZoneJournal.maxOctetsOfZone(Runtime.getRuntime().maxMemory()));
  }

  /// The same with another bound.
  ///
  /// @param maxHistoryOctets how many octets of changes of a zone are kept
  static ZoneStore open(Path stateDirectory, long maxHistoryOctets) throws IOException {
    Path zones = stateDirectory.resolve("zones");
    try {
      Files.createDirectories(zones);
      FileChannel lock =
          FileChannel.open(
              stateDirectory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(lock) == null) {
        lock.close();
        throw new IOException(
            "the state directory "
                + stateDirectory
                + " is in use by another server: stop that one, or give this one another"
                + " --state-dir");
      }
      return new ZoneStore(zones, lock, maxHistoryOctets);
    } catch (FileSystemException unusable) {
      throw new IOException(
          "the state directory "
              + stateDirectory
              + " cannot be used ("
              + unusable.getMessage()
              + "): see to its owner and its rights",
          unusable);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      return null;
    }
  }

  // ---- reading ----

  @Override
  public Loaded load() throws IOException {
    List<StoredVersion> versions = new ArrayList<>();
    List<Damaged> damaged = new ArrayList<>();
    readEach(ZONE_SUFFIX, file -> versions.add(read(file, damaged)), damaged);
    List<WireName> wanted = new ArrayList<>();
    readEach(WANTED_SUFFIX, file -> wanted.add(readWanted(file)), damaged);
    findHistories();
    return new Loaded(versions, damaged, wanted);
  }

  private interface Reading {
    void read(Path file) throws IOException;
  }

  private void readEach(String suffix, Reading reading, List<Damaged> damaged) throws IOException {
    for (Path file : files(suffix)) {
      try {
        reading.read(file);
      } catch (IOException | RuntimeException unusable) {
        // Whatever it says, it is not what was written: the zone is asked for again.
        damaged.add(new Damaged(zoneOf(file, suffix), file + ": " + unusable.getMessage()));
      }
    }
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /// What is left of zones that were forgotten, by a process that was killed at it, goes.
  private void findHistories() throws IOException {
    for (Path file : files(TAIL_SUFFIX)) {
      if (!Files.exists(sibling(file, ZONE_SUFFIX))) {
        Files.deleteIfExists(file);
      }
    }
    Map<Path, FileTime> grown = new HashMap<>();
    for (Path file : files(HISTORY_SUFFIX)) {
      if (Files.exists(sibling(file, ZONE_SUFFIX))) {
        grown.put(file, Files.getLastModifiedTime(file));
      } else {
        Files.deleteIfExists(file);
      }
    }
    List<Map.Entry<Path, FileTime>> inOrder = new ArrayList<>(grown.entrySet());
    inOrder.sort(Map.Entry.comparingByValue());
    for (Map.Entry<Path, FileTime> file : inOrder) {
      history.found(file.getKey());
    }
  }

  private StoredVersion read(Path file, List<Damaged> damaged) throws IOException {
    MessageDigest digest = StoreFiles.sha256();
    StoredVersion version;
    byte[] base;
    try (DataInputStream in = StoreFiles.open(file, digest)) {
      StoreFiles.requireMagic(in, ZONE_MAGIC);
      Instant confirmedAt = Instant.ofEpochMilli(in.readLong());
      Instant expiresAt = Instant.ofEpochMilli(in.readLong());
      ZoneBuilder builder = new ZoneBuilder(StoreFiles.readName(in));
      for (int records = in.readInt(); records > 0; records--) {
        WireName owner = StoreFiles.readName(in);
        RRType type = RRType.of(in.readUnsignedShort());
        int ttlSeconds = in.readInt();
        byte[] rdata = in.readNBytes(in.readUnsignedShort());
        builder.add(owner, type, ttlSeconds, Rdata.of(rdata));
      }
      base = StoreFiles.requireDigest(in, digest);
      version = new StoredVersion(builder.build(), confirmedAt, expiresAt);
    } catch (EOFException cut) {
      throw new DamagedException("it ends too early");
    }
    return withLaterTimes(withChanges(version, base, file, damaged), file);
  }

  /// What is in the way of the next change is cut off; where that fails, the next version is
  /// written whole.
  private StoredVersion withChanges(
      StoredVersion version, byte[] base, Path file, List<Damaged> damaged) {
    WireName apex = version.zone().apex();
    Path tail = sibling(file, TAIL_SUFFIX);
    if (!Files.exists(tail)) {
      return version;
    }
    StoredVersion changed = version;
    try {
      ZoneTail.Read read = ZoneTail.read(tail, base, version);
      changed = read.version();
      if (read.damage() != null) {
        damaged.add(new Damaged(apex, tail + ": " + read.damage()));
      }
      if (read.end() == 0) {
        Files.deleteIfExists(tail);
      } else if (read.damage() != null) {
        ChangeFile.cut(tail, read.end());
      }
    } catch (IOException unusable) {
      damaged.add(new Damaged(apex, tail + ": " + unusable.getMessage()));
      behind.put(apex, Optional.of(changed.zone()));
    }
    return changed;
  }

  /// Where the times beside it cannot be used, those in the file count: they are earlier.
  private StoredVersion withLaterTimes(StoredVersion version, Path file) {
    MessageDigest digest = StoreFiles.sha256();
    Path times = sibling(file, TIMES_SUFFIX);
    if (!Files.exists(times)) {
      return version;
    }
    try (DataInputStream in = StoreFiles.open(times, digest)) {
      StoreFiles.requireMagic(in, TIMES_MAGIC);
      Instant confirmedAt = Instant.ofEpochMilli(in.readLong());
      Instant expiresAt = Instant.ofEpochMilli(in.readLong());
      int serial = in.readInt();
      StoreFiles.requireDigest(in, digest);
      boolean isLater =
          serial == version.zone().serial().bits() && confirmedAt.isAfter(version.confirmedAt());
      return isLater ? new StoredVersion(version.zone(), confirmedAt, expiresAt) : version;
    } catch (IOException damaged) {
      return version;
    }
  }

  private static WireName readWanted(Path file) throws IOException {
    MessageDigest digest = StoreFiles.sha256();
    try (DataInputStream in = StoreFiles.open(file, digest)) {
      StoreFiles.requireMagic(in, WANTED_MAGIC);
      WireName apex = StoreFiles.readName(in);
      StoreFiles.requireDigest(in, digest);
      return apex;
    } catch (EOFException cut) {
      throw new DamagedException("it ends too early");
    }
  }

  @Override
  public Optional<Zone> earlier(Zone now, Serial serial) throws IOException {
    Path tail = file(now.apex(), TAIL_SUFFIX);
    return history.earlier(file(now.apex(), HISTORY_SUFFIX), ZoneTail.part(tail), now, serial);
  }

  // ---- writing ----

  /// A change is written behind the zone's file, or, when there are enough of them, the zone anew.
  /// Then the changes become history first, so that whatever a crash leaves says the same.
  @Override
  @SuppressWarnings("ReferenceEquality") // known is what was done to this very version
  public void keep(StoredVersion version, @Nullable Zone before, @Nullable ZoneChange known)
      throws IOException {
    WireName apex = version.zone().apex();
    Path file = file(apex, ZONE_SUFFIX);
    Path tail = file(apex, TAIL_SUFFIX);
    Path past = file(apex, HISTORY_SUFFIX);
    Optional<Zone> missed = behind.get(apex);
    Optional<Zone> kept = missed == null ? Optional.ofNullable(before) : missed;
    behind.put(apex, kept); // until this has succeeded
    byte[] change =
        kept.isEmpty() ? null : change(kept.get(), version, kept.get() == before ? known : null);
    if (change == null) {
      history.remove(past);
      replaceWhole(file, tail, version);
    } else if (missed == null && ZoneTail.takes(change.length, tail, file)) {
      ZoneTail.append(change, tail, file);
    } else {
      history.append(past, concatenated(ZoneTail.changes(tail), change));
      replaceWhole(file, tail, version);
    }
    behind.remove(apex);
    // What was noted of the version before says nothing of this one.
    Files.deleteIfExists(sibling(file, TIMES_SUFFIX));
    Files.deleteIfExists(sibling(file, WANTED_SUFFIX));
  }

  /// @param known what led from the one to the other; null where they have to be compared
  /// @return null if it is too large to be of use
  private byte @Nullable [] change(Zone kept, StoredVersion version, @Nullable ZoneChange known) {
    Zone zone = version.zone();
    int mostRecords = (int) Math.min(zone.recordCount(), maxHistoryOctets / OCTETS_PER_RECORD);
    ZoneChange change = known == null ? ZoneChange.between(kept, zone, mostRecords) : known;
    return change == null
            || change.records() > mostRecords
            || change.heapOctets() > maxHistoryOctets
        ? null
        : new StoredChange(
                kept.serial(), zone.serial(), version.confirmedAt(), version.expiresAt(), change)
            .encode();
  }

  private static byte[] concatenated(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static void replaceWhole(Path file, Path tail, StoredVersion version) throws IOException {
    StoreFiles.replace(file, out -> write(version, out));
    Files.deleteIfExists(tail);
  }

  private static void write(StoredVersion version, DataOutputStream out) throws IOException {
    Zone zone = version.zone();
    out.write(ZONE_MAGIC);
    out.writeLong(version.confirmedAt().toEpochMilli());
    out.writeLong(version.expiresAt().toEpochMilli());
    out.write(zone.apex().toWire());
    out.writeInt(zone.recordCount());
    for (Node node : zone.nodes()) {
      byte[] owner = node.name().toWire();
      for (RRset rrset : node.rrsets()) {
        for (Rdata rdata : rrset.rdatas()) {
          out.write(owner);
          out.writeShort(rrset.type().value());
          out.writeInt(rrset.ttlSeconds());
          out.writeShort(rdata.length());
          out.write(rdata.toBytes());
        }
      }
    }
  }

  @Override
  public void confirm(StoredVersion version) throws IOException {
    StoreFiles.replace(
        file(version.zone().apex(), TIMES_SUFFIX),
        out -> {
          out.write(TIMES_MAGIC);
          out.writeLong(version.confirmedAt().toEpochMilli());
          out.writeLong(version.expiresAt().toEpochMilli());
          out.writeInt(version.zone().serial().bits());
        });
  }

  @Override
  public void want(WireName zone) throws IOException {
    StoreFiles.replace(
        file(zone, WANTED_SUFFIX),
        out -> {
          out.write(WANTED_MAGIC);
          out.write(zone.toWire());
        });
  }

  @Override
  public void forget(WireName zone) throws IOException {
    Files.deleteIfExists(file(zone, WANTED_SUFFIX));
    Files.deleteIfExists(file(zone, TIMES_SUFFIX));
    Files.deleteIfExists(file(zone, ZONE_SUFFIX));
    Files.deleteIfExists(file(zone, TAIL_SUFFIX));
    history.remove(file(zone, HISTORY_SUFFIX));
    behind.remove(zone);
    StoreFiles.forceDirectoryOf(file(zone, ZONE_SUFFIX));
  }

  // ---- names ----

  private Path file(WireName zone, String suffix) {
    return directory.resolve(fileName(zone) + suffix);
  }

  private static Path sibling(Path file, String suffix) {
    String name = file.toString();
    return Path.of(name.substring(0, name.lastIndexOf('.')) + suffix);
  }

  static String fileName(WireName zone) {
    if (zone.isRoot()) {
      return "@";
    }
    String name =
        zone.toStringNoDot().toLowerCase(Locale.ROOT).replace("%", "%25").replace("/", "%2F");
    return name.length() <= MAX_NAME_CHARACTERS
        ? name
        : HASHED + HexFormat.of().formatHex(StoreFiles.sha256().digest(zone.toCanonicalWire()));
  }

  /// The zone that a file is named after; null where the name is a hash, or somebody else's.
  private static @Nullable WireName zoneOf(Path file, String suffix) {
    String full = String.valueOf(file.getFileName());
    String name = full.substring(0, full.length() - suffix.length());
    if (name.startsWith(HASHED)) {
      return null;
    }
    try {
      return name.equals("@")
          ? WireName.ROOT
          : WireName.parse(name.replace("%2F", "/").replace("%25", "%"));
    } catch (BadNameException notOurs) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new IllegalStateException("the lock of " + directory + " cannot be let go", e);
    }
  }
}
