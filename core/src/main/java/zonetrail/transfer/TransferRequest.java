package zonetrail.transfer;

import java.util.Optional;
import java.util.OptionalInt;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// A request for a zone transfer, as a value that outlives its message.
///
/// Immutable, safe on any thread.
@Rfc(number = 5936, section = "2.1.1")
@Rfc(number = 5936, section = "2.1.2")
@Rfc(number = 1995, section = "3")
public final class TransferRequest {
  /// What is asked for.
  public enum Kind {
    /// The whole zone (AXFR).
    FULL,
    /// What has changed since the client's version (IXFR).
    INCREMENTAL
  }

  private final Kind kind;
  private final WireName zone;
  private final Optional<Serial> clientSerial;
  private final int id;
  private final boolean recursionDesired;
  private final byte[] question;
  private final boolean hasEdns;
  private final boolean dnssecOk;
  private final boolean wantsExpire;

  private TransferRequest(QueryCursor query) {
    kind = query.qtype() == RRType.AXFR ? Kind.FULL : Kind.INCREMENTAL;
    zone = query.qname();
    OptionalInt serial = query.authoritySerialBits();
    clientSerial =
        serial.isPresent() ? Optional.of(new Serial(serial.getAsInt())) : Optional.empty();
    id = query.id();
    recursionDesired = (query.flags() & Header.RD) != 0;
    question = query.question();
    hasEdns = query.hasOpt();
    dnssecOk = query.dnssecOk();
    wantsExpire = query.hasOption(EdnsOption.EXPIRE);
  }

  /// Whether a request that the cursor could read asks for a transfer. Other classes than IN and
  /// other versions of EDNS are refused for what they are, not as transfers.
  public static boolean isAskedBy(QueryCursor query) {
    return query.opcode() == Opcode.QUERY
        && (query.qtype() == RRType.AXFR || query.qtype() == RRType.IXFR)
        && query.qclass() == RRClass.IN
        && query.ednsVersion() == 0;
  }

  /// The request that a query makes.
  ///
  /// @param query one of which [#isAskedBy] is true
  public static TransferRequest of(QueryCursor query) {
    if (!isAskedBy(query)) {
      throw new IllegalArgumentException("no request for a transfer");
    }
    return new TransferRequest(query);
  }

  /// What is asked for.
  public Kind kind() {
    return kind;
  }

  /// The zone that is asked for.
  public WireName zone() {
    return zone;
  }

  /// The serial that the client of an incremental transfer has.
  public Optional<Serial> clientSerial() {
    return clientSerial;
  }

  int id() {
    return id;
  }

  boolean recursionDesired() {
    return recursionDesired;
  }

  int questionOctets() {
    return question.length;
  }

  /// Copies the question, octet for octet.
  ///
  /// @return the offset after it
  int copyQuestionTo(byte[] target, int offset) {
    System.arraycopy(question, 0, target, offset, question.length);
    return offset + question.length;
  }

  boolean hasEdns() {
    return hasEdns;
  }

  boolean dnssecOk() {
    return dnssecOk;
  }

  /// Whether the client wants to know when the zone expires here (RFC 7314 §2).
  @Rfc(number = 7314, section = "2")
  boolean wantsExpire() {
    return wantsExpire;
  }

  /// `AXFR of example.com.`
  @Override
  public String toString() {
    return (kind == Kind.FULL ? "AXFR" : "IXFR") + " of " + zone;
  }
}
