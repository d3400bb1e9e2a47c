package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.SOARecord;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// Read and set as dnsjava reads it, and nothing else of the record changes.
@Rfc(number = 1035, section = "3.3.13")
class SoaSerialTest {
  private static Rdata soa(String server, long serial) throws Exception {
    Name name = Name.fromString("example.");
    return Rdata.of(
        new SOARecord(name, DClass.IN, 300, Name.fromString(server), name, serial, 2, 3, 4, 5)
            .rdataToWireCanonical());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL})
  void isReadAndSet_behindNamesOfAnyLength(long serial) throws Exception {
    for (String server : List.of(".", "ns.example.", "a.b.c.d.e.f.g.example.net.")) {
      assertThat(SoaSerial.of(soa(server, serial))).isEqualTo(Serial.of(serial));
      RRset before =
          new RRset(WireName.parse("example"), RRType.SOA, 300, List.of(soa(server, 77)));
      RRset after = SoaSerial.set(before, Serial.of(serial));
      assertThat(after.rdatas()).containsExactly(soa(server, serial));
      assertThat(after.owner()).isEqualTo(before.owner());
      assertThat(after.ttlSeconds()).isEqualTo(300);
      assertThat(before.rdatas()).containsExactly(soa(server, 77));
    }
  }
}
