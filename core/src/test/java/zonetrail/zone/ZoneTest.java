package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

class ZoneTest {
  private static final WireName APEX = WireName.parse("example.com");
  private static final RRType UNKNOWN = RRType.of(65_280);

  private final ZoneBuilder builder = new ZoneBuilder(APEX);

  private static Rdata rdata(String hex) {
    return Rdata.of(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static Rdata soa(String timers) {
    return rdata("00 00 00000001 " + timers);
  }

  private ZoneBuilder.Added add(String owner, RRType type, int ttlSeconds, String hex) {
    return builder.add(WireName.parse(owner), type, ttlSeconds, rdata(hex));
  }

  private Zone build() {
    builder.add(APEX, RRType.SOA, 3600, soa("00001c20 00000384 00127500 00000e10"));
    return builder.build();
  }

  private List<Rdata> rdatas(RRType type) {
    return requireNonNull(build().top().rrset(type)).rdatas();
  }

  @Nested
  @Rfc(number = 1034, section = "4.2.1")
  class Rfc1034Section4_2_1_TheDataOfAZone {
    @Test
    void isThatOfTheNamesFromItsTopNodeDown() {
      add("a.b.example.com", RRType.A, 60, "c0000201");

      assertThat(build().nodes())
          .extracting(Node::name)
          .containsExactlyInAnyOrder(
              APEX, WireName.parse("b.example.com"), WireName.parse("a.b.example.com"));
      assertThatThrownBy(() -> add("example.net", RRType.A, 60, "c0000201"))
          .hasMessageContaining("not in zone example.com");
      assertThatThrownBy(() -> add("com", RRType.A, 60, "c0000201"))
          .hasMessageContaining("not in zone example.com");
    }

    @Test
    void hasOneSoaRecordAtTheTop() {
      add("www.example.com", RRType.SOA, 60, "00 00" + "00".repeat(20));

      assertThatThrownBy(builder::build).hasMessageContaining("0 SOA records");
      build();
      builder.add(APEX, RRType.SOA, 60, soa("00000000 00000000 00000000 00000000"));
      assertThatThrownBy(builder::build).hasMessageContaining("2 SOA records");
    }
  }

  @Nested
  @Rfc(number = 1035, section = "3.3.13")
  class Rfc1035Section3_3_13_TheSoaRecord {
    @Test
    void itsFieldsStandBehindItsTwoNames() {
      builder.add(
          APEX,
          RRType.SOA,
          3600,
          rdata("036e733100 05 61646d696e 00 fffffffe 00001c20 00000384 00127500 00000e10"));
      Zone zone = builder.build();

      assertThat(zone.serial()).isEqualTo(Serial.of(4_294_967_294L));
      assertThat(zone.expireSeconds()).isEqualTo(1_209_600);
      assertThat(zone.negativeTtlSeconds()).isEqualTo(3_600);
    }
  }

  @Nested
  @Rfc(number = 2308, section = "5")
  class Rfc2308Section5_TheTtlOfNegativeAnswers {
    @ParameterizedTest
    @CsvSource({
      "3600, 000004b0, 1200",
      "1200, 00000e10, 1200",
      "3600, 00000000, 0",
      "3600, ffffffff, 3600",
      "3600, 80000000, 3600"
    })
    void isTheLesserOfTheSoasTtlAndItsMinimum(int ttl, String minimum, int expected) {
      builder.add(APEX, RRType.SOA, ttl, soa("00001c20 00000384 00127500 " + minimum));

      assertThat(builder.build().negativeTtlSeconds()).isEqualTo(expected);
    }
  }

  @Nested
  @Rfc(number = 2181, section = "5")
  class Rfc2181Section5_RecordSets {
    @Test
    void recordsOfOneNameAndTypeAreASet_andDuplicatesAreSuppressed() {
      assertThat(add("example.com", RRType.A, 60, "c0000201")).isEqualTo(ZoneBuilder.Added.ADDED);
      assertThat(add("Example.COM", RRType.A, 60, "c0000202")).isEqualTo(ZoneBuilder.Added.ADDED);
      assertThat(add("example.com", RRType.A, 60, "c0000201"))
          .isEqualTo(ZoneBuilder.Added.DUPLICATE);

      assertThat(rdatas(RRType.A)).containsExactly(rdata("c0000201"), rdata("c0000202"));
    }

    @Test
    @Rfc(number = 2181, section = "5.2")
    void allRecordsOfASetHaveTheTtlOfTheFirst() {
      add("example.com", RRType.A, 60, "c0000201");
      assertThat(add("example.com", RRType.A, 30, "c0000202"))
          .isEqualTo(ZoneBuilder.Added.ADDED_WITH_OTHER_TTL);

      assertThat(requireNonNull(build().top().rrset(RRType.A)).ttlSeconds()).isEqualTo(60);
    }

    @Test
    void aSetHasNoOrder() {
      RRset one = new RRset(APEX, RRType.A, 60, List.of(rdata("c0000201"), rdata("c0000202")));
      RRset other = new RRset(APEX, RRType.A, 60, List.of(rdata("c0000202"), rdata("c0000201")));

      assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
      assertThat(one)
          .isNotEqualTo(new RRset(APEX, RRType.A, 60, List.of(rdata("c0000201"))))
          .isNotEqualTo(
              new RRset(APEX, RRType.A, 60, List.of(rdata("c0000201"), rdata("c0000203"))));
    }
  }

  @Nested
  @Rfc(number = 4035, section = "2.2")
  class Rfc4035Section2_2_Signatures {
    private static final String REST = "0d02 00000000 00000000 00000000 0001 00 00";

    /// They are no RRset: each has the TTL of what it signs.
    @Test
    @Rfc(number = 4034, section = "3.1.1")
    void belongToTheRrsetOfTheTypeThatTheyCover_andHaveItsTtl() {
      add("example.com", RRType.RRSIG, 60, "0001" + REST);
      add("example.com", RRType.RRSIG, 3600, "0006" + REST);
      Node top = build().top();

      RRset overAddresses = requireNonNull(top.signatures(RRType.A));
      RRset overSoa = requireNonNull(top.signatures(RRType.SOA));

      assertThat(overAddresses.rdatas()).containsExactly(rdata("0001" + REST));
      assertThat(overAddresses.ttlSeconds()).isEqualTo(60);
      assertThat(overAddresses.typeCovered()).isEqualTo(RRType.A);
      assertThat(overSoa.ttlSeconds()).isEqualTo(3600);
      assertThat(top.signatures(RRType.MX)).isNull();
    }
  }

  @Nested
  class RecordsThatDifferInTheCaseOfNamesInTheirRdata {
    private static final String SMALL = "01 61 00";
    private static final String CAPITAL = "01 41 00";

    @ParameterizedTest
    @ValueSource(strings = {"NS", "CNAME", "PTR", "DNAME"})
    @Rfc(number = 4034, section = "6.2")
    void areTheSameRecord_ofTheOldTypes(String type) {
      RRType rrType = requireNonNull(RRType.parse(type));
      add("example.com", rrType, 60, SMALL);
      add("example.com", rrType, 60, CAPITAL);

      assertThat(rdatas(rrType)).containsExactly(rdata(SMALL));
    }

    @Test
    @Rfc(number = 3597, section = "6")
    void areTwoRecords_ofTypesThatWeDoNotKnowAndOfNewerOnes() {
      add("example.com", UNKNOWN, 60, SMALL);
      add("example.com", UNKNOWN, 60, CAPITAL);
      add("example.com", RRType.SVCB, 60, "0001" + SMALL);
      add("example.com", RRType.SVCB, 60, "0001" + CAPITAL);

      assertThat(rdatas(UNKNOWN)).hasSize(2);
      assertThat(requireNonNull(builder.build().top().rrset(RRType.SVCB)).rdatas()).hasSize(2);
    }
  }
}
