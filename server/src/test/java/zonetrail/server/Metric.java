package zonetrail.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/// A metric of a running server, as `/metrics` has it.
public final class Metric {
  private Metric() {}

  /// The value of a series; 0 where there is none.
  ///
  /// @param series its name, without `zonetrail_`, with its labels
  public static long of(Optional<InetSocketAddress> http, String series) throws IOException {
    String name = "zonetrail_" + series + " ";
    InetSocketAddress address = http.orElseThrow();
    URI page =
        URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/metrics");
    try (InputStream text = page.toURL().openStream()) {
      return new String(text.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Math.round(Double.parseDouble(line.substring(name.length()))))
          .sum();
    }
  }
}
