package zonetrail.cli;

import static java.util.Objects.requireNonNull;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.RdataText;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.update.MalformedUpdateException;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateOutcome;
import zonetrail.update.UpdateProcessor;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// `oupdate`: its arguments, what it does to a zone, what it prints, and what it ends with.
class OupdateTest {
  private static final String SECRET =
      Base64.getEncoder()
          .encodeToString("a secret that is a canary".getBytes(StandardCharsets.UTF_8));
  private static final String KEY = "me._update.example.com:SHA256:" + SECRET;
  private static final String HOST_KEY = "me._update.www.example.com:SHA256:" + SECRET;
  private static final String ROOT_KEY = "me._update:SHA256:" + SECRET;
  private static final KeyRing RING =
      KeyRing.of(
          Map.of("_keys", List.of(KEY, HOST_KEY, ROOT_KEY).stream().map(TsigKey::parse).toList()));

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private volatile Zones zones = Zones.NONE;
  private volatile byte[] extendedError = {};
  private final AtomicInteger unanswered = new AtomicInteger();
  private LoopbackServer server;

  @BeforeEach
  void serve() throws IOException {
    String text =
        """
        @   3600 SOA ns.other.test. admin 10 7200 3600 1209600 300
        @   3600 NS  ns.other.test.
        www 300  A   192.0.2.1
        www 300  A   192.0.2.2
        www 300  TXT "hello"
        """;
    Zone zone =
        requireNonNull(
            ZoneFileReader.read(
                    "example.com",
                    WireName.parse("example.com"),
                    text.getBytes(StandardCharsets.UTF_8),
                    IncludeSource.NONE)
                .zone());
    zones = Zones.of(List.of(zone));
    server = new LoopbackServer(this::answer);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /// As a primary would, without the repository.
  private byte[] answer(byte[] request) {
    if (unanswered.getAndDecrement() > 0) {
      return new byte[0];
    }
    Instant now = Instant.now();
    return switch (TsigVerifier.verify(request, request.length, RING, now)) {
      case Verdict.Verified verified -> {
        byte[] plain = verified.withoutTsig(request);
        byte[] reply = reply(plain, apply(plain, verified.key(), now));
        yield TsigSigner.signResponse(reply, reply.length, 65_535, verified, now);
      }
      case Verdict.Refused refused -> TsigSigner.refuse(request, refused, now);
      case Verdict.Unsigned _ -> reply(request, Rcode.REFUSED);
      case Verdict.FormErr _ -> reply(request, Rcode.FORMERR);
    };
  }

  private Rcode apply(byte[] message, TsigKey key, Instant now) {
    try {
      UpdateOutcome outcome =
          UpdateProcessor.apply(
              UpdateRequest.parse(message), key.name(), zones, SerialStyle.INCREMENT, now);
      if (outcome instanceof UpdateOutcome.Made made) {
        zones = zones.with(requireNonNull(made.after()));
      }
      return outcome instanceof UpdateOutcome.Refusal refusal ? refusal.rcode() : Rcode.NOERROR;
    } catch (MalformedUpdateException e) {
      return Rcode.FORMERR;
    }
  }

  /// The request's OPT record is its last; its options are ours.
  private byte[] reply(byte[] request, Rcode rcode) {
    byte[] option = extendedError;
    byte[] reply = Arrays.copyOf(request, request.length + option.length);
    System.arraycopy(option, 0, reply, request.length, option.length);
    Header.putU16(reply, request.length - 2, option.length);
    Header.putU16(reply, Header.FLAGS, Header.u16(reply, Header.FLAGS) | Header.QR | rcode.value());
    return reply;
  }

  private int oupdate(Map<String, String> environment, String... arguments) {
    return Oupdate.run(
        arguments, environment, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  /// With the key in the environment.
  private int update(String line) {
    return oupdate(Map.of("ZONETRAIL_KEY", KEY), toServer(line));
  }

  private String[] toServer(String line) {
    List<String> arguments = new ArrayList<>();
    arguments.add("127.0.0.1");
    arguments.addAll(List.of(line.split(" ", -1)));
    arguments.addAll(List.of("--port", Integer.toString(server.port())));
    return arguments.toArray(String[]::new);
  }

  /// The records of a name, `TYPE TTL RDATA` each.
  private List<String> records(String name) {
    Zone zone = (Zone) requireNonNull(zones.zone(WireName.parse("example.com")));
    Node node = zone.node(WireName.parse(name));
    List<String> records = new ArrayList<>();
    if (node != null) {
      node.rrsets()
          .forEach(rrset ->
              rrset
                  .rdatas()
                  .forEach(rdata ->
                      records.add(
                          rrset.type()
                              + " "
                              + rrset.ttlSeconds()
                              + " "
                              + RdataText.print(rrset.type(), rdata))));
    }
    return records;
  }

  @Nested
  class LikeTheOriginal {
    @Test
    void serverKeyHostAndAddress_replaceTheARecords_withTtl60() {
      assertThat(oupdate(Map.of(), toServer(KEY + " www.example.com 192.0.2.9"))).isZero();
      assertThat(records("www.example.com")).containsExactly("A 60 192.0.2.9", "TXT 300 \"hello\"");
      assertThat(out.toString().lines())
          .containsExactly(
              "updating to 127.0.0.1:"
                  + server.port()
                  + " zone example.com: www.example.com replace A 192.0.2.9",
              "successful TSIG signed update!");
      assertThat(err.toString()).isEmpty();
    }

    @Test
    void aHostThatIsNew() {
      assertThat(update("new.example.com 192.0.2.9")).isZero();
      assertThat(records("new.example.com")).containsExactly("A 60 192.0.2.9");
    }
  }

  @Nested
  class Records {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "www.example.com 2001:db8::1 | A 300 192.0.2.1; A 300 192.0.2.2; TXT 300 \"hello\"; AAAA 60 2001:db8::1",
          "www.example.com 192.0.2.8 2001:db8::1 --ttl 5 | A 5 192.0.2.8; TXT 300 \"hello\"; AAAA 5 2001:db8::1",
          "www.example.com 192.0.2.8 --add | A 60 192.0.2.1; A 60 192.0.2.2; A 60 192.0.2.8; TXT 300 \"hello\"",
          "www.example.com 192.0.2.1 --delete | A 300 192.0.2.2; TXT 300 \"hello\"",
          "www.example.com --type A --delete | TXT 300 \"hello\"",
          "www.example.com --delete | ''",
          "www.example.com --type TXT bye | A 300 192.0.2.1; A 300 192.0.2.2; TXT 60 \"bye\"",
          "www.example.com --type TXT --delete | A 300 192.0.2.1; A 300 192.0.2.2",
          "www.example.com --type mx 10 mail.example.net | A 300 192.0.2.1; A 300 192.0.2.2; MX 60 10 mail.example.net.; TXT 300 \"hello\"",
          "www.example.com 192.0.2.8 --if-exists --udp | A 60 192.0.2.8; TXT 300 \"hello\""
        })
    void changeAsTheArgumentsSay(String line, String expected) {
      assertThat(update(line)).as("%s", err).isZero();
      assertThat(records("www.example.com"))
          .containsExactly(expected.isEmpty() ? new String[0] : expected.split("; ", -1));
    }

    @ParameterizedTest
    @CsvSource({
      "www.example.com 192.0.2.9 --if-absent, YXRRSET",
      "new.example.com 192.0.2.9 --if-exists, NXRRSET",
      "new.example.com --delete --if-exists, NXDOMAIN",
      "www.example.com --delete --if-absent, YXDOMAIN",
      "www.example.net 192.0.2.9, NOTZONE",
      "www.example.com 192.0.2.9 --zone nowhere.example.com, NOTZONE",
      "www.example.com 192.0.2.9 --zone example.net, REFUSED"
    })
    void areLeftWhereTheAnswerIsNo(String line, String word) {
      assertThat(update(line)).isEqualTo(ExitCode.NO);
      assertThat(err.toString()).startsWith("oupdate: " + word);
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(records("www.example.com")).hasSize(3);
    }
  }

  @Nested
  class Keys {
    @Test
    void aKeyForOneHost_orForEverything_needsNoZone() {
      assertThat(oupdate(Map.of("ZONETRAIL_KEY", HOST_KEY), toServer("www.example.com 192.0.2.8")))
          .isZero();
      assertThat(oupdate(Map.of("ZONETRAIL_KEY", ROOT_KEY), toServer("www.example.com 192.0.2.9")))
          .isZero();
      assertThat(records("www.example.com")).contains("A 60 192.0.2.9");
    }

    @Test
    void aKeyFile() throws IOException {
      Path file = Files.writeString(directory.resolve("key"), KEY);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      assertThat(oupdate(Map.of(), toServer("www.example.com 192.0.2.8 --key-file " + file)))
          .isZero();
    }

    @Test
    void anotherSecret_isBadSig() {
      String other = "me._update.example.com:SHA256:b3RoZXI=";
      assertThat(oupdate(Map.of("ZONETRAIL_KEY", other), toServer("www.example.com 192.0.2.8")))
          .isEqualTo(ExitCode.NO);
      assertThat(err.toString()).contains("BADSIG", "another secret");
    }

    @Test
    void whatTheServerSaysOfIt_isPrinted() {
      String text = "it is\nheld";
      extendedError = new byte[6 + text.length()];
      Header.putU16(extendedError, 0, EdnsOption.EXTENDED_ERROR);
      Header.putU16(extendedError, 2, 2 + text.length());
      System.arraycopy(text.getBytes(StandardCharsets.UTF_8), 0, extendedError, 6, text.length());
      assertThat(update("www.example.com 192.0.2.9 --zone example.net")).isEqualTo(ExitCode.NO);
      assertThat(err.toString()).isEqualTo("oupdate: REFUSED: it is<U+000A>held\n");
    }

    @Test
    void aKeyForAnotherHost_isRefused() {
      assertThat(
              oupdate(
                  Map.of("ZONETRAIL_KEY", HOST_KEY),
                  toServer("mail.example.com 192.0.2.8 --zone example.com")))
          .isEqualTo(ExitCode.NO);
      assertThat(err.toString())
          .contains("REFUSED", "may not change mail.example.com")
          .doesNotContain(SECRET);
    }
  }

  @Nested
  class WhenThereIsNoAnswer {
    @Test
    void theSameOctetsAreSentAgain_overUdp() {
      unanswered.set(1);
      assertThat(update("www.example.com 192.0.2.8 --udp")).isZero();
      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().get(0)).isEqualTo(server.requests().get(1));
    }

    @Test
    void aClosedPort_isUnreachable() throws IOException {
      int port;
      try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = closed.getLocalPort();
      }
      String[] arguments = {"127.0.0.1", KEY, "www.example.com", "192.0.2.1", "--port=" + port};
      assertThat(oupdate(Map.of(), arguments)).isEqualTo(ExitCode.UNREACHABLE);
    }
  }

  @Nested
  class Usage {
    @ParameterizedTest
    @CsvSource({
      "'', Missing required",
      "127.0.0.1, Missing required",
      "127.0.0.1 www.example.com, an address is missing",
      "127.0.0.1 www..example.com 192.0.2.1, not a domain name",
      "127.0.0.1 www.example.com 192.0.2.256, not the data of type A",
      "127.0.0.1 www.example.com 2001:db8::x, not the data of type AAAA",
      "127.0.0.1 www.example.com --type FROB x, no record type FROB",
      "127.0.0.1 www.example.com --type ANY --delete, no record type ANY",
      "127.0.0.1 www.example.com --type MX mail, not the data of type MX",
      "127.0.0.1 www.example.com 192.0.2.1, an update is signed",
      "127.0.0.1 a:b www.example.com 192.0.2.1, KEY",
      "127.0.0.1 www.example.com 192.0.2.1 --port 0, --port",
      "127.0.0.1 www.example.com 192.0.2.1 --ttl -1, --ttl",
      "127.0.0.1 www.example.com 192.0.2.1 --timeout 0, --timeout",
      "127.0.0.1 www.example.com 192.0.2.1 --add --delete, mutually exclusive",
      "127.0.0.1 www.example.com 192.0.2.1 --if-exists --if-absent, mutually exclusive",
      "127.0.0.1 www.example.com 192.0.2.1 --frob=x, there is no option --frob"
    })
    void aWrongCommandLine_endsWith2_andSaysWhatIsWrong(String line, String message) {
      String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
      assertThat(oupdate(Map.of(), arguments)).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains(message);
      assertThat(out.toString()).isEmpty();
    }

    @Test
    void helpHasAQuickStart_andTheExitCodes() {
      assertThat(oupdate(Map.of(), "--help")).isZero();
      assertThat(out.toString())
          .contains("oupdate 192.0.2.53 www.example.com", "ZONETRAIL_KEY", "Exit codes");
      assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    }
  }
}
