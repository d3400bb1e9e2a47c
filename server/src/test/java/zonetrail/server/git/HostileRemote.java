package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import zonetrail.fixtures.TlsIdentity;

/// An HTTPS server whose git says what a test makes it say, in the protocol that git had first
/// (gitprotocol-pack): advertisement, wants, NAK, pack.
final class HostileRemote implements AutoCloseable {

  /// What it says.
  interface Script {
    void run(Wire wire) throws IOException;
  }

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final TlsIdentity identity;
  private volatile Script advertisement = _ -> {};
  private volatile Script answer = _ -> {};

  HostileRemote(TlsIdentity identity) throws IOException {
    this.identity = identity;
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
    server.createContext(
        "/zones.git/info/refs", exchange -> reply(exchange, "advertisement", this::advertise));
    server.createContext(
        "/zones.git/git-upload-pack", exchange -> reply(exchange, "result", this::send));
    server.setExecutor(threads);
    server.start();
  }

  /// Its branch main is at `commit`, and this comes for it.
  void offers(String commit, Script pack) {
    advertises(wire -> {
      wire.line(commit + " refs/heads/main\0" + Wire.CAPABILITIES + "\n");
      wire.flush();
    });
    answer = pack;
  }

  void advertises(Script script) {
    advertisement = script;
  }

  RemoteAddress address() {
    return RemoteAddress.parse("https://localhost:" + server.getAddress().getPort() + "/zones.git");
  }

  HttpsSettings settings() {
    return HttpsSettings.of(Optional.empty(), Optional.of(identity.certificate()));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void reply(HttpExchange exchange, String kind, Script script) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-" + kind);
      exchange.sendResponseHeaders(200, 0);
      InputStream in = exchange.getRequestBody();
      boolean packed = exchange.getRequestHeaders().containsKey("Content-Encoding");
      script.run(new Wire(packed ? new GZIPInputStream(in) : in, exchange.getResponseBody()));
    }
  }

  private void advertise(Wire wire) throws IOException {
    wire.line("# service=git-upload-pack\n");
    wire.flush();
    advertisement.run(wire);
  }

  private void send(Wire wire) throws IOException {
    String asked = new String(wire.in().readAllBytes(), US_ASCII);
    wire.line("NAK\n");
    if (asked.endsWith("0009done\n")) {
      answer.run(wire);
    }
    wire.out().flush();
  }

  /// The server's side of one exchange.
  record Wire(InputStream in, OutputStream out) {

    static final String CAPABILITIES = "multi_ack_detailed side-band-64k ofs-delta agent=hostile";

    void line(String text) throws IOException {
      packet(text.getBytes(UTF_8));
    }

    void packet(byte[] octets) throws IOException {
      out.write(String.format(Locale.ROOT, "%04x", octets.length + 4).getBytes(US_ASCII));
      out.write(octets);
    }

    void flush() throws IOException {
      out.write("0000".getBytes(US_ASCII));
      out.flush();
    }

    /// Sends octets of a pack.
    void data(byte[] octets) throws IOException {
      band(1, octets);
    }

    void progress(String text) throws IOException {
      band(2, text.getBytes(UTF_8));
    }

    private void band(int number, byte[] octets) throws IOException {
      int most = 32_000;
      for (int at = 0; at < octets.length; at += most) {
        int length = Math.min(most, octets.length - at);
        ByteBuffer packet = ByteBuffer.allocate(length + 1);
        packet.put((byte) number).put(octets, at, length);
        packet(packet.array());
      }
      out.flush();
    }
  }

  /// A pack, object by object, whatever sense it makes.
  static final class Pack {
    static final int COMMIT = 1;
    static final int TREE = 2;
    static final int BLOB = 3;
    static final int REF_DELTA = 7;

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final List<byte[]> objects = new ArrayList<>();

    /// Adds an object.
    ///
    /// @return its name
    String add(int type, byte[] content) {
      return add(type, content, content.length);
    }

    /// Adds an object that claims to have another size than it has.
    String add(int type, byte[] content, long claimed) {
      objects.add(concat(header(type, claimed), deflated(content)));
      return name(type, content);
    }

    /// What an object is called.
    static String name(int type, byte[] content) {
      String[] names = {"", "commit", "tree", "blob"};
      return sha1(concat((names[type] + " " + content.length + "\0").getBytes(US_ASCII), content));
    }

    void addDelta(String base, byte[] delta) {
      objects.add(
          concat(
              concat(header(REF_DELTA, delta.length), HexFormat.of().parseHex(base)),
              deflated(delta)));
    }

    /// A commit on a tree.
    String addCommit(String tree) {
      String text =
          "tree "
              + tree
              + "\nauthor H <h@example.com> 1 +0000\ncommitter H <h@example.com> 1 +0000\n\nx\n";
      return add(COMMIT, text.getBytes(UTF_8));
    }

    /// A tree of regular files.
    static byte[] tree(String... namesAndBlobs) {
      ByteArrayOutputStream tree = new ByteArrayOutputStream();
      for (int i = 0; i < namesAndBlobs.length; i += 2) {
        tree.writeBytes(("100644 " + namesAndBlobs[i] + "\0").getBytes(UTF_8));
        tree.writeBytes(HexFormat.of().parseHex(namesAndBlobs[i + 1]));
      }
      return tree.toByteArray();
    }

    byte[] octets() {
      octets.reset();
      octets.writeBytes(begin(objects.size()));
      objects.forEach(octets::writeBytes);
      byte[] body = octets.toByteArray();
      return concat(body, HexFormat.of().parseHex(sha1(body)));
    }

    static byte[] begin(int objects) {
      return ByteBuffer.allocate(12)
          .put("PACK".getBytes(US_ASCII))
          .putInt(2)
          .putInt(objects)
          .array();
    }

    static byte[] header(int type, long size) {
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      int octet = type << 4 | (int) (size & 15);
      for (long rest = size >>> 4; rest > 0; rest >>>= 7) {
        header.write(octet | 0x80);
        octet = (int) (rest & 0x7f);
      }
      header.write(octet);
      return header.toByteArray();
    }

    static byte[] deflated(byte[] content) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (DeflaterOutputStream deflater =
          new DeflaterOutputStream(out, new Deflater(Deflater.BEST_COMPRESSION))) {
        deflater.write(content);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return out.toByteArray();
    }

    static byte[] concat(byte[] a, byte[] b) {
      return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
    }

    private static String sha1(byte[] content) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
