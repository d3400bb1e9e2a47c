package zonetrail.update;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.RdataText;
import zonetrail.update.Alteration.Changed;
import zonetrail.update.Alteration.Created;
import zonetrail.update.Alteration.Removed;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.ShownName;
import zonetrail.zone.SoaSerial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange.Replacement;

/// What an update did, in words for a log of changes.
///
/// @param summary one line: `example.com: add www A 192.0.2.1 (ttl 300)`
/// @param lines all of it, a line for each record or TTL: `add www A 192.0.2.1 (ttl 300)`; without
///   control characters. Not the serial where anything else is changed
public record ChangeText(String summary, List<String> lines) {
  /// The most characters of rdata in a summary; the lines have all of them.
  static final int MAX_SUMMARY_RDATA_CHARACTERS = 48;

  static ChangeText of(Alteration alteration) {
    String zone = shown(alteration.apex().toStringNoDot());
    return switch (alteration) {
      case Changed changed -> ofChange(zone, changed);
      case Created(Zone created) -> ofNewZone(zone, created);
      case Removed(WireName _) -> {
        String line = "remove the zone";
        yield new ChangeText(zone + ": " + line, List.of(line));
      }
    };
  }

  /// What is done to one record, or to the TTL of an RRset.
  private record Line(String head, String rdata, String tail) {
    String full() {
      return head + rdata + tail;
    }

    String brief() {
      return rdata.length() <= MAX_SUMMARY_RDATA_CHARACTERS
          ? full()
          : head + rdata.substring(0, MAX_SUMMARY_RDATA_CHARACTERS) + "..." + tail;
    }
  }

  private static ChangeText ofChange(String zone, Changed changed) {
    WireName apex = changed.apex();
    List<Line> added = new ArrayList<>();
    List<Line> others = new ArrayList<>();
    List<Line> ofSoa = new ArrayList<>();
    boolean isSerialAlone = isSerialAlone(changed);
    for (Replacement replacement : changed.change().replacements()) {
      RRset before = replacement.before();
      RRset after = replacement.after();
      boolean isSoa = replacement.type().equals(RRType.SOA) && replacement.owner().equals(apex);
      if (isSoa && isSerialAlone) {
        continue;
      }
      List<Rdata> old = before == null ? List.of() : before.rdatas();
      List<Rdata> now = after == null ? List.of() : after.rdatas();
      String what = owner(replacement.owner(), apex) + " " + replacement.type();
      if (before != null && after != null && before.ttlSeconds() != after.ttlSeconds()) {
        (isSoa ? ofSoa : others)
            .add(
                new Line(
                    "change ttl of " + what,
                    "",
                    " from " + before.ttlSeconds() + " to " + after.ttlSeconds()));
      }
      for (Rdata rdata : old) {
        if (!now.contains(rdata)) {
          (isSoa ? ofSoa : others).add(line("remove ", what, replacement.type(), rdata, ""));
        }
      }
      for (Rdata rdata : now) {
        if (after != null && !old.contains(rdata)) {
          (isSoa ? ofSoa : added).add(added(what, after, rdata));
        }
      }
    }
    List<Line> first = new ArrayList<>(added);
    first.addAll(others);
    String told =
        first.isEmpty()
            ? serial(changed)
            : first.getFirst().brief()
                + (first.size() == 1 ? "" : ", and " + (first.size() - 1) + " more");
    others.addAll(added);
    others.addAll(ofSoa);
    if (others.isEmpty()) {
      others.add(new Line(serial(changed), "", ""));
    }
    return new ChangeText(zone + ": " + told, others.stream().map(Line::full).toList());
  }

  /// Whether the SOA record says nothing new but its serial, which each change raises.
  private static boolean isSerialAlone(Changed changed) {
    Replacement soa = soaReplacement(changed);
    return soa == null
        || (soa.before() != null
            && soa.after() != null
            && withoutSerial(soa.before()).equals(withoutSerial(soa.after())));
  }

  private static RRset withoutSerial(RRset soa) {
    return SoaSerial.set(soa, Serial.of(0));
  }

  /// What is told where nothing but the SOA record changes.
  private static String serial(Changed changed) {
    Replacement soa = soaReplacement(changed);
    return soa == null || soa.after() == null
        ? "change nothing"
        : "set serial " + SoaSerial.of(soa.after().rdatas().getFirst());
  }

  private static @Nullable Replacement soaReplacement(Changed changed) {
    for (Replacement replacement : changed.change().replacements()) {
      if (replacement.type().equals(RRType.SOA)) {
        return replacement;
      }
    }
    return null;
  }

  private static ChangeText ofNewZone(String name, Zone zone) {
    List<String> lines = new ArrayList<>();
    zone.nodes().stream()
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .map(Node::rrsets)
        .flatMap(List::stream)
        .forEach(rrset -> {
          String what = owner(rrset.owner(), zone.apex()) + " " + rrset.type();
          rrset.rdatas().forEach(rdata -> lines.add(added(what, rrset, rdata).full()));
        });
    return new ChangeText(
        name + ": create the zone, with " + zone.recordCount() + " records", lines);
  }

  private static Line added(String what, RRset rrset, Rdata rdata) {
    return line("add ", what, rrset.type(), rdata, " (ttl " + rrset.ttlSeconds() + ")");
  }

  private static Line line(String verb, String what, RRType type, Rdata rdata, String tail) {
    return new Line(verb + what + " ", shown(RdataText.print(type, rdata)), tail);
  }

  /// The owner as a zone file has it: without the zone's name, `@` for the apex.
  private static String owner(WireName owner, WireName apex) {
    String name = shown(owner.toStringNoDot());
    if (owner.equals(apex)) {
      return "@";
    }
    if (apex.isRoot()) {
      return name;
    }
    return name.substring(0, name.length() - apex.toStringNoDot().length() - 1);
  }

  private static String shown(String text) {
    return ShownName.of(text);
  }
}
