package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zones;

/// What a server says of itself, and why it says no.
class ServerIdentityTest {
  private static final ServerIdentity NAMED = new ServerIdentity("Zonetrail 1.2.3", "ns1.example");

  private static Reply askChaos(ServerIdentity identity, String name, int type) {
    return TestServer.serving(Zones.NONE, identity).ask(TestServer.query(name, type, DClass.CH));
  }

  @Nested
  @Rfc(number = 4892, section = "3")
  class ClassChaos {
    @ParameterizedTest
    @ValueSource(strings = {"version.bind.", "version.server.", "VERSION.bind."})
    void theVersionIsSaid(String name) {
      Reply reply = askChaos(NAMED, name, Type.TXT);

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.message().getHeader().getFlag(Flags.AA)).isTrue();
      assertThat(reply.answer()).containsExactly(name + " 0 CH TXT \"Zonetrail 1.2.3\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id.server.", "hostname.bind."})
    void theNameOfTheServerIsSaid(String name) {
      assertThat(askChaos(NAMED, name, Type.TXT).answer())
          .containsExactly(name + " 0 CH TXT ns1.example");
      assertThat(askChaos(NAMED, name, Type.ANY).answer()).hasSize(1);
    }

    @Test
    void whatIsNotToBeSaidIsRefused() {
      assertThat(askChaos(ServerIdentity.NONE, "version.bind.", Type.TXT).rcode())
          .isEqualTo("REFUSED");
      assertThat(askChaos(ServerIdentity.NONE, "id.server.", Type.TXT).rcode())
          .isEqualTo("REFUSED");
    }

    @Test
    void otherNamesAndTypesAreRefused() {
      assertThat(askChaos(NAMED, "authors.bind.", Type.TXT).rcode()).isEqualTo("REFUSED");
      assertThat(askChaos(NAMED, "version.bind.", Type.A).rcode()).isEqualTo("REFUSED");
    }
  }

  @Nested
  class NameServerIdentifier {
    private static final int OPTION_CODE = 3;

    private Reply ask(ServerIdentity identity, EDNSOption... options) {
      Message query = TestServer.query("example.", "A");
      query.addRecord(new OPTRecord(1232, 0, 0, 0, options), Section.ADDITIONAL);
      return TestServer.serving(Zones.NONE, identity).ask(query);
    }

    @Test
    @Rfc(number = 5001, section = "2.2")
    @Rfc(number = 5001, section = "2.3")
    void itIsSaidToWhoAsks() {
      Reply reply = ask(NAMED, new NSIDOption(new byte[0]));

      assertThat(reply.message().getOPT().getOptions(OPTION_CODE))
          .containsExactly(new NSIDOption("ns1.example".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    @Rfc(number = 5001, section = "2.2")
    void whatIsInTheOptionOfAQueryIsIgnored() {
      Reply reply = ask(NAMED, new NSIDOption("ns2".getBytes(StandardCharsets.US_ASCII)));

      assertThat(reply.message().getOPT().getOptions(OPTION_CODE))
          .containsExactly(new NSIDOption("ns1.example".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    @Rfc(number = 5001, section = "2.2")
    void itIsNotSaidUnasked_norWhereThereIsNone() {
      assertThat(ask(NAMED).message().getOPT().getOptions(EDNSOption.Code.NSID)).isEmpty();
      assertThat(
              ask(ServerIdentity.NONE, new NSIDOption(new byte[0]))
                  .message()
                  .getOPT()
                  .getOptions(EDNSOption.Code.NSID))
          .isEmpty();
    }
  }

  @Nested
  class ExtendedErrors {
    private int errorOf(TestServer server, boolean edns) {
      Message query = TestServer.query("www.example.", "A");
      if (edns) {
        query.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
      }
      Message reply = server.ask(query).message();
      return reply.getOPT() == null
          ? -1
          : ((ExtendedErrorCodeOption)
                  reply.getOPT().getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR).getFirst())
              .getErrorCode();
    }

    @Test
    @Rfc(number = 8914, section = "4.21")
    @Rfc(number = 8914, section = "2")
    void aNameThatIsNotOursIsNotAuthoritative() {
      assertThat(errorOf(TestServer.serving(Zones.NONE), true)).isEqualTo(20);
    }

    @Test
    @Rfc(number = 8914, section = "4.25")
    void aZoneThatCannotBeServedHasInvalidData() {
      TestServer server = TestServer.serving(new UnavailableZone(WireName.parse("example.")));

      assertThat(errorOf(server, true)).isEqualTo(24);
    }

    @Test
    @Rfc(number = 8914, section = "3")
    void withoutEdnsThereIsNoRoomForAReason() {
      assertThat(errorOf(TestServer.serving(Zones.NONE), false)).isEqualTo(-1);
    }
  }

  @Test
  void aTextHasToFitIntoOneCharacterString() {
    assertThatThrownBy(() -> new ServerIdentity("v".repeat(256), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ServerIdentity(null, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
