package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// The example records of the RFCs that define the rarer types: text, octets, and text again.
class RfcExamplesTest {
  private static final WireName ORIGIN = WireName.parse("example.com");

  /// The octets, and the text that we print, of which the names are absolute and the strings
  /// quoted.
  private static void assertReads(String type, String text, String octets, String printed) {
    RRType rrType = RdataTextTest.type(type);
    Rdata rdata = RdataText.parse(rrType, text, ORIGIN);

    assertThat(HexFormat.of().formatHex(rdata.toBytes())).as(text).isEqualTo(octets);
    assertThat(RdataText.print(rrType, rdata)).as(text).isEqualTo(printed);
    assertThat(RdataText.parse(rrType, printed, ORIGIN)).as(printed).isEqualTo(rdata);
  }

  private static void assertReads(String type, String text, String octets) {
    assertReads(type, text, octets, text);
  }

  @Test
  @Rfc(number = 1183, section = "3.2")
  @Rfc(number = 1183, section = "3.3")
  @Rfc(number = 1183, section = "3.1")
  void rfc1183_addressesOfX25AndIsdn_andRoutes() {
    assertReads("X25", "311061700956", "0c333131303631373030393536", "\"311061700956\"");
    assertReads(
        "ISDN",
        "150862028003217 004",
        "0f31353038363230323830303332313703303034",
        "\"150862028003217\" \"004\"");
    assertReads("RT", "2 Relay.Prime.COM.", "00020552656c6179055072696d6503434f4d00");
  }

  @Test
  @Rfc(number = 1706, section = "5")
  void rfc1706_nsapAddress() {
    assertReads(
        "NSAP",
        "0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00",
        "47000580005a0000000001e133ffffff00016100",
        "0x47000580005a0000000001e133ffffff00016100");
  }

  @Test
  @Rfc(number = 1876, section = "4")
  @Rfc(number = 1876, section = "2")
  @Rfc(number = 1876, section = "3")
  void rfc1876_locations() {
    assertReads(
        "LOC",
        "42 21 54 N 71 06 18 W -24m 30m",
        "0033161389172dd070be15f000988d20",
        "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m");
    assertReads(
        "LOC",
        "32 7 19 S 116 2 25 E 10m",
        "00121613" + "791b7d28" + "98e64868" + "00989a68",
        "32 7 19.000 S 116 2 25.000 E 10.00m 1.00m 10000.00m 10.00m");
    assertReads(
        "LOC",
        "42 21 28.764 N 71 00 51.617 W -44m 2000m",
        "00251613" + "8916cb3c" + "70c310df" + "00988550",
        "42 21 28.764 N 71 0 51.617 W -44.00m 2000.00m 10000.00m 10.00m");
  }

  @Test
  @Rfc(number = 2874, section = "3.2")
  @Rfc(number = 2874, section = "3.1")
  void rfc2874_prefixLengthDecidesWhatElseThereIs() {
    assertReads(
        "A6",
        "64 ::1234:5678:9abc:def0 IP6.",
        "40" + "123456789abcdef0" + "0349503600",
        "64 ::1234:5678:9abc:def0 IP6.");
    assertReads("A6", "0 2001:db8::1", "00" + "20010db8000000000000000000000001");
    assertReads("A6", "128 IP6.", "80" + "0349503600");
  }

  @Test
  @Rfc(number = 3123, section = "8")
  @Rfc(number = 3123, section = "4")
  @Rfc(number = 3123, section = "5")
  void rfc3123_addressPrefixes() {
    assertReads("APL", "1:192.168.32.0/21 !1:192.168.38.0/28", "00011503c0a82000011c83c0a826");
    assertReads(
        "APL",
        "1:224.0.0.0/4 2:FF00:0:0:0:0:0:0:0/8",
        "00010401e0" + "00020801ff",
        "1:224.0.0.0/4 2:ff00::/8");
    assertReads("APL", "1:127.0.0.1/32", "000120047f000001");
    assertReads("APL", "1:192.168.42.64/26", "00011a04c0a82a40");
  }

  @Test
  @Rfc(number = 4025, section = "3.2")
  @Rfc(number = 4025, section = "2.5")
  @Rfc(number = 4025, section = "3.1")
  void rfc4025_gateways() {
    String key = "AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==";
    String octets = "010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801";
    assertReads("IPSECKEY", "10 1 2 192.0.2.38 " + key, "0a0102" + "c0000226" + octets);
    assertReads("IPSECKEY", "10 0 2 . " + key, "0a0002" + octets);
    assertReads(
        "IPSECKEY",
        "10 3 2 mygateway.example.com. " + key,
        "0a0302" + "096d7967617465776179076578616d706c6503636f6d00" + octets);
    assertReads(
        "IPSECKEY",
        "10 2 2 2001:0DB8:0:8002::2000:1 " + key,
        "0a0202" + "20010db8000080020000000020000001" + octets,
        "10 2 2 2001:db8:0:8002::2000:1 " + key);
  }

  @Test
  @Rfc(number = 4255, section = "3.2")
  void rfc4255_fingerprint() {
    assertReads(
        "SSHFP",
        "2 1 123456789abcdef67890123456789abcdef67890",
        "0201" + "123456789abcdef67890123456789abcdef67890");
  }

  @Test
  @Rfc(number = 4701, section = "3.6")
  void rfc4701_identifierOfADhcpClient() {
    assertReads(
        "DHCID",
        "( AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA= )",
        "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40",
        "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=");
  }

  @Test
  @Rfc(number = 6742, section = "2.1.3")
  @Rfc(number = 6742, section = "2.2.3")
  @Rfc(number = 6742, section = "2.3.3")
  @Rfc(number = 6742, section = "2.4.3")
  void rfc6742_locatorsAndNodeIdentifiers() {
    assertReads("NID", "10 0014:4fff:ff20:ee64", "000a00144fffff20ee64", "10 14:4fff:ff20:ee64");
    assertReads("L32", "10 10.1.2.0", "000a0a010200");
    assertReads("L64", "10 2001:0DB8:1140:1000", "000a20010db811401000", "10 2001:db8:1140:1000");
    assertReads(
        "LP",
        "10 l64-subnet1.example.com.",
        "000a" + "0b6c36342d7375626e657431" + "076578616d706c6503636f6d00");
  }

  @Test
  @Rfc(number = 7043, section = "3.2")
  @Rfc(number = 7043, section = "4.2")
  void rfc7043_euiAddresses() {
    assertReads("EUI48", "00-00-5e-00-53-2a", "00005e00532a");
    assertReads("EUI64", "00-00-5e-ef-10-00-00-2a", "00005eef1000002a");
  }

  @Test
  @Rfc(number = 7477, section = "2.1.3")
  void rfc7477_synchronisationOfAChild() {
    assertReads("CSYNC", "66 3 A NS AAAA", "00000042" + "0003" + "000460000008");
  }

  @Test
  @Rfc(number = 8005, section = "6")
  @Rfc(number = 8005, section = "5")
  void rfc8005_hostIdentity() {
    assertReads(
        "HIP",
        "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMz rvs.example.com.",
        "1002000f"
            + "200100107b1a74df365639cc39f1d578"
            + "03010001b771ca136e4aeb5ce44333"
            + "03727673076578616d706c6503636f6d00",
        "2 200100107b1a74df365639cc39f1d578 AwEAAbdxyhNuSutc5EMz rvs.example.com.");
  }

  @Test
  @Rfc(number = 8777, section = "4.3.2")
  @Rfc(number = 8777, section = "4.2.4")
  @Rfc(number = 8777, section = "4.3.1")
  void rfc8777_relays() {
    assertReads("AMTRELAY", "10 0 1 203.0.113.15", "0a01cb00710f");
    assertReads("AMTRELAY", "10 0 2 2001:db8::15", "0a02" + "20010db8000000000000000000000015");
    assertReads(
        "AMTRELAY",
        "128 1 3 amtrelays.example.com.",
        "8083" + "09616d7472656c617973076578616d706c6503636f6d00");
    assertReads("AMTRELAY", "0 1 0 .", "0080");
  }

  @Test
  @Rfc(number = 8976, section = "2.4")
  void rfc8976_digestOfAZone() {
    String digest =
        "FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE"
            .toLowerCase(Locale.ROOT);
    assertReads("ZONEMD", "2018031500 1 1 " + digest, "7848b78c" + "0101" + digest);
  }

  @Test
  @Rfc(number = 9859, section = "2.1")
  @Rfc(number = 9859, section = "2.2")
  void rfc9859_whereToNotify_byASchemeThatIsWrittenByItsNameIfItHasOne() {
    String target = "0b6364732d7363616e6e6572076578616d706c65036e657400";
    assertReads(
        "DSYNC", "CDS NOTIFY 5359 cds-scanner.example.net.", "003b" + "01" + "14ef" + target);
    assertReads(
        "DSYNC",
        "CDS 1 5359 cds-scanner.example.net.",
        "003b" + "01" + "14ef" + target,
        "CDS NOTIFY 5359 cds-scanner.example.net.");
    assertReads(
        "DSYNC", "CSYNC 128 5360 cds-scanner.example.net.", "003e" + "80" + "14f0" + target);
  }
}
