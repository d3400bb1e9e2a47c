package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.authority.Follower.accepting;
import static zonetrail.authority.Follower.zone;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.authority.ZoneFiles.Advance;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// Which version of a zone is served, whatever happens to the history of its file.
class VersionsTest {
  private static final WireName EXAMPLE = WireName.parse("example.com");
  private static final WireName OTHER = WireName.parse("example.net");

  private final Follower server = new Follower();

  @Nested
  class SeveralCommitsAtOnce {
    @Test
    void theFirstCommitWithASerialIsWhatTheSerialStandsFor() {
      server.repository().put("example.com", zone(1));
      server.push();
      SourceTree raised = server.repository().put("example.com", zone(2, "a A 192.0.2.1")).commit();
      SourceTree forgotten =
          server.repository().put("example.com", zone(2, "b A 192.0.2.2")).commit();
      Advance advance = server.look(new SourceLine(List.of(raised, forgotten), false));
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(2);
      assertThat(server.answers("a.example.com")).isTrue();
      assertThat(server.answers("b.example.com")).isFalse();
      assertThat(advance.events())
          .hasExactlyElementsOfTypes(Event.ZoneChanged.class, Event.SerialNotRaised.class);
      assertThat(server.status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.NOT_RAISED);
    }

    @Test
    void whatIsMendedOnTheWayIsNotReported() {
      server.repository().put("example.com", zone(1));
      server.push();
      SourceTree broken = server.repository().put("example.com", zone(2, "a A nonsense")).commit();
      SourceTree mended = server.repository().put("example.com", zone(3, "a A 192.0.2.1")).commit();
      assertThat(server.look(new SourceLine(List.of(broken, mended), false)).events())
          .hasExactlyElementsOfTypes(Event.ZoneChanged.class);
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(3);
    }

    @Test
    void aServerThatStartsLateServesWhatTheOthersServe() {
      List<SourceTree> history = new ArrayList<>();
      history.add(server.repository().put("example.com", zone(1)).commit());
      history.add(server.repository().put("example.com", zone(2, "a A 192.0.2.1")).commit());
      history.add(server.repository().put("example.com", zone(2, "b A 192.0.2.2")).commit());
      history.add(server.repository().put("example.com", zone(3, "c A nonsense")).commit());
      for (SourceTree commit : history) {
        server.look(new SourceLine(List.of(commit), false));
      }
      ZoneFiles late = ZoneFiles.NONE.advance(new SourceLine(history, false)).files();
      Zone served = (Zone) Objects.requireNonNull(server.files().zones().zone(EXAMPLE));
      assertThat(late.zones().zone(EXAMPLE))
          .isInstanceOfSatisfying(
              Zone.class, zone -> assertThat(zone.sameRecords(served)).isTrue());
    }

    @Test
    void aFirstStartTakesALoweredSerial_sinceNothingOfOursWasServedBefore() {
      SourceTree high = server.repository().put("example.com", zone(2_010_010_101)).commit();
      SourceTree renumbered = server.repository().put("example.com", zone(7)).commit();
      server.look(new SourceLine(List.of(high, renumbered), false));
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(7);
    }

    @Test
    void aFirstStartHoldsNoRemoval() {
      server.repository().put("example.net", zone(1));
      for (int i = 0; i < 20; i++) {
        server.repository().put("z" + i + ".example", zone(1));
      }
      SourceTree many = server.repository().commit();
      for (int i = 0; i < 20; i++) {
        server.repository().remove("z" + i + ".example");
      }
      server.look(new SourceLine(List.of(many, server.repository().commit()), false));
      assertThat(server.files().zones().size()).isEqualTo(1);
    }
  }

  @Nested
  class AZoneThatIncludesOtherFiles {
    private String hosts(int hosts) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < hosts; i++) {
        text.append("h").append(i).append(" A 192.0.2.1\n");
      }
      return text.toString();
    }

    @Test
    void isToBeAcceptedAnewWhenOneOfThemLostMoreSince_alsoAfterARestart() {
      server
          .repository()
          .put("example.com", zone(1, "$INCLUDE hosts.inc"))
          .put("hosts.inc", hosts(200));
      server.push();
      server
          .repository()
          .put("example.com", zone(2, "$INCLUDE hosts.inc"))
          .put("hosts.inc", hosts(10));
      server.push();
      server.restart();
      assertThat(server.status(EXAMPLE).heldVersion()).isEqualTo(MemoryTree.version(2));
      server.repository().put("hosts.inc", hosts(1));
      server.push();
      assertThat(server.push(accepting(2)).isChange()).isFalse();
      server.push(accepting(3));
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(2);
    }

    @Test
    void isReadAgainWhenOneOfThemChanges_alsoWhileItIsClaimedTwice() {
      server.repository().put("example.com", zone(1));
      server.push();
      server.repository().put("example.com", "$INCLUDE all.inc\n").put("all.inc", zone(2));
      server.push();
      server.repository().put("EXAMPLE.com", zone(7));
      server.push();
      server.repository().put("all.inc", zone(3));
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(3);
      assertThat(server.status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.CONTESTED);
      server.repository().put("README.md", "hello");
      assertThat(server.push().isChange()).isFalse();
      server.repository().put("all.inc", zone(4));
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(4);
    }
  }

  @Nested
  @Rfc(number = 1982, section = "3.2")
  class AZoneThatWasRemoved {
    private void serveAndRemove() {
      server.repository().put("example.com", zone(7, "a A 192.0.2.1")).put("example.net", zone(1));
      server.push();
      server.repository().remove("example.com");
      server.push();
      assertThat(server.files().zones().zone(EXAMPLE)).isNull();
    }

    @Test
    void doesNotComeBackWithAnOlderSerial() {
      serveAndRemove();
      server.restart();
      server.repository().put("example.com", zone(5));
      Advance back = server.push();
      assertThat(back.events()).hasExactlyElementsOfTypes(Event.SerialNotRaised.class);
      assertThat(back.events().getFirst().text())
          .contains("serial 5 is not newer than 7")
          .contains("questions get SERVFAIL");
      assertThat(server.servedSerial(EXAMPLE)).isNull();
      server.repository().put("example.com", zone(8));
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(8);
    }

    @Test
    void comesBackAsItWas() {
      serveAndRemove();
      server.repository().put("example.com", zone(7, "a A 192.0.2.1"));
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(7);
    }

    @Test
    void comesBackWithANewerSerial() {
      serveAndRemove();
      server.repository().put("example.com", zone(8));
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(8);
    }
  }

  @Nested
  class ARestart {
    @Test
    void keepsTheLastGoodVersionOfABrokenZone_andSaysWhatIsWrongAgain() {
      server.repository().put("example.com", zone(1, "a A 192.0.2.1")).put("example.net", zone(1));
      server.push();
      server.repository().put("example.com", zone(2, "a A nonsense")).put("example.net", zone(2));
      server.push();
      List<Event> said = server.restart();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(server.servedSerial(OTHER)).isEqualTo(2);
      assertThat(server.status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.BROKEN);
      assertThat(server.status(EXAMPLE).version()).isEqualTo(MemoryTree.version(1));
      assertThat(server.status(OTHER).version()).isEqualTo(MemoryTree.version(2));
      assertThat(said)
          .hasExactlyElementsOfTypes(
              Event.ZoneAdded.class, Event.ZoneBroken.class, Event.ZoneAdded.class);
    }

    @Test
    void keepsTheSerialFloor() {
      server.repository().put("example.com", zone(9));
      server.push();
      server.repository().put("example.com", zone(3));
      server.push();
      server.restart();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(9);
      assertThat(server.status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.NOT_RAISED);
    }

    @Test
    void keepsTheLastGoodKeysOfABrokenKeyFile() {
      server
          .repository()
          .put("_keys", "a._update. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n");
      server.push();
      server.repository().put("_keys", "a._update. DNSKEY 0 3 163 !!!\n");
      server.push();
      assertThat(server.restart()).hasAtLeastOneElementOfType(Event.KeysBroken.class);
      assertThat(server.files().keys().keys()).hasSize(1);
    }

    @Test
    void keepsWhatAZoneIncludedThatIsHeldBack() {
      server
          .repository()
          .put("example.com", zone(1, "$INCLUDE hosts.inc"))
          .put("hosts.inc", "a A 192.0.2.1\n");
      server.push();
      server
          .repository()
          .put("example.com", zone(1, "$INCLUDE hosts.inc", "more A 192.0.2.3"))
          .put("hosts.inc", "b A 192.0.2.2\n");
      server.push();
      server.restart();
      assertThat(server.answers("a.example.com")).isTrue();
      assertThat(server.answers("b.example.com")).isFalse();
    }

    @Test
    void keepsWhatACurrentZoneIncludesOfAFileThatIsHeldBackAsAZone() {
      server
          .repository()
          .put("example.net", zone(9, "old A 192.0.2.9"))
          .put("example.com", zone(1));
      server.push();
      server
          .repository()
          .put("example.net", zone(5, "new A 192.0.2.5"))
          .put("example.com", "$INCLUDE example.net\n");
      server.push();
      assertThat(server.servedSerial(OTHER)).isEqualTo(9);
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(5);
      server.restart();
      assertThat(server.servedSerial(OTHER)).isEqualTo(9);
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(5);
      assertThat(server.answers("new.example.com")).isTrue();
      assertThat(server.status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.CURRENT);
    }

    @Test
    void keepsAZoneWhoseSoaRecordWasMovedToAnIncludedFile() {
      server.repository().put("example.com", zone(1)).put("example.net", zone(1));
      server.push();
      server.repository().put("soa.inc", zone(2)).put("example.com", "$INCLUDE soa.inc\n");
      server.push();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(2);
      server.restart();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(2);
      server.repository().put("example.com", "$INCLUDE soa.inc\na A nonsense\n");
      server.push();
      server.restart();
      assertThat(server.servedSerial(EXAMPLE)).isEqualTo(2);
    }

    @Test
    void tellsOfARewrittenHistoryThatItFindsFetched() {
      server.repository().put("example.com", zone(5));
      server.push();
      SourceTree rewritten = server.repository().put("example.com", zone(6)).commit();
      assertThat(server.restart(new SourceLine(List.of(rewritten), true)))
          .hasExactlyElementsOfTypes(Event.HistoryRewritten.class, Event.ZoneAdded.class);
    }

    @Test
    void ofAServerWithNothingHeldBackNotesTheCommitAsItIs() {
      server.repository().put("example.com", zone(1)).put("README.md", "hello");
      server.push();
      assertThat(server.files().heldBack().isNothing()).isTrue();
      assertThat(server.marks()).isEmpty();
    }
  }

  @Test
  void aRewrittenHistoryIsFollowed_andSaid_andNoSerialGoesBack() {
    server.repository().put("example.com", zone(5)).put("example.net", zone(5));
    server.push();
    SourceTree rewritten =
        server.repository().put("example.com", zone(6)).put("example.net", zone(4)).commit();
    Advance advance = server.look(new SourceLine(List.of(rewritten), true));
    assertThat(advance.events())
        .hasExactlyElementsOfTypes(
            Event.HistoryRewritten.class, Event.ZoneChanged.class, Event.SerialNotRaised.class);
    assertThat(server.servedSerial(EXAMPLE)).isEqualTo(6);
    assertThat(server.servedSerial(OTHER)).isEqualTo(5);
  }

  /// Humans push, break, lower, remove, bring back, several commits at a time; the server restarts
  /// in between. Whatever is served under a name never goes back, and no serial stands for two
  /// contents.
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8"})
  void theServedSerialNeverGoesBack(long seed) {
    Random random = new Random(seed);
    SortedMap<String, Serial> highest = new TreeMap<>();
    SortedMap<String, Zone> contents = new TreeMap<>();
    server.repository().put("anchor.example", zone(1));
    server.push();
    for (int step = 0; step < 400; step++) {
      List<SourceTree> commits = new ArrayList<>();
      for (int n = random.nextInt(3); n >= 0; n--) {
        String name = "z" + random.nextInt(4) + ".example";
        switch (random.nextInt(5)) {
          case 0 -> server.repository().remove(name);
          case 1 -> server.repository().put(name, zone(random.nextInt(30), "broken A nonsense"));
          default ->
              server
                  .repository()
                  .put(name, zone(random.nextInt(30), "a A 192.0.2." + (1 + random.nextInt(3))));
        }
        commits.add(server.repository().commit());
      }
      server.look(new SourceLine(commits, false));
      if (random.nextInt(10) == 0) {
        server.restart();
      }
      server.files().zones().all().stream()
          .filter(Zone.class::isInstance)
          .map(Zone.class::cast)
          .forEach(zone -> {
            String name = zone.apex().toString();
            Serial before = highest.put(name, zone.serial());
            assertThat(before == null || !before.isNewerThan(zone.serial()))
                .as("%s: %s after %s", name, zone.serial(), before)
                .isTrue();
            Zone same = contents.put(name + zone.serial(), zone);
            assertThat(same == null || same.sameRecords(zone))
                .as("%s: serial %s stands for two contents", name, zone.serial())
                .isTrue();
          });
    }
    assertThat(highest).hasSize(5);
  }
}
