package zonetrail.tsig;

import java.util.Arrays;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;

/// Computes MACs: what is digested, and in which order.
@Rfc(number = 8945, section = "4.3")
final class TsigDigest {
  private TsigDigest() {}

  /// The MAC of a message that stands alone or begins a stream: of a request where there is no
  /// prior MAC, else of a response.
  ///
  /// @param prior the request's MAC, which the response is tied to
  /// @param message the message; its ARCOUNT counts no TSIG
  /// @param length how many of its octets stand before the TSIG
  /// @param tsig the record whose variables are digested; its MAC is not looked at
  static TsigMac of(
      TsigKey key, @Nullable TsigMac prior, byte[] message, int length, TsigRecord tsig) {
    Mac mac = key.secret().newMac(key.algorithm());
    if (prior != null) {
      updatePrior(mac, prior);
    }
    updateMessage(mac, message, length, tsig.originalId());
    mac.update(tsig.variables());
    return TsigMac.of(mac.doFinal());
  }

  /// Digests a MAC with its length in front.
  @Rfc(number = 8945, section = "4.3.1")
  static void updatePrior(Mac mac, TsigMac prior) {
    byte[] size = new byte[2];
    Header.putU16(size, 0, prior.length());
    mac.update(size);
    mac.update(prior.toBytes());
  }

  /// Digests a message under the ID it was first sent with.
  @Rfc(number = 8945, section = "4.3.2")
  static void updateMessage(Mac mac, byte[] message, int length, int originalId) {
    byte[] id = new byte[2];
    Header.putU16(id, 0, originalId);
    mac.update(id);
    mac.update(message, 2, length - 2);
  }

  /// The message without its TSIG: shorter, and ARCOUNT one less.
  static byte[] withoutTsig(byte[] message, int tsigOffset) {
    byte[] stripped = Arrays.copyOf(message, tsigOffset);
    Header.putU16(stripped, Header.ARCOUNT, Header.u16(stripped, Header.ARCOUNT) - 1);
    return stripped;
  }
}
