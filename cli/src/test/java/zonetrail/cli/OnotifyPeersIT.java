package zonetrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.fixtures.RequiresTool;

/// Real servers take what `onotify` signs, and `onotify` believes what they sign: BIND, Knot and
/// NSD.
class OnotifyPeersIT {

  @Nested
  @RequiresTool(value = "named", debian = "bind9")
  class Bind extends Peer {
    @Override
    PeerSecondary start(Path directory) throws IOException {
      return PeerSecondary.named(directory);
    }
  }

  @Nested
  @RequiresTool(value = "knotd", debian = "knot")
  class Knot extends Peer {
    @Override
    PeerSecondary start(Path directory) throws IOException {
      return PeerSecondary.knot(directory);
    }
  }

  @Nested
  @RequiresTool(value = "nsd", debian = "nsd")
  class Nsd extends Peer {
    @Override
    PeerSecondary start(Path directory) throws IOException {
      return PeerSecondary.nsd(directory);
    }
  }

  /// What every peer has to do; one server for all of its tests.
  @TestInstance(Lifecycle.PER_CLASS)
  abstract static class Peer {
    private @Nullable PeerSecondary secondary;

    abstract PeerSecondary start(Path directory) throws IOException;

    @BeforeAll
    void startSecondary(@TempDir Path directory) throws IOException {
      secondary = start(directory);
    }

    @AfterAll
    void stopSecondary() {
      if (secondary != null) {
        secondary.close();
      }
    }

    /// What `onotify` ended with and printed.
    private record Result(int exitCode, String out, String err) {}

    private Result onotify(String key, String... more) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      List<String> arguments =
          new ArrayList<>(
              List.of("127.0.0.1", "example.com", "--port", "" + secondary().port(), "--key", key));
      arguments.addAll(List.of(more));
      int exitCode =
          Onotify.run(
              arguments.toArray(String[]::new),
              Map.of(),
              new PrintWriter(out, true),
              new PrintWriter(err, true));
      return new Result(exitCode, out.toString(), err.toString());
    }

    private PeerSecondary secondary() {
      return Objects.requireNonNull(secondary, "not started");
    }

    static List<String> algorithms() {
      return PeerSecondary.ALGORITHMS;
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void takesWhatWeSign_andWeBelieveItsReply(String algorithm) {
      String key = PeerSecondary.keyName(algorithm) + ":" + algorithm + ":" + PeerSecondary.SECRET;
      for (String protocol : List.of("--tcp", "--udp")) {
        Result result = onotify(key, protocol);
        assertThat(result.exitCode())
            .as("%s %s%n%s", protocol, result, secondary().log())
            .isEqualTo(ExitCode.DONE);
        assertThat(result.out().lines()).last().isEqualTo("successful TSIG signed notify!");
      }
    }

    @Test
    void refusesAnotherSecret_withBadSig() {
      Result result = onotify(PeerSecondary.keyName("sha256") + ":SHA256:b3RoZXI=");
      assertThat(result.exitCode()).as("%s%n%s", result, secondary().log()).isEqualTo(ExitCode.NO);
      assertThat(result.err()).contains("BADSIG");
    }

    @Test
    void refusesAnUnknownKey_withBadKey() {
      Result result = onotify("unknown._notify.example.com:SHA256:" + PeerSecondary.SECRET);
      assertThat(result.exitCode()).as("%s%n%s", result, secondary().log()).isEqualTo(ExitCode.NO);
      assertThat(result.err()).contains("BADKEY");
    }
  }
}
