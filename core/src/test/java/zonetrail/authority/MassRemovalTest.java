package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import zonetrail.masterfile.RdataText;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;

class MassRemovalTest {
  private static final WireName APEX = WireName.parse("example.");
  private static final int HOSTS = 120;

  @Test
  void aZoneThatLosesHalfOfItsRrsetsIsHeldAndOneThatLosesFewerIsNot() {
    assertThat(MassRemoval.ofRRsets(zone(HOSTS, ""), zone(HOSTS / 2 - 1, ""))).hasValue(61);
    assertThat(MassRemoval.ofRRsets(zone(HOSTS, ""), zone(HOSTS / 2 + 1, ""))).isEmpty();
  }

  @Test
  void aSmallZoneMayLoseAnyNumber() {
    assertThat(MassRemoval.ofRRsets(zone(90, ""), zone(0, ""))).isEmpty();
  }

  @Test
  void aZoneSignedAnewWithAnotherSaltLosesNothing() {
    assertThat(MassRemoval.ofRRsets(zone(HOSTS, "a"), zone(HOSTS, "b"))).isEmpty();
    assertThat(MassRemoval.ofRRsets(zone(HOSTS, "a"), zone(HOSTS, ""))).isEmpty();
  }

  @Test
  void signaturesDoNotHideALoss() {
    assertThat(MassRemoval.ofRRsets(zone(HOSTS, "a"), zone(HOSTS / 2 - 1, "a"))).hasValue(61);
  }

  /// @param salt begins the names of NSEC3 records; empty for a zone that is not signed
  private static Zone zone(int hosts, String salt) {
    ZoneBuilder zone = new ZoneBuilder(APEX);
    zone.add(APEX, RRType.SOA, 60, RdataText.parse(RRType.SOA, "ns host 1 2 3 4 5", APEX));
    for (int i = 0; i < hosts; i++) {
      WireName name = WireName.parse("host" + i + ".example.");
      zone.add(name, RRType.A, 60, RdataText.parse(RRType.A, "192.0.2.1", APEX));
      if (!salt.isEmpty()) {
        zone.add(name, RRType.RRSIG, 60, signatureOver(RRType.A));
        WireName hash = WireName.parse(salt + "hash" + i + ".example.");
        zone.add(hash, RRType.NSEC3, 60, Rdata.of(new byte[] {1, 0, 0, 0, 0}));
        zone.add(hash, RRType.RRSIG, 60, signatureOver(RRType.NSEC3));
      }
    }
    return zone.build();
  }

  private static Rdata signatureOver(RRType type) {
    byte[] rdata = new byte[20];
    rdata[1] = (byte) type.value();
    return Rdata.of(rdata);
  }
}
