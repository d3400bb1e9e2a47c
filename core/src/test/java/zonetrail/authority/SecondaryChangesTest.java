package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.authority.SimulatedPrimaries.at;
import static zonetrail.authority.SimulatedPrimaries.key;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What a secondary knows of how a version came about: what was done to the very one before it.
@Rfc(number = 1995, section = "4")
class SecondaryChangesTest {
  private static final String APEX = "example.com";
  private static final InetSocketAddress ONE = at("192.0.2.1");
  private static final InetSocketAddress TWO = at("192.0.2.2");
  private static final int REFRESH = 3600;

  private final SimulatedPrimaries world =
      new SimulatedPrimaries(1, List.of(ONE, TWO), key("s._transfer.example.com")).serves(zone(1));

  private static Zone zone(int serial) {
    return SimulatedPrimaries.zone(APEX, serial, REFRESH, 600, 86_400);
  }

  @BeforeEach
  void started() {
    world.start();
    world.run(Duration.ofSeconds(1));
  }

  private void serial(int serial) {
    world.serves(zone(serial));
  }

  private Zone served() {
    return (Zone) Objects.requireNonNull(world.published().zones().zone(WireName.parse(APEX)));
  }

  private @Nullable ZoneChange known(Zone before, Zone after) {
    return world.published().files().change(before, after);
  }

  private SecondaryEffect.Keep kept() {
    return world.effectsOf(SecondaryEffect.Keep.class).getLast();
  }

  @Test
  void isKnownOfAVersionThatCameByChanges_toThePublicationAndTheDisk() {
    Zone one = served();
    serial(2);
    world.run(Duration.ofSeconds(REFRESH));
    Zone two = served();
    ZoneChange known = Objects.requireNonNull(known(one, two));
    assertThat(known.replacements()).isEqualTo(ZoneChange.between(one, two).replacements());
    assertThat(kept().before()).isSameAs(one);
    assertThat(kept().change()).isSameAs(known);
  }

  @Test
  void isNotKnownOfOtherVersions_norOfTheSameRecordsMadeApart() {
    Zone one = served();
    serial(2);
    world.run(Duration.ofSeconds(REFRESH));
    Zone two = served();
    serial(3);
    world.run(Duration.ofSeconds(REFRESH));
    Zone three = served();
    assertThat(known(two, three)).isNotNull();
    assertThat(known(one, two)).isNull();
    assertThat(known(one, three)).isNull();
    assertThat(known(zone(2), three)).isNull();
  }

  @Test
  void isNotKnownOfTheNextPublication() {
    Zone one = served();
    serial(2);
    world.run(Duration.ofSeconds(REFRESH));
    Zone two = served();
    world.run(Duration.ofSeconds(REFRESH));
    assertThat(served()).isSameAs(two);
    assertThat(known(one, two)).isNull();
  }

  @Test
  void isNotKnownOfAZoneThatCameWhole() {
    assertThat(kept().change()).isNull();
    Zone one = served();
    serial(2);
    world.isIncrementalBroken = true;
    world.run(Duration.ofSeconds(REFRESH));
    assertThat(known(one, served())).isNull();
    assertThat(kept().before()).isSameAs(one);
    assertThat(kept().change()).isNull();
  }

  @Test
  void isNotHeldWithThePublication_whereItIsLarge() {
    Zone one = served();
    Zone two = zone(2);
    ZoneChange.Builder more = new ZoneChange.Builder(two);
    for (int i = 0; i < 25_000; i++) {
      WireName owner = WireName.parse("n" + i + "." + APEX);
      more.put(new RRset(owner, RRType.A, 60, List.of(Rdata.of(new byte[4]))));
    }
    world.serves(two.with(more.build()));
    world.run(Duration.ofSeconds(REFRESH));
    assertThat(served().recordCount()).isGreaterThan(25_000);
    assertThat(known(one, served())).isNull();
    assertThat(kept().change()).isNotNull();
  }

  @Test
  void isKnownOfTheVersionBefore_whereSomethingElseWasPublishedInBetween() {
    Zone one = served();
    world.away.addAll(List.of(ONE, TWO));
    StoredVersion last = Objects.requireNonNull(world.disk.get(WireName.parse(APEX)));
    world.run(Duration.between(world.now, last.expiresAt()).plusSeconds(1));
    assertThat(world.served(APEX)).isEqualTo(-1);
    serial(2);
    world.away.clear();
    world.step(new SecondaryInput.RefreshWanted());
    world.run(Duration.ofMinutes(1));
    Zone two = served();
    assertThat(Objects.requireNonNull(known(one, two)).replacements())
        .isEqualTo(ZoneChange.between(one, two).replacements());
    assertThat(kept().before()).isSameAs(one);
  }
}
