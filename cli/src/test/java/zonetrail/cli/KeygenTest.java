package zonetrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import zonetrail.tsig.KeyFile;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What `zonetrail keygen` prints and writes.
class KeygenTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path directory;

  @BeforeEach
  void setUp(@TempDir Path fresh) {
    directory = fresh;
  }

  private int run(Callable<Integer> command, String... arguments) {
    return Keygen.run(command, arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private String refusal(Callable<Integer> command, String... arguments) {
    assertThat(run(command, arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSize(1);
    return err.toString();
  }

  @Nested
  class Tsig {

    @ParameterizedTest
    @CsvSource({"SHA224, 162, 28", "SHA256, 163, 32", "sha-384, 164, 48", "165, 165, 64"})
    @Rfc(number = 8945, section = "8")
    void printsALineThatTheServerTakes(String algorithm, int number, int octets) {
      assertThat(run(new KeygenTsig(), "hook._notify.example.org", "--algorithm", algorithm))
          .isZero();
      assertThat(out.toString())
          .startsWith("hook._notify.example.org. DNSKEY 0 3 " + number + " ")
          .endsWith("\n");
      KeyFile read =
          KeyFile.read("example.org._keys", out.toString().getBytes(StandardCharsets.UTF_8));
      assertThat(read.findings()).isEmpty();
      assertThat(read.keys()).hasSize(1);
      assertThat(read.keys().getFirst().secret().length()).isEqualTo(octets);
    }

    @Test
    void saysOnStandardErrorWhatTheKeyMayDo_andWhereItGoes() {
      run(new KeygenTsig(), "k._update.example.org");
      assertThat(err.toString())
          .contains(
              "it may update example.org and what is below; put the line into example.org._keys");
      run(new KeygenTsig(), "k._transfer");
      assertThat(err.toString())
          .contains("it may transfer everything; put the line into the file _keys");
    }

    @Test
    void writesTheSameKeyForOnotify() throws Exception {
      Path file = directory.resolve("hook.key");
      assertThat(run(new KeygenTsig(), "hook._notify.example.org", "--key-file", file.toString()))
          .isZero();
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      CommandSpec line = CommandSpec.create();
      TsigKeyOption.addTo(line);
      TsigKeyOption option =
          TsigKeyOption.of(new CommandLine(line).parseArgs("--key-file", file.toString()));
      TsigKey fromFile =
          option.choose(Operation.NOTIFY, WireName.parse("example.org"), Map.of()).orElseThrow();
      assertThat(
              KeyFile.read("example.org._keys", out.toString().getBytes(StandardCharsets.UTF_8))
                  .keys())
          .containsExactly(fromFile);
    }

    @Test
    void asACommand_printsTheKeyAndNoLog() throws Exception {
      Process command =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KeygenSsh.class.getName(),
                  directory.resolve("id").toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(command.waitFor()).isZero();
      assertThat(said).isEqualTo(Files.readString(directory.resolve("id.pub")));
    }

    @Test
    void neverOverwritesAFile() throws Exception {
      Path file = Files.writeString(directory.resolve("hook.key"), "precious");
      assertThat(refusal(new KeygenTsig(), "k._notify.example", "--key-file", file.toString()))
          .contains(file + " is there already");
      assertThat(Files.readString(file)).isEqualTo("precious");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hook.example.org", "example.org", ".", "notify.example.org"})
    void refusesANameThatGrantsNothing(String name) {
      assertThat(refusal(new KeygenTsig(), name))
          .contains("grants nothing")
          .contains("hook._notify.example.org");
    }

    @Test
    void refusesWhatIsNoNameOrNoAlgorithm() {
      assertThat(refusal(new KeygenTsig(), "a..b")).contains("not a domain name");
      err.getBuffer().setLength(0);
      assertThat(refusal(new KeygenTsig(), "k._notify.example", "--algorithm", "SHA1"))
          .contains("known are SHA224, SHA256, SHA384 and SHA512");
    }

    @Test
    @Rfc(number = 8945, section = "8")
    void twoKeysAreNeverAlike() {
      run(new KeygenTsig(), "k._notify.example");
      run(new KeygenTsig(), "k._notify.example");
      assertThat(out.toString().lines().distinct()).hasSize(2);
    }
  }

  @Nested
  class Ssh {

    @ParameterizedTest
    @CsvSource({"ed25519, ssh-ed25519", "ECDSA, ecdsa-sha2-nistp256", "rsa, ssh-rsa"})
    void writesBothHalves_andPrintsThePublicOne(String type, String sshName) throws Exception {
      Path file = directory.resolve("id");
      assertThat(run(new KeygenSsh(), file.toString(), "--type", type, "--comment", "c c"))
          .isZero();
      assertThat(out.toString()).startsWith(sshName + " AAAA").endsWith(" c c\n");
      assertThat(Files.readString(directory.resolve("id.pub"))).isEqualTo(out.toString());
      assertThat(Files.readString(file)).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    }

    @Test
    void asACommand_printsTheKeyAndNoLog() throws Exception {
      Process command =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KeygenSsh.class.getName(),
                  directory.resolve("id").toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(command.waitFor()).isZero();
      assertThat(said).isEqualTo(Files.readString(directory.resolve("id.pub")));
    }

    @Test
    void neverOverwritesAFile() throws Exception {
      Path file = Files.writeString(directory.resolve("id"), "precious");
      assertThat(refusal(new KeygenSsh(), file.toString())).contains(file + " is there already");
      assertThat(Files.readString(file)).isEqualTo("precious");
    }

    @Test
    void aFolderThatIsNotThereIsNamedAsThat() {
      Path file = directory.resolve("none/id");
      assertThat(refusal(new KeygenSsh(), file.toString()))
          .contains(file + " cannot be written: there is no such folder; make it first");
    }

    @Test
    void aNewSeedIsPrintedWithItsPublicKey_whichTheSeedFileGivesAgain() throws Exception {
      assertThat(run(new KeygenSsh(), "--seed")).isZero();
      String[] lines = out.toString().split("\n", -1);
      assertThat(lines[0]).matches("seed is [A-Za-z0-9+/]{40}");
      Path file = Files.writeString(directory.resolve("seed"), lines[0].substring(8) + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      out.getBuffer().setLength(0);
      assertThat(run(new KeygenSsh(), "--seed-file", file.toString())).isZero();
      assertThat(out.toString()).isEqualTo(lines[1] + "\n");
      out.getBuffer().setLength(0);
      assertThat(run(new KeygenSsh(), "--seed", lines[0].substring(8))).isZero();
      assertThat(out.toString()).isEqualTo(lines[1] + "\n");
    }

    @Test
    void asksForExactlyOneThing() {
      assertThat(refusal(new KeygenSsh())).contains("give FILE, --seed or --seed-file");
      err.getBuffer().setLength(0);
      assertThat(refusal(new KeygenSsh(), "id", "--seed-file", "x")).contains("one of them");
      err.getBuffer().setLength(0);
      assertThat(refusal(new KeygenSsh(), "--seed", "--type", "rsa"))
          .contains("only an Ed25519 key");
    }
  }

  @Test
  void theHelpIsOnStandardOutput() {
    assertThat(run(new KeygenTsig(), "--help")).isZero();
    assertThat(run(new KeygenSsh(), "--help")).isZero();
    assertThat(out.toString()).contains("--key-file", "--algorithm", "--type", "--seed-file");
    assertThat(err.toString()).isEmpty();
  }
}
