package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

class PrimaryTest {
  private static final WireName ZONE = WireName.parse("example.com");
  private static final Duration POLL = Duration.ofMinutes(5);
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TsigKey KEY = TsigKey.parse("hook._notify.example.com:SHA256:" + SECRET);
  private static final TsigKey FOREIGN = TsigKey.parse("x._notify.example.net:SHA256:" + SECRET);

  private final MemoryTree repository = new MemoryTree();
  private final Primary primary = new Primary(POLL);
  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final List<Effect> effects = new ArrayList<>();
  private int messages;

  @BeforeEach
  void start() {
    repository
        .put("example.com", zone(1))
        .put("example.com._keys", "hook._notify.example.com. DNSKEY 0 3 163 " + SECRET + "\n")
        .put("example.net._keys", "x._notify.example.net. DNSKEY 0 3 163 " + SECRET + "\n");
    step(new Input.Started(ZoneFiles.NONE.advance(repository.commit())));
    fetchSucceeds();
    later(Duration.ofSeconds(10));
    effects.clear();
  }

  private static String zone(int serial) {
    return "@ 300 SOA ns.example.org. h.example.org. "
        + serial
        + " 3600 900 604800 300\n@ 300 NS ns.example.org.\n";
  }

  private void step(Input input) {
    effects.addAll(primary.step(input, now));
  }

  private void later(Duration time) {
    now = now.plus(time);
    step(new Input.DeadlineReached());
  }

  private void fetchSucceeds() {
    Effect.Fetch fetch = effectsOf(Effect.Fetch.class).getLast();
    step(new Input.SourceFetched(fetch.base().advance(repository.commit())));
  }

  private void fetchFails() {
    step(new Input.FetchFailed("git.example.org does not answer"));
  }

  private <T extends Effect> List<T> effectsOf(Class<T> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private List<Rcode> replies() {
    return effectsOf(Effect.Reply.class).stream().map(Effect.Reply::rcode).toList();
  }

  private int fetches() {
    return effectsOf(Effect.Fetch.class).size();
  }

  private Verdict.Verified signed(TsigKey key) {
    byte[] message = new byte[Header.OCTETS + ZONE.length() + 4];
    Header.putU16(message, Header.ID, ++messages);
    Header.putU16(message, Header.FLAGS, Header.withOpcode(Opcode.NOTIFY) | Header.AA);
    Header.putU16(message, Header.QDCOUNT, 1);
    int at = ZONE.copyTo(message, Header.OCTETS);
    Header.putU16(message, at, 6);
    Header.putU16(message, at + 2, 1);
    byte[] signed = TsigSigner.signRequest(message, message.length, key, now).message();
    KeyRing ring = KeyRing.of(Map.of("any", List.of(key)));
    return (Verdict.Verified) TsigVerifier.verify(signed, signed.length, ring, now);
  }

  private void notifyWith(TsigKey key) {
    step(new Input.NotifyReceived(ZONE, signed(key), now, new ClientToldByOthers()));
  }

  private void notifyOf(String zone) {
    step(
        new Input.NotifyReceived(WireName.parse(zone), signed(KEY), now, new ClientToldByOthers()));
  }

  private FetchScope lastScope() {
    return effectsOf(Effect.Fetch.class).getLast().scope();
  }

  private static FetchScope zones(String... zones) {
    return new FetchScope.Zones(Stream.of(zones).map(WireName::parse).collect(Collectors.toSet()));
  }

  @Nested
  @Rfc(number = 1996, section = "3.7")
  class ANotify {
    @Test
    void fetchesAtOnceAndIsAnsweredWhenWhatWasFetchedIsServed() {
      repository.put("example.com", zone(2));
      notifyWith(KEY);
      assertThat(fetches()).isEqualTo(1);
      assertThat(replies()).isEmpty();
      fetchSucceeds();
      int publish = effects.indexOf(effectsOf(Effect.Publish.class).getLast());
      int reply = effects.indexOf(effectsOf(Effect.Reply.class).getLast());
      assertThat(publish).isLessThan(reply);
      assertThat(replies()).containsExactly(Rcode.NOERROR);
    }

    @Test
    void isAnsweredServfailWhenTheFetchFails() {
      notifyWith(KEY);
      fetchFails();
      assertThat(replies()).containsExactly(Rcode.SERVFAIL);
    }

    @Test
    void isAnsweredAfterTwoSecondsWhileASlowFetchGoesOn() {
      notifyWith(KEY);
      later(Duration.ofMillis(1_999));
      assertThat(replies()).isEmpty();
      later(Duration.ofMillis(1));
      assertThat(replies()).containsExactly(Rcode.NOERROR);
      fetchSucceeds();
      assertThat(replies()).hasSize(1);
    }

    @Test
    void thatComesWhileAFetchRunsWaitsForTheNextOne() {
      notifyWith(KEY);
      now = now.plusMillis(20);
      notifyWith(KEY);
      fetchSucceeds();
      assertThat(replies()).hasSize(1);
      later(FetchPacing.QUIET);
      assertThat(fetches()).isEqualTo(2);
      fetchSucceeds();
      assertThat(replies()).containsExactly(Rcode.NOERROR, Rcode.NOERROR);
    }

    @Test
    void replayedAfterAFailedFetchIsAnsweredAsTheFirstOneWas() {
      Verdict.Verified overheard = signed(KEY);
      step(new Input.NotifyReceived(ZONE, overheard, now, new ClientToldByOthers()));
      fetchFails();
      step(new Input.NotifyReceived(ZONE, overheard, now, new ClientToldByOthers()));
      assertThat(replies()).containsExactly(Rcode.SERVFAIL, Rcode.SERVFAIL);
      assertThat(fetches()).isEqualTo(1);
    }

    @Test
    void withAKeyForAnotherZoneIsRefusedAndFetchesNothing() {
      notifyWith(FOREIGN);
      assertThat(replies()).containsExactly(Rcode.REFUSED);
      assertThat(fetches()).isZero();
    }

    @Test
    void withAKeyThatWasTakenAwayMeanwhileIsRefused() {
      Verdict.Verified early = signed(KEY);
      repository.remove("example.com._keys");
      notifyWith(KEY);
      fetchSucceeds();
      later(Duration.ofSeconds(5));
      effects.clear();
      step(new Input.NotifyReceived(ZONE, early, now, new ClientToldByOthers()));
      assertThat(replies()).containsExactly(Rcode.REFUSED);
      assertThat(fetches()).isZero();
    }

    @Test
    void replayedIsAnsweredAndFetchesNothing() {
      Verdict.Verified overheard = signed(KEY);
      step(new Input.NotifyReceived(ZONE, overheard, now, new ClientToldByOthers()));
      fetchSucceeds();
      for (int i = 0; i < 100; i++) {
        later(Duration.ofSeconds(1));
        step(new Input.NotifyReceived(ZONE, overheard, now, new ClientToldByOthers()));
      }
      assertThat(fetches()).isEqualTo(1);
      assertThat(replies()).hasSize(101).containsOnly(Rcode.NOERROR);
    }
  }

  @Nested
  class ABurst {
    @Test
    void ofThreeHundredCostsTwoFetches() {
      for (int i = 0; i < 300; i++) {
        notifyWith(KEY);
        later(Duration.ofMillis(1));
        if (i == 30) {
          fetchSucceeds(); // the first one ends while the burst goes on
        }
      }
      later(FetchPacing.QUIET);
      fetchSucceeds();
      later(Duration.ofSeconds(2));
      assertThat(fetches()).isEqualTo(2);
      assertThat(replies()).hasSize(300).containsOnly(Rcode.NOERROR);
    }

    @Test
    void thatNeverEndsStillGetsAFetchTwiceASecond() {
      for (int i = 0; i < 200; i++) {
        notifyWith(KEY);
        later(Duration.ofMillis(10));
        if (effects.getLast() instanceof Effect.Fetch || fetches() > fetchesEnded) {
          fetchSucceeds();
          fetchesEnded++;
        }
      }
      assertThat(fetches()).isBetween(4, 6);
    }

    private int fetchesEnded;

    @Test
    void moreAnswersThanCanWaitAreGivenAtOnce() {
      for (int i = 0; i <= Primary.MAX_PARKED_REPLIES; i++) {
        notifyWith(KEY);
      }
      assertThat(replies()).containsExactly(Rcode.NOERROR);
    }
  }

  @Nested
  class AFetchLooksAt {
    @Test
    void theZoneThatANotifyNamed() {
      notifyOf("a.example.com");
      assertThat(lastScope()).isEqualTo(zones("a.example.com"));
    }

    @Test
    void allZonesThatABurstNamedSinceTheFetchBeforeBegan() {
      notifyOf("a.example.com");
      now = now.plusMillis(1);
      notifyOf("b.example.com");
      notifyOf("c.example.com");
      notifyOf("b.example.com");
      fetchSucceeds();
      later(FetchPacing.QUIET);
      assertThat(lastScope()).isEqualTo(zones("b.example.com", "c.example.com"));
      fetchSucceeds();
      later(FetchPacing.APART);
      notifyOf("d.example.com");
      assertThat(lastScope()).isEqualTo(zones("d.example.com"));
      assertThat(fetches()).isEqualTo(3);
    }

    @Test
    void noZoneOfANotifyThatIsRefusedOrReplayed() {
      Verdict.Verified first = signed(KEY);
      step(new Input.NotifyReceived(ZONE, first, now, new ClientToldByOthers()));
      notifyWith(FOREIGN);
      step(
          new Input.NotifyReceived(
              WireName.parse("b.example.com"), first, now, new ClientToldByOthers()));
      fetchSucceeds();
      later(FetchPacing.APART);
      notifyOf("a.example.com");
      assertThat(lastScope()).isEqualTo(zones("a.example.com"));
    }

    @Test
    void everythingWhereSomebodyAsksForIt_besidesWhateverZones() {
      step(new Input.LookWanted());
      assertThat(lastScope()).isEqualTo(FetchScope.everything());
      notifyOf("a.example.com");
      step(new Input.LookWanted());
      notifyOf("b.example.com");
      fetchSucceeds();
      later(FetchPacing.MAX_WAIT);
      assertThat(fetches()).isEqualTo(2);
      assertThat(lastScope()).isEqualTo(FetchScope.everything());
    }

    @Test
    void everythingWhereVeryManyZonesAreNamed() {
      notifyWith(KEY);
      for (int i = 0; i < FetchScope.MAX_ZONES; i++) {
        notifyOf("z" + i + ".example.com");
      }
      fetchSucceeds();
      later(FetchPacing.QUIET);
      assertThat(((FetchScope.Zones) lastScope()).zones()).hasSize(FetchScope.MAX_ZONES);
      for (int i = 0; i <= FetchScope.MAX_ZONES; i++) {
        notifyOf("z" + i + ".example.com");
      }
      fetchSucceeds();
      later(FetchPacing.QUIET);
      assertThat(lastScope()).isEqualTo(FetchScope.everything());
    }

    @Test
    void whatAFailedFetchWasToLookAtToo() {
      notifyOf("a.example.com");
      fetchFails();
      now = now.plus(FetchPacing.APART);
      notifyOf("b.example.com");
      assertThat(lastScope()).isEqualTo(zones("a.example.com", "b.example.com"));
      fetchFails();
      later(Duration.ofSeconds(2));
      assertThat(lastScope()).as("the next try by itself").isEqualTo(FetchScope.everything());
      fetchFails();
      notifyOf("c.example.com");
      later(FetchPacing.APART);
      assertThat(fetches()).isEqualTo(4);
      assertThat(lastScope()).isEqualTo(FetchScope.everything());
    }

    @Test
    void everythingInTime_howeverOftenOneZoneIsNamed() {
      later(POLL);
      fetchSucceeds();
      for (int minute = 1; minute < POLL.toMinutes(); minute++) {
        later(Duration.ofMinutes(1));
        notifyOf("a.example.com");
        assertThat(lastScope()).isEqualTo(zones("a.example.com"));
        fetchSucceeds();
      }
      later(Duration.ofMinutes(1));
      assertThat(lastScope()).isEqualTo(FetchScope.everything());
    }

    @Test
    void everythingSoon_afterAFailureThatANotifyEnded() {
      notifyOf("a.example.com");
      fetchFails();
      now = now.plus(FetchPacing.APART);
      notifyOf("a.example.com");
      fetchSucceeds();
      later(Primary.FIRST_RETRY);
      assertThat(lastScope()).isEqualTo(FetchScope.everything());
    }
  }

  @Nested
  class WhatIsServedCannotBeNoted {
    private void pollSucceeds() {
      later(POLL);
      ZoneFiles base = effectsOf(Effect.Fetch.class).getLast().base();
      step(new Input.SourceFetched(new ZoneFiles.Advance(base, false, List.of())));
    }

    @Test
    void itIsTriedAgainAfterEachFetchUntilItCan_andSaidOnce() {
      step(new Input.NotKept("no space left"));
      pollSucceeds();
      assertThat(effectsOf(Effect.Keep.class)).hasSize(1);
      step(new Input.NotKept("no space left"));
      pollSucceeds();
      assertThat(effectsOf(Effect.Keep.class)).hasSize(2);
      assertThat(complaints()).isEqualTo(1);
      pollSucceeds();
      assertThat(effectsOf(Effect.Keep.class)).hasSize(2);
    }

    @Test
    void itIsSaidAgainWhenItCouldBeInBetween_orForAnotherReason() {
      step(new Input.NotKept("no space left"));
      step(new Input.NotKept("input/output error"));
      assertThat(complaints()).isEqualTo(2);
      pollSucceeds();
      pollSucceeds();
      step(new Input.NotKept("input/output error"));
      assertThat(complaints()).isEqualTo(3);
    }

    private long complaints() {
      return effectsOf(Effect.Report.class).stream()
          .filter(report -> report.event() instanceof Event.NotKept)
          .count();
    }
  }

  @Nested
  class WithoutBeingTold {
    @Test
    void theSourceIsLookedAtAfterThePollInterval() {
      later(POLL.minusSeconds(11));
      assertThat(fetches()).isZero();
      later(Duration.ofSeconds(1));
      assertThat(fetches()).isEqualTo(1);
    }

    @Test
    void aSourceThatIsAwayIsTriedAgainSoonAndThenMoreAndMoreSeldom() {
      notifyWith(KEY);
      fetchFails();
      List<Long> waits = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Instant failedAt = now;
        Effect.WakeAt wake = effectsOf(Effect.WakeAt.class).getLast();
        now = wake.time();
        step(new Input.DeadlineReached());
        waits.add(Duration.between(failedAt, now).toSeconds());
        fetchFails();
      }
      assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    }
  }

  @Test
  void nothingNewIsNotPublishedAgain() {
    Effect.Fetch fetch;
    notifyWith(KEY);
    fetch = effectsOf(Effect.Fetch.class).getLast();
    SourceTree sameVersion =
        new SourceTree(
            fetch.base().version(),
            MemoryTree.TIME,
            Acceptance.NOTHING,
            Layout.DEFAULT,
            repository.commit().files());
    step(new Input.SourceFetched(fetch.base().advance(sameVersion)));
    assertThat(effectsOf(Effect.Publish.class)).isEmpty();
  }
}
