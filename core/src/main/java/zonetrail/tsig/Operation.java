package zonetrail.tsig;

import java.util.Locale;
import zonetrail.wire.WireName;

/// What a key may do. Each right holds those after it: update ⊇ transfer ⊇ notify.
public enum Operation {
  /// To change zones by UPDATE, and all that follows.
  UPDATE("_update"),
  /// To transfer zones, to register for NOTIFY, and what follows.
  TRANSFER("_transfer"),
  /// To say that something changed.
  NOTIFY("_notify");

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  /// The label that says it in a key's name.
  public String label() {
    return label;
  }

  /// Whether a key with this right has that right too.
  public boolean includes(Operation other) {
    return compareTo(other) <= 0;
  }

  /// Whether a name's leftmost label says this right, in any case of ASCII letters.
  boolean isLeftmostLabelOf(WireName name) {
    if (name.octetAt(0) != label.length()) {
      return false;
    }
    StringBuilder leftmost = new StringBuilder(label.length());
    for (int i = 1; i <= label.length(); i++) {
      leftmost.append((char) name.octetAt(i));
    }
    return leftmost.toString().toLowerCase(Locale.ROOT).equals(label);
  }
}
