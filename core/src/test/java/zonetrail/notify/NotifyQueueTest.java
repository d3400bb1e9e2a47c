package zonetrail.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import zonetrail.notify.NotifyQueue.Action;
import zonetrail.notify.NotifyQueue.Notification;
import zonetrail.notify.NotifyQueue.Reception;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// Days of NOTIFYs, without a clock or a socket.
class NotifyQueueTest {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final WireName ZONE = WireName.parse("example.org");
  private static final InetSocketAddress SECONDARY = address(2);
  private static final TsigKey KEY = NotifyTargetsTest.key("192.0.2.1.192.0.2.2._transfer");

  private final AtomicInteger ids = new AtomicInteger();
  private final NotifyQueue queue = new NotifyQueue(() -> ids.getAndIncrement() & 0xffff);
  private Instant now = START;

  private static InetSocketAddress address(int last) {
    return new InetSocketAddress(InetAddress.ofLiteral("192.0.2." + last), 53);
  }

  private static Notification news(long serial, @Nullable TsigKey key) {
    return new Notification(ZONE, Serial.of(serial), new NotifyTarget(SECONDARY, key));
  }

  private List<Action> due() {
    return queue.due(now, now);
  }

  private Action.Send sendOne() {
    List<Action> actions = due();
    assertThat(actions).hasSize(1);
    return (Action.Send) actions.getFirst();
  }

  private static byte[] reply(byte[] request, int rcode) throws IOException {
    Message reply = new Message(request);
    reply.removeAllRecords(Section.ANSWER);
    reply.removeAllRecords(Section.ADDITIONAL);
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setRcode(rcode);
    return reply.toWire();
  }

  private byte[] signedReply(byte[] request, TsigKey key) throws IOException {
    Verdict verdict =
        TsigVerifier.verify(request, request.length, KeyRing.EMPTY.with("f", List.of(key)), now);
    byte[] plain = reply(request, Rcode.NOERROR);
    return TsigSigner.signResponse(plain, plain.length, 512, (Verdict.Verified) verdict, now);
  }

  private Reception receive(byte[] reply, InetSocketAddress from) {
    return queue.receive(reply, reply.length, from, now);
  }

  @Nested
  @Rfc(number = 1996, section = "3.6")
  class Section3_6_Retries {
    @Test
    void come12Times_withinADay_andThenItIsGivenUp() {
      queue.add(news(7, null), now);
      List<Long> seconds = new ArrayList<>();
      List<Boolean> byStream = new ArrayList<>();
      Action last = null;
      while (queue.size() > 0) {
        now = queue.nextDue().orElseThrow();
        last = due().getFirst();
        seconds.add(Duration.between(START, now).toSeconds());
        if (last instanceof Action.Send send) {
          byStream.add(send.byStream());
        }
      }
      assertThat(seconds)
          .containsExactly(
              0L, 1L, 2L, 3L, 7L, 20L, 40L, 60L, 180L, 600L, 1500L, 3600L, 86_400L, 86_420L);
      assertThat(last).isEqualTo(new Action.GiveUp(news(7, null), 13));
      assertThat(byStream.subList(0, 8))
          .containsExactly(false, false, false, false, true, false, true, false);
      assertThat(queue.nextDue()).isEmpty();
    }

    @Test
    void areTheSameMessage_whileASignatureIsFresh_andThenAnother() {
      queue.add(news(7, KEY), now);
      byte[] first = sendOne().message();
      now = now.plusSeconds(1);
      assertThat(sendOne().message()).isEqualTo(first);
      now = now.plusSeconds(1000);
      byte[] later = sendOne().message();
      assertThat(later).isNotEqualTo(first);
      assertThat(TsigVerifier.verify(later, later.length, ring(), now))
          .isInstanceOf(Verdict.Verified.class);
    }

    private KeyRing ring() {
      return KeyRing.of(Map.of("f", List.of(KEY)));
    }

    @Test
    void beginAnew_withTheNewerSerial_whenTheZoneChangesAgain() throws Exception {
      queue.add(news(7, null), now);
      sendOne();
      now = now.plusSeconds(50);
      queue.add(news(8, null), now);
      assertThat(queue.size()).isEqualTo(1);
      Action.Send sent = sendOne();
      assertThat(sent.attempt()).isEqualTo(1);
      SOARecord hint =
          (SOARecord) new Message(sent.message()).getSection(Section.ANSWER).getFirst();
      assertThat(hint.getSerial()).isEqualTo(8);
    }
  }

  @Nested
  @Rfc(number = 1996, section = "4.8")
  class Section4_8_Response {
    @Test
    void endsIt_whateverItSays() throws Exception {
      for (int rcode : List.of(Rcode.NOERROR, Rcode.NOTIMP, Rcode.REFUSED)) {
        now = now.plusSeconds(1);
        queue.add(news(7, null), now);
        byte[] reply = reply(sendOne().message(), rcode);
        assertThat(receive(reply, SECONDARY))
            .isEqualTo(new Reception.Answered(news(7, null), 1, rcode));
        assertThat(queue.size()).isZero();
        assertThat(receive(reply, SECONDARY)).isEqualTo(new Reception.Stray());
      }
    }

    @Test
    void isNone_fromElsewhere_orWithAnotherId_zone_orOpcode() throws Exception {
      queue.add(news(7, null), now);
      byte[] request = sendOne().message();
      byte[] good = reply(request, Rcode.NOERROR);
      byte[] otherId = good.clone();
      otherId[1] ^= 1;
      byte[] otherZone = good.clone();
      otherZone[13] ^= 1;
      byte[] query = good.clone();
      query[2] = (byte) 0x84;
      for (byte[] wrong : List.of(otherId, otherZone, query, request, new byte[5])) {
        assertThat(receive(wrong, SECONDARY)).isEqualTo(new Reception.Stray());
      }
      assertThat(receive(good, address(3))).isEqualTo(new Reception.Stray());
      assertThat(queue.size()).isEqualTo(1);
    }
  }

  @Nested
  @Rfc(number = 8945, section = "5.4")
  class Signed {
    @Test
    void isEndedByAnAnswerSignedWithTheKey() throws Exception {
      queue.add(news(7, KEY), now);
      byte[] reply = signedReply(sendOne().message(), KEY);
      assertThat(receive(reply, SECONDARY)).isInstanceOf(Reception.Answered.class);
    }

    @Test
    void isNotEndedByAnAnswerThatIsNot() throws Exception {
      queue.add(news(7, KEY), now);
      byte[] request = sendOne().message();
      byte[] forged = signedReply(request, KEY);
      forged[forged.length - 10] ^= 1;
      for (byte[] wrong : List.of(reply(request, Rcode.NOERROR), forged)) {
        assertThat(receive(wrong, SECONDARY)).isInstanceOf(Reception.Doubtful.class);
      }
      assertThat(queue.size()).isEqualTo(1);
      assertThat(receive(signedReply(request, KEY), SECONDARY))
          .isInstanceOf(Reception.Answered.class);
    }

    @Test
    void isForgotten_whenItsKeyIsGone() {
      queue.add(news(7, KEY), now);
      queue.removeIf(what -> KEY.equals(what.target().key()));
      assertThat(due()).isEmpty();
    }
  }

  @Nested
  @Rfc(number = 1996, section = "4.3")
  class Bounds {
    private void addMany(int count, Instant due) {
      for (int i = 0; i < count; i++) {
        queue.add(
            new Notification(
                WireName.parse("z" + i + ".example"),
                Serial.of(1),
                new NotifyTarget(SECONDARY, null)),
            due);
      }
    }

    @Test
    void soManyAreSentInASecond_newsBeforeWhatIsSentAgain() {
      addMany(2 * NotifyQueue.MAX_PER_SECOND, now);
      int sent = 0;
      while (now.isBefore(START.plusSeconds(1))) {
        sent += due().size();
        now = queue.nextDue().orElseThrow();
      }
      assertThat(sent).isEqualTo(NotifyQueue.MAX_PER_SECOND);
      while (sent < 2 * NotifyQueue.MAX_PER_SECOND) {
        for (Action action : due()) {
          sent += ((Action.Send) action).attempt() == 1 ? 1 : 0;
        }
        now = queue.nextDue().orElseThrow();
      }
      assertThat(Duration.between(START, now)).isLessThan(Duration.ofMillis(2500));
    }

    @Test
    void oneBeyondTheBoundIsNotTaken_butANewerOneOfTheSameZoneIs() {
      addMany(NotifyQueue.MAX_OUTSTANDING, now);
      assertThat(queue.add(news(7, null), now)).isFalse();
      Notification known =
          new Notification(
              WireName.parse("z0.example"), Serial.of(2), new NotifyTarget(SECONDARY, null));
      assertThat(queue.add(known, now)).isTrue();
      assertThat(queue.size()).isEqualTo(NotifyQueue.MAX_OUTSTANDING);
    }

    @Test
    void eachOfThoseOutstandingHasAnIdOfItsOwn() {
      ids.set(0);
      addMany(100, now);
      Set<Integer> seen = new HashSet<>();
      for (int i = 0; i < 2; i++) {
        for (Action action : due()) {
          byte[] message = ((Action.Send) action).message();
          seen.add((message[0] & 0xff) << 8 | (message[1] & 0xff));
        }
        now = queue.nextDue().orElseThrow();
        ids.set(0); // a bad generator, that says the same again
      }
      assertThat(seen).hasSize(100);
    }
  }
}
