package zonetrail.authority;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.SerialRaise;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What is served because of what the source brought and of edits, and nothing that is behind what
/// was served before: with `--ack local` the two may lie on different lines.
///
/// One owner, like [Primary].
final class ServedFront {
  private final List<ZoneFiles.Advance> due = new ArrayList<>();
  private final Map<WireName, String> raisesTried = new HashMap<>();
  private List<Event> untold = List.of();
  private ZoneFiles files = ZoneFiles.NONE;

  /// Serial raises that zones need to be served as they are.
  ///
  /// @param ofOurs those of zones that are behind what we served before the source had it; what
  ///   waits is made on top of them
  /// @param ofOthers those of zones that others pushed
  record Raises(List<SerialRaise> ofOurs, List<SerialRaise> ofOthers) {}

  /// What is served.
  ZoneFiles files() {
    return files;
  }

  /// The serial that is served of a zone; null for none.
  @Nullable Serial serial(WireName zone) {
    ZoneState state = files.state(zone);
    return state == null ? null : state.serial();
  }

  /// Serves these files, but nothing that is behind what is served.
  ///
  /// @param besides what else there is to say than what is served from now on
  void serve(ZoneFiles found, List<Event> besides) {
    ZoneFiles next = ServedFloor.of(found, files);
    List<Event> all = new ArrayList<>(untold);
    all.addAll(rewritings(besides));
    all.addAll(Changes.between(files, next));
    untold = List.of();
    // What is the same object answers the same.
    boolean isChange = next.zones() != files.zones() || next.keys() != files.keys();
    files = next;
    due.add(new ZoneFiles.Advance(next, isChange, all));
  }

  /// Keeps what the way of the source brought until something is served because of it.
  void tellLater(List<Event> events) {
    List<Event> all = new ArrayList<>(untold);
    all.addAll(rewritings(events));
    untold = all;
  }

  /// What the way of the source brought, which its files do not tell.
  private static List<Event> rewritings(List<Event> events) {
    return events.stream().filter(Event.HistoryRewritten.class::isInstance).toList();
  }

  /// Zones whose records changed without a newer serial: those that others pushed if we are to
  /// raise it, and in any case those that are behind what we served before the source had it. Each
  /// version is named once.
  ///
  /// @param found what would be served if nothing were held
  /// @param isLocal whether edits are served before the source has them
  /// @param areOthersWanted whether those that others pushed are raised
  Raises raises(ZoneFiles found, boolean isLocal, boolean areOthersWanted) {
    Raises raises = new Raises(new ArrayList<>(), new ArrayList<>());
    List<ZoneState> states = new ArrayList<>(files.tally().told().values());
    states.removeIf(state -> !(state.problem() instanceof Problem.NotRaised));
    states.sort(Comparator.comparing(ZoneState::apex));
    for (ZoneState state : states) {
      ZoneState there = found.state(state.apex());
      if (!(state.problem() instanceof Problem.NotRaised problem) || there == null) {
        continue;
      }
      boolean isOurDoing = isLocal && there.problem() == null;
      boolean isSealed = there.served() == null || there.served().zone().isSealed();
      if (isSealed || !(isOurDoing || areOthersWanted)) {
        continue;
      }
      if (!problem.version().equals(raisesTried.put(state.apex(), problem.version()))) {
        SerialRaise raise = new SerialRaise(state.apex(), problem.floor());
        (isOurDoing ? raises.ofOurs() : raises.ofOthers()).add(raise);
      }
    }
    return raises;
  }

  /// Raises that came to nothing are to be named once more.
  void forgetRaises() {
    raisesTried.clear();
  }

  /// What is to be served from now on, in this order.
  List<ZoneFiles.Advance> take() {
    List<ZoneFiles.Advance> taken = List.copyOf(due);
    due.clear();
    return taken;
  }
}
