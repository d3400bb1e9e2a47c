package zonetrail.authority;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.authority.ZoneEdit.SerialRaise;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.update.SerialStyle;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// What is served on a line of ours is ahead of what the source's own line knows of.
@Rfc(number = 1982, section = "3.2")
class ServedFloorTest {
  private static final WireName ZONE = WireName.parse("example.com");

  /// Commits of ours, from which serial 4 is served when the source's line has serial 1.
  private final MemoryTree ours = new MemoryTree();

  private final MemoryTree source = new MemoryTree();
  private ZoneFiles ofSource = ZoneFiles.NONE;
  private ZoneFiles served;

  ServedFloorTest() {
    source.put("example.com", zone(1, "a"));
    source.put("example.net", zone(1, "a")); // else all would be gone, which is held
    ofSource = ofSource.advance(source.commit()).files();
    for (int i = 0; i < 100; i++) {
      ours.commit(); // so that its versions are not those of the other line
    }
    ours.put("example.com", zone(4, "b"));
    ours.put("example.net", zone(1, "a"));
    served = ServedFloor.of(ofSource.advance(ours.commit()).files(), ofSource);
  }

  private static String zone(int serial, String name) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + name
        + " A 192.0.2.1\n";
  }

  private void push(@Nullable String text) {
    if (text == null) {
      source.remove("example.com");
    } else {
      source.put("example.com", text);
    }
    ofSource = ofSource.advance(source.commit()).files();
    served = ServedFloor.of(ofSource, served);
  }

  private @Nullable Serial servedSerial() {
    return served.zones().zone(ZONE) instanceof Zone zone ? zone.serial() : null;
  }

  @Test
  void aZoneThatIsGone_comesBackOnlyWithASerialAboveTheOneServed_howeverOftenItIsThereBefore() {
    assertThat(servedSerial()).isEqualTo(Serial.of(4));
    push(null);
    push(zone(1, "c"));
    assertThat(servedSerial()).isNull();
    ZoneState held = served.state(ZONE);
    assertThat(held)
        .extracting(ZoneState::problem)
        .isEqualTo(new Problem.NotRaised(ofSource.version(), Serial.of(4), Serial.of(1)));
    push(zone(1, "c"));
    assertThat(served.state(ZONE)).as("nothing new to tell").isSameAs(held);
    push(zone(1, "d"));
    assertThat(served.state(ZONE))
        .extracting(ZoneState::problem)
        .isEqualTo(new Problem.NotRaised(ofSource.version(), Serial.of(4), Serial.of(1)));
    push("no zone at all\n");
    push(zone(4, "c"));
    assertThat(servedSerial()).as("another version of what was served at 4").isNull();
    push(zone(5, "c"));
    assertThat(servedSerial()).isEqualTo(Serial.of(5));
    assertThat(served.floors().get(ZONE)).isNull();
    push(zone(6, "c"));
    assertThat(servedSerial()).isEqualTo(Serial.of(6));
  }

  /// So that it is tried again to raise its serial, should that have come to nothing.
  @Test
  void aZoneThatIsBackWithASerialThatWeMayRaise_isHeldAnewWithEachVersion() {
    push(null);
    push(zone(2, "c"));
    String first = ofSource.version();
    assertThat(served.state(ZONE))
        .extracting(ZoneState::problem)
        .isEqualTo(new Problem.NotRaised(first, Serial.of(4), Serial.of(2)));
    source.put("example.net", zone(2, "a"));
    push(zone(2, "c"));
    assertThat(ofSource.version()).isNotEqualTo(first);
    assertThat(served.state(ZONE))
        .extracting(ZoneState::problem)
        .isEqualTo(new Problem.NotRaised(ofSource.version(), Serial.of(4), Serial.of(2)));
  }

  @Test
  void aBrokenFileIsSaidToBeBroken_whileItsSerialIsHeldToo() {
    push(null);
    push(zone(2, "c"));
    push("no zone at all\n");
    assertThat(served.state(ZONE))
        .extracting(ZoneState::problem)
        .isInstanceOf(Problem.Broken.class);
    push(zone(4, "c"));
    assertThat(servedSerial()).isNull();
  }

  /// While it is served, and the source's line knows of an older serial.
  @Test
  void aZoneThatWasGoneAndBackInOneLook_isSaidToNeedASerialAboveTheOneServed() {
    source.remove("example.com");
    ofSource = ofSource.advance(source.commit()).files();
    push(zone(1, "c"));
    assertThat(servedSerial()).isEqualTo(Serial.of(4));
    assertThat(served.state(ZONE))
        .extracting(ZoneState::problem)
        .isEqualTo(new Problem.NotRaised(ofSource.version(), Serial.of(4), Serial.of(1)));
  }

  @Test
  void atTheSerialServed_itIsTheFileServedThatMayComeBack_notOneThatOnlyTheSourceHad() {
    source.put("example.com", zone(4, "x"));
    ofSource = ofSource.advance(source.commit()).files();
    push(null);
    push(zone(4, "x"));
    assertThat(servedSerial()).isNull();
  }

  @Test
  void aZoneThatIsGone_mayComeBackAsItWas() {
    push(null);
    push(zone(1, "c"));
    push(zone(4, "b"));
    assertThat(servedSerial()).isEqualTo(Serial.of(4));
  }

  @Test
  void aCommitRaisesTheSerialAboveTheFloorToo_whereTheFileIsBackAndHeld() throws Exception {
    push(null);
    push(zone(1, "c"));
    ZoneFiles base = ServedFloor.raised(ofSource, served);
    assertThat(base.floors().get(ZONE)).extracting(ZoneFiles.Floor::serial).isEqualTo(Serial.of(4));
    GroupCommit.Result made =
        GroupCommit.make(
            new Effect.Commit(base, List.of(new SerialRaise(ZONE, Serial.of(3))), null),
            SerialStyle.INCREMENT,
            MemoryTree.TIME,
            new MemoryLedger(source),
            new EditedTexts(1 << 20));
    ZoneFiles.Advance advance = requireNonNull(made.advance());
    served = ServedFloor.of(advance.files(), served);
    assertThat(servedSerial()).isEqualTo(Serial.of(5));
  }
}
