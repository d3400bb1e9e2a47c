package zonetrail.update;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;

/// An RRset while it is changed. One thread.
///
/// A record is the same as another one if their rdata is in canonical form, so names in it in
/// capitals make no second record.
final class RRsetDraft {
  private static final RRType WKS = RRType.of(11);

  /// Address and protocol of a WKS record (RFC 1035 §3.4.2).
  private static final int WKS_KEY_OCTETS = 5;

  private final RRType type;
  private final Map<Rdata, Rdata> byCanonical = new LinkedHashMap<>();
  private final int sizeBefore;
  private int ttlSeconds;

  /// Begins with no records.
  RRsetDraft(RRType type) {
    this.type = type;
    this.sizeBefore = 0;
  }

  /// Begins with those of an RRset.
  RRsetDraft(RRset before) {
    this.type = before.type();
    this.ttlSeconds = before.ttlSeconds();
    before.rdatas().forEach(rdata -> byCanonical.put(canonical(type, rdata), rdata));
    this.sizeBefore = byCanonical.size();
  }

  /// Rdata in the form in which records are compared.
  @Rfc(number = 3597, section = "6")
  static Rdata canonical(RRType type, Rdata rdata) {
    RdataLayout layout = RdataLayout.of(type);
    return layout != null && layout.foldsNames() ? rdata.canonical(layout) : rdata;
  }

  /// Adds a record, and gives its TTL to the others. It takes the place of the same one; of the
  /// types of which a name has one record at most, of any; and of a WKS record for the same address
  /// and protocol.
  @Rfc(number = 2136, section = "3.4.2.2")
  @Rfc(number = 2181, section = "5.2")
  void add(Rdata rdata, int ttl) {
    Rdata canonical = canonical(type, rdata);
    if (isSingle()) {
      byCanonical.clear();
    } else if (type.equals(WKS)) {
      byCanonical.keySet().removeIf(other -> isOfSameService(other, rdata));
    }
    byCanonical.put(canonical, rdata);
    ttlSeconds = ttl;
  }

  @Rfc(number = 6672, section = "2.4")
  private boolean isSingle() {
    return type.equals(RRType.SOA) || type.equals(RRType.CNAME) || type.equals(RRType.DNAME);
  }

  private static boolean isOfSameService(Rdata one, Rdata other) {
    for (int i = 0; i < WKS_KEY_OCTETS; i++) {
      if (one.octetAt(i) != other.octetAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Takes a record away, if it is there.
  void remove(Rdata rdata) {
    byCanonical.remove(canonical(type, rdata));
  }

  /// Whether a record is there.
  boolean has(Rdata rdata) {
    return byCanonical.containsKey(canonical(type, rdata));
  }

  int size() {
    return byCanonical.size();
  }

  /// How many records it had before it was changed.
  int sizeBefore() {
    return sizeBefore;
  }

  /// What it is by now; null if it has no records.
  @Nullable RRset toRRset(WireName owner) {
    return byCanonical.isEmpty()
        ? null
        : new RRset(owner, type, ttlSeconds, new ArrayList<>(byCanonical.values()));
  }
}
