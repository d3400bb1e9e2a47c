package zonetrail.authority;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.EditDraft.Drafted;
import zonetrail.masterfile.ZoneReading;
import zonetrail.update.SerialStyle;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// The work of the commit lane: a group of edits, applied one after the other, each with its own
/// verdict, becomes commits in the clone and the files that are served once these count.
///
/// ```text
/// edits ─► EditDraft (zones, then texts) ─► ZoneLedger.commit ─► ZoneFiles.advance
/// ```
///
/// Nothing is written before all of it is known to be readable again. Blocks while objects are
/// written; one thread at a time.
public final class GroupCommit {

  /// What a group came to.
  ///
  /// @param verdicts one for each edit, in their order
  /// @param advance the files with what was made; null if nothing was
  public record Result(List<EditVerdict> verdicts, ZoneFiles.@Nullable Advance advance) {
    /// Copies the list.
    public Result {
      verdicts = List.copyOf(verdicts);
    }
  }

  /// Notes what is served once a group leaves the line that is served.
  @FunctionalInterface
  public interface Noting {
    /// Notes it; it is on the disk when this returns.
    ///
    /// @throws ZoneSource.AwayException if it cannot be: then nothing is made
    void note(ZoneFiles served) throws ZoneSource.AwayException;
  }

  private GroupCommit() {}

  /// Works out what a group comes to, so that [#make] is quick; nothing is committed. Another
  /// thread than that of [#make] may do so at the same time.
  ///
  /// @throws ZoneSource.AwayException if there is no room for it
  public static PreparedEdits prepare(
      Effect.Prepare group, SerialStyle style, Instant now, ZoneLedger ledger, EditedTexts edited)
      throws ZoneSource.AwayException {
    Drafted drafted = EditDraft.of(group.base(), group.edits(), style, now, edited);
    ledger.prepare(drafted.commits());
    return new PreparedEdits(group.base(), group.edits(), drafted);
  }

  /// Makes the commits of a group where nothing is noted, as in a clone that nobody starts from.
  public static Result make(
      Effect.Commit group, SerialStyle style, Instant now, ZoneLedger ledger, EditedTexts edited)
      throws ZoneSource.AwayException {
    return make(group, style, now, ledger, edited, _ -> {});
  }

  /// Makes the commits of a group.
  ///
  /// @param group with the version that they are made on
  /// @param now the time of day, for commits and serials
  /// @param edited the texts of files edited before; those of this group are kept in it
  /// @param noting what the group comes to, where it leaves the line that is served
  /// @throws ZoneSource.AwayException if they could not be written, or that not be noted; then
  ///   nothing has changed
  public static Result make(
      Effect.Commit group,
      SerialStyle style,
      Instant now,
      ZoneLedger ledger,
      EditedTexts edited,
      Noting noting)
      throws ZoneSource.AwayException {
    ZoneFiles base = group.base();
    PreparedEdits prepared = group.prepared();
    Drafted drafted =
        prepared != null && prepared.fits(base)
            ? prepared.drafted()
            : EditDraft.of(base, group.edits(), style, now, edited);
    if (drafted.commits().isEmpty()) {
      return noted(group, new Result(drafted.verdicts(), null), noting);
    }
    String parent = base.version();
    String tip = parent;
    try {
      SourceTree tree = null;
      for (ZoneCommit commit : drafted.commits()) {
        tree = ledger.commit(tip, commit.at(now));
        tip = tree.version();
      }
      Result made = result(group, drafted, Objects.requireNonNull(tree), edited);
      return noted(group, made, noting);
    } catch (ZoneSource.AwayException | RuntimeException | Error failed) {
      if (!tip.equals(parent)) {
        ledger.takeBack(tip, parent);
      }
      throw failed;
    }
  }

  private static Result noted(Effect.Commit group, Result made, Noting noting)
      throws ZoneSource.AwayException {
    ZoneFiles served = group.servedAfter(made);
    if (served != null) {
      noting.note(served);
    }
    return made;
  }

  private static Result result(
      Effect.Commit group, Drafted drafted, SourceTree tree, EditedTexts edited) {
    ZoneFiles base = group.base();
    Set<String> names = new HashSet<>();
    drafted.commits().forEach(commit -> names.addAll(commit.files().keySet()));
    ZoneFiles.Advance advance =
        base.advance(tree, readings(drafted), names).madeBy(drafted.changes());
    requireServed(drafted, advance.files());
    keepTexts(drafted, advance.files(), edited);
    return new Result(drafted.verdicts(), advance);
  }

  private static void keepTexts(Drafted drafted, ZoneFiles after, EditedTexts edited) {
    drafted
        .known()
        .forEach((apex, text) -> {
          ZoneState state = after.state(apex);
          ZoneState.ServedVersion served = state == null ? null : state.served();
          edited.keep(apex, served == null ? null : served.file(), text);
        });
  }

  private static Map<WireName, ZoneReading> readings(Drafted drafted) {
    Map<WireName, ZoneReading> readings = new HashMap<>();
    drafted.written().forEach((apex, zone) -> readings.put(apex, new ZoneReading(zone, List.of())));
    return readings;
  }

  /// What was acknowledged is what is served, or nothing is acknowledged.
  private static void requireServed(Drafted drafted, ZoneFiles after) {
    drafted
        .expected()
        .forEach((apex, zone) -> {
          if (!isServed(after.state(apex), zone)) {
            throw new IllegalStateException(
                "zone " + apex + " does not come out of its edited file as it went in");
          }
        });
  }

  @SuppressWarnings("ReferenceEquality") // most often it is the very zone
  private static boolean isServed(@Nullable ZoneState state, @Nullable Zone zone) {
    if (zone == null || state == null) {
      return zone == null && state == null;
    }
    ZoneState.ServedVersion served = state.served();
    return state.problem() == null
        && served != null
        && (served.zone() == zone || served.zone().sameRecords(zone));
  }
}
