package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import zonetrail.secondary.StoreFiles.DamagedException;
import zonetrail.secondary.StoredChange.Place;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.ZoneHistory;

/// The changes of zones on disk, of which nothing that is served depends: they lead back to earlier
/// versions, for incremental transfers.
///
/// Nothing is read of them at the start. An earlier version is found from the one that is served by
/// undoing changes, and each of them says what it found: where that is not what is there, the
/// history is of something else, and is removed.
///
/// Bounds: of each zone as many steps and octets as memory would have ([ZoneHistory#MAX_STEPS]); a
/// file that is twice as large loses its oldest changes. Of all zones eight times the octets of
/// one; then the files go that have not grown for the longest time. One thread at a time.
@Rfc(number = 1995, section = "5")
final class StoredHistory {
  private static final String MAGIC = "ZTHIST1\n";
  private static final int ZONES_SHARES = 4;

  private final long maxOctetsOfZone;

  /// How large each file is, the one that has not grown for the longest time first.
  private final Map<Path, Long> sizes = new LinkedHashMap<>();

  private long octets;

  /// @param maxOctetsOfZone how many octets of changes of one zone are of use
  StoredHistory(long maxOctetsOfZone) {
    this.maxOctetsOfZone = maxOctetsOfZone;
  }

  // ---- writing ----

  /// Takes note of a file that is there, the one that grew last at the end.
  void found(Path file) throws IOException {
    note(file, Files.size(file));
  }

  /// Appends changes, each as [StoredChange#encode] has it.
  void append(Path file, byte[] changes) throws IOException {
    if (Files.exists(file)) {
      ChangeFile.Index index = index(file);
      if (!index.isWhole()) {
        ChangeFile.cut(file, index.end());
      }
    }
    ChangeFile.append(file, MAGIC.getBytes(US_ASCII), changes);
    note(file, trimmed(file));
    removeOldest();
  }

  private void note(Path file, long size) {
    Long before = sizes.remove(file);
    sizes.put(file, size);
    octets += size - (before == null ? 0 : before);
  }

  /// Removes the oldest changes of a file that has too many.
  ///
  /// @return how large it is then
  private long trimmed(Path file) throws IOException {
    List<Place> places = index(file).places();
    long end = places.getLast().end();
    if (end <= 2 * maxOctetsOfZone && places.size() <= 2 * ZoneHistory.MAX_STEPS) {
      return end;
    }
    int first = Math.max(0, places.size() - ZoneHistory.MAX_STEPS);
    while (first < places.size() - 1 && end - places.get(first).offset() > maxOctetsOfZone) {
      first++;
    }
    long start = places.get(first).offset();
    StoreFiles.replaceAsItIs(
        file,
        out -> {
          out.writeBytes(MAGIC);
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.position(start);
            Channels.newInputStream(channel).transferTo(out);
          }
        });
    return end - start + MAGIC.length();
  }

  private void removeOldest() throws IOException {
    long most = 2 * ZONES_SHARES * maxOctetsOfZone;
    for (Iterator<Map.Entry<Path, Long>> oldest = sizes.entrySet().iterator();
        octets > most && sizes.size() > 1; ) {
      Map.Entry<Path, Long> file = oldest.next();
      Files.deleteIfExists(file.getKey());
      octets -= file.getValue();
      oldest.remove();
    }
  }

  /// Removes a file, if it is there.
  void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
    Long size = sizes.remove(file);
    octets -= size == null ? 0 : size;
  }

  // ---- reading ----

  private static ChangeFile.Index index(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return ChangeFile.index(channel, MAGIC.length());
    }
  }

  /// A file of changes.
  ///
  /// @param magic how it begins
  /// @param headOctets where its changes begin
  record Part(Path file, String magic, int headOctets) {}

  /// A change and the file that has it.
  private record Step(Path file, Place place) {
    Serial from() {
      return place.from();
    }

    Serial to() {
      return place.to();
    }
  }

  /// An earlier version of a zone.
  ///
  /// @param file the zone's history
  /// @param tail the changes that came since and are not yet in it
  /// @throws IOException if the history is not as it was written; what is not is removed
  Optional<Zone> earlier(Path file, Part tail, Zone now, Serial serial) throws IOException {
    List<Step> line = new ArrayList<>();
    try {
      long torn = follow(new Part(file, MAGIC, MAGIC.length()), line) + follow(tail, line);
      List<Step> steps = between(line, serial, now.serial());
      if (steps.isEmpty() && torn > 0) {
        throw new IOException(file + ": its end is missing");
      }
      return undone(steps, now);
    } catch (DamagedException damaged) {
      remove(file);
      throw damaged;
    }
  }

  /// Reads which steps a file has. Where one leads on from an earlier one than the last, as of
  /// changes that were moved here by a process that was killed before it removed them there, what
  /// lay between is another line, or the same.
  ///
  /// @return how many octets at its end are none of a whole change
  private long follow(Part part, List<Step> line) throws IOException {
    if (!Files.exists(part.file())) {
      return 0;
    }
    ChangeFile.Index index;
    try (FileChannel channel = FileChannel.open(part.file(), StandardOpenOption.READ)) {
      index = ChangeFile.index(channel, part.headOctets());
      int magicOctets = (int) Math.min(part.magic().length(), index.octets());
      byte[] magic = ChangeFile.read(channel, 0, magicOctets);
      if (!new String(magic, US_ASCII).equals(part.magic())) {
        throw new DamagedException(part.file() + ": it does not begin as such a file does");
      }
    }
    for (Place place : index.places()) {
      while (!line.isEmpty() && !line.getLast().to().equals(place.from())) {
        line.removeLast();
      }
      line.add(new Step(part.file(), place));
    }
    return index.octets() - index.end();
  }

  /// The steps from one version to another, in turn; none if they are not known, or too many.
  private static List<Step> between(List<Step> line, Serial from, Serial to) {
    int end = line.size();
    while (end > 0 && !line.get(end - 1).to().equals(to)) {
      end--;
    }
    int least = Math.max(0, end - ZoneHistory.MAX_STEPS);
    for (int first = end - 1; first >= least; first--) {
      if (line.get(first).from().equals(from)) {
        return line.subList(first, end);
      }
    }
    return List.of();
  }

  private Optional<Zone> undone(List<Step> steps, Zone now) throws IOException {
    long taken = 0;
    for (Step step : steps) {
      taken += step.place().length();
    }
    if (steps.isEmpty() || taken > maxOctetsOfZone) {
      return Optional.empty();
    }
    Map<Path, List<Place>> byFile = new LinkedHashMap<>();
    for (Step step : steps) {
      byFile.computeIfAbsent(step.file(), any -> new ArrayList<>()).add(step.place());
    }
    List<ZoneChange> changes = new ArrayList<>();
    for (Map.Entry<Path, List<Place>> each : byFile.entrySet()) {
      changes.addAll(read(each.getKey(), each.getValue(), now.apex()));
    }
    try {
      return Optional.of(now.with(ZoneChange.condensed(changes).inverse()));
    } catch (IllegalArgumentException foreign) {
      throw new DamagedException(steps.getFirst().file() + ": " + foreign.getMessage());
    }
  }

  private static List<ZoneChange> read(Path file, List<Place> places, WireName apex)
      throws IOException {
    List<ZoneChange> changes = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (Place place : places) {
        byte[] octets = ChangeFile.read(channel, place.offset(), place.length());
        if (!StoredChange.isSound(octets, 0, octets.length)) {
          throw new DamagedException(
              "%s: from octet %d on its checksum is wrong".formatted(file, place.offset()));
        }
        changes.add(StoredChange.decode(apex, octets, 0, octets.length).change());
      }
    }
    return changes;
  }
}
