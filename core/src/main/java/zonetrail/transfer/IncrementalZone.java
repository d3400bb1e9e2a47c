package zonetrail.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.ChangedZoneCheck;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.SoaSerial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Changes of the version that we have, on their way in: a chain of steps, each an SOA and what is
/// removed, then an SOA and what is added; the newest SOA ends it.
///
/// Each step must fit the one before it to the record: one that removes what is not there, or adds
/// what is, means that the primary and we hold different zones under one serial, and only the whole
/// zone mends that. A TTL is that of the RRset's record that was added last.
///
/// Holds the RRsets concerned, whatever the number of steps. One owner.
@Rfc(number = 1995, section = "4")
final class IncrementalZone implements InboundZone {
  private final Zone base;
  private final Rdata newest;
  private final int newestTtlSeconds;
  private final Map<Key, Working> rrsets = new LinkedHashMap<>();
  private Serial reached;
  private boolean isRemoving = true;

  /// An RRset's name and type; of signatures, the type covered too.
  private record Key(WireName owner, RRType type, RRType covered) {
    static Key of(WireName owner, RRType type, Rdata rdata) {
      boolean isSignature = type == RRType.RRSIG && rdata.length() >= 2;
      return new Key(owner, type, RRType.of(isSignature ? rdata.u16At(0) : 0));
    }
  }

  /// An RRset between two steps, its records by their canonical form.
  private static final class Working {
    private final Map<Rdata, Rdata> records = new TreeMap<>();
    private int ttlSeconds;
  }

  /// Begins behind the SOA of the version that we have, which begins the first step.
  IncrementalZone(Zone base, Rdata newest, int newestTtlSeconds) {
    this.base = base;
    this.newest = newest;
    this.newestTtlSeconds = newestTtlSeconds;
    this.reached = base.serial();
  }

  @Override
  public boolean add(WireName owner, RRType type, int ttlSeconds, Rdata rdata)
      throws RejectedException {
    if (type == RRType.SOA) {
      return mark(rdata);
    }
    Key key = Key.of(owner, type, rdata);
    Working rrset = rrsets.computeIfAbsent(key, this::asServed);
    Rdata canonical = canonical(type, rdata);
    if (isRemoving) {
      if (rrset.records.remove(canonical) == null) {
        throw misfit("removes a " + type + " record at " + owner + " that is not there");
      }
    } else {
      if (rrset.records.putIfAbsent(canonical, rdata) != null) {
        throw misfit("adds a " + type + " record at " + owner + " that is there already");
      }
      rrset.ttlSeconds = ttlSeconds;
    }
    return false;
  }

  /// An SOA ends what is removed, or what is added.
  ///
  /// @return whether it is the one at the end
  private boolean mark(Rdata soa) throws RejectedException {
    Serial serial = SoaSerial.of(soa);
    if (isRemoving) {
      if (!serial.isNewerThan(reached)) {
        throw misfit("leads to serial " + serial + ", which is not newer");
      }
      reached = serial;
      isRemoving = false;
      return false;
    }
    if (!serial.equals(reached)) {
      throw misfit("is followed by one from serial " + serial);
    }
    if (serial.equals(SoaSerial.of(newest))) {
      if (!soa.equals(newest)) {
        throw misfit("ends with another SOA than the one at the beginning");
      }
      return true;
    }
    isRemoving = true;
    return false;
  }

  private RejectedException misfit(String what) {
    return new RejectedException(
        InboundFailure.BAD_CHANGE,
        "the change %s serial %s %s".formatted(isRemoving ? "from" : "to", reached, what));
  }

  private Working asServed(Key key) {
    Working working = new Working();
    RRset there = rrset(key);
    if (there != null) {
      working.ttlSeconds = there.ttlSeconds();
      there.rdatas().forEach(rdata -> working.records.put(canonical(key.type(), rdata), rdata));
    }
    return working;
  }

  private @Nullable RRset rrset(Key key) {
    Node node = base.node(key.owner());
    if (node == null) {
      return null;
    }
    return key.type() == RRType.RRSIG ? node.signatures(key.covered()) : node.rrset(key.type());
  }

  /// In the form in which records are compared (RFC 3597 §6).
  private static Rdata canonical(RRType type, Rdata rdata) {
    RdataLayout layout = RdataLayout.of(type);
    return layout != null && layout.foldsNames() ? rdata.canonical(layout) : rdata;
  }

  @Override
  public TransferIn.Progress.Complete finish() throws RejectedException {
    ZoneChange.Builder change = new ZoneChange.Builder(base);
    Map<WireName, WireName> owners = new HashMap<>();
    rrsets.forEach(
        (key, rrset) -> put(change, owners.computeIfAbsent(key.owner(), this::spelt), key, rrset));
    WireName apex = base.apex();
    change.put(new RRset(apex, RRType.SOA, newestTtlSeconds, List.of(newest)));
    ZoneChange changes = change.build();
    Zone version;
    try {
      version = base.with(changes);
    } catch (IllegalArgumentException tooMany) {
      throw new RejectedException(InboundFailure.TOO_MUCH, String.valueOf(tooMany.getMessage()));
    }
    // What would be refused whole is refused in parts too: else a secondary that comes later, or
    // one behind us, could not have what we serve.
    String error = ChangedZoneCheck.firstErrorWithoutHiddenSoa(version, changes);
    if (error != null) {
      throw new RejectedException(InboundFailure.BAD_ZONE, "it has errors: " + error);
    }
    return new TransferIn.Progress.Complete(version, changes);
  }

  /// A name that is there stays as it is spelt; a new one is spelt as it came first.
  private WireName spelt(WireName owner) {
    Node node = base.node(owner);
    return node == null ? owner : node.name();
  }

  private static void put(ZoneChange.Builder change, WireName owner, Key key, Working rrset) {
    if (!rrset.records.isEmpty()) {
      change.put(
          new RRset(owner, key.type(), rrset.ttlSeconds, new ArrayList<>(rrset.records.values())));
    } else if (key.type() == RRType.RRSIG) {
      change.removeSignatures(owner, key.covered());
    } else {
      change.remove(owner, key.type());
    }
  }
}
