package zonetrail.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Effect;
import zonetrail.authority.Input;
import zonetrail.authority.ZoneLedger;
import zonetrail.tsig.Verdict;
import zonetrail.zone.Zone;

/// A way in which a primary could be wrong, planted around it; this one is none.
class Bug {
  static final Bug NONE = new Bug();

  /// What the primary is told in place of this; null for nothing.
  @Nullable Input input(SimPrimary primary, Input input) {
    return input;
  }

  /// What is done in place of this.
  List<Effect> effects(SimPrimary primary, List<Effect> effects) {
    return effects;
  }

  /// What the commit lane and a restart see of the clone.
  ZoneLedger ledger(SimPrimary primary, SimClone clone) {
    return clone;
  }

  /// Whether a push overwrites whatever the branch has.
  boolean forcesPushes() {
    return false;
  }

  /// Whether what is served is noted when there is time, and nothing waits for that.
  boolean putsOffNotes() {
    return false;
  }

  /// Whether a rewritten branch is followed although it lacks what was acknowledged.
  boolean followsLosses() {
    return false;
  }

  /// What is taken for the proof of who sent a message.
  Verdict verify(byte[] message, Verdict honest) {
    return honest;
  }

  /// What a secondary makes of a transfer.
  Zone transferred(Zone zone) {
    return zone;
  }

  /// The process was killed, and this is what it left on the disk.
  void killed(SimClone clone) {}

  /// Whether a request is answered without the authority's having a say.
  boolean answers(SimPrimary primary, String request, SimReply reply) {
    return false;
  }
}
