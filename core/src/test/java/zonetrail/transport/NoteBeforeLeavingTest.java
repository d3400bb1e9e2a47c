package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.Input;
import zonetrail.authority.Primary;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneLedger;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.Rcode;

/// While the network lane is in a fetch that never ends, commits are made, and what is served is
/// noted before a commit leaves the line that is served, and once more with what that comes to.
class NoteBeforeLeavingTest {
  private static final String UPDATER = "a._update.example.com";
  private static final TsigKey KEY = TsigKey.parse(UPDATER + ":SHA256:" + TestZones.SECRET);
  private static final KeyRing RING = KeyRing.of(Map.of("any", List.of(KEY)));

  private final MemorySource source =
      TestZones.source()
          .put("other.example.com", TestZones.zone(1))
          .put("example.com._keys", UPDATER + ". DNSKEY 0 3 163 " + TestZones.SECRET + "\n");
  private final CompletableFuture<String> notedWhenLeaving = new CompletableFuture<>();
  private final Queue<String> takenBack = new ConcurrentLinkedQueue<>();
  private final PublishedZones published = new PublishedZones();
  private volatile String pushed = "";
  private volatile boolean failsAfterLeaving;
  private final AuthorityLoop loop =
      new AuthorityLoop(
          new Primary(
              Duration.ZERO,
              new EditSettings(
                  Ack.LOCAL, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false)),
          source,
          new AuthorityLoop.Editing(ledger(), SerialStyle.INCREMENT),
          published,
          AuthorityLoop.steadyClock());

  /// Commits into the source, and sees what was noted when one is made on what was pushed.
  private ZoneLedger ledger() {
    return (ZoneLedger)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ZoneLedger.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "commit" -> commit((String) arguments[0], (ZoneCommit) arguments[1]);
                  case "takeBack" -> takenBack.add(arguments[0] + " to " + arguments[1]);
                  case "push" -> new PushOutcome.Failed("the remote is away", false, false);
                  case "pending", "unpushed", "superseded", "supersededLines", "requestsSince" ->
                      List.of();
                  case "isInRemote" -> false;
                  default -> null;
                });
  }

  private SourceTree commit(String parent, ZoneCommit commit) {
    if (parent.equals(pushed)) {
      notedWhenLeaving.complete(source.noted());
      source.notesFail(failsAfterLeaving);
    }
    commit
        .files()
        .forEach((name, text) ->
            source.put(name, new String(text.orElseThrow().octets(), StandardCharsets.UTF_8)));
    return source.commit();
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private Rcode update(String zone) throws Exception {
    Update update = new Update(Name.fromString(zone));
    update.add(Name.fromString("added." + zone), Type.A, 300, "192.0.2.7");
    byte[] message = update.toWire(Message.MAXLENGTH);
    Instant now = Instant.now();
    byte[] signed = TsigSigner.signRequest(message, message.length, KEY, now).message();
    Verdict.Verified verified =
        (Verdict.Verified) TsigVerifier.verify(signed, signed.length, RING, now);
    WaitingClient client = new WaitingClient();
    UpdateRequest request = UpdateRequest.parse(verified.withoutTsig(signed));
    loop.post(new Input.UpdateReceived(request, verified, now, client));
    return client.awaitAnswer();
  }

  /// Two updates are served, and then made again on what was pushed, where one zone is broken.
  private void serveAndLeave() throws Exception {
    SourceTree first = source.commit();
    loop.start(MemorySource.known(first));
    source.awaitFetch(); // and never goes

    assertThat(update("example.com.")).isEqualTo(Rcode.NOERROR);
    assertThat(update("other.example.com.")).isEqualTo(Rcode.NOERROR);

    SourceTree theirs =
        source
            .put("example.com", "this is no zone\n")
            .put("other.example.com", TestZones.zone(1))
            .commit();
    pushed = theirs.version();
    ZoneFiles base = ZoneFiles.NONE.advance(first).files();
    loop.post(new Input.SourceFetched(base.advance(theirs)));
  }

  private String served() {
    return published.current().version();
  }

  @Test
  void whatIsServedIsNoted_beforeACommitLeavesItsLine_howeverLongAFetchTakes() throws Exception {
    serveAndLeave();

    assertThat(notedWhenLeaving.get(10, TimeUnit.SECONDS)).isEqualTo(MemorySource.version(3));
  }

  @Test
  void whatIsServedOnTheOtherLine_isNotedBeforeItIs() throws Exception {
    serveAndLeave();

    await().until(() -> served().equals(MemorySource.version(5)));
    assertThat(source.noted()).isEqualTo(MemorySource.version(5));
  }

  @Test
  void whereThatCannotBeNoted_theCommitsAreTakenBack_andTheLineIsServedOn() throws Exception {
    failsAfterLeaving = true;

    serveAndLeave();

    String leaving = MemorySource.version(5) + " to " + pushed;
    await().until(() -> takenBack.contains(leaving));
    assertThat(served()).isEqualTo(MemorySource.version(3));
    assertThat(source.noted()).isEqualTo(MemorySource.version(3));
  }
}
