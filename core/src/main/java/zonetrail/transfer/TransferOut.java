package zonetrail.transfer;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rfc;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// A transfer on its way out: makes the messages of the response, one by one, as full as they may
/// be.
///
/// An RRset is cut where a message is full (RFC 5936 §2.2: any grouping will do), and a message is
/// as far as pointers reach: what comes behind that can point back to little, and a zone of
/// delegations would be a third longer. Only a record that needs it makes a longer one. The first
/// message has the question and OPT, the others have records alone.
///
/// Bounds: some 64 KiB of its own, and for a whole zone 4 octets a name (`WholeZone`); the zone is
/// not copied. One owner.
@Rfc(number = 5936, section = "2.2")
public final class TransferOut {
  /// What an array that a message is written to has beyond the message's limit.
  public static final int SLACK_OCTETS = TransferMessage.SLACK_OCTETS;

  /// How many labels of a message are noted for compression. More than a message of usual records
  /// has within reach of a pointer.
  private static final int NOTED_LABELS = 4096;

  private static final int NOTED_LABELS_OF_ONE_RECORD = 256;

  private static final int SOME = 32;

  private final TransferMessage message;
  private int expireSeconds;
  private final TransferRecords records;
  private boolean isBegun;
  private boolean isAborted;
  private @Nullable RRset tooLarge;

  /// Begins a transfer of these RRsets, which begin and end with the SOA (RFC 5936 §2.2).
  ///
  /// @param expireSeconds what is said about the zone's life (RFC 7314 §3), as an unsigned number
  public TransferOut(TransferRequest request, Iterator<RRset> rrsets, int expireSeconds) {
    this(request, new GivenRecords(rrsets), expireSeconds);
  }

  private TransferOut(TransferRequest request, TransferRecords records, int expireSeconds) {
    this.message = new TransferMessage(request, new NameTargets(NOTED_LABELS));
    this.expireSeconds = expireSeconds;
    this.records = records;
  }

  /// Begins a transfer of a whole zone by its primary.
  public static TransferOut whole(TransferRequest request, Zone zone) {
    return new TransferOut(request, new WholeZone(zone), zone.expireSeconds());
  }

  /// Begins a transfer of what makes the client's version the one served.
  ///
  /// @param change leads from the client's version to `zone`
  public static TransferOut difference(TransferRequest request, Zone zone, ZoneChange change) {
    return new TransferOut(request, Differences.of(zone, change), zone.expireSeconds());
  }

  /// Says in the first message that the zone may be served for so long, not for as long as its SOA
  /// says: this server is a secondary itself.
  ///
  /// @param seconds an unsigned number
  @Rfc(number = 7314, section = "3.2")
  public TransferOut expiringIn(int seconds) {
    expireSeconds = seconds;
    return this;
  }

  /// Writes the answer that has the SOA alone, or TC where not even that fits.
  ///
  /// @param expireSeconds how long the zone may be served (RFC 7314 §3), as an unsigned number
  /// @param target where to write, from index 0; [#SLACK_OCTETS] longer than the limit
  /// @param limitOctets the most octets of the message, at least 512
  /// @return how many octets it has
  @Rfc(number = 1995, section = "2")
  public static int soaOnly(
      TransferRequest request, Zone zone, int expireSeconds, byte[] target, int limitOctets) {
    TransferMessage message =
        new TransferMessage(request, new NameTargets(NOTED_LABELS_OF_ONE_RECORD));
    message.beginFirst(target, limitOctets);
    RRset soa = zone.soa();
    return message.add(soa, soa.rdatas().getFirst())
        ? message.finish(expireSeconds)
        : message.finishTruncated();
  }

  /// Writes a refusal.
  ///
  /// @param target where to write, from index 0; [#SLACK_OCTETS] longer than the limit
  /// @param limitOctets the most octets of the message, at least 512
  /// @return how many octets it has
  public static int refusal(
      TransferRequest request, TransferRefusal why, byte[] target, int limitOctets) {
    TransferMessage message =
        new TransferMessage(request, new NameTargets(NOTED_LABELS_OF_ONE_RECORD));
    message.beginFirst(target, limitOctets);
    return message.finish(why);
  }

  /// Whether there is a message to come.
  public boolean hasNext() {
    return !isAborted && records.hasRecord();
  }

  /// Writes the next message.
  ///
  /// A record that does not fit into a message of its own ends the transfer: the message is then an
  /// error, and [#tooLarge] says which it was.
  ///
  /// @param target where to write, from index 0; [#SLACK_OCTETS] longer than the limit
  /// @param limitOctets the most octets of the message, at least 512
  /// @return how many octets it has
  /// @throws IllegalStateException if there is none
  public int next(byte[] target, int limitOctets) {
    if (!hasNext()) {
      throw new IllegalStateException("the transfer has ended");
    }
    if (isBegun) {
      message.beginNext(target, limitOctets);
    } else {
      message.beginFirst(target, limitOctets);
      isBegun = true;
    }
    while (addSome()) {}
    if (message.records() > 0) {
      return message.finish(expireSeconds);
    }
    tooLarge = records.rrset();
    return abort(target, limitOctets);
  }

  /// Adds the next records; no more than [#SOME], for the JIT compiler compiles a loop of many
  /// turns twice, while it runs and when it is come to again.
  ///
  /// @return whether there may be more for this message
  private boolean addSome() {
    for (int left = SOME; left > 0; left--) {
      if (!records.hasRecord() || !message.hasRoom() || !records.addTo(message)) {
        return false;
      }
      records.advance();
    }
    return true;
  }

  /// Ends the transfer, and writes the message that tells the client so: an error, with the
  /// question (RFC 5936 §2.2).
  ///
  /// @return how many octets it has
  public int abort(byte[] target, int limitOctets) {
    isAborted = true;
    message.beginFirst(target, limitOctets);
    return message.finish(TransferRefusal.FAILED);
  }

  /// The RRset with a record that does not fit into any message; null if there was none.
  public @Nullable RRset tooLarge() {
    return tooLarge;
  }
}
