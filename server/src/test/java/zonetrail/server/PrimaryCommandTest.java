package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.SourceLine;
import zonetrail.authority.ZoneSource;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.git.Committer;
import zonetrail.transfer.TransferRights;

/// What the command says to its options. Whatever it does not take is one line on standard error
/// and exit code 2; nothing here gets as far as a socket.
class PrimaryCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return CommandRunner.of(new PrimaryCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /// The one line that the command said.
  private String refusal(String... arguments) {
    assertThat(run(arguments)).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSize(1);
    return err.toString().strip();
  }

  private static CommandLine parsed(String... arguments) {
    CommandLine line = CommandRunner.of(new PrimaryCommand());
    line.parseArgs(arguments);
    return line;
  }

  private static Object value(CommandLine line, String option) {
    return line.getCommandSpec().findOption(option).getValue();
  }

  private static List<InetSocketAddress> listen(CommandLine line) {
    List<?> addresses = (List<?>) value(line, "--listen");
    return addresses.stream().map(InetSocketAddress.class::cast).toList();
  }

  @Nested
  class TheNamesThatScriptsRelyOn {
    @Test
    void areTakenForARepository() {
      CommandLine line =
          parsed(
              "--remote=git@git.example.org:zones.git#main",
              "--path=dns",
              "--state-dir=/var/lib/zonetrail",
              "--ssh-key=/etc/zonetrail/key",
              "--authenticator=SHA256:AAAA",
              "--authenticator=SHA256:BBBB",
              "--listen=192.0.2.1:53",
              "--listen=[2001:db8::1]:5353",
              "--threads=3",
              "--poll-interval=1h30m",
              "--log-level=debug");
      assertThat(value(line, "--remote")).isEqualTo("git@git.example.org:zones.git#main");
      assertThat(listen(line)).extracting(InetSocketAddress::getPort).containsExactly(53, 5353);
      assertThat(value(line, "--poll-interval")).isEqualTo(Duration.ofMinutes(90));
      assertThat(value(line, "--authenticator")).isEqualTo(List.of("SHA256:AAAA", "SHA256:BBBB"));
    }

    @Test
    void areTakenForAFolder() {
      assertThat(value(parsed("--zones", "/srv/zones"), "--zones"))
          .isEqualTo(Path.of("/srv/zones"));
    }

    @Test
    void haveTheDefaultsThatTheHelpNames() {
      CommandLine line = parsed("--zones", "/srv/zones");
      assertThat(listen(line))
          .extracting(address -> address.getAddress().getHostAddress() + " " + address.getPort())
          .containsExactly("0.0.0.0 53", "0:0:0:0:0:0:0:0 53");
      assertThat(value(line, "--poll-interval")).isEqualTo(Duration.ofMinutes(5));
      assertThat(value(line, "--threads")).isEqualTo(Runtime.getRuntime().availableProcessors());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "--udp native")
  void anOptionWhoseWorkComesLaterIsUnknown_notTakenAndIgnored(String option) {
    String[] arguments =
        Stream.concat(Stream.of("--zones", "/srv/zones"), Stream.of(option.split(" ", -1)))
            .toArray(String[]::new);
    assertThat(refusal(arguments))
        .startsWith("zonetrail primary: Unknown option")
        .contains("'" + option.split(" ", -1)[0] + "'")
        .endsWith("(see 'zonetrail primary --help')");
  }

  @Nested
  class TheCookieSecretFile {
    private String refusalOf(Path directory, String text) throws IOException {
      Path file = Files.writeString(directory.resolve("cookies"), text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return refusal("--zones=" + directory, "--cookie-secret-file=" + file);
    }

    @Test
    void holdsHexadecimalSecrets_andNoneOfThemIsInAMessage(@TempDir Path directory)
        throws IOException {
      String good = "e5e973e5a6b2a43f48e7dc849e37bfcf";
      assertThat(refusalOf(directory, good + "\n" + good + "0\n"))
          .contains("secret 2: a secret is 32 hexadecimal digits")
          .doesNotContain(good);
    }

    @Test
    void holdsOneAtLeast(@TempDir Path directory) throws IOException {
      assertThat(refusalOf(directory, "\n")).endsWith("is empty");
    }

    @Test
    void isItsOwnersOnly(@TempDir Path directory) throws IOException {
      Path file = Files.writeString(directory.resolve("cookies"), "00".repeat(16));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

      assertThat(refusal("--zones=" + directory, "--cookie-secret-file=" + file))
          .contains("can be read by others: chmod 600");
    }
  }

  @Test
  void aServersNameFitsIntoOneCharacterString(@TempDir Path directory) {
    assertThat(refusal("--zones=" + directory, "--identity=" + "x".repeat(256)))
        .contains("--identity: a text of 256 octets; 1 to 255 can be said");
  }

  @Nested
  class WhoIsNotified {
    @Test
    void isGivenByAddress_withPortAndKey() {
      CommandLine line =
          parsed(
              "--zones=/srv/zones",
              "--notify=192.0.2.2,k._notify",
              "--notify=[2001:db8::2]:5353",
              "--notify-port=54");
      assertThat(value(line, "--notify"))
          .isEqualTo(List.of("192.0.2.2,k._notify", "[2001:db8::2]:5353"));
      assertThat(value(line, "--notify-port")).isEqualTo(54);
      assertThat(new PrimaryServer.Settings(List.of(), 1, Duration.ZERO).notifies())
          .isEqualTo(NotifyPolicy.OFF);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            --notify=off | --notify=192.0.2.2       | --notify off tells nobody
            --axfr       | --notify=ns2.example.org | --notify ns2.example.org is not ADDR[:PORT][,KEY]
            --axfr       | --notify=192.0.2.2:0     | is not ADDR[:PORT][,KEY]
            --axfr       | --notify=192.0.2         | is not ADDR[:PORT][,KEY]
            --axfr       | --notify=192.0.2.2,a..b  | the key's name is none
            --axfr       | --notify-port=0          | --notify-port is 1 to 65535
            """)
    void isNobodyElse_whereItIsOff_andNoHostName(
        String one, String other, String complaint, @TempDir Path directory) {
      assertThat(refusal("--zones=" + directory, one, other)).contains(complaint);
    }
  }

  @Nested
  class WhoMayTransfer {
    @Test
    void isNobodyWithoutAKey_unlessNamed() {
      assertThat(new PrimaryServer.Settings(List.of(), 1, Duration.ZERO).transfers())
          .isEqualTo(TransferRights.BY_KEY);
      CommandLine line =
          parsed(
              "--zones=/srv/zones",
              "--allow-transfer=192.0.2.0/24",
              "--allow-transfer=2001:db8::/32",
              "--axfr");
      assertThat(value(line, "--allow-transfer"))
          .isEqualTo(List.of("192.0.2.0/24", "2001:db8::/32"));
      assertThat(value(line, "--axfr")).isEqualTo(true);
    }

    @Test
    void isANetwork_notAName(@TempDir Path directory) {
      assertThat(refusal("--zones", directory.toString(), "--allow-transfer", "ns2.example.org"))
          .contains("'ns2.example.org' is not a network");
    }
  }

  @Nested
  class WhoCommits {
    @Test
    void isANameAndAnAddress() {
      assertThat(
              value(
                  parsed("--zones=/srv/zones", "--committer= Ops Team <dns@example.net>"),
                  "--committer"))
          .isEqualTo(new Committer("Ops Team", "dns@example.net"));
    }

    @ParameterizedTest
    @CsvSource({
      "Ops Team,          a committer is written 'NAME <ADDRESS>'",
      "dns@example.net,   a committer is written 'NAME <ADDRESS>'",
      "<dns@example.net>, the committer's name must be one line",
      "Ops <>,            the committer's address must be one line",
      "A <b> <c>,         a committer is written 'NAME <ADDRESS>'"
    })
    void isNothingElse(String committer, String why, @TempDir Path directory) {
      assertThat(refusal("--zones", directory.toString(), "--committer", committer))
          .contains("--committer", "'" + committer + "'")
          .contains(why);
    }
  }

  @Nested
  class HowZoneFilesAreCalled {
    @ParameterizedTest
    @CsvSource({
      "{zone}.{zone}, has more than one {zone}",
      "example.zone,  lacks {zone}",
      "zones/{zone},  names a folder",
      "{zone}._keys,  ends as the names of key files do",
      ".{zone},       begins with a dot",
    })
    void isAPatternByWhichZonesCanBeTold(String pattern, String why, @TempDir Path directory) {
      assertThat(refusal("--zones", directory.toString(), "--file-pattern", pattern))
          .contains("--file-pattern", "'" + pattern + "' " + why, "such as '{zone}.zone'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rate-limit 0",
        "--rate-limit many",
        "--rate-limit 1000001",
        "--rate-limit-exempt 192.0.2.0/33",
        "--rate-limit-exempt example.org",
        "--tcp-clients 0",
        "--tcp-idle-timeout 0",
        "--http 8053",
        "--http localhost:8053",
        "--log-format xml"
      })
  void aValueOutOfBoundsIsRefused_withWhatIsExpected(String option) {
    String[] arguments =
        Stream.concat(Stream.of("--zones", "/srv/zones"), Stream.of(option.split(" ", -1)))
            .toArray(String[]::new);
    String value = option.split(" ", -1)[1];
    assertThat(refusal(arguments)).startsWith("zonetrail primary: ").contains(value);
  }

  @Nested
  class WhereTheZonesAre {
    @Test
    void hasToBeSaid() {
      assertThat(refusal()).contains("--remote", "--zones");
    }

    @Test
    void isSaidOnce() {
      assertThat(refusal("--remote", "/srv/zones.git", "--zones", "/srv/zones"))
          .contains("--remote", "--zones", "mutually exclusive");
    }

    @Test
    void isAFolderThatIsThere(@TempDir Path directory) {
      String absent = directory.resolve("absent").toString();
      assertThat(refusal("--zones", absent)).contains("--zones " + absent + " is not a folder");
    }

    @Test
    void needsAStateDirectoryWhereItIsARepository() {
      assertThat(refusal("--remote", "/srv/zones.git")).contains("needs --state-dir DIR");
    }

    @Test
    void needsAKeyWhereItIsReachedBySsh(@TempDir Path directory) {
      String state = directory.toString();
      assertThat(refusal("--remote", "ssh://git.example.org/zones.git", "--state-dir", state))
          .contains("needs --ssh-key FILE");
    }

    @Test
    void isAnAddressThatCanBeRead(@TempDir Path directory) {
      String state = directory.toString();
      assertThat(refusal("--remote", "ftp://git.example.org/zones.git", "--state-dir", state))
          .contains("https://", "ssh://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--path dns", "--ssh-key /k", "--authenticator SHA256:A"})
    void refusesForAFolderWhatBelongsToARepository(String option, @TempDir Path directory) {
      String[] more = option.split(" ", -1);
      assertThat(refusal("--zones", directory.toString(), more[0], more[1]))
          .contains(more[0], "goes with --remote, not with --zones");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--ssh-key /k", "--authenticator SHA256:A", "--known-hosts /h"})
    void refusesWithoutSshWhatBelongsToSsh(String option, @TempDir Path directory) {
      String[] more = option.split(" ", -1);
      String state = directory.toString();
      String[] arguments = {
        "--remote", "https://git.example.org/zones.git", "--state-dir", state, more[0], more[1]
      };
      assertThat(refusal(arguments)).contains(more[0], "goes with an SSH remote");
    }

    @Test
    void isProvedByAFingerprintOrAFile_notByBoth(@TempDir Path directory) {
      String[] arguments = {
        "--remote",
        "ssh://git.example.org/zones.git",
        "--state-dir",
        directory.toString(),
        "--ssh-key",
        "/k",
        "--known-hosts",
        "/h",
        "--authenticator",
        "SHA256:A"
      };
      assertThat(refusal(arguments)).contains("--authenticator or --known-hosts, not both");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:53",
        "192.0.2.1",
        "192.0.2.1:",
        "192.0.2.1:65536",
        "192.0.2.256:53",
        "127.1:53",
        "2001:db8::1:53",
        "[2001:db8::1]",
        "[2001:db8::g]:53",
        "[192.0.2.1]x:53",
        ":53",
        ""
      })
  void anAddressThatIsNoneIsRefused(String address) {
    assertThat(refusal("--zones", "/srv/zones", "--listen", address))
        .contains("--listen", "'" + address + "' is not ADDR:PORT", "[2001:db8::1]:53");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "90, 90", "30s, 30", "5m, 300", "1h30m, 5400", "1d, 86400", "366d, 31622400"})
  void aTimeIsReadWithAndWithoutUnits(String text, long seconds) {
    assertThat(new DurationConverter().convert(text)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5x", "-5", "1.5h", "30m1h", "5 m", "367d", "999999999s"})
  void aTimeThatIsNoneIsRefused(String time) {
    assertThatThrownBy(() -> new DurationConverter().convert(time))
        .isInstanceOf(TypeConversionException.class);
    assertThat(refusal("--zones", "/srv/zones", "--poll-interval=" + time))
        .contains("--poll-interval", "'" + time + "' is");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1025", "many", "99999999999"})
  void aNumberOfThreadsOutOfBoundsIsRefused(String threads, @TempDir Path directory) {
    assertThat(refusal("--zones", directory.toString(), "--threads=" + threads))
        .contains("--threads", threads);
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "WARN", "Info", "debug", "trace"})
  void aLogLevelIsTakenInAnyCase(String level) {
    assertThat(value(parsed("--zones", "/srv/zones", "--log-level", level), "--log-level"))
        .hasToString(level.toUpperCase(java.util.Locale.ROOT));
  }

  @Test
  void aLogLevelThatIsNoneIsRefused_withThoseThatAre() {
    assertThat(refusal("--zones", "/srv/zones", "--log-level", "loud"))
        .contains("--log-level", "ERROR, WARN, INFO, DEBUG, TRACE", "'loud'");
  }

  @Test
  void anArgumentThatIsNoOptionIsRefused() {
    assertThat(refusal("--zones", "/srv/zones", "more")).contains("too many arguments");
  }

  @Test
  void theValueOfAMistypedOptionIsNotRepeated() {
    assertThat(refusal("--zones", "/srv/zones", "--remot", "https://s3cret@git.example.org/z.git"))
        .contains("'--remot'")
        .doesNotContain("s3cret");
  }

  @Test
  void theValueWrittenIntoAMistypedOptionIsNotRepeated() {
    assertThat(refusal("--zones", "/srv/zones", "--remot=https://s3cret@git.example.org/z.git"))
        .contains("'--remot'")
        .doesNotContain("s3cret");
  }

  @Test
  void theHelpNamesEveryOptionWithItsDefault_andExitsWith0() {
    assertThat(run("--help")).isZero();
    assertThat(err.toString()).isEmpty();
    String help = out.toString().replaceAll("\\s+", " ");
    for (OptionSpec option : CommandRunner.of(new PrimaryCommand()).getCommandSpec().options()) {
      assertThat(help).contains(option.longestName());
    }
    assertThat(help)
        .contains("The branch is main")
        .contains("(its top)")
        .contains("needed with --remote")
        .contains("(~/.ssh/known_hosts)")
        .contains("Default: 0.0.0.0:53 and [::]:53")
        .contains("(as many as there are cores)")
        .contains("(5m)")
        .contains("(info)")
        .contains("Exit codes: 0");
  }

  @Test
  void theVersionIsSaid_andExitsWith0() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("zonetrail ");
  }

  @Test
  void theReadyLineGivesAddressesZonesAndCommit(@TempDir Path directory) throws Exception {
    Files.writeString(
        directory.resolve("example.com"),
        "@ 300 SOA ns.example.org. h.example.org. 1 3600 900 604800 300\n@ 300 NS ns.example.org.\n");
    PrimaryOptions options = new PrimaryOptions();
    new CommandLine(options)
        .parseArgs("--zones", directory.toString(), "--listen=127.0.0.1:0", "--listen=127.0.0.2:0");
    try (PrimaryServer server = PrimaryServer.start(options.openSource(), options.settings())) {
      List<InetSocketAddress> bound = server.boundAddresses();
      assertThat(server.readyLine())
          .isEqualTo(
              "ready listen=127.0.0.1:%d,127.0.0.2:%d zones=1 commit=folder",
              bound.get(0).getPort(), bound.get(1).getPort());
    }
  }

  @Test
  void aSourceThatIsAwayAtTheFirstStartIsExitCode3_andIsClosed() {
    List<String> closed = new java.util.ArrayList<>();
    ZoneSource away =
        new ZoneSource() {
          @Override
          public java.util.Optional<Known> known() {
            return java.util.Optional.empty();
          }

          @Override
          public SourceLine fetch(String since, FetchScope scope) throws AwayException {
            throw new AwayException("git.example.org does not answer");
          }

          @Override
          public void keep(String version, HeldBack heldBack) {}

          @Override
          public void close() {
            closed.add("closed");
          }
        };
    PrimaryServer.Settings settings =
        new PrimaryServer.Settings(List.of(), 1, Duration.ofMinutes(5));
    assertThatThrownBy(() -> PrimaryServer.start(away, settings))
        .isInstanceOfSatisfying(
            StartException.class, failed -> assertThat(failed.exitCode()).isEqualTo(3))
        .hasMessage("git.example.org does not answer");
    assertThat(closed).hasSize(1);
  }
}
