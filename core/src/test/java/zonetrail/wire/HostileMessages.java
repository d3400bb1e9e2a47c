package zonetrail.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Requests as a hostile or broken client might send them, the same ones for the same seed: whole
/// ones with any mixture of records, then bent, cut, spliced, and with counts that lie.
public final class HostileMessages {
  private static final int[] TYPES = {
    0, 1, 2, 5, 6, 15, 16, 28, 33, 39, 41, 43, 250, 251, 252, 255, 1000, 65535
  };

  private final Random random;
  private final List<WireName> names;

  /// @param names the names that whole requests ask for, beside made-up ones
  public HostileMessages(long seed, List<WireName> names) {
    this.random = new Random(seed);
    this.names = List.copyOf(names);
  }

  /// The next request; about a third are left whole.
  public byte[] next() {
    byte[] message = whole();
    for (int times = random.nextInt(4) - 1; times > 0; times--) {
      message = bent(message);
    }
    return message;
  }

  private byte[] whole() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    u16(out, random.nextInt(65536));
    int opcode = random.nextInt(8) == 0 ? random.nextInt(16) : 0;
    u16(
        out,
        Header.withOpcode(opcode) | (random.nextInt(4) == 0 ? random.nextInt(0x800) : Header.RD));
    int[] counts = new int[4];
    counts[0] = random.nextInt(6) == 0 ? random.nextInt(3) : 1;
    for (int section = 1; section <= 3; section++) {
      counts[section] = random.nextInt(section == 3 ? 3 : 12) == 0 ? 1 + random.nextInt(2) : 0;
    }
    boolean opt = random.nextBoolean();
    boolean tsig = random.nextInt(8) == 0;
    int others = counts[3];
    counts[3] += (opt ? 1 : 0) + (tsig ? 1 : 0);
    for (int count : counts) {
      u16(out, count);
    }
    for (int i = 0; i < counts[0]; i++) {
      name(out, false);
      u16(out, type());
      u16(out, random.nextInt(10) == 0 ? random.nextInt(256) : RRClass.IN);
    }
    for (int i = 0; i < counts[1] + counts[2] + others; i++) {
      record(out, type());
    }
    if (opt) {
      opt(out, counts[0] == 0);
    }
    if (tsig) {
      record(out, 250);
    }
    return out.toByteArray();
  }

  private int type() {
    return TYPES[random.nextInt(TYPES.length)];
  }

  private void name(ByteArrayOutputStream out, boolean pointers) {
    int kind = random.nextInt(pointers ? 6 : 4);
    if (kind >= 4) {
      u16(out, 0xc000 | (kind == 4 ? Header.OCTETS : random.nextInt(out.size() + 4)));
    } else {
      WireName name =
          kind == 0 || names.isEmpty()
              ? WireNameTest.randomName(random)
              : names.get(random.nextInt(names.size()));
      out.writeBytes(name.toWire());
    }
  }

  private void record(ByteArrayOutputStream out, int type) {
    name(out, true);
    u16(out, type);
    u16(out, random.nextBoolean() ? RRClass.IN : RRClass.ANY);
    u16(out, 0);
    u16(out, random.nextInt(65536));
    byte[] rdata = new byte[random.nextInt(20)];
    random.nextBytes(rdata);
    u16(out, rdata.length);
    out.writeBytes(rdata);
  }

  private void opt(ByteArrayOutputStream out, boolean cookie) {
    out.write(0);
    u16(out, 41);
    u16(out, random.nextInt(65536));
    out.write(random.nextInt(10) == 0 ? 1 : 0);
    out.write(random.nextInt(10) == 0 ? 1 : 0);
    u16(out, random.nextInt(65536));
    ByteArrayOutputStream options = new ByteArrayOutputStream();
    if (cookie) {
      u16(options, EdnsOption.COOKIE);
      byte[] value = new byte[random.nextInt(48)];
      u16(options, value.length);
      options.writeBytes(value);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      // A code of nobody's: dnsjava reads the options it knows more strictly than we do.
      u16(options, 65001 + random.nextInt(500));
      byte[] value = new byte[random.nextInt(12)];
      u16(options, value.length);
      options.writeBytes(value);
    }
    u16(out, options.size());
    out.writeBytes(options.toByteArray());
  }

  private byte[] bent(byte[] message) {
    if (message.length == 0) {
      return message;
    }
    byte[] bent = message.clone();
    int at = random.nextInt(bent.length);
    return switch (random.nextInt(8)) {
      case 0 -> Arrays.copyOf(bent, at);
      case 1 -> Arrays.copyOf(bent, bent.length + 1 + random.nextInt(12));
      case 2 -> {
        bent[at] ^= (byte) (1 << random.nextInt(8));
        yield bent;
      }
      case 3 -> {
        bent[at] = (byte) random.nextInt(256);
        yield bent;
      }
      case 4 -> {
        // A pointer anywhere, forward ones and ones into the header included.
        if (at + 1 < bent.length) {
          Header.putU16(bent, at, 0xc000 | random.nextInt(bent.length + 8));
        }
        yield bent;
      }
      case 5 -> {
        int count = Header.QDCOUNT + 2 * random.nextInt(4);
        if (count + 1 < bent.length) {
          Header.putU16(bent, count, random.nextInt(3) == 0 ? 0xffff : random.nextInt(4));
        }
        yield bent;
      }
      case 6 -> {
        byte[] longer = new byte[bent.length + 1];
        System.arraycopy(bent, 0, longer, 0, at);
        System.arraycopy(bent, at, longer, at + 1, bent.length - at);
        yield longer;
      }
      default -> {
        byte[] shorter = new byte[bent.length - 1];
        System.arraycopy(bent, 0, shorter, 0, at);
        System.arraycopy(bent, at + 1, shorter, at, shorter.length - at);
        yield shorter;
      }
    };
  }

  private static void u16(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }
}
