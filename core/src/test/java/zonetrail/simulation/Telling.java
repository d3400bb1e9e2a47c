package zonetrail.simulation;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import zonetrail.authority.Effect;
import zonetrail.authority.Input;
import zonetrail.authority.ZoneEdit;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneStatus;

/// Inputs and effects in a line of a trace.
final class Telling {
  private Telling() {}

  static String of(Input input) {
    return switch (input) {
      case Input.Started started ->
          "Started at "
              + of(started.known().files())
              + (started.waiting() == null
                  ? ""
                  : ", waiting "
                      + started.waiting().line().size()
                      + " on "
                      + of(started.waiting().remote())
                      + " and "
                      + started.waiting().again().size()
                      + " again");
      case Input.NotifyReceived notify -> "NOTIFY of " + notify.zone();
      case Input.EditsPrepared(var prepared) ->
          prepared == null ? "EditsPrepared not" : "EditsPrepared";
      case Input.UpdateReceived update -> "UPDATE " + update.reply();
      case Input.Committed(var result) ->
          "Committed "
              + (result.advance() == null ? "nothing" : of(result.advance().files()))
              + " "
              + result.verdicts().stream().map(Object::toString).map(Telling::cut).toList();
      case Input.PushSettled(String tip, var outcome) ->
          "PushSettled " + World.shortId(tip) + " " + outcome;
      case Input.SourceFetched(var advance, String ours, _) ->
          "SourceFetched "
              + of(advance.files())
              + (ours == null ? "" : " with " + World.shortId(ours));
      default -> cut(input.toString());
    };
  }

  private static String of(ZoneFiles files) {
    return of(files.version(), files.statuses());
  }

  private static String of(String version, Stream<ZoneStatus> statuses) {
    return World.shortId(version)
        + statuses
            .map(status ->
                status.zone().toStringNoDot().charAt(0)
                    + String.valueOf(status.serial())
                    + (status.isServed() && status.heldVersion() == null ? "" : "!"))
            .sorted()
            .collect(Collectors.joining(" ", "{", "}"));
  }

  static String of(Effect effect) {
    return switch (effect) {
      case Effect.Fetch(var base, _, var ours) ->
          "Fetch since "
              + World.shortId(base.version())
              + " looking for "
              + ours.stream().map(World::shortId).toList();
      case Effect.Prepare(var base, var edits) ->
          "Prepare on " + of(base) + " " + edits.stream().map(Telling::of).toList();
      case Effect.Commit(var base, var edits, var prepared, _) ->
          (prepared == null ? "Commit on " : "Commit prepared on ")
              + of(base)
              + " "
              + edits.stream().map(Telling::of).toList();
      case Effect.Push(String tip) -> "Push " + World.shortId(tip);
      case Effect.GiveUp(String tip, boolean isConflict) ->
          "GiveUp " + World.shortId(tip) + " " + isConflict;
      case Effect.Publish(var publication) ->
          "Publish " + of(publication.version(), publication.files().statuses());
      case Effect.Keep(var files) -> "Keep " + World.shortId(files.version());
      case Effect.Reply reply ->
          "Reply " + reply.rcode() + " to " + reply.to() + " " + reply.reason();
      case Effect.Report(var event) -> "Report " + cut(event.text());
      default -> cut(effect.toString());
    };
  }

  private static String of(ZoneEdit edit) {
    return switch (edit) {
      case ZoneEdit.Requested requested -> "request " + cut(requested.requestId());
      case ZoneEdit.Acknowledged acknowledged ->
          "again " + acknowledged.alteration().text().summary() + " over " + acknowledged.floor();
      case ZoneEdit.Entangled entangled -> "entangled " + entangled.alteration().text().summary();
      case ZoneEdit.Noted(var origin) -> "note " + origin.requests().size();
      case ZoneEdit.SerialRaise(var zone, var floor) -> "raise " + zone + " over " + floor;
    };
  }

  private static String cut(String text) {
    return text.length() <= 160 ? text : text.substring(0, 160) + "...";
  }
}
