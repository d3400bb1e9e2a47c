package zonetrail.masterfile;

import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import zonetrail.wire.WireName;

/// Zone names that a file gives and nobody asks for: they are served, for the DNS takes any octet
/// (RFC 2181 §11), but most come of a slip.
final class OddZoneName {
  private OddZoneName() {}

  /// What is odd about a zone's name and what was probably meant; empty if nothing is.
  static Optional<String> complaint(WireName apex) {
    String name = apex.toStringNoDot();
    if (name.chars().allMatch(OddZoneName::isUsual)) {
      return Optional.empty();
    }
    String odd = "the file's name gives the zone " + name;
    return Optional.of(
        aLabels(apex)
            .map(meant ->
                odd
                    + ", which no resolver asks for; internationalized names are written"
                    + " as A-labels (RFC 5890 §2.3.2.1): call it "
                    + meant)
            .orElse(odd + ", with characters that names of hosts do not have; is it a slip?"));
  }

  private static boolean isUsual(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.'
        || c == '/';
  }

  private static Optional<String> aLabels(WireName apex) {
    byte[] wire = apex.toWire();
    int at = 0;
    StringBuilder text = new StringBuilder();
    boolean isAscii = true;
    try {
      while (wire[at] != 0) {
        String label =
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(wire, at + 1, wire[at]))
                .toString();
        isAscii &= label.chars().allMatch(c -> c < 0x80);
        text.append(text.isEmpty() ? "" : ".").append(label);
        at += 1 + wire[at];
      }
      String meant = IDN.toASCII(text.toString());
      return isAscii || !meant.chars().allMatch(OddZoneName::isUsual)
          ? Optional.empty()
          : Optional.of(meant);
    } catch (CharacterCodingException | IllegalArgumentException none) {
      return Optional.empty();
    }
  }
}
