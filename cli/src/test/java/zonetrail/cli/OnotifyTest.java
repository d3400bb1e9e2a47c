package zonetrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;

/// `onotify`: its arguments, what it prints, and what it ends with.
class OnotifyTest {
  private static final String SECRET =
      Base64.getEncoder()
          .encodeToString("a secret that is a canary".getBytes(StandardCharsets.UTF_8));
  private static final String KEY = "hook._notify.example.com:SHA256:" + SECRET;
  private static final KeyRing RING = ringOf(KEY);

  @TempDir private Path directory;
  private final List<LoopbackServer> servers = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void closeServers() throws IOException {
    for (LoopbackServer server : servers) {
      server.close();
    }
  }

  private static KeyRing ringOf(String... keys) {
    return KeyRing.of(Map.of("_keys", List.of(keys).stream().map(TsigKey::parse).toList()));
  }

  private LoopbackServer server(UnaryOperator<byte[]> answer) throws IOException {
    LoopbackServer server = new LoopbackServer(answer);
    servers.add(server);
    return server;
  }

  private int onotify(String... arguments) {
    return onotify(Map.of(), arguments);
  }

  private int onotify(Map<String, String> environment, String... arguments) {
    return Onotify.run(
        arguments, environment, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private int notifyTo(LoopbackServer server, String... more) {
    return onotify(argumentsTo(server, more));
  }

  private static String[] argumentsTo(LoopbackServer server, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("127.0.0.1", "example.com", "--port", Integer.toString(server.port())));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static byte[] reply(byte[] request, Rcode rcode) {
    byte[] reply = request.clone();
    Header.putU16(reply, Header.FLAGS, Header.u16(reply, Header.FLAGS) | Header.QR | rcode.value());
    return reply;
  }

  /// A server that knows these keys, whose clock is off by so much, and that always says this.
  private static UnaryOperator<byte[]> signing(KeyRing ring, long clockSeconds, Rcode rcode) {
    return request -> {
      Instant now = Instant.now().plusSeconds(clockSeconds);
      return switch (TsigVerifier.verify(request, request.length, ring, now)) {
        case Verdict.Verified verified -> {
          byte[] reply = reply(verified.withoutTsig(request), rcode);
          yield TsigSigner.signResponse(reply, reply.length, 65_535, verified, now);
        }
        case Verdict.Refused refused -> TsigSigner.refuse(request, refused, now);
        case Verdict.Unsigned _ -> reply(request, Rcode.REFUSED);
        case Verdict.FormErr _ -> reply(request, Rcode.FORMERR);
      };
    };
  }

  @Nested
  class LikeTheOriginal {
    @Test
    void aSignedNotifyThatIsAcknowledged_printsTheOriginalsWords() throws IOException {
      LoopbackServer server = server(signing(RING, 0, Rcode.NOERROR));
      assertThat(notifyTo(server, "--key", KEY)).isEqualTo(ExitCode.DONE);
      assertThat(out.toString().lines())
          .containsExactly(
              "notifying to 127.0.0.1:" + server.port() + " zone example.com serial 1",
              "successful TSIG signed notify!");
      assertThat(err.toString()).isEmpty();
    }

    @Test
    void withoutAKeyTheNotifyIsUnsigned() throws IOException {
      LoopbackServer server = server(request -> reply(request, Rcode.NOERROR));
      assertThat(notifyTo(server)).isEqualTo(ExitCode.DONE);
      assertThat(out.toString().lines()).last().isEqualTo("successful notify!");
    }

    @Test
    void theSerialGoesIntoTheHint() throws IOException {
      LoopbackServer server = server(request -> reply(request, Rcode.NOERROR));
      notifyTo(server, "--serial", "2026112201");
      assertThat(out.toString()).contains("zone example.com serial 2026112201");
      Message request = new Message(server.requests().getFirst());
      assertThat(request.getSection(Section.ANSWER))
          .singleElement()
          .isInstanceOfSatisfying(
              SOARecord.class, soa -> assertThat(soa.getSerial()).isEqualTo(2026112201L));
    }

    @Test
    void theAlgorithmMayBeANumber_orMissing() throws IOException {
      LoopbackServer server = server(signing(RING, 0, Rcode.NOERROR));
      assertThat(notifyTo(server, "--key", "hook._notify.example.com:163:" + SECRET)).isZero();
      assertThat(notifyTo(server, "--key", "hook._notify.example.com:" + SECRET)).isZero();
    }

    @Test
    void itAsksOnce_byTcp() throws IOException {
      LoopbackServer server = server(signing(RING, 0, Rcode.NOERROR));
      assertThat(notifyTo(server, "--key=" + KEY, "--tcp")).isZero();
      assertThat(server.requests()).hasSize(1);
    }

    @Test
    void overUdpToo() throws IOException {
      LoopbackServer server = server(signing(RING, 0, Rcode.NOERROR));
      assertThat(notifyTo(server, "--key=" + KEY, "--udp")).isZero();
    }
  }

  @Nested
  class WhenTheAnswerIsNo {
    private void assertNo(String... words) {
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(err.toString()).contains(words).doesNotContain(SECRET);
      assertThat(out.toString()).doesNotContain("successful");
    }

    @Test
    void anUnknownKey_isBadKey() throws IOException {
      assertThat(notifyTo(server(signing(KeyRing.EMPTY, 0, Rcode.NOERROR)), "--key", KEY))
          .isEqualTo(ExitCode.NO);
      assertNo("BADKEY", "hook._notify.example.com.", "HMAC-SHA256", "key file");
    }

    @Test
    void anotherSecret_isBadSig() throws IOException {
      KeyRing other = ringOf("hook._notify.example.com:SHA256:b3RoZXI=");
      assertThat(notifyTo(server(signing(other, 0, Rcode.NOERROR)), "--key", KEY))
          .isEqualTo(ExitCode.NO);
      assertNo("BADSIG", "another secret");
    }

    @Test
    void anotherClock_isBadTimeWithTheDifference() throws IOException {
      assertThat(notifyTo(server(signing(RING, 4000, Rcode.NOERROR)), "--key", KEY))
          .isEqualTo(ExitCode.NO);
      assertNo("BADTIME", "the clocks differ by ");
      assertThat(err.toString()).containsPattern("differ by (3999|4000|4001) s");
    }

    @Test
    void aKeyWithoutTheRight_isRefused() throws IOException {
      assertThat(notifyTo(server(signing(RING, 0, Rcode.REFUSED)), "--key", KEY))
          .isEqualTo(ExitCode.NO);
      assertNo("REFUSED", "may not notify for example.com", "_notify.example.com.");
    }

    @Test
    void aFetchThatFailed_isServFail() throws IOException {
      assertThat(notifyTo(server(signing(RING, 0, Rcode.SERVFAIL)), "--key", KEY))
          .isEqualTo(ExitCode.NO);
      assertNo("SERVFAIL", "its log says why");
    }

    @Test
    void anUnsignedNotifyToAServerThatWantsAKey_saysSo() throws IOException {
      assertThat(notifyTo(server(signing(RING, 0, Rcode.NOERROR)))).isEqualTo(ExitCode.NO);
      assertNo("REFUSED", "--key-file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--tcp", "--udp"})
    void anUnsignedYesToASignedNotify_isNotBelieved(String protocol) throws IOException {
      UnaryOperator<byte[]> unsigned =
          request -> {
            Verdict.Verified verified =
                (Verdict.Verified)
                    TsigVerifier.verify(request, request.length, RING, Instant.now());
            return reply(verified.withoutTsig(request), Rcode.NOERROR);
          };
      assertThat(notifyTo(server(unsigned), "--key", KEY, protocol)).isEqualTo(ExitCode.NO);
      assertNo("not signed", "proves nothing");
    }

    @Test
    void octetsThatAreNoReply_areABadAnswer() throws IOException {
      assertThat(notifyTo(server(request -> new byte[] {1, 2, 3}))).isEqualTo(ExitCode.NO);
      assertNo("is it a DNS server?");
    }
  }

  @Nested
  class WhenThereIsNoAnswer {
    @Test
    void aClosedPort_isUnreachable() throws IOException {
      int port;
      try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = closed.getLocalPort();
      }
      assertThat(onotify("127.0.0.1", "example.com", "--port", Integer.toString(port)))
          .isEqualTo(ExitCode.UNREACHABLE);
      assertThat(err.toString()).contains("nothing listens on TCP 127.0.0.1:" + port);
    }
  }

  @Nested
  class KeyFiles {
    private Path file(String permissions, String... lines) throws IOException {
      Path file = directory.resolve("example.com._keys");
      Files.write(file, List.of(lines));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      return file;
    }

    @Test
    void aFileWithOneLine() throws IOException {
      Path file = file("rw-------", KEY);
      LoopbackServer server = server(signing(RING, 0, Rcode.NOERROR));
      assertThat(notifyTo(server, "--key-file", file.toString())).isZero();
    }

    @Test
    void aFileOfKeyRecords_ofWhichTheNarrowestThatMayNotifyIsTaken() throws IOException {
      Path file =
          file(
              "rw-------",
              "; keys",
              "k._notify.org. DNSKEY 0 3 163 " + SECRET,
              "k._update.com. DNSKEY 0 3 163 " + SECRET,
              "hook._notify.example.com. DNSKEY 0 3 163 " + SECRET,
              "k._notify.www.example.com. DNSKEY 0 3 163 " + SECRET);
      LoopbackServer server = server(signing(RING, 0, Rcode.NOERROR));
      assertThat(notifyTo(server, "--key-file", file.toString())).isZero();
      assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFileWithoutAKeyForTheZone_isNoUse() throws IOException {
      Path file =
          file(
              "rw-------",
              "k._notify.org. DNSKEY 0 3 163 " + SECRET,
              "k._notify.net. DNSKEY 0 3 163 " + SECRET);
      assertThat(onotify("127.0.0.1", "example.com", "--key-file", file.toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("no key that may notify", "anything._notify.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx--x---"})
    void aFileThatIsOpenToOthers_isRefused_andToldWhatToDo(String permissions) throws IOException {
      Path file = file(permissions, KEY);
      assertThat(onotify("127.0.0.1", "example.com", "--key-file", file.toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("chmod 600 " + file, permissions).doesNotContain(SECRET);
    }

    @Test
    void aBrokenFile_isRefused_withItsLineAndNoMore() throws IOException {
      Path file =
          file("rw-------", "; keys", "hook._notify.example.com. DNSKEY 0 3 163 !" + SECRET);
      assertThat(onotify("127.0.0.1", "example.com", "--key-file", file.toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains(file + ":2:").doesNotContain(SECRET);
    }

    @Test
    void aFileThatIsNotThere() {
      Path file = directory.resolve("none");
      assertThat(onotify("127.0.0.1", "example.com", "--key-file", file.toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("there is no file " + file);
    }

    @Test
    void theEnvironmentHoldsAKeyToo_andTheCommandLineComesFirst() throws IOException {
      LoopbackServer server = server(signing(RING, 0, Rcode.NOERROR));
      assertThat(onotify(Map.of("ZONETRAIL_KEY", KEY), argumentsTo(server))).isZero();
      assertThat(onotify(Map.of("ZONETRAIL_KEY", "x:y"), argumentsTo(server, "--key", KEY)))
          .isZero();
      assertThat(out.toString().lines().filter("successful TSIG signed notify!"::equals))
          .hasSize(2);
    }
  }

  @Nested
  class Usage {
    @ParameterizedTest
    @CsvSource({
      "'', Missing required",
      "127.0.0.1, Missing required",
      "127.0.0.1 example..com, not a domain name",
      "127.0.0.1 example.com --port 0, --port",
      "127.0.0.1 example.com --port 65536, --port",
      "127.0.0.1 example.com --port dns, --port",
      "127.0.0.1 example.com --serial -1, --serial",
      "127.0.0.1 example.com --serial 4294967296, --serial",
      "127.0.0.1 example.com --timeout 0, --timeout",
      "127.0.0.1 example.com --tcp --udp, mutually exclusive",
      "127.0.0.1 example.com --key a:b --key-file c, not both",
      "127.0.0.1 example.com --frob=x, there is no option --frob",
      "127.0.0.1 example.com example.org, too many arguments",
    })
    void aWrongCommandLine_endsWith2_andSaysWhatIsWrong(String line, String message) {
      String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
      assertThat(onotify(arguments)).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains(message);
      assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"--kye %s", "--kye=%s", "%s", "--key=:%s", "--key=x:NONE:%s!", "--key=%s!"})
    void aMistypedKeyIsNotRepeated(String mistyped) {
      String line = "127.0.0.1 example.com " + mistyped.formatted(SECRET);
      assertThat(onotify(line.split(" ", -1))).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).isNotEmpty().doesNotContain(SECRET.substring(0, 8));
    }

    @Test
    void helpHasAQuickStart_andTheExitCodes() {
      assertThat(onotify("--help")).isZero();
      assertThat(out.toString())
          .contains("onotify 192.0.2.1 example.com --key-file", "ZONETRAIL_KEY", "Exit codes");
      assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void versionNamesTheProgram() {
      assertThat(onotify("--version")).isZero();
      assertThat(out.toString()).startsWith("zonetrail ");
    }
  }
}
