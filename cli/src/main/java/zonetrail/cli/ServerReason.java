package zonetrail.cli;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import zonetrail.wire.BadMessageException;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.RecordCursor;
import zonetrail.wire.Rfc;
import zonetrail.zone.ShownName;

/// What a server says in words about an answer that is no: the text of an extended error.
@Rfc(number = 8914, section = "2")
final class ServerReason {
  private static final int CODE_OCTETS = 2;

  private ServerReason() {}

  /// The text, harmless to print; empty where there is none, or the answer cannot be read.
  static Optional<String> in(byte[] reply) {
    try {
      RecordCursor record = new RecordCursor();
      record.begin(reply, reply.length, 0);
      while (record.next()) {
        if (record.section() == RecordCursor.Section.ADDITIONAL && record.type() == RRType.OPT) {
          return among(record.rawRdata());
        }
      }
    } catch (BadMessageException unreadable) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static Optional<String> among(byte[] options) {
    int at = 0;
    while (at + EdnsOption.HEAD_OCTETS <= options.length) {
      int octets = Header.u16(options, at + 2);
      int text = at + EdnsOption.HEAD_OCTETS + CODE_OCTETS;
      int end = at + EdnsOption.HEAD_OCTETS + octets;
      if (Header.u16(options, at) == EdnsOption.EXTENDED_ERROR
          && text < end
          && end <= options.length) {
        return Optional.of(
            ShownName.of(new String(options, text, end - text, StandardCharsets.UTF_8)));
      }
      at = end;
    }
    return Optional.empty();
  }
}
