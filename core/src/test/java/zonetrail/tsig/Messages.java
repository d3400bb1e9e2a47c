package zonetrail.tsig;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// Messages for the tests of this package, put together octet by octet.
final class Messages {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final int ID = 0x1234;
  private static final byte[] NO_DATA = new byte[0];

  private Messages() {}

  static TsigKey key(String name, TsigAlgorithm algorithm, String secret) {
    return new TsigKey(
        KeyName.of(WireName.parse(name)),
        algorithm,
        Secret.of(secret.getBytes(StandardCharsets.UTF_8)));
  }

  /// A NOTIFY for `example.com`, without TSIG.
  static byte[] notifyRequest() {
    byte[] name = WireName.parse("example.com.").toWire();
    byte[] message = new byte[Header.OCTETS + name.length + 4];
    Header.putU16(message, Header.ID, ID);
    Header.putU16(message, Header.FLAGS, Header.withOpcode(Opcode.NOTIFY) | Header.AA);
    Header.putU16(message, Header.QDCOUNT, 1);
    System.arraycopy(name, 0, message, Header.OCTETS, name.length);
    Header.putU16(message, message.length - 4, RRType.SOA.value());
    Header.putU16(message, message.length - 2, RRClass.IN);
    return message;
  }

  /// The response to it: the same with QR set.
  static byte[] notifyResponse() {
    byte[] response = notifyRequest();
    Header.putU16(response, Header.FLAGS, Header.u16(response, Header.FLAGS) | Header.QR);
    return response;
  }

  /// A message with some records of every section, from a seed.
  static byte[] someMessage(Random random) {
    byte[] message = notifyRequest();
    for (int count : new int[] {Header.ANCOUNT, Header.NSCOUNT, Header.ARCOUNT}) {
      for (int i = random.nextInt(3); i > 0; i--) {
        byte[] rdata = new byte[random.nextInt(40)];
        random.nextBytes(rdata);
        message = withRecord(message, count, WireName.parse("h" + i + ".example."), 65_280, rdata);
      }
    }
    return message;
  }

  static byte[] withRecord(byte[] message, int count, WireName owner, int type, byte[] rdata) {
    byte[] longer = Arrays.copyOf(message, message.length + owner.length() + 10 + rdata.length);
    int at = owner.copyTo(longer, message.length);
    Header.putU16(longer, at, type);
    Header.putU16(longer, at + 2, RRClass.IN);
    Header.putU32(longer, at + 4, 3600);
    Header.putU16(longer, at + 8, rdata.length);
    System.arraycopy(rdata, 0, longer, at + 10, rdata.length);
    Header.putU16(longer, count, Header.u16(longer, count) + 1);
    return longer;
  }

  /// Signs with every field at will: what a client that does odd things would send.
  static byte[] signed(
      byte[] message, TsigKey key, Instant timeSigned, int fudgeSeconds, int macOctets) {
    TsigRecord unsigned = record(key, timeSigned, fudgeSeconds, 0);
    TsigMac mac = TsigDigest.of(key, null, message, message.length, unsigned);
    byte[] cut = Arrays.copyOf(mac.toBytes(), macOctets);
    return TsigSigner.append(message, message.length, unsigned.withMac(TsigMac.of(cut)));
  }

  static TsigRecord record(TsigKey key, Instant timeSigned, int fudgeSeconds, int error) {
    return new TsigRecord(
        key.name().wire(),
        key.algorithm().wireName(),
        timeSigned.getEpochSecond(),
        fudgeSeconds,
        TsigMac.NONE,
        ID,
        error,
        NO_DATA);
  }

  /// Where the TSIG record of a signed message begins.
  static int tsigOffset(byte[] signed) {
    if (TsigLocator.locate(signed, signed.length) instanceof TsigLocator.Located.Found found) {
      return found.offset();
    }
    throw new IllegalArgumentException("the message has no TSIG");
  }
}
