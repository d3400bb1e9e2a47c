package zonetrail.update;

import java.io.ByteArrayOutputStream;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Makes an UPDATE message, for those who send one. Names are not compressed. One thread.
@Rfc(number = 2136, section = "2")
@Rfc(number = 2136, section = "4")
public final class UpdateMessage {
  private static final byte[] NO_RDATA = {};

  private final WireName zone;
  private final ByteArrayOutputStream prerequisites = new ByteArrayOutputStream();
  private final ByteArrayOutputStream updates = new ByteArrayOutputStream();
  private int prerequisiteCount;
  private int updateCount;

  /// Begins a message about a zone of class IN.
  public UpdateMessage(WireName zone) {
    this.zone = zone;
  }

  /// Wants a name to own a record.
  ///
  /// @return this message
  @Rfc(number = 2136, section = "2.4.4")
  public UpdateMessage ifInUse(WireName owner) {
    return require(owner, RRType.ANY, RRClass.ANY);
  }

  /// Wants a name to own no record.
  ///
  /// @return this message
  @Rfc(number = 2136, section = "2.4.5")
  public UpdateMessage ifNotInUse(WireName owner) {
    return require(owner, RRType.ANY, RRClass.NONE);
  }

  /// Wants a name to own an RRset of a type.
  ///
  /// @return this message
  @Rfc(number = 2136, section = "2.4.1")
  public UpdateMessage ifExists(WireName owner, RRType type) {
    return require(owner, type, RRClass.ANY);
  }

  /// Wants a name to own no RRset of a type.
  ///
  /// @return this message
  @Rfc(number = 2136, section = "2.4.3")
  public UpdateMessage ifAbsent(WireName owner, RRType type) {
    return require(owner, type, RRClass.NONE);
  }

  private UpdateMessage require(WireName owner, RRType type, int rclass) {
    prerequisiteCount++;
    put(prerequisites, owner, type, rclass, 0, NO_RDATA);
    return this;
  }

  /// Adds a record.
  ///
  /// @param ttlSeconds 0 to 2^31 - 1
  /// @return this message
  @Rfc(number = 2136, section = "2.5.1")
  public UpdateMessage add(WireName owner, RRType type, int ttlSeconds, Rdata rdata) {
    return update(owner, type, RRClass.IN, ttlSeconds, rdata.toBytes());
  }

  /// Deletes an RRset.
  ///
  /// @return this message
  @Rfc(number = 2136, section = "2.5.2")
  public UpdateMessage delete(WireName owner, RRType type) {
    return update(owner, type, RRClass.ANY, 0, NO_RDATA);
  }

  /// Deletes all RRsets of a name.
  ///
  /// @return this message
  @Rfc(number = 2136, section = "2.5.3")
  public UpdateMessage delete(WireName owner) {
    return update(owner, RRType.ANY, RRClass.ANY, 0, NO_RDATA);
  }

  /// Deletes a record.
  ///
  /// @return this message
  @Rfc(number = 2136, section = "2.5.4")
  public UpdateMessage delete(WireName owner, RRType type, Rdata rdata) {
    return update(owner, type, RRClass.NONE, 0, rdata.toBytes());
  }

  private UpdateMessage update(
      WireName owner, RRType type, int rclass, int ttlSeconds, byte[] rdata) {
    updateCount++;
    put(updates, owner, type, rclass, ttlSeconds, rdata);
    return this;
  }

  private static void put(
      ByteArrayOutputStream out,
      WireName owner,
      RRType type,
      int rclass,
      int ttlSeconds,
      byte[] rdata) {
    byte[] fixed = new byte[10];
    Header.putU16(fixed, 0, type.value());
    Header.putU16(fixed, 2, rclass);
    Header.putU32(fixed, 4, ttlSeconds);
    Header.putU16(fixed, 8, rdata.length);
    out.writeBytes(owner.toWire());
    out.writeBytes(fixed);
    out.writeBytes(rdata);
  }

  /// The message, unsigned. It has an OPT record, so that the server may say why it did not do it
  /// (RFC 8914).
  ///
  /// @param id 0 to 65535; hard to guess
  public byte[] octets(int id) {
    byte[] head = new byte[Header.OCTETS + zone.length() + 4];
    Header.putU16(head, Header.ID, id);
    Header.putU16(head, Header.FLAGS, Header.withOpcode(Opcode.UPDATE));
    Header.putU16(head, Header.QDCOUNT, 1);
    Header.putU16(head, Header.ANCOUNT, prerequisiteCount);
    Header.putU16(head, Header.NSCOUNT, updateCount);
    Header.putU16(head, Header.ARCOUNT, 1);
    int at = zone.copyTo(head, Header.OCTETS);
    Header.putU16(head, at, RRType.SOA.value());
    Header.putU16(head, at + 2, RRClass.IN);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head);
    out.writeBytes(prerequisites.toByteArray());
    out.writeBytes(updates.toByteArray());
    put(out, WireName.ROOT, RRType.OPT, ResponseWriter.MAX_UDP_PAYLOAD_OCTETS, 0, NO_RDATA);
    return out.toByteArray();
  }
}
