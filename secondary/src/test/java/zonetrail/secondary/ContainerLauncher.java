package zonetrail.secondary;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;
import zonetrail.fixtures.PeerLauncher;
import zonetrail.fixtures.PeerProcess;

/// Runs peers in containers of one image, on Linux beside the engine: with the host's network, and
/// with the peer's files mounted under the paths that they have here. So a peer in a container is
/// told the same as one that is installed, and what it writes belongs to who runs the tests.
///
/// @param image an image that has `named`, `knotd`, `nsd`, and `setpriv` of util-linux
record ContainerLauncher(DockerImageName image) implements PeerLauncher {

  private static final Logger LOG = LoggerFactory.getLogger(ContainerLauncher.class);
  private static final Duration POLL = Duration.ofMillis(30);

  /// The Dockerfile of such an image. Debian has all three servers, and the next release of it has
  /// newer ones: 13 has BIND 9.20, Knot 3.4 and NSD 4.12 where 12 has 9.18, 3.2 and 4.6.
  ///
  /// @param release as Docker's tags call it: `trixie`, `sid`
  static String dockerfile(String release) {
    return """
    FROM debian:%s-slim
    RUN apt-get -qq update \\
     && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends bind9 knot nsd \\
     && rm -rf /var/lib/apt/lists/*
    """
        .formatted(release);
  }

  /// The command within the container: the same, as the user who owns the files. A container's
  /// first process is root, and what root writes a test could not delete.
  static List<String> command(List<String> command, int user, int group) {
    List<String> all =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups", "--"));
    all.addAll(command);
    return all;
  }

  @Override
  public PeerProcess launch(List<String> command, Path directory, Path log) throws IOException {
    String mounted = directory.resolve("..").normalize().toString();
    int user = (int) Files.getAttribute(directory, "unix:uid");
    int group = (int) Files.getAttribute(directory, "unix:gid");
    Files.deleteIfExists(log);
    GenericContainer<?> container =
        new GenericContainer<>(image)
            .withNetworkMode("host")
            .withFileSystemBind(mounted, mounted, BindMode.READ_WRITE)
            .withWorkingDirectory(directory.toString())
            .withCommand(command(command, user, group).toArray(String[]::new))
            .withLogConsumer(frame -> append(log, frame));
    try {
      container.start();
    } catch (ContainerLaunchException e) {
      container.stop();
      throw new IllegalStateException(command.getFirst() + " does not start in " + image, e);
    }
    return new Running(container);
  }

  @Override
  public String output(List<String> command) {
    try (GenericContainer<?> container =
        new GenericContainer<>(image)
            .withNetworkMode("none")
            .withCommand(command.toArray(String[]::new))
            .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      container.start();
      return container.getLogs();
    } catch (ContainerLaunchException e) {
      throw new IllegalStateException(command + " fails in " + image, e);
    }
  }

  /// Loses a line rather than the thread that brings them: the log is for messages.
  private static void append(Path log, OutputFrame frame) {
    try {
      Files.writeString(
          log,
          frame.getUtf8String(),
          StandardCharsets.ISO_8859_1,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("{}: {}", log, e.toString());
    }
  }

  /// One that was started.
  private record Running(GenericContainer<?> container) implements PeerProcess {
    @Override
    public Optional<String> awaitEnd(Duration patience) {
      try {
        await()
            .pollDelay(Duration.ZERO)
            .pollInterval(POLL)
            .atMost(patience)
            .until(() -> !container.isRunning());
        return Optional.of("its container does not run any more");
      } catch (ConditionTimeoutException goesOn) {
        return Optional.empty();
      }
    }

    @Override
    public void hangUp() {
      try {
        // setpriv became the program, which therefore is the container's first process.
        ExecResult result = container.execInContainer("sh", "-c", "kill -HUP 1");
        if (result.getExitCode() != 0) {
          throw new IllegalStateException("SIGHUP: " + result.getStderr());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      container.stop();
    }
  }
}
