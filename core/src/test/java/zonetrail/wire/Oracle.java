package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DNSInput;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.WireParseException;

/// What dnsjava says of the same octets.
public final class Oracle {
  private Oracle() {}

  /// A record as far as its frame goes.
  ///
  /// @param section 1 to 3
  public record Framed(int section, Name owner, int type, int octets) {}

  /// The frames of all records of a message that is whole to its last octet; names by dnsjava.
  public static List<Framed> frames(byte[] octets) throws WireParseException {
    DNSInput in = new DNSInput(octets);
    in.readU16();
    in.readU16();
    int[] counts = {in.readU16(), in.readU16(), in.readU16(), in.readU16()};
    for (int i = 0; i < counts[0]; i++) {
      new Name(in);
      in.readU16();
      in.readU16();
    }
    List<Framed> frames = new ArrayList<>();
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      for (int i = 0; i < counts[section]; i++) {
        int start = in.current();
        Name owner = new Name(in);
        int type = in.readU16();
        in.readU16();
        in.readU32();
        in.readByteArray(in.readU16());
        frames.add(new Framed(section, owner, type, in.current() - start));
      }
    }
    if (in.remaining() > 0) {
      throw new WireParseException(in.remaining() + " octets after the last record");
    }
    return frames;
  }

  /// Asserts that a request that the cursor accepted is what dnsjava reads too.
  public static void assertAgrees(QueryCursor cursor, byte[] request) {
    try {
      List<Framed> frames = frames(request);
      DNSInput in = new DNSInput(request);
      in.jump(Header.OCTETS);
      assertThat(cursor.qname().toWire()).isEqualTo(new Name(in).toWire());
      assertThat(cursor.qtype().value()).isEqualTo(in.readU16());
      assertThat(cursor.qclass()).isEqualTo(in.readU16());
      assertThat(cursor.questionEnd()).isEqualTo(in.current());
      assertThat(cursor.hasTsig())
          .isEqualTo(!frames.isEmpty() && frames.getLast().type() == Type.TSIG);
      assertThat(frames.stream().filter(frame -> frame.type() == Type.TSIG).count())
          .isLessThanOrEqualTo(1);
      assertThat(frames.stream().filter(frame -> frame.type() == Type.OPT).count())
          .isEqualTo(cursor.hasOpt() ? 1 : 0);
      Message message = readOrNull(request);
      if (message != null) {
        assertAgreesWith(message, cursor);
      }
    } catch (IOException | AssertionError e) {
      throw new AssertionError("dnsjava disagrees on " + HexFormat.of().formatHex(request), e);
    }
  }

  private static void assertAgreesWith(Message message, QueryCursor cursor) {
    assertThat(message.getHeader().getID()).isEqualTo(cursor.id());
    assertThat(message.getHeader().getOpcode()).isEqualTo(cursor.opcode());
    assertThat(message.getQuestion().getName().toWire()).isEqualTo(cursor.qname().toWire());
    OPTRecord opt = message.getOPT();
    assertThat(opt != null).isEqualTo(cursor.hasOpt());
    if (opt != null) {
      if (opt.getTTL() != 0) { // dnsjava reads a TTL of over 2^31 - 1 as 0, also where it is no TTL
        assertThat(cursor.ednsVersion()).isEqualTo(opt.getVersion());
        assertThat(cursor.dnssecOk()).isEqualTo((opt.getFlags() & 0x8000) != 0);
      }
      assertThat(cursor.udpPayloadOctets()).isEqualTo(Math.max(512, opt.getPayloadSize()));
    }
  }

  /// dnsjava reads the rdata of every record, ours leaves that to who needs it: so it may say no to
  /// what we take, but only because of rdata, as [#frames] has shown before.
  private static @Nullable Message readOrNull(byte[] request) {
    try {
      return new Message(withoutTc(request));
    } catch (IOException | IllegalArgumentException rdata) {
      return null;
    }
  }

  /// With TC dnsjava would forgive a message that is cut short.
  private static byte[] withoutTc(byte[] message) {
    byte[] copy = message.clone();
    copy[Header.FLAGS] &= (byte) ~(Header.TC >> 8);
    return copy;
  }

  /// Asserts that a response is whole, dnsjava reads it to the last octet, and it belongs to the
  /// request.
  public static void assertIsResponseTo(byte[] request, byte[] response, int limitOctets) {
    try {
      assertThat(response.length).isBetween(Header.OCTETS, limitOctets);
      assertThat(frames(response)).isNotNull();
      Message message = new Message(withoutTc(response));
      assertThat(Header.u16(response, Header.ID)).isEqualTo(Header.u16(request, Header.ID));
      int flags = Header.u16(response, Header.FLAGS);
      assertThat(flags & Header.QR).isEqualTo(Header.QR);
      assertThat(flags & (Header.RA | 0x60)).as("RA, Z and AD").isZero();
      assertThat(Header.opcode(flags)).isEqualTo(Header.opcode(Header.u16(request, Header.FLAGS)));
      int questions = Header.u16(response, Header.QDCOUNT);
      assertThat(questions).isBetween(0, 1);
      if (questions == 1) {
        DNSInput in = new DNSInput(response);
        in.jump(Header.OCTETS);
        int end = Header.OCTETS + new Name(in).length() + 4;
        for (int i = Header.OCTETS; i < end; i++) {
          assertThat(response[i]).isEqualTo(request[i]);
        }
      }
      assertThat(
              message.getSection(Section.ADDITIONAL).stream()
                  .filter(r -> r.getType() == Type.OPT)
                  .count())
          .isLessThanOrEqualTo(1);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError(
          "%s answered by %s"
              .formatted(HexFormat.of().formatHex(request), HexFormat.of().formatHex(response)),
          e);
    }
  }
}
