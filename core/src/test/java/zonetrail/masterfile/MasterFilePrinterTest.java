package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

class MasterFilePrinterTest {
  private static final WireName APEX = WireName.parse("example");

  private static final String HEAD =
      """
      $TTL 1h
      @       SOA     ns1 hostmaster 7 2h 15m 14d 1h
              NS      ns1
      ns1     A       192.0.2.53
      """;

  @Test
  void zoneIsReadable() {
    String text =
        HEAD
            + """
            www 300 A 192.0.2.1
                300 AAAA 2001:db8::1
            a CNAME www
            _sip._tcp SRV 0 5 5060 sip.example.net.
            @ MX 10 mail
            mail A 192.0.2.25
            """;
    Zone zone =
        ZoneFileReader.read("f", APEX, text.getBytes(StandardCharsets.UTF_8), IncludeSource.NONE)
            .zone();

    assertThat(new String(MasterFileEditor.print(requireNonNull(zone)), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            $ORIGIN example.
            $TTL 3600

            @              SOA     ns1 hostmaster (
                                   7            ; serial
                                   7200         ; refresh
                                   900          ; retry
                                   1209600      ; expire
                                   3600 )       ; TTL of negative answers
            @              NS      ns1
            @              MX      10 mail
            _sip._tcp      SRV     0 5 5060 sip.example.net.
            a              CNAME   www
            mail           A       192.0.2.25
            ns1            A       192.0.2.53
            www        300 A       192.0.2.1
            www        300 AAAA    2001:db8::1
            """);
  }
}
