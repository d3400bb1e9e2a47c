package zonetrail.masterfile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import zonetrail.wire.DigestLengths;
import zonetrail.wire.RdataField;
import zonetrail.wire.TypeBitmap;
import zonetrail.zone.Rdata;

/// Makes octets that are rdata of a layout, of all lengths and values that it allows.
final class RandomRdata {
  private RandomRdata() {}

  static Rdata of(List<RdataField> fields, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (RdataField field : fields) {
      if (field == RdataField.SERVICE_PARAMETERS) {
        out.writeBytes(RandomServiceParameters.of(random));
      } else {
        write(field, random, out);
      }
    }
    return Rdata.of(out.toByteArray());
  }

  private static void write(RdataField field, Random random, ByteArrayOutputStream out) {
    byte[] before = out.toByteArray();
    switch (field) {
      case NAME -> out.writeBytes(randomName(random));
      case U8, ALGORITHM, KEY_PROTOCOL, SCHEME -> out.writeBytes(octets(random, 1));
      case U16, TYPE, KEY_FLAGS, CERTIFICATE_TYPE -> out.writeBytes(octets(random, 2));
      case U32, SECONDS, TIMESTAMP, IPV4 -> out.writeBytes(octets(random, 4));
      case EUI48 -> out.writeBytes(octets(random, 6));
      case U64, EUI64, LOCATOR64 -> out.writeBytes(octets(random, 8));
      case IPV6 -> out.writeBytes(randomIpv6(random));
      case STRING -> writeString(out, octets(random, random.nextInt(256)));
      case STRING_OR_NONE -> {
        if (random.nextBoolean()) {
          writeString(out, octets(random, random.nextInt(256)));
        }
      }
      case STRINGS -> {
        for (int i = random.nextInt(5); i >= 0; i--) {
          writeString(out, octets(random, random.nextInt(random.nextBoolean() ? 256 : 4)));
        }
      }
      case DIGITS -> writeString(out, digits(random, 4 + random.nextInt(20)));
      case HEX, BASE64, NSAP -> out.writeBytes(octets(random, 1 + random.nextInt(100)));
      case BASE64_OR_NONE, BASE64_OR_DASH -> out.writeBytes(octets(random, random.nextInt(20)));
      case TAG -> writeString(out, randomTag(random));
      case TEXT -> out.writeBytes(octets(random, random.nextInt(600)));
      case SALT -> writeString(out, octets(random, random.nextInt(9)));
      case HASHED_NAME -> writeString(out, octets(random, 1 + random.nextInt(255)));
      case DIGEST, FINGERPRINT, ZONE_DIGEST ->
          out.writeBytes(octets(random, digestOctets(field, before, random)));
      case TYPES -> out.writeBytes(TypeBitmap.of(types(random, 1 + random.nextInt(20))));
      case TYPES_OR_NONE -> out.writeBytes(TypeBitmap.of(types(random, random.nextInt(3))));
      case NXT_TYPES -> {
        out.writeBytes(new byte[random.nextInt(15)]);
        out.write(1 + random.nextInt(127));
      }
      case NAMES -> {
        for (int i = random.nextInt(4); i > 0; i--) {
          out.writeBytes(randomName(random));
        }
      }
      case ATM_ADDRESS -> {
        boolean isNumber = random.nextBoolean();
        out.write(isNumber ? 1 : 0);
        int length = 1 + random.nextInt(20);
        out.writeBytes(isNumber ? digits(random, length) : octets(random, length));
      }
      case LOCATION -> out.writeBytes(randomLocation(random));
      case PREFIXES -> {
        for (int i = random.nextInt(4); i > 0; i--) {
          out.writeBytes(randomPrefix(random));
        }
      }
      case SERVICES -> {
        out.write(random.nextInt(256));
        out.writeBytes(octets(random, random.nextInt(9)));
        out.write(1 + random.nextInt(255));
      }
      case GATEWAY -> {
        before[1] &= 3;
        out.reset();
        out.writeBytes(before);
        out.writeBytes(randomGateway(before[1], random));
      }
      case RELAY_TYPE -> out.write(random.nextInt(4) | (random.nextBoolean() ? 0x80 : 0));
      case RELAY -> out.writeBytes(randomGateway(before[before.length - 1] & 0x7f, random));
      case HOST_IDENTITY -> {
        int tagOctets = 1 + random.nextInt(255);
        int keyOctets = 1 + random.nextInt(400);
        out.writeBytes(
            new byte[] {
              (byte) tagOctets, (byte) random.nextInt(), (byte) (keyOctets >> 8), (byte) keyOctets
            });
        out.writeBytes(octets(random, tagOctets + keyOctets));
      }
      case A6_SUFFIX -> {
        int bits = random.nextInt(4) == 0 ? 0 : random.nextInt(129);
        out.write(bits);
        byte[] suffix = octets(random, (128 - bits + 7) / 8);
        if (suffix.length > 0) {
          suffix[0] &= (byte) (0xff >>> (bits % 8));
        }
        out.writeBytes(suffix);
      }
      case A6_PREFIX_NAME -> out.writeBytes(before[0] == 0 ? new byte[0] : randomName(random));
      case SERVICE_PARAMETERS -> throw new IllegalStateException("made elsewhere");
    }
  }

  private static byte[] digits(Random random, int count) {
    byte[] digits = new byte[count];
    for (int i = 0; i < count; i++) {
      digits[i] = (byte) ('0' + random.nextInt(10));
    }
    return digits;
  }

  private static byte[] randomLocation(Random random) {
    ByteBuffer location = ByteBuffer.allocate(16);
    location.put((byte) 0);
    for (int i = 0; i < 3; i++) {
      int digit = random.nextInt(10);
      location.put((byte) (digit == 0 ? 0 : digit << 4 | random.nextInt(10)));
    }
    location.putInt((int) ((1L << 31) - 324_000_000 + random.nextInt(648_000_001)));
    location.putInt((int) ((1L << 31) - 648_000_000 + random.nextInt(1_296_000_001)));
    return location.putInt(random.nextInt()).array();
  }

  private static byte[] randomPrefix(Random random) {
    boolean isIpv4 = random.nextBoolean();
    byte[] address = octets(random, random.nextInt(isIpv4 ? 5 : 17));
    if (address.length > 0) {
      address[address.length - 1] |= 1;
    }
    ByteBuffer prefix = ByteBuffer.allocate(4 + address.length);
    prefix.putShort((short) (isIpv4 ? 1 : 2));
    prefix.put((byte) random.nextInt(isIpv4 ? 33 : 129));
    prefix.put((byte) (address.length | (random.nextBoolean() ? 0x80 : 0)));
    return prefix.put(address).array();
  }

  private static byte[] randomGateway(int type, Random random) {
    return switch (type) {
      case 0 -> new byte[0];
      case 1 -> octets(random, 4);
      case 2 -> randomIpv6(random);
      default -> randomName(random);
    };
  }

  private static int digestOctets(RdataField field, byte[] before, Random random) {
    int algorithm = before[before.length - 1] & 0xff;
    int octets = 12 + random.nextInt(80);
    while (DigestLengths.problemWith(field, algorithm, octets) != null) {
      octets = 12 + random.nextInt(80);
    }
    return octets;
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
