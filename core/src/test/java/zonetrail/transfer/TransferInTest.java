package zonetrail.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.fixtures.ZoneTextGenerator;
import zonetrail.transfer.TransferIn.Progress;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What a secondary takes for a version of a zone, and what it does not.
class TransferInTest {
  private static final int MAX = 65_535;
  private static final String APEX = "example.com.";

  private static final Zone SEVEN =
      Transfers.zone(
          APEX,
          "www 60 A 192.0.2.80",
          "www 60 A 192.0.2.81",
          "MiXed 60 CNAME WWW",
          "mail 60 MX 10 Mail.example.net.",
          "child 60 NS ns.child",
          "ns.child 60 A 192.0.2.1",
          "old 60 DNAME new",
          "* 60 TXT wild",
          "u 60 TYPE65280 \\# 3 010203");

  private static Zone version(long serial, String... lines) {
    String head =
        "@ 300 SOA ns hostmaster %d 3600 900 604800 60\n@ 300 NS ns\nns 300 A 192.0.2.53\n"
            .formatted(serial);
    return Transfers.read(
        APEX, (head + String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static Zone complete(Progress progress) {
    assertThat(progress).isInstanceOf(Progress.Complete.class);
    return ((Progress.Complete) progress).zone();
  }

  /// The first RRset of a name in the zone.
  private static RRset rrset(Zone zone, String label) {
    WireName owner = WireName.parse(label + "." + APEX);
    return Objects.requireNonNull(zone.node(owner)).rrsets().getFirst();
  }

  private static RRset rrset(Zone zone, String label, RRType type) {
    WireName owner = label.equals("@") ? zone.apex() : WireName.parse(label + "." + APEX);
    return Objects.requireNonNull(Objects.requireNonNull(zone.node(owner)).rrset(type));
  }

  private static InboundFailure failure(Progress progress) {
    assertThat(progress).isInstanceOf(Progress.Failed.class);
    return ((Progress.Failed) progress).why();
  }

  /// The transfer of [#SEVEN] in one message, changed by hand.
  private static Progress changed(Consumer<Message> change) {
    Message message = Transfers.parse(Inbound.whole(SEVEN, MAX).getFirst());
    change.accept(message);
    return Inbound.accept(List.of(message.toWire()), null);
  }

  private static Record record(String owner, int type, int dclass, String rdata) {
    try {
      return Record.fromString(
          Name.fromString(owner), type, dclass, 60, rdata, Name.fromString(APEX));
    } catch (IOException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private static void insert(Message message, Record record) {
    List<Record> records = new ArrayList<>(message.getSection(Section.ANSWER));
    message.removeAllRecords(Section.ANSWER);
    records.add(records.size() - 1, record);
    records.forEach(each -> message.addRecord(each, Section.ANSWER));
  }

  @Nested
  @Rfc(number = 5936, section = "2.2")
  class Whole {
    @ParameterizedTest
    @ValueSource(ints = {512, 1000, MAX})
    void isTheZone_howeverItIsCutIntoMessages(int limitOctets) {
      Zone zone = complete(Inbound.accept(Inbound.whole(SEVEN, limitOctets), null));
      assertThat(Transfers.octets(zone)).isEqualTo(Transfers.octets(SEVEN));
    }

    @Test
    void ofOneRecordInEachMessage_isTheZone() {
      Message all = Transfers.parse(Inbound.whole(SEVEN, MAX).getFirst());
      List<byte[]> messages = new ArrayList<>();
      for (Record record : all.getSection(Section.ANSWER)) {
        Message one = new Message(Inbound.ID);
        one.getHeader().setFlag(Flags.QR);
        if (messages.isEmpty()) {
          one.addRecord(all.getQuestion(), Section.QUESTION);
        }
        one.addRecord(record, Section.ANSWER);
        messages.add(one.toWire());
      }
      assertThat(complete(Inbound.accept(messages, null)).sameRecords(SEVEN)).isTrue();
    }

    @Test
    void ofManyNames_isTheZone() {
      Zone zone =
          version(
              7,
              IntStream.range(0, 3_000)
                  .mapToObj(i -> "h%d 60 A 192.0.2.1\nh%d 60 MX 1 h%d".formatted(i, i, i / 7 * 7))
                  .toArray(String[]::new));
      Zone taken = complete(Inbound.accept(Inbound.whole(zone, MAX), null));
      assertThat(taken.recordCount()).isEqualTo(6_003);
      assertThat(Transfers.octets(taken)).isEqualTo(Transfers.octets(zone));
    }

    @Test
    void ofRandomZones_isTheZone() {
      for (long seed = 0; seed < 30; seed++) {
        Zone zone = Transfers.read(APEX, ZoneTextGenerator.plain(seed).zone(60));
        Zone copy = complete(Inbound.accept(Inbound.whole(zone, 700), null));
        assertThat(Transfers.octets(copy)).as("seed %d", seed).isEqualTo(Transfers.octets(zone));
      }
    }

    @Test
    void recordOutsideTheZone_isRefused() {
      assertThat(
              failure(changed(m -> insert(m, record("www.other.", Type.A, DClass.IN, "10.0.0.1")))))
          .isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    void recordOfAnotherClass_isRefused() {
      assertThat(
              failure(changed(m -> insert(m, record("c." + APEX, Type.TXT, DClass.CH, "chaos")))))
          .isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    void soaOffTheApex_isRefused() {
      String soa = "ns hostmaster 7 1 1 1 1";
      assertThat(failure(changed(m -> insert(m, record("x." + APEX, Type.SOA, DClass.IN, soa)))))
          .isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    void secondSoaThatDiffers_isRefused() {
      String soa = "ns hostmaster 8 3600 900 604800 60";
      assertThat(failure(changed(m -> insert(m, record(APEX, Type.SOA, DClass.IN, soa)))))
          .isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    void recordsAfterTheLastSoa_areRefused() {
      assertThat(
              failure(
                  changed(m ->
                      m.addRecord(
                          record("late." + APEX, Type.A, DClass.IN, "10.0.0.1"), Section.ANSWER))))
          .isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    void firstRecordThatIsNoSoa_isRefused() {
      assertThat(
              failure(
                  changed(m -> {
                    m.removeAllRecords(Section.ANSWER);
                    m.addRecord(record(APEX, Type.NS, DClass.IN, "ns"), Section.ANSWER);
                  })))
          .isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    @Rfc(number = 1034, section = "3.6.2")
    void zoneThatOzoneWouldRefuse_isRefused() {
      assertThat(
              failure(changed(m -> insert(m, record("mixed." + APEX, Type.TXT, DClass.IN, "x")))))
          .isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    void anotherIdQuestionOrNoResponse_isRefused() {
      assertThat(failure(changed(m -> m.getHeader().setID(1)))).isEqualTo(InboundFailure.MALFORMED);
      assertThat(failure(changed(m -> m.getHeader().unsetFlag(Flags.QR))))
          .isEqualTo(InboundFailure.MALFORMED);
      assertThat(failure(changed(m -> m.getHeader().setFlag(Flags.TC))))
          .isEqualTo(InboundFailure.MALFORMED);
      assertThat(failure(changed(m -> m.removeAllRecords(Section.QUESTION))))
          .isEqualTo(InboundFailure.MALFORMED);
    }

    @Test
    void refusals_areToldApart() {
      assertThat(failure(changed(m -> m.getHeader().setRcode(Rcode.NOTAUTH))))
          .isEqualTo(InboundFailure.NOT_AUTHORITATIVE);
      assertThat(failure(changed(m -> m.getHeader().setRcode(Rcode.REFUSED))))
          .isEqualTo(InboundFailure.REFUSED);
    }

    @Test
    void moreThanTheLimits_isRefused() {
      List<byte[]> messages = Inbound.whole(SEVEN, MAX);
      for (InboundLimits limits :
          List.of(
              new InboundLimits(100, 1_000, 1 << 20, Inbound.LIMITS.longest(), InboundLimits.IDLE),
              new InboundLimits(
                  1 << 20, 5, 1 << 20, Inbound.LIMITS.longest(), InboundLimits.IDLE))) {
        TransferIn transfer = new TransferIn(SEVEN.apex(), Inbound.ID, null, null, limits);
        byte[] message = messages.getFirst();
        assertThat(failure(transfer.accept(message, message.length, Inbound.NOW)))
            .isEqualTo(InboundFailure.TOO_MUCH);
      }
    }

    @Test
    @Rfc(number = 5936, section = "2.2")
    void messagesWithoutRecords_doNotKeepItGoingForEver() {
      Message empty = Transfers.parse(Inbound.whole(SEVEN, MAX).getFirst());
      empty.removeAllRecords(Section.ANSWER);
      byte[] message = empty.toWire();
      TransferIn transfer = new TransferIn(SEVEN.apex(), Inbound.ID, null, null, Inbound.LIMITS);
      for (int i = 0; i < TransferIn.MAX_EMPTY_MESSAGES; i++) {
        assertThat(transfer.accept(message, message.length, Inbound.NOW))
            .isInstanceOf(Progress.More.class);
      }
      assertThat(failure(transfer.accept(message, message.length, Inbound.NOW)))
          .isEqualTo(InboundFailure.TOO_MUCH);
    }

    @Test
    @Rfc(number = 7314, section = "4")
    void saysHowLongThePrimaryMayServeIt() {
      TransferIn transfer = new TransferIn(SEVEN.apex(), Inbound.ID, null, null, Inbound.LIMITS);
      byte[] message = Inbound.whole(SEVEN, MAX).getFirst();
      assertThat(transfer.accept(message, message.length, Inbound.NOW))
          .isInstanceOf(Progress.Complete.class);
      assertThat(transfer.expireSeconds()).isEqualTo(OptionalInt.of(604_800));
    }
  }

  @Nested
  @Rfc(number = 1995, section = "4")
  class Incremental {
    private final Zone one = version(1, "a 60 A 192.0.2.1", "b 60 A 192.0.2.2", "c 60 TXT x");
    private final Zone two = version(2, "a 60 A 192.0.2.9", "c 60 TXT x", "d.e 60 TXT new");
    private final Zone three = version(3, "a 300 A 192.0.2.9", "b 60 A 192.0.2.2", "c 60 TXT x");

    private Progress from(Zone base, List<RRset> records) {
      return Inbound.accept(Inbound.incremental(base, records, MAX), base);
    }

    @Test
    void oneStep_isTheNextVersion() {
      assertThat(complete(from(one, Inbound.changes(List.of(one, two)))).sameRecords(two)).isTrue();
    }

    @Test
    void manySteps_areTheNewestVersion() {
      Progress progress = from(one, Inbound.changes(List.of(one, two, three)));
      assertThat(complete(progress).sameRecords(three)).isTrue();
      assertThat(((Progress.Complete) progress).change()).isNotNull();
    }

    @Test
    void randomChanges_giveTheNewestVersion() {
      for (long seed = 0; seed < 20; seed++) {
        List<Zone> versions = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Zone zone = Transfers.read(APEX, ZoneTextGenerator.plain(seed * 4 + i).zone(30));
          versions.add(withSerial(zone, i + 1));
        }
        Zone base = versions.getFirst();
        Zone result = complete(from(base, Inbound.changes(versions)));
        assertThat(Transfers.octets(result))
            .as("seed %d", seed)
            .isEqualTo(Transfers.octets(versions.getLast()));
      }
    }

    private static Zone withSerial(Zone zone, int serial) {
      RRset soa = zone.soa();
      byte[] rdata = soa.rdatas().getFirst().toBytes();
      Header.putU32(rdata, rdata.length - 20, serial);
      return zone.with(
          new ZoneChange.Builder(zone)
              .put(new RRset(soa.owner(), soa.type(), soa.ttlSeconds(), List.of(Rdata.of(rdata))))
              .build());
    }

    @Test
    void theWholeZone_isTakenToo() {
      List<byte[]> messages =
          Transfers.messages(
              TransferOut.whole(Inbound.request(TransferQuery.incremental(Inbound.ID, one)), three),
              512);
      Progress progress = Inbound.accept(messages, one);
      assertThat(complete(progress).sameRecords(three)).isTrue();
      assertThat(((Progress.Complete) progress).change()).isNull();
    }

    @Test
    @Rfc(number = 1995, section = "2")
    void soaAlone_thatIsNotNewer_meansUpToDate() {
      assertThat(from(two, List.of(two.soa()))).isEqualTo(new Progress.UpToDate(Serial.of(2)));
      assertThat(from(two, List.of(one.soa()))).isEqualTo(new Progress.UpToDate(Serial.of(1)));
    }

    @Test
    void soaAlone_thatIsNewer_isNotTheEnd() {
      assertThat(from(one, List.of(two.soa()))).isInstanceOf(Progress.More.class);
    }

    @Test
    void changesOfAnotherVersion_areRefused() {
      assertThat(failure(from(two, Inbound.changes(List.of(one, three)))))
          .isEqualTo(InboundFailure.BAD_CHANGE);
    }

    @Test
    void removalOfWhatIsNotThere_isRefused() {
      List<RRset> records = new ArrayList<>(Inbound.changes(List.of(one, two)));
      records.add(2, rrset(version(9, "zz 60 A 192.0.2.1"), "zz"));
      assertThat(failure(from(one, records))).isEqualTo(InboundFailure.BAD_CHANGE);
    }

    @Test
    void additionOfWhatIsThere_isRefused() {
      List<RRset> records = List.of(two.soa(), one.soa(), two.soa(), rrset(one, "c"), two.soa());
      assertThat(failure(from(one, records))).isEqualTo(InboundFailure.BAD_CHANGE);
    }

    @Test
    void stepsThatDoNotFollowEachOther_areRefused() {
      List<RRset> gap =
          List.of(three.soa(), one.soa(), two.soa(), three.soa(), two.soa(), three.soa());
      assertThat(failure(from(one, gap))).isEqualTo(InboundFailure.BAD_CHANGE);
      List<RRset> backward = List.of(three.soa(), one.soa(), one.soa(), three.soa());
      assertThat(failure(from(one, backward))).isEqualTo(InboundFailure.BAD_CHANGE);
    }

    @Test
    @Rfc(number = 1034, section = "3.6.2")
    void changeThatPutsAnAliasBesideOtherData_isRefused() {
      List<RRset> records =
          List.of(
              two.soa(),
              one.soa(),
              two.soa(),
              rrset(version(2, "x 60 CNAME ns"), "x"),
              rrset(version(2, "x 60 TXT y"), "x"),
              two.soa());
      assertThat(failure(from(one, records))).isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    @Rfc(number = 1034, section = "4.2.1")
    void changeThatLeavesNoNameServer_orNoneWithAnAddress_isRefusedAsTheWholeZoneWouldBe() {
      List<RRset> noServer =
          List.of(two.soa(), one.soa(), rrset(one, "@", RRType.NS), two.soa(), two.soa());
      assertThat(failure(from(one, noServer))).isEqualTo(InboundFailure.BAD_ZONE);
      List<RRset> noAddress = List.of(two.soa(), one.soa(), rrset(one, "ns"), two.soa(), two.soa());
      assertThat(failure(from(one, noAddress))).isEqualTo(InboundFailure.BAD_ZONE);
    }

    @Test
    @Rfc(number = 6672, section = "2.4")
    void changeThatMakesASecondDname_isRefused() {
      Zone dname = version(1, "old 60 DNAME new");
      List<RRset> records =
          List.of(
              two.soa(),
              dname.soa(),
              two.soa(),
              rrset(version(2, "old 60 DNAME newer"), "old"),
              two.soa());
      assertThat(failure(from(dname, records))).isEqualTo(InboundFailure.BAD_ZONE);
    }
  }

  /// P10: cut or changed on the way, a transfer is never served in part.
  @Nested
  class CutOrChanged {
    private final Zone next =
        SEVEN.with(
            new ZoneChange.Builder(SEVEN)
                .remove(WireName.parse("mail.example.com"), RRType.MX)
                .put(version(8, "n 60 TXT n").soa())
                .build());

    private Inbound.SignedStream whole() {
      byte[] query = TransferQuery.full(Inbound.ID, SEVEN.apex());
      return Inbound.SignedStream.of(query, Inbound.whole(SEVEN, 512));
    }

    private Inbound.SignedStream changes() {
      byte[] query = TransferQuery.incremental(Inbound.ID, SEVEN);
      return Inbound.SignedStream.of(
          query, Inbound.incremental(SEVEN, Inbound.changes(List.of(SEVEN, next)), 512));
    }

    @Test
    void signedAndWhole_isTaken() {
      assertThat(
              complete(Inbound.accept(whole().messages(), null, whole().verifier()))
                  .sameRecords(SEVEN))
          .isTrue();
      assertThat(
              complete(Inbound.accept(changes().messages(), SEVEN, changes().verifier()))
                  .sameRecords(next))
          .isTrue();
    }

    @Test
    void cutAfterAnyMessage_isNotTheEnd() {
      List<byte[]> messages = Inbound.whole(SEVEN, 512);
      for (int kept = 0; kept < messages.size(); kept++) {
        assertThat(Inbound.accept(messages.subList(0, kept), null))
            .isInstanceOf(Progress.More.class);
      }
    }

    @Test
    void cutWithinAMessage_isMalformed() {
      byte[] message = Inbound.whole(SEVEN, MAX).getFirst();
      for (int kept = 0; kept < message.length; kept++) {
        assertThat(failure(Inbound.accept(List.of(Arrays.copyOf(message, kept)), null)))
            .isEqualTo(InboundFailure.MALFORMED);
      }
    }

    @Test
    void anyChangedOctet_isFoundWhereItIsSigned() {
      int served = everyMutation(whole(), null, SEVEN) + everyMutation(changes(), SEVEN, next);
      assertThat(served).as("mutations that changed nothing that counts").isPositive();
    }

    /// @return how many mutations gave the very zone
    private int everyMutation(Inbound.SignedStream stream, @Nullable Zone base, Zone expected) {
      int harmless = 0;
      for (int i = 0; i < stream.messages().size(); i++) {
        byte[] message = stream.messages().get(i);
        for (int at = 0; at < message.length; at++) {
          for (int mask : new int[] {0x01, 0x20, 0xff}) {
            byte[] changed = message.clone();
            changed[at] ^= (byte) mask;
            List<byte[]> messages = new ArrayList<>(stream.messages());
            messages.set(i, changed);
            Progress progress = Inbound.accept(messages, base, stream.verifier());
            if (progress instanceof Progress.Complete(Zone zone, _)) {
              assertThat(zone.sameRecords(expected)).isTrue();
              harmless++;
            }
          }
        }
      }
      return harmless;
    }

    @Test
    void anyChangedOctet_isSurvivedWhereItIsNotSigned() {
      byte[] message = Inbound.whole(SEVEN, MAX).getFirst();
      for (int at = 0; at < message.length; at++) {
        for (int value = 0; value < 256; value += 5) {
          byte[] changed = message.clone();
          changed[at] = (byte) value;
          Progress progress = Inbound.accept(List.of(changed), null);
          if (progress instanceof Progress.Complete(Zone zone, _)) {
            assertThat(zone.apex()).isEqualTo(SEVEN.apex());
          }
        }
      }
    }

    @Test
    @Rfc(number = 8945, section = "5.3.1")
    void lastMessageWithoutSignature_isRefused() {
      Inbound.SignedStream stream = whole();
      List<byte[]> messages = new ArrayList<>(stream.messages());
      messages.set(messages.size() - 1, Inbound.whole(SEVEN, 512).getLast());
      assertThat(failure(Inbound.accept(messages, null, stream.verifier())))
          .isEqualTo(InboundFailure.SIGNATURE);
    }
  }
}
