package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.StoredVersion;
import zonetrail.secondary.StoredChange.Place;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// The changes since a zone's file was written: the two together are the version that is kept, and
/// keeping the next one costs what it changes.
///
/// The file begins with the checksum of the zone's file; beside another one than that it is left
/// over from the time before. One thread at a time.
final class ZoneTail {
  private static final String MAGIC = "ZTCHNG1\n";
  private static final int HEAD_OCTETS = MAGIC.length() + StoreFiles.DIGEST_OCTETS;

  /// A small zone is written anew after this much; so little costs a start next to nothing.
  private static final int LEAST_OCTETS = 4 << 10;

  /// A large zone is written anew after this much.
  private static final int MOST_OCTETS = 4 << 20;

  /// A zone is written anew when its changes have come to this share of it.
  private static final int ZONE_SHARES = 4;

  private ZoneTail() {}

  /// What a zone's file and its changes come to.
  ///
  /// @param version the version that is kept
  /// @param end where the changes end that can be used; 0 if there is none
  /// @param damage why others cannot be; null if there are no others
  record Read(StoredVersion version, long end, @Nullable String damage) {}

  /// The file as a part of a zone's history.
  static StoredHistory.Part part(Path tail) {
    return new StoredHistory.Part(tail, MAGIC, HEAD_OCTETS);
  }

  // ---- reading ----

  /// Reads the changes since a zone's file was written, as far as they are sound.
  ///
  /// @param base the checksum of the zone's file
  /// @param version what that file has
  static Read read(Path tail, byte[] base, StoredVersion version) throws IOException {
    byte[] octets = Files.readAllBytes(tail);
    if (octets.length < HEAD_OCTETS) {
      return new Read(version, 0, null); // It was about to be made, for a first change.
    }
    if (!Arrays.equals(Arrays.copyOf(octets, HEAD_OCTETS), head(base))) {
      List<Place> places = places(octets);
      boolean isLeftOver =
          places.isEmpty() || !places.getLast().to().isNewerThan(version.zone().serial());
      return new Read(version, 0, isLeftOver ? null : "it is of another version of the zone");
    }
    List<ZoneChange> changes = new ArrayList<>();
    StoredVersion last = version;
    Serial reached = version.zone().serial();
    int end = HEAD_OCTETS;
    for (Place place : places(octets)) {
      if (!StoredChange.isSound(octets, end, place.length()) || !place.from().equals(reached)) {
        break;
      }
      StoredChange step = StoredChange.decode(version.zone().apex(), octets, end, place.length());
      changes.add(step.change());
      reached = step.to();
      last = new StoredVersion(last.zone(), step.confirmedAt(), step.expiresAt());
      end += place.length();
    }
    String damage =
        end == octets.length
            ? null
            : "from octet %d on it was not written to the end, or is damaged".formatted(end);
    if (changes.isEmpty()) {
      return new Read(version, 0, damage);
    }
    try {
      Zone zone = version.zone().with(ZoneChange.condensed(changes));
      return new Read(new StoredVersion(zone, last.confirmedAt(), last.expiresAt()), end, damage);
    } catch (IllegalArgumentException foreign) {
      return new Read(version, 0, String.valueOf(foreign.getMessage()));
    }
  }

  private static List<Place> places(byte[] octets) {
    List<Place> places = new ArrayList<>();
    int at = HEAD_OCTETS;
    while (at + StoredChange.HEAD_OCTETS <= octets.length) {
      ByteBuffer head = ByteBuffer.wrap(octets, at, StoredChange.HEAD_OCTETS).slice();
      Place place = StoredChange.place(head, at, octets.length);
      if (place == null) {
        break;
      }
      places.add(place);
      at += place.length();
    }
    return places;
  }

  /// The changes as they are in the file; none if there is no file.
  static byte[] changes(Path tail) throws IOException {
    if (!Files.exists(tail)) {
      return new byte[0];
    }
    byte[] octets = Files.readAllBytes(tail);
    List<Place> places = places(octets);
    return places.isEmpty()
        ? new byte[0]
        : Arrays.copyOfRange(octets, HEAD_OCTETS, (int) places.getLast().end());
  }

  // ---- writing ----

  /// Whether it is worth more to append a change than to write the zone anew.
  static boolean takes(int changeOctets, Path tail, Path zone) throws IOException {
    long most = Math.clamp(Files.size(zone) / ZONE_SHARES, (long) LEAST_OCTETS, (long) MOST_OCTETS);
    long octets = Files.exists(tail) ? Files.size(tail) : HEAD_OCTETS;
    return octets + changeOctets <= most;
  }

  /// Appends a change, as [StoredChange#encode] has it, to those of a zone's file.
  static void append(byte[] change, Path tail, Path zone) throws IOException {
    byte[] base;
    try (FileChannel channel = FileChannel.open(zone, StandardOpenOption.READ)) {
      long end = channel.size() - StoreFiles.DIGEST_OCTETS;
      base = ChangeFile.read(channel, end, StoreFiles.DIGEST_OCTETS);
    }
    ChangeFile.append(tail, head(base), change);
  }

  private static byte[] head(byte[] base) {
    return ByteBuffer.allocate(HEAD_OCTETS).put(MAGIC.getBytes(US_ASCII)).put(base).array();
  }
}
