package zonetrail.authority;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// What an earlier run committed and the source may not have, with [EditSettings.Ack#PUSHED]:
/// nobody knows whether it was acknowledged. It is pushed as it is; where it does not fit any more
/// what the source has, what of it is not there is left for people to look at. One owner, like
/// [Primary].
final class LeftOver {
  private final UpdateReplies replies;
  private final Consumer<Effect> said;

  /// What each of its commits was made for, oldest first, by the commit.
  private final SequencedMap<String, List<String>> requests = new LinkedHashMap<>();

  /// @param said takes what is to be done about it
  LeftOver(UpdateReplies replies, Consumer<Effect> said) {
    this.replies = replies;
    this.said = said;
  }

  /// Takes what was found at a start.
  void found(Input.Waiting waiting) {
    waiting.again().forEach(edit -> edit.requests().forEach(replies::neverMade));
    waiting.superseded().forEach(this::giveUp);
    for (Input.Unpushed each : waiting.line()) {
      requests.put(each.version(), each.origin().requests());
      each.origin().requests().forEach(replies::notKnownToBeMade);
    }
  }

  /// Whether what is pending is of an earlier run.
  boolean isPending() {
    return !requests.isEmpty();
  }

  /// The source has it up to this commit; all of it, where that is none of these.
  void inSource(String tip) {
    boolean isAll = !requests.containsKey(tip);
    boolean isBehind = false;
    while (!requests.isEmpty() && !isBehind) {
      Map.Entry<String, List<String>> first = requests.pollFirstEntry();
      first.getValue().forEach(replies::made);
      isBehind = !isAll && first.getKey().equals(tip);
    }
  }

  /// The source cannot have it any more.
  ///
  /// @param tip the last of its commits
  void leave(String tip) {
    giveUp(tip);
    requests.values().forEach(each -> each.forEach(replies::neverMade));
    requests.clear();
  }

  private void giveUp(String tip) {
    said.accept(new Effect.Report(new EditEvent.CommitsLeftOver(tip)));
    said.accept(new Effect.GiveUp(tip, true));
  }
}
