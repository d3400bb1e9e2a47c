package zonetrail.tsig;

import java.time.Instant;
import java.util.Optional;
import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// A TSIG record, field by field.
///
/// Immutable, safe on any thread.
@Rfc(number = 8945, section = "4.2")
public final class TsigRecord {
  /// Owner's type, class, TTL and RDLENGTH, and in the rdata all fields of fixed size.
  private static final int FIXED_OCTETS = 10 + 16;

  /// How many octets a time has.
  static final int TIME_OCTETS = 6;

  private final WireName keyName;
  private final WireName algorithmName;
  private final long timeSigned;
  private final int fudgeSeconds;
  private final TsigMac mac;
  private final int originalId;
  private final int error;
  private final byte[] other;

  TsigRecord(
      WireName keyName,
      WireName algorithmName,
      long timeSigned,
      int fudgeSeconds,
      TsigMac mac,
      int originalId,
      int error,
      byte[] other) {
    this.keyName = keyName;
    this.algorithmName = algorithmName;
    this.timeSigned = timeSigned;
    this.fudgeSeconds = fudgeSeconds;
    this.mac = mac;
    this.originalId = originalId;
    this.error = error;
    this.other = other.clone();
  }

  TsigRecord withMac(TsigMac computed) {
    return new TsigRecord(
        keyName, algorithmName, timeSigned, fudgeSeconds, computed, originalId, error, other);
  }

  /// The name of the key.
  public WireName keyName() {
    return keyName;
  }

  /// The name of the algorithm, known to us or not.
  public WireName algorithmName() {
    return algorithmName;
  }

  /// When the message was signed.
  public Instant timeSigned() {
    return Instant.ofEpochSecond(timeSigned);
  }

  /// How many seconds the signer allows clocks to differ, 0 to 65,535.
  public int fudgeSeconds() {
    return fudgeSeconds;
  }

  /// The MAC as transmitted.
  public TsigMac mac() {
    return mac;
  }

  /// The ID that the message was signed with; differs from the header's after forwarding.
  public int originalId() {
    return originalId;
  }

  /// The error that the signer reports: 0 or for example 17 for BADKEY.
  public int error() {
    return error;
  }

  /// The server's time that a BADTIME error carries.
  @Rfc(number = 8945, section = "5.2.3")
  public Optional<Instant> serverTime() {
    return other.length == TIME_OCTETS
        ? Optional.of(Instant.ofEpochSecond(u48(other, 0)))
        : Optional.empty();
  }

  /// How many octets the record has on the wire, uncompressed.
  int length() {
    return keyName.length() + FIXED_OCTETS + algorithmName.length() + mac.length() + other.length;
  }

  /// Writes the record.
  ///
  /// @return the offset after it
  int writeTo(byte[] target, int offset) {
    int at = keyName.copyTo(target, offset);
    Header.putU16(target, at, RRType.TSIG.value());
    Header.putU16(target, at + 2, RRClass.ANY);
    Header.putU32(target, at + 4, 0);
    Header.putU16(target, at + 8, length() - keyName.length() - 10);
    at = writeNameAndTimers(target, at + 10);
    Header.putU16(target, at, mac.length());
    System.arraycopy(mac.toBytes(), 0, target, at + 2, mac.length());
    at += 2 + mac.length();
    Header.putU16(target, at, originalId);
    return writeErrorAndOther(target, at + 2);
  }

  private int writeNameAndTimers(byte[] target, int offset) {
    int at = algorithmName.copyTo(target, offset);
    byte[] timers = timers();
    System.arraycopy(timers, 0, target, at, timers.length);
    return at + timers.length;
  }

  private int writeErrorAndOther(byte[] target, int offset) {
    Header.putU16(target, offset, error);
    Header.putU16(target, offset + 2, other.length);
    System.arraycopy(other, 0, target, offset + 4, other.length);
    return offset + 4 + other.length;
  }

  /// The TSIG variables as they are digested: names in canonical form, class and TTL as they must
  /// be, no MAC and no original ID.
  @Rfc(number = 8945, section = "4.3.3")
  byte[] variables() {
    byte[] name = keyName.toCanonicalWire();
    byte[] algorithm = algorithmName.toCanonicalWire();
    byte[] timers = timers();
    byte[] variables =
        new byte[name.length + 6 + algorithm.length + timers.length + 4 + other.length];
    System.arraycopy(name, 0, variables, 0, name.length);
    Header.putU16(variables, name.length, RRClass.ANY);
    Header.putU32(variables, name.length + 2, 0);
    int at = name.length + 6;
    System.arraycopy(algorithm, 0, variables, at, algorithm.length);
    at += algorithm.length;
    System.arraycopy(timers, 0, variables, at, timers.length);
    writeErrorAndOther(variables, at + timers.length);
    return variables;
  }

  /// Time signed, then fudge.
  @Rfc(number = 8945, section = "4.3.3.1")
  byte[] timers() {
    byte[] timers = new byte[TIME_OCTETS + 2];
    putU48(timers, 0, timeSigned);
    Header.putU16(timers, TIME_OCTETS, fudgeSeconds);
    return timers;
  }

  static long u48(byte[] source, int at) {
    return ((long) Header.u16(source, at) << 32) | (Header.u32(source, at + 2) & 0xffff_ffffL);
  }

  static void putU48(byte[] target, int at, long value) {
    Header.putU16(target, at, (int) (value >>> 32));
    Header.putU32(target, at + 2, (int) value);
  }

  /// Key, algorithm, time and error; no MAC.
  @Override
  public String toString() {
    return "TSIG "
        + keyName
        + " "
        + algorithmName
        + " signed "
        + timeSigned()
        + " fudge "
        + fudgeSeconds
        + " error "
        + error;
  }
}
