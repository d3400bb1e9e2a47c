package zonetrail.transport;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferOut;
import zonetrail.tsig.TsigStreamSigner;
import zonetrail.wire.Rfc;

/// Sends one transfer: the next message is made, signed, and given to the connection, which says
/// when there is room for another.
///
/// Memory: two arrays of a message, and the few that are on their way; with the zone grows only
/// what [TransferOut] has. One owner, on a thread that may wait.
@Rfc(number = 5936, section = "4.1.2")
final class TransferSender {
  private final TransferOut transfer;
  private final Exchange exchange;
  private final @Nullable TsigStreamSigner signer;
  private final InstantSource clock;
  private final TransferCounters counters;
  private final long deadlineNanos;
  private final byte[] message = new byte[Answerer.MAX_REPLY_OCTETS + TransferOut.SLACK_OCTETS];
  private final int limitOctets;
  private Instant lastSigned = Instant.MIN;
  private int messages;
  private long octets;

  /// @param signer signs every message; null where the request was not signed
  /// @param clock the time of day, for signatures
  /// @param longestNanos how long it may take
  TransferSender(
      TransferOut transfer,
      Exchange exchange,
      @Nullable TsigStreamSigner signer,
      InstantSource clock,
      TransferCounters counters,
      long longestNanos) {
    this.transfer = transfer;
    this.exchange = exchange;
    this.signer = signer;
    this.clock = clock;
    this.counters = counters;
    this.deadlineNanos = System.nanoTime() + longestNanos;
    this.limitOctets = Answerer.MAX_REPLY_OCTETS - (signer == null ? 0 : signer.octets());
  }

  /// Sends all of it, or as much as goes.
  ///
  /// @return never [TransferEnding#STOPPED]; that shows as an interrupt
  TransferEnding send() throws InterruptedException {
    while (true) {
      int length = transfer.next(message, limitOctets);
      if (transfer.tooLarge() != null) {
        sendLast(length);
        return TransferEnding.RECORD_TOO_LARGE;
      }
      if (!transfer.hasNext()) {
        return sendLast(length) ? TransferEnding.COMPLETE : TransferEnding.CLIENT_GONE;
      }
      if (!sendOne(length)) {
        return TransferEnding.CLIENT_GONE;
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        sendLast(transfer.abort(message, limitOctets));
        return TransferEnding.TOO_LONG;
      }
    }
  }

  private boolean sendOne(int length) throws InterruptedException {
    byte[] signed = sign(length);
    return exchange.send(signed, count(signed, length));
  }

  private boolean sendLast(int length) throws InterruptedException {
    byte[] signed = sign(length);
    return exchange.sendLast(signed, count(signed, length));
  }

  private byte[] sign(int length) {
    if (signer == null) {
      return message;
    }
    // Times within a chain never go back (RFC 8945 §5.3.1), even if the clock is set.
    Instant now = clock.instant();
    lastSigned = now.isBefore(lastSigned) ? lastSigned : now;
    return signer.sign(message, length, lastSigned);
  }

  /// How many octets of an array are the message: all of a signed one.
  private int count(byte[] signed, int length) {
    int sent = signer == null ? length : signed.length;
    messages++;
    octets += sent;
    counters.octets.add(sent);
    return sent;
  }

  /// How many messages were sent.
  int messages() {
    return messages;
  }

  /// How many octets these had.
  long octets() {
    return octets;
  }
}
