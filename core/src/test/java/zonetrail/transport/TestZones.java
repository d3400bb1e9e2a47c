package zonetrail.transport;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TextParseException;
import zonetrail.transfer.TransferRights;
import zonetrail.tsig.TsigKey;

/// A zone, keys and messages for the tests of the lanes; the messages are dnsjava's.
final class TestZones {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final String KEY_NAME = "hook._notify.example.com.";
  static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  static final TsigKey KEY = TsigKey.parse(KEY_NAME + ":SHA256:" + SECRET);

  private TestZones() {}

  static MemorySource source() {
    return new MemorySource()
        .put("example.com", zone(1))
        .put("example.com._keys", KEY_NAME + " DNSKEY 0 3 163 " + SECRET + "\n");
  }

  /// A slow lane at [#NOW] with transfers for those with a key.
  static SlowLane slowLane(PublishedZones published, Authority authority) {
    return slowLane(published, authority, AnswerPolicy.PLAIN);
  }

  /// The same of a server with cookies, and that says who it is.
  static SlowLane slowLane(PublishedZones published, Authority authority, AnswerPolicy policy) {
    InstantSource clock = InstantSource.fixed(NOW);
    TransferLane transfers =
        new TransferLane(TransferRights.BY_KEY, TransferLimits.DEFAULT, clock, authority::report);
    return new SlowLane(published, authority, transfers, null, policy, clock);
  }

  static String zone(int serial) {
    return "@ 300 SOA ns.example.org. h.example.org. "
        + serial
        + " 3600 900 604800 300\n@ 300 NS ns.example.org.\nwww 300 A 192.0.2.80\n"
        + ("big 300 TXT \"" + "x".repeat(200) + "\"\n")
        + ("big 300 TXT \"" + "y".repeat(200) + "\"\n")
        + ("big 300 TXT \"" + "z".repeat(200) + "\"\n");
  }

  static TSIG tsig(String keyName, String secret, Instant time) {
    try {
      return new TSIG(
          TSIG.HMAC_SHA256,
          Name.fromString(keyName),
          new SecretKeySpec(Base64.getDecoder().decode(secret), "HmacSHA256"),
          Clock.fixed(time, ZoneOffset.UTC));
    } catch (TextParseException wrong) {
      throw new AssertionError(wrong);
    }
  }

  static TSIG tsig() {
    return tsig(KEY_NAME, SECRET, NOW);
  }

  static Message query(String name, int type) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
  }

  static Message notify(String zone, int type, int dclass) throws IOException {
    Message message = new Message();
    message.getHeader().setOpcode(Opcode.NOTIFY);
    message.getHeader().setFlag(Flags.AA);
    message.addRecord(Record.newRecord(Name.fromString(zone), type, dclass), Section.QUESTION);
    return message;
  }

  static Message update(String zone) throws IOException {
    Message message = new Message();
    message.getHeader().setOpcode(Opcode.UPDATE);
    message.addRecord(
        Record.newRecord(Name.fromString(zone), org.xbill.DNS.Type.SOA, DClass.IN),
        Section.QUESTION);
    return message;
  }
}
