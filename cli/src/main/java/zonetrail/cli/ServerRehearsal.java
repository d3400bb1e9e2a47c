package zonetrail.cli;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import zonetrail.server.PrimaryServer;
import zonetrail.server.git.NewSshKey;
import zonetrail.transfer.TransferQuery;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// Runs a primary once as operators do, for the JVM to note which classes it loads and what it
/// compiles; see [Rehearsal].
///
/// The primary serves the sample, from a folder or over SSH from a server in this process, on a
/// free port of the loopback address. Here plays the rest of the world: it notifies the primary,
/// over TCP and UDP, has a zone sent, and ends it. That of a repository has a secondary, too, and
/// is sent updates for some seconds, while it pushes them. The primary's answer to a signed NOTIFY
/// says that it has fetched.
///
/// What it leaves in its folder is for the launcher to remove when this process has ended: the
/// primary writes there until then.
final class ServerRehearsal {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String HOST = "rehearsal." + QuickstartRepository.ZONE;
  private static final List<String> PROTOCOLS = List.of("--tcp", "--udp");

  private ServerRehearsal() {}

  /// Runs the primary, which ends this process.
  ///
  /// @param args `folder` or `git`: where the zones are to come from; a folder to work in; and with
  ///   `git` the cache that the JVM of its secondary is to write
  public static void main(String[] args) throws Exception {
    Path work = Files.createDirectory(Path.of(args[1]));
    boolean isGit = args[0].equals("git");
    int secondary = RehearsalSecondary.freePort();
    List<String> source =
        isGit ? overSsh(work, secondary) : List.of("--zones", folder(work).toString());
    PipedInputStream said = new PipedInputStream();
    System.setOut(new PrintStream(new PipedOutputStream(said), true, StandardCharsets.UTF_8));
    Use use =
        isGit
            ? (port, out) -> useGit(work, port, secondary, Path.of(args[2]), out)
            : ServerRehearsal::useFolder;
    Thread.ofPlatform().daemon().start(() -> use(said, use));
    PrimaryServer.main(
        Stream.concat(
                source.stream(),
                Stream.of("--listen", LOOPBACK + ":0", "--allow-transfer", LOOPBACK + "/32"))
            .toArray(String[]::new));
  }

  /// What is done with a primary that listens on a port; returns an exit code.
  @FunctionalInterface
  private interface Use {
    int of(String port, PrintWriter out) throws IOException, InterruptedException;
  }

  private static Path folder(Path work) throws IOException {
    Path folder = Files.createDirectory(work.resolve("zones"));
    for (var file : SampleZones.files().entrySet()) {
      if (!file.getKey().contains("/")) {
        Files.write(folder.resolve(file.getKey()), file.getValue());
      }
    }
    return folder;
  }

  private static List<String> overSsh(Path work, int secondary) throws IOException {
    Path repository = QuickstartRepository.openOrCreate(work).path();
    Path key = work.resolve("id_ed25519");
    NewSshKey.generate(NewSshKey.Kind.ED25519, "rehearsal").writeTo(key);
    RehearsalGitServer server = RehearsalGitServer.start(repository);
    return List.of(
        "--remote",
        "ssh://git@" + LOOPBACK + ":" + server.port() + repository,
        "--ssh-key",
        key.toString(),
        "--authenticator",
        server.fingerprint(),
        "--ack",
        "local",
        "--notify",
        LOOPBACK + ":" + secondary + "," + TsigKey.parse(keyLine(work)).name(),
        "--state-dir",
        work.resolve("state").toString());
  }

  /// Uses the primary when it is ready, then ends the process.
  private static void use(PipedInputStream said, Use use) {
    int outcome = 1;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(said, StandardCharsets.UTF_8))) {
      String ready = String.valueOf(lines.readLine());
      String port = ready.replaceFirst(".* listen=" + LOOPBACK + ":([0-9]+) .*", "$1");
      PrintWriter out = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
      outcome = use.of(port, out);
      outcome = worse(outcome, transfer(port), ExitCode.DONE);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      // Passed on, the primary would serve on for ever.
      System.err.println("the rehearsal failed: " + e);
    }
    if (outcome != ExitCode.DONE) {
      Runtime.getRuntime().halt(outcome); // what the launcher takes for a failure
    }
    System.exit(outcome);
  }

  private static int useGit(
      Path work, String port, int secondary, Path secondaryCache, PrintWriter out)
      throws IOException, InterruptedException {
    String hookKey = work.resolve("hook.key").toString();
    String updateKey = work.resolve("update.key").toString();
    int outcome = ExitCode.DONE;
    for (String protocol : PROTOCOLS) {
      outcome = worse(outcome, notify(port, out, protocol, "--key-file", hookKey), ExitCode.DONE);
    }
    String[] arguments = {LOOPBACK, "--port", port, "--key-file", updateKey, HOST, "192.0.2.1"};
    outcome = worse(outcome, Oupdate.run(arguments, Map.of(), out, out), ExitCode.DONE);
    WireName zone = WireName.parse(QuickstartRepository.ZONE);
    int primary = Integer.parseInt(port);
    String line = keyLine(work);
    String stateDir = work.resolve("secondary").toString();
    try (RehearsalSecondary told =
        RehearsalSecondary.start(secondary, primary, line, stateDir, secondaryCache)) {
      new UpdateRehearsal(primary, zone, TsigKey.parse(line)).run();
      told.finish(zone);
    }
    return outcome;
  }

  /// The key that may update, as [TsigKey#parse] takes it.
  private static String keyLine(Path work) throws IOException {
    return Files.readString(work.resolve("update.key")).strip();
  }

  /// Of the folder's key, which is public, there is no private copy: unsigned, and refused.
  private static int useFolder(String port, PrintWriter out) {
    int outcome = ExitCode.DONE;
    for (String protocol : PROTOCOLS) {
      outcome = worse(outcome, notify(port, out, protocol), ExitCode.NO);
    }
    return outcome;
  }

  private static int notify(String port, PrintWriter out, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of(LOOPBACK, QuickstartRepository.ZONE, "--port", port));
    arguments.addAll(List.of(options));
    return Onotify.run(arguments.toArray(String[]::new), Map.of(), out, out);
  }

  /// Has the zone sent, all of it in one message.
  private static int transfer(String port) throws IOException {
    byte[] query = TransferQuery.full(0, WireName.parse(QuickstartRepository.ZONE));
    try (Socket socket = new Socket(InetAddress.ofLiteral(LOOPBACK), Integer.parseInt(port))) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(query.length);
      out.write(query);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] message = in.readNBytes(in.readUnsignedShort());
      return message.length > query.length ? ExitCode.DONE : ExitCode.NO;
    }
  }

  /// What the rehearsal comes to after one more step, which should come to what is expected.
  private static int worse(int outcome, int step, int expected) {
    if (step == expected) {
      return outcome;
    }
    return step == ExitCode.DONE ? 1 : step;
  }
}
