package zonetrail.secondary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import zonetrail.authority.RemotePrimaries;
import zonetrail.authority.RemotePrimary;
import zonetrail.wire.WireName;

class SecondaryOptionsTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final WireName ZONE = WireName.parse("example.org");

  private static RemotePrimaries parse(Map<String, String> environment, String... arguments) {
    SecondaryOptions options = new SecondaryOptions();
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--state-dir";
    all[arguments.length + 1] = "/nowhere";
    new CommandLine(options).parseArgs(all);
    return options.remotePrimaries(environment);
  }

  private static List<InetSocketAddress> addresses(RemotePrimaries primaries) {
    return primaries.of(ZONE).stream().map(RemotePrimary::address).toList();
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  @Test
  void primariesAreThoseGiven_thenThatInTheKeysName() {
    RemotePrimaries primaries =
        parse(
            Map.of(),
            "--keys",
            "192.0.2.1.192.0.2.9._transfer.example.org:SHA256:" + SECRET,
            "--primary=192.0.2.7:5300",
            "--primary=2001:db8::1",
            "--primary=[2001:db8::2]:5301");
    assertThat(addresses(primaries))
        .containsExactly(
            at("192.0.2.7", 5300),
            at("2001:db8::1", 53),
            at("2001:db8::2", 5301),
            at("192.0.2.1", 53));
    assertThat(primaries.zonesNamed()).containsExactly(ZONE);
  }

  @Test
  void keysComeFromAFileAndTheEnvironmentToo(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("keys");
    Files.writeString(file, "# ours\n\ns2._transfer.example.org:" + SECRET + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    RemotePrimaries primaries =
        parse(
            Map.of("ZONETRAIL_KEYS", "s2._transfer:SHA512:" + SECRET),
            "--key-file",
            file.toString(),
            "--primary=192.0.2.1");
    assertThat(primaries.keys().keys()).hasSize(2);
    assertThat(primaries.of(ZONE)).hasSize(1);
  }

  @Test
  void openKeyFile_isRefused(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("keys");
    Files.writeString(file, "s2._transfer.example.org:" + SECRET + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> parse(Map.of(), "--key-file", file.toString()))
        .hasMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @CsvSource({
    "s2._transfer.example.org:SHA3:" + SECRET + ",1:26",
    "'# ours\n  s2._transfer.example.org:SHA256:!" + SECRET + "',2:35",
    "s2..example.org:" + SECRET + ",1:1",
    "s2._transfer.example.org:MD5:" + SECRET + ",1:26"
  })
  void mistakeInAKeyFile_hasAPlace_andTheSecretIsNotShown(
      String text, String place, @TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("keys"), text.replace("\\n", "\n"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> parse(Map.of(), "--key-file", file.toString(), "--primary=192.0.2.1"))
        .hasMessageStartingWith(file + ":" + place + ": ")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void keyWithoutAPrimary_isRefused_andTheSecretIsNotShown() {
    assertThatThrownBy(() -> parse(Map.of(), "--keys", "s2._transfer.example.org:" + SECRET))
        .hasMessageContaining("--primary")
        .hasMessageNotContaining(SECRET);
    assertThatThrownBy(() -> parse(Map.of(), "--primary=192.0.2.1"))
        .hasMessageContaining("--key-file");
    assertThatThrownBy(
            () -> parse(Map.of(), "--primary=192.0.2.1", "--keys", "k._notify:" + SECRET))
        .hasMessageContaining("_transfer");
  }

  @Test
  void zoneThatIsNamed_needsAPrimary_andNoKey() {
    RemotePrimaries primaries =
        parse(Map.of(), "--zone", "example.org", "--zone=example.net.", "--primary=192.0.2.1");
    assertThat(primaries.of(ZONE)).containsExactly(new RemotePrimary(at("192.0.2.1", 53), null));
    assertThat(primaries.zonesNamed())
        .containsExactlyInAnyOrder(ZONE, WireName.parse("example.net"));
    assertThat(primaries.of(WireName.parse("example.com"))).isEmpty();
    assertThatThrownBy(() -> parse(Map.of(), "--zone", "example.org"))
        .hasMessageContaining("--primary");
    assertThatThrownBy(() -> parse(Map.of(), "--zone", "a..b", "--primary=192.0.2.1"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("not a domain name");
  }

  @Test
  void keyThatIsForANamedZone_signsForIt() {
    RemotePrimaries primaries =
        parse(
            Map.of(),
            "--zone",
            "example.org",
            "--primary=192.0.2.1",
            "--keys",
            "s2._transfer:" + SECRET);
    assertThat(primaries.of(ZONE)).singleElement().extracting(RemotePrimary::key).isNotNull();
    assertThat(primaries.zonesNamed()).containsExactly(ZONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ns1.example.org", "192.0.2.1:0", "192.0.2.1:70000", "", "[::1"})
  void whatIsNoAddress_isRefused(String address) {
    assertThatThrownBy(() -> parse(Map.of(), "--primary=" + address))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("ADDR[:PORT]");
  }
}
