package zonetrail.transport.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.transport.ListenException;

/// The HTTP server of `--http`: four pages, GET and HEAD, nothing that changes anything.
///
/// It is the JDK's server on virtual threads, so that a connection that is slow holds a few
/// kilobytes and no thread of anybody else; the answering event loops never know of it. Bounds,
/// each a system property of the JDK's server, which who starts the JVM may set otherwise:
///
/// | bound | value |
/// |---|---|
/// | connections | [#MAX_CONNECTIONS]; one more is closed at once |
/// | a request, from its first octet to its last | [#REQUEST_TIME] |
/// | a response, until the client has it | [#RESPONSE_TIME] |
/// | a connection that says nothing | [#IDLE_TIME] |
/// | octets of a request's header | [#MAX_HEADER_OCTETS] |
///
/// A request with a body is refused. One page of metrics or status is made at a time, so that a
/// flood of scrapes costs one core at most.
public final class StatusEndpoint implements AutoCloseable {
  /// Where `zonetrail status` looks unless told otherwise.
  public static final String DEFAULT_ADDRESS = "127.0.0.1:8053";

  /// Connections at once.
  public static final int MAX_CONNECTIONS = 100;

  /// How long a request may take to come in.
  public static final Duration REQUEST_TIME = Duration.ofSeconds(5);

  /// How long a response may take to go out.
  public static final Duration RESPONSE_TIME = Duration.ofSeconds(10);

  /// How long a connection is kept that says nothing.
  public static final Duration IDLE_TIME = Duration.ofSeconds(5);

  /// Octets of a request's header, and header fields.
  public static final int MAX_HEADER_OCTETS = 8 * 1024;

  private static final int MAX_HEADER_FIELDS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(StatusEndpoint.class);

  private static final String PATHS = "there are /livez, /readyz, /metrics and /status\n";
  private static final String PLAIN = "text/plain; charset=utf-8";

  private final Observed observed;
  private final MetricsPage metrics;
  private final HttpServer server;
  private final ExecutorService threads;
  private final ReentrantLock rendering = new ReentrantLock();

  /// What is sent back.
  private static final class Page {
    private final int status;
    private final String contentType;
    private final byte[] body;

    Page(int status, String contentType, byte[] body) {
      this.status = status;
      this.contentType = contentType;
      this.body = body;
    }

    static Page text(int status, String text) {
      return new Page(status, PLAIN, text.getBytes(UTF_8));
    }
  }

  private StatusEndpoint(Observed observed, HttpServer server) {
    this.observed = observed;
    this.metrics = new MetricsPage(observed);
    this.server = server;
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("zonetrail-http-", 0).factory());
  }

  /// Binds and answers from then on.
  ///
  /// @param address where; port 0 takes a free one
  /// @throws ListenException if it can't be had
  public static StatusEndpoint start(InetSocketAddress address, Observed observed)
      throws ListenException {
    bound("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    bound("sun.net.httpserver.maxReqTime", REQUEST_TIME.toSeconds());
    bound("sun.net.httpserver.maxRspTime", RESPONSE_TIME.toSeconds());
    bound("sun.net.httpserver.idleInterval", IDLE_TIME.toSeconds());
    bound("sun.net.httpserver.maxReqHeaderSize", MAX_HEADER_OCTETS);
    bound("sun.net.httpserver.maxReqHeaders", MAX_HEADER_FIELDS);
    bound("sun.net.httpserver.drainAmount", 0);
    if (!address.getAddress().isLoopbackAddress()) {
      LOG.warn(
          "--http {} is not a loopback address: everybody who reaches it reads the names and states"
              + " of all zones; let a firewall see to who does",
          NetUtil.toSocketAddressString(address));
    }
    try {
      StatusEndpoint endpoint = new StatusEndpoint(observed, HttpServer.create(address, 0));
      endpoint.server.setExecutor(endpoint.threads);
      endpoint.server.createContext("/", endpoint::answer);
      endpoint.server.start();
      return endpoint;
    } catch (IOException refused) {
      throw new ListenException(
          "cannot listen on "
              + NetUtil.toSocketAddressString(address)
              + "/tcp for --http: "
              + (refused instanceof BindException
                  ? refused.getMessage() + "; see ss -lptn who has it, or use another port"
                  : refused.getMessage()),
          refused);
    }
  }

  /// The JDK's server reads these once, when it is loaded.
  private static void bound(String property, long value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Long.toString(value));
    }
  }

  /// Where it listens, with the port that the system chose.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      send(exchange, page(exchange));
    } catch (RuntimeException | Error defect) {
      // Where the response has begun already it just ends.
      LOG.warn("the page {} could not be made", exchange.getRequestURI().getPath(), defect);
      throw new IOException("no page", defect);
    }
  }

  private Page page(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return Page.text(405, "only GET and HEAD\n");
    }
    Headers request = exchange.getRequestHeaders();
    String length = request.getFirst("Content-Length");
    if (request.containsKey("Transfer-Encoding") || (length != null && !length.equals("0"))) {
      return Page.text(413, "a request has no body here\n");
    }
    return switch (exchange.getRequestURI().getPath()) {
      case "/livez" -> health(observed.vitals().whyDead(System.nanoTime()));
      case "/readyz" -> health(observed.vitals().whyNotReady(System.nanoTime()));
      case "/metrics" -> metrics(request.getFirst("Accept"));
      case "/status" ->
          oneAtATime(() ->
              new Page(200, "application/json", StatusPage.render(observed, System.nanoTime())));
      case null, default -> Page.text(404, PATHS);
    };
  }

  private static Page health(Optional<String> trouble) {
    return trouble.map(why -> Page.text(503, why + "\n")).orElseGet(() -> Page.text(200, "ok\n"));
  }

  private Page metrics(@Nullable String accept) {
    return oneAtATime(() -> {
      ByteArrayOutputStream body = new ByteArrayOutputStream(64 * 1024);
      String contentType = metrics.write(body, accept);
      return new Page(200, contentType, body.toByteArray());
    });
  }

  private Page oneAtATime(Supplier<Page> page) {
    rendering.lock();
    try {
      return page.get();
    } finally {
      rendering.unlock();
    }
  }

  private static void send(HttpExchange exchange, Page page) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", page.contentType);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    if (page.status == 405 || page.status == 413) {
      headers.set("Connection", "close"); // a body may follow, and nobody reads it
    }
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(page.body.length));
      exchange.sendResponseHeaders(page.status, -1);
      return;
    }
    exchange.sendResponseHeaders(page.status, page.body.length);
    exchange.getResponseBody().write(page.body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
