package zonetrail.secondary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What can be said of peers in containers without an engine.
class ContainerLauncherTest {

  @Test
  void programRunsInTheContainerAsTheOwnerOfItsFiles_withTheSameArguments() {
    assertThat(ContainerLauncher.command(List.of("nsd", "-d", "-c", "/t/nsd.conf"), 1000, 100))
        .containsExactly(
            "setpriv",
            "--reuid=1000",
            "--regid=100",
            "--clear-groups",
            "--",
            "nsd",
            "-d",
            "-c",
            "/t/nsd.conf");
  }

  @Test
  void imageIsADebianRelease_withAllThreePeers() {
    assertThat(ContainerLauncher.dockerfile("sid").lines().toList())
        .hasSize(4)
        .startsWith("FROM debian:sid-slim")
        .allSatisfy(line -> assertThat(line).doesNotEndWith(" "))
        .satisfies(lines -> assertThat(lines.get(2)).contains(" bind9 knot nsd \\"));
  }
}
