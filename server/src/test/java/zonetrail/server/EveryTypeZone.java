package zonetrail.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import zonetrail.fixtures.RdataTextGenerator;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;

/// A zone with a record of every type that may stand at any name; each of the [#VERSIONS] after the
/// first changes a third of them.
public final class EveryTypeZone {
  /// How many versions it takes until each record has changed.
  public static final int VERSIONS = 3;

  private static final List<String> NOT_AT_ANY_NAME = List.of("SOA", "MD", "MF");
  private static final String HASHED_OWNER = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";

  private EveryTypeZone() {}

  /// Its master file.
  public static String text(int serial) {
    StringBuilder text =
        new StringBuilder(
            "$TTL 300\n@ SOA ns hostmaster %d 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n"
                .formatted(serial));
    List<String> types = RdataTextGenerator.TYPES;
    for (String type : types) {
      if (!NOT_AT_ANY_NAME.contains(type)) {
        int changes = (serial + types.indexOf(type) % VERSIONS) / VERSIONS;
        String rdata = RdataTextGenerator.plain(changes).rdata(type);
        String owner = type.equals("NSEC3") ? HASHED_OWNER : "t-" + type;
        // The field of an RRSIG that says the TTL of what it covers is its own TTL, too.
        String ttl = type.equals("RRSIG") ? rdata.split(" +", -1)[3] : "3600";
        text.append("%s %s %s %s\n".formatted(owner, ttl, type, rdata));
      }
    }
    return text.toString();
  }

  /// The same in the form of RFC 3597, which servers read that know fewer types.
  public static String unknownText(String apex, int serial) {
    WireName name = WireName.parse(apex);
    Zone zone =
        Objects.requireNonNull(
            ZoneFileReader.read(apex, name, text(serial).getBytes(US_ASCII), IncludeSource.NONE)
                .zone());
    StringBuilder text = new StringBuilder();
    for (Node node : zone.nodes()) {
      for (RRset rrset : node.rrsets()) {
        for (Rdata rdata : rrset.rdatas()) {
          text.append(
              "%s %d TYPE%d \\# %d %s\n"
                  .formatted(
                      rrset.owner(),
                      rrset.ttlSeconds(),
                      rrset.type().value(),
                      rdata.length(),
                      HexFormat.of().formatHex(rdata.toBytes())));
        }
      }
    }
    return text.toString();
  }
}
