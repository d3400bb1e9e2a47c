package zonetrail.authority;

import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.ZoneFiles.Floor;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.authority.ZoneState.ServedVersion;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// Says of a zone that was read in one version of the source whether it is served from now on, or
/// held back.
final class ZoneJudge {
  private final ZoneFiles before;
  private final SourceTree tree;
  private final boolean isFirst;
  private final VersionedMap.Editor<WireName, Floor> floors;
  private final Set<WireName> ours;
  private final String to;

  /// @param before what was served until now
  /// @param isFirst whether nothing has been served yet, so that nothing can go back or be lost
  /// @param floors of zones that were removed; the floor of one that comes back goes
  /// @param ours the zones whose files we wrote ourselves
  ZoneJudge(
      ZoneFiles before,
      SourceTree tree,
      boolean isFirst,
      VersionedMap.Editor<WireName, Floor> floors,
      Set<WireName> ours) {
    this.before = before;
    this.tree = tree;
    this.isFirst = isFirst;
    this.floors = floors;
    this.ours = ours;
    this.to = tree.version();
  }

  /// Which version of a zone is served: the good one just read, if it is newer and not suspiciously
  /// small.
  ZoneState served(@Nullable ZoneState last, ServedVersion found) {
    WireName apex = found.zone().apex();
    ServedVersion served = last == null ? null : last.served();
    if (served == null) {
      Floor floor = floors.get(apex);
      if (floor != null && !isFirst && !mayComeBack(found, floor)) {
        return heldBack(
            apex, last, new Problem.NotRaised(to, floor.serial(), found.zone().serial()));
      }
    } else if (!ours.contains(apex) && found.zone().sameRecords(served.zone())) {
      return ZoneState.current(found.with(served.zone()));
    } else {
      Problem problem = whyNot(served.zone(), found, last);
      if (problem != null) {
        return heldBack(apex, last, problem);
      }
    }
    floors.remove(apex);
    return ZoneState.current(found);
  }

  /// What becomes of a zone that is not served as the source has it.
  ZoneState heldBack(WireName apex, @Nullable ZoneState last, Problem problem) {
    return last == null ? ZoneState.unavailable(apex, problem) : last.with(problem, before.look());
  }

  /// A serial served once does not go back, also not by removing the zone in between.
  @Rfc(number = 1982, section = "3.2")
  private static boolean mayComeBack(ServedVersion found, Floor floor) {
    boolean isSameFile =
        found.includes().isEmpty() && found.file().contentId().equals(floor.contentId());
    return isSameFile || found.zone().serial().isNewerThan(floor.serial());
  }

  /// Why a good file with other records is not served.
  @Rfc(number = 1982, section = "3.2")
  private @Nullable Problem whyNot(Zone served, ServedVersion version, @Nullable ZoneState last) {
    Zone found = version.zone();
    boolean isLowered = !found.serial().isNewerThan(served.serial());
    if (isLowered && !(isFirst && !found.serial().equals(served.serial()))) {
      return new Problem.NotRaised(to, served.serial(), found.serial());
    }
    Problem.Halved halved =
        last != null && last.problem() instanceof Problem.Halved before ? before : null;
    // What a signed message removed is meant to go.
    boolean isAccepted =
        isFirst
            || ours.contains(found.apex())
            || tree.acceptance().isOfItself()
            || (halved != null && tree.acceptance().covers(halved.version()));
    OptionalInt lost = isAccepted ? OptionalInt.empty() : MassRemoval.ofRRsets(served, found);
    if (lost.isEmpty()) {
      return null;
    }
    String contentId = wholeContentId(version);
    String since = halved != null && halved.contentId().equals(contentId) ? halved.version() : to;
    return new Problem.Halved(
        since, contentId, found.serial(), lost.getAsInt(), MassRemoval.rrsets(served));
  }

  /// A name of the content of a file and of all that it includes.
  private static String wholeContentId(ServedVersion version) {
    Stream<SourceFile> included = new TreeMap<>(version.includes()).values().stream();
    return Stream.concat(Stream.of(version.file()), included)
        .map(SourceFile::contentId)
        .collect(Collectors.joining("+"));
  }
}
