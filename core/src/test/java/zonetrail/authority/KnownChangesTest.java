package zonetrail.authority;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.tsig.TsigKey;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What a group of updates is known to have done to a zone is what a comparison finds.
@Rfc(number = 1995, section = "4")
class KnownChangesTest {
  private static final WireName APEX = WireName.parse("example.com");
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TsigKey KEY = TsigKey.parse("a._update.example.com:SHA256:" + SECRET);
  private static final TsigKey OTHER = TsigKey.parse("b._update.example.com:SHA256:" + SECRET);
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
  private static final String ZONE =
      """
      $TTL 300
      @    SOA ns h 1 3600 900 604800 300
           NS  ns
      ns   A   192.0.2.53
      N1   A   192.0.2.1
      n2   TXT "two"
      """;

  private final EditedTexts texts = new EditedTexts(1 << 20);
  private final MemoryTree repository = new MemoryTree();
  private int requests;

  private final MemoryLedger ledger = new MemoryLedger(repository);

  private ZoneFiles files() {
    repository
        .put("example.com", ZONE)
        .put(
            "example.com._keys",
            "a._update.example.com. DNSKEY 0 3 163 "
                + SECRET
                + "\nb._update.example.com. DNSKEY 0 3 163 "
                + SECRET
                + "\n");
    return ZoneFiles.NONE.advance(repository.commit()).files();
  }

  private ZoneFiles make(ZoneFiles base, List<ZoneEdit> edits) throws Exception {
    GroupCommit.Result result =
        GroupCommit.make(
            new Effect.Commit(base, edits, null), SerialStyle.INCREMENT, NOW, ledger, texts);
    return result.advance() == null ? base : result.advance().files();
  }

  private ZoneEdit request(Update update, TsigKey key) throws Exception {
    return new ZoneEdit.Requested(
        UpdateRequest.parse(update.toWire(Message.MAXLENGTH)), key, CLIENT, "id" + ++requests);
  }

  private static Name name(String text) throws Exception {
    return Name.fromString(text);
  }

  private static Zone zone(ZoneFiles files) {
    return (Zone) requireNonNull(files.zones().zone(APEX));
  }

  /// Names of which each is added to, taken away from, replaced and made again, in turn and in one
  /// group, by two authors, spelt in either case.
  private Update random(Random random) throws Exception {
    Update update = new Update(name("example.com."));
    for (int i = random.nextInt(3); i >= 0; i--) {
      Name owner = name((random.nextBoolean() ? "n" : "N") + random.nextInt(6) + ".example.com.");
      String address = "192.0.2." + random.nextInt(4);
      switch (random.nextInt(6)) {
        case 0, 1 -> update.add(owner, Type.A, 300 + random.nextInt(2), address);
        case 2 -> update.add(owner, Type.TXT, 300, "t" + random.nextInt(3));
        case 3 -> update.delete(owner, Type.A);
        case 4 -> update.delete(owner, Type.A, address);
        default -> update.delete(owner);
      }
    }
    return update;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whatIsKnownOfAGroup_isWhatAComparisonFinds(long seed) throws Exception {
    Random random = new Random(seed);
    ZoneFiles before = files();
    int changes = 0;
    for (int group = 0; group < 60; group++) {
      List<ZoneEdit> edits = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        edits.add(request(random(random), random.nextInt(4) == 0 ? OTHER : KEY));
      }
      ZoneFiles after = make(before, edits);
      if (zone(after) != zone(before)) {
        ZoneChange known = requireNonNull(after.change(zone(before), zone(after)));
        assertThat(known.replacements())
            .isEqualTo(ZoneChange.between(zone(before), zone(after)).replacements());
        assertThat(zone(before).with(known).sameRecords(zone(after))).isTrue();
        changes++;
      }
      before = after;
    }
    assertThat(changes).isGreaterThan(40);
  }

  @Test
  void ofOtherVersionsNothingIsKnown() throws Exception {
    ZoneFiles first = files();
    ZoneFiles second = make(first, List.of(request(random(new Random(7)), KEY)));
    ZoneFiles third = make(second, List.of(request(random(new Random(9)), KEY)));
    assertThat(second.change(zone(first), zone(second))).isNotNull();
    assertThat(third.change(zone(first), zone(third))).isNull();
    assertThat(third.change(zone(third), zone(third))).isNull();
    assertThat(first.change(zone(first), zone(first))).isNull();
  }

  /// It is another zone then, whatever of the first one is in it.
  @Test
  void ofAZoneThatWentAndCameBackNothingIsKnown() throws Exception {
    ZoneFiles base = files();
    Update remove = new Update(name("example.com."));
    remove.delete(name("example.com."), Type.SOA);
    Update make = new Update(name("example.com."));
    make.add(name("example.com."), Type.SOA, 300, "ns.example.com. h.example.com. 1 2 3 4 5");
    make.add(name("example.com."), Type.NS, 300, "ns.example.org.");
    Update add = new Update(name("example.com."));
    add.add(name("www.example.com."), Type.A, 300, "192.0.2.80");
    ZoneFiles after =
        make(
            base,
            List.of(
                request(add, KEY), request(remove, KEY), request(make, KEY), request(add, KEY)));
    assertThat(zone(after).node(WireName.parse("ns.example.com"))).isNull();
    assertThat(zone(after).node(WireName.parse("www.example.com"))).isNotNull();
    assertThat(after.change(zone(base), zone(after))).isNull();
  }

  /// The serial is raised of what the file holds, and that is not what was served.
  @Test
  void ofASerialThatWasRaisedNothingIsKnown() throws Exception {
    ZoneFiles base = files();
    repository.put("example.com", ZONE + "ftp A 192.0.2.21\n");
    ZoneFiles held = base.advance(repository.commit()).files();
    ZoneFiles after = make(held, List.of(new ZoneEdit.SerialRaise(APEX, Serial.of(1))));
    assertThat(zone(after).serial()).isEqualTo(Serial.of(2));
    assertThat(after.change(zone(held), zone(after))).isNull();
  }
}
