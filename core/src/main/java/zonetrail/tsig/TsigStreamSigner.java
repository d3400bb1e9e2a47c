package zonetrail.tsig;

import java.time.Instant;
import javax.crypto.Mac;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// Signs the messages of one response that has many, such as a transfer: every message carries a
/// TSIG, each tied to the one before.
///
/// One owner; the messages are signed in the order in which they are sent.
@Rfc(number = 8945, section = "5.3.1")
public final class TsigStreamSigner {
  private final Verdict.Verified request;
  private TsigMac prior;
  private boolean isFirst = true;

  /// Begins the response to a request that was verified.
  public TsigStreamSigner(Verdict.Verified request) {
    this.request = request;
    this.prior = request.record().mac();
  }

  /// How many octets each message grows by.
  public int octets() {
    return TsigSigner.octets(request.key());
  }

  /// Signs the next message.
  ///
  /// @param message where it lies, from octet 0, without TSIG
  /// @param length how many octets it has
  /// @param now the time to sign; not before that of the message before
  /// @return a new array, ready to be sent
  public byte[] sign(byte[] message, int length, Instant now) {
    TsigKey key = request.key();
    TsigRecord unsigned =
        TsigSigner.record(key, now, Header.u16(message, Header.ID), Rcode.NOERROR, new byte[0]);
    Mac mac = key.secret().newMac(key.algorithm());
    TsigDigest.updatePrior(mac, prior);
    TsigDigest.updateMessage(mac, message, length, unsigned.originalId());
    // The first message is an ordinary answer; later ones digest the timers alone.
    mac.update(isFirst ? unsigned.variables() : unsigned.timers());
    prior = TsigMac.of(mac.doFinal());
    isFirst = false;
    return TsigSigner.append(message, length, unsigned.withMac(prior));
  }
}
