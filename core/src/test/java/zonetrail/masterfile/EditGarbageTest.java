package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.masterfile.ZoneFileEdit.Edited;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What an edit leaves behind for the collector, by the size of the file.
class EditGarbageTest {
  private static final WireName APEX = WireName.parse("example");
  private static final int SMALL = 2_000;
  private static final int LARGE = 100_000;

  /// A number for each section and each page of names: a fortieth of an octet for one of the text.
  private static final int GROWTH_OCTETS = 64 << 10;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void ofAFileFiftyTimesAsLarge_isHardlyMore() {
    long ofSmall = garbage(SMALL);
    assertThat(ofSmall).isLessThan(256 << 10);
    assertThat(garbage(LARGE)).isLessThan(ofSmall + GROWTH_OCTETS);
  }

  /// The least octets that an edit allocates which adds a name; the first ones read the file, and
  /// put its names in order.
  private static long garbage(int records) {
    byte[] text = text(records);
    Zone zone = requireNonNull(ZoneFileReader.read("f", APEX, text, IncludeSource.NONE).zone());
    KnownText known = null;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 12; i++) {
      WireName owner = WireName.parse("h%07d.example".formatted(records * i / 12 * 10 + 5));
      Rdata address = Rdata.of(new byte[] {(byte) 192, 0, 2, (byte) i});
      ZoneChange change =
          new ZoneChange.Builder(zone)
              .put(new RRset(owner, RRType.A, 300, List.of(address)))
              .build();
      long before = THREAD.getCurrentThreadAllocatedBytes();
      ZoneFileEdit edit =
          known == null
              ? MasterFileEditor.edit("f", APEX, text, IncludeSource.NONE, change)
              : MasterFileEditor.edit(known, change);
      long octets = THREAD.getCurrentThreadAllocatedBytes() - before;
      known = requireNonNull(((Edited) edit).known());
      least = i < 2 ? least : Math.min(least, octets);
      zone = zone.with(change);
    }
    assertThat(requireNonNull(known).text().count()).isEqualTo(records + 3 + 12);
    return least;
  }

  private static byte[] text(int records) {
    StringBuilder text = new StringBuilder("$TTL 300\n@ SOA ns h 1 3600 900 604800 300\n NS ns\n");
    text.append("ns A 192.0.2.53\n");
    for (int i = 0; i < records; i++) {
      text.append("h%07d   A   192.0.2.1\n".formatted(i * 10));
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
