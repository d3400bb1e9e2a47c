package zonetrail.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.StoredConfig;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.tsig.KeyFile;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

/// The sample is what people copy, so it has to be without fault.
class SampleZonesTest {
  private final Map<String, byte[]> files;

  SampleZonesTest() throws IOException {
    files = SampleZones.files();
  }

  private byte[] sample(String name) {
    byte[] text = files.get(name);
    if (text == null) {
      throw new AssertionError("the sample has no file " + name);
    }
    return text;
  }

  @Test
  void everyZoneOfTheSampleIsServedWithoutAWarning() {
    List<String> zones = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    files.forEach((name, text) -> {
      if (!name.contains("/") && MasterFile.holdsSoa(text)) {
        zones.add(name);
        WireName apex = ZoneFilePattern.NAME_ALONE.zoneOf(name).orElseThrow();
        findings.addAll(ZoneFileReader.read(name, apex, text, IncludeSource.NONE).findings());
      }
    });
    assertThat(zones).containsExactly("2.0.192.in-addr.arpa", "example.org");
    assertThat(findings).isEmpty();
  }

  @Test
  void theKeyOfTheSampleMayNotifyAndNothingElse() {
    KeyFile keys = KeyFile.read("example.org._keys", sample("example.org._keys"));
    assertThat(keys.findings()).isEmpty();
    TsigKey key = keys.keys().getFirst();
    WireName zone = WireName.parse("example.org");
    assertThat(key.name().permits(Operation.NOTIFY, zone)).isTrue();
    assertThat(key.name().permits(Operation.TRANSFER, zone)).isFalse();
    assertThat(key.name().permits(Operation.UPDATE, zone)).isFalse();
  }

  @Nested
  class TheRepositoryMadeOfIt {
    @TempDir Path stateDir;

    @Test
    void hasASecretOfItsOwnThatOnlyTheOwnerCanRead() throws IOException {
      QuickstartRepository.openOrCreate(stateDir);
      String published = new String(sample("example.org._keys"), UTF_8);
      Path keyFile = stateDir.resolve("hook.key");
      TsigKey key = TsigKey.parse(Files.readString(keyFile).strip());
      assertThat(key.name().permits(Operation.NOTIFY, WireName.parse("example.org"))).isTrue();
      String secret = Files.readString(keyFile).strip().split(":", 3)[2];
      assertThat(published).doesNotContain(secret);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)))
          .isEqualTo("rw-------");
    }

    @Test
    void isKeptAsItIsByTheNextStart() throws IOException {
      QuickstartRepository.openOrCreate(stateDir);
      String first = Files.readString(stateDir.resolve("hook.key"));
      Path marker = Files.writeString(stateDir.resolve("zones.git/description"), "mine");
      QuickstartRepository.openOrCreate(stateDir);
      assertThat(Files.readString(stateDir.resolve("hook.key"))).isEqualTo(first);
      assertThat(marker).hasContent("mine");
    }

    @Test
    void hasTheHookOfTheSampleWithThePlaceOfTheServer() throws Exception {
      QuickstartRepository repository = QuickstartRepository.openOrCreate(stateDir);
      repository.installHook("/opt/zone trail/zonetrail", "127.0.0.1", 5300);
      Path hook = repository.path().resolve("hooks/post-receive");
      assertThat(hook).isExecutable().hasBinaryContent(sample("hooks/post-receive"));
      try (Git git = Git.open(repository.path().toFile())) {
        StoredConfig config = git.getRepository().getConfig();
        assertThat(config.getString("zonetrail", null, "server")).isEqualTo("127.0.0.1");
        assertThat(config.getInt("zonetrail", "port", 0)).isEqualTo(5300);
        assertThat(config.getString("zonetrail", null, "launcher"))
            .isEqualTo("/opt/zone trail/zonetrail");
      }
    }
  }
}
