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

  /// Checks the sample zones, and sends a signed NOTIFY to a server in this process.
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
    // Its answer is not signed, so onotify does not believe it; what that takes has been loaded.
    Path records = sample.resolve(ZONE + "._keys");
    int notified = notifyEchoingServer(Files.readString(records), out);
    int notifiedByLine = notifyEchoingServer("rehearsal._notify:SHA256:" + NO_SECRET, out);
    System.exit(notified == ExitCode.NO && notifiedByLine == ExitCode.NO ? 0 : 1);
  }

  /// Sends a NOTIFY, signed with the key in a file of this text.
  private static int notifyEchoingServer(String keys, PrintWriter out) throws IOException {
    // Made with mode 0600, without which a key file is refused.
    Path keyFile = Files.createTempFile("rehearsal", "._keys");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(keyFile, keys);
      Thread.ofPlatform().daemon().start(() -> echo(server));
      String[] arguments = {
        server.getInetAddress().getHostAddress(),
        ZONE,
        "--port",
        Integer.toString(server.getLocalPort()),
        "--key-file",
        keyFile.toString()
      };
      return Onotify.run(arguments, System.getenv(), out, out);
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
