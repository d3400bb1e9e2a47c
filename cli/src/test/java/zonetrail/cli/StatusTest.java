package zonetrail.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.server.PrimaryServer;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.transport.status.ServerStatus;
import zonetrail.transport.status.StatusPage;

class StatusTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String COMMIT = "3f2a91c0000000000000000000000000000000aa";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Map<String, String> environment, String... arguments) {
    return Keygen.run(
        new Status(environment), arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Nested
  class OfARunningServer {
    @TempDir private Path zones;

    private PrimaryServer start() throws Exception {
      Files.writeString(
          zones.resolve("example.com"),
          """
          @ 300 SOA ns.example.org. h.example.org. 7 3600 900 604800 300
          @ 300 NS ns.example.org.
          """);
      PrimaryServer.Settings settings =
          new PrimaryServer.Settings(List.of(new InetSocketAddress(LOOPBACK, 0)), 1, Duration.ZERO)
              .withHttp(new InetSocketAddress(LOOPBACK, 0));
      return PrimaryServer.start(new FolderSource(ZoneFolder.open(zones)), settings);
    }

    private static String address(PrimaryServer server) {
      return "127.0.0.1:" + server.httpAddress().orElseThrow().getPort();
    }

    @Test
    void whereAllIsWell_isExitCode0() throws Exception {
      try (PrimaryServer server = start()) {
        assertThat(run(Map.of(), "--http", address(server))).as(err.toString()).isZero();
        assertThat(out.toString())
            .contains("ready", "zones    1: 1 current")
            .containsPattern("example\\.com +7 +current +folder");
      }
    }

    @Test
    void isAskedWhereTheEnvironmentSays() throws Exception {
      try (PrimaryServer server = start()) {
        assertThat(run(Map.of(Status.VARIABLE, address(server)))).as(err.toString()).isZero();
      }
    }

    @Test
    void withABrokenZone_isExitCode1_andSaysWhatToDo() throws Exception {
      Files.writeString(zones.resolve("broken.example"), "@ SOA this is none\n");
      try (PrimaryServer server = start()) {
        assertThat(run(Map.of(), "--http", address(server))).isEqualTo(1);
        assertThat(out.toString())
            .containsPattern("broken\\.example +SERVFAIL +broken")
            .contains("broken.example:1:", "mend the file and push again");
        assertThat(out.toString().indexOf("broken.example"))
            .isLessThan(out.toString().indexOf("example.com "));
      }
    }

    @Test
    void asJson_isWhatTheServerSays() throws Exception {
      try (PrimaryServer server = start()) {
        assertThat(run(Map.of(), "--json", "--http", address(server))).isZero();
        ServerStatus status = StatusPage.JSON.readValue(out.toString(), ServerStatus.class);
        assertThat(status.zones().listed())
            .singleElement()
            .extracting("zone")
            .isEqualTo("example.com");
      }
    }
  }

  @Test
  void aServerThatIsNotThere_isExitCode3_andOneLine() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
      port = free.getLocalPort();
    }
    assertThat(run(Map.of(), "--http", "127.0.0.1:" + port)).isEqualTo(3);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("cannot reach 127.0.0.1:" + port, "--http");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nothing", "host", "127.0.0.1:", "a:b@127.0.0.1:80", "::1:80", " ", "x/y:1"})
  void whatIsNoAddressIsRefused(String address) {
    assertThat(run(Map.of(), "--http", address)).isEqualTo(2);
    assertThat(err.toString()).contains("is not ADDR:PORT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "<html>", "", "[]"})
  void anotherServerIsToldApart(String page) throws Exception {
    HttpServer other = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    other.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, page.isEmpty() ? -1 : page.length());
            exchange.getResponseBody().write(page.getBytes(UTF_8));
          }
        });
    other.start();
    try {
      assertThat(run(Map.of(), "--http", "127.0.0.1:" + other.getAddress().getPort())).isEqualTo(2);
      assertThat(err.toString()).contains("is no Zonetrail server");
    } finally {
      other.stop(0);
    }
  }

  @Nested
  class TheReport {
    private ServerStatus status(ServerStatus.Source source, ServerStatus.ZoneLine... zones)
        throws IOException {
      return new ServerStatus(
          "1.0",
          "ready",
          null,
          NOW.minusSeconds(90_000),
          List.of("127.0.0.1:53"),
          source,
          new ServerStatus.ZoneList(
              zones.length,
              Map.of(zones.length == 0 ? "current" : zones[0].state(), zones.length),
              List.of(zones)));
    }

    private ServerStatus.Source source(boolean failing) {
      return new ServerStatus.Source(
          "git@git.example.org:zones.git#main",
          COMMIT,
          NOW.minusSeconds(3_700),
          NOW.minusSeconds(12),
          failing ? NOW.minusSeconds(200) : null,
          failing ? "no route to host\u001b[2J" : null,
          null);
    }

    private ServerStatus.ZoneLine zone(String state) {
      return new ServerStatus.ZoneLine(
          "example.com", state, 7L, 3, COMMIT, NOW, state.equals("current") ? null : COMMIT, null);
    }

    private String print(ServerStatus status) {
      StatusReport.print(status, "127.0.0.1:8053", NOW, new PrintWriter(out, true));
      return out.toString();
    }

    @Test
    void tellsTimesWithTheirAge() throws Exception {
      assertThat(print(status(source(false), zone("current"))))
          .contains(
              "started  2026-11-21T11:00:00Z (1 d 1 h ago)",
              "commit   3f2a91c of 2026-11-22T10:58:20Z (1 h 1 min ago)",
              "fetched  2026-11-22T11:59:48Z (12 s ago)")
          .doesNotContain("FAILING");
    }

    @Test
    void tellsSinceWhenAndWhyFetchesFail_withoutDrivingTheTerminal() throws Exception {
      ServerStatus failing = status(source(true), zone("current"));
      assertThat(StatusReport.needsOperator(failing)).isTrue();
      assertThat(print(failing))
          .contains("FAILING  since 2026-11-22T11:56:40Z (3 min 20 s ago): no route to host?[2J");
    }

    @ParameterizedTest
    @ValueSource(strings = {"broken", "not_raised", "contested", "held", "of_a_later_version"})
    void ofAZoneThatIsNotCurrent_saysWhatToDo(String state) throws Exception {
      ServerStatus status = status(source(false), zone(state));
      assertThat(StatusReport.needsOperator(status)).isTrue();
      assertThat(print(status)).containsPattern("example\\.com .*\n {4}\\w+");
    }

    @Test
    void ofAHeldZone_namesTheWholeCommitToAccept() throws Exception {
      assertThat(print(status(source(false), zone("held"))))
          .contains("Zonetrail-Accept: " + COMMIT);
    }
  }
}
