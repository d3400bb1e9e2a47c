package zonetrail.authority;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What an earlier run committed and the source may not have, with [EditSettings.Ack#PUSHED]:
/// nobody knows whether it was acknowledged. It is pushed as it is; where it does not fit any more
/// what the source has, it is left for people to look at. One owner, like [Primary].
final class LeftOver {
  private final UpdateReplies replies;
  private final Consumer<Effect> said;
  private final List<String> requests = new ArrayList<>();
  private boolean isPending;

  /// @param said takes what is to be done about it
  LeftOver(UpdateReplies replies, Consumer<Effect> said) {
    this.replies = replies;
    this.said = said;
  }

  /// Takes what was found at a start.
  void found(Input.Waiting waiting) {
    waiting.again().forEach(edit -> edit.requests().forEach(replies::neverMade));
    waiting.superseded().forEach(this::giveUp);
    waiting.line().forEach(each -> requests.addAll(each.origin().requests()));
    requests.forEach(replies::notKnownToBeMade);
    isPending = !waiting.line().isEmpty();
  }

  /// Whether what is pending is of an earlier run.
  boolean isPending() {
    return isPending;
  }

  /// The source has it.
  void inSource() {
    requests.forEach(replies::made);
    end();
  }

  /// The source cannot have it any more.
  ///
  /// @param tip the last of its commits
  void leave(String tip) {
    giveUp(tip);
    requests.forEach(replies::neverMade);
    end();
  }

  private void end() {
    requests.clear();
    isPending = false;
  }

  private void giveUp(String tip) {
    said.accept(new Effect.Report(new EditEvent.CommitsLeftOver(tip)));
    said.accept(new Effect.GiveUp(tip, true));
  }
}
