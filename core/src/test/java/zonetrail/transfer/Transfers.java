package zonetrail.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;

/// Zones, requests by dnsjava, and whole transfers in memory.
final class Transfers {
  private Transfers() {}

  static Zone zone(String apex, String... lines) {
    String head =
        "@ 300 SOA ns hostmaster 7 3600 900 604800 60\n@ 300 NS ns\nns 300 A 192.0.2.53\n";
    return read(apex, (head + String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static Zone read(String apex, byte[] text) {
    var reading = ZoneFileReader.read(apex, WireName.parse(apex), text, IncludeSource.NONE);
    return Objects.requireNonNull(reading.zone(), () -> reading.findings().toString());
  }

  static Message axfr(String zone) {
    return query(zone, Type.AXFR);
  }

  static Message ixfr(String zone, long serial) {
    try {
      Message query = query(zone, Type.IXFR);
      Name name = Name.fromString(zone);
      query.addRecord(
          new SOARecord(name, DClass.IN, 0, name, name, serial, 0, 0, 0, 0), Section.AUTHORITY);
      return query;
    } catch (IOException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private static Message query(String zone, int type) {
    return query(zone, type, DClass.IN);
  }

  static Message query(String zone, int type, int dclass) {
    try {
      return Message.newQuery(Record.newRecord(Name.fromString(zone), type, dclass));
    } catch (IOException wrong) {
      throw new AssertionError(wrong);
    }
  }

  /// The same with EDNS and these options, by code, without content.
  static Message withEdns(Message query, int... options) {
    List<EDNSOption> list = new ArrayList<>();
    for (int option : options) {
      list.add(new GenericEDNSOption(option, new byte[0]));
    }
    query.addRecord(new OPTRecord(1232, 0, 0, 0, list), Section.ADDITIONAL);
    return query;
  }

  static TransferRequest request(Message query) {
    return TransferRequest.of(cursor(query));
  }

  static QueryCursor cursor(Message query) {
    byte[] octets = query.toWire();
    QueryCursor cursor = new QueryCursor();
    if (cursor.wrap(octets, octets.length) != QueryCursor.Outcome.OK) {
      throw new AssertionError("a query that cannot be read: " + query);
    }
    return cursor;
  }

  static byte[] target() {
    return new byte[ResponseWriter.MAX_MESSAGE_OCTETS + TransferOut.SLACK_OCTETS];
  }

  /// All messages of a transfer.
  static List<byte[]> messages(TransferOut transfer, int limitOctets) {
    List<byte[]> messages = new ArrayList<>();
    byte[] target = target();
    while (transfer.hasNext()) {
      messages.add(Arrays.copyOf(target, transfer.next(target, limitOctets)));
    }
    return messages;
  }

  static List<byte[]> messages(Message query, Zone zone, int limitOctets) {
    return messages(TransferOut.whole(request(query), zone), limitOctets);
  }

  static Message parse(byte[] message) {
    try {
      return new Message(message);
    } catch (IOException broken) {
      throw new AssertionError(HexFormat.of().formatHex(message), broken);
    }
  }

  /// The answer records of all messages, as dnsjava reads them.
  static List<Record> records(List<byte[]> messages) {
    return messages.stream()
        .flatMap(message -> parse(message).getSection(Section.ANSWER).stream())
        .toList();
  }

  /// Records as octets in full, in hexadecimal and in order: equal only if case is, too.
  static List<String> octets(List<Record> records) {
    return records.stream()
        .map(record -> HexFormat.of().formatHex(record.toWire(Section.ANSWER)))
        .sorted()
        .toList();
  }

  /// The same of all records of a zone.
  static List<String> octets(Zone zone) {
    List<String> all = new ArrayList<>();
    zone.nodes()
        .forEach(node ->
            node.rrsets()
                .forEach(rrset -> rrset.rdatas().forEach(rdata -> all.add(octets(rrset, rdata)))));
    all.sort(null);
    return all;
  }

  private static String octets(RRset rrset, Rdata rdata) {
    return "%s%04x0001%08x%04x%s"
        .formatted(
            HexFormat.of().formatHex(rrset.owner().toWire()),
            rrset.type().value(),
            rrset.ttlSeconds(),
            rdata.length(),
            rdata);
  }

  /// The content of an EDNS option of a response, if it is there.
  static Optional<byte[]> option(Message response, int code) {
    OPTRecord opt = response.getOPT();
    return opt == null
        ? Optional.empty()
        : opt.getOptions(code).stream().findFirst().map(Transfers::content);
  }

  private static byte[] content(EDNSOption option) {
    byte[] wire = option.toWire();
    return Arrays.copyOfRange(wire, 4, wire.length);
  }
}
