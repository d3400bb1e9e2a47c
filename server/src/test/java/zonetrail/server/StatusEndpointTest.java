package zonetrail.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.transport.status.ServerStatus;
import zonetrail.transport.status.StatusPage;

/// What `--http` tells of a running server.
class StatusEndpointTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final HttpClient http = HttpClient.newHttpClient();
  private Path zones;
  private PrimaryServer server;

  @BeforeEach
  void start(@TempDir Path fresh) throws Exception {
    zones = fresh;
    Files.writeString(zones.resolve("example.com"), zone());
    Files.writeString(zones.resolve("broken.example"), "@ SOA this is none\n");
    PrimaryServer.Settings settings =
        new PrimaryServer.Settings(List.of(new InetSocketAddress(LOOPBACK, 0)), 2, Duration.ZERO)
            .withHttp(new InetSocketAddress(LOOPBACK, 0));
    server = PrimaryServer.start(new FolderSource(ZoneFolder.open(zones)), settings);
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  private static String zone() {
    return """
    @ 300 SOA ns.example.org. h.example.org. 7 3600 900 604800 300
    @ 300 NS ns.example.org.
    www 300 A 192.0.2.7
    """;
  }

  private InetSocketAddress address() {
    return server.httpAddress().orElseThrow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address().getPort() + path))
        .timeout(Duration.ofSeconds(10));
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString(UTF_8));
  }

  private String metrics() throws Exception {
    return get("/metrics").body();
  }

  /// The values of a metric, whose labels are given as they stand in the text.
  private double metric(String nameAndLabels) throws Exception {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(nameAndLabels + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + nameAndLabels));
  }

  private DnsClient dns() {
    return new DnsClient(server.boundAddresses().getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz"})
  void aServerThatServes_isAliveAndReady(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok\n");
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Nested
  class Metrics {
    @Test
    void countQueriesByTransportAndResponsesByRcode() throws Exception {
      dns().records("www.example.com.", Type.A);
      dns().records("absent.example.com.", Type.A);
      dns().records("www.example.net.", Type.A);
      assertThat(metric("zonetrail_queries_total{family=\"ipv4\",transport=\"udp\"}")).isEqualTo(3);
      assertThat(metric("zonetrail_responses_total{rcode=\"NOERROR\"}")).isEqualTo(1);
      assertThat(metric("zonetrail_responses_total{rcode=\"NXDOMAIN\"}")).isEqualTo(1);
      assertThat(metric("zonetrail_responses_total{rcode=\"REFUSED\"}")).isEqualTo(1);
      assertThat(metric("zonetrail_responses_total{rcode=\"SERVFAIL\"}")).isZero();
    }

    @Test
    void tellZonesByStateAndSerial() throws Exception {
      assertThat(metric("zonetrail_zones{state=\"current\"}")).isEqualTo(1);
      assertThat(metric("zonetrail_zone_serial{zone=\"example.com\"}")).isEqualTo(7);
      assertThat(metrics()).doesNotContain("zonetrail_zone_serial{zone=\"broken.example\"}");
      assertThat(metric("zonetrail_zones_without_series")).isZero();
    }

    @Test
    void tellOfTheProcessAndTheJvm() throws Exception {
      assertThat(metric("process_start_time_seconds")).isPositive();
      assertThat(metric("process_resident_memory_bytes")).isPositive();
      assertThat(metric("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
      assertThat(metrics())
          .contains("jvm_gc_collection_seconds_count{gc=", "zonetrail_build_info{");
    }

    @Test
    void areOpenMetrics_ifAskedFor() throws Exception {
      HttpResponse<String> open =
          get("/metrics", "Accept", "application/openmetrics-text; version=1.0.0");
      assertThat(open.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("application/openmetrics-text");
      assertThat(open.body()).endsWith("# EOF\n");
      HttpResponse<String> plain = get("/metrics");
      assertThat(plain.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("text/plain; version=0.0.4");
      assertThat(plain.body()).doesNotContain("# EOF");
    }

    @Test
    void thatThePageOfLimitsNamesExist_withTheirLabels() throws Exception {
      String page = Files.readString(Path.of("..", "docs", "limits.md"));
      List<String> named =
          Pattern.compile("zonetrail_[a-z_]+(?:\\{[a-z]+=\"[a-z_]+\"})?")
              .matcher(page)
              .results()
              .map(match -> match.group())
              .distinct()
              .toList();
      assertThat(named).hasSizeGreaterThan(20);
      String metrics = metrics();
      assertThat(named)
          .allSatisfy(name ->
              assertThat(
                      metrics
                          .lines()
                          .filter(line -> !line.startsWith("#"))
                          .filter(line -> line.matches(Pattern.quote(name) + "[ {_].*")))
                  .as(name)
                  .isNotEmpty());
    }

    @Test
    void haveNamesAndUnitsAsPrometheusWantsThem() throws Exception {
      Pattern family = Pattern.compile("# TYPE (zonetrail_[a-z_]+) (counter|gauge|histogram)");
      List<String[]> families =
          metrics()
              .lines()
              .map(family::matcher)
              .filter(match -> match.matches())
              .map(match -> new String[] {match.group(1), match.group(2)})
              .toList();
      assertThat(families).hasSizeGreaterThan(30);
      for (String[] one : families) {
        assertThat(one[0].endsWith("_total")).as(one[0]).isEqualTo(one[1].equals("counter"));
        assertThat(one[0]).doesNotContain("_ms", "_millis", "_octets", "_kb");
      }
      assertThat(families.stream().map(one -> one[0])).doesNotHaveDuplicates();
    }
  }

  @Nested
  class Status {
    @Test
    void isJson_withTheZonesThatNeedAnOperatorFirst() throws Exception {
      HttpResponse<String> response = get("/status");
      assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
      ServerStatus status = StatusPage.JSON.readValue(response.body(), ServerStatus.class);
      assertThat(status.state()).isEqualTo("ready");
      assertThat(status.listen()).hasSize(1);
      assertThat(status.zones().listed().getLast().zone()).isEqualTo("example.com");
      assertThat(status.zones().listed().getLast().serial()).isEqualTo(7);
      assertThat(status.zones().total()).isEqualTo(status.zones().listed().size());
    }
  }

  @Nested
  class ARequest {
    @Test
    void ofAnotherMethodIsRefused() throws Exception {
      HttpRequest post = request("/status").POST(BodyPublishers.ofString("x=1")).build();
      HttpResponse<String> response = http.send(post, BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void forTheHeadAlone_getsTheLengthAndNoBody() throws Exception {
      HttpRequest head = request("/livez").HEAD().build();
      HttpResponse<String> response = http.send(head, BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEmpty();
      assertThat(response.headers().firstValue("Content-Length")).hasValue("3");
    }

    @Test
    void withABodyIsRefused() throws Exception {
      HttpRequest body = request("/livez").method("GET", BodyPublishers.ofString("hello")).build();
      assertThat(http.send(body, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/livez/", "/metrics/../../etc/passwd", "/status?x=%00"})
    void forAnotherPathIsNotFound_orTheQueryIsLeftAlone(String path) throws Exception {
      assertThat(get(path).statusCode()).isEqualTo(path.startsWith("/status") ? 200 : 404);
    }

    @Test
    void thatIsNoHttp_getsNoAnswer_andTheNextOneDoes() throws Exception {
      try (Socket garbage = new Socket(LOOPBACK, address().getPort())) {
        garbage.setSoTimeout(10_000);
        garbage.getOutputStream().write("\0\1\2 garbage\r\n\r\n".getBytes(UTF_8));
        readToEnd(garbage);
      }
      assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    private static void readToEnd(Socket socket) throws IOException {
      byte[] all = socket.getInputStream().readAllBytes();
      assertThat(new String(all, UTF_8)).doesNotContain("200 OK");
    }
  }
}
