package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// A change of a zone as text, a step a line: `+ www 300 A 192.0.2.1` adds a record and gives its
/// RRset the TTL, `- www A 192.0.2.1` takes one away, `- www A` an RRset, `- www` a name, and
/// `serial 2` is the next SOA. Names are relative to the zone.
final class ChangeText {
  private final Zone zone;
  private final ZoneChange.Builder builder;
  private Zone now;

  private ChangeText(Zone zone) {
    this.zone = zone;
    this.builder = new ZoneChange.Builder(zone);
    this.now = zone;
  }

  static ZoneChange of(Zone zone, String... steps) {
    ChangeText change = new ChangeText(zone);
    for (String step : steps) {
      change.step(step);
      change.now = zone.with(change.builder.build());
    }
    return change.builder.build();
  }

  private void step(String step) {
    String[] words = step.trim().split(" +");
    switch (words[0]) {
      case "+" ->
          add(
              name(words[1]),
              Integer.parseInt(words[2]),
              words[3],
              words.length > 4
                  ? step.substring(step.indexOf(" " + words[3] + " ") + words[3].length() + 2)
                  : "");
      case "-" -> remove(words, step);
      case "serial" -> serial(Integer.parseUnsignedInt(words[1]));
      default -> throw new IllegalArgumentException(step);
    }
  }

  private WireName name(String text) {
    if (text.equals("@")) {
      return zone.apex();
    }
    return text.endsWith(".") ? WireName.parse(text) : WireName.parse(text).append(zone.apex());
  }

  private static RRType type(String text) {
    RRType type = RRType.parse(text);
    if (type == null) {
      throw new IllegalArgumentException(text);
    }
    return type;
  }

  private List<Rdata> there(WireName owner, RRType type) {
    Node node = now.node(owner);
    RRset rrset = node == null ? null : node.rrset(type);
    return rrset == null ? new ArrayList<>() : new ArrayList<>(rrset.rdatas());
  }

  private void add(WireName owner, int ttl, String typeText, String rdataText) {
    RRType type = type(typeText);
    Rdata rdata = RdataText.parse(type, rdataText, zone.apex());
    List<Rdata> rdatas =
        type.equals(RRType.SOA) || type.equals(RRType.CNAME)
            ? new ArrayList<>()
            : there(owner, type);
    rdatas.remove(rdata);
    rdatas.add(rdata);
    builder.put(new RRset(owner, type, ttl, rdatas));
  }

  private void remove(String[] words, String step) {
    WireName owner = name(words[1]);
    Node node = now.node(owner);
    if (node == null) {
      throw new IllegalArgumentException("nothing there: " + step);
    }
    if (words.length == 2) {
      node.rrsets().forEach(rrset -> builder.remove(owner, rrset.type()));
      return;
    }
    RRType type = type(words[2]);
    List<Rdata> rest = there(owner, type);
    if (words.length > 3) {
      String text = step.substring(step.indexOf(" " + words[2] + " ") + words[2].length() + 2);
      if (!rest.remove(RdataText.parse(type, text, zone.apex()))) {
        throw new IllegalArgumentException("not there: " + step);
      }
    } else {
      rest.clear();
    }
    RRset rrset = node.rrset(type);
    if (rest.isEmpty() || rrset == null) {
      builder.remove(owner, type);
    } else {
      builder.put(new RRset(owner, type, rrset.ttlSeconds(), rest));
    }
  }

  private void serial(int serial) {
    byte[] rdata = now.soa().rdatas().getFirst().toBytes();
    int at = rdata.length - 20;
    for (int i = 0; i < 4; i++) {
      rdata[at + i] = (byte) (serial >>> (24 - 8 * i));
    }
    RRset soa = now.soa();
    builder.put(new RRset(soa.owner(), soa.type(), soa.ttlSeconds(), List.of(Rdata.of(rdata))));
  }
}
