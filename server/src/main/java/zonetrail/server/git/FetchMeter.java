package zonetrail.server.git;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/// Counts what one fetch brings, and ends it where it is too much: the octets on the line, and
/// among them those of packs. What is not pack is talk: branches, negotiation, progress.
///
/// Thread: the one that fetches.
final class FetchMeter {

  private static final int PACK_HEADER_OCTETS = 12;
  private static final byte[] SIGNATURE = "PACK".getBytes(StandardCharsets.US_ASCII);
  private static final int MIB = 1 << 20;

  private final FetchLimits limits;
  private final BooleanSupplier isOverdue;
  private long lineOctets;
  private long packOctets;
  private boolean packBegan;

  /// @param isOverdue whether the fetch has taken too long; asked between octets
  FetchMeter(FetchLimits limits, BooleanSupplier isOverdue) {
    this.limits = limits;
    this.isOverdue = isOverdue;
  }

  /// The remote sends more than we take; the message says what and how much.
  static final class ExceededException extends IOException {
    private static final long serialVersionUID = 1L;

    ExceededException(String message) {
      super(message);
    }
  }

  FetchLimits limits() {
    return limits;
  }

  /// All that comes from the remote.
  InputStream line(InputStream in) {
    return new Counted(in) {
      @Override
      void count(int octets) throws IOException {
        lineOctets += octets;
        checkTalk();
      }
    };
  }

  /// A pack, from its header on.
  InputStream pack(InputStream in) throws IOException {
    packBegan = true;
    byte[] header = in.readNBytes(PACK_HEADER_OCTETS);
    packOctets += header.length;
    if (header.length == PACK_HEADER_OCTETS && Arrays.equals(header, 0, 4, SIGNATURE, 0, 4)) {
      long objects = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(8));
      if (objects > limits.objects()) {
        throw new ExceededException(
            "it announces " + objects + " objects, and at most " + limits.objects() + " are taken");
      }
    }
    return new Counted(new Prefixed(header, in)) {
      @Override
      void count(int octets) throws IOException {
        packOctets += octets;
        if (packOctets > limits.packOctets()) {
          throw new ExceededException(
              "it sends more than "
                  + limits.packOctets() / MIB
                  + " MiB at once; if that much is right, raise --max-pack-size");
        }
      }
    };
  }

  private void checkTalk() throws IOException {
    if (isOverdue.getAsBoolean()) {
      throw new IOException("it takes too long");
    }
    long talk = lineOctets - packOctets;
    long allowed = limits.advertisementOctets() + (packBegan ? limits.chatterOctets() : 0);
    if (talk > allowed + packOctets / 8) {
      throw new ExceededException(
          packBegan
              ? "it sends more than " + allowed / MIB + " MiB beside the pack"
              : "it lists more than " + allowed / MIB + " MiB of branches and the like");
    }
  }

  /// Octets that were read already, then the rest.
  private static final class Prefixed extends FilterInputStream {
    private final byte[] prefix;
    private int at;

    Prefixed(byte[] prefix, InputStream rest) {
      super(rest);
      this.prefix = prefix;
    }

    @Override
    public int read() throws IOException {
      return at < prefix.length ? Byte.toUnsignedInt(prefix[at++]) : super.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (at == prefix.length) {
        return super.read(target, offset, length);
      }
      int octets = Math.min(length, prefix.length - at);
      System.arraycopy(prefix, at, target, offset, octets);
      at += octets;
      return octets;
    }
  }

  /// Calls [#count] for what was read.
  private abstract static class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    abstract void count(int octets) throws IOException;

    @Override
    public int read() throws IOException {
      int octet = super.read();
      if (octet >= 0) {
        count(1);
      }
      return octet;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int octets = super.read(target, offset, length);
      if (octets > 0) {
        count(octets);
      }
      return octets;
    }

    @Override
    public long skip(long wanted) throws IOException {
      // By reading, so that what is passed over counts too.
      byte[] passed = new byte[(int) Math.min(wanted, 8192)];
      return Math.max(0, read(passed, 0, passed.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
