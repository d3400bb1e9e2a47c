package zonetrail.cli;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import zonetrail.wire.Header;

/// Runs the tools once as hooks do, for the JVM to note which classes they load.
///
/// What it notes becomes the cache (`zonetrail warm-up`) that lets a tool start in a third of the
/// time. Only speed depends on what is rehearsed here: a class that is missing from the cache is
/// read from its jar.
final class Rehearsal {
  private static final String ZONE = "example.org";
  private static final String NO_SECRET = "cmVoZWFyc2FsIHJlaGVhcnNhbCByZWhlYXJzYWwgISE=";

  private Rehearsal() {}

  /// Checks the sample zones, and sends a signed NOTIFY and UPDATE to a server in this process.
  ///
  /// @param args the folder of the sample zones
  public static void main(String[] args) throws IOException {
    Path sample = Path.of(args[0]);
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    int checked = Ozone.run(new String[] {sample.toString()}, out, out);
    int checkedOne = Ozone.run(new String[] {sample.resolve(ZONE).toString()}, out, out);
    if (checked != ExitCode.DONE || checkedOne != ExitCode.DONE) {
      System.exit(1);
    }
    // Its answer is not signed, so the tools do not believe it; what that takes has been loaded.
    String records = Files.readString(sample.resolve(ZONE + "._keys"));
    String line = "rehearsal._update:SHA256:" + NO_SECRET;
    int notified = askEchoingServer(Onotify::run, records, out, ZONE);
    int notifiedByLine = askEchoingServer(Onotify::run, line, out, ZONE);
    int updated = askEchoingServer(Oupdate::run, line, out, "www." + ZONE, "192.0.2.1");
    boolean isAsMeant =
        notified == ExitCode.NO && notifiedByLine == ExitCode.NO && updated == ExitCode.NO;
    System.exit(isAsMeant ? 0 : 1);
  }

  /// A tool that asks a server.
  @FunctionalInterface
  private interface Tool {
    int run(String[] args, Map<String, String> environment, PrintWriter out, PrintWriter err);
  }

  /// Runs a tool with the key in a file of this text.
  private static int askEchoingServer(Tool tool, String keys, PrintWriter out, String... what)
      throws IOException {
    // Made with mode 0600, without which a key file is refused.
    Path keyFile = Files.createTempFile("rehearsal", "._keys");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(keyFile, keys);
      Thread.ofPlatform().daemon().start(() -> echo(server));
      List<String> arguments = new ArrayList<>();
      arguments.add(server.getInetAddress().getHostAddress());
      arguments.addAll(List.of(what));
      arguments.addAll(List.of("--port", Integer.toString(server.getLocalPort())));
      arguments.addAll(List.of("--key-file", keyFile.toString()));
      return tool.run(arguments.toArray(String[]::new), System.getenv(), out, out);
    } finally {
      Files.delete(keyFile);
    }
  }

  /// Sends one message back as the reply to itself.
  private static void echo(ServerSocket server) {
    try (Socket socket = server.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] message = new byte[in.readUnsignedShort()];
      in.readFully(message);
      Header.putU16(message, Header.FLAGS, Header.u16(message, Header.FLAGS) | Header.QR);
      DataOutputStream reply = new DataOutputStream(socket.getOutputStream());
      reply.writeShort(message.length);
      reply.write(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
