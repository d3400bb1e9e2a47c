package zonetrail.transport;

import java.util.concurrent.atomic.AtomicLongArray;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;

/// What one event loop counts for every message: its own numbers, so that no loop waits for another
/// one's cache line. [TransportCounters] sums them up.
///
/// Thread: one writes, any reads. Allocation: none after construction.
public final class LoopCounters {
  /// Rcodes that are counted apart: those of a header, and what OPT adds up to BADCOOKIE (23). The
  /// last place is for all others.
  public static final int RCODES = 25;

  /// What else is counted.
  public enum What {
    /// Messages that came over UDP and IPv4.
    UDP_IPV4(0),
    /// Messages that came over UDP and IPv6.
    UDP_IPV6(1),
    /// Messages that came over TCP and IPv4.
    TCP_IPV4(2),
    /// Messages that came over TCP and IPv6.
    TCP_IPV6(3),
    /// Responses with TC set, whatever the reason.
    TRUNCATED(4),
    /// Messages that are no requests (QR is set) and got no reply.
    NO_REQUEST(5),
    /// Messages that could not be read and got FORMERR.
    MALFORMED(6),
    /// NOTIFYs without a signature, which cause no fetch and got REFUSED.
    UNSIGNED_NOTIFY(7),
    /// Answers over the rate limit that were not sent.
    RATE_LIMITED_DROPPED(8),
    /// Answers over the rate limit that were sent empty with TC, so that a client that is not
    /// forged asks again over TCP.
    RATE_LIMITED_TRUNCATED(9),
    /// UPDATEs without a signature, which change nothing and got REFUSED.
    UNSIGNED_UPDATE(10);

    private final int index;

    What(int index) {
      this.index = index;
    }
  }

  private static final int WHATS = What.values().length;

  /// An OPT record without options: root, type, size, extended rcode and flags, length.
  private static final int EMPTY_OPT_OCTETS = 11;

  private final AtomicLongArray counts = new AtomicLongArray(WHATS + RCODES);

  LoopCounters() {}

  void count(What what) {
    increment(what.index);
  }

  /// Counts a message that came in.
  void request(Exchange exchange) {
    if (exchange.isStream()) {
      count(exchange.isIpv4() ? What.TCP_IPV4 : What.TCP_IPV6);
    } else {
      count(exchange.isIpv4() ? What.UDP_IPV4 : What.UDP_IPV6);
    }
  }

  /// Counts a message that goes out.
  void response(byte[] message, int length) {
    if (length < Header.OCTETS) {
      return;
    }
    if ((Header.u16(message, Header.FLAGS) & Header.TC) != 0) {
      count(What.TRUNCATED);
    }
    increment(WHATS + Math.min(rcode(message, length), RCODES - 1));
  }

  /// One writer: a plain read and an opaque write are enough, and cost no fence.
  private void increment(int index) {
    counts.setOpaque(index, counts.getPlain(index) + 1);
  }

  /// The rcode of the header and, where nothing but OPT follows the question, what OPT adds to it
  /// (BADVERS): no answer of ours with records in it has an extended rcode.
  private static int rcode(byte[] message, int length) {
    int inHeader = Header.rcode(Header.u16(message, Header.FLAGS));
    int opt = length - EMPTY_OPT_OCTETS;
    boolean onlyOpt =
        opt >= Header.OCTETS
            && Header.u16(message, Header.ANCOUNT) == 0
            && Header.u16(message, Header.NSCOUNT) == 0
            && Header.u16(message, Header.ARCOUNT) == 1
            && message[opt] == 0
            && Header.u16(message, opt + 1) == RRType.OPT.value();
    return onlyOpt ? ((message[opt + 5] & 0xff) << 4) | inHeader : inHeader;
  }

  long get(What what) {
    return counts.getOpaque(what.index);
  }

  /// @param rcode [#RCODES] - 1 stands for all that are not counted apart
  long responses(int rcode) {
    return counts.getOpaque(WHATS + rcode);
  }

  /// The rcodes that every server like ours gives, for a metric that shall show 0 for them.
  public static boolean isUsual(int rcode) {
    return switch (rcode) {
      case 0, 1, 2, 3, 4, 5, 9 -> true;
      default -> rcode == Rcode.BADVERS.value();
    };
  }
}
