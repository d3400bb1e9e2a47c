package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.ZoneRepository;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.StreamLimits;

/// A server that only reads the remote (`--read-only`), beside the primary that commits to it:
/// after each change both serve the same, with the same serials.
@RequiresTool(value = "git", debian = "git")
class ReplicaIT {
  private static final String ZONE = "www.example";

  private static final String SECRET = SecondaryPeer.SECRET;
  private static final String UPDATE_NAME = "ops._update.www.example.";
  private static final TSIG UPDATE_KEY = DnsClient.key(UPDATE_NAME, SECRET);

  @TempDir private Path directory;

  private PrimaryServer start(GitRepository origin, String state, Optional<EditSettings> editing)
      throws Exception {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    return PrimaryServer.start(
        new GitSource(
            ZoneRepository.open(
                RemoteAddress.parse(origin.bare().toString()),
                Optional.empty(),
                directory.resolve(state),
                Optional.empty())),
        new PrimaryServer.Settings(
            List.of(loopback),
            1,
            Duration.ZERO,
            StreamLimits.DEFAULT,
            PrimaryServer.Answers.ALL,
            TransferRights.BY_KEY,
            NotifyPolicy.OFF,
            editing,
            Optional.empty(),
            ""));
  }

  private static String zone(int serial, int address) {
    return "$TTL 300\n@ SOA ns h %d 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n@ A 192.0.2.%d\n"
        .formatted(serial, address);
  }

  private static void look(PrimaryServer server) throws Exception {
    new DnsClient(server.boundAddresses().getFirst()).notifyTcp(ZONE + ".", SecondaryPeer.KEY);
  }

  private static List<String> contents(PrimaryServer server) throws Exception {
    return SecondaryPeer.contents(
        server.boundAddresses().getFirst().getPort(), ZONE, SecondaryPeer.KEY);
  }

  private static long serial(PrimaryServer server) throws Exception {
    Message answer = new DnsClient(server.boundAddresses().getFirst()).ask(ZONE + ".", Type.SOA);
    return ((SOARecord) answer.getSection(Section.ANSWER).getFirst()).getSerial();
  }

  @Test
  void servesWhatThePrimaryServes_afterPushesAndUpdates() throws Exception {
    GitRepository origin = GitRepository.create(directory, "zones");
    origin
        .write("_keys", SecondaryPeer.KEY_LINE + UPDATE_NAME + " DNSKEY 0 3 163 " + SECRET)
        .write(ZONE, zone(1, 1))
        .push("first");
    try (PrimaryServer primary = start(origin, "primary", Optional.of(EditSettings.DEFAULT));
        PrimaryServer replica = start(origin, "replica", Optional.empty())) {
      assertThat(contents(replica)).isEqualTo(contents(primary));
      for (int change = 2; change <= 7; change++) {
        long before = serial(primary);
        if (change % 2 == 0) {
          origin.git("pull", "--quiet", "--rebase", "origin", "main");
          origin.write(ZONE, zone((int) before + 1, change)).push("change");
          look(replica); // It may be the first to know.
          assertThat(serial(replica)).isEqualTo(before + 1);
          look(primary);
        } else {
          update(primary, "192.0.2." + change);
          look(replica);
        }
        assertThat(serial(primary)).isEqualTo(before + 1);
        assertThat(serial(replica)).isEqualTo(before + 1);
        assertThat(contents(replica)).isEqualTo(contents(primary));
      }
    }
  }

  private static void update(PrimaryServer server, String address) throws Exception {
    SimpleResolver resolver = new SimpleResolver(server.boundAddresses().getFirst());
    resolver.setTimeout(Duration.ofSeconds(20));
    resolver.setTCP(true);
    resolver.setTSIGKey(UPDATE_KEY);
    Update update = new Update(Name.fromString(ZONE + "."));
    update.add(Name.fromString("new." + ZONE + "."), Type.A, 60, address);
    Message reply = resolver.send(update);
    assertThat(reply.getRcode()).as(reply.toString()).isEqualTo(Rcode.NOERROR);
  }
}
