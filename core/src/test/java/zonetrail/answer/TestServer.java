package zonetrail.answer;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.ResponseWriter;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zones;

/// A responder with zones, asked with octets and read with dnsjava: what a client would see.
final class TestServer {
  private final Zones zones;
  private final QueryCursor cursor = new QueryCursor();
  private final Responder responder;
  private final byte[] response = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];

  private TestServer(Zones zones, ServerIdentity identity) {
    this.zones = zones;
    this.responder = new Responder(identity);
  }

  static TestServer serving(ServedZone... zones) {
    return serving(Zones.of(List.of(zones)));
  }

  static TestServer serving(Zones zones) {
    return serving(zones, ServerIdentity.NONE);
  }

  static TestServer serving(Zones zones, ServerIdentity identity) {
    return new TestServer(zones, identity);
  }

  /// Asks without EDNS and without limit, as over TCP.
  Reply ask(String qname, String qtype) {
    return ask(query(qname, qtype));
  }

  Reply ask(Message query) {
    return new Reply(send(query.toWire(), ResponseWriter.MAX_MESSAGE_OCTETS));
  }

  Reply askOverUdp(Message query, int limitOctets) {
    return new Reply(send(query.toWire(), limitOctets));
  }

  Reply askRaw(byte[] request) {
    return new Reply(send(request, ResponseWriter.MAX_MESSAGE_OCTETS));
  }

  /// The octets of the response; none where the request is dropped.
  byte[] send(byte[] request, int limitOctets) {
    QueryCursor.Outcome outcome = cursor.wrap(request, request.length);
    if (outcome == QueryCursor.Outcome.DROP) {
      return new byte[0];
    }
    int octets = responder.respond(cursor, outcome, zones, response, limitOctets);
    return Arrays.copyOf(response, octets);
  }

  static Message query(String qname, String qtype) {
    return query(qname, Type.value(qtype, true), DClass.IN);
  }

  static Message query(String qname, int qtype, int qclass) {
    try {
      Message query =
          Message.newQuery(Record.newRecord(Name.fromString(qname, Name.root), qtype, qclass));
      query.getHeader().unsetFlag(org.xbill.DNS.Flags.RD);
      return query;
    } catch (TextParseException e) {
      throw new IllegalArgumentException(qname, e);
    }
  }

  /// A response as dnsjava reads it; records in text, columns separated by one space.
  static final class Reply {
    private final byte[] octets;
    private final Message message;

    Reply(byte[] octets) {
      this.octets = octets;
      try {
        this.message = new Message(octets);
      } catch (IOException e) {
        throw new AssertionError("dnsjava cannot read the response", e);
      }
    }

    int size() {
      return octets.length;
    }

    byte[] octets() {
      return octets.clone();
    }

    Message message() {
      return message;
    }

    String rcode() {
      return org.xbill.DNS.Rcode.string(message.getRcode());
    }

    /// The flags that are set, in the order of the header, for example `qr aa rd`.
    String flags() {
      return message.getHeader().printFlags().strip();
    }

    boolean authoritative() {
      return message.getHeader().getFlag(org.xbill.DNS.Flags.AA);
    }

    boolean truncated() {
      return message.getHeader().getFlag(org.xbill.DNS.Flags.TC);
    }

    List<String> answer() {
      return section(org.xbill.DNS.Section.ANSWER).toList();
    }

    List<String> authority() {
      return section(org.xbill.DNS.Section.AUTHORITY).toList();
    }

    /// The additional section without OPT.
    List<String> additional() {
      return section(org.xbill.DNS.Section.ADDITIONAL)
          .filter(text -> !text.contains(" OPT "))
          .toList();
    }

    private Stream<String> section(int section) {
      return message.getSection(section).stream().map(Reply::text);
    }

    static String text(Record record) {
      return record.toString().replaceAll("\\s+", " ").replace(" IN ", " ");
    }
  }
}
