package zonetrail.answer;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.Header;
import zonetrail.wire.NameKey;
import zonetrail.wire.Opcode;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.ResponseWriter.Section;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Answers queries out of one set of zones: a page of guard clauses, then the zone that knows, by
/// [CompiledAnswer], and what is rare by [ReferenceAnswer].
///
/// One responder is used again and again by one thread. It never blocks, and allocates nothing for
/// what is not rare.
@Rfc(number = 1034, section = "4.3.2")
public final class Responder {
  /// Types that are never data, so nobody can ask for them (RFC 6895 §3.1; RFC 9824 §3.5 for
  /// NXNAME).
  @Rfc(number = 6895, section = "3.1")
  private static final Set<RRType> NO_QUESTION =
      Set.of(RRType.OPT, RRType.TSIG, RRType.TKEY, RRType.NXNAME);

  /// The reasons of errors (RFC 8914 §4.21, §4.25).
  private static final byte[] NOT_AUTHORITATIVE = {0, ExtendedError.NOT_AUTHORITATIVE};

  private static final byte[] INVALID_DATA = {0, ExtendedError.INVALID_DATA};

  /// How much is said of a reason: it has to go into a datagram beside a signature.
  private static final int MAX_REASON_OCTETS = 200;

  private final ResponseWriter writer = new ResponseWriter();
  private final boolean isCompiled;

  /// Made for the first query: who answers one message that is none has no use for it.
  private @Nullable CompiledAnswer compiled;

  private final ReferenceAnswer reference = new ReferenceAnswer(writer);
  private final NameKey qname = new NameKey();
  private final ServerIdentity identity;
  private byte @Nullable [] cookie;

  /// Creates a responder that says nothing of the server.
  public Responder() {
    this(ServerIdentity.NONE);
  }

  /// Creates a responder.
  ///
  /// @param identity what it says of the server
  public Responder(ServerIdentity identity) {
    this(identity, true);
  }

  private Responder(ServerIdentity identity, boolean isCompiled) {
    this.identity = identity;
    this.isCompiled = isCompiled;
  }

  /// A responder that makes all answers the general way, to compare with.
  static Responder ofReference() {
    return new Responder(ServerIdentity.NONE, false);
  }

  /// Answers a query.
  ///
  /// @param request a request that the cursor could read ([QueryCursor.Outcome#OK]), or at least
  ///   its header ([QueryCursor.Outcome#FORMERR] or [QueryCursor.Outcome#NOTIMP], which is what the
  ///   response then says)
  /// @param outcome what the cursor said of it, but [QueryCursor.Outcome#DROP]
  /// @param zones the zones to answer from
  /// @param target where the response is written, from index 0
  /// @param limitOctets the most octets of the response
  /// @return the octets of the response
  public int respond(
      QueryCursor request,
      QueryCursor.Outcome outcome,
      Zones zones,
      byte[] target,
      int limitOctets) {
    begin(request, target, limitOctets);
    if (outcome == QueryCursor.Outcome.NOTIMP) {
      return writer.finish(Rcode.NOTIMP); // RFC 8906 §3.1.4
    }
    if (outcome != QueryCursor.Outcome.FORMERR && request.ednsVersion() > 0) {
      return writer.finish(Rcode.BADVERS); // RFC 6891 §6.1.3
    }
    if (outcome == QueryCursor.Outcome.ONLY_COOKIE && cookie != null) {
      return writer.finish(Rcode.NOERROR); // RFC 7873 §5.4
    }
    if (outcome != QueryCursor.Outcome.OK) {
      return writer.finish(Rcode.FORMERR);
    }
    if (request.opcode() != Opcode.QUERY) {
      return writer.finish(Rcode.NOTIMP);
    }
    RRType qtype = request.qtype();
    if (request.qclass() == RRClass.CH) {
      return aboutServer(request.qname(), qtype);
    }
    if (request.qclass() != RRClass.IN) {
      return writer.finish(Rcode.REFUSED);
    }
    if (NO_QUESTION.contains(qtype)) {
      return writer.finish(Rcode.FORMERR);
    }
    if (qtype == RRType.AXFR || qtype == RRType.IXFR) {
      return writer.finish(Rcode.REFUSED);
    }
    if (ZoneOptions.isMalformed(request)) {
      return writer.finish(Rcode.FORMERR);
    }
    request.qname(qname);
    return switch (zoneFor(zones, qname, qtype)) {
      case null -> finish(Rcode.REFUSED, NOT_AUTHORITATIVE);
      case UnavailableZone _ -> finish(Rcode.SERVFAIL, INVALID_DATA);
      case Zone zone -> {
        ZoneOptions.add(writer, request, qname, zone, zones);
        // Where there is no room for the question, there is no name for others to point at.
        Rcode rcode =
            isCompiled && writer.hasQuestion()
                ? compiled().answer(zones, zone, qtype, request.dnssecOk())
                : null;
        if (rcode == null) {
          begin(request, target, limitOctets);
          ZoneOptions.add(writer, request, qname, zone, zones);
          rcode = reference.answer(zones, zone, request.qname(), qtype, request.dnssecOk());
        }
        yield writer.finish(rcode);
      }
    };
  }

  private CompiledAnswer compiled() {
    CompiledAnswer made = compiled;
    if (made == null) {
      made = new CompiledAnswer(writer, qname);
      compiled = made;
    }
    return made;
  }

  private void begin(QueryCursor request, byte[] target, int limitOctets) {
    writer.begin(request, target, limitOctets);
    if (cookie != null) {
      writer.option(EdnsOption.COOKIE, cookie, cookie.length);
    }
    byte[] nsid = request.hasOption(EdnsOption.NSID) ? identity.nsid() : null;
    if (nsid != null) {
      writer.option(EdnsOption.NSID, nsid, nsid.length);
    }
  }

  /// What is said of the server itself, with class CH.
  private int aboutServer(WireName qname, RRType qtype) {
    byte[] txt = identity.txt(qname.toString(), qtype);
    if (txt == null) {
      return writer.finish(Rcode.REFUSED);
    }
    writer.setFlags(Header.AA);
    writer.beginSet();
    if (writer.record(qname, RRType.TXT, RRClass.CH, 0, txt)) {
      writer.endSet(Section.ANSWER);
    } else {
      writer.abandonSet();
      writer.setFlags(Header.TC);
    }
    return writer.finish(Rcode.NOERROR);
  }

  /// Ends an error with the reason for it (RFC 8914 §2).
  @Rfc(number = 8914, section = "2")
  private int finish(Rcode rcode, byte[] extendedError) {
    writer.option(EdnsOption.EXTENDED_ERROR, extendedError, extendedError.length);
    return writer.finish(rcode);
  }

  /// Sets the cookie that goes with every response from now on (RFC 7873 §5.2.3).
  ///
  /// @param reply client's and server's part, read with each response; null for none
  @Rfc(number = 7873, section = "5.2.3")
  public void setCookie(byte @Nullable [] reply) {
    cookie = reply;
  }

  /// Writes a response that has nothing but a code.
  public int respondOnly(QueryCursor request, Rcode rcode, byte[] target, int limitOctets) {
    begin(request, target, limitOctets);
    return writer.finish(rcode);
  }

  /// Writes a response that has nothing but a code and, for a client with EDNS, a reason.
  ///
  /// @param extendedError an info-code of the IANA registry
  /// @param text for people; what does not fit is left out
  @Rfc(number = 8914, section = "2")
  public int respondOnly(
      QueryCursor request,
      Rcode rcode,
      int extendedError,
      String text,
      byte[] target,
      int limitOctets) {
    begin(request, target, limitOctets);
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    int octets = Math.min(words.length, MAX_REASON_OCTETS);
    while (octets < words.length && octets > 0 && (words[octets] & 0xc0) == 0x80) {
      octets--; // not within a character
    }
    byte[] option = new byte[2 + octets];
    Header.putU16(option, 0, extendedError);
    System.arraycopy(words, 0, option, 2, octets);
    return finish(rcode, option);
  }

  /// Writes a response that says nothing but to ask again over TCP.
  public int respondTruncated(QueryCursor request, byte[] target, int limitOctets) {
    begin(request, target, limitOctets);
    writer.setFlags(Header.TC);
    return writer.finish(Rcode.NOERROR);
  }

  /// The longest enclosing zone; for DS at an apex the one above it, if that is ours (RFC 4035
  /// §3.1.4.1).
  @Rfc(number = 4035, section = "3.1.4.1")
  static @Nullable ServedZone zoneFor(Zones zones, NameKey qname, RRType qtype) {
    int depth = qname.depth();
    ServedZone zone = zones.enclosing(qname, depth);
    if (zone == null || qtype != RRType.DS || depth == 0 || !qname.matches(depth, zone.apex())) {
      return zone;
    }
    ServedZone parent = zones.enclosing(qname, depth - 1);
    return parent == null ? zone : parent;
  }
}
