package zonetrail.transfer;

import java.util.OptionalInt;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;

/// The option in which a primary says how long it may serve a zone itself.
@Rfc(number = 7314, section = "2")
final class ExpireOption {
  private ExpireOption() {}

  /// What it says, as an unsigned number of seconds; empty where there is none, or none of four
  /// octets.
  ///
  /// @param options the rdata of an OPT record, of whatever form
  static OptionalInt in(byte[] options) {
    int at = 0;
    while (at + EdnsOption.HEAD_OCTETS <= options.length) {
      int code = Header.u16(options, at);
      int octets = Header.u16(options, at + 2);
      at += EdnsOption.HEAD_OCTETS;
      if (code == EdnsOption.EXPIRE && octets == Integer.BYTES && at + octets <= options.length) {
        return OptionalInt.of(Header.u32(options, at));
      }
      at += octets;
    }
    return OptionalInt.empty();
  }
}
