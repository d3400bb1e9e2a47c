package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Type;
import zonetrail.authority.Effect;
import zonetrail.authority.FetchScope;
import zonetrail.authority.Input;
import zonetrail.authority.Primary;
import zonetrail.authority.ReplyHandle;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;

class AuthorityLoopTest {
  private static final WireName ZONE = WireName.parse("example.com");

  private final MemorySource source = TestZones.source();
  private final PublishedZones published = new PublishedZones();
  private final AtomicBoolean clockFails = new AtomicBoolean();
  private final InstantSource clock = AuthorityLoop.steadyClock();
  private final AuthorityLoop loop =
      new AuthorityLoop(new Primary(Duration.ZERO), source, published, this::time);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  private Instant time() {
    if (clockFails.getAndSet(false)) {
      throw new IllegalStateException("a defect");
    }
    return clock.instant();
  }

  /// A client that notes what was published when its answer came.
  private final class Client extends WaitingClient {
    private final CompletableFuture<String> versionThen = new CompletableFuture<>();

    @Override
    public void reply(Rcode rcode, Effect.@Nullable Reason reason) {
      versionThen.complete(published.current().version());
      super.reply(rcode, reason);
    }
  }

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void close() {
    loop.close();
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(AuthorityLoop.class);
  }

  private List<String> logged() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private Client notifyOfAPush() throws IOException {
    Client client = new Client();
    notifyOfAPush(client);
    return client;
  }

  private void notifyOfAPush(ReplyHandle client) throws IOException {
    Instant now = Instant.now();
    byte[] message = TestZones.notify("example.com.", Type.SOA, DClass.IN).toWire();
    byte[] signed = TsigSigner.signRequest(message, message.length, TestZones.KEY, now).message();
    KeyRing ring = KeyRing.of(Map.of("any", List.of(TestZones.KEY)));
    Verdict verdict = TsigVerifier.verify(signed, signed.length, ring, now);
    assertThat(
            loop.post(
                new Input.NotifyReceived(ZONE, (Verdict.Verified) verdict, Instant.now(), client)))
        .isTrue();
  }

  @Test
  void startPublishesWhatIsKnown_beforeTheFirstFetchHasEnded() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    assertThat(published.current().version()).isEqualTo(MemorySource.version(1));
    assertThat(published.current().zones().size()).isEqualTo(1);
    source.awaitFetch().goes(source::commit);
  }

  @Test
  void oneFetchIsUnderWayAtATime_howeverManyAreWanted() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    MemorySource.MemoryFetch atStart = source.awaitFetch();
    Client first = notifyOfAPush();
    for (int i = 0; i < 50; i++) {
      notifyOfAPush();
    }
    Client last = notifyOfAPush();
    atStart.goes(source::commit);
    MemorySource.MemoryFetch second = source.awaitFetch();
    assertThat(first.answer).isNotDone();
    assertThat(atStart.scope()).isEqualTo(FetchScope.everything());
    assertThat(second.scope()).isEqualTo(FetchScope.of(ZONE));
    second.goes(source::commit);
    assertThat(first.awaitAnswer()).isEqualTo(Rcode.NOERROR);
    assertThat(last.awaitAnswer()).isEqualTo(Rcode.NOERROR);
    assertThat(source.mostAtOnce()).isEqualTo(1);
    assertThat(source.hasBegun()).isFalse();
  }

  @Test
  void effectsHappenInOrder_whatWasFetchedIsPublishedBeforeTheAnswer() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    source.awaitFetch().goes(source::commit);
    Client client = notifyOfAPush();
    source.put("example.com", TestZones.zone(2));
    source.awaitFetch().goes(source::commit);
    assertThat(client.awaitAnswer()).isEqualTo(Rcode.NOERROR);
    assertThat(client.versionThen.get()).isEqualTo(MemorySource.version(3));
  }

  static List<MemorySource.Course> failures() {
    return List.of(
        () -> {
          throw new AwayException("git.example.org does not answer");
        },
        () -> {
          throw new IllegalStateException("a defect");
        },
        () -> {
          throw new StackOverflowError("a deep defect");
        },
        () -> {
          throw new OutOfMemoryError("a zone too large");
        });
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aSourceThatFailsIsTriedAgain_andTheLoopLives(MemorySource.Course failure) throws Exception {
    loop.start(MemorySource.known(source.commit()));
    source.awaitFetch().goes(source::commit);
    Client client = notifyOfAPush();
    source.awaitFetch().goes(failure);
    assertThat(client.awaitAnswer()).isEqualTo(Rcode.SERVFAIL);
    assertThat(published.current().zones().size()).isEqualTo(1);

    source.put("example.com", TestZones.zone(2));
    MemorySource.MemoryFetch retry = source.awaitFetch(); // nobody asked for it
    Client patient = notifyOfAPush();
    retry.goes(source::commit);
    source.awaitFetch().goes(source::commit);
    assertThat(patient.awaitAnswer()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void anInputThatCannotBeTakenIsReported_andTheNextOneIsTaken() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    source.awaitFetch().goes(source::commit);
    // The clock is to fail for the input that is posted here, not for the fetch that is coming
    // back.
    await().until(() -> published.current().version().equals(MemorySource.version(2)));
    clockFails.set(true);
    loop.post(new Input.DeadlineReached());
    loop.post(new Input.DeadlineReached());
    Client client = notifyOfAPush();
    source.awaitFetch().goes(source::commit);
    assertThat(client.awaitAnswer()).isEqualTo(Rcode.NOERROR);
    assertThat(logged()).anyMatch(line -> line.contains("because of a defect in this server"));
  }

  @Test
  void anAnswerThatCannotBeSentKeepsNobodyElseFromTheirs() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    MemorySource.MemoryFetch atStart = source.awaitFetch();
    ReplyHandle broken =
        new ReplyHandle() {
          @Override
          public InetSocketAddress client() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
          }

          @Override
          public void reply(Rcode rcode, Effect.@Nullable Reason reason) {
            throw new IllegalStateException("the way back is broken");
          }

          @Override
          public void replyBadTime() {
            throw new AssertionError("every message here is in time");
          }

          @Override
          public void drop() {
            throw new AssertionError("every message here is answered");
          }
        };
    notifyOfAPush(broken);
    Client client = notifyOfAPush();
    atStart.goes(source::commit);
    source.awaitFetch().goes(source::commit);
    assertThat(client.awaitAnswer()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void closeNotesWhatIsServed_ratherThanWaitUntilItIsTime() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    for (int serial = 2; serial < 5; serial++) {
      source.awaitFetch().goes(source::commit);
      Client client = notifyOfAPush();
      source.put("example.com", TestZones.zone(serial));
      source.awaitFetch().goes(source::commit);
      assertThat(client.awaitAnswer()).isEqualTo(Rcode.NOERROR);
      notifyOfAPush();
    }
    String served = published.current().version();
    loop.close();
    assertThat(source.noted()).isEqualTo(served);
  }

  @Test
  void closeInterruptsAFetchThatBlocks() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    source.awaitFetch(); // blocks until it is interrupted
    long begin = System.nanoTime();
    loop.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isLessThan(AuthorityLoop.CLOSE_PATIENCE);
    assertThat(loop.post(new Input.DeadlineReached())).isFalse();
    // What the loop had in hand may still come to nothing, which DEBUG tells.
    assertThat(log.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
  }

  @Test
  void closeLeavesAFetchBehindThatDoesNotHeed() throws Exception {
    loop.start(MemorySource.known(source.commit()));
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    source
        .awaitFetch()
        .goes(() -> {
          began.countDown();
          while (end.getCount() > 0) {
            try {
              end.await();
            } catch (InterruptedException deaf) {
              // goes on
            }
          }
          return source.commit();
        });
    assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
    long begin = System.nanoTime();
    loop.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(AuthorityLoop.CLOSE_PATIENCE, AuthorityLoop.CLOSE_PATIENCE.multipliedBy(3));
    assertThat(logged()).anyMatch(line -> line.contains("left behind"));
    end.countDown();
  }
}
