package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.authority.ZoneFiles.Advance;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Serial;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;

class ZoneFilesTest {
  private static final WireName EXAMPLE = WireName.parse("example.com");
  private static final WireName OTHER = WireName.parse("example.net");
  private static final String KEY =
      "a._update.example.com. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n";

  private final MemoryTree repository = new MemoryTree();
  private ZoneFiles files = ZoneFiles.NONE;

  private Advance push() {
    Advance advance = files.advance(repository.commit());
    files = advance.files();
    return advance;
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private @Nullable Serial servedSerial(WireName apex) {
    return files.zones().zone(apex) instanceof Zone zone ? zone.serial() : null;
  }

  private int recordsAt(String name) {
    ServedZone served = files.zones().enclosing(WireName.parse(name));
    Node node = served instanceof Zone zone ? zone.node(WireName.parse(name)) : null;
    return node == null ? 0 : node.rrsets().stream().map(RRset::rdatas).mapToInt(List::size).sum();
  }

  @Test
  void aZoneFileIsServedUnderItsOwnNameInAnyCase() {
    repository.put("Example.COM", zone(1, "www A 192.0.2.1"));
    assertThat(push().events()).hasExactlyElementsOfTypes(Event.ZoneAdded.class);
    assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(1));
    assertThat(recordsAt("www.example.com")).isEqualTo(1);
  }

  @Test
  void ofVeryManyNewZones_oneEventTellsAtOnce_andOnlyTheOthersHaveTheirOwn() {
    for (int i = 0; i <= Changes.MAX_ADDED_NAMED; i++) {
      repository.put("z" + i + ".example", zone(1, "www A 192.0.2.1"));
    }
    repository.put("broken.example", zone(1, "www A nowhere"));
    repository.put("doubtful.example", zone(1, "www CNAME a", "a A 192.0.2.1", "b MX 1 www"));
    assertThat(push().events())
        .hasExactlyElementsOfTypes(
            Event.ZonesAdded.class,
            Event.ZoneBroken.class,
            Event.ZoneAdded.class,
            Event.ZoneDoubtful.class)
        .first()
        .extracting(Event::text)
        .isEqualTo("serving 101 more zones, 303 records (commit 0000000)");
    repository.put("z0.example", zone(2)).put("another.example", zone(1));
    assertThat(push().events())
        .hasExactlyElementsOfTypes(Event.ZoneAdded.class, Event.ZoneChanged.class);
  }

  @Test
  void onlyWhatChangedIsReadAgain() {
    repository.put("example.com", zone(1)).put("example.net", zone(1)).put("README.md", "# hello");
    push();
    repository.put("example.net", zone(2));
    Advance second = push();
    assertThat(second.isChange()).isTrue();
    assertThat(repository.readsOf("example.com")).isEqualTo(1);
    assertThat(repository.readsOf("README.md")).isEqualTo(1);
    assertThat(repository.readsOf("example.net")).isEqualTo(2);
    assertThat(servedSerial(OTHER)).isEqualTo(Serial.of(2));
  }

  @Test
  void theSameTreeAgainIsNoChangeAndNoNews() {
    repository.put("example.com", zone(1)).put("README.md", "# hello").put("_keys", "");
    push();
    Advance again = push();
    assertThat(again.isChange()).isFalse();
    assertThat(again.events()).isEmpty();
  }

  @Test
  void theRootZoneAndClasslessReverseZonesHaveFileNamesOfTheirOwn() {
    repository
        .put("@", zone(7, "ns.example.org. A 192.0.2.53"))
        .put("0%2F25.2.0.192.in-addr.arpa", zone(8));
    push();
    assertThat(servedSerial(WireName.ROOT)).isEqualTo(Serial.of(7));
    assertThat(servedSerial(WireName.parse("0/25.2.0.192.in-addr.arpa"))).isEqualTo(Serial.of(8));
  }

  @Test
  void aFileThatIsNeitherZoneNorKeysIsLeftAloneAndSaidSoOnce() {
    repository.put("README.md", "An SOA record is what makes a zone.\n");
    assertThat(push().events()).hasExactlyElementsOfTypes(Event.FileIgnored.class);
    repository.put("README.md", "More words.\n");
    assertThat(push().events()).isEmpty();
    assertThat(files.zones().size()).isZero();
  }

  @Test
  void aRemovedFileRemovesItsZone() {
    repository.put("example.com", zone(1)).put("example.net", zone(1));
    push();
    repository.remove("example.com");
    assertThat(push().events()).hasExactlyElementsOfTypes(Event.ZoneRemoved.class);
    assertThat(files.zones().zone(EXAMPLE)).isNull();
  }

  @Nested
  class ABrokenZone {
    @Test
    void keepsItsLastGoodVersionWhileTheOthersMoveOn() {
      repository.put("example.com", zone(1, "www A 192.0.2.1")).put("example.net", zone(1));
      push();
      repository.put("example.com", zone(2, "www A 192.0.2.299")).put("example.net", zone(2));
      Advance pushed = push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(1));
      assertThat(servedSerial(OTHER)).isEqualTo(Serial.of(2));
      assertThat(pushed.events())
          .hasExactlyElementsOfTypes(Event.ZoneBroken.class, Event.ZoneChanged.class);
      Event.ZoneBroken broken = (Event.ZoneBroken) pushed.events().getFirst();
      assertThat(broken.text()).contains("example.com:").contains("still serving serial 1");
      Finding finding = broken.findings().getFirst();
      assertThat(finding.where().toString()).isEqualTo("example.com:4:7");
    }

    @Test
    void isServfailWhereThereNeverWasAGoodVersion() {
      repository.put("example.com", zone(2, "www A 192.0.2.299"));
      Advance pushed = push();
      assertThat(pushed.isChange()).isTrue();
      assertThat(files.zones().zone(EXAMPLE)).isEqualTo(new UnavailableZone(EXAMPLE));
    }

    @Test
    void isServedAgainWhenItIsMended() {
      repository.put("example.com", zone(1));
      push();
      repository.put("example.com", "no longer a zone at all\n");
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(1));
      repository.put("example.com", zone(2));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(2));
    }

    @Test
    void mayAlsoBeOneThatCannotBeRead() {
      repository.put("example.com", zone(1));
      push();
      repository.put("example.com", "unreadable");
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.ZoneBroken.class);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(1));
    }

    @Test
    void thatCouldNotBeReadIsReadAgainAtTheNextLook() {
      repository.put("example.com", "unreadable").put("_keys", "unreadable");
      push();
      push();
      assertThat(repository.readsOf("example.com")).isEqualTo(2);
      assertThat(repository.readsOf("_keys")).isEqualTo(2);
      repository.put("example.com", zone(1));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(1));
    }

    @Test
    void keepsItsLastGoodVersionAlsoWhenItsFileIsRenamedAtTheSameTime() {
      repository.put("Example.com", zone(10));
      push();
      repository.remove("Example.com").put("example.com", zone(11, "www A 192.0.2.299"));
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.ZoneBroken.class);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(10));
    }
  }

  @Nested
  class TheSerial {
    @Test
    void thatWasNotRaisedHoldsTheZone() {
      repository.put("example.com", zone(5));
      push();
      repository.put("example.com", zone(5, "www A 192.0.2.1"));
      Advance pushed = push();
      assertThat(pushed.isChange()).isFalse();
      assertThat(pushed.events()).hasExactlyElementsOfTypes(Event.SerialNotRaised.class);
      assertThat(recordsAt("www.example.com")).isZero();
    }

    @Test
    void thatWentBackHoldsTheZone() {
      repository.put("example.com", zone(5));
      push();
      repository.put("example.com", zone(4));
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.SerialNotRaised.class);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(5));
    }

    @Test
    void cannotGoBackByRenamingTheFile() {
      repository.put("Example.com", zone(10));
      push();
      repository.remove("Example.com").put("example.com", zone(5));
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.SerialNotRaised.class);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(10));
    }

    @Test
    void needNotRiseWhereNoRecordChanged() {
      repository.put("example.com", zone(5));
      push();
      repository.put("example.com", "; a comment\n" + zone(5));
      Advance pushed = push();
      assertThat(pushed.events()).isEmpty();
      assertThat(pushed.isChange()).isFalse();
    }
  }

  @Nested
  class AKeyFile {
    @Test
    void putsItsKeysInForce() {
      repository.put("example.com._keys", KEY);
      push();
      assertThat(files.keys().keys()).hasSize(1);
    }

    @Test
    void thatIsBrokenKeepsItsLastGoodKeys() {
      repository.put("example.com._keys", KEY);
      push();
      repository.put("example.com._keys", "a._update.example.com. DNSKEY 0 3 163 !!!\n");
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.KeysBroken.class);
      assertThat(files.keys().keys()).hasSize(1);
    }

    @Test
    void thatIsBrokenFromTheStartGivesNoKeys() {
      repository.put("example.com._keys", "a._update.example.com. DNSKEY 0 3 163 !!!\n");
      push();
      assertThat(files.keys().keys()).isEmpty();
    }

    @Test
    void thatIsGoneTakesItsKeysAlong() {
      repository.put("example.com._keys", KEY);
      push();
      repository.remove("example.com._keys");
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.KeysRemoved.class);
      assertThat(files.keys().keys()).isEmpty();
    }

    @Test
    void isNeverAZoneEvenIfItHoldsAnSoa() {
      repository.put("_keys", zone(1));
      push();
      assertThat(files.zones().size()).isZero();
    }
  }

  @Nested
  class TwoFilesForOneZone {
    @Test
    void leaveTheOneThatIsServed() {
      repository.put("example.com", zone(1));
      push();
      repository.put("EXAMPLE.com", zone(9));
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.ZoneClaimedTwice.class);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(1));
      assertThat(push().events()).isEmpty();
    }

    @Test
    void areNeitherServedWhenBothAreNew() {
      repository.put("example.com", zone(1)).put("EXAMPLE.com", zone(9));
      push();
      assertThat(files.zones().zone(EXAMPLE)).isEqualTo(new UnavailableZone(EXAMPLE));
    }

    @Test
    void areOneAgainWhenTheOtherIsRemoved() {
      repository.put("example.com", zone(1)).put("EXAMPLE.com", zone(9));
      push();
      repository.remove("example.com");
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(9));
    }
  }

  @Nested
  class AnIncludedFile {
    @Test
    void thatChangesMakesItsZoneBeReadAgain() {
      repository
          .put("example.com", zone(1, "$INCLUDE hosts.inc"))
          .put("hosts.inc", "a A 192.0.2.1\n");
      push();
      assertThat(recordsAt("a.example.com")).isEqualTo(1);
      repository.put("example.com", zone(2, "$INCLUDE hosts.inc"));
      push();
      repository.put("hosts.inc", "a A 192.0.2.1\na A 192.0.2.2\n");
      Advance pushed = push();
      assertThat(pushed.events()).hasExactlyElementsOfTypes(Event.SerialNotRaised.class);
    }

    @Test
    void isReadOnceHoweverOftenItIsIncluded() {
      String[] includes = new String[50];
      Arrays.fill(includes, "$INCLUDE hosts.inc");
      repository.put("example.com", zone(1, includes)).put("hosts.inc", "a A 192.0.2.1\n");
      push();
      assertThat(repository.readsOf("hosts.inc")).isLessThanOrEqualTo(2); // once as a zone or not
    }

    @Test
    void mayHoldTheSoa_alsoAtFirstSight() {
      repository
          .put("example.com", "$INCLUDE head.inc\na A 192.0.2.1\n")
          .put("head.inc", "$TTL 300\n$include \"start.inc\" ; the rest\n@ NS ns.example.net.\n")
          .put("start.inc", "@ SOA ns.example.net. hostmaster 1 3600 600 86400 300\n");
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(1));
    }

    @Test
    void makesItsFileAZone_whenItComesLater() {
      repository.put("example.com", "$INCLUDE head.inc\na A 192.0.2.1\n");
      push();
      assertThat(files.zones().zone(EXAMPLE)).isNull();
      repository.put("head.inc", zone(7));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(Serial.of(7));
    }

    @Test
    void thatIncludesItself_makesNoZone() {
      repository.put("example.com", "$INCLUDE example.com\n$INCLUDE example.com\n");
      push();
      assertThat(files.zones().zone(EXAMPLE)).isNull();
    }

    @Test
    void canBeNoKeyFile() {
      repository.put("example.com", zone(1, "$INCLUDE _keys")).put("_keys", "");
      push();
      assertThat(files.zones().zone(EXAMPLE)).isInstanceOf(UnavailableZone.class);
    }
  }

  @Test
  void theApexOfAServedZoneHasItsSoa() {
    repository.put("example.com", zone(3));
    push();
    assertThat(files.zones().zone(EXAMPLE))
        .isInstanceOfSatisfying(
            Zone.class, zone -> assertThat(zone.soa().type()).isEqualTo(RRType.SOA));
  }
}
