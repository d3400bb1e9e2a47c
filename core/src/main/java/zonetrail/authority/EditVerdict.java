package zonetrail.authority;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.update.UpdateOutcome;
import zonetrail.wire.Rcode;

/// What became of one edit of a group.
public sealed interface EditVerdict {
  /// The same, where what is made of a commit whose other changes did not fit tells of that also
  /// when it is made again: in what was read back, one request stands for all changes of its
  /// commit.
  ///
  /// @param verdicts one for each edit
  static List<EditVerdict> withConflicts(List<ZoneEdit> edits, List<EditVerdict> verdicts) {
    Set<String> unfit = new LinkedHashSet<>();
    for (int i = 0; i < edits.size(); i++) {
      if (verdicts.get(i) instanceof Refused && !(edits.get(i) instanceof Requested)) {
        unfit.addAll(edits.get(i).requests());
      }
    }
    return unfit.isEmpty()
        ? verdicts
        : verdicts.stream().map(verdict -> withConflicts(verdict, unfit)).toList();
  }

  private static EditVerdict withConflicts(EditVerdict verdict, Set<String> unfit) {
    if (!(verdict instanceof Made(Acknowledged made, String summary))) {
      return verdict;
    }
    List<String> own = made.origin().requests().stream().filter(unfit::contains).toList();
    CommitOrigin origin = made.origin().with(CommitOrigin.conflicts(own));
    return own.isEmpty()
        ? verdict
        : new Made(new Acknowledged(made.alteration(), origin, made.floor()), summary);
  }

  /// What its client is told, once what was made is durable.
  Rcode rcode();

  /// A change that is in the group's commits.
  ///
  /// @param again what to make again should the source have moved on after it was served
  /// @param summary what was changed, in one line
  record Made(Acknowledged again, String summary) implements EditVerdict {
    @Override
    public Rcode rcode() {
      return Rcode.NOERROR;
    }
  }

  /// Nothing had to be changed.
  record Unchanged() implements EditVerdict {
    @Override
    public Rcode rcode() {
      return Rcode.NOERROR;
    }
  }

  /// Nothing was changed, for a reason.
  record Refused(UpdateOutcome.Refusal refusal) implements EditVerdict {
    @Override
    public Rcode rcode() {
      return refusal.rcode();
    }
  }
}
