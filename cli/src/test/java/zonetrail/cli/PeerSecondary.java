package zonetrail.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import zonetrail.fixtures.Tools;

/// A real name server as a secondary of `example.com` that takes NOTIFY from these keys only. Its
/// primary does not exist, so it never has the zone; it still has to answer a NOTIFY.
final class PeerSecondary implements AutoCloseable {
  /// It has a key for each of these, see [#keyName].
  static final List<String> ALGORITHMS = List.of("sha1", "sha224", "sha256", "sha384", "sha512");

  /// The secret of all of them.
  static final String SECRET = "Zm9yIHRlc3RzIG9ubHksIG9mIHRoaXJ0eS10d28gbyE=";

  private final Process process;
  private final Path log;
  private final int port;

  private PeerSecondary(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  static String keyName(String algorithm) {
    return algorithm + "._notify.example.com";
  }

  static PeerSecondary named(Path directory) throws IOException {
    int port = freePort();
    String configuration =
        """
        options {
          directory "DIRECTORY"; pid-file none; session-keyfile none; managed-keys-directory "DIRECTORY";
          listen-on port PORT { 127.0.0.1; }; listen-on-v6 { none; };
          recursion no; dnssec-validation no; notify no;
        };
        controls { };
        KEYS
        zone "example.com" {
          type secondary; file "example.com"; primaries port NOBODY { 127.0.0.1; };
          allow-notify { NAMES };
        };
        """
            .replace("KEYS", keys("key \"%s\" { algorithm hmac-%s; secret \"%s\"; };"))
            .replace(
                "NAMES",
                ALGORITHMS.stream()
                    .map(it -> "key \"" + keyName(it) + "\";")
                    .collect(Collectors.joining(" ")));
    Path file = write(directory, "named.conf", configuration, port);
    return start(directory, port, "named", "-g", "-c", file.toString());
  }

  static PeerSecondary knot(Path directory) throws IOException {
    int port = freePort();
    String configuration =
        """
        server:
          listen: 127.0.0.1@PORT
          rundir: DIRECTORY
        database:
          storage: DIRECTORY
        control:
          listen: DIRECTORY/knot.sock
        log:
          - target: stderr
            any: info
        key:
        KEYS
        remote:
          - id: nobody
            address: 127.0.0.1@NOBODY
        acl:
          - id: notifiers
            key: [ NAMES ]
            action: notify
        zone:
          - domain: example.com
            storage: DIRECTORY
            master: nobody
            acl: notifiers
        """
            .replace("KEYS", keys("  - id: %s\n    algorithm: hmac-%s\n    secret: %s"))
            .replace(
                "NAMES",
                ALGORITHMS.stream().map(PeerSecondary::keyName).collect(Collectors.joining(", ")));
    Path file = write(directory, "knot.conf", configuration, port);
    return start(directory, port, "knotd", "-c", file.toString());
  }

  static PeerSecondary nsd(Path directory) throws IOException {
    int port = freePort();
    String configuration =
        """
        server:
          ip-address: 127.0.0.1@PORT
          server-count: 1
          username: ""
          chroot: ""
          zonesdir: "DIRECTORY"
          database: ""
          pidfile: "DIRECTORY/nsd.pid"
          zonelistfile: "DIRECTORY/zone.list"
          xfrdfile: "DIRECTORY/xfrd.state"
          xfrdir: "DIRECTORY"
        remote-control:
          control-enable: no
        KEYS
        zone:
          name: example.com
          zonefile: example.com
          request-xfr: AXFR 127.0.0.1@NOBODY NOKEY
        NAMES
        """
            .replace("KEYS", keys("key:\n  name: %s\n  algorithm: hmac-%s\n  secret: \"%s\""))
            .replace(
                "NAMES",
                ALGORITHMS.stream()
                    .map(it -> "  allow-notify: 127.0.0.1 " + keyName(it))
                    .collect(Collectors.joining("\n")));
    Path file = write(directory, "nsd.conf", configuration, port);
    return start(directory, port, "nsd", "-d", "-c", file.toString());
  }

  private static String keys(String format) {
    return lines(it -> format.formatted(keyName(it), it, SECRET));
  }

  private static String lines(Function<String, String> line) {
    return ALGORITHMS.stream().map(line).collect(Collectors.joining("\n"));
  }

  private static Path write(Path directory, String name, String configuration, int port)
      throws IOException {
    return Files.writeString(
        directory.resolve(name),
        configuration
            .replace("DIRECTORY", directory.toString())
            .replace("PORT", Integer.toString(port))
            .replace("NOBODY", Integer.toString(freePort())));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static PeerSecondary start(Path directory, int port, String tool, String... arguments)
      throws IOException {
    Path log = directory.resolve(tool + ".log");
    List<String> command =
        Stream.concat(Stream.of(Tools.require(tool).toString()), Stream.of(arguments)).toList();
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    PeerSecondary peer = new PeerSecondary(process, log, port);
    Awaitility.await(tool + " listens; its log: " + log)
        .atMost(Duration.ofSeconds(30))
        .failFast(tool + " ended", () -> !process.isAlive())
        .until(peer::isListening);
    return peer;
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /// What it said so far, for the message of a test that fails.
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }

  @Override
  public void close() {
    // nsd has children, which end with it when it is asked to and stay when it is killed.
    process.destroy();
    process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
