package zonetrail.authority;

import zonetrail.update.UpdateOutcome;
import zonetrail.wire.Rcode;

/// What became of one edit of a group.
public sealed interface EditVerdict {
  /// What its client is told, once what was made is durable.
  Rcode rcode();

  /// A change that is in the group's commits.
  ///
  /// @param again what to make again should the source have moved on after it was served
  /// @param summary what was changed, in one line
  record Made(ZoneEdit.Acknowledged again, String summary) implements EditVerdict {
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
