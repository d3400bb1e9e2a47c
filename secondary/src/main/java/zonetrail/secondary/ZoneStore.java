package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.StoredVersion;
import zonetrail.authority.VersionStore;
import zonetrail.wire.BadNameException;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;

/// A secondary's zones in its state directory, a file each in `zones/`, and a small one that says
/// how long it may be served; or one that says that the zone is wanted, and has not come yet.
///
/// A file is written beside its place, forced to the disk, and then renamed: at any moment the old
/// version is there or the new one, whole. A SHA-256 over all of it stands at its end; what does
/// not agree is not served but asked for again.
///
/// ```text
/// NAME.zone    "ZTZONE1\n"  confirmed expires  apex  n  n records               SHA-256
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
  private static final String NEW_SUFFIX = ".new";
  private static final String LOCK = "lock";
  private static final byte[] ZONE_MAGIC = "ZTZONE1\n".getBytes(US_ASCII);
  private static final byte[] TIMES_MAGIC = "ZTTIME1\n".getBytes(US_ASCII);
  private static final byte[] WANTED_MAGIC = "ZTWANT1\n".getBytes(US_ASCII);
  private static final int DIGEST_OCTETS = 32;

  /// Longer names than this are hashed: a file's name has at most 255 octets.
  private static final int MAX_NAME_CHARACTERS = 200;

  private static final String HASHED = "sha256-";
  private static final int BUFFER_OCTETS = 1 << 16;

  private final Path directory;
  private final FileChannel lock;

  private ZoneStore(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /// Opens the store in a state directory, which is made if there is none, and keeps other servers
  /// out of it.
  ///
  /// @throws IOException saying what is in the way, and what to do
  public static ZoneStore open(Path stateDirectory) throws IOException {
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
      return new ZoneStore(zones, lock);
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

  /// Thrown when a file is not as it was written.
  private static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String why) {
      super(why);
    }
  }

  // ---- reading ----

  @Override
  public Loaded load() throws IOException {
    List<StoredVersion> versions = new ArrayList<>();
    List<Damaged> damaged = new ArrayList<>();
    readEach(ZONE_SUFFIX, file -> versions.add(read(file)), damaged);
    List<WireName> wanted = new ArrayList<>();
    readEach(WANTED_SUFFIX, file -> wanted.add(readWanted(file)), damaged);
    return new Loaded(versions, damaged, wanted);
  }

  private interface Reading {
    void read(Path file) throws IOException;
  }

  private void readEach(String suffix, Reading reading, List<Damaged> damaged) throws IOException {
    List<Path> sorted;
    try (Stream<Path> files = Files.list(directory)) {
      sorted = files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
    for (Path file : sorted) {
      try {
        reading.read(file);
      } catch (IOException | RuntimeException unusable) {
        // Whatever it says, it is not what was written: the zone is asked for again.
        damaged.add(new Damaged(zoneOf(file, suffix), file + ": " + unusable.getMessage()));
      }
    }
  }

  private StoredVersion read(Path file) throws IOException {
    MessageDigest digest = sha256();
    StoredVersion version;
    try (DataInputStream in = open(file, digest)) {
      requireMagic(in, ZONE_MAGIC);
      Instant confirmedAt = Instant.ofEpochMilli(in.readLong());
      Instant expiresAt = Instant.ofEpochMilli(in.readLong());
      ZoneBuilder builder = new ZoneBuilder(readName(in));
      for (int records = in.readInt(); records > 0; records--) {
        WireName owner = readName(in);
        RRType type = RRType.of(in.readUnsignedShort());
        int ttlSeconds = in.readInt();
        byte[] rdata = in.readNBytes(in.readUnsignedShort());
        builder.add(owner, type, ttlSeconds, Rdata.of(rdata));
      }
      requireDigest(in, digest);
      version = new StoredVersion(builder.build(), confirmedAt, expiresAt);
    } catch (EOFException cut) {
      throw new DamagedException("it ends too early");
    }
    return withLaterTimes(version, file);
  }

  /// Where the times beside it cannot be used, those in the file count: they are earlier.
  private StoredVersion withLaterTimes(StoredVersion version, Path file) {
    MessageDigest digest = sha256();
    Path times = sibling(file, TIMES_SUFFIX);
    if (!Files.exists(times)) {
      return version;
    }
    try (DataInputStream in = open(times, digest)) {
      requireMagic(in, TIMES_MAGIC);
      Instant confirmedAt = Instant.ofEpochMilli(in.readLong());
      Instant expiresAt = Instant.ofEpochMilli(in.readLong());
      int serial = in.readInt();
      requireDigest(in, digest);
      boolean isLater =
          serial == version.zone().serial().bits() && confirmedAt.isAfter(version.confirmedAt());
      return isLater ? new StoredVersion(version.zone(), confirmedAt, expiresAt) : version;
    } catch (IOException damaged) {
      return version;
    }
  }

  private static WireName readWanted(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (DataInputStream in = open(file, digest)) {
      requireMagic(in, WANTED_MAGIC);
      WireName apex = readName(in);
      requireDigest(in, digest);
      return apex;
    } catch (EOFException cut) {
      throw new DamagedException("it ends too early");
    }
  }

  private static DataInputStream open(Path file, MessageDigest digest) throws IOException {
    return new DataInputStream(
        new DigestInputStream(
            new BufferedInputStream(Files.newInputStream(file), BUFFER_OCTETS), digest));
  }

  private static void requireMagic(DataInputStream in, byte[] magic) throws IOException {
    if (!Arrays.equals(in.readNBytes(magic.length), magic)) {
      throw new DamagedException("it does not begin as such a file does");
    }
  }

  private static void requireDigest(DataInputStream in, MessageDigest digest) throws IOException {
    byte[] computed = digest.digest();
    if (!Arrays.equals(in.readNBytes(DIGEST_OCTETS), computed) || in.read() >= 0) {
      throw new DamagedException("its checksum is wrong");
    }
  }

  private static WireName readName(DataInputStream in) throws IOException {
    byte[] octets = new byte[WireName.MAX_OCTETS];
    int end = 0;
    while (true) {
      int label = in.readUnsignedByte();
      if (end + 1 + label > octets.length) {
        throw new DamagedException("a name in it is too long");
      }
      octets[end++] = (byte) label;
      if (label == 0) {
        return WireName.fromWire(octets, 0);
      }
      in.readFully(octets, end, label);
      end += label;
    }
  }

  // ---- writing ----

  @Override
  public void keep(StoredVersion version) throws IOException {
    WireName apex = version.zone().apex();
    Path file = file(apex, ZONE_SUFFIX);
    replace(file, out -> write(version, out));
    // What was noted of the version before says nothing of this one.
    Files.deleteIfExists(sibling(file, TIMES_SUFFIX));
    Files.deleteIfExists(sibling(file, WANTED_SUFFIX));
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
    replace(
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
    replace(
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
    forceDirectory();
  }

  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /// The new file is whole and on the disk before it gets the name of the old one.
  private void replace(Path file, Content content) throws IOException {
    Path fresh = Path.of(file + NEW_SUFFIX);
    MessageDigest digest = sha256();
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(
                  new DigestOutputStream(Channels.newOutputStream(channel), digest),
                  BUFFER_OCTETS));
      content.writeTo(out);
      out.flush();
      out.write(digest.digest());
      out.flush();
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectory();
  }

  private void forceDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("SHA-256 is missing in this Java runtime", missing);
    }
  }

  // ---- names ----

  private Path file(WireName zone, String suffix) {
    return directory.resolve(fileName(zone) + suffix);
  }

  private static Path sibling(Path file, String suffix) {
    String name = file.toString();
    return Path.of(name.substring(0, name.length() - ZONE_SUFFIX.length()) + suffix);
  }

  static String fileName(WireName zone) {
    if (zone.isRoot()) {
      return "@";
    }
    String name =
        zone.toStringNoDot().toLowerCase(Locale.ROOT).replace("%", "%25").replace("/", "%2F");
    return name.length() <= MAX_NAME_CHARACTERS
        ? name
        : HASHED + HexFormat.of().formatHex(sha256().digest(zone.toCanonicalWire()));
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
