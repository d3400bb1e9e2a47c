package zonetrail.zone;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rfc;

/// The changes between versions of one zone that were served, as far as they are remembered.
///
/// A step leads from one serial to another; most often to the next, but one that was found out
/// later may lead over many. What lies between two serials is the steps in turn, condensed into one
/// change: a secondary gets what it lacks and nothing that came and went, and memory and git give
/// the same answer (RFC 1995 §6).
///
/// Bounds: [#MAX_STEPS], and octets of the heap as its owner says; the oldest steps are forgotten.
/// Adding one takes the same time however many there are. Not for sharing between threads; what it
/// hands out is immutable.
@Rfc(number = 1995, section = "5")
public final class ZoneHistory {
  /// How many steps are remembered.
  public static final int MAX_STEPS = 1_000;

  private static final int OCTETS_PER_STEP = 100;

  /// Steps by the serial that they lead from, the oldest first.
  private final Map<Serial, Step> steps = new LinkedHashMap<>();

  private long octets;

  /// @param change null where it is too large to be of use
  private record Step(Serial to, @Nullable ZoneChange change, long octets) {}

  /// Creates a history of no steps.
  public ZoneHistory() {}

  /// What leads from one version to another.
  public sealed interface Difference {
    /// What these changes come to, each of the version that the one before makes; at least one.
    record Known(List<ZoneChange> changes) implements Difference {
      /// Copies the list.
      public Known {
        changes = List.copyOf(changes);
      }

      /// Them in one, which takes time that depends on how much they change.
      public ZoneChange change() {
        return ZoneChange.condensed(changes);
      }
    }

    /// More than is worth sending: the whole zone is.
    record TooLarge() implements Difference {}

    /// Not remembered.
    record Forgotten() implements Difference {}
  }

  /// Adds a step.
  ///
  /// @param change what leads from the one to the other; null where it is too large to be of use
  /// @param maxOctets how much of the heap the history may take
  public void add(Serial from, Serial to, @Nullable ZoneChange change, long maxOctets) {
    Step replaced = steps.remove(from);
    if (replaced != null) {
      octets -= replaced.octets();
    }
    Step added = new Step(to, change, OCTETS_PER_STEP + (change == null ? 0 : change.heapOctets()));
    steps.put(from, added);
    octets += added.octets();
    for (Iterator<Step> oldest = steps.values().iterator();
        oldest.hasNext() && (octets > maxOctets || steps.size() > MAX_STEPS); ) {
      octets -= oldest.next().octets();
      oldest.remove();
    }
  }

  /// What leads from one version to another.
  public Difference between(Serial from, Serial to) {
    List<ZoneChange> changes = new ArrayList<>();
    Serial at = from;
    for (int i = 0; !at.equals(to) && i < MAX_STEPS; i++) {
      Step step = steps.get(at);
      if (step == null) {
        return new Difference.Forgotten();
      }
      if (step.change() == null) {
        return new Difference.TooLarge();
      }
      changes.add(step.change());
      at = step.to();
    }
    return at.equals(to) && !changes.isEmpty()
        ? new Difference.Known(changes)
        : new Difference.Forgotten();
  }

  /// How many RRsets have to be looked at to answer [#between]; 0 where there is no answer.
  public int cost(Serial from, Serial to) {
    int cost = 0;
    Serial at = from;
    for (int i = 0; !at.equals(to) && i < MAX_STEPS; i++) {
      Step step = steps.get(at);
      if (step == null || step.change() == null) {
        return 0;
      }
      cost += step.change().replacements().size();
      at = step.to();
    }
    return cost;
  }

  /// How many steps are remembered.
  public int steps() {
    return steps.size();
  }

  /// About how much of the heap they take, in octets.
  public long heapOctets() {
    return octets;
  }
}
