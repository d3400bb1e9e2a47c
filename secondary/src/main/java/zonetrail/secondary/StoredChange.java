package zonetrail.secondary;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.secondary.StoreFiles.DamagedException;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.ZoneChange.Replacement;

/// What led from one version of a zone to the next, as a file of changes has it:
///
/// ```text
/// change       length  from  to  confirmed expires  n  n replacements  SHA-256
/// replacement  owner  type  RRset before  RRset after
/// RRset        n; if it is not 0: TTL, n rdatas
/// rdata        length (2 octets), its octets
///
/// length       octets of all this, 4 octets
/// from, to     serials, 4 octets each
/// n            4 octets
/// ```
///
/// The rest is as in [ZoneStore]. The checksum is over all before it, the length included.
///
/// @param from the serial before
/// @param to the serial afterwards
/// @param confirmedAt when a primary had the version afterwards
/// @param expiresAt until when that may be served
/// @param change what was and what is
record StoredChange(
    Serial from, Serial to, Instant confirmedAt, Instant expiresAt, ZoneChange change) {
  /// How much of a change says how long it is and which versions it is between.
  static final int HEAD_OCTETS = 12;

  private static final int LEAST_OCTETS = HEAD_OCTETS + 20 + StoreFiles.DIGEST_OCTETS;

  /// Where a change is in a file.
  ///
  /// @param offset its first octet
  /// @param length how many octets it has
  /// @param from the serial before
  /// @param to the serial afterwards
  record Place(long offset, int length, Serial from, Serial to) {
    long end() {
      return offset + length;
    }
  }

  // ---- reading ----

  /// Reads where a change is.
  ///
  /// @param head [#HEAD_OCTETS] octets
  /// @param limit where the file ends
  /// @return null if there is no whole change
  static @Nullable Place place(ByteBuffer head, long offset, long limit) {
    int length = head.getInt(0);
    return length < LEAST_OCTETS || length > limit - offset
        ? null
        : new Place(offset, length, new Serial(head.getInt(4)), new Serial(head.getInt(8)));
  }

  /// Whether the checksum at the end of these octets is theirs.
  static boolean isSound(byte[] octets, int offset, int length) {
    MessageDigest digest = StoreFiles.sha256();
    int end = offset + length - StoreFiles.DIGEST_OCTETS;
    digest.update(octets, offset, end - offset);
    return Arrays.equals(
        digest.digest(), 0, StoreFiles.DIGEST_OCTETS, octets, end, offset + length);
  }

  /// Reads a change that is sound.
  ///
  /// @throws DamagedException if it cannot be one of this zone all the same
  static StoredChange decode(WireName apex, byte[] octets, int offset, int length)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets, offset, length));
    in.skipNBytes(Integer.BYTES);
    Serial from = new Serial(in.readInt());
    Serial to = new Serial(in.readInt());
    Instant confirmedAt = Instant.ofEpochMilli(in.readLong());
    Instant expiresAt = Instant.ofEpochMilli(in.readLong());
    List<Replacement> replacements = new ArrayList<>();
    try {
      for (int left = in.readInt(); left > 0; left--) {
        WireName owner = StoreFiles.readName(in);
        RRType type = RRType.of(in.readUnsignedShort());
        RRset before = readRRset(in, owner, type);
        replacements.add(new Replacement(before, readRRset(in, owner, type)));
      }
      return new StoredChange(from, to, confirmedAt, expiresAt, ZoneChange.of(apex, replacements));
    } catch (IllegalArgumentException foreign) {
      throw new DamagedException("a change in it is none of this zone: " + foreign.getMessage());
    }
  }

  private static @Nullable RRset readRRset(DataInputStream in, WireName owner, RRType type)
      throws IOException {
    int records = in.readInt();
    if (records == 0) {
      return null;
    }
    int ttlSeconds = in.readInt();
    List<Rdata> rdatas = new ArrayList<>();
    for (int left = records; left > 0; left--) {
      rdatas.add(Rdata.of(in.readNBytes(in.readUnsignedShort())));
    }
    return new RRset(owner, type, ttlSeconds, rdatas);
  }

  // ---- writing ----

  byte[] encode() {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeInt(0);
      out.writeInt(from.bits());
      out.writeInt(to.bits());
      out.writeLong(confirmedAt.toEpochMilli());
      out.writeLong(expiresAt.toEpochMilli());
      out.writeInt(change.replacements().size());
      for (Replacement each : change.replacements()) {
        out.write(each.owner().toWire());
        out.writeShort(each.type().value());
        writeRRset(each.before(), out);
        writeRRset(each.after(), out);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException("memory cannot be written to", impossible);
    }
    byte[] whole = Arrays.copyOf(octets.toByteArray(), octets.size() + StoreFiles.DIGEST_OCTETS);
    ByteBuffer.wrap(whole).putInt(0, whole.length);
    MessageDigest digest = StoreFiles.sha256();
    digest.update(whole, 0, octets.size());
    System.arraycopy(digest.digest(), 0, whole, octets.size(), StoreFiles.DIGEST_OCTETS);
    return whole;
  }

  private static void writeRRset(@Nullable RRset rrset, DataOutputStream out) throws IOException {
    if (rrset == null) {
      out.writeInt(0);
      return;
    }
    out.writeInt(rrset.rdatas().size());
    out.writeInt(rrset.ttlSeconds());
    for (Rdata rdata : rrset.rdatas()) {
      out.writeShort(rdata.length());
      out.write(rdata.toBytes());
    }
  }
}
