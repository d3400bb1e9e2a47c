package zonetrail.answer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.zone.Zone;

/// The signed zones that RFCs give as examples, and the shape of answers from them.
final class SignedExample {
  private static final int UDP_OCTETS = 4096;

  private SignedExample() {}

  /// The zone `example.` of a resource beside this class.
  static Zone zone(String resource) {
    try (InputStream text = SignedExample.class.getResourceAsStream(resource)) {
      if (text == null) {
        throw new IllegalArgumentException("no resource " + resource);
      }
      return ZoneText.zone("example.", new String(text.readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A query with the bit DO set.
  static Message dnssecQuery(String qname, String qtype) {
    Message query = TestServer.query(qname, qtype);
    query.addRecord(new OPTRecord(UDP_OCTETS, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    return query;
  }

  /// Owner and type of each record of a section, as in `www.example. A` and `www.example. RRSIG A`.
  static List<String> shape(Reply reply, int section) {
    return reply.message().getSection(section).stream()
        .filter(record -> record.getType() != Type.OPT)
        .map(SignedExample::shape)
        .toList();
  }

  private static String shape(Record record) {
    String shape = record.getName() + " " + Type.string(record.getType());
    return record instanceof RRSIGRecord signature
        ? shape + " " + Type.string(signature.getTypeCovered())
        : shape;
  }
}
