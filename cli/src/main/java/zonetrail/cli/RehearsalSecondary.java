package zonetrail.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import zonetrail.transfer.TransferQuery;
import zonetrail.transport.DnsExchange;
import zonetrail.transport.DnsExchange.Protocol;
import zonetrail.wire.Header;
import zonetrail.wire.WireName;

/// A secondary of the primary that [ServerRehearsal] runs: a process of its own, whose JVM notes
/// for a cache of its own what a secondary loads and compiles.
///
/// It takes the zone and what changes in it from the primary; its JVM writes the cache when it
/// ends.
final class RehearsalSecondary implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final int port;

  private RehearsalSecondary(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// A port of the loopback address that is free now.
  static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /// Starts it by the launcher that started this process, and waits until it is ready.
  ///
  /// @param port where it listens
  /// @param primaryPort where its primary does
  /// @param keyLine `NAME:ALGORITHM:SECRET`, with which it asks
  /// @param stateDir where it keeps its zones
  /// @param cache the file that its JVM writes, absolute
  static RehearsalSecondary start(
      int port, int primaryPort, String keyLine, String stateDir, Path cache) throws IOException {
    // By the shell, as the launcher itself may have been started, without the right to be run.
    ProcessBuilder command =
        new ProcessBuilder(
                "/bin/sh",
                System.getProperty("zonetrail.launcher", "zonetrail"),
                "secondary",
                "--primary",
                "127.0.0.1:" + primaryPort,
                "--keys",
                keyLine,
                "--listen",
                "127.0.0.1:" + port,
                "--state-dir",
                stateDir)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // The launcher splits the options at blanks, which the path to the cache may have.
    command.directory(Objects.requireNonNull(cache.getParent()).toFile());
    command.environment().put("ZONETRAIL_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache.getFileName());
    command.environment().remove("ZONETRAIL_KEYS");
    RehearsalSecondary started = new RehearsalSecondary(command.start(), port);
    // However this process ends, that one is not to go on alone.
    Runtime.getRuntime().addShutdownHook(new Thread(started::close));
    BufferedReader said = started.process.inputReader(StandardCharsets.UTF_8);
    // Its JVM, too, may say something there, before it is ready and after: what it leaves out of
    // the cache.
    String line = said.readLine();
    while (line != null && !line.startsWith("ready ")) {
      System.err.println(line);
      line = said.readLine();
    }
    if (line == null) {
      started.close();
      throw new IOException("the secondary of the rehearsal did not start");
    }
    Thread.ofPlatform().daemon().start(() -> said.lines().forEach(System.err::println));
    return started;
  }

  /// Ends it, and waits until the cache is written.
  ///
  /// @throws IOException if it did not serve the zone, or failed
  void finish(WireName zone) throws IOException, InterruptedException {
    DnsExchange exchange =
        new DnsExchange(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Protocol.TCP, PATIENCE);
    byte[] reply = exchange.ask(TransferQuery.soa(0, zone), _ -> true);
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("the secondary of the rehearsal did not end as it should");
    }
    if (Header.u16(reply, Header.ANCOUNT) == 0) {
      throw new IOException("the secondary of the rehearsal did not get the zone");
    }
  }

  /// Ends it, if it runs.
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
