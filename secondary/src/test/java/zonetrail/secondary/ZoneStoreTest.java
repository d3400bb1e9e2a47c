package zonetrail.secondary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.StoredVersion;
import zonetrail.authority.VersionStore.Loaded;
import zonetrail.fixtures.ZoneTextGenerator;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// Zones on disk: whole, or asked for again.
class ZoneStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(3600);

  @TempDir private Path directory;

  private static Zone zone(String apex, long seed) {
    return Objects.requireNonNull(
        ZoneFileReader.read(
                apex,
                WireName.parse(apex),
                ZoneTextGenerator.plain(seed).zone(40),
                IncludeSource.NONE)
            .zone());
  }

  private static StoredVersion version(Zone zone) {
    return new StoredVersion(zone, NOW, NOW.plusSeconds(86_400));
  }

  private Loaded reopened() throws IOException {
    try (ZoneStore store = ZoneStore.open(directory)) {
      return store.load();
    }
  }

  private void keep(StoredVersion version) throws IOException {
    try (ZoneStore store = ZoneStore.open(directory)) {
      store.keep(version, null, null);
    }
  }

  private Path file(String name) {
    return directory.resolve("zones").resolve(name);
  }

  @Test
  void whatIsKept_isReadAgain_recordForRecord() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      keep(version(zone("example.com", seed)));
      assertThat(reopened().versions()).hasSize(1);
      StoredVersion read = reopened().versions().getFirst();
      assertThat(read.zone().sameRecords(zone("example.com", seed))).as("seed %d", seed).isTrue();
      assertThat(read.expiresAt()).isEqualTo(NOW.plusSeconds(86_400));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "0/26.2.0.192.in-addr.arpa", "a%2fb.example", "Example.COM"})
  void anyZoneHasAFile(String apex) throws IOException {
    keep(version(zone(apex, 1)));
    assertThat(reopened().versions().getFirst().zone().apex()).isEqualTo(WireName.parse(apex));
  }

  @Test
  void longName_isHashed() {
    WireName name = WireName.parse(("\\001".repeat(60) + ".").repeat(3) + "example.");
    assertThat(ZoneStore.fileName(name)).startsWith("sha256-").hasSizeLessThan(100);
  }

  @Test
  void confirmation_movesTheTimes_ofThisVersionAlone() throws IOException {
    Zone zone = zone("example.com", 1);
    keep(version(zone));
    StoredVersion confirmed = new StoredVersion(zone, LATER, LATER.plusSeconds(86_400));
    try (ZoneStore store = ZoneStore.open(directory)) {
      store.confirm(confirmed);
    }
    assertThat(reopened().versions().getFirst().expiresAt()).isEqualTo(confirmed.expiresAt());
    keep(version(zone));
    assertThat(reopened().versions().getFirst().expiresAt()).isEqualTo(NOW.plusSeconds(86_400));
  }

  @Test
  void damagedTimes_leaveTheEarlierOnes() throws IOException {
    Zone zone = zone("example.com", 1);
    keep(version(zone));
    try (ZoneStore store = ZoneStore.open(directory)) {
      store.confirm(new StoredVersion(zone, LATER, LATER.plusSeconds(86_400)));
    }
    byte[] times = Files.readAllBytes(file("example.com.times"));
    times[20] ^= 1;
    Files.write(file("example.com.times"), times);
    assertThat(reopened().versions().getFirst().expiresAt()).isEqualTo(NOW.plusSeconds(86_400));
  }

  @Test
  void forgottenZone_isGone() throws IOException {
    keep(version(zone("example.com", 1)));
    try (ZoneStore store = ZoneStore.open(directory)) {
      store.forget(WireName.parse("example.com"));
    }
    assertThat(reopened().versions()).isEmpty();
    assertThat(file("example.com.zone")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "0/26.2.0.192.in-addr.arpa", "a%2fb.example", "Example.COM"})
  void zoneThatIsWanted_isReadAgain_untilItIsKept(String apex) throws IOException {
    WireName name = WireName.parse(apex);
    try (ZoneStore store = ZoneStore.open(directory)) {
      store.want(name);
      assertThat(store.load().wanted()).containsExactly(name);
      store.keep(version(zone(apex, 1)), null, null);
      assertThat(store.load().wanted()).isEmpty();
      store.want(name);
      store.forget(name);
      assertThat(store.load().wanted()).isEmpty();
    }
  }

  @Test
  void damagedWish_isOneStill_byTheNameOfItsFile() throws IOException {
    try (ZoneStore store = ZoneStore.open(directory)) {
      store.want(WireName.parse("example.com"));
      byte[] wish = Files.readAllBytes(file("example.com.wanted"));
      wish[12] ^= 1;
      Files.write(file("example.com.wanted"), wish);
      requireDamaged(store.load(), 12);
    }
  }

  /// P12: what was changed on the disk is never served.
  @Test
  void anyChangedOrMissingOctet_isFound_andTheZoneIsNamed() throws IOException {
    keep(version(zone("example.com", 3)));
    Path file = file("example.com.zone");
    byte[] whole = Files.readAllBytes(file);
    try (ZoneStore store = ZoneStore.open(directory)) {
      for (int at = 0; at < whole.length; at++) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) (1 << at % 8);
        Files.write(file, changed);
        requireDamaged(store.load(), at);
      }
      for (int kept = 0; kept < whole.length; kept += 7) {
        Files.write(file, Arrays.copyOf(whole, kept));
        requireDamaged(store.load(), kept);
      }
      Files.write(file, Arrays.copyOf(whole, whole.length + 1));
      requireDamaged(store.load(), whole.length);
    }
  }

  private static void requireDamaged(Loaded loaded, int at) {
    assertThat(loaded.versions()).as("octet %d", at).isEmpty();
    assertThat(loaded.damaged().getFirst().zone()).isEqualTo(WireName.parse("example.com"));
  }

  @Test
  void halfWrittenFileOfACrash_isNothing() throws IOException {
    keep(version(zone("example.com", 1)));
    Files.writeString(file("example.com.zone.new"), "ZTZONE1\n", StandardCharsets.US_ASCII);
    assertThat(reopened().versions()).hasSize(1);
    assertThat(reopened().damaged()).isEmpty();
  }

  @Test
  void secondServer_isKeptOut() throws IOException {
    try (ZoneStore first = ZoneStore.open(directory)) {
      assertThat(first.load().versions()).isEmpty();
      assertThatThrownBy(() -> ZoneStore.open(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another server");
    }
  }
}
