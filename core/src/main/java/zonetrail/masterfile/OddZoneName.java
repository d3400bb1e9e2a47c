package zonetrail.masterfile;

import java.util.Optional;
import zonetrail.wire.WireName;

/// Zone names that a file gives and nobody asks for: they are served, for the DNS takes any octet
/// (RFC 2181 §11), but most come of a slip.
final class OddZoneName {
  private OddZoneName() {}

  /// What is odd about a zone's name and what to do; empty if nothing is.
  static Optional<String> complaint(WireName apex) {
    if (isUsual(apex)) {
      return Optional.empty();
    }
    String name = apex.toStringNoDot();
    String odd = "the file's name gives the zone " + name;
    return Optional.of(
        isAscii(apex)
            ? odd + ", with characters that names of hosts do not have; is it a slip?"
            : odd
                + ", which no resolver asks for; internationalized names are written as A-labels"
                + " (xn--..., RFC 5890 §2.3.2.1): rename the file");
  }

  private static boolean isAscii(WireName apex) {
    for (byte octet : apex.toWire()) {
      if (octet < 0) {
        return false;
      }
    }
    return true;
  }

  /// By the octets, since most names are usual.
  private static boolean isUsual(WireName name) {
    int labelEnd = 0;
    for (int at = 0; at < name.length(); at++) {
      if (at == labelEnd) {
        labelEnd += 1 + name.octetAt(at);
      } else if (!isUsual(name.octetAt(at))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUsual(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '/';
  }
}
