package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;
import zonetrail.authority.EditSettings;
import zonetrail.fixtures.Commands;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;
import zonetrail.wire.Rfc;

/// A certificate by ACME's dns-01 challenge, through our updates: Debian's `lego` asks, Debian's
/// `pebble` is the authority that looks for the challenge in our zone.
@RequiresTool(
    value = {"sshd", "git", "lego", "pebble", "openssl"},
    debian = "openssh-server git lego pebble openssl")
class AcmeClientIT {

  @Test
  @Rfc(number = 8555, section = "8.4")
  void legoGetsACertificateWithAWildcard(@TempDir Path directory) throws Exception {
    Path key = directory.resolve("key.pem");
    Path certificate = directory.resolve("cert.pem");
    makeTlsIdentity(key, certificate, directory);
    try (OpenSshServer sshd = OpenSshServer.start(directory, KeyKind.ED25519);
        PrimaryUnderTest primary =
            PrimaryUnderTest.start(
                directory, sshd, PrimaryUnderTest.repository(directory), EditSettings.DEFAULT)) {
      int port = freePort();
      Process pebble = pebble(directory, key, certificate, port, primary);
      try {
        await()
            .atMost(Duration.ofSeconds(20))
            .ignoreExceptions()
            .until(() -> {
              new java.net.Socket(InetAddress.ofLiteral("127.0.0.1"), port).close();
              return true;
            });
        String address = "127.0.0.1:" + primary.address().getPort();
        Commands.run(
            directory,
            Map.of(
                "LEGO_CA_CERTIFICATES",
                certificate.toString(),
                "RFC2136_NAMESERVER",
                address,
                "RFC2136_TSIG_KEY",
                PrimaryUnderTest.KEY_NAME + ".",
                "RFC2136_TSIG_ALGORITHM",
                "hmac-sha256.",
                "RFC2136_TSIG_SECRET",
                PrimaryUnderTest.SECRET,
                "RFC2136_POLLING_INTERVAL",
                "1",
                "RFC2136_SEQUENCE_INTERVAL",
                "1",
                "RFC2136_PROPAGATION_TIMEOUT",
                "20"),
            List.of(
                Tools.require("lego").toString(),
                "--server",
                "https://localhost:" + port + "/dir",
                "--accept-tos",
                "--email",
                "hostmaster@example.com",
                "--path",
                directory.resolve("lego").toString(),
                "--dns",
                "rfc2136",
                "--dns.resolvers",
                address,
                "--dns.disable-cp",
                "--domains",
                "example.com",
                "--domains",
                "*.example.com",
                "run"));
      } finally {
        pebble.destroy();
        pebble.waitFor();
      }
      assertThat(namesIn(directory.resolve("lego/certificates/example.com.crt")))
          .containsExactly("*.example.com", "example.com");
      assertThat(primary.client().records("_acme-challenge.example.com.", Type.TXT))
          .as("the client took its challenge away")
          .isEmpty();
      assertThat(GitRepository.gitIn(primary.origin().bare(), "log", "--format=%s", "main"))
          .contains("example.com: add _acme-challenge TXT");
    }
  }

  private static void makeTlsIdentity(Path key, Path certificate, Path directory) {
    Commands.run(
        directory,
        Map.of(),
        List.of(
            Tools.require("openssl").toString(),
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString(),
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static Process pebble(
      Path directory, Path key, Path certificate, int port, PrimaryUnderTest primary)
      throws IOException {
    Path config = directory.resolve("pebble.json");
    Files.writeString(
        config,
        """
        { "pebble": {
            "listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
            "certificate": "%s", "privateKey": "%s",
            "httpPort": 25002, "tlsPort": 25001,
            "ocspResponderURL": "", "externalAccountBindingRequired": false } }
        """
            .formatted(port, freePort(), certificate, key));
    ProcessBuilder builder =
        new ProcessBuilder(
                Tools.require("pebble").toString(),
                "-config",
                config.toString(),
                "-dnsserver",
                "127.0.0.1:" + primary.address().getPort())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("pebble.log").toFile());
    builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
    builder.environment().put("PEBBLE_WFE_NONCEREJECT", "0");
    return builder.start();
  }

  private static SortedSet<String> namesIn(Path certificate) throws Exception {
    SortedSet<String> names = new TreeSet<>();
    try (var in = Files.newInputStream(certificate)) {
      X509Certificate leaf =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      leaf.getSubjectAlternativeNames().forEach(name -> names.add(String.valueOf(name.get(1))));
    }
    return names;
  }
}
