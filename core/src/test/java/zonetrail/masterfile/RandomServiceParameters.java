package zonetrail.masterfile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Makes octets that are the parameters of a service binding.
final class RandomServiceParameters {
  private RandomServiceParameters() {}

  static byte[] of(Random random) {
    Map<Integer, byte[]> parameters = new TreeMap<>();
    for (int key = 1; key <= 8; key++) {
      if (random.nextInt(3) == 0) {
        parameters.put(key, value(key, random));
      }
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      parameters.put(9 + random.nextInt(65_526), octets(random, random.nextInt(40)));
    }
    if (parameters.containsKey(2)) {
      parameters.putIfAbsent(1, value(1, random));
    }
    if (!parameters.isEmpty() && random.nextBoolean()) {
      ByteArrayOutputStream mandatory = new ByteArrayOutputStream();
      parameters.keySet().forEach(key -> write16(mandatory, key));
      parameters.put(0, mandatory.toByteArray());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parameters.forEach((key, value) -> {
      write16(out, key);
      write16(out, value.length);
      out.writeBytes(value);
    });
    return out.toByteArray();
  }

  private static byte[] value(int key, Random random) {
    return switch (key) {
      case 1 -> protocols(random);
      case 3 -> octets(random, 2);
      case 4 -> octets(random, 4 * (1 + random.nextInt(3)));
      case 5 -> octets(random, 1 + random.nextInt(60));
      case 6 -> octets(random, 16 * (1 + random.nextInt(3)));
      case 7 -> "/dns-query{?a,dns}é\"\\".getBytes(StandardCharsets.UTF_8);
      default -> new byte[0];
    };
  }

  private static byte[] protocols(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = random.nextInt(3); i >= 0; i--) {
      byte[] protocol = octets(random, 1 + random.nextInt(20));
      protocol[0] = (byte) ",\\\"h".charAt(random.nextInt(4));
      out.write(protocol.length);
      out.writeBytes(protocol);
    }
    return out.toByteArray();
  }

  private static byte[] octets(Random random, int count) {
    byte[] octets = new byte[count];
    random.nextBytes(octets);
    return octets;
  }

  private static void write16(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }
}
