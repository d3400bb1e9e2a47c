package zonetrail.authority;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
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
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// A group of edits, from requests to commits and to what is served.
class GroupCommitTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TsigKey KEY = TsigKey.parse("a._update.example.com:SHA256:" + SECRET);
  private static final TsigKey OTHER = TsigKey.parse("b._update.example.com:SHA256:" + SECRET);
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
  private static final String ZONE =
      """
      $TTL 300
      @    SOA ns h 1 3600 900 604800 300 ; serial first
           NS  ns
      ns   A   192.0.2.53
      www  A   192.0.2.80 ; the web
      """;

  private final EditedTexts texts = new EditedTexts(1 << 20);
  private final MemoryTree repository = new MemoryTree();
  private int requests;

  private final MemoryLedger ledger = new MemoryLedger(repository);

  private ZoneFiles files(String zone) {
    repository
        .put("example.com", zone)
        .put(
            "example.com._keys",
            "a._update.example.com. DNSKEY 0 3 163 "
                + SECRET
                + "\nb._update.example.com. DNSKEY 0 3 163 "
                + SECRET
                + "\n");
    return ZoneFiles.NONE.advance(repository.commit()).files();
  }

  private static Update update(String zone) throws Exception {
    return new Update(Name.fromString(zone));
  }

  private static Name name(String name) throws Exception {
    return Name.fromString(name);
  }

  private ZoneEdit request(Update update, TsigKey key) throws Exception {
    return new ZoneEdit.Requested(
        UpdateRequest.parse(update.toWire(Message.MAXLENGTH)), key, CLIENT, "id" + ++requests);
  }

  private GroupCommit.Result make(ZoneFiles base, ZoneEdit... edits) throws Exception {
    return GroupCommit.make(
        new Effect.Commit(base, List.of(edits), null), SerialStyle.INCREMENT, NOW, ledger, texts);
  }

  private ZoneEdit add(String host, String address) throws Exception {
    Update update = update("example.com.");
    update.add(name(host + ".example.com."), Type.A, 300, address);
    return request(update, KEY);
  }

  @Test
  void anUpdateIsOneCommitOfItsLineAndTheSerials() throws Exception {
    GroupCommit.Result result = make(files(ZONE), add("new", "192.0.2.7"));
    assertThat(result.verdicts()).map(EditVerdict::rcode).containsExactly(Rcode.NOERROR);
    assertThat(ledger.commits).hasSize(1);
    ZoneCommit commit = ledger.commits.getFirst();
    assertThat(commit.author()).isEqualTo("a._update.example.com");
    assertThat(commit.subject()).isEqualTo("example.com: add new A 192.0.2.7 (ttl 300)");
    assertThat(commit.trailers())
        .containsExactly(
            "Zonetrail-Key: a._update.example.com.",
            "Zonetrail-Client: 127.0.0.1",
            "Zonetrail-Request: id1");
    assertThat(text(commit, "example.com"))
        .isEqualTo(ZONE.replace("h 1 3600", "h 2 3600") + "new  A   192.0.2.7\n");
    assertThat(served(result).serial()).hasToString("2");
  }

  private static String text(ZoneCommit commit, String file) {
    return new String(
        Optional.ofNullable(commit.files().get(file)).orElseThrow().orElseThrow().octets(),
        StandardCharsets.UTF_8);
  }

  private static Zone served(GroupCommit.Result result) {
    return (Zone) requireNonNull(files(result).zones().zone(WireName.parse("example.com")));
  }

  private static ZoneFiles files(GroupCommit.Result result) {
    return requireNonNull(result.advance()).files();
  }

  @Test
  void updatesOfOneKeyShareACommit_thoseOfAnotherHaveTheirs() throws Exception {
    Update other = update("example.com.");
    other.delete(name("www.example.com."), Type.A);
    GroupCommit.Result result =
        make(
            files(ZONE),
            add("a", "192.0.2.1"),
            add("b", "192.0.2.2"),
            request(other, OTHER),
            add("c", "192.0.2.3"));
    assertThat(ledger.commits)
        .map(ZoneCommit::subject)
        .containsExactly(
            "example.com: add a A 192.0.2.1 (ttl 300), and 1 more",
            "example.com: remove www A 192.0.2.80",
            "example.com: add c A 192.0.2.3 (ttl 300)");
    assertThat(served(result).serial()).hasToString("5");
    assertThat(ledger.commits.getFirst().body())
        .contains("add a A 192.0.2.1 (ttl 300)", "add b A 192.0.2.2 (ttl 300)");
  }

  @Test
  void whereTheDiskIsFullAmidAGroup_itsFirstCommitsAreTakenBack() throws Exception {
    Update other = update("example.com.");
    other.delete(name("www.example.com."), Type.A);
    ZoneFiles base = files(ZONE);
    ledger.room = 2;
    assertThatThrownBy(() ->
            make(
                base,
                add("a", "192.0.2.1"),
                request(other, OTHER),
                add("b", "192.0.2.2"),
                request(other, OTHER)))
        .isInstanceOf(ZoneSource.AwayException.class);
    assertThat(ledger.takenBack).containsExactly(MemoryTree.version(3) + " to " + base.version());
  }

  @Test
  void whereTheDiskIsFullAtTheFirstCommit_thereIsNothingToTakeBack() throws Exception {
    ZoneFiles base = files(ZONE);
    ledger.room = 0;
    assertThatThrownBy(() -> make(base, add("a", "192.0.2.1")))
        .isInstanceOf(ZoneSource.AwayException.class);
    assertThat(ledger.takenBack).isEmpty();
  }

  @Test
  void eachHasItsOwnVerdictAndSeesWhatTheOneBeforeDid() throws Exception {
    Update onlyIfAbsent = update("example.com.");
    onlyIfAbsent.absent(name("a.example.com."));
    onlyIfAbsent.add(name("a.example.com."), Type.A, 300, "192.0.2.9");
    GroupCommit.Result result =
        make(files(ZONE), add("a", "192.0.2.1"), request(onlyIfAbsent, KEY), add("a", "192.0.2.1"));
    assertThat(result.verdicts())
        .map(EditVerdict::rcode)
        .containsExactly(Rcode.NOERROR, Rcode.YXDOMAIN, Rcode.NOERROR);
    assertThat(result.verdicts().getLast()).isInstanceOf(EditVerdict.Unchanged.class);
    assertThat(ledger.commits).hasSize(1);
  }

  @Test
  void nothingToChangeIsNoCommit() throws Exception {
    GroupCommit.Result result = make(files(ZONE), add("www", "192.0.2.80"));
    assertThat(result.advance()).isNull();
    assertThat(ledger.commits).isEmpty();
  }

  @Test
  void aZoneIsMadeAndChangedAndRemovedInOneGroup() throws Exception {
    Update make = update("dyn.example.com.");
    make.add(name("dyn.example.com."), Type.SOA, 300, "ns.example.com. h.example.com. 1 2 3 4 5");
    make.add(name("dyn.example.com."), Type.NS, 300, "ns.example.com.");
    Update change = update("dyn.example.com.");
    change.add(name("host.dyn.example.com."), Type.A, 300, "192.0.2.4");
    ZoneFiles base = files(ZONE);
    GroupCommit.Result result = make(base, request(make, KEY), request(change, KEY));
    assertThat(result.verdicts())
        .map(EditVerdict::rcode)
        .containsExactly(Rcode.NOERROR, Rcode.NOERROR);
    assertThat(text(ledger.commits.getFirst(), "dyn.example.com")).contains("host", "192.0.2.4");
    ZoneFiles with = files(result);
    Update remove = update("dyn.example.com.");
    remove.delete(name("dyn.example.com."), Type.SOA);
    GroupCommit.Result after = make(with, request(remove, KEY));
    assertThat(files(after).zones().size()).isEqualTo(1);
    assertThat(ledger.commits.getLast().trailers()).contains("Zonetrail-Accept: this");
    assertThat(ledger.commits.getLast().files().get("dyn.example.com")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aZoneForWhoseFileThereIsAFolder_isRefused_andTheUpdateBesideItIsMade(boolean isListed)
      throws Exception {
    Update make = update("dyn.example.com.");
    make.add(name("dyn.example.com."), Type.SOA, 300, "ns.example.com. h.example.com. 1 2 3 4 5");
    make.add(name("dyn.example.com."), Type.NS, 300, "ns.example.com.");
    if (isListed) {
      repository.put("dyn.example.com/notes", "of people");
    } else {
      repository.leaveOut("dyn.example.com", "it is a folder");
    }
    ZoneFiles base = files(ZONE);
    GroupCommit.Result result = make(base, request(make, KEY), add("new", "192.0.2.7"));
    assertThat(result.verdicts())
        .map(EditVerdict::rcode)
        .containsExactly(Rcode.REFUSED, Rcode.NOERROR);
  }

  @Test
  void aKeyThatIsNoLongerInForceChangesNothing() throws Exception {
    TsigKey gone = TsigKey.parse("gone._update.example.com:SHA256:" + SECRET);
    Update update = update("example.com.");
    update.add(name("x.example.com."), Type.A, 300, "192.0.2.9");
    GroupCommit.Result result = make(files(ZONE), request(update, gone));
    assertThat(result.verdicts()).map(EditVerdict::rcode).containsExactly(Rcode.REFUSED);
  }

  /// The first edit as it is made again should the source have moved on.
  private static ZoneEdit.Acknowledged again(GroupCommit.Result result) {
    return ((EditVerdict.Made) result.verdicts().getFirst()).again();
  }

  @Nested
  class WhatIsMadeAgain {
    @Test
    void andComesToNothing_isToldOfByTheCommitOfItsNeighbour() throws Exception {
      ZoneEdit.Acknowledged first = again(make(files(ZONE), add("a", "192.0.2.1")));
      ZoneFiles moved = files(ZONE.replace("h 1 3600", "h 7 3600") + "a A 192.0.2.1\n");
      ledger.commits.clear();
      GroupCommit.Result result = make(moved, first, add("b", "192.0.2.2"));
      assertThat(result.verdicts().getFirst()).isInstanceOf(EditVerdict.Unchanged.class);
      assertThat(ledger.commits).hasSize(1);
      assertThat(ledger.commits.getFirst().trailers())
          .contains("Zonetrail-Request: id1", "Zonetrail-Request: id2");
    }

    @Test
    void andIsNothingAtAll_isToldOfByACommitThatChangesNoFile() throws Exception {
      ZoneEdit.Acknowledged first = again(make(files(ZONE), add("a", "192.0.2.1")));
      ledger.commits.clear();
      GroupCommit.Result result = make(files(ZONE), new ZoneEdit.Noted(first.origin()));
      assertThat(ledger.commits).hasSize(1);
      assertThat(ledger.commits.getFirst().files()).isEmpty();
      assertThat(ledger.commits.getFirst().trailers()).contains("Zonetrail-Request: id1");
      assertThat(served(result).serial()).hasToString("1");
    }

    @Test
    void andDoesNotFit_isToldOfAsAConflictByTheCommitOfItsNeighbour() throws Exception {
      ZoneEdit.Acknowledged first = again(make(files(ZONE), add("a", "192.0.2.1")));
      ZoneEdit.Entangled second = new ZoneEdit.Entangled(first.alteration(), first.origin());
      ledger.commits.clear();
      GroupCommit.Result result = make(files(ZONE), second, add("b", "192.0.2.2"));
      assertThat(result.verdicts())
          .map(EditVerdict::rcode)
          .containsExactly(Rcode.SERVFAIL, Rcode.NOERROR);
      assertThat(ledger.commits.getFirst().trailers())
          .contains("Zonetrail-Conflict: id1", "Zonetrail-Request: id2")
          .doesNotContain("Zonetrail-Request: id1");
    }

    @Test
    void andWasCommittedWithWhatIsMadeByNow_isLeftToPeople() throws Exception {
      ZoneEdit.Acknowledged first = again(make(files(ZONE), add("a", "192.0.2.1")));
      ZoneEdit.CommitOrigin both =
          new ZoneEdit.CommitOrigin(
              "a", List.of("Zonetrail-Request: id1", "Zonetrail-Request: id9"));
      ZoneEdit edit = new ZoneEdit.Acknowledged(first.alteration(), both, first.floor());
      assertThat(ZoneEdit.without(Set.of("id7"), edit)).isEqualTo(edit);
      assertThat(ZoneEdit.without(Set.of("id9"), edit)).isInstanceOf(ZoneEdit.Entangled.class);
      assertThat(ZoneEdit.without(Set.of("id9"), edit).requests()).containsExactly("id1");
    }
  }

  @Test
  void aSerialThatWasNotRaisedIsRaised_overTheOneServed() throws Exception {
    ZoneFiles base = files(ZONE);
    repository.put("example.com", ZONE + "ftp A 192.0.2.21\n");
    ZoneFiles held = base.advance(repository.commit()).files();
    assertThat(requireNonNull(held.state(WireName.parse("example.com"))).problem()).isNotNull();
    GroupCommit.Result result =
        make(held, new ZoneEdit.SerialRaise(WireName.parse("example.com"), Serial.of(1)));
    assertThat(served(result).serial()).hasToString("2");
    assertThat(served(result).recordCount()).isEqualTo(5);
    assertThat(text(ledger.commits.getFirst(), "example.com"))
        .isEqualTo(ZONE.replace("h 1 3600", "h 2 3600") + "ftp A 192.0.2.21\n");
  }

  /// A file that was cut off most often has the SOA record that it had.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSerialThatWasNotRaisedOfAZoneThatLosesMuch_isRaisedOnlyWhereThatIsMeant(boolean isMeant)
      throws Exception {
    StringBuilder large = new StringBuilder(ZONE);
    for (int host = 0; host < 200; host++) {
      large.append("h").append(host).append(" A 192.0.2.7\n");
    }
    ZoneFiles base = files(large.toString());
    repository.put("example.com", ZONE);
    SourceTree cut =
        repository.commit(isMeant ? Acceptance.of(Set.of(Acceptance.THIS)) : Acceptance.NOTHING);
    ZoneFiles held = base.advance(cut).files();
    GroupCommit.Result result =
        make(held, new ZoneEdit.SerialRaise(WireName.parse("example.com"), Serial.of(1)));
    assertThat(ledger.commits).hasSize(isMeant ? 1 : 0);
    assertThat(result.advance() != null).isEqualTo(isMeant);
  }

  /// People may have signed it in the meantime.
  @Test
  void whatWasAcknowledgedIsNotMadeAgainInASignedZone() throws Exception {
    ZoneFiles base = files(ZONE);
    EditVerdict.Made made =
        (EditVerdict.Made) make(base, add("a", "192.0.2.1")).verdicts().getFirst();
    String signed = ZONE.replace("h 1 3600", "h 5 3600") + "@ DNSKEY 257 3 13 AAAA\n";
    repository.put("example.com", signed);
    ZoneFiles moved = base.advance(repository.commit()).files();
    GroupCommit.Result result = make(moved, made.again());
    assertThat(result.verdicts()).map(EditVerdict::rcode).containsExactly(Rcode.SERVFAIL);
    assertThat(ledger.commits).hasSize(1);
  }

  /// With `--ack local` what was served may be behind what the source had before it went back.
  @Test
  void aSerialIsRaisedOverTheOneThatTheSourceHad_whereThatIsNewerThanTheOneServed()
      throws Exception {
    ZoneFiles base = files(ZONE.replace("h 1 3600", "h 5 3600"));
    repository.put("example.com", ZONE.replace("h 1 3600", "h 3 3600") + "ftp A 192.0.2.21\n");
    ZoneFiles held = base.advance(repository.commit()).files();
    GroupCommit.Result result =
        make(held, new ZoneEdit.SerialRaise(WireName.parse("example.com"), Serial.of(4)));
    assertThat(served(result).serial()).hasToString("6");
  }

  @Test
  void aZoneWhoseFileIsBrokenIsNotEdited() throws Exception {
    ZoneFiles base = files(ZONE);
    repository.put("example.com", ZONE + "ftp A nonsense\n");
    ZoneFiles held = base.advance(repository.commit()).files();
    GroupCommit.Result result = make(held, add("a", "192.0.2.1"));
    assertThat(result.verdicts()).map(EditVerdict::rcode).containsExactly(Rcode.SERVFAIL);
    assertThat(ledger.commits).isEmpty();
  }
}
