package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

class ResponseWriterTest {
  private static final List<ResponseWriter.Section> SECTIONS =
      List.of(ResponseWriter.Section.values());

  private final ResponseWriter writer = new ResponseWriter();
  private final byte[] out = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];

  private static byte[] request(String qname, boolean edns) {
    try {
      Message query = Message.newQuery(Record.newRecord(Name.fromString(qname), 1, DClass.IN));
      if (edns) {
        query.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
      }
      return query.toWire();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void begin(byte[] request, int limit) {
    QueryCursor cursor = new QueryCursor();
    assertThat(cursor.wrap(request, request.length)).isEqualTo(QueryCursor.Outcome.OK);
    writer.begin(cursor, out, limit);
  }

  private boolean add(ResponseWriter.Section section, TestRecord... records) {
    writer.beginSet();
    for (TestRecord record : records) {
      if (!writer.record(record.owner, record.type, 300, record.rdata)) {
        writer.abandonSet();
        return false;
      }
    }
    writer.endSet(section);
    return true;
  }

  private static final class TestRecord {
    private final WireName owner;
    private final RRType type;
    private final byte[] rdata;

    TestRecord(WireName owner, RRType type, byte[] rdata) {
      this.owner = owner;
      this.type = type;
      this.rdata = rdata;
    }

    static TestRecord ns(String owner, String host) {
      return new TestRecord(WireName.parse(owner), RRType.NS, WireName.parse(host).toWire());
    }

    /// The record as dnsjava understands it, rdata read from its uncompressed form.
    Record asDnsjavaReadsIt() {
      try {
        return Record.newRecord(new Name(owner.toWire()), type.value(), DClass.IN, 300, rdata);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Nested
  @Rfc(number = 1035, section = "4.1.4")
  class Compression {
    @Test
    void decodesToTheSameNames() throws IOException {
      Random random = new Random(20261122);
      for (int round = 0; round < 500; round++) {
        List<WireName> names = family(random);
        byte[] request = request(names.getFirst().toString(), random.nextBoolean());
        begin(request, random.nextBoolean() ? 65535 : 512 + random.nextInt(1000));
        List<Record> expected = new ArrayList<>();
        for (int i = random.nextInt(60); i > 0; i--) {
          TestRecord record = randomRecord(random, names);
          if (add(ResponseWriter.Section.ANSWER, record)) {
            expected.add(record.asDnsjavaReadsIt());
          }
        }
        byte[] response = Arrays.copyOf(out, writer.finish(Rcode.NOERROR));

        Oracle.assertIsResponseTo(request, response, 65535);
        assertThat(new Message(response).getSection(Section.ANSWER))
            .containsExactlyElementsOf(expected);
      }
    }

    @Test
    void worksPastTheReachOfPointersAndPastTheMemoryOfTargets() throws IOException {
      Random random = new Random(3);
      List<WireName> names = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        names.add(WireName.parse("host%d.sub%d.example.".formatted(i, i % 20)));
      }
      byte[] request = request("example.", true);
      begin(request, 65535);
      List<Record> expected = new ArrayList<>();
      while (true) {
        TestRecord record = randomRecord(random, names);
        if (!add(ResponseWriter.Section.ANSWER, record)) {
          break;
        }
        expected.add(record.asDnsjavaReadsIt());
      }
      byte[] response = Arrays.copyOf(out, writer.finish(Rcode.NOERROR));

      assertThat(response.length).isGreaterThan(65000);
      Oracle.assertIsResponseTo(request, response, 65535);
      assertThat(new Message(response).getSection(Section.ANSWER))
          .containsExactlyElementsOf(expected);
    }

    @Test
    void aNameWhoseLabelsRepeatIsNotComparedWithItsUnwrittenRest() throws IOException {
      byte[] request = request("x.", false);
      begin(request, 512);
      add(ResponseWriter.Section.ANSWER, TestRecord.ns("a.a.", "a.a.a."));
      add(ResponseWriter.Section.ANSWER, TestRecord.ns("a.", "b.a.b.a."));
      byte[] response = Arrays.copyOf(out, writer.finish(Rcode.NOERROR));

      assertThat(new Message(response).getSection(Section.ANSWER))
          .containsExactly(
              TestRecord.ns("a.a.", "a.a.a.").asDnsjavaReadsIt(),
              TestRecord.ns("a.", "b.a.b.a.").asDnsjavaReadsIt());
    }

    @Test
    void theOwnerThatWasAskedForIsOnePointer() {
      byte[] request = request("www.example.", false);
      begin(request, 512);
      add(
          ResponseWriter.Section.ANSWER,
          new TestRecord(WireName.parse("WWW.example."), RRType.A, new byte[] {1, 2, 3, 4}));

      assertThat(writer.finish(Rcode.NOERROR)).isEqualTo(request.length + 2 + 10 + 4);
      assertThat(Header.u16(out, request.length)).isEqualTo(0xc00c);
    }

    @Test
    @Rfc(number = 3597, section = "4")
    void namesInTypesAfterRfc1035AreWrittenInFull() {
      byte[] target = WireName.parse("www.example.").toWire();
      byte[] srv = new byte[6 + target.length];
      System.arraycopy(target, 0, srv, 6, target.length);
      byte[] request = request("www.example.", false);
      for (RRType type : List.of(RRType.SRV, RRType.DNAME, RRType.of(65280))) {
        byte[] rdata = type == RRType.SRV ? srv : target;
        begin(request, 512);
        add(
            ResponseWriter.Section.ANSWER,
            new TestRecord(WireName.parse("www.example."), type, rdata));

        int length = writer.finish(Rcode.NOERROR);
        assertThat(Arrays.copyOfRange(out, length - rdata.length, length)).isEqualTo(rdata);
      }
    }

    @Test
    void namesInTypesOfRfc1035AreCompressed() {
      byte[] request = request("www.example.", false);
      begin(request, 512);
      add(ResponseWriter.Section.ANSWER, TestRecord.ns("www.example.", "www.example."));

      assertThat(writer.finish(Rcode.NOERROR)).isEqualTo(request.length + 2 + 10 + 2);
    }
  }

  @Nested
  class Limits {
    private final List<WireName> names = family(new Random(11));

    @Test
    void holdAtEverySizeFromAHeaderUp() {
      for (boolean edns : new boolean[] {false, true}) {
        byte[] request = request(names.getFirst().toString(), edns);
        for (int limit = Header.OCTETS; limit < 700; limit++) {
          Random random = new Random(limit);
          begin(request, limit);
          for (int i = 0; i < 20; i++) {
            add(
                SECTIONS.get(random.nextInt(3)),
                randomRecord(random, names),
                randomRecord(random, names));
          }
          byte[] response = Arrays.copyOf(out, writer.finish(Rcode.NOERROR));

          Oracle.assertIsResponseTo(request, response, limit);
        }
      }
    }

    @Test
    void holdForTheBufferToo() {
      byte[] request = request(names.getFirst().toString(), true);
      QueryCursor cursor = new QueryCursor();
      cursor.wrap(request, request.length);
      for (int octets = Header.OCTETS; octets < 300; octets++) {
        byte[] small = new byte[octets];
        writer.begin(cursor, small, 65535);
        add(ResponseWriter.Section.ANSWER, TestRecord.ns("a.", "b."));
        int length = writer.finish(Rcode.NOERROR);

        Oracle.assertIsResponseTo(request, Arrays.copyOf(small, length), octets);
      }
    }

    @Test
    void leaveRoomForTheOptRecordFromTheStart() {
      byte[] request = request("www.example.", true);
      int question = 29;
      begin(request, question + 11 + 15);
      assertThat(add(ResponseWriter.Section.ANSWER, TestRecord.ns("a.", "b."))).isFalse();
      begin(request, question + 11 + 16);
      assertThat(add(ResponseWriter.Section.ANSWER, TestRecord.ns("a.", "b."))).isTrue();
      assertThat(writer.finish(Rcode.NOERROR)).isEqualTo(question + 11 + 16);
    }
  }

  @Nested
  class ASetThatDoesNotFit {
    @Test
    void leavesNoTrace() {
      Random random = new Random(5);
      for (int round = 0; round < 500; round++) {
        List<WireName> names = family(random);
        byte[] request = request(names.getFirst().toString(), false);
        TestRecord first = randomRecord(random, names);
        TestRecord last = randomRecord(random, names);
        TestRecord tooLong =
            new TestRecord(names.getLast(), RRType.of(65280), new byte[500 + random.nextInt(400)]);

        begin(request, 900);
        add(ResponseWriter.Section.ANSWER, first);
        add(ResponseWriter.Section.ANSWER, last);
        byte[] never = Arrays.copyOf(out, writer.finish(Rcode.NOERROR));

        begin(request, 900);
        add(ResponseWriter.Section.ANSWER, first);
        assertThat(
                add(ResponseWriter.Section.ANSWER, randomRecord(random, names), tooLong, tooLong))
            .isFalse();
        add(ResponseWriter.Section.ANSWER, last);
        byte[] tried = Arrays.copyOf(out, writer.finish(Rcode.NOERROR));

        assertThat(tried).isEqualTo(never);
      }
    }
  }

  @Nested
  @Rfc(number = 1035, section = "4.1.1")
  class TheHeader {
    @Test
    void takesIdOpcodeRdAndCdFromAQueryAndNothingElse() {
      byte[] request = request("www.example.", false);
      Header.putU16(request, Header.FLAGS, 0x7fff & ~Header.withOpcode(0xf));
      begin(request, 512);
      writer.finish(Rcode.NOERROR);

      assertThat(Header.u16(out, Header.ID)).isEqualTo(Header.u16(request, Header.ID));
      assertThat(Header.u16(out, Header.FLAGS)).isEqualTo(Header.QR | Header.RD | Header.CD);
    }

    @Test
    void takesIdAndOpcodeFromAnyOtherRequest() {
      for (int opcode : new int[] {Opcode.NOTIFY, Opcode.UPDATE}) {
        byte[] request = request("www.example.", false);
        Header.putU16(request, Header.FLAGS, 0x07ff | Header.withOpcode(opcode));
        begin(request, 512);
        writer.finish(Rcode.NOERROR);

        assertThat(Header.u16(out, Header.FLAGS)).isEqualTo(Header.QR | Header.withOpcode(opcode));
      }
    }

    @Test
    @Rfc(number = 6891, section = "6.1.3")
    void sharesAnExtendedCodeWithTheOptRecord() {
      begin(request("www.example.", true), 512);
      int length = writer.finish(Rcode.BADVERS);

      assertThat(Header.rcode(Header.u16(out, Header.FLAGS))).isZero();
      assertThat(out[length - 6]).isEqualTo((byte) 1);
    }
  }

  /// A few names that share suffixes in odd ways, and differ in case.
  private static List<WireName> family(Random random) {
    List<WireName> names = new ArrayList<>();
    names.add(WireName.parse(random.nextBoolean() ? "a.a." : "Www.eXample."));
    for (int i = 0; i < 12; i++) {
      WireName parent = names.get(random.nextInt(names.size()));
      byte[] label = new byte[1 + random.nextInt(3)];
      for (int at = 0; at < label.length; at++) {
        label[at] = (byte) "aAbB".charAt(random.nextInt(4));
      }
      names.add(
          parent.length() < 240 && random.nextInt(6) != 0
              ? parent.child(label)
              : WireName.ROOT.child(label));
    }
    names.add(WireName.ROOT);
    return names;
  }

  private static TestRecord randomRecord(Random random, List<WireName> names) {
    WireName owner = names.get(random.nextInt(names.size()));
    byte[] one = names.get(random.nextInt(names.size())).toWire();
    byte[] two = names.get(random.nextInt(names.size())).toWire();
    return switch (random.nextInt(7)) {
      case 0 -> new TestRecord(owner, RRType.A, new byte[] {1, 2, 3, 4});
      case 1 -> new TestRecord(owner, RRType.NS, one);
      case 2 -> new TestRecord(owner, RRType.MX, concat(new byte[2], one));
      case 3 -> new TestRecord(owner, RRType.SOA, concat(one, two, new byte[20]));
      case 4 -> new TestRecord(owner, RRType.SRV, concat(new byte[6], one));
      case 5 -> new TestRecord(owner, RRType.CNAME, one);
      default -> new TestRecord(owner, RRType.of(65280), new byte[random.nextInt(30)]);
    };
  }

  private static byte[] concat(byte[]... parts) {
    byte[] joined = {};
    for (byte[] part : parts) {
      int end = joined.length;
      joined = Arrays.copyOf(joined, end + part.length);
      System.arraycopy(part, 0, joined, end, part.length);
    }
    return joined;
  }
}
