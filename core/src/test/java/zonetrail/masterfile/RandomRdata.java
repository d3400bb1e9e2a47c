package zonetrail.masterfile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import zonetrail.wire.RdataField;
import zonetrail.wire.TypeBitmap;
import zonetrail.zone.Rdata;

/// Makes octets that are rdata of a layout, of all lengths and values that it allows.
final class RandomRdata {
  private RandomRdata() {}

  static Rdata of(List<RdataField> fields, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (RdataField field : fields) {
      switch (field) {
        case NAME -> out.writeBytes(randomName(random));
        case U8, ALGORITHM -> out.writeBytes(octets(random, 1));
        case U16, TYPE -> out.writeBytes(octets(random, 2));
        case U32, SECONDS, TIMESTAMP, IPV4 -> out.writeBytes(octets(random, 4));
        case IPV6 -> out.writeBytes(randomIpv6(random));
        case STRING -> writeString(out, octets(random, random.nextInt(256)));
        case STRINGS -> {
          for (int i = random.nextInt(5); i >= 0; i--) {
            writeString(out, octets(random, random.nextInt(random.nextBoolean() ? 256 : 4)));
          }
        }
        case HEX, BASE64 -> out.writeBytes(octets(random, 1 + random.nextInt(100)));
        case TAG -> writeString(out, randomTag(random));
        case SALT -> writeString(out, octets(random, random.nextInt(9)));
        case HASHED_NAME -> writeString(out, octets(random, 1 + random.nextInt(255)));
        case DIGEST -> out.writeBytes(octets(random, digestOctets(out, random)));
        case TYPES -> out.writeBytes(TypeBitmap.of(types(random, 1 + random.nextInt(20))));
        case TYPES_OR_NONE -> out.writeBytes(TypeBitmap.of(types(random, random.nextInt(3))));
        case TEXT -> out.writeBytes(octets(random, random.nextInt(600)));
      }
    }
    return Rdata.of(out.toByteArray());
  }

  private static int digestOctets(ByteArrayOutputStream before, Random random) {
    byte[] rdata = before.toByteArray();
    int octets = RdataField.digestOctets(rdata[rdata.length - 1] & 0xff);
    return octets > 0 ? octets : 1 + random.nextInt(100);
  }

  private static int[] types(Random random, int count) {
    return random.ints(count, 0, random.nextBoolean() ? 300 : 65_536).toArray();
  }

  private static byte[] octets(Random random, int count) {
    byte[] octets = new byte[count];
    random.nextBytes(octets);
    return octets;
  }

  private static void writeString(ByteArrayOutputStream out, byte[] octets) {
    out.write(octets.length);
    out.writeBytes(octets);
  }

  private static byte[] randomTag(Random random) {
    return "issue2wild".substring(0, 1 + random.nextInt(10)).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] randomIpv6(Random random) {
    byte[] octets = octets(random, 16);
    for (int i = 0; i < 16; i++) {
      if (random.nextInt(3) > 0) {
        octets[i] = 0;
      }
    }
    return octets;
  }

  private static byte[] randomName(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int labels = random.nextInt(4); labels > 0; labels--) {
      writeString(out, octets(random, 1 + random.nextInt(63)));
    }
    out.write(0);
    return out.toByteArray();
  }
}
