package zonetrail.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings;
import zonetrail.fixtures.Commands;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.Tools;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.SshSettings;
import zonetrail.server.git.ZoneRepository;

/// A primary on loopback whose repository lies behind OpenSSH, with a zone `example.com` and a key
/// that may update it: what tests of updates share.
public final class PrimaryUnderTest implements AutoCloseable {
  public static final String KEY_NAME = "acme._update.example.com";
  public static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  public static final TSIG KEY = DnsClient.key(KEY_NAME + ".", SECRET);

  public static final String ZONE =
      """
      $TTL 300
      ; the zone of an example
      @       IN SOA ns1 hostmaster (
                  2026112801 ; serial
                  7200 3600 1209600 60 )
              IN NS  ns1
      ns1     IN A   127.0.0.1
      www     IN A   192.0.2.80   ; the web
      """;

  private final Path directory;
  private final OpenSshServer sshd;
  private final GitRepository origin;
  private final PrimaryServer server;

  private PrimaryUnderTest(
      Path directory, OpenSshServer sshd, GitRepository origin, PrimaryServer server) {
    this.directory = directory;
    this.sshd = sshd;
    this.origin = origin;
    this.server = server;
  }

  /// A repository with the zone and its key.
  public static GitRepository repository(Path directory) {
    GitRepository origin = GitRepository.create(directory, "zones");
    origin
        .write("example.com", ZONE)
        .write("example.com._keys", KEY_NAME + ". DNSKEY 0 3 163 " + SECRET + "\n")
        .push("first");
    return origin;
  }

  public static PrimaryUnderTest start(
      Path directory, OpenSshServer sshd, GitRepository origin, EditSettings editing)
      throws Exception {
    return start(directory, sshd, origin, settings -> settings.withEditing(editing));
  }

  public static PrimaryUnderTest start(
      Path directory,
      OpenSshServer sshd,
      GitRepository origin,
      UnaryOperator<PrimaryServer.Settings> with)
      throws Exception {
    SshSettings login =
        SshSettings.of(
            sshd.authorizedKey(KeyKind.ED25519),
            List.of(sshd.fingerprint(KeyKind.ED25519)),
            Optional.empty());
    GitSource source =
        new GitSource(
            ZoneRepository.open(
                RemoteAddress.parse(sshd.url(origin.bare())),
                Optional.empty(),
                directory.resolve("state"),
                Optional.of(login)));
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    PrimaryServer.Settings settings =
        new PrimaryServer.Settings(List.of(loopback), 2, Duration.ZERO);
    return new PrimaryUnderTest(
        directory, sshd, origin, PrimaryServer.start(source, with.apply(settings)));
  }

  public OpenSshServer sshd() {
    return sshd;
  }

  public InetSocketAddress address() {
    return server.boundAddresses().getFirst();
  }

  /// Where it tells of itself, if it was started so.
  public InetSocketAddress httpAddress() {
    return server.httpAddress().orElseThrow();
  }

  public DnsClient client() {
    return new DnsClient(address());
  }

  public GitRepository origin() {
    return origin;
  }

  /// A file at the branch's tip of the remote.
  public String remoteFile(String name) {
    return GitRepository.gitIn(origin.bare(), "show", GitRepository.BRANCH + ":" + name);
  }

  /// `nsupdate`, or a program that takes the same lines.
  ///
  /// @return what it printed
  public String nsupdate(List<String> options, String... lines) throws Exception {
    return update("nsupdate", options, lines);
  }

  public String update(String program, List<String> options, String... lines) throws Exception {
    Path script = Files.createTempFile(directory, "update", ".txt");
    List<String> all = new ArrayList<>();
    all.add("server " + address().getHostString() + " " + address().getPort());
    all.addAll(List.of(lines));
    all.add("send");
    Files.write(script, all);
    List<String> command = new ArrayList<>(List.of(Tools.require(program).toString()));
    command.addAll(options);
    command.add("-y");
    command.add("hmac-sha256:" + KEY_NAME + ":" + SECRET);
    command.add(script.toString());
    return Commands.run(directory, Map.of(), command);
  }

  /// An update as it goes over the wire, signed now.
  public byte[] sign(Update update) {
    Message message = update.clone();
    message.setTSIG(KEY, Rcode.NOERROR, null);
    return message.toWire(Message.MAXLENGTH);
  }

  /// Signs and sends an update.
  public Message send(Update update) {
    return send(sign(update));
  }

  public Message sendUnsigned(Update update) {
    return send(update.toWire(Message.MAXLENGTH));
  }

  /// Sends octets over TCP and waits for the reply, whose signature is checked if it has one.
  public Message send(byte[] message) {
    try (Socket socket = client().connect()) {
      socket.getOutputStream().write(DnsClient.framed(message));
      byte[] octets = DnsClient.receive(socket);
      Message reply = new Message(octets);
      if (reply.getTSIG() != null) {
        KEY.verify(reply, octets, new Message(message).getTSIG());
      }
      return reply;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
