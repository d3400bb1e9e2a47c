package zonetrail.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.fixtures.Named;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;
import zonetrail.fixtures.RequiresTool;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.wire.BadMessageException;
import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.RecordCursor;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.Zones;

/// The same updates for BIND and for us: where code or zone differ, a row of
/// `docs/update-differences.md` says why, or the test fails.
///
/// `-Dsequences=500 -Dseed=7` tries more, and others; each is a zone of its own.
@RequiresTool(value = "named", debian = "bind9")
class UpdatesDifferentialIT {
  private static final int SEQUENCES = Integer.getInteger("sequences", 20);
  private static final int UPDATES = 40;
  private static final long SEED = Long.getLong("seed", 2136);
  private static final String PAGE = "docs/update-differences.md";
  private static final String KEY = "k._update.";
  private static final String SECRET = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IQ==";

  @TempDir static Path directory;

  private static PeerServer bind;

  private final TsigKey key = TsigKey.parse("k._update:SHA256:" + SECRET);
  private final Map<UpdateDifference, Integer> met = new EnumMap<>(UpdateDifference.class);
  private final List<String> unexplained = new ArrayList<>();
  private int id;

  private static String apex(int sequence) {
    return "z" + sequence + ".example.";
  }

  @BeforeAll
  static void start() throws IOException {
    List<PeerZone> zones = new ArrayList<>();
    for (int i = 0; i < SEQUENCES; i++) {
      Path file = directory.resolve(apex(i) + "zone");
      Files.writeString(
          file,
          """
          $ORIGIN %s
          @      3600 IN SOA   ns1 admin 10 7200 3600 1209600 300
          @      3600 IN NS    ns1
          @      3600 IN NS    ns.other.test.
          @      3600 IN MX    10 mail
          ns1    300  IN A     192.0.2.1
          www    300  IN A     192.0.2.2
          www    300  IN TXT   "one"
          mail   300  IN AAAA  2001:db8::1
          alias  300  IN CNAME www
          b.c    300  IN A     192.0.2.1
          *.w    300  IN TXT   "one"
          sub    300  IN NS    ns.sub
          ns.sub 300  IN A     192.0.2.3
          """
              .formatted(apex(i)));
      zones.add(
          new PeerZone(
              apex(i),
              file,
              """
              type primary;
              allow-update { key "%s"; };
              allow-transfer { any; };
              """
                  .formatted(KEY)));
    }
    bind =
        Named.start(
            directory,
            zones,
            "update-quota 1000;",
            "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };".formatted(KEY, SECRET));
  }

  @AfterAll
  static void stop() {
    bind.close();
  }

  @Test
  void everyUpdateEndsAsWithBind_orItsDifferenceIsExplained() throws Exception {
    for (int i = 0; i < SEQUENCES; i++) {
      RandomUpdates updates = new RandomUpdates(SEED + i);
      Zone zone = transfer(apex(i));
      for (int step = 0; step < UPDATES; step++) {
        ComparedUpdate update = compare(updates.next(zone), zone);
        if (!update.isAlike()) {
          Optional<UpdateDifference> known = UpdateDifference.explaining(update);
          known.ifPresentOrElse(
              difference -> met.merge(difference, 1, Integer::sum),
              () -> unexplained.add(update.toString()));
          if (known.isEmpty() || known.get().endsSequence()) {
            break;
          }
        }
        zone = update.theirs();
      }
    }
    assertThat(unexplained).as("seed %d; explained: %s", SEED, met).isEmpty();
  }

  @Test
  void thePageHasARowForEachKnownDifference_andNoOther() throws IOException {
    Path here = Path.of(PAGE);
    List<String> rows =
        Files.readAllLines(Files.exists(here) ? here : Path.of("..").resolve(PAGE)).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(UpdateDifference.values()).map(UpdateDifference::id).toList());
  }

  private ComparedUpdate compare(String script, Zone zone) throws BadMessageException {
    byte[] message = UpdateScript.message(zone.apex().toString(), script);
    Header.putU16(message, Header.ID, ++id & 0xffff);
    Updated ours = Updated.of(Zones.of(List.of(zone)), KEY, message);
    byte[] signed = TsigSigner.signRequest(message, message.length, key, Instant.now()).message();
    byte[] reply = bind.askOverTcp(signed);
    return new ComparedUpdate(
        script,
        parsed(message),
        zone,
        Header.rcode(Header.u16(reply, Header.FLAGS)),
        transfer(zone.apex().toString()),
        ours);
  }

  private static @Nullable UpdateRequest parsed(byte[] message) {
    try {
      return UpdateRequest.parse(message);
    } catch (MalformedUpdateException e) {
      return null;
    }
  }

  /// BIND's zone; it fits into one message.
  private Zone transfer(String apex) throws BadMessageException {
    WireName name = WireName.parse(apex);
    byte[] query = new byte[Header.OCTETS + name.length() + 4];
    Header.putU16(query, Header.ID, ++id & 0xffff);
    Header.putU16(query, Header.QDCOUNT, 1);
    int at = name.copyTo(query, Header.OCTETS);
    Header.putU16(query, at, RRType.AXFR.value());
    Header.putU16(query, at + 2, RRClass.IN);
    byte[] reply = bind.askOverTcp(query);
    ZoneBuilder builder = new ZoneBuilder(name);
    RecordCursor records = new RecordCursor();
    records.begin(reply, reply.length, 0);
    while (records.next()) {
      builder.add(records.owner(), records.type(), records.ttlSeconds(), Rdata.of(records.rdata()));
    }
    return builder.build();
  }
}
