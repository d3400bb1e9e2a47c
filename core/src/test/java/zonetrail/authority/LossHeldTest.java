package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.authority.Follower.accepting;
import static zonetrail.authority.Follower.large;
import static zonetrail.authority.Follower.zone;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.authority.ZoneFiles.Advance;
import zonetrail.wire.WireName;

/// A change that takes away much at once is held until a person says that it is meant.
class LossHeldTest {
  private static final WireName EXAMPLE = WireName.parse("example.com");

  private final Follower server = new Follower();

  @Nested
  class AMassRemoval {
    private void zones(int n) {
      for (int i = 0; i < n; i++) {
        server.repository().put("z" + i + ".example", zone(1));
      }
    }

    private void remove(int n) {
      for (int i = 0; i < n; i++) {
        server.repository().remove("z" + i + ".example");
      }
    }

    /// More than the greater of 3 and 20 %.
    @ParameterizedTest
    @CsvSource({
      "4, 3, false",
      "10, 3, false",
      "10, 4, true",
      "20, 4, false",
      "20, 5, true",
      "100, 20, false",
      "100, 21, true",
      "3, 3, true",
      "1, 1, true"
    })
    void isOfMoreThanThreeZonesAndAFifth_orOfAll(int zones, int removed, boolean isHeld) {
      zones(zones);
      server.push();
      remove(removed);
      Advance pushed = server.push();
      assertThat(server.files().zones().size()).isEqualTo(isHeld ? zones : zones - removed);
      assertThat(pushed.events().stream().filter(Event.RemovalHeld.class::isInstance).count())
          .isEqualTo(isHeld ? 1 : 0);
    }

    @Test
    void saysHowItIsAccepted_andIsAcceptedByThat() {
      zones(10);
      server.push();
      remove(5);
      String text = server.push().events().getFirst().text();
      assertThat(text)
          .contains("5 zones")
          .contains("'Zonetrail-Accept: " + MemoryTree.version(2) + "'");
      assertThat(server.push(accepting(1)).isChange()).isFalse();
      Advance accepted = server.push(accepting(2));
      assertThat(accepted.isChange()).isTrue();
      assertThat(server.files().zones().size()).isEqualTo(5);
      assertThat(accepted.events()).hasSize(5).hasOnlyElementsOfType(Event.ZoneRemoved.class);
    }

    @Test
    void holdsUpNothingElse() {
      zones(10);
      server.repository().put("_keys", "");
      server.push();
      remove(5);
      server.repository().put("z9.example", zone(2)).put("new.example", zone(1)).remove("_keys");
      server.push();
      assertThat(server.servedSerial(WireName.parse("z9.example"))).isEqualTo(2);
      assertThat(server.servedSerial(WireName.parse("new.example"))).isEqualTo(1);
      assertThat(server.servedSerial(WireName.parse("z0.example"))).isEqualTo(1);
      assertThat(server.files().keys().files()).isEmpty();
    }

    @Test
    void isOverWhenTheFilesAreBack() {
      zones(10);
      server.push();
      remove(5);
      server.push();
      zones(10);
      Advance back = server.push();
      assertThat(server.files().statuses())
          .allMatch(zone -> zone.state() == ZoneStatus.State.CURRENT);
      assertThat(back.events()).hasSize(5).hasOnlyElementsOfType(Event.ZoneCurrent.class);
    }

    @Test
    void isStillHeldAfterARestart_andCanBeAcceptedThen() {
      zones(10);
      server.push();
      remove(5);
      server.push();
      server.repository().put("z9.example", zone(2));
      server.push();
      server.restart();
      assertThat(server.files().zones().size()).isEqualTo(10);
      assertThat(server.status(WireName.parse("z0.example")).heldVersion())
          .isEqualTo(MemoryTree.version(2));
      server.push(accepting(2));
      assertThat(server.files().zones().size()).isEqualTo(5);
    }

    @Test
    void thatEmptiesTheRepositoryIsHeldWhole_theKeysToo() {
      server
          .repository()
          .put("example.com", zone(1))
          .put("_keys", "a._update. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n");
      server.push();
      server.repository().remove("example.com").remove("_keys").put("README.md", "gone");
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(server.files().keys().keys()).hasSize(1);
      server.push(accepting(2));
      assertThat(server.files().zones().size()).isZero();
      assertThat(server.files().keys().keys()).isEmpty();
    }

    @Test
    void thatEmptiesTheRepositoryKeepsTheKeysAlsoAfterARestart() {
      server
          .repository()
          .put("example.com", zone(1))
          .put("_keys", "a._update. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n");
      server.push();
      server.repository().remove("example.com").remove("_keys");
      server.push();
      server.restart();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(server.files().keys().keys()).hasSize(1);
      server.repository().put("README.md", "still empty");
      assertThat(server.push().events()).hasExactlyElementsOfTypes(Event.FileIgnored.class);
      assertThat(server.files().keys().keys()).hasSize(1);
      server.push(accepting(2));
      assertThat(server.files().zones().size()).isZero();
      assertThat(server.files().keys().keys()).isEmpty();
    }

    @Test
    void isNoneInAPlainFolder() {
      zones(10);
      server.push();
      remove(10);
      server.push(Acceptance.EVERYTHING);
      assertThat(server.files().zones().size()).isZero();
    }
  }

  @Nested
  class AZoneThatLosesMuch {
    @ParameterizedTest
    @CsvSource({"200, 102, false", "200, 99, true", "98, 1, false"})
    void isHeldIfItIsHalfOfALargeOne(int before, int after, boolean isHeld) {
      server.repository().put("example.com", large(1, before)); // and two RRsets more: SOA and NS
      server.push();
      server.repository().put("example.com", large(2, after));
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(isHeld ? 1 : 2);
    }

    @Test
    void isReleasedByTheTrailer_alsoAfterARestart() {
      server.repository().put("example.com", large(1, 200));
      server.push();
      server.repository().put("example.com", large(2, 10));
      assertThat(server.push().events()).hasExactlyElementsOfTypes(Event.LossHeld.class);
      server.restart();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(server.status(EXAMPLE).heldVersion()).isEqualTo(MemoryTree.version(2));
      assertThat(server.status(EXAMPLE).version()).isEqualTo(MemoryTree.version(1));
      server.push(accepting(2));
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(2);
    }

    @Test
    void isToBeAcceptedAnewWhenItsFileChangedSince() {
      server.repository().put("example.com", large(1, 200));
      server.push();
      server.repository().put("example.com", large(2, 10));
      server.push();
      server.repository().put("example.com", large(3, 5));
      server.push();
      assertThat(server.push(accepting(2)).isChange()).isFalse();
      server.push(accepting(3));
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(3);
    }
  }
}
