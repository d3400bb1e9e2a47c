package zonetrail.zone;

import java.nio.ByteBuffer;
import java.util.List;
import zonetrail.wire.Rfc;

/// The serial in an SOA record: the first of the five numbers that end its rdata.
@Rfc(number = 1035, section = "3.3.13")
public final class SoaSerial {
  private static final int OCTETS_FROM_END = 5 * Integer.BYTES;

  private SoaSerial() {}

  /// The serial in the rdata of an SOA record.
  public static Serial of(Rdata soa) {
    return new Serial(soa.u32At(soa.length() - OCTETS_FROM_END));
  }

  /// The same SOA record with another serial.
  public static RRset set(RRset soa, Serial serial) {
    byte[] rdata = soa.rdatas().getFirst().toBytes();
    ByteBuffer.wrap(rdata).putInt(rdata.length - OCTETS_FROM_END, serial.bits());
    return new RRset(soa.owner(), soa.type(), soa.ttlSeconds(), List.of(Rdata.owning(rdata)));
  }
}
