package zonetrail.simulation;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// Something that a client wants changed, however often it asks for it.
final class SimUpdate {
  final int number;
  final WireName zone;
  final TsigKey key;

  /// The message, not signed.
  final byte[] message;

  /// Names that are there afterwards, those that are not, and those that must not be before.
  final Set<WireName> adds = new TreeSet<>();

  final Set<WireName> deletes = new TreeSet<>();
  final Set<WireName> absent = new TreeSet<>();

  /// Its requests: each time that it was signed.
  final Set<String> requests = new LinkedHashSet<>();

  /// Whether NOERROR always means that something was changed.
  boolean alwaysChanges;

  boolean isAcknowledged;

  /// Whether a commit of ours ever had it.
  boolean wasCommitted;

  boolean isSettled;

  SimUpdate(int number, WireName zone, TsigKey key, byte[] message) {
    this.number = number;
    this.zone = zone;
    this.key = key;
    this.message = message;
  }

  @Override
  public String toString() {
    return "update " + number + " of " + zone + " (+" + adds + " -" + deletes + " !" + absent + ")";
  }
}
