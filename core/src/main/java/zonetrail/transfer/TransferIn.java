package zonetrail.transfer;

import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.TsigStreamVerifier;
import zonetrail.tsig.TsigStreamVerifier.Checked;
import zonetrail.wire.BadMessageException;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.RecordCursor;
import zonetrail.wire.RecordCursor.Section;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.SoaSerial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// A transfer on its way in: messages are put in, and at the end there is a whole version of the
/// zone, or none of it.
///
/// ```text
///            first record: SOA                  another record, or the same SOA
///   begin ─────────────────────► one SOA ──────────────────────────────────────► whole zone ──┐
///                                 │    │ asked for changes, SOA of our version                │
///      asked for changes,         │    └─────────────────────────────► changes ──────────────►│
///      and it is not newer        ▼                                                           ▼
///                              up to date            the first SOA again: checks, then the new version
/// ```
///
/// Anything out of order (a record outside the zone or of another class, a second SOA, a wrong
/// signature, more than the limits) ends it with [Progress.Failed], and what came is forgotten: a
/// cut or forged transfer is never served in part. Where the request was signed, the last message
/// must be signed too (RFC 8945 §5.3.1), and nothing ends well before it.
///
/// Pure: who reads the messages from the network gives them in order, each whole. One owner.
/// Bounds: [InboundLimits].
@Rfc(number = 5936, section = "2.2")
@Rfc(number = 1995, section = "4")
public final class TransferIn {
  /// How many messages without a record are read, with which a primary could go on for ever.
  static final int MAX_EMPTY_MESSAGES = 1_000;

  private final WireName zone;
  private final int id;
  private final @Nullable Zone base;
  private final @Nullable TsigStreamVerifier verifier;
  private final InboundLimits limits;
  private final RecordCursor cursor = new RecordCursor();
  private boolean isBegun;
  private @Nullable Rdata newest;
  private int newestTtlSeconds;
  private @Nullable InboundZone body;
  private long octets;
  private int records;
  private int messages;
  private int emptyMessages;
  private long wireOctets;
  private OptionalInt expireSeconds = OptionalInt.empty();

  /// How far a transfer has come.
  public sealed interface Progress {
    /// There is more to come.
    record More() implements Progress {}

    /// The new version is here, whole.
    ///
    /// @param zone the version
    /// @param change what made it of the one that we had, all steps in one; null if it came whole
    record Complete(Zone zone, @Nullable ZoneChange change) implements Progress {}

    /// The primary has nothing newer than the version that we have.
    ///
    /// @param serial what it has
    record UpToDate(Serial serial) implements Progress {}

    /// There is no version; the one that we have stays.
    ///
    /// @param why by kind
    /// @param text for people to read, without anything secret
    record Failed(InboundFailure why, String text) implements Progress {}
  }

  private static final Progress MORE = new Progress.More();

  /// Begins to read the response to a request.
  ///
  /// @param zone the zone asked for
  /// @param id the request's ID
  /// @param base the version whose changes were asked for; null if the whole zone was
  /// @param verifier checks the signatures; null if the request was not signed
  public TransferIn(
      WireName zone,
      int id,
      @Nullable Zone base,
      @Nullable TsigStreamVerifier verifier,
      InboundLimits limits) {
    this.zone = zone;
    this.id = id;
    this.base = base;
    this.verifier = verifier;
    this.limits = limits;
  }

  /// How many messages came.
  public int messages() {
    return messages;
  }

  /// How many octets the messages had.
  public long wireOctets() {
    return wireOctets;
  }

  /// How long the primary may serve the version itself, if it said so (RFC 7314 §4).
  @Rfc(number = 7314, section = "4")
  public OptionalInt expireSeconds() {
    return expireSeconds;
  }

  /// Takes the next message. Of no use after anything but [Progress.More].
  ///
  /// @param message where it lies, from octet 0
  /// @param length how many octets it has
  /// @param now our time of day, for signatures
  public Progress accept(byte[] message, int length, Instant now) {
    messages++;
    wireOctets += length;
    int end = length;
    boolean isProved = true;
    if (verifier != null) {
      switch (verifier.check(message, length, now)) {
        case Checked.Failed(String why) -> {
          return new Progress.Failed(InboundFailure.SIGNATURE, why);
        }
        case Checked.Signed(int signedOctets) -> end = signedOctets;
        case Checked.Unsigned() -> isProved = false;
      }
    }
    try {
      Progress progress = read(message, end, end == length ? 0 : 1);
      return isProved || progress instanceof Progress.More || progress instanceof Progress.Failed
          ? progress
          : new Progress.Failed(
              InboundFailure.SIGNATURE, "the last message is not signed (RFC 8945 §5.3.1)");
    } catch (BadMessageException bad) {
      return new Progress.Failed(
          InboundFailure.MALFORMED, "message " + messages + " is malformed: " + bad.getMessage());
    } catch (InboundZone.RejectedException rejected) {
      return new Progress.Failed(rejected.why(), String.valueOf(rejected.getMessage()));
    }
  }

  private Progress read(byte[] message, int end, int recordsBehind)
      throws BadMessageException, InboundZone.RejectedException {
    cursor.begin(message, end, recordsBehind);
    Progress.Failed wrong = headerProblem(message);
    if (wrong != null) {
      return wrong;
    }
    isBegun = true;
    if (Header.u16(message, Header.ANCOUNT) == 0 && ++emptyMessages > MAX_EMPTY_MESSAGES) {
      return new Progress.Failed(
          InboundFailure.TOO_MUCH,
          "more than " + MAX_EMPTY_MESSAGES + " messages without a record");
    }
    Progress progress = MORE;
    while (cursor.next()) {
      if (cursor.section() == Section.ANSWER) {
        if (!(progress instanceof Progress.More)) {
          return new Progress.Failed(InboundFailure.BAD_ZONE, "records after the last one");
        }
        progress = take();
        if (progress instanceof Progress.Failed) {
          return progress;
        }
      } else if (cursor.section() == Section.ADDITIONAL && cursor.type() == RRType.OPT) {
        OptionalInt said = ExpireOption.in(cursor.rawRdata());
        expireSeconds = said.isPresent() ? said : expireSeconds;
      }
    }
    return progress instanceof Progress.More ? onlySoa() : progress;
  }

  @Rfc(number = 5936, section = "2.2.1")
  private Progress.@Nullable Failed headerProblem(byte[] message) throws BadMessageException {
    int flags = Header.u16(message, Header.FLAGS);
    if ((flags & Header.QR) == 0
        || Header.opcode(flags) != Opcode.QUERY
        || Header.u16(message, Header.ID) != id) {
      return new Progress.Failed(InboundFailure.MALFORMED, "a message that is no response to this");
    }
    int rcode = Header.rcode(flags);
    if (rcode != Rcode.NOERROR.value()) {
      return refusal(rcode);
    }
    if ((flags & Header.TC) != 0) {
      return new Progress.Failed(InboundFailure.MALFORMED, "a truncated message over TCP");
    }
    // RFC 5936 §2.2.2: the first message has the question, later ones may.
    if (cursor.questions() > 1 || (cursor.questions() == 0 && !isBegun)) {
      return new Progress.Failed(
          InboundFailure.MALFORMED, "a response with " + cursor.questions() + " questions");
    }
    if (cursor.questions() == 1 && !isOurQuestion(message)) {
      return new Progress.Failed(InboundFailure.MALFORMED, "the answer to another question");
    }
    return null;
  }

  private boolean isOurQuestion(byte[] message) {
    int end = WireName.endOf(message, Header.OCTETS, message.length);
    int type = (base == null ? RRType.AXFR : RRType.IXFR).value();
    return end > 0
        && WireName.fromWire(message, Header.OCTETS).equals(zone)
        && Header.u16(message, end) == type
        && Header.u16(message, end + 2) == RRClass.IN;
  }

  /// What a server that knows the question and gives no zone means by it.
  static Progress.Failed refusal(int rcode) {
    boolean isNotAuthoritative = rcode == Rcode.NOTAUTH.value() || rcode == Rcode.NXDOMAIN.value();
    return new Progress.Failed(
        isNotAuthoritative ? InboundFailure.NOT_AUTHORITATIVE : InboundFailure.REFUSED,
        "the answer was " + Rcode.describe(rcode));
  }

  private Progress take() throws BadMessageException, InboundZone.RejectedException {
    WireName owner = cursor.owner();
    RRType type = cursor.type();
    Rdata rdata = Rdata.of(cursor.rdata());
    octets += owner.length() + 10L + rdata.length();
    records++;
    if (octets > limits.octets() || records > limits.records()) {
      return new Progress.Failed(
          InboundFailure.TOO_MUCH,
          "more than we take in one transfer (%d records, %d octets)"
              .formatted(limits.records(), limits.octets()));
    }
    checkRecord(owner, type);
    boolean isSoa = type == RRType.SOA;
    if (newest == null) {
      return begin(isSoa, rdata);
    }
    if (body == null) {
      body = secondRecord(isSoa, rdata);
      if (body instanceof IncrementalZone) {
        return MORE; // The SOA of our version was the mark; what is removed follows.
      }
    }
    return body.add(owner, type, cursor.ttlSeconds(), rdata) ? complete(body) : MORE;
  }

  private void checkRecord(WireName owner, RRType type) throws InboundZone.RejectedException {
    if (cursor.rclass() != RRClass.IN) {
      throw bad("a " + type + " record of class " + cursor.rclass() + " at " + owner);
    }
    if (!type.isData()) {
      throw bad("a record of type " + type + ", which is no data, at " + owner);
    }
    if (!owner.isAtOrBelow(zone)) {
      throw bad("a " + type + " record at " + owner + ", which is outside the zone");
    }
    if (type == RRType.SOA && !owner.equals(zone)) {
      throw bad("an SOA record at " + owner + ", which is not the zone's apex");
    }
  }

  private static InboundZone.RejectedException bad(String text) {
    return new InboundZone.RejectedException(InboundFailure.BAD_ZONE, text);
  }

  private Progress begin(boolean isSoa, Rdata rdata) throws InboundZone.RejectedException {
    if (!isSoa) {
      throw bad("the first record is no SOA (RFC 5936 §2.2)");
    }
    newest = rdata;
    newestTtlSeconds = cursor.ttlSeconds();
    return MORE;
  }

  /// The second record tells what kind of answer it is.
  @Rfc(number = 1995, section = "4")
  private InboundZone secondRecord(boolean isSoa, Rdata rdata)
      throws InboundZone.RejectedException {
    Rdata last = soa();
    boolean isSame = isSoa && SoaSerial.of(rdata).equals(SoaSerial.of(last));
    if (base != null && isSoa && !isSame) {
      if (!SoaSerial.of(rdata).equals(base.serial())) {
        throw new InboundZone.RejectedException(
            InboundFailure.BAD_CHANGE,
            "changes since serial %s, and we have %s"
                .formatted(SoaSerial.of(rdata), base.serial()));
      }
      return new IncrementalZone(base, last, newestTtlSeconds);
    }
    return new WholeInbound(zone, last, newestTtlSeconds, limits.zoneRoom());
  }

  private Rdata soa() {
    Rdata soa = newest;
    if (soa == null) {
      throw new IllegalStateException("no SOA yet");
    }
    return soa;
  }

  /// One SOA that is not newer than ours is all of the answer (RFC 1995 §2). One that is newer may
  /// begin a response of a record in each message, so more is waited for.
  @Rfc(number = 1995, section = "2")
  private Progress onlySoa() {
    if (base == null || newest == null || body != null) {
      return MORE;
    }
    Serial theirs = SoaSerial.of(newest);
    return theirs.isNewerThan(base.serial()) ? MORE : new Progress.UpToDate(theirs);
  }

  private Progress complete(InboundZone whole) throws InboundZone.RejectedException {
    Progress.Complete complete = whole.finish();
    Serial serial = complete.zone().serial();
    return base == null || serial.isNewerThan(base.serial())
        ? complete
        : new Progress.UpToDate(serial);
  }
}
