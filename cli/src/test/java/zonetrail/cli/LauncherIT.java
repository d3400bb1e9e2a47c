package zonetrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher with the jars of this build, in a folder of its own.
class LauncherIT {
  private static final Instant BUILT = Instant.parse("2026-11-28T12:00:00Z");

  @TempDir private Path home;
  private Path jars;
  private Path cache;

  @BeforeEach
  void install() throws IOException {
    jars = Files.createDirectories(home.resolve("lib/tools"));
    Files.copy(Path.of("..", "zonetrail"), home.resolve("zonetrail"));
    try (DirectoryStream<Path> built =
        Files.newDirectoryStream(Path.of("target/zonetrail/lib/tools"), "*.jar")) {
      for (Path jar : built) {
        date(Files.copy(jar, jars.resolve(jar.getFileName())), BUILT);
      }
    }
    String runtime = System.getProperty("java.runtime.version");
    cache = Files.writeString(home.resolve("lib/tools-" + runtime + ".aot"), "not one");
    date(cache, BUILT.plusSeconds(60));
  }

  private static void date(Path file, Instant time) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(time));
  }

  /// The cache that the JVM is told to use; empty for none.
  private String cacheUsed() throws IOException {
    ProcessBuilder ozone =
        new ProcessBuilder(home.resolve("zonetrail").toString(), "ozone", "--help")
            .redirectErrorStream(true);
    ozone.environment().put("JAVA_HOME", System.getProperty("java.home"));
    ozone.environment().put("ZONETRAIL_JAVA_OPTS", "-XX:+PrintFlagsFinal");
    String said = new String(ozone.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String flag = said.lines().filter(line -> line.contains(" AOTCache ")).findFirst().orElse(said);
    return flag.replaceFirst("(?s).* AOTCache +=(.*)\\{product.*", "$1").strip();
  }

  @Test
  void aCacheOfTheseJarsIsUsed() throws Exception {
    assertThat(cacheUsed()).isEqualTo(cache.toString());
  }

  @Test
  void aCacheIsNotUsed_whenAJarWasBuiltSince_forTheJvmWouldRunTheCodeOfTheOneBefore()
      throws Exception {
    Path replaced;
    try (DirectoryStream<Path> core = Files.newDirectoryStream(jars, "zonetrail-core-*.jar")) {
      replaced = core.iterator().next();
    }
    date(replaced, BUILT.plusSeconds(120));
    assertThat(cacheUsed()).isEmpty();
  }
}
