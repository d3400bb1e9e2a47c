package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.authority.SimulatedPrimaries.at;
import static zonetrail.authority.SimulatedPrimaries.key;
import static zonetrail.authority.SimulatedPrimaries.zone;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import zonetrail.fixtures.Soak;
import zonetrail.wire.Rfc;

/// Three secondaries for 30 simulated days, of which the third has its zones from the other two
/// alone: primaries come and go for each of them, zones change, secondaries are killed.
@Soak
class ThirtyDaysTest {
  private static final InetSocketAddress PRIMARY = at("192.0.2.1");
  private static final InetSocketAddress OTHER_PRIMARY = at("192.0.2.2");
  private static final InetSocketAddress FIRST = at("192.0.2.11");
  private static final InetSocketAddress SECOND = at("192.0.2.12");

  private static final Map<String, Integer> EXPIRE_SECONDS =
      Map.of("a.example", 40_000, "b.example", 100_000);
  private static final int REFRESH_SECONDS = 7_200;
  private static final int RETRY_SECONDS = 900;

  /// What happens at one of them within a step, the others see after it.
  private static final Duration STEP = Duration.ofMinutes(1);

  private static final Duration DAYS = Duration.ofDays(30);

  /// Longer than a refresh, and than the longest pause between two tries.
  private static final Duration TO_CONVERGE = Duration.ofSeconds(3 * REFRESH_SECONDS);

  private final Map<String, Integer> serials = new HashMap<>();
  private final Map<String, Set<Long>> existed = new HashMap<>();

  /// When one of the first two last heard from a primary; what is behind them knows no more.
  private final Map<String, Instant> heardFrom = new HashMap<>();

  private long looks;
  private long expired;

  private static SimulatedPrimaries secondary(long seed, InetSocketAddress... primaries) {
    return new SimulatedPrimaries(
        seed, List.of(primaries), key("k._transfer.a.example"), key("k._transfer.b.example"));
  }

  @Test
  @Rfc(number = 1034, section = "4.3.5")
  @Rfc(number = 7314, section = "4")
  void threeSecondaries_serveOnlyWhatExisted_noLongerThanExpire_andConverge() {
    int seeds = Soak.Times.of("seeds", 4, 200);
    for (long seed = 0; seed < seeds; seed++) {
      month(seed);
    }
    System.out.printf(
        "3 secondaries, 30 days, %d seeds: %d looks, %d of them SERVFAIL, 0 of a version that was"
            + " none, 0 after its time; all converged%n",
        seeds, looks, expired);
    assertThat(expired).isPositive();
  }

  private void month(long seed) {
    Random random = new Random(seed);
    SimulatedPrimaries first = secondary(seed, PRIMARY, OTHER_PRIMARY);
    SimulatedPrimaries second = secondary(seed + 1, OTHER_PRIMARY, PRIMARY);
    SimulatedPrimaries third = secondary(seed + 2, FIRST, SECOND);
    third.chained.put(FIRST, first);
    third.chained.put(SECOND, second);
    List<SimulatedPrimaries> all = List.of(first, second, third);
    serials.clear();
    existed.clear();
    heardFrom.clear();
    EXPIRE_SECONDS.keySet().forEach(apex -> publish(apex, all));
    all.forEach(SimulatedPrimaries::start);
    Instant end = first.now.plus(DAYS);
    while (first.now.isBefore(end)) {
      step(all);
      trouble(random, all);
      look(seed, all);
    }
    all.forEach(each -> each.away.clear());
    for (Instant calm = end.plus(TO_CONVERGE); first.now.isBefore(calm); ) {
      step(all);
      look(seed, all);
    }
    for (SimulatedPrimaries each : all) {
      serials.forEach((apex, serial) ->
          assertThat(each.served(apex)).as("seed %d, %s", seed, apex).isEqualTo((long) serial));
    }
  }

  private void publish(String apex, List<SimulatedPrimaries> all) {
    int serial = serials.merge(apex, 1, Integer::sum);
    existed.computeIfAbsent(apex, _ -> new HashSet<>()).add((long) serial);
    all.forEach(each ->
        each.serves(zone(apex, serial, REFRESH_SECONDS, RETRY_SECONDS, expireSeconds(apex))));
  }

  private static int expireSeconds(String apex) {
    return Objects.requireNonNull(EXPIRE_SECONDS.get(apex));
  }

  private void step(List<SimulatedPrimaries> all) {
    for (SimulatedPrimaries each : all) {
      each.effects.clear();
      each.run(STEP);
    }
    for (SimulatedPrimaries each : all.subList(0, 2)) {
      each.effectsOf(SecondaryEffect.Keep.class).forEach(kept -> heard(kept.version(), each.now));
      each.effectsOf(SecondaryEffect.Confirm.class)
          .forEach(confirmed -> heard(confirmed.version(), each.now));
    }
  }

  private void heard(StoredVersion version, Instant time) {
    heardFrom.put(version.zone().apex().toStringNoDot(), time);
  }

  /// Some times a day a way is cut or mended, a zone changes, a secondary is killed.
  private void trouble(Random random, List<SimulatedPrimaries> all) {
    for (SimulatedPrimaries each : all) {
      List<InetSocketAddress> asked =
          each.chained.isEmpty() ? List.of(PRIMARY, OTHER_PRIMARY) : List.of(FIRST, SECOND);
      for (InetSocketAddress primary : asked) {
        if (random.nextInt(700) == 0 && !each.away.remove(primary)) {
          each.away.add(primary);
        }
      }
      if (random.nextInt(1_200) == 0) {
        each.restart(random.nextLong());
      }
    }
    if (random.nextInt(600) == 0) {
      publish(random.nextBoolean() ? "a.example" : "b.example", all);
    }
  }

  private void look(long seed, List<SimulatedPrimaries> all) {
    for (SimulatedPrimaries each : all) {
      for (String apex : serials.keySet()) {
        Long served = each.served(apex);
        looks++;
        if (served == null || served == -1) {
          expired += heardFrom.containsKey(apex) ? 1 : 0;
          continue;
        }
        assertThat(existed.get(apex)).as("seed %d, %s", seed, apex).contains(served);
        Instant heard = Objects.requireNonNull(heardFrom.get(apex));
        Instant latest = heard.plusSeconds(expireSeconds(apex)).plus(STEP);
        assertThat(each.now).as("seed %d, %s is served", seed, apex).isBeforeOrEqualTo(latest);
      }
    }
  }
}
