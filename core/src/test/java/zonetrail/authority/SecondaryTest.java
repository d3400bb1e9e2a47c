package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.authority.SimulatedPrimaries.at;
import static zonetrail.authority.SimulatedPrimaries.key;
import static zonetrail.authority.SimulatedPrimaries.zone;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// A secondary in virtual time.
class SecondaryTest {
  private static final String APEX = "example.com";
  private static final InetSocketAddress ONE = at("192.0.2.1");
  private static final InetSocketAddress TWO = at("192.0.2.2");
  private static final TsigKey OF_ZONE = key("192.0.2.1.192.0.2.9._transfer.example.com");
  private static final TsigKey OF_ALL = key("s._transfer");
  private static final int REFRESH = 3600;
  private static final int RETRY = 600;
  private static final int EXPIRE = 86_400;

  private final SimulatedPrimaries world =
      new SimulatedPrimaries(1, List.of(ONE, TWO), OF_ALL, OF_ZONE)
          .serves(zone(APEX, 1, REFRESH, RETRY, EXPIRE));

  private void started() {
    world.start();
    world.run(Duration.ofSeconds(1));
  }

  private void serial(int serial) {
    world.serves(zone(APEX, serial, REFRESH, RETRY, EXPIRE));
  }

  private Instant keptUntil() {
    return Objects.requireNonNull(world.disk.get(WireName.parse(APEX))).expiresAt();
  }

  @Nested
  class OtherKeys {
    private void take(TsigKey... keys) {
      world.step(
          new SecondaryInput.PrimariesChanged(
              new RemotePrimaries(
                  List.of(ONE, TWO), KeyRing.of(Map.of("keys", List.of(keys))), List.of())));
      world.run(Duration.ofSeconds(1));
    }

    @Test
    void bringTheZonesTheyAreNamedAfter_andTheirZonesGoWithThem() {
      started();
      world.serves(zone("example.net", 5, REFRESH, RETRY, EXPIRE));
      take(key("k._transfer.example.net"));
      assertThat(world.served("example.net")).isEqualTo(5);
      assertThat(world.published().zones().zone(WireName.parse(APEX))).isNull();
      assertThat(world.disk).containsKey(WireName.parse(APEX));
      take(OF_ALL, OF_ZONE);
      assertThat(world.served(APEX)).isEqualTo(1);
      assertThat(world.served("example.net")).isEqualTo(5);
    }

    @Test
    void thatCoverAZoneToo_interruptNothing() {
      started();
      take(OF_ZONE, key("new._transfer.example.com"));
      assertThat(world.served(APEX)).isEqualTo(1);
      assertThat(world.published().keys().contains(OF_ALL)).isFalse();
      serial(2);
      world.run(Duration.ofSeconds(REFRESH + 1));
      assertThat(world.served(APEX)).isEqualTo(2);
    }
  }

  @Nested
  class Start {
    @Test
    void zoneThatAKeyIsNamedAfter_isTransferredAndKept() {
      started();
      assertThat(world.served(APEX)).isEqualTo(1);
      assertThat(world.disk).containsKey(WireName.parse(APEX));
      assertThat(world.transfersIncremental()).containsExactly(false);
    }

    @Test
    void addressInTheKeysName_isThePrimary() {
      SimulatedPrimaries named =
          new SimulatedPrimaries(1, List.of(), OF_ZONE)
              .serves(zone(APEX, 1, REFRESH, RETRY, EXPIRE));
      named.start();
      named.run(Duration.ofSeconds(1));
      assertThat(named.served(APEX)).isEqualTo(1);
      assertThat(named.effectsOf(SecondaryEffect.Probe.class).getFirst().primary().address())
          .isEqualTo(ONE);
    }

    @Test
    void untilItHasCome_questionsGetServfail() {
      world.away.addAll(List.of(ONE, TWO));
      started();
      assertThat(world.served(APEX)).isEqualTo(-1);
    }

    @Test
    void nameThatNoPrimaryHasAsAZone_isNotOurs() {
      world.zones.clear();
      started();
      assertThat(world.served(APEX)).isNull();
    }

    @Test
    void zoneWhoseFileIsDamaged_isAskedForAgain() {
      world.serves(zone("new.example", 4, REFRESH, RETRY, EXPIRE));
      world.damaged.add(new VersionStore.Damaged(WireName.parse("new.example"), "new.zone"));
      started();
      assertThat(world.served("new.example")).isEqualTo(4);
      assertThat(world.events(SecondaryEvent.VersionDamaged.class)).hasSize(1);
    }

    @Test
    void zonesAreAskedForAFewAtATime() {
      TsigKey[] keys = new TsigKey[200];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = key("k._transfer.z" + i + ".example");
      }
      SimulatedPrimaries many = new SimulatedPrimaries(1, List.of(ONE), keys);
      for (int i = 0; i < keys.length; i++) {
        many.serves(zone("z" + i + ".example", 1, REFRESH, RETRY, EXPIRE));
      }
      many.start();
      assertThat(many.probes()).isEqualTo(Secondary.MAX_UNDER_WAY_AT_A_PRIMARY);
      many.run(Duration.ofSeconds(2));
      assertThat(many.disk).hasSize(keys.length);
    }

    @Test
    void primaryThatIsSilent_doesNotHoldUpTheZonesOfAnother() {
      TsigKey[] keys = new TsigKey[300]; // several times as many as are asked for at once
      for (int i = 0; i < keys.length; i++) {
        String primary = i < keys.length - 20 ? "192.0.2.1" : "192.0.2.2";
        keys[i] = key(primary + ".192.0.2.9._transfer.z" + i + ".example");
      }
      SimulatedPrimaries many = new SimulatedPrimaries(1, List.of(), keys);
      for (int i = 0; i < keys.length; i++) {
        many.serves(zone("z" + i + ".example", 1, REFRESH, RETRY, EXPIRE));
      }
      many.away.add(ONE);
      many.start();
      many.run(Duration.ofMinutes(1));
      assertThat(many.disk).as("all that the other one has").hasSize(20);
      many.away.clear();
      many.run(Duration.ofHours(1));
      assertThat(many.disk).hasSize(keys.length);
    }
  }

  @Nested
  @Rfc(number = 1034, section = "4.3.5")
  class Refresh {
    @Test
    void isDueByTheSoa_aLittleEarlierByChance() {
      started();
      int before = world.probes();
      world.run(Duration.ofSeconds((long) (REFRESH * 0.9) - 2));
      assertThat(world.probes()).isEqualTo(before);
      world.run(Duration.ofSeconds((long) (REFRESH * 0.1) + 2));
      assertThat(world.probes()).isEqualTo(before + 1);
    }

    @Test
    void newerSerial_isTransferredAsChanges() {
      started();
      serial(2);
      world.run(Duration.ofSeconds(REFRESH));
      assertThat(world.served(APEX)).isEqualTo(2);
      assertThat(world.transfersIncremental()).containsExactly(false, true);
    }

    @Test
    void olderSerial_isNotTaken_andTheNextPrimaryIsAsked() {
      serial(5);
      started();
      serial(4);
      world.run(Duration.ofSeconds(REFRESH));
      assertThat(world.served(APEX)).isEqualTo(5);
      assertThat(world.transfersIncremental()).hasSize(1);
      assertThat(world.effectsOf(SecondaryEffect.Probe.class).getLast().primary().address())
          .isEqualTo(TWO);
    }

    @Test
    @Rfc(number = 1995, section = "4")
    void badChanges_areFollowedByTheWholeZone_once() {
      started();
      serial(2);
      world.isIncrementalBroken = true;
      world.run(Duration.ofSeconds(REFRESH));
      assertThat(world.served(APEX)).isEqualTo(2);
      assertThat(world.transfersIncremental()).containsExactly(false, true, false);
    }

    @Test
    void primaryThatDoesNotAnswer_isFollowedByTheNext_whichIsAskedFirstThen() {
      world.away.add(ONE);
      world.start();
      world.run(Duration.ofSeconds(10));
      assertThat(world.served(APEX)).isEqualTo(1);
      world.away.clear();
      world.effects.clear();
      world.run(Duration.ofSeconds(REFRESH));
      assertThat(world.effectsOf(SecondaryEffect.Probe.class).getFirst().primary().address())
          .isEqualTo(TWO);
    }
  }

  @Nested
  class Retry {
    @Test
    void failures_backOffUpToAnHour() {
      started();
      world.away.addAll(List.of(ONE, TWO));
      world.effects.clear();
      world.run(Duration.ofSeconds(REFRESH + 20_000));
      // Two probes a round: after 600, 1200, 2400, then each 3600 s, or a little earlier.
      assertThat(world.probes() / 2).isBetween(7, 9);
      assertThat(world.served(APEX)).isEqualTo(1);
      assertThat(world.events(SecondaryEvent.RefreshFailed.class).getFirst().level())
          .isEqualTo(Event.Level.WARN);
      assertThat(world.events(SecondaryEvent.RefreshFailed.class).getLast().level())
          .isEqualTo(Event.Level.DEBUG);
      assertThat(world.published().files().statuses().map(ZoneStatus::state))
          .containsExactly(ZoneStatus.State.RETRYING);
    }

    @Test
    void primaryThatIsBack_isSaid() {
      started();
      world.away.addAll(List.of(ONE, TWO));
      world.run(Duration.ofSeconds(REFRESH + 100));
      world.away.clear();
      world.run(Duration.ofSeconds(RETRY));
      assertThat(world.events(SecondaryEvent.PrimaryIsBack.class)).hasSize(1);
    }
  }

  /// P11: served while the primaries are away, until expire, then SERVFAIL.
  @Nested
  @Rfc(number = 1034, section = "4.3.5")
  class Expire {
    @Test
    void zoneIsServedToItsLastMoment_andComesBackWithAPrimary() {
      started();
      world.away.addAll(List.of(ONE, TWO));
      Instant expiresAt = keptUntil();
      world.run(Duration.between(world.now, expiresAt).minusMillis(1));
      assertThat(world.served(APEX)).isEqualTo(1);
      world.run(Duration.ofMillis(1));
      assertThat(world.served(APEX)).isEqualTo(-1);
      assertThat(world.events(SecondaryEvent.ZoneExpired.class)).hasSize(1);
      world.away.clear();
      world.run(Duration.ofHours(1));
      assertThat(world.served(APEX)).isEqualTo(1);
    }

    @Test
    void expireOfZero_doesNotTakeAwayAZoneThatAPrimaryConfirms() {
      started();
      world.serves(zone(APEX, 2, 0, 0, 0));
      world.run(Duration.ofHours(1));
      assertThat(world.served(APEX)).isEqualTo(2);
      world.run(Duration.ofMinutes(30));
      assertThat(world.served(APEX)).isEqualTo(2);
      assertThat(world.events(SecondaryEvent.ZoneExpired.class)).isEmpty();
      world.away.addAll(List.of(ONE, TWO));
      world.run(RefreshTimes.MIN_EXPIRE);
      assertThat(world.served(APEX)).isEqualTo(-1);
    }

    @Test
    void restartWhileEveryPrimaryIsAway_servesUntilTheSameMoment() {
      started();
      world.away.addAll(List.of(ONE, TWO));
      Instant expiresAt = keptUntil();
      world.run(Duration.ofHours(20));
      world.restart(7);
      assertThat(world.served(APEX)).isEqualTo(1);
      world.run(Duration.between(world.now, expiresAt).minusMillis(1));
      assertThat(world.served(APEX)).isEqualTo(1);
      world.run(Duration.ofMillis(1));
      assertThat(world.served(APEX)).isEqualTo(-1);
      world.restart(8);
      assertThat(world.served(APEX)).isEqualTo(-1);
    }

    @Test
    void clockThatWentBackBetweenRuns_doesNotProlongIt() {
      started();
      world.away.addAll(List.of(ONE, TWO));
      world.now = world.now.minus(Duration.ofDays(30));
      world.restart(7);
      world.run(Duration.ofSeconds(EXPIRE));
      assertThat(world.served(APEX)).isEqualTo(-1);
    }

    @Test
    @Rfc(number = 7314, section = "4")
    void timeThatASecondaryBeforeUsHasLeft_isOurs() {
      world.expireOption = OptionalInt.of(1000);
      started();
      world.away.addAll(List.of(ONE, TWO));
      world.run(Duration.ofSeconds(998));
      assertThat(world.served(APEX)).isEqualTo(1);
      world.run(Duration.ofSeconds(2));
      assertThat(world.served(APEX)).isEqualTo(-1);
    }

    @Test
    @Rfc(number = 7314, section = "3.2")
    void whatIsLeftOfIt_isWhatThoseBehindAreTold() {
      started();
      assertThat(secondsLeft()).isBetween(EXPIRE - 2, EXPIRE);
      world.away.addAll(List.of(ONE, TWO));
      world.run(Duration.ofSeconds(EXPIRE - 100));
      assertThat(secondsLeft()).isBetween(97, 100);
      world.restart(7);
      assertThat(secondsLeft()).isBetween(97, 100);
      world.away.clear();
      world.run(Duration.ofSeconds(90));
      assertThat(secondsLeft()).isGreaterThan(EXPIRE - 90);
    }

    private int secondsLeft() {
      Zones zones = world.published().zones();
      return zones.secondsLeft((Zone) Objects.requireNonNull(zones.zone(WireName.parse(APEX))));
    }

    /// The model knows nothing but when a primary was asked last and said yes.
    @Test
    void thirtyDaysOfPrimariesThatComeAndGo_noneEarly_noneLate() {
      long checks = 0;
      long servfails = 0;
      for (long seed = 0; seed < 10; seed++) {
        Random random = new Random(seed);
        SimulatedPrimaries sim =
            new SimulatedPrimaries(
                seed,
                List.of(ONE, TWO),
                OF_ALL,
                key("k._transfer.a.example"),
                key("k._transfer.b.example"));
        Map<String, Integer> serials = new HashMap<>();
        for (String apex : List.of("a.example", "b.example")) {
          serials.put(apex, 1);
          sim.serves(zone(apex, 1, 7200, 900, apex.startsWith("a") ? 40_000 : 100_000));
        }
        sim.start();
        Instant end = sim.now.plus(Duration.ofDays(30));
        while (sim.now.isBefore(end)) {
          sim.run(Duration.ofSeconds(1 + random.nextInt(7200)));
          for (InetSocketAddress primary : List.of(ONE, TWO)) {
            if (random.nextInt(12) == 0 && !sim.away.remove(primary)) {
              sim.away.add(primary);
            }
          }
          if (random.nextInt(10) == 0) {
            String apex = random.nextBoolean() ? "a.example" : "b.example";
            int serial = serials.merge(apex, 1, Integer::sum);
            sim.serves(zone(apex, serial, 7200, 900, apex.startsWith("a") ? 40_000 : 100_000));
          }
          if (random.nextInt(20) == 0) {
            sim.restart(random.nextLong());
          }
          for (String apex : serials.keySet()) {
            Instant until = sim.mayServeUntil.get(WireName.parse(apex));
            if (until != null) {
              boolean mayBeServed = sim.now.isBefore(until);
              boolean isServed = !Long.valueOf(-1).equals(sim.served(apex));
              assertThat(isServed)
                  .as("seed %d, %s at %s", seed, apex, sim.now)
                  .isEqualTo(mayBeServed);
              checks++;
              servfails += isServed ? 0 : 1;
            }
          }
        }
      }
      System.out.printf(
          "30 days, 10 seeds: %d looks, %d of them SERVFAIL; 0 early, 0 late%n", checks, servfails);
      assertThat(servfails).isPositive();
    }
  }

  @Nested
  @Rfc(number = 1996, section = "4.7")
  class Notify {
    @Test
    void refreshesAtOnce_fromWhoSentIt() {
      started();
      world.run(Duration.ofMinutes(1));
      serial(2);
      assertThat(world.notifyOf(APEX, OF_ZONE, "192.0.2.2")).isEqualTo(Rcode.NOERROR);
      world.run(Duration.ofSeconds(1));
      assertThat(world.served(APEX)).isEqualTo(2);
      assertThat(world.effectsOf(SecondaryEffect.Transfer.class).getLast().primary().address())
          .isEqualTo(TWO);
    }

    @Test
    void ofAnUnknownZoneUnderAKeysScope_bringsTheZone() {
      started();
      world.serves(zone("new.example", 4, REFRESH, RETRY, EXPIRE));
      assertThat(world.notifyOf("new.example", OF_ALL, "192.0.2.1")).isEqualTo(Rcode.NOERROR);
      assertThat(world.served("new.example")).isNull();
      world.run(Duration.ofSeconds(1));
      assertThat(world.served("new.example")).isEqualTo(4);
    }

    @Test
    void ofAZoneThatThePrimaryHasNot_isForgotten() {
      started();
      assertThat(world.notifyOf("new.example", OF_ALL, "192.0.2.1")).isEqualTo(Rcode.NOERROR);
      world.run(Duration.ofSeconds(1));
      assertThat(world.served("new.example")).isNull();
      assertThat(world.events(SecondaryEvent.ZoneForgotten.class)).hasSize(1);
    }

    @Test
    void ofANewZone_isRememberedOverARestart_untilItsVersionIs() {
      started();
      world.away.addAll(List.of(ONE, TWO));
      world.serves(zone("new.example", 5, REFRESH, RETRY, EXPIRE));
      assertThat(world.notifyOf("new.example", OF_ALL, "192.0.2.1")).isEqualTo(Rcode.NOERROR);
      world.run(Duration.ofSeconds(1));
      world.restart(2);
      world.run(Duration.ofSeconds(1));
      assertThat(world.wanted).containsExactly(WireName.parse("new.example"));
      world.away.clear();
      world.run(Duration.ofHours(1));
      assertThat(world.served("new.example")).isEqualTo(5);
      assertThat(world.wanted).isEmpty();
    }

    @Test
    void ofANewZoneThatNoPrimaryHas_isForgottenAfterARestartToo() {
      started();
      world.away.addAll(List.of(ONE, TWO));
      world.disowned.add(WireName.parse("new.example"));
      world.notifyOf("new.example", OF_ALL, "192.0.2.1");
      world.restart(2);
      world.away.clear();
      world.run(Duration.ofHours(1));
      assertThat(world.events(SecondaryEvent.ZoneForgotten.class)).hasSize(1);
      assertThat(world.wanted).isEmpty();
    }

    @Test
    void outsideOfTheKeysScope_isRefused() {
      started();
      int before = world.probes();
      assertThat(world.notifyOf("new.example", OF_ZONE, "192.0.2.1")).isEqualTo(Rcode.REFUSED);
      assertThat(world.notifyOf(APEX, key("other._notify"), "192.0.2.1")).isEqualTo(Rcode.REFUSED);
      world.run(Duration.ofSeconds(1));
      assertThat(world.probes()).isEqualTo(before);
    }

    @Test
    void replayed_hasNoSecondEffect() {
      started();
      world.run(Duration.ofMinutes(1));
      WireName apex = WireName.parse(APEX);
      Verdict.Verified request = world.signed(OF_ZONE, apex);
      int before = world.probes();
      for (int i = 0; i < 20; i++) {
        assertThat(world.notify(apex, request, "192.0.2.1")).isEqualTo(Rcode.NOERROR);
        world.run(Duration.ofSeconds(2));
      }
      assertThat(world.probes()).isEqualTo(before + 1);
    }

    @Test
    void burst_isFollowedWithPauses() {
      started();
      world.run(Duration.ofMinutes(1));
      int before = world.probes();
      for (int i = 0; i < 300; i++) {
        world.notifyOf(APEX, OF_ZONE, "192.0.2.1");
        world.run(Duration.ofMillis(1));
      }
      world.run(Duration.ofSeconds(5));
      long most = 300 / RefreshTimes.MIN_PAUSE.toMillis() + 2;
      assertThat(world.probes()).isBetween(before + 2, before + (int) most);
    }

    @Test
    void burst_whilePrimariesAreAway_asksOnceASecond() {
      started();
      world.run(Duration.ofMinutes(1));
      world.away.addAll(List.of(ONE, TWO));
      int before = world.probes();
      for (int i = 0; i < 300; i++) {
        world.notifyOf(APEX, OF_ZONE, "192.0.2.1");
        world.run(Duration.ofMillis(1));
      }
      // At most two rounds, of two primaries each.
      assertThat(world.probes()).isBetween(before + 1, before + 4);
    }
  }

  @Nested
  class Disowned {
    @Test
    void zoneIsServedThroughTheGrace_thenForgotten() {
      SimulatedPrimaries sim = new SimulatedPrimaries(1, List.of(ONE), OF_ALL);
      sim.serves(zone("new.example", 1, REFRESH, RETRY, 30 * 86_400));
      sim.start();
      sim.notifyOf("new.example", OF_ALL, "192.0.2.1");
      sim.run(Duration.ofSeconds(1));
      sim.disowned.add(WireName.parse("new.example"));
      sim.run(Secondary.REMOVAL_GRACE);
      assertThat(sim.served("new.example")).isEqualTo(1);
      sim.run(Duration.ofHours(3));
      assertThat(sim.served("new.example")).isNull();
      assertThat(sim.disk).isEmpty();
    }

    @Test
    void zoneThatAKeyNames_mayComeBack() {
      world.serves(zone(APEX, 1, REFRESH, RETRY, 30 * 86_400));
      started();
      world.disowned.add(WireName.parse(APEX));
      world.run(Secondary.REMOVAL_GRACE.plusHours(3));
      assertThat(world.served(APEX)).isNull();
      world.disowned.clear();
      world.run(Duration.ofMinutes(30));
      assertThat(world.served(APEX)).isEqualTo(1);
    }

    @Test
    void onePrimaryThatIsAway_endsTheGrace() {
      world.serves(zone(APEX, 1, REFRESH, RETRY, 30 * 86_400));
      started();
      world.disowned.add(WireName.parse(APEX));
      world.away.add(TWO);
      world.run(Secondary.REMOVAL_GRACE.plusDays(2));
      assertThat(world.served(APEX)).isEqualTo(1);
    }
  }
}
