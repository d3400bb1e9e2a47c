package zonetrail.authority;

/// What became of a push.
public sealed interface PushOutcome {
  /// The commit is in the remote's branch.
  record Pushed() implements PushOutcome {}

  /// The remote's branch is elsewhere than we knew, and nothing has changed there: fetch, and make
  /// the edits again.
  record Superseded() implements PushOutcome {}

  /// The commit is not in the remote, and nothing has changed there.
  ///
  /// @param reason in one line, for an operator
  /// @param operatorMustAct whether trying again alone cannot help
  /// @param isRefused whether the remote said no: by our rights there, or by a hook
  record Failed(String reason, boolean operatorMustAct, boolean isRefused) implements PushOutcome {}

  /// The line broke after the push had begun: only a fetch can tell whether the commit got there.
  ///
  /// @param reason in one line, for an operator
  record Unknown(String reason) implements PushOutcome {}
}
