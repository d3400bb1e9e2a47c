package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

class ZoneChangeTest {
  private static final WireName APEX = WireName.parse("jain.ad.jp");

  private static Rdata address(String text) {
    byte[] octets = new byte[4];
    String[] parts = text.split("\\.", -1);
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) Integer.parseInt(parts[i]);
    }
    return Rdata.of(octets);
  }

  private static WireName name(String text) {
    return WireName.parse(text);
  }

  private static RRset addresses(String owner, String... texts) {
    List<Rdata> rdatas = Arrays.stream(texts).map(ZoneChangeTest::address).toList();
    return new RRset(name(owner), RRType.A, 3600, rdatas);
  }

  private static RRset soa(int serial) {
    String hex = "00 00 %08x 00000258 00000258 0036ee80 00093a80".formatted(serial);
    return new RRset(APEX, RRType.SOA, 3600, List.of(rdata(hex)));
  }

  private static Rdata rdata(String hex) {
    return Rdata.of(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static Zone zone(RRset... rrsets) {
    ZoneBuilder builder = new ZoneBuilder(rrsets[0].owner());
    for (RRset rrset : rrsets) {
      for (Rdata rdata : rrset.rdatas()) {
        builder.add(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdata);
      }
    }
    return builder.build();
  }

  private static ZoneChange.Builder change(Zone zone) {
    return new ZoneChange.Builder(zone);
  }

  private static Node node(Zone zone, String name) {
    return requireNonNull(zone.node(name(name)), name);
  }

  @Test
  void aNameGetsNoMoreSetsThanItMayHave() {
    WireName owner = name("a.jain.ad.jp");
    List<RRset> sets = new ArrayList<>();
    for (int type = 1; type <= ZoneBuilder.MAX_RRSETS; type++) {
      sets.add(new RRset(owner, RRType.of(0xf000 + type), 60, List.of(rdata("00"))));
    }
    sets.addFirst(soa(1));
    Zone full = zone(sets.toArray(RRset[]::new));
    RRset more = addresses("a.jain.ad.jp", "192.0.2.1");
    RRType last = sets.getLast().type();

    assertThatThrownBy(() -> full.with(change(full).put(more).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than 1000 RRsets");
    Zone exchanged = full.with(change(full).remove(owner, last).put(more).build());
    assertThat(node(exchanged, "a.jain.ad.jp").rrsets()).hasSize(ZoneBuilder.MAX_RRSETS);
  }

  /// The three versions of the RFC's example.
  @Nested
  @Rfc(number = 1995, section = "4")
  class Rfc1995Section4_TheRecordsDeletedAndAdded {
    private static final String NEZU = "nezu.jain.ad.jp";
    private static final String BB = "jain-bb.jain.ad.jp";

    private final Zone first = zone(soa(1), addresses(NEZU, "133.69.136.5"));
    private final Zone second = zone(soa(2), addresses(BB, "133.69.136.4", "192.41.197.2"));
    private final Zone third = zone(soa(3), addresses(BB, "133.69.136.3", "192.41.197.2"));

    @Test
    void beginWithTheOldSoa_andWithTheNewOne() {
      ZoneChange change = ZoneChange.between(first, second);

      assertThat(change.removed()).containsExactly(soa(1), addresses(NEZU, "133.69.136.5"));
      assertThat(change.added())
          .containsExactly(soa(2), addresses(BB, "133.69.136.4", "192.41.197.2"));
    }

    @Test
    void areThoseThatDiffer_ofAnRrsetThatStaysInPart() {
      ZoneChange change = ZoneChange.between(second, third);

      assertThat(change.removed()).containsExactly(soa(2), addresses(BB, "133.69.136.4"));
      assertThat(change.added()).containsExactly(soa(3), addresses(BB, "133.69.136.3"));
    }

    @Test
    void areAllOfAnRrset_whoseTtlChanges() {
      RRset before = addresses(BB, "133.69.136.4", "192.41.197.2");
      RRset after = new RRset(before.owner(), RRType.A, 60, before.rdatas());

      ZoneChange change = change(second).put(after).build();

      assertThat(change.removed()).containsExactly(before);
      assertThat(change.added()).containsExactly(after);
    }

    @Test
    void changePlaces_inTheInverse() {
      ZoneChange change = ZoneChange.between(first, second);

      assertThat(change.inverse().removed()).isEqualTo(change.added());
      assertThat(change.inverse().added()).isEqualTo(change.removed());
      assertThat(first.with(change).sameRecords(second)).isTrue();
      assertThat(second.with(change.inverse()).sameRecords(first)).isTrue();
    }

    @Test
    void areNone_betweenAVersionAndItself() {
      assertThat(ZoneChange.between(first, first).isEmpty()).isTrue();
      assertThat(first.with(ZoneChange.between(first, first))).isSameAs(first);
    }
  }

  @Nested
  @Rfc(number = 1034, section = "4.2.1")
  class Rfc1034Section4_2_1_TheDataOfAZone {
    private final Zone zone = zone(soa(1), addresses("www.jain.ad.jp", "192.0.2.1"));

    @Test
    void keepsItsOneSoaRecord() {
      RRset two =
          new RRset(
              APEX, RRType.SOA, 60, List.of(soa(2).rdatas().getFirst(), soa(3).rdatas().get(0)));

      assertThatThrownBy(() -> change(zone).put(two))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("zone jain.ad.jp. would have 2 SOA records");
      assertThatThrownBy(() -> change(zone).remove(APEX, RRType.SOA))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("zone jain.ad.jp. would have no SOA record");
      assertThat(zone.with(change(zone).put(soa(2)).build()).serial()).isEqualTo(Serial.of(2));
    }

    @Test
    void liesAtOrBelowItsApex() {
      assertThatThrownBy(() -> change(zone).put(addresses("www.example", "192.0.2.1")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("www.example. is not in zone jain.ad.jp.");
    }

    @Test
    void isNotThatOfAnotherZone_orOfAVersionThatDiffers() {
      Zone other = zone(new RRset(name("other"), RRType.SOA, 60, soa(1).rdatas()));
      ZoneChange change = change(zone).put(addresses("www.jain.ad.jp", "192.0.2.2")).build();
      Zone next = zone.with(change);

      assertThatThrownBy(() -> other.with(change))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a change of zone jain.ad.jp. is none of zone other.");
      assertThatThrownBy(() -> other.with(change(zone).build()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> ZoneChange.between(zone, other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("jain.ad.jp. and other. are different zones");
      assertThatThrownBy(() -> next.with(change))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the change is of another version of zone jain.ad.jp.: www.jain.ad.jp. has other"
                  + " records of type A");
    }
  }

  @Nested
  @Rfc(number = 2181, section = "5")
  class Rfc2181Section5_RecordSets {
    private final Zone zone = zone(soa(1));

    @Test
    void haveNoDuplicates() {
      RRset twice = new RRset(APEX, RRType.NS, 60, List.of(rdata("01 61 00"), rdata("01 41 00")));

      Zone next = zone.with(change(zone).put(twice).build());

      assertThat(requireNonNull(next.top().rrset(RRType.NS)).rdatas())
          .containsExactly(rdata("01 61 00"));
      assertThat(next.recordCount()).isEqualTo(2);
    }

    @Test
    void thatStayWhatTheyWere_areNoPartOfAChange() {
      assertThat(change(zone).put(soa(1)).remove(APEX, RRType.MX).build().isEmpty()).isTrue();
    }

    @Test
    void areWhatWasSaidLast() {
      ZoneChange.Builder builder = change(zone).put(addresses("a.jain.ad.jp", "192.0.2.1"));

      assertThat(builder.remove(name("a.jain.ad.jp"), RRType.A).build().isEmpty()).isTrue();
    }
  }

  @Nested
  @Rfc(number = 4035, section = "2.2")
  class Rfc4035Section2_2_Signatures {
    private static final String REST = "0d02 00000000 00000000 00000000 0001 00 00";

    private final RRset overAddresses = signatures("0001" + REST);
    private final RRset overSoa = signatures("0006" + REST);
    private final Zone zone = zone(soa(1), overAddresses, overSoa);

    private RRset signatures(String... hex) {
      return new RRset(
          APEX, RRType.RRSIG, 60, Arrays.stream(hex).map(ZoneChangeTest::rdata).toList());
    }

    @Test
    void comeAndGoByTheTypeThatTheyCover() {
      RRset overMail = signatures("000f" + REST);

      Zone next = zone.with(change(zone).removeSignatures(APEX, RRType.A).put(overMail).build());

      assertThat(next.top().signatures(RRType.A)).isNull();
      assertThat(next.top().signatures(RRType.SOA)).isEqualTo(overSoa);
      assertThat(next.top().signatures(RRType.MX)).isEqualTo(overMail);
    }

    @Test
    void goAllAtOnce_ofTypeRrsig() {
      Zone next = zone.with(change(zone).remove(APEX, RRType.RRSIG).build());

      assertThat(next.top().types()).containsExactly(RRType.SOA);
    }

    @Test
    void overTwoTypes_areNoRrset() {
      assertThatThrownBy(() -> change(zone).put(signatures("0001" + REST, "0006" + REST)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("signatures of jain.ad.jp. over more than one type");
    }
  }

  @Nested
  @Rfc(number = 4592, section = "2.2.2")
  class Rfc4592Section2_2_2_EmptyNonTerminals {
    private final Zone zone = zone(soa(1));
    private final Zone deep =
        zone.with(change(zone).put(addresses("*.a.b.jain.ad.jp", "192.0.2.1")).build());

    @Test
    void comeWithANameBelowThem() {
      assertThat(node(deep, "a.b.jain.ad.jp").isEmptyNonTerminal()).isTrue();
      assertThat(node(deep, "b.jain.ad.jp").isEmptyNonTerminal()).isTrue();
      assertThat(deep.nodes()).hasSize(4);
    }

    @Test
    void goWithTheLastNameBelowThem() {
      ZoneChange change = change(deep).remove(name("*.a.b.jain.ad.jp"), RRType.A).build();

      assertThat(deep.with(change).nodes()).hasSize(1);
      assertThat(deep.nodes()).hasSize(4);
    }

    @Test
    void stay_whenANameBelowThemTakesThePlaceOfAnother() {
      ZoneChange change =
          change(deep)
              .remove(name("*.a.b.jain.ad.jp"), RRType.A)
              .put(addresses("c.a.b.jain.ad.jp", "192.0.2.1"))
              .build();

      assertThat(deep.with(change).nodes())
          .extracting(node -> node.name().toString())
          .containsExactlyInAnyOrder(
              "jain.ad.jp.", "b.jain.ad.jp.", "a.b.jain.ad.jp.", "c.a.b.jain.ad.jp.");
    }

    @Test
    void areLeft_whenANameLosesItsRecordsAndNotItsChildren() {
      ZoneChange more = change(deep).put(addresses("b.jain.ad.jp", "192.0.2.1")).build();
      Zone full = deep.with(more);

      assertThat(node(full, "b.jain.ad.jp").isEmptyNonTerminal()).isFalse();
      assertThat(node(full.with(more.inverse()), "b.jain.ad.jp").isEmptyNonTerminal()).isTrue();
    }
  }

  /// Names in rdata share what they have in common with their owner's, which lies in the zone as
  /// its apex is spelt.
  @Test
  @Rfc(number = 4343, section = "4.1")
  void rdataKeepsItsCase_howeverTheOwnerIsSpelt() {
    Zone zone = zone(soa(1));
    WireName target = name("ns.JAIN.ad.jp");
    RRset servers =
        new RRset(name("Sub.JAIN.ad.jp"), RRType.NS, 60, List.of(Rdata.of(target.toWire())));

    Zone next = zone.with(change(zone).put(servers).build());

    assertThat(requireNonNull(node(next, "sub.jain.ad.jp").rrset(RRType.NS)).rdatas())
        .containsExactly(Rdata.of(target.toWire()));
    assertThat(node(next, "sub.jain.ad.jp").name()).hasToString("Sub.jain.ad.jp.");
  }

  @Test
  void twoChangesMayBeMadeOfOneVersion_andBothGoOn() {
    Zone zone = zone(soa(1), addresses("a.jain.ad.jp", "192.0.2.1"));
    Zone left = zone;
    Zone right = zone;
    for (int i = 2; i < 200; i++) {
      left = left.with(change(left).put(addresses("a.jain.ad.jp", "192.0.2." + i)).build());
      right = right.with(change(right).put(soa(i)).build());
    }

    assertThat(left.sameRecords(zone(soa(1), addresses("a.jain.ad.jp", "192.0.2.199")))).isTrue();
    assertThat(right.sameRecords(zone(soa(199), addresses("a.jain.ad.jp", "192.0.2.1")))).isTrue();
    assertThat(zone.sameRecords(zone(soa(1), addresses("a.jain.ad.jp", "192.0.2.1")))).isTrue();
    assertThat(List.of(left.arena().chunkCount(), right.arena().chunkCount()))
        .allSatisfy(chunks -> assertThat(chunks).isLessThan(6));
  }
}
