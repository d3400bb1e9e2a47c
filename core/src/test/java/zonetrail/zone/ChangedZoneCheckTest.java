package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.RdataText;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

class ChangedZoneCheckTest {
  private static final WireName APEX = WireName.parse("example.");
  private static final List<String> OWNERS =
      List.of("@", "ns1", "www", "sub", "a.sub", "b.a.sub", "*", "ns1.dn", "dn");
  private static final List<String> RECORDS =
      List.of(
          "A 192.0.2.1",
          "A 192.0.2.2",
          "NS ns1",
          "NS ns1.dn",
          "NS a.sub",
          "NS other.test.",
          "CNAME www",
          "CNAME ns1",
          "DNAME other.test.",
          "TXT x",
          "DS 1 8 2 abababababababababababababababababababababababababababababababab",
          "SOA ns1 a 1 1 1 1 1");

  private static WireName owner(String text) {
    return text.equals("@") ? APEX : WireName.parse(text).append(APEX);
  }

  private static RRset rrset(WireName owner, String record) {
    int space = record.indexOf(' ');
    RRType type = requireNonNull(RRType.parse(record.substring(0, space)));
    return new RRset(
        owner, type, 300, List.of(RdataText.parse(type, record.substring(space + 1), APEX)));
  }

  private static boolean hasErrors(Zone zone) {
    return ZoneCheck.check(zone, (_, _) -> Position.ofFile("")).stream().anyMatch(Finding::isError);
  }

  @Test
  void whatAChangeBreaks_isWhatTheFullCheckFinds() {
    String text =
        """
        @   300 SOA ns1 a 1 7200 3600 1209600 300
        @   300 NS  ns1
        ns1 300 A   192.0.2.1
        sub 300 NS  other.test.
        """;
    Zone zone =
        requireNonNull(
            ZoneFileReader.read(
                    "example", APEX, text.getBytes(StandardCharsets.UTF_8), IncludeSource.NONE)
                .zone());
    Random random = new Random(2136);
    int broken = 0;
    for (int step = 0; step < 20_000; step++) {
      ZoneChange.Builder builder = new ZoneChange.Builder(zone);
      for (int i = random.nextInt(3); i >= 0; i--) {
        WireName owner = owner(OWNERS.get(random.nextInt(OWNERS.size())));
        RRset rrset = rrset(owner, RECORDS.get(random.nextInt(RECORDS.size())));
        boolean isSoa = owner.equals(APEX) && rrset.type() == RRType.SOA;
        if (random.nextInt(3) > 0 || isSoa) {
          builder.put(rrset);
        } else {
          builder.remove(owner, rrset.type());
        }
      }
      ZoneChange change = builder.build();
      Zone after = zone.with(change);
      boolean isBroken = hasErrors(after);
      assertThat(ChangedZoneCheck.firstError(after, change) != null)
          .as("%s%n%s", change.added(), change.removed())
          .isEqualTo(isBroken);
      broken += isBroken ? 1 : 0;
      zone = isBroken ? zone : after;
    }
    assertThat(broken).isBetween(2_000, 18_000);
  }
}
