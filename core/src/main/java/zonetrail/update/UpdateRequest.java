package zonetrail.update;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import zonetrail.update.Prerequisite.NameIsInUse;
import zonetrail.update.Prerequisite.NameIsNotInUse;
import zonetrail.update.Prerequisite.RRsetEquals;
import zonetrail.update.Prerequisite.RRsetExists;
import zonetrail.update.Prerequisite.RRsetIsAbsent;
import zonetrail.update.RecordUpdate.Add;
import zonetrail.update.RecordUpdate.DeleteName;
import zonetrail.update.RecordUpdate.DeleteRRset;
import zonetrail.update.RecordUpdate.DeleteRecord;
import zonetrail.wire.BadMessageException;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.RecordCursor;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// An UPDATE message as a value that outlives its octets: the zone, the prerequisites and the
/// updates.
///
/// All that makes a message malformed is found while it is read, before anything is looked up; the
/// additional section is read over and not used (RFC 2136 §2.6 allows that). Immutable, safe on any
/// thread.
@Rfc(number = 2136, section = "2")
public final class UpdateRequest {
  private final WireName zoneName;
  private final int zoneClass;
  private final List<Prerequisite> prerequisites;
  private final List<RecordUpdate> updates;

  private UpdateRequest(
      WireName zoneName,
      int zoneClass,
      List<Prerequisite> prerequisites,
      List<RecordUpdate> updates) {
    this.zoneName = zoneName;
    this.zoneClass = zoneClass;
    this.prerequisites = List.copyOf(prerequisites);
    this.updates = List.copyOf(updates);
  }

  /// Reads a message. Total: whatever the octets, there is a request or the exception.
  ///
  /// @param message the whole message, without the TSIG record that was verified
  /// @throws MalformedUpdateException if the answer is FORMERR
  public static UpdateRequest parse(byte[] message) throws MalformedUpdateException {
    try {
      return new Reader(message).read();
    } catch (BadMessageException e) {
      throw new MalformedUpdateException(String.valueOf(e.getMessage()));
    }
  }

  /// What the zone section names; not always a zone's apex, see `UpdateTarget`.
  @Rfc(number = 2136, section = "2.3")
  public WireName zoneName() {
    return zoneName;
  }

  /// The class in the zone section.
  public int zoneClass() {
    return zoneClass;
  }

  /// What must be true first; those about whole RRsets, gathered from their records, come last.
  public List<Prerequisite> prerequisites() {
    return prerequisites;
  }

  /// What is done to the zone, in order.
  public List<RecordUpdate> updates() {
    return updates;
  }

  /// Whether the message adds a record of this type at the name in its zone section.
  boolean addsAtZoneName(RRType type) {
    return updates.stream()
        .anyMatch(each ->
            each instanceof Add add && add.type().equals(type) && add.owner().equals(zoneName));
  }

  /// `UPDATE of example.com.`
  @Override
  public String toString() {
    return "UPDATE of " + zoneName;
  }

  /// The name and type of a value-dependent prerequisite.
  private record OwnerAndType(WireName owner, RRType type) {}

  /// Reads one message.
  private static final class Reader {
    private final byte[] message;
    private final RecordCursor cursor = new RecordCursor();
    private final List<Prerequisite> prerequisites = new ArrayList<>();
    private final Map<OwnerAndType, List<Rdata>> wholeRRsets = new LinkedHashMap<>();
    private final List<RecordUpdate> updates = new ArrayList<>();

    Reader(byte[] message) {
      this.message = message;
    }

    UpdateRequest read() throws MalformedUpdateException, BadMessageException {
      cursor.begin(message, message.length, 0);
      int flags = Header.u16(message, Header.FLAGS);
      require((flags & Header.QR) == 0, "it is a response");
      require(Header.opcode(flags) == Opcode.UPDATE, "it is no UPDATE");
      require(cursor.questions() == 1, "the zone section has not one record");
      // No pointer is possible here: nothing but the header lies before the first name.
      WireName zoneName = WireName.fromWire(message, Header.OCTETS);
      int type = Header.OCTETS + zoneName.length();
      require(
          Header.u16(message, type) == RRType.SOA.value(), "the zone section is not of type SOA");
      int zoneClass = Header.u16(message, type + 2);
      while (cursor.next()) {
        switch (cursor.section()) {
          case ANSWER -> addPrerequisite(zoneClass);
          case AUTHORITY -> addUpdate(zoneClass);
          case ADDITIONAL -> {} // read over
        }
      }
      wholeRRsets.forEach(
          (key, rdatas) -> prerequisites.add(new RRsetEquals(key.owner(), key.type(), rdatas)));
      return new UpdateRequest(zoneName, zoneClass, prerequisites, updates);
    }

    @Rfc(number = 2136, section = "3.2.1")
    @Rfc(number = 2136, section = "3.2.2")
    @Rfc(number = 2136, section = "3.2.3")
    private void addPrerequisite(int zoneClass)
        throws MalformedUpdateException, BadMessageException {
      requireNoTtl();
      WireName owner = cursor.owner();
      RRType type = cursor.type();
      boolean isAny = type.equals(RRType.ANY);
      switch (cursor.rclass()) {
        case RRClass.ANY -> {
          requireNoRdata();
          prerequisites.add(isAny ? new NameIsInUse(owner) : new RRsetExists(owner, type));
        }
        case RRClass.NONE -> {
          requireNoRdata();
          prerequisites.add(isAny ? new NameIsNotInUse(owner) : new RRsetIsAbsent(owner, type));
        }
        default -> {
          requireClass(zoneClass);
          wholeRRsets
              .computeIfAbsent(new OwnerAndType(owner, type), any -> new ArrayList<>())
              .add(rdata());
        }
      }
    }

    @Rfc(number = 2136, section = "3.4.1")
    private void addUpdate(int zoneClass) throws MalformedUpdateException, BadMessageException {
      WireName owner = cursor.owner();
      RRType type = cursor.type();
      switch (cursor.rclass()) {
        case RRClass.ANY -> {
          requireNoTtl();
          requireNoRdata();
          if (type.equals(RRType.ANY)) {
            updates.add(new DeleteName(owner));
          } else {
            requireDataType();
            updates.add(new DeleteRRset(owner, type));
          }
        }
        case RRClass.NONE -> {
          requireNoTtl();
          requireDataType();
          updates.add(new DeleteRecord(owner, type, rdata()));
        }
        default -> {
          requireClass(zoneClass);
          requireDataType();
          updates.add(new Add(owner, type, cursor.ttlSeconds(), rdata()));
        }
      }
    }

    private Rdata rdata() throws BadMessageException {
      return Rdata.of(cursor.rdata());
    }

    private void requireNoTtl() throws MalformedUpdateException {
      require(cursor.ttlBits() == 0, "a TTL where none belongs");
    }

    private void requireNoRdata() throws MalformedUpdateException {
      require(cursor.rawRdata().length == 0, "rdata where none belongs");
    }

    private void requireClass(int zoneClass) throws MalformedUpdateException {
      require(cursor.rclass() == zoneClass, "a record of another class than the zone's");
    }

    @Rfc(number = 2136, section = "3.4.1.2")
    private void requireDataType() throws MalformedUpdateException {
      require(cursor.type().isData(), "a record of a type that is no data");
    }

    private static void require(boolean isSo, String otherwise) throws MalformedUpdateException {
      if (!isSo) {
        throw new MalformedUpdateException(otherwise);
      }
    }
  }
}
