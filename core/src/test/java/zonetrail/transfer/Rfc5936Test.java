package zonetrail.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import zonetrail.fixtures.ZoneTextGenerator;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigStreamSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Header;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// AXFR as its messages are, whoever carries them. They are read by dnsjava.
class Rfc5936Test {
  private static final int MAX = ResponseWriter.MAX_MESSAGE_OCTETS;

  private static final Zone SMALL =
      Transfers.zone(
          "example.com.",
          "www 60 A 192.0.2.80",
          "MiXed 60 CNAME WWW",
          "child 60 NS ns.child",
          "ns.child 60 A 192.0.2.1",
          "hidden.child 60 TXT cut",
          "old 60 DNAME new",
          "below.old 60 TXT occluded",
          "* 60 TXT wild");

  /// A zone with many names, of which each has an MX, and one large RRset.
  private static Zone large(int names) {
    String[] lines =
        IntStream.range(0, names)
            .boxed()
            .flatMap(i ->
                List.of(
                    "host%d.dept%d 60 MX 10 mail%d.dept%d".formatted(i, i % 7, i % 11, i % 7),
                    "host%d.dept%d 60 A 192.0.2.%d".formatted(i, i % 7, i % 256),
                    "many 60 A 10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255))
                    .stream())
            .toArray(String[]::new);
    return Transfers.zone("example.com.", lines);
  }

  private static List<byte[]> transfer(Zone zone) {
    return Transfers.messages(Transfers.axfr("example.com."), zone, MAX);
  }

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  @Nested
  @Rfc(number = 5936, section = "2.1.2")
  class Section2_1_2_QuestionOfTheQuery {
    private static boolean isTransfer(String name, int type, int dclass) {
      return TransferRequest.isAskedBy(Transfers.cursor(Transfers.query(name, type, dclass)));
    }

    @Test
    void namesTheZone_theTypeAndTheClass() {
      TransferRequest request = Transfers.request(Transfers.axfr("Child.example.com."));

      assertThat(request.zone()).isEqualTo(WireName.parse("child.example.com."));
      assertThat(request.kind()).isEqualTo(TransferRequest.Kind.FULL);
      assertThat(isTransfer("example.com.", Type.AXFR, DClass.IN)).isTrue();
      assertThat(isTransfer("example.com.", Type.AXFR, DClass.CH)).isFalse();
      assertThat(isTransfer("example.com.", Type.SOA, DClass.IN)).isFalse();
    }
  }

  @Nested
  @Rfc(number = 5936, section = "3.1")
  class Section3_ZoneContents {
    @ParameterizedTest
    @MethodSource("zonetrail.transfer.Rfc5936Test#seeds")
    void areTheZone_recordForRecord_inAnyGrouping(long seed) {
      ZoneTextGenerator generator = ZoneTextGenerator.of(seed);
      Zone zone = Transfers.read("example.com.", generator.zone((int) (1 + seed * seed / 3)));
      // A WKS record alone may have 8 KiB.
      for (int limit : new int[] {9_000, 20_000, MAX}) {
        List<byte[]> messages = Transfers.messages(Transfers.axfr("example.com."), zone, limit);
        List<Record> records = Transfers.records(messages);
        assertThat(messages)
            .allSatisfy(message -> assertThat(message.length).isLessThanOrEqualTo(limit));
        assertThat(records.getLast()).isEqualTo(records.getFirst());
        assertThat(Transfers.octets(records.subList(0, records.size() - 1)))
            .isEqualTo(Transfers.octets(zone));
      }
    }

    @Test
    @Rfc(number = 5936, section = "3.3")
    @Rfc(number = 5936, section = "3.5")
    void haveGlueAndWhatNoQuestionFinds() {
      assertThat(Transfers.records(transfer(SMALL)).stream().map(Record::rdataToString))
          .contains("192.0.2.1", "cut", "occluded");
    }

    /// Whoever serves the child, and whatever it says of itself.
    @Test
    @Rfc(number = 5936, section = "3.2")
    void haveTheNameServersOfACutAsTheParentHasThem() {
      Zone child = Transfers.zone("child.example.com.", "@ 60 NS ns.other.");
      Zones zones = Zones.of(List.of(SMALL, child));
      TransferAnswer answer =
          TransferAnswer.to(Transfers.request(Transfers.axfr("example.com.")), true, true, zones);

      assertThat(answer).isEqualTo(new TransferAnswer.Whole(SMALL));
      assertThat(Transfers.records(transfer(SMALL)).stream().map(Record::toString))
          .filteredOn(record -> record.startsWith("child.example.com."))
          .singleElement()
          .asString()
          .endsWith("NS\tns.child.example.com.");
    }

    @Test
    @Rfc(number = 5936, section = "2.2")
    void beginAndEndWithTheSoa_whichIsNowhereElse() {
      List<Record> records = Transfers.records(transfer(large(3000)));
      assertThat(records.getFirst().getType()).isEqualTo(Type.SOA);
      assertThat(records.getLast().getType()).isEqualTo(Type.SOA);
      assertThat(records.subList(1, records.size() - 1))
          .noneMatch(record -> record.getType() == Type.SOA);
    }
  }

  @Nested
  @Rfc(number = 5936, section = "2.2.1")
  class Section2_2_1_HeaderValues {
    @Test
    void areAuthoritative_withoutErrorAndTruncation_andHaveTheIdOfTheQuery() {
      Message query = Transfers.axfr("example.com.");
      query.getHeader().setID(0xbeef);
      for (byte[] octets : Transfers.messages(query, large(2000), 8000)) {
        Message message = Transfers.parse(octets);
        assertThat(message.getHeader().getID()).isEqualTo(0xbeef);
        assertThat(message.getHeader().getOpcode()).isEqualTo(Opcode.QUERY);
        assertThat(message.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(message.getHeader().printFlags().strip()).isEqualTo("qr aa rd");
        assertThat(message.getHeader().getCount(Section.AUTHORITY)).isZero();
      }
    }

    @Test
    @Rfc(number = 5936, section = "2.1.1")
    void copyNoFlagButRd() {
      Message query = Transfers.axfr("example.com.");
      for (int flag : new int[] {Flags.AA, Flags.TC, Flags.RA, Flags.AD, Flags.CD}) {
        query.getHeader().setFlag(flag);
      }
      query.getHeader().unsetFlag(Flags.RD);
      Message first = Transfers.parse(Transfers.messages(query, SMALL, MAX).getFirst());
      assertThat(first.getHeader().printFlags().strip()).isEqualTo("qr aa");
    }
  }

  @Nested
  @Rfc(number = 5936, section = "2.2.2")
  class Section2_2_2_QuestionSection {
    @Test
    void isCopiedInTheFirstMessage_withItsCase_andEmptyInTheOthers() {
      Message query = Transfers.axfr("ExAmPlE.cOm.");
      List<byte[]> messages = Transfers.messages(query, large(2000), 8000);
      assertThat(messages).hasSizeGreaterThan(5);
      assertThat(Transfers.parse(messages.getFirst()).getQuestion().toString())
          .startsWith("ExAmPlE.cOm.");
      assertThat(messages.subList(1, messages.size()))
          .allMatch(message -> Header.u16(message, Header.QDCOUNT) == 0);
    }
  }

  @Nested
  @Rfc(number = 5936, section = "2.2.5")
  class Section2_2_5_AdditionalSection {
    @Test
    void hasOptInTheFirstMessage_ifTheQueryHasIt() {
      List<byte[]> plain = transfer(large(2000));
      assertThat(plain).allMatch(message -> Header.u16(message, Header.ARCOUNT) == 0);
      List<byte[]> edns =
          Transfers.messages(Transfers.withEdns(Transfers.axfr("example.com.")), large(2000), 8000);
      assertThat(Transfers.parse(edns.getFirst()).getOPT()).isNotNull();
      assertThat(edns.subList(1, edns.size()))
          .allMatch(message -> Header.u16(message, Header.ARCOUNT) == 0);
    }

    @Test
    @Rfc(number = 7314, section = "3.1")
    @Rfc(number = 7314, section = "2")
    void saysHowLongTheZoneMayBeServed_ifTheClientWantsToKnow() {
      Message query = Transfers.withEdns(Transfers.axfr("example.com."), 9);
      Message first = Transfers.parse(Transfers.messages(query, SMALL, MAX).getFirst());
      assertThat(Transfers.option(first, 9)).hasValue(new byte[] {0, 9, 0x3a, (byte) 0x80});
      TransferOut ofSecondary = TransferOut.whole(Transfers.request(query), SMALL).expiringIn(1);
      first = Transfers.parse(Transfers.messages(ofSecondary, MAX).getFirst());
      assertThat(Transfers.option(first, 9)).hasValue(new byte[] {0, 0, 0, 1});
      Message other = Transfers.withEdns(Transfers.axfr("example.com."), 3);
      first = Transfers.parse(Transfers.messages(other, SMALL, MAX).getFirst());
      assertThat(Transfers.option(first, 9)).isEmpty();
    }
  }

  @Nested
  class Messages {
    @Test
    @Rfc(number = 5936, section = "2.2")
    void areAsLongAsPointersReach_andCutAnRRset() {
      Zone zone = large(20_000);
      List<byte[]> messages = transfer(zone);
      assertThat(messages).hasSizeGreaterThan(10);
      assertThat(messages.subList(0, messages.size() - 1))
          .allSatisfy(message -> assertThat(message.length).isBetween(0x4000, 0x4000 + 64));
      assertThat(messages.stream().filter(message -> hasRecordOf("many", message)).count())
          .isGreaterThan(1);
    }

    private static boolean hasRecordOf(String label, byte[] message) {
      return Transfers.parse(message).getSection(Section.ANSWER).stream()
          .anyMatch(record -> record.getName().getLabelString(0).equals(label));
    }

    @Test
    @Rfc(number = 5936, section = "2.2")
    void endWithAnError_ifARecordFitsIntoNone() {
      String text = "\"" + "x".repeat(255) + "\" ";
      Zone zone = Transfers.zone("example.com.", "huge 60 TXT " + text.repeat(255) + "\"y\"");
      TransferOut transfer =
          TransferOut.whole(Transfers.request(Transfers.axfr("example.com.")), zone);
      List<byte[]> messages = Transfers.messages(transfer, 65_000);
      Message last = Transfers.parse(messages.getLast());
      assertThat(last.getRcode()).isEqualTo(Rcode.SERVFAIL);
      assertThat(last.getQuestion().getName()).hasToString("example.com.");
      assertThat(last.getSection(Section.ANSWER)).isEmpty();
      assertThat(transfer.tooLarge()).isNotNull();
      assertThat(transfer.hasNext()).isFalse();
    }
  }

  @Nested
  @Rfc(number = 5936, section = "3.4")
  class Section3_4_NameCompression {
    @Test
    void keepsCase_alsoAgainstTheQuestion() {
      Zone zone =
          Transfers.zone(
              "example.com.", "Www 60 A 192.0.2.1", "wWw.sub 60 CNAME WWW", "a.SUB 60 CNAME Sub");
      List<byte[]> messages = Transfers.messages(Transfers.axfr("EXAMPLE.com."), zone, MAX);
      List<Record> records = Transfers.records(messages);
      assertThat(Transfers.octets(records.subList(0, records.size() - 1)))
          .isEqualTo(Transfers.octets(zone));
    }

    @Test
    @Rfc(number = 1035, section = "4.1.4")
    void isUsedForOwnersAndForNamesWithinRdata() {
      Zone zone = Transfers.zone("example.com.", "a 60 NS b.a", "b.a 60 A 192.0.2.1");
      int head = 12 + 17;
      int soa = (2 + 10) + (5 + 13 + 20);
      int apex = (2 + 10 + 5) + (2 + 10 + 4); // NS, and the address of ns
      int child = (4 + 10 + 4) + (2 + 10 + 4);
      int soaAgain = (2 + 10) + (2 + 2 + 20);
      assertThat(transfer(zone)).hasSize(1);
      assertThat(transfer(zone).getFirst()).hasSize(head + soa + apex + child + soaAgain);
    }

    @Test
    @Rfc(number = 3597, section = "4")
    void isNotUsedWithinTheRdataOfLaterTypes() {
      Zone zone = Transfers.zone("example.com.", "_s._tcp 60 SRV 0 0 53 ns", "d 60 DNAME ns");
      byte[] name = zone.soa().rdatas().getFirst().nameAt(0).toWire();
      String octets = HexFormat.of().formatHex(transfer(zone).getFirst());
      String full = HexFormat.of().formatHex(name);
      assertThat(octets.split(full, -1)).hasSize(1 + 2);
    }
  }

  @Nested
  @Rfc(number = 8945, section = "5.3.1")
  class Signed {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
    private static final String NAME = "s._transfer.example.com.";

    @ParameterizedTest
    @ValueSource(ints = {1, 300, 20_000})
    void everyMessageHasASignatureInTheChain_andRoomForIt(int names) throws Exception {
      TSIG theirs =
          new TSIG(
              TSIG.HMAC_SHA256,
              Name.fromString(NAME),
              new SecretKeySpec(Base64.getDecoder().decode(SECRET), "HmacSHA256"),
              Clock.fixed(NOW, ZoneOffset.UTC));
      Message query = Transfers.axfr("example.com.");
      theirs.apply(query, null);
      List<byte[]> signed = sign(query.toWire(), large(names));
      TSIG.StreamVerifier verifier = new TSIG.StreamVerifier(theirs, query.getTSIG());
      for (byte[] message : signed) {
        assertThat(message.length).isLessThanOrEqualTo(MAX);
        Message parsed = Transfers.parse(message);
        assertThat(parsed.getTSIG()).isNotNull();
        assertThat(verifier.verify(parsed, message)).isEqualTo(Rcode.NOERROR);
      }
    }

    private static List<byte[]> sign(byte[] query, Zone zone) {
      KeyRing keys = KeyRing.EMPTY.with("k", List.of(TsigKey.parse(NAME + ":SHA256:" + SECRET)));
      Verdict.Verified verified =
          (Verdict.Verified) TsigVerifier.verify(query, query.length, keys, NOW);
      TsigStreamSigner signer = new TsigStreamSigner(verified);
      TransferRequest request = Transfers.request(Transfers.parse(query));
      List<byte[]> signed = new ArrayList<>();
      for (byte[] message :
          Transfers.messages(TransferOut.whole(request, zone), MAX - signer.octets())) {
        signed.add(signer.sign(message, message.length, NOW));
      }
      return signed;
    }
  }
}
