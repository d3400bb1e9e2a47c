package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.authority.HeldBack.Mark;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.ZoneFiles.Advance;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// Which version of a zone is served, whatever happens to the history of its file.
class VersionsTest {
  private static final WireName EXAMPLE = WireName.parse("example.com");
  private static final WireName OTHER = WireName.parse("example.net");

  private final MemoryTree repository = new MemoryTree();
  private ZoneFiles files = ZoneFiles.NONE;
  private @Nullable SourceTree last;

  private Advance push() {
    return push(Acceptance.NOTHING);
  }

  private Advance push(Acceptance acceptance) {
    SourceTree tree = repository.commit(acceptance);
    last = tree;
    return look(tree);
  }

  private Advance look(SourceTree... trees) {
    Advance advance = files.advance(new SourceLine(List.of(trees), false));
    files = advance.files();
    return advance;
  }

  /// Ends the server and starts it again from nothing but what it noted.
  private List<Event> restart() {
    SourceTree tip = last;
    if (tip == null) {
      throw new AssertionError("nothing was pushed");
    }
    Advance resumed = ZoneFiles.resume(new Known(noted(tip), marks(), SourceLine.of(tip)));
    files = resumed.files();
    return resumed.events();
  }

  private List<Mark> marks() {
    return files.heldBack().marks();
  }

  /// What the served line would hold: the tip's files with those held back in their place.
  private SourceTree noted(SourceTree tip) {
    HeldBack heldBack = files.heldBack();
    SortedMap<String, SourceFile> served = new TreeMap<>(tip.files());
    served.keySet().removeAll(heldBack.withheld());
    served.putAll(heldBack.instead());
    return new SourceTree(
        tip.version(),
        tip.time(),
        Acceptance.NOTHING,
        tip.layout(),
        served,
        SourceTree.Includes.among(served, heldBack.includes()),
        Collections.emptySortedMap());
  }

  private static Acceptance accepting(int commit) {
    return Acceptance.of(Set.of(MemoryTree.version(commit)));
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private static String large(int serial, int hosts) {
    String[] lines = new String[hosts];
    for (int i = 0; i < hosts; i++) {
      lines[i] = "h" + i + " A 192.0.2.1";
    }
    return zone(serial, lines);
  }

  private @Nullable Long servedSerial(WireName apex) {
    return files.zones().zone(apex) instanceof Zone zone ? (Long) zone.serial().value() : null;
  }

  private boolean answers(String name) {
    return files.zones().enclosing(WireName.parse(name)) instanceof Zone zone
        && zone.node(WireName.parse(name)) != null;
  }

  private ZoneStatus status(WireName zone) {
    return files.statuses().filter(status -> status.zone().equals(zone)).findFirst().orElseThrow();
  }

  @Nested
  class SeveralCommitsAtOnce {
    @Test
    void theFirstCommitWithASerialIsWhatTheSerialStandsFor() {
      repository.put("example.com", zone(1));
      push();
      SourceTree raised = repository.put("example.com", zone(2, "a A 192.0.2.1")).commit();
      SourceTree forgotten = repository.put("example.com", zone(2, "b A 192.0.2.2")).commit();
      Advance advance = look(raised, forgotten);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(2);
      assertThat(answers("a.example.com")).isTrue();
      assertThat(answers("b.example.com")).isFalse();
      assertThat(advance.events())
          .hasExactlyElementsOfTypes(Event.ZoneChanged.class, Event.SerialNotRaised.class);
      assertThat(status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.NOT_RAISED);
    }

    @Test
    void whatIsMendedOnTheWayIsNotReported() {
      repository.put("example.com", zone(1));
      push();
      SourceTree broken = repository.put("example.com", zone(2, "a A nonsense")).commit();
      SourceTree mended = repository.put("example.com", zone(3, "a A 192.0.2.1")).commit();
      assertThat(look(broken, mended).events()).hasExactlyElementsOfTypes(Event.ZoneChanged.class);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(3);
    }

    @Test
    void aServerThatStartsLateServesWhatTheOthersServe() {
      List<SourceTree> history = new ArrayList<>();
      history.add(repository.put("example.com", zone(1)).commit());
      history.add(repository.put("example.com", zone(2, "a A 192.0.2.1")).commit());
      history.add(repository.put("example.com", zone(2, "b A 192.0.2.2")).commit());
      history.add(repository.put("example.com", zone(3, "c A nonsense")).commit());
      for (SourceTree commit : history) {
        look(commit);
      }
      ZoneFiles late = ZoneFiles.NONE.advance(new SourceLine(history, false)).files();
      Zone served = (Zone) Objects.requireNonNull(files.zones().zone(EXAMPLE));
      assertThat(late.zones().zone(EXAMPLE))
          .isInstanceOfSatisfying(
              Zone.class, zone -> assertThat(zone.sameRecords(served)).isTrue());
    }

    @Test
    void aFirstStartTakesALoweredSerial_sinceNothingOfOursWasServedBefore() {
      SourceTree high = repository.put("example.com", zone(2_010_010_101)).commit();
      SourceTree renumbered = repository.put("example.com", zone(7)).commit();
      look(high, renumbered);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(7);
    }

    @Test
    void aFirstStartHoldsNoRemoval() {
      repository.put("example.net", zone(1));
      for (int i = 0; i < 20; i++) {
        repository.put("z" + i + ".example", zone(1));
      }
      SourceTree many = repository.commit();
      for (int i = 0; i < 20; i++) {
        repository.remove("z" + i + ".example");
      }
      look(many, repository.commit());
      assertThat(files.zones().size()).isEqualTo(1);
    }
  }

  @Nested
  class AMassRemoval {
    private void zones(int n) {
      for (int i = 0; i < n; i++) {
        repository.put("z" + i + ".example", zone(1));
      }
    }

    private void remove(int n) {
      for (int i = 0; i < n; i++) {
        repository.remove("z" + i + ".example");
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
      push();
      remove(removed);
      Advance pushed = push();
      assertThat(files.zones().size()).isEqualTo(isHeld ? zones : zones - removed);
      assertThat(pushed.events().stream().filter(Event.RemovalHeld.class::isInstance).count())
          .isEqualTo(isHeld ? 1 : 0);
    }

    @Test
    void saysHowItIsAccepted_andIsAcceptedByThat() {
      zones(10);
      push();
      remove(5);
      String text = push().events().getFirst().text();
      assertThat(text)
          .contains("5 zones")
          .contains("'Zonetrail-Accept: " + MemoryTree.version(2) + "'");
      assertThat(push(accepting(1)).isChange()).isFalse();
      Advance accepted = push(accepting(2));
      assertThat(accepted.isChange()).isTrue();
      assertThat(files.zones().size()).isEqualTo(5);
      assertThat(accepted.events()).hasSize(5).hasOnlyElementsOfType(Event.ZoneRemoved.class);
    }

    @Test
    void holdsUpNothingElse() {
      zones(10);
      repository.put("_keys", "");
      push();
      remove(5);
      repository.put("z9.example", zone(2)).put("new.example", zone(1)).remove("_keys");
      push();
      assertThat(servedSerial(WireName.parse("z9.example"))).isEqualTo(2);
      assertThat(servedSerial(WireName.parse("new.example"))).isEqualTo(1);
      assertThat(servedSerial(WireName.parse("z0.example"))).isEqualTo(1);
      assertThat(files.keys().files()).isEmpty();
    }

    @Test
    void isOverWhenTheFilesAreBack() {
      zones(10);
      push();
      remove(5);
      push();
      zones(10);
      Advance back = push();
      assertThat(files.statuses()).allMatch(zone -> zone.state() == ZoneStatus.State.CURRENT);
      assertThat(back.events()).hasSize(5).hasOnlyElementsOfType(Event.ZoneCurrent.class);
    }

    @Test
    void isStillHeldAfterARestart_andCanBeAcceptedThen() {
      zones(10);
      push();
      remove(5);
      push();
      repository.put("z9.example", zone(2));
      push();
      restart();
      assertThat(files.zones().size()).isEqualTo(10);
      assertThat(status(WireName.parse("z0.example")).heldVersion())
          .isEqualTo(MemoryTree.version(2));
      push(accepting(2));
      assertThat(files.zones().size()).isEqualTo(5);
    }

    @Test
    void thatEmptiesTheRepositoryIsHeldWhole_theKeysToo() {
      repository
          .put("example.com", zone(1))
          .put("_keys", "a._update. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n");
      push();
      repository.remove("example.com").remove("_keys").put("README.md", "gone");
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(files.keys().keys()).hasSize(1);
      push(accepting(2));
      assertThat(files.zones().size()).isZero();
      assertThat(files.keys().keys()).isEmpty();
    }

    @Test
    void thatEmptiesTheRepositoryKeepsTheKeysAlsoAfterARestart() {
      repository
          .put("example.com", zone(1))
          .put("_keys", "a._update. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n");
      push();
      repository.remove("example.com").remove("_keys");
      push();
      restart();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(files.keys().keys()).hasSize(1);
      repository.put("README.md", "still empty");
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.FileIgnored.class);
      assertThat(files.keys().keys()).hasSize(1);
      push(accepting(2));
      assertThat(files.zones().size()).isZero();
      assertThat(files.keys().keys()).isEmpty();
    }

    @Test
    void isNoneInAPlainFolder() {
      zones(10);
      push();
      remove(10);
      push(Acceptance.EVERYTHING);
      assertThat(files.zones().size()).isZero();
    }
  }

  @Nested
  class AZoneThatLosesMuch {
    @ParameterizedTest
    @CsvSource({"200, 102, false", "200, 99, true", "98, 1, false"})
    void isHeldIfItIsHalfOfALargeOne(int before, int after, boolean isHeld) {
      repository.put("example.com", large(1, before)); // and two RRsets more: SOA and NS
      push();
      repository.put("example.com", large(2, after));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(isHeld ? 1 : 2);
    }

    @Test
    void isReleasedByTheTrailer_alsoAfterARestart() {
      repository.put("example.com", large(1, 200));
      push();
      repository.put("example.com", large(2, 10));
      assertThat(push().events()).hasExactlyElementsOfTypes(Event.LossHeld.class);
      restart();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(status(EXAMPLE).heldVersion()).isEqualTo(MemoryTree.version(2));
      assertThat(status(EXAMPLE).version()).isEqualTo(MemoryTree.version(1));
      push(accepting(2));
      assertThat(servedSerial(EXAMPLE)).isEqualTo(2);
    }

    @Test
    void isToBeAcceptedAnewWhenItsFileChangedSince() {
      repository.put("example.com", large(1, 200));
      push();
      repository.put("example.com", large(2, 10));
      push();
      repository.put("example.com", large(3, 5));
      push();
      assertThat(push(accepting(2)).isChange()).isFalse();
      push(accepting(3));
      assertThat(servedSerial(EXAMPLE)).isEqualTo(3);
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
      repository.put("example.com", zone(1, "$INCLUDE hosts.inc")).put("hosts.inc", hosts(200));
      push();
      repository.put("example.com", zone(2, "$INCLUDE hosts.inc")).put("hosts.inc", hosts(10));
      push();
      restart();
      assertThat(status(EXAMPLE).heldVersion()).isEqualTo(MemoryTree.version(2));
      repository.put("hosts.inc", hosts(1));
      push();
      assertThat(push(accepting(2)).isChange()).isFalse();
      push(accepting(3));
      assertThat(servedSerial(EXAMPLE)).isEqualTo(2);
    }

    @Test
    void isReadAgainWhenOneOfThemChanges_alsoWhileItIsClaimedTwice() {
      repository.put("example.com", zone(1));
      push();
      repository.put("example.com", "$INCLUDE all.inc\n").put("all.inc", zone(2));
      push();
      repository.put("EXAMPLE.com", zone(7));
      push();
      repository.put("all.inc", zone(3));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(3);
      assertThat(status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.CONTESTED);
      repository.put("README.md", "hello");
      assertThat(push().isChange()).isFalse();
      repository.put("all.inc", zone(4));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(4);
    }
  }

  @Nested
  @Rfc(number = 1982, section = "3.2")
  class AZoneThatWasRemoved {
    private void serveAndRemove() {
      repository.put("example.com", zone(7, "a A 192.0.2.1")).put("example.net", zone(1));
      push();
      repository.remove("example.com");
      push();
      assertThat(files.zones().zone(EXAMPLE)).isNull();
    }

    @Test
    void doesNotComeBackWithAnOlderSerial() {
      serveAndRemove();
      restart();
      repository.put("example.com", zone(5));
      Advance back = push();
      assertThat(back.events()).hasExactlyElementsOfTypes(Event.SerialNotRaised.class);
      assertThat(back.events().getFirst().text())
          .contains("serial 5 is not newer than 7")
          .contains("questions get SERVFAIL");
      assertThat(servedSerial(EXAMPLE)).isNull();
      repository.put("example.com", zone(8));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(8);
    }

    @Test
    void comesBackAsItWas() {
      serveAndRemove();
      repository.put("example.com", zone(7, "a A 192.0.2.1"));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(7);
    }

    @Test
    void comesBackWithANewerSerial() {
      serveAndRemove();
      repository.put("example.com", zone(8));
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(8);
    }
  }

  @Nested
  class ARestart {
    @Test
    void keepsTheLastGoodVersionOfABrokenZone_andSaysWhatIsWrongAgain() {
      repository.put("example.com", zone(1, "a A 192.0.2.1")).put("example.net", zone(1));
      push();
      repository.put("example.com", zone(2, "a A nonsense")).put("example.net", zone(2));
      push();
      List<Event> said = restart();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(1);
      assertThat(servedSerial(OTHER)).isEqualTo(2);
      assertThat(status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.BROKEN);
      assertThat(status(EXAMPLE).version()).isEqualTo(MemoryTree.version(1));
      assertThat(status(OTHER).version()).isEqualTo(MemoryTree.version(2));
      assertThat(said)
          .hasExactlyElementsOfTypes(
              Event.ZoneAdded.class, Event.ZoneBroken.class, Event.ZoneAdded.class);
    }

    @Test
    void keepsTheSerialFloor() {
      repository.put("example.com", zone(9));
      push();
      repository.put("example.com", zone(3));
      push();
      restart();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(9);
      assertThat(status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.NOT_RAISED);
    }

    @Test
    void keepsTheLastGoodKeysOfABrokenKeyFile() {
      repository.put(
          "_keys", "a._update. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n");
      push();
      repository.put("_keys", "a._update. DNSKEY 0 3 163 !!!\n");
      push();
      assertThat(restart()).hasAtLeastOneElementOfType(Event.KeysBroken.class);
      assertThat(files.keys().keys()).hasSize(1);
    }

    @Test
    void keepsWhatAZoneIncludedThatIsHeldBack() {
      repository
          .put("example.com", zone(1, "$INCLUDE hosts.inc"))
          .put("hosts.inc", "a A 192.0.2.1\n");
      push();
      repository
          .put("example.com", zone(1, "$INCLUDE hosts.inc", "more A 192.0.2.3"))
          .put("hosts.inc", "b A 192.0.2.2\n");
      push();
      restart();
      assertThat(answers("a.example.com")).isTrue();
      assertThat(answers("b.example.com")).isFalse();
    }

    @Test
    void keepsWhatACurrentZoneIncludesOfAFileThatIsHeldBackAsAZone() {
      repository.put("example.net", zone(9, "old A 192.0.2.9")).put("example.com", zone(1));
      push();
      repository
          .put("example.net", zone(5, "new A 192.0.2.5"))
          .put("example.com", "$INCLUDE example.net\n");
      push();
      assertThat(servedSerial(OTHER)).isEqualTo(9);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(5);
      restart();
      assertThat(servedSerial(OTHER)).isEqualTo(9);
      assertThat(servedSerial(EXAMPLE)).isEqualTo(5);
      assertThat(answers("new.example.com")).isTrue();
      assertThat(status(EXAMPLE).state()).isEqualTo(ZoneStatus.State.CURRENT);
    }

    @Test
    void keepsAZoneWhoseSoaRecordWasMovedToAnIncludedFile() {
      repository.put("example.com", zone(1)).put("example.net", zone(1));
      push();
      repository.put("soa.inc", zone(2)).put("example.com", "$INCLUDE soa.inc\n");
      push();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(2);
      restart();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(2);
      repository.put("example.com", "$INCLUDE soa.inc\na A nonsense\n");
      push();
      restart();
      assertThat(servedSerial(EXAMPLE)).isEqualTo(2);
    }

    @Test
    void tellsOfARewrittenHistoryThatItFindsFetched() {
      repository.put("example.com", zone(5));
      push();
      SourceTree noted = noted(Objects.requireNonNull(last));
      SourceTree rewritten = repository.put("example.com", zone(6)).commit();
      Known known = new Known(noted, marks(), new SourceLine(List.of(rewritten), true));
      assertThat(ZoneFiles.resume(known).events())
          .hasExactlyElementsOfTypes(Event.HistoryRewritten.class, Event.ZoneAdded.class);
    }

    @Test
    void ofAServerWithNothingHeldBackNotesTheCommitAsItIs() {
      repository.put("example.com", zone(1)).put("README.md", "hello");
      push();
      assertThat(files.heldBack().isNothing()).isTrue();
      assertThat(marks()).isEmpty();
    }
  }

  @Test
  void aRewrittenHistoryIsFollowed_andSaid_andNoSerialGoesBack() {
    repository.put("example.com", zone(5)).put("example.net", zone(5));
    push();
    SourceTree rewritten =
        repository.put("example.com", zone(6)).put("example.net", zone(4)).commit();
    Advance advance = files.advance(new SourceLine(List.of(rewritten), true));
    files = advance.files();
    assertThat(advance.events())
        .hasExactlyElementsOfTypes(
            Event.HistoryRewritten.class, Event.ZoneChanged.class, Event.SerialNotRaised.class);
    assertThat(servedSerial(EXAMPLE)).isEqualTo(6);
    assertThat(servedSerial(OTHER)).isEqualTo(5);
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
    repository.put("anchor.example", zone(1));
    push();
    for (int step = 0; step < 400; step++) {
      List<SourceTree> commits = new ArrayList<>();
      for (int n = random.nextInt(3); n >= 0; n--) {
        String name = "z" + random.nextInt(4) + ".example";
        switch (random.nextInt(5)) {
          case 0 -> repository.remove(name);
          case 1 -> repository.put(name, zone(random.nextInt(30), "broken A nonsense"));
          default ->
              repository.put(
                  name, zone(random.nextInt(30), "a A 192.0.2." + (1 + random.nextInt(3))));
        }
        commits.add(repository.commit());
      }
      look(commits.toArray(SourceTree[]::new));
      last = commits.getLast();
      if (random.nextInt(10) == 0) {
        restart();
      }
      files.zones().all().stream()
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
