package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;

/// Prints a zone as a file that a person would like to go on with: `$ORIGIN` and `$TTL`, the SOA
/// record over several lines, then a record a line in columns, the names in their order.
///
/// Each line has its owner, so that a line that comes or goes later touches no other one. A TTL
/// stands only where it is not that of most.
@Rfc(number = 1035, section = "5.1")
final class MasterFilePrinter {
  /// Owners that are longer than this have the rest of their line pushed to the right.
  private static final int MAX_OWNER_COLUMN = 32;

  private static final int TYPE_COLUMN_WIDTH = 8;
  private static final String[] SOA_NOTES = {
    "serial", "refresh", "retry", "expire", "TTL of negative answers"
  };

  private final Zone zone;
  private final NameForm names;
  private final List<Node> nodes;
  private final int defaultTtl;
  private final int ownerWidth;
  private final int ttlWidth;
  private final StringBuilder text = new StringBuilder();

  private MasterFilePrinter(Zone zone) {
    this.zone = zone;
    this.names = NameForm.relativeTo(zone.apex());
    this.nodes = new ArrayList<>(zone.nodes());
    nodes.sort(Comparator.comparing(Node::name));
    this.defaultTtl = commonTtl();
    int widest = 1;
    int widestTtl = 0;
    for (Node node : nodes) {
      for (RRset rrset : node.rrsets()) {
        int width = names.ownerText(node.name()).length();
        widest = width > MAX_OWNER_COLUMN ? widest : Math.max(widest, width);
        int ttl = rrset.ttlSeconds();
        widestTtl = ttl == defaultTtl ? widestTtl : Math.max(widestTtl, ttlText(ttl).length());
      }
    }
    this.ownerWidth = widest + 2;
    this.ttlWidth = widestTtl == 0 ? 0 : widestTtl + 1;
  }

  static byte[] print(Zone zone) {
    return new MasterFilePrinter(zone).print().getBytes(StandardCharsets.US_ASCII);
  }

  private int commonTtl() {
    Map<Integer, Integer> counts = new HashMap<>();
    for (Node node : nodes) {
      for (RRset rrset : node.rrsets()) {
        counts.merge(rrset.ttlSeconds(), rrset.rdatas().size(), Integer::sum);
      }
    }
    int best = zone.soa().ttlSeconds();
    int most = counts.getOrDefault(best, 0);
    for (Map.Entry<Integer, Integer> each : counts.entrySet()) {
      if (each.getValue() > most) {
        best = each.getKey();
        most = each.getValue();
      }
    }
    return best;
  }

  private static String ttlText(int ttlSeconds) {
    return Integer.toString(ttlSeconds);
  }

  private String print() {
    text.append("$ORIGIN ").append(zone.apex()).append('\n');
    text.append("$TTL ").append(defaultTtl).append("\n\n");
    soa();
    RRset servers = zone.top().rrset(RRType.NS);
    if (servers != null) {
      servers.rdatas().forEach(rdata -> record(servers, rdata));
    }
    for (Node node : nodes) {
      boolean isApex = node.name().equals(zone.apex());
      for (RRset rrset : node.rrsets()) {
        boolean isThere =
            isApex && (rrset.type().equals(RRType.SOA) || rrset.type().equals(RRType.NS));
        if (!isThere) {
          rrset.rdatas().forEach(rdata -> record(rrset, rdata));
        }
      }
    }
    return text.toString();
  }

  private void soa() {
    RRset soa = zone.soa();
    List<String> fields =
        RdataRewrite.tokens(RdataText.print(RRType.SOA, soa.rdatas().getFirst(), names));
    head(soa);
    if (fields.size() != 2 + SOA_NOTES.length) {
      text.append(String.join(" ", fields)).append('\n');
      return;
    }
    text.append(fields.get(0)).append(' ').append(fields.get(1)).append(" (\n");
    String indent = " ".repeat(ownerWidth + ttlWidth + TYPE_COLUMN_WIDTH);
    for (int i = 0; i < SOA_NOTES.length; i++) {
      String field = fields.get(2 + i) + (i == SOA_NOTES.length - 1 ? " )" : "");
      text.append(indent);
      pad(field, 13);
      text.append("; ").append(SOA_NOTES[i]).append('\n');
    }
  }

  private void record(RRset rrset, Rdata rdata) {
    head(rrset);
    text.append(RdataText.print(rrset.type(), rdata, names)).append('\n');
  }

  private void head(RRset rrset) {
    pad(names.ownerText(rrset.owner()), ownerWidth);
    if (ttlWidth > 0) {
      pad(rrset.ttlSeconds() == defaultTtl ? "" : ttlText(rrset.ttlSeconds()), ttlWidth);
    }
    pad(rrset.type().toString(), TYPE_COLUMN_WIDTH);
  }

  private void pad(String field, int width) {
    text.append(field)
        .append(" ".repeat(Math.max(field.isEmpty() ? width : 1, width - field.length())));
  }
}
