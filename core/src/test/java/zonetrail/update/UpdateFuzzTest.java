package zonetrail.update;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneCheck;
import zonetrail.zone.Zones;

/// Whatever octets come, an update is malformed or comes to something. In a build this runs the
/// seeds; CONTRIBUTING.md says how to search for more.
class UpdateFuzzTest {
  private static final Zones ZONES = Zones.of(List.of(Rfc2136Test.ZONE));

  @FuzzTest(maxDuration = "60s")
  void anyOctets_areMalformedOrComeToSomething(byte[] message) {
    apply(message);
  }

  @Test
  void updatesBentAtRandom_areMalformedOrComeToSomething() {
    Random random = new Random(2136);
    RandomUpdates updates = new RandomUpdates(2136);
    for (int i = 0; i < 1_000; i++) {
      byte[] message = UpdateScript.message("example.", updates.next(Rfc2136Test.ZONE));
      for (int times = random.nextInt(4); times > 0; times--) {
        message[2 + random.nextInt(message.length - 2)] = (byte) random.nextInt(256);
      }
      apply(message);
    }
  }

  private static void apply(byte[] message) {
    UpdateRequest request;
    try {
      request = UpdateRequest.parse(message);
    } catch (MalformedUpdateException malformed) {
      assertThat(malformed.getMessage()).isNotEmpty();
      return;
    }
    UpdateOutcome outcome =
        UpdateProcessor.apply(
            request, Updated.key("k._update."), ZONES, SerialStyle.UNIXTIME, Updated.NOW);
    if (outcome instanceof UpdateOutcome.Made made) {
      assertThat(made.alteration().text().summary()).doesNotContainPattern("\\p{Cntrl}");
    }
    if (outcome instanceof UpdateOutcome.Made(Alteration.Changed(var change), Zone after)) {
      assertThat(after.serial().isNewerThan(Rfc2136Test.ZONE.serial())).isTrue();
      assertThat(change.isEmpty()).isFalse();
      assertThat(ZoneCheck.check(after, (_, _) -> Position.ofFile("")))
          .as("%s", request)
          .noneMatch(Finding::isError);
    }
  }
}
