package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What becomes of signed requests where no more can be remembered: none has an effect, since it
/// could have a second one.
class FullReplayMemoryTest {
  private static final int ROOM = 3;
  private static final WireName ZONE = WireName.parse("example.com");
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TsigKey UPDATE = TsigKey.parse("a._update.example.com:SHA256:" + SECRET);
  private static final TsigKey NOTIFY = TsigKey.parse("a._notify.example.com:SHA256:" + SECRET);
  private static final KeyRing RING = KeyRing.of(Map.of("any", List.of(UPDATE, NOTIFY)));
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);

  private final MemoryTree repository = new MemoryTree();
  private final Primary primary = new Primary(Duration.ZERO, EditSettings.DEFAULT, ROOM);
  private final List<Effect> effects = new ArrayList<>();
  private int messages;
  private Instant now = Instant.parse("2026-11-28T12:00:00Z");

  @BeforeEach
  void start() {
    repository
        .put("example.com", "@ 300 SOA ns h 1 3600 900 604800 300\n@ 300 NS ns.example.org.\n")
        .put(
            "example.com._keys",
            "a._update.example.com. DNSKEY 0 3 163 "
                + SECRET
                + "\na._notify.example.com. DNSKEY 0 3 163 "
                + SECRET
                + "\n");
    step(new Input.Started(ZoneFiles.NONE.advance(repository.commit())));
    Effect.Fetch fetch =
        (Effect.Fetch) effects.stream().filter(Effect.Fetch.class::isInstance).findAny().get();
    step(new Input.SourceFetched(fetch.base().advance(repository.commit())));
    now = now.plusSeconds(10);
    effects.clear();
  }

  private void step(Input input) {
    effects.addAll(primary.step(input, now));
  }

  private Verdict.Verified verified(byte[] message, TsigKey key) {
    byte[] signed = TsigSigner.signRequest(message, message.length, key, now).message();
    return (Verdict.Verified) TsigVerifier.verify(signed, signed.length, RING, now);
  }

  private Input.UpdateReceived update(String host) throws Exception {
    Update update = new Update(Name.fromString("example.com."));
    update.add(Name.fromString(host + ".example.com."), Type.A, 300, "192.0.2.1");
    byte[] message = update.toWire(Message.MAXLENGTH);
    return new Input.UpdateReceived(
        UpdateRequest.parse(message),
        verified(message, UPDATE),
        now,
        new ClientToldByOthers(CLIENT));
  }

  private Input.NotifyReceived notification() {
    byte[] message = new byte[Header.OCTETS + ZONE.length() + 4];
    Header.putU16(message, Header.ID, ++messages);
    Header.putU16(message, Header.FLAGS, Header.withOpcode(Opcode.NOTIFY) | Header.AA);
    Header.putU16(message, Header.QDCOUNT, 1);
    int at = ZONE.copyTo(message, Header.OCTETS);
    Header.putU16(message, at, 6);
    Header.putU16(message, at + 2, 1);
    return new Input.NotifyReceived(
        ZONE, verified(message, NOTIFY), now, new ClientToldByOthers(CLIENT));
  }

  private List<Rcode> replies() {
    return effects.stream()
        .filter(Effect.Reply.class::isInstance)
        .map(effect -> ((Effect.Reply) effect).rcode())
        .toList();
  }

  private long ofKind(Class<? extends Effect> kind) {
    return effects.stream().filter(kind::isInstance).count();
  }

  @Test
  @Rfc(number = 8945, section = "5.2.3")
  void
      updateThatCannotBeRemembered_isAnsweredServfailAndHasNoEffect_andAReplayOfAnEarlierOneNeither()
          throws Exception {
    List<Input.UpdateReceived> taken = new ArrayList<>();
    for (int i = 0; i < ROOM; i++) {
      taken.add(update("h" + i));
      step(taken.getLast());
    }
    assertThat(primary.load().waitingEdits()).isEqualTo(ROOM - 1); // the first is being committed
    effects.clear();
    for (int i = 0; i < 1_000; i++) {
      step(update("more" + i));
    }
    assertThat(replies()).hasSize(1_000).containsOnly(Rcode.SERVFAIL);
    assertThat(primary.load().waitingEdits()).isEqualTo(ROOM - 1);
    effects.clear();
    taken.forEach(this::step);
    assertThat(ofKind(Effect.Drop.class)).as("they are parked").isEqualTo(ROOM);
    assertThat(primary.load().waitingEdits()).isEqualTo(ROOM - 1);
  }

  @Test
  void notifyThatCannotBeRemembered_isAnsweredServfailAndFetchesNothing() throws Exception {
    for (int i = 0; i < ROOM; i++) {
      step(update("h" + i));
    }
    effects.clear();
    step(notification());
    assertThat(replies()).containsExactly(Rcode.SERVFAIL);
    assertThat(ofKind(Effect.Fetch.class)).isZero();
  }

  @Test
  void onceTheOthersCannotComeAgain_thereIsRoom() throws Exception {
    for (int i = 0; i < ROOM; i++) {
      step(notification());
    }
    now = now.plusSeconds(300); // the fudge: they would be taken once more
    effects.clear();
    step(update("early"));
    assertThat(replies()).contains(Rcode.SERVFAIL); // beside those that waited for a fetch
    assertThat(ofKind(Effect.Commit.class)).isZero();
    now = now.plusSeconds(16); // so long they are kept together
    step(update("later"));
    assertThat(ofKind(Effect.Commit.class) + primary.load().waitingEdits()).isEqualTo(1);
  }
}
