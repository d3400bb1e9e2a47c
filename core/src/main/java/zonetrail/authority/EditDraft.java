package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneEdit.Entangled;
import zonetrail.authority.ZoneEdit.Noted;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.authority.ZoneEdit.SerialRaise;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.masterfile.FileText;
import zonetrail.masterfile.KnownText;
import zonetrail.update.Alteration;
import zonetrail.update.ChangeText;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateOutcome;
import zonetrail.update.UpdateOutcome.Made;
import zonetrail.update.UpdateOutcome.Refusal;
import zonetrail.update.UpdateProcessor;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// A group of edits before it is committed: each is applied to the zones that the one before left,
/// and what they came to is written into the texts of the zone files.
///
/// Edits of one author that follow each other are one commit, and its changes of one zone one edit
/// of its file. Where a file cannot be edited so, the group is gone through once more with each
/// edit written by itself, so that only the one that cannot be written is refused.
///
/// One thread, used once.
final class EditDraft {
  /// A change that removes more RRsets than this says in its commit that it means to.
  private static final int EXPLAINED_LOSS_RRSETS = MassRemoval.ALWAYS_ALLOWED_RRSETS / 2;

  private final ZoneFiles base;
  private final SerialStyle style;
  private final Instant now;
  private final boolean singly;
  private final ZoneTexts texts;
  private final EditableZones zones;
  private final KnownChanges.Builder changes;
  private final List<EditVerdict> verdicts = new ArrayList<>();
  private final List<ZoneCommit> commits = new ArrayList<>();

  /// The serials of zones that the group itself removed.
  private final Map<WireName, Serial> removed = new HashMap<>();

  /// What the files of zones hold that lack no more than a newer serial; empty where one is not
  /// theirs to get from us.
  private final Map<WireName, Optional<Zone>> unraised = new HashMap<>();

  /// What belongs to the commit that is being gathered.
  private final List<String> summaries = new ArrayList<>();

  private final List<String> lines = new ArrayList<>();
  private final Set<String> trailers = new LinkedHashSet<>();

  /// What was acknowledged and comes to nothing: the requests, so that they stay known.
  private final Set<String> noted = new LinkedHashSet<>();

  /// What was acknowledged and does not fit any more.
  private final Set<String> conflicts = new LinkedHashSet<>();

  private @Nullable String author;

  /// What a group comes to.
  ///
  /// @param commits to be made, each on top of the one before
  /// @param changes what that does to zones that are served
  /// @param expected every zone concerned as it has to be served afterwards; null for one that is
  ///   removed
  /// @param written those of them that need not be read again
  /// @param known the texts of the files of zones that were edited, for the next edit; null where
  ///   one has to be read for that
  record Drafted(
      List<EditVerdict> verdicts,
      List<ZoneCommit> commits,
      KnownChanges changes,
      Map<WireName, @Nullable Zone> expected,
      Map<WireName, Zone> written,
      Map<WireName, @Nullable KnownText> known) {}

  /// A file cannot be edited as the gathered changes want it.
  private static final class NotWritableException extends Exception {
    private static final long serialVersionUID = 1L;

    NotWritableException(String reason) {
      super(reason);
    }
  }

  private EditDraft(
      ZoneFiles base,
      SourceTree tree,
      SerialStyle style,
      Instant now,
      EditedTexts edited,
      boolean singly) {
    this.base = base;
    this.style = style;
    this.now = now;
    this.singly = singly;
    this.texts = new ZoneTexts(base, tree, edited);
    this.zones = new EditableZones(base);
    this.changes = new KnownChanges.Builder(base);
  }

  /// Drafts a group.
  ///
  /// @param edited the texts of files edited before
  static Drafted of(
      ZoneFiles base, List<ZoneEdit> edits, SerialStyle style, Instant now, EditedTexts edited) {
    SourceTree tree = base.tree();
    if (tree == null) {
      Refusal notYet =
          Refusal.of(Rcode.SERVFAIL, "the files of the source's present version are not known yet");
      return new Drafted(
          edits.stream().<EditVerdict>map(_ -> new EditVerdict.Refused(notYet)).toList(),
          List.of(),
          KnownChanges.NONE,
          Map.of(),
          Map.of(),
          Map.of());
    }
    try {
      return new EditDraft(base, tree, style, now, edited, false).draft(edits);
    } catch (NotWritableException _) {
      try {
        return new EditDraft(base, tree, style, now, edited, true).draft(edits);
      } catch (NotWritableException each) {
        throw new IllegalStateException("an edit by itself is refused, not thrown", each);
      }
    }
  }

  private Drafted draft(List<ZoneEdit> edits) throws NotWritableException {
    for (ZoneEdit edit : edits) {
      String by = authorOf(edit);
      if (author != null && !author.equals(by)) {
        closeCommit();
      }
      author = by;
      EditVerdict verdict = take(edit);
      verdicts.add(verdict);
      note(edit, verdict);
    }
    closeCommit();
    return new Drafted(
        EditVerdict.withConflicts(edits, verdicts),
        commits,
        changes.build(),
        zones.touched(),
        texts.written(zones.touched()),
        texts.known());
  }

  /// A commit tells of all that was acknowledged by its author before it and not made: should this
  /// process end before the commits are forgotten in which it was, nothing of them is made twice.
  private void note(ZoneEdit edit, EditVerdict verdict) {
    CommitOrigin origin = acknowledged(edit);
    if (origin == null) {
      return;
    }
    switch (verdict) {
      case EditVerdict.Made _ -> {}
      case EditVerdict.Unchanged _ -> noted.addAll(origin.trailers());
      case EditVerdict.Refused _ -> conflicts.addAll(CommitOrigin.conflicts(origin.requests()));
    }
  }

  private static @Nullable CommitOrigin acknowledged(ZoneEdit edit) {
    return switch (edit) {
      case Acknowledged acknowledged ->
          acknowledged.origin().requests().isEmpty() ? null : acknowledged.origin();
      case Entangled entangled -> entangled.origin();
      case Noted(CommitOrigin origin) -> origin;
      case Requested _, SerialRaise _ -> null;
    };
  }

  private static String authorOf(ZoneEdit edit) {
    return switch (edit) {
      case Requested requested -> requested.key().name().wire().toStringNoDot();
      case Acknowledged acknowledged -> acknowledged.origin().author();
      case Entangled entangled -> entangled.origin().author();
      case Noted(CommitOrigin origin) -> origin.author();
      case SerialRaise _ -> CommitOrigin.OURSELVES;
    };
  }

  private EditVerdict take(ZoneEdit edit) throws NotWritableException {
    if (edit instanceof Noted) {
      return new EditVerdict.Unchanged();
    }
    UpdateOutcome outcome = outcome(edit);
    return switch (outcome) {
      case Refusal refusal -> new EditVerdict.Refused(refusal);
      case UpdateOutcome.Unchanged _ -> new EditVerdict.Unchanged();
      case Made made -> make(aboveFloor(made), edit);
    };
  }

  /// Where a zone of this name was served before, the serial of a new one does not go back.
  @Rfc(number = 1982, section = "3.2")
  private Made aboveFloor(Made made) {
    if (!(made.alteration() instanceof Alteration.Created(Zone zone))) {
      return made;
    }
    ZoneFiles.Floor noted = base.floors().get(zone.apex());
    Serial floor = removed.getOrDefault(zone.apex(), noted == null ? null : noted.serial());
    return floor == null || zone.serial().isNewerThan(floor)
        ? made
        : Made.created(Remake.at(zone, style.next(floor, now)));
  }

  private UpdateOutcome outcome(ZoneEdit edit) {
    return switch (edit) {
      case Requested requested ->
          base.keys().contains(requested.key())
              ? UpdateProcessor.apply(
                  requested.request(), requested.key().name(), zones.now(), style, now)
              // It was in force when the signature was checked; a push has taken it away since.
              : Refusal.of(Rcode.REFUSED, "the key is no longer in force");
      case Acknowledged acknowledged -> again(acknowledged);
      case SerialRaise raise -> raise(raise);
      case Entangled _ -> Refusal.of(Rcode.SERVFAIL, "a part of its commit was made elsewhere");
      case Noted _ -> throw new IllegalStateException("nothing is to be made of it");
    };
  }

  /// Others need not raise serials, and what was acknowledged before fits what they pushed.
  private UpdateOutcome again(Acknowledged edit) {
    WireName apex = edit.alteration().apex();
    Optional<Zone> file = unraised(apex);
    if (file.isEmpty()) {
      return Remake.of(edit, zones.now(), style, now);
    }
    Serial floor = floor(apex, edit.floor());
    return Remake.of(
        new Acknowledged(edit.alteration(), edit.origin(), floor),
        zones.now().with(file.get()),
        style,
        now);
  }

  /// What the file of a zone holds that lacks a newer serial, before the group gives it one; empty
  /// where the zone is not such a one.
  private Optional<Zone> unraised(WireName apex) {
    ZoneState state = base.state(apex);
    return state == null
            || zones.isTouched(apex)
            || !(state.problem() instanceof Problem.NotRaised problem)
        ? Optional.empty()
        : unraised.computeIfAbsent(apex, _ -> readUnraised(apex, problem));
  }

  /// A file that was cut off has the SOA record that it had: it would be held for what it lacks,
  /// and is not to be served for a serial of ours.
  private Optional<Zone> readUnraised(WireName apex, Problem.NotRaised problem) {
    Zone found = texts.readZone(apex);
    Acceptance acceptance = Objects.requireNonNull(base.tree()).acceptance();
    boolean isMeant = acceptance.isOfItself() || acceptance.covers(problem.version());
    Zone served = zones.zone(apex);
    boolean losesMuch =
        found != null && served != null && MassRemoval.ofRRsets(served, found).isPresent();
    return losesMuch && !isMeant ? Optional.empty() : Optional.ofNullable(found);
  }

  private UpdateOutcome raise(SerialRaise raise) {
    Zone found = found(raise);
    if (found == null) {
      return Refusal.of(Rcode.SERVFAIL, "its file cannot be read as a zone, or lacks much of it");
    }
    Serial floor = floor(raise.zone(), raise.floor());
    if (found.serial().isNewerThan(floor) || found.isSealed()) {
      return new UpdateOutcome.Unchanged(raise.zone());
    }
    return Remake.withSerial(found, style.next(floor, now));
  }

  /// What was served, and what the source was once found to have, may be on different lines; and a
  /// zone that was gone rises above what it was served at before.
  private Serial floor(WireName apex, Serial served) {
    ZoneState state = base.state(apex);
    Serial inSource = state == null || state.problem() == null ? null : state.serial();
    ZoneFiles.Floor noted = base.floors().get(apex);
    return newest(newest(served, inSource), noted == null ? null : noted.serial());
  }

  private static Serial newest(Serial one, @Nullable Serial other) {
    return other != null && other.isNewerThan(one) ? other : one;
  }

  private EditVerdict make(Made made, ZoneEdit edit) throws NotWritableException {
    WireName apex = made.apex();
    Optional<Refusal> obstacle =
        edit instanceof SerialRaise ? Optional.empty() : obstacle(made, edit);
    if (obstacle.isPresent()) {
      return new EditVerdict.Refused(obstacle.get());
    }
    Zone before = zones.zone(apex);
    boolean wasTouched = zones.isTouched(apex);
    switch (made.alteration()) {
      case Alteration.Changed(ZoneChange change) -> texts.gather(baseOf(apex, edit), change);
      case Alteration.Created(Zone created) -> texts.create(created, keyFileOf(edit));
      case Alteration.Removed _ -> {
        texts.remove(apex);
        if (before != null) {
          removed.put(apex, before.serial());
        }
      }
    }
    zones.set(apex, made.after());
    if (singly) {
      try {
        texts.write();
      } catch (ZoneTexts.NotEditableException refused) {
        texts.forget();
        zones.restore(apex, before, wasTouched);
        return new EditVerdict.Refused(
            Refusal.of(Rcode.REFUSED, String.valueOf(refused.getMessage())));
      }
    }
    CommitOrigin origin = originOf(edit);
    ChangeText text = made.alteration().text();
    summaries.add(text.summary());
    lines.addAll(text.lines());
    trailers.addAll(origin.trailers());
    if (losesMuch(made.alteration())) {
      trailers.add(Acceptance.TRAILER + ": " + Acceptance.THIS);
    }
    Serial serial = before == null ? Serial.of(0) : before.serial();
    changes.add(made, edit);
    return new EditVerdict.Made(
        new Acknowledged(made.alteration(), origin, serial), text.summary());
  }

  /// What the text of the zone's file says before the change: what is served, but for a serial that
  /// was not raised.
  private Zone baseOf(WireName apex, ZoneEdit edit) {
    Zone before =
        edit instanceof SerialRaise raise
            ? found(raise)
            : unraised(apex).orElseGet(() -> zones.zone(apex));
    return Objects.requireNonNull(before);
  }

  /// What the file of a zone holds: what is served, unless that is held back.
  private @Nullable Zone found(SerialRaise raise) {
    WireName apex = raise.zone();
    ZoneState state = base.state(apex);
    Problem problem = state == null || zones.isTouched(apex) ? null : state.problem();
    return switch (problem) {
      case null -> zones.zone(apex);
      case Problem.NotRaised _ -> unraised(apex).orElse(null);
      default -> texts.readZone(apex);
    };
  }

  /// Why the file of a zone is not to be edited now, or none made.
  private Optional<Refusal> obstacle(Made made, ZoneEdit edit) {
    ZoneState state = base.state(made.apex());
    boolean isRaised =
        zones.isTouched(made.apex())
            || (edit instanceof Acknowledged && unraised(made.apex()).isPresent());
    if (state != null && state.problem() != null && !isRaised) {
      return Optional.of(
          Refusal.of(
              Rcode.SERVFAIL,
              "what is in the repository is not what is served; mend its file and push first"));
    }
    return made.alteration() instanceof Alteration.Created
        ? texts
            .whyNotCreate(made.apex(), keyFileOf(edit))
            .map(why -> Refusal.of(Rcode.REFUSED, why))
        : Optional.empty();
  }

  private String keyFileOf(ZoneEdit edit) {
    if (edit instanceof Requested requested) {
      for (String file : base.keys().files()) {
        if (base.keys().keysOf(file).contains(requested.key())) {
          return file;
        }
      }
    }
    return "";
  }

  private static CommitOrigin originOf(ZoneEdit edit) {
    return switch (edit) {
      case Requested requested ->
          new CommitOrigin(
              authorOf(requested),
              List.of(
                  CommitOrigin.KEY + ": " + requested.key().name(),
                  CommitOrigin.CLIENT + ": " + requested.client().getAddress().getHostAddress(),
                  CommitOrigin.REQUEST + ": " + requested.requestId()));
      case Acknowledged acknowledged -> acknowledged.origin();
      case Entangled entangled -> entangled.origin();
      case Noted(CommitOrigin origin) -> origin;
      case SerialRaise _ -> new CommitOrigin(CommitOrigin.OURSELVES, List.of());
    };
  }

  /// A removal by a signed message is explicit: it is not to be held back, here or on any other
  /// server on the remote.
  private static boolean losesMuch(Alteration alteration) {
    return switch (alteration) {
      case Alteration.Changed(ZoneChange change) ->
          change.replacements().stream().filter(each -> each.after() == null).count()
              > EXPLAINED_LOSS_RRSETS;
      case Alteration.Created _ -> false;
      case Alteration.Removed _ -> true;
    };
  }

  private void closeCommit() throws NotWritableException {
    if (summaries.isEmpty() && noted.isEmpty()) {
      conflicts.clear(); // told, and kept on a branch of their own
      return;
    }
    trailers.addAll(noted);
    trailers.addAll(conflicts);
    try {
      texts.write();
    } catch (ZoneTexts.NotEditableException refused) {
      throw new NotWritableException(String.valueOf(refused.getMessage()));
    }
    SortedMap<String, Optional<FileText>> files = texts.takeWritten();
    commits.add(
        new ZoneCommit(
            String.valueOf(author),
            now,
            subject(),
            lines.size() > 1 ? String.join("\n", lines) : "",
            List.copyOf(trailers),
            new TreeMap<>(files)));
    summaries.clear();
    lines.clear();
    trailers.clear();
    noted.clear();
    conflicts.clear();
  }

  private String subject() {
    return switch (summaries.size()) {
      case 0 -> "note updates that have nothing to change any more";
      case 1 -> summaries.getFirst();
      default -> summaries.getFirst() + ", and " + (summaries.size() - 1) + " more";
    };
  }
}
