package zonetrail.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;
import zonetrail.transport.status.StatusEndpoint;

/// The HTTP endpoint of a process of its own: its bounds are read by the JVM once, and a signal
/// ends it.
class StatusEndpointIT {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Pattern READY =
      Pattern.compile("ready listen=127\\.0\\.0\\.1:(\\d+) .* http=127\\.0\\.0\\.1:(\\d+)");

  private final List<Socket> clients = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private Process process;
  private Path standardError;
  private int dnsPort;
  private int httpPort;

  @BeforeEach
  void start(@TempDir Path fresh) throws IOException {
    Path zones = Files.createDirectory(fresh.resolve("zones"));
    Files.writeString(
        zones.resolve("example.com"),
        """
        @ 300 SOA ns.example.org. h.example.org. 7 3600 900 604800 300
        @ 300 NS ns.example.org.
        www 300 A 192.0.2.7
        """);
    standardError = fresh.resolve("standard-error");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PrimaryServer.class.getName(),
                "--zones",
                zones.toString(),
                "--listen",
                "127.0.0.1:0",
                "--http",
                "127.0.0.1:0",
                "--log-format",
                "json")
            .redirectError(standardError.toFile())
            .start();
    BufferedReader output = process.inputReader(UTF_8);
    String line = output.readLine();
    Matcher ready = READY.matcher(String.valueOf(line));
    assertThat(ready.matches()).as("%s; %s", line, Files.readString(standardError)).isTrue();
    dnsPort = Integer.parseInt(ready.group(1));
    httpPort = Integer.parseInt(ready.group(2));
  }

  @AfterEach
  void end() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    http.close();
    process.destroyForcibly();
  }

  private Socket connect(int port, String firstOctets) throws IOException {
    Socket client = new Socket(LOOPBACK, port);
    clients.add(client);
    client.setSoTimeout(30_000);
    client.getOutputStream().write(firstOctets.getBytes(UTF_8));
    return client;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
            .timeout(Duration.ofSeconds(2))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private void assertThatQueriesAreAnswered() throws IOException {
    DnsClient dns = new DnsClient(new InetSocketAddress(LOOPBACK, dnsPort));
    assertThat(dns.records("www.example.com.", Type.A)).containsExactly("192.0.2.7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET /metr", "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "})
  void threeTimesAsManySlowConnectionsAsThereIsRoomFor_stopNeitherItNorTheAnswers(String sent)
      throws Exception {
    for (int i = 0; i < 3 * StatusEndpoint.MAX_CONNECTIONS; i++) {
      try {
        connect(httpPort, sent);
      } catch (IOException closedAtOnce) {
        // There is no room: that is one of the bounds.
      }
    }
    assertThatQueriesAreAnswered();
    long beganNanos = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> get("/livez").statusCode() == 200);
    System.out.printf(
        "after %d ms /livez is answered again%n", (System.nanoTime() - beganNanos) / 1_000_000);
    for (Socket client : clients) {
      assertThatItIsClosed(client);
    }
  }

  private static void assertThatItIsClosed(Socket client) {
    try {
      assertThat(client.getInputStream().readAllBytes().length).isLessThan(1_000);
    } catch (SocketTimeoutException stillOpen) {
      throw new AssertionError("a connection stayed open", stillOpen);
    } catch (IOException reset) {
      // The other way to be closed.
    }
  }

  @Test
  void aHeaderWithoutEndIsCutOff() throws Exception {
    Socket client = connect(httpPort, "GET /livez HTTP/1.1\r\n");
    byte[] field = ("X-Field: " + "x".repeat(1_000) + "\r\n").getBytes(UTF_8);
    assertThatItIsClosedWithin(client, field);
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  private static void assertThatItIsClosedWithin(Socket client, byte[] field) throws IOException {
    try {
      for (int i = 0; i < 100_000; i++) {
        client.getOutputStream().write(field);
      }
      throw new AssertionError("100 MB of header were taken");
    } catch (SocketException closed) {
      assertThat(closed).hasMessageMatching("(?i).*(broken pipe|reset|abort).*");
    }
  }

  @Test
  void whoMayNotSendHereAnyMoreIsToldBeforeAnythingCloses_andTheProcessEndsWith0()
      throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    // Half a message, and then nothing: this client is waited for.
    connect(dnsPort, "\0");
    process.destroy();
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(5))
        .until(() -> get("/readyz").statusCode() == 503);
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).as("it ends").isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(standardError)).contains("\"message\":\"stopping\"");
  }
}
