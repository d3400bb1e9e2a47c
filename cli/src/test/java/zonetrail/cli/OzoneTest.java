package zonetrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.wire.Rfc;

class OzoneTest {
  private static final String GOOD =
      """
      $TTL 1h
      @ SOA ns1 hostmaster 7 2h 15m 14d 1h
      @ NS ns1
      ns1 A 192.0.2.1
      """;

  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int ozone(String... args) {
    return Ozone.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private String output() {
    return out.toString().replace(folder + "/", "");
  }

  @Nested
  class OneFile {
    @Test
    void goodZone_isSaidToBeGood() throws IOException {
      assertThat(ozone(file("example.com", GOOD))).isEqualTo(ExitCode.DONE);
      assertThat(output()).isEqualTo("successfully checked zone example.com\n");
      assertThat(err.toString()).isEmpty();
    }

    @Test
    void errors_arePrintedWithPlaceAndRule_andTheExitCodeIs1() throws IOException {
      assertThat(ozone(file("example.com", GOOD + "www CNAME a\nwww A 192.0.2.2\nx A 1\n")))
          .isEqualTo(ExitCode.NO);
      assertThat(output().lines())
          .containsExactly(
              "example.com:7:5: error: '1' is not an IPv4 address like 192.0.2.1"
                  + " (RFC 1035 §3.4.1) [bad-address]",
              "example.com:5:5: error: CNAME beside other data at www.example.com"
                  + " (RFC 1034 §3.6.2) [cname-and-other-data]");
    }

    @Test
    void warningsAlone_leaveTheZoneGood() throws IOException {
      assertThat(ozone(file("example.com", GOOD + "x.example.net. A 192.0.2.2\n")))
          .isEqualTo(ExitCode.DONE);
      assertThat(output().lines())
          .hasSize(2)
          .anyMatch(line -> line.contains(": warning: ") && line.endsWith("[out-of-zone]"))
          .last()
          .isEqualTo("successfully checked zone example.com");
    }

    @ParameterizedTest
    @CsvSource({
      "example.com, example.com",
      "Example.COM, example.com",
      "@, .",
      "0%2F25.2.0.192.in-addr.arpa, 0/25.2.0.192.in-addr.arpa"
    })
    void fileName_isTheZonesName(String name, String zone) throws IOException {
      assertThat(ozone(file(name, GOOD))).isEqualTo(ExitCode.DONE);
      assertThat(output()).isEqualTo("successfully checked zone " + zone + "\n");
    }

    @Test
    void zoneName_mayBeGiven() throws IOException {
      assertThat(ozone(file("draft..", GOOD), "--zone-name", "Example.com."))
          .isEqualTo(ExitCode.DONE);
      assertThat(output()).isEqualTo("successfully checked zone example.com\n");
    }

    @Test
    void nameThatIsNoZones_isSaidWithTheRemedy() throws IOException {
      assertThat(ozone(file("draft..", GOOD))).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("--zone-name");
    }

    @Test
    void fileThatIsNotThere_isSaid_andTheOthersAreChecked() throws IOException {
      assertThat(ozone(folder.resolve("example.org").toString(), file("example.com", GOOD)))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("example.org: there is no such file");
      assertThat(output()).isEqualTo("successfully checked zone example.com\n");
    }

    @Test
    void emptyFile_isARemoval() throws IOException {
      assertThat(ozone(file("example.com", ""))).isEqualTo(ExitCode.DONE);
      assertThat(output()).isEqualTo("zone example.com removed\n");
    }
  }

  @Nested
  @Rfc(number = 1982, section = "3.2")
  class Old {
    private int compare(String text, String oldText) throws IOException {
      return ozone(file("example.com", text), "--old", file("old", oldText));
    }

    private String withSerial(long serial) {
      return GOOD.replace(" 7 ", " " + serial + " ");
    }

    @Test
    void changedRecordsWithTheSameSerial_areAnError() throws IOException {
      assertThat(compare(GOOD + "x A 192.0.2.9\n", GOOD)).isEqualTo(ExitCode.NO);
      assertThat(output())
          .isEqualTo(
              "example.com:2:3: error: records of example.com changed, and serial 7 is not newer"
                  + " than 7 before (RFC 1982 §3.2); raise the SOA serial [serial-not-raised]\n");
    }

    @Test
    void changedRecordsWithANewerSerial_areGood() throws IOException {
      assertThat(compare(withSerial(8) + "x A 192.0.2.9\n", GOOD)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void serialThatWrapsAround_isNewer() throws IOException {
      assertThat(compare(withSerial(3) + "x A 192.0.2.9\n", withSerial(4_294_967_290L)))
          .isEqualTo(ExitCode.DONE);
    }

    @Test
    void serialThatGoesBack_isAnError() throws IOException {
      assertThat(compare(withSerial(6), GOOD)).isEqualTo(ExitCode.NO);
    }

    @Test
    void changeOfLayoutAlone_needsNoNewSerial() throws IOException {
      assertThat(compare("; a comment\n" + GOOD, GOOD)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void emptyOldFile_isAnAddition() throws IOException {
      assertThat(compare(GOOD, "")).isEqualTo(ExitCode.DONE);
    }

    @Test
    void brokenOldFile_isAWarning() throws IOException {
      assertThat(compare(GOOD, "oops")).isEqualTo(ExitCode.DONE);
      assertThat(output()).contains("[old-zone-broken]");
    }

    @Test
    void absentOldFile_isSaid() throws IOException {
      assertThat(ozone(file("example.com", GOOD), "--old", folder.resolve("gone").toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("gone: there is no such file");
    }
  }

  @Nested
  class Folders {
    @Test
    void zonesAndKeyFiles_areChecked_andOtherFilesLeftAlone() throws IOException {
      file("example.com", GOOD);
      file("example.net", "@ IN SOA oops\n");
      file(
          "example.com._keys", "a._update.example.com. DNSKEY 0 3 163 " + "AAAA".repeat(12) + "\n");
      file("README.md", "Raise the SOA serial.\n");
      file(".hidden", "@ IN SOA oops\n");
      Files.createDirectory(folder.resolve("example.org"));

      assertThat(ozone(folder.toString())).isEqualTo(ExitCode.NO);
      assertThat(output().lines())
          .hasSize(3)
          .contains("successfully checked zone example.com")
          .contains("successfully checked 1 keys in example.com._keys")
          .anyMatch(line -> line.startsWith("example.net:1:6: error: "));
      assertThat(err.toString()).contains("README.md is left alone, it has no SOA record");
    }

    @Test
    void fileWithItsSoaInAnIncludedOne_isChecked() throws IOException {
      file("example.com", "$INCLUDE start.inc\n");
      file("start.inc", GOOD);

      assertThat(ozone(folder.toString())).isEqualTo(ExitCode.DONE);
      assertThat(output()).contains("successfully checked zone example.com");
    }

    @Test
    void oneZonesOptions_doNotGoWithAFolder() {
      assertThat(ozone(folder.toString(), "--zone-name", "example.com")).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("--old and --zone-name go with one FILE");
    }
  }

  @Nested
  class FilePattern {
    @Test
    void saysHowTheNameOfTheFileGivesTheZone() throws IOException {
      assertThat(ozone("--file-pattern", "db.{zone}", file("db.example.com", GOOD)))
          .isEqualTo(ExitCode.DONE);
      assertThat(output()).isEqualTo("successfully checked zone example.com\n");
    }

    @Test
    void saysWhichFilesOfAFolderAreZones_andNothingOfKeyFiles() throws IOException {
      file("example.com.zone", GOOD);
      file("example.net", GOOD);
      file(
          "example.com._keys",
          "hook._notify.example.com. DNSKEY 0 3 163 MDEyMzQ1Njc4OWFiY2RlZg==\n");
      assertThat(ozone("--file-pattern", "{zone}.zone", folder.toString()))
          .isEqualTo(ExitCode.DONE);
      assertThat(output().lines())
          .containsExactly(
              "successfully checked 1 keys in example.com._keys",
              "successfully checked zone example.com");
    }

    @Test
    void thatAFileDoesNotFit_isSaidWithAnExample() throws IOException {
      assertThat(ozone("--file-pattern", "{zone}.zone", file("example.com", GOOD)))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("like example.com.zone", "--file-pattern");
    }

    @Test
    void withoutThePlaceholder_isAnError() throws IOException {
      assertThat(ozone("--file-pattern", "zone", file("example.com", GOOD)))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("lacks {zone}");
    }
  }

  @Nested
  class LayoutTree {
    @Test
    void checksTheFoldersBelowToo_butNotThoseThatBeginWithADot() throws IOException {
      Files.createDirectories(folder.resolve("a/b/.git"));
      file("a/b/example.com", GOOD + "x A 1\n");
      file("a/b/.git/example.net", GOOD + "x A 1\n");
      assertThat(ozone("--layout", "tree", folder.toString())).isEqualTo(ExitCode.NO);
      assertThat(output()).startsWith("a/b/example.com:5:5: error: ").hasLineCount(1);
    }

    @Test
    void includesFromAnyOfThem_andFromNowhereElse() throws IOException {
      Files.createDirectories(folder.resolve("zones/a"));
      Files.createDirectories(folder.resolve("zones/common"));
      file("zones/common/soa", "$INCLUDE ns\n");
      file("zones/common/ns", "ns2 A 192.0.2.2\n");
      file("outside", "ns3 A 192.0.2.2\n");
      file("zones/a/example.com", GOOD + "$INCLUDE ../common/soa\n");
      assertThat(ozone("--layout", "tree", folder.resolve("zones").toString()))
          .isEqualTo(ExitCode.DONE);
      file("zones/a/example.com", GOOD + "$INCLUDE ../../outside\n");
      assertThat(ozone("--layout", "tree", folder.resolve("zones").toString()))
          .isEqualTo(ExitCode.NO);
      assertThat(output()).contains("it lies outside of the zones folder");
    }

    @Test
    void oneZoneInTwoFolders_isAnError_thatNamesBoth() throws IOException {
      Files.createDirectories(folder.resolve("a"));
      Files.createDirectories(folder.resolve("b"));
      file("a/example.com", GOOD);
      file("b/Example.com", GOOD);
      assertThat(ozone("--layout", "tree", folder.toString())).isEqualTo(ExitCode.NO);
      assertThat(output())
          .contains("b/Example.com:1:1: error: a/example.com is named after example.com too")
          .contains("[zone-claimed-twice]");
    }
  }

  @Nested
  class KeyFiles {
    @Test
    void brokenKeyFile_isAnError_andItsTextIsNotShown() throws IOException {
      assertThat(ozone(file("_keys", "k DNSKEY 0 3 163 c2VjcmV0!\n"))).isEqualTo(ExitCode.NO);
      assertThat(output()).startsWith("_keys:1:1: error: ").doesNotContain("c2V");
    }

    @Test
    void keyFile_hasNoSerialToCompare() throws IOException {
      assertThat(ozone(file("_keys", ""), "--old", file("old", ""))).isEqualTo(ExitCode.USAGE);
    }
  }

  @Nested
  class Include {
    @Test
    void fileBesideTheZone_isRead() throws IOException {
      file("hosts.inc", "www A 192.0.2.80\nbad A 1\n");
      assertThat(ozone(file("example.com", GOOD + "$INCLUDE hosts.inc\n"))).isEqualTo(ExitCode.NO);
      assertThat(output()).startsWith("hosts.inc:2:7: error: '1' is not");
    }

    @ParameterizedTest
    @CsvSource({"../secret", "/etc/passwd", "sub/secret", "..", "link", "_keys", "absent"})
    void anyOtherFile_isRefused(String path) throws IOException {
      Path sub = Files.createDirectory(folder.resolve("sub"));
      file("secret", "x A 192.0.2.1\n");
      file("sub/secret", "x A 192.0.2.1\n");
      file("sub/_keys", "");
      Files.createSymbolicLink(sub.resolve("link"), folder.resolve("secret"));

      assertThat(ozone(file("sub/example.com", GOOD + "$INCLUDE " + path + "\n")))
          .isEqualTo(ExitCode.NO);
      assertThat(output()).contains("example.com:5:10: error: cannot include").hasLineCount(1);
    }
  }

  @Nested
  class Usage {
    @Test
    void noFile_isAnError() {
      assertThat(ozone()).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).startsWith("ozone: ").contains("usage: ozone FILE...");
    }

    @Test
    void unknownOption_isAnError() {
      assertThat(ozone("--frobnicate", "x")).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("--frobnicate");
    }

    @Test
    void help_saysHowToBegin() {
      assertThat(ozone("--help")).isEqualTo(ExitCode.DONE);
      assertThat(out.toString()).contains("Quick start").contains("Exit codes");
    }

    @Test
    void version_isTold() {
      assertThat(ozone("--version")).isEqualTo(ExitCode.DONE);
      assertThat(out.toString()).startsWith("zonetrail ");
    }
  }
}
