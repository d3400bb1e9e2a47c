package zonetrail.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Effect;
import zonetrail.authority.Input;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.Publication;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.masterfile.FileText;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.tsig.Verdict.Verified;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Ways in which a primary could be wrong, each as somebody might write it; all of them around the
/// real one, which has no switch for any.
final class PlantedBugs {
  private PlantedBugs() {}

  // ---- what is told ----

  /// NOERROR when the commit is asked for, and nothing when it is settled.
  static final class AcknowledgesBeforeThePush extends Bug {
    private final List<Input.UpdateReceived> waiting = new ArrayList<>();
    private final Set<Object> answered = new HashSet<>();

    @Override
    Input input(SimPrimary primary, Input input) {
      if (input instanceof Input.UpdateReceived update) {
        waiting.add(update);
      }
      return input;
    }

    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      List<Effect> all = new ArrayList<>();
      for (Effect effect : effects) {
        if (effect instanceof Effect.Reply reply && !answered.add(reply.to())) {
          continue;
        }
        all.add(effect);
        if (effect instanceof Effect.Commit) {
          for (Input.UpdateReceived update : waiting) {
            if (answered.add(update.reply())) {
              all.add(new Effect.Reply(update.reply(), Rcode.NOERROR));
            }
          }
          waiting.clear();
        }
      }
      return all;
    }
  }

  /// The answer first, then what it speaks of.
  static final class AnswersBeforeItServes extends Bug {
    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      List<Effect> all = new ArrayList<>(effects);
      all.sort((one, other) ->
          Boolean.compare(other instanceof Effect.Reply, one instanceof Effect.Reply));
      return all;
    }
  }

  /// Every tenth answer is lost.
  static final class LosesAParkedReply extends Bug {
    private int replies;

    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      return effects.stream()
          .filter(effect -> !(effect instanceof Effect.Reply) || ++replies % 10 != 0)
          .toList();
    }
  }

  /// What was answered SERVFAIL in time is answered again when it is settled.
  static final class AnswersTwice extends Bug {
    private int replies;

    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      List<Effect> all = new ArrayList<>(effects);
      for (Effect effect : effects) {
        if (effect instanceof Effect.Reply && ++replies % 20 == 0) {
          all.add(effect);
        }
      }
      return all;
    }
  }

  /// A deadline passes and nobody looks.
  static final class ForgetsDeadlines extends Bug {
    @Override
    @Nullable Input input(SimPrimary primary, Input input) {
      return input instanceof Input.DeadlineReached ? null : input;
    }
  }

  // ---- what is served ----

  /// What is committed is served, whoever acknowledges when.
  static final class ServesBeforeThePush extends Bug {
    private @Nullable Publication early;

    @Override
    Input input(SimPrimary primary, Input input) {
      early =
          input instanceof Input.Committed(var result) && result.advance() != null
              ? result.advance().files().publication()
              : null;
      return input;
    }

    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      Publication publication = early;
      if (publication == null) {
        return effects;
      }
      List<Effect> all = new ArrayList<>(effects);
      all.addFirst(new Effect.Publish(publication));
      return all;
    }
  }

  /// The zones are new, and the commit named with them is the one before.
  static final class NamesAnotherCommit extends Bug {
    private final Map<SimPrimary, Publication> last = new HashMap<>();

    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      return effects.stream()
          .map(effect -> {
            if (!(effect instanceof Effect.Publish(Publication publication))) {
              return effect;
            }
            Publication before = last.put(primary, publication);
            String version = before == null ? publication.version() : before.version();
            return new Effect.Publish(
                new Publication(
                    version, publication.zones(), publication.keys(), publication.files()));
          })
          .toList();
    }
  }

  /// Whoever is late wins: a publication is sometimes the one of before.
  static final class ServesAnOlderState extends Bug {
    private final Map<SimPrimary, Publication> last = new HashMap<>();
    private int publications;

    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      List<Effect> all = new ArrayList<>(effects);
      for (Effect effect : effects) {
        if (effect instanceof Effect.Publish(Publication publication)) {
          Publication before = last.put(primary, publication);
          if (before != null && ++publications % 5 == 0) {
            all.add(new Effect.Publish(before));
          }
        }
      }
      return all;
    }
  }

  // ---- what is pushed ----

  /// `git push --force`.
  static final class ForcesPushes extends Bug {
    @Override
    boolean forcesPushes() {
      return true;
    }
  }

  /// A push that came too late counts as one that got there.
  static final class IgnoresTheCompareAndSwap extends Bug {
    @Override
    Input input(SimPrimary primary, Input input) {
      return input instanceof Input.PushSettled(String tip, PushOutcome.Superseded())
          ? new Input.PushSettled(tip, new PushOutcome.Pushed())
          : input;
    }
  }

  /// The line broke, so it will have worked.
  static final class TakesABrokenLineForSuccess extends Bug {
    @Override
    Input input(SimPrimary primary, Input input) {
      return input instanceof Input.PushSettled(String tip, PushOutcome.Unknown(_))
          ? new Input.PushSettled(tip, new PushOutcome.Pushed())
          : input;
    }
  }

  /// What does not fit any more is thrown away.
  static final class DropsAConflict extends Bug {
    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      return effects.stream()
          .map(effect ->
              effect instanceof Effect.GiveUp(String tip, _)
                  ? new Effect.GiveUp(tip, false)
                  : effect)
          .toList();
    }
  }

  /// Two lanes for commits.
  static final class CommitsTwoGroupsAtOnce extends Bug {
    @Override
    List<Effect> effects(SimPrimary primary, List<Effect> effects) {
      List<Effect> all = new ArrayList<>(effects);
      effects.stream().filter(Effect.Commit.class::isInstance).forEach(all::add);
      return all;
    }
  }

  /// What a restart goes on from is given up before what is served is noted.
  static final class PutsOffNotes extends Bug {
    @Override
    boolean putsOffNotes() {
      return true;
    }
  }

  /// A rewritten branch is followed, whatever it lacks.
  static final class FollowsARewriteThatLosesUpdates extends Bug {
    @Override
    boolean followsLosses() {
      return true;
    }
  }

  // ---- who may ----

  /// The name of the key is enough.
  static final class TakesAnySignature extends Bug {
    private static final TsigKey MADE_UP =
        TsigKey.parse(
            "one._update.example:SHA256:bWFkZSB1cCBieSBzb21lYm9keSB3aG8gaGFzIG5vIGtleQ==");

    @Override
    Verdict verify(byte[] message, Verdict honest) {
      if (!(honest instanceof Verdict.RefusedUnsigned refused)) {
        return honest;
      }
      Instant signed = refused.record().timeSigned();
      Verdict forged =
          TsigVerifier.verify(
              message, message.length, KeyRing.of(Map.of("any", List.of(MADE_UP))), signed);
      return forged instanceof Verified verified
          ? new Verified(Setting.CLIENTS.getFirst(), verified.record(), verified.tsigOffset())
          : honest;
    }
  }

  // ---- how often ----

  /// A message that comes again is a new one; its trailer is right.
  static final class HasNoReplayMemory extends Bug {
    private final Map<String, String> originals = new HashMap<>();
    private int received;

    @Override
    Input input(SimPrimary primary, Input input) {
      if (!(input instanceof Input.UpdateReceived update)) {
        return input;
      }
      TsigKey key = update.request().key();
      byte[] unsigned = ((SimReply) update.reply()).message();
      Instant time = update.verifiedAt().plusSeconds(++received % 200);
      byte[] message = TsigSigner.signRequest(unsigned, unsigned.length, key, time).message();
      Verdict verdict =
          TsigVerifier.verify(
              message, message.length, KeyRing.of(Map.of("any", List.of(key))), time);
      if (!(verdict instanceof Verified other)) {
        throw new IllegalStateException("signed a moment ago: " + verdict);
      }
      originals.put(other.requestId(), update.request().requestId());
      return new Input.UpdateReceived(update.update(), other, update.verifiedAt(), update.reply());
    }

    @Override
    ZoneLedger ledger(SimPrimary primary, SimClone clone) {
      return new Wrapped(clone) {
        @Override
        ZoneCommit wrong(ZoneCommit commit) {
          return withTrailers(
              commit,
              trailer -> {
                String begin = KnownRequest.TRAILER + ": ";
                String id = trailer.startsWith(begin) ? trailer.substring(begin.length()) : "";
                return originals.containsKey(id) ? begin + originals.get(id) : trailer;
              });
        }
      };
    }
  }

  /// What other servers made of the same message is not looked at.
  static final class IgnoresWhatOthersMade extends Bug {
    @Override
    Input input(SimPrimary primary, Input input) {
      return input instanceof Input.SourceFetched fetched
          ? new Input.SourceFetched(fetched.advance(), fetched.ours(), List.of())
          : input;
    }
  }

  /// A restart remembers nothing, and takes messages from before it.
  static final class ForgetsRequestsAtARestart extends Bug {
    @Override
    Input input(SimPrimary primary, Input input) {
      return switch (input) {
        case Input.Started started ->
            new Input.Started(started.known(), started.waiting(), List.of(), Instant.EPOCH);
        case Input.SourceFetched fetched ->
            new Input.SourceFetched(fetched.advance(), fetched.ours(), List.of());
        default -> input;
      };
    }
  }

  // ---- what is committed ----

  /// The message says nothing of the request.
  static final class ForgetsTheTrailer extends Bug {
    @Override
    ZoneLedger ledger(SimPrimary primary, SimClone clone) {
      return new Wrapped(clone) {
        @Override
        ZoneCommit wrong(ZoneCommit commit) {
          return withTrailers(
              commit,
              trailer ->
                  trailer.startsWith(CommitOrigin.REQUEST) ? CommitOrigin.KEY + ": k" : trailer);
        }
      };
    }
  }

  /// The edited file keeps its serial.
  static final class ReusesASerial extends Bug {
    @Override
    ZoneLedger ledger(SimPrimary primary, SimClone clone) {
      return new Wrapped(clone) {
        @Override
        public SourceTree commit(String parent, ZoneCommit commit) throws AwayException {
          ZoneCommit wrong =
              withFiles(
                  commit,
                  (name, text) -> {
                    String before = clone.text(parent, name);
                    return before == null ? text : Person.withSerialOf(before, text);
                  });
          return clone.commit(parent, wrong);
        }
      };
    }
  }

  /// What the edit made of the file is not read before it is committed.
  static final class CommitsWithoutReading extends Bug {
    @Override
    ZoneLedger ledger(SimPrimary primary, SimClone clone) {
      return new Wrapped(clone) {
        @Override
        ZoneCommit wrong(ZoneCommit commit) {
          return withFiles(commit, (name, text) -> text.strip() + "\n\"\n");
        }
      };
    }
  }

  /// A record gets lost where a file is edited.
  static final class LosesALine extends Bug {
    @Override
    ZoneLedger ledger(SimPrimary primary, SimClone clone) {
      return new Wrapped(clone) {
        @Override
        ZoneCommit wrong(ZoneCommit commit) {
          return withFiles(
              commit,
              (name, text) -> text.lines().filter(line -> !line.startsWith("www")).collect(LINES));
        }
      };
    }
  }

  private static final Collector<CharSequence, ?, String> LINES =
      Collectors.joining("\n", "", "\n");

  /// A secondary serves what came until the line broke.
  static final class ServesAPartOfATransfer extends Bug {
    @Override
    Zone transferred(Zone zone) {
      return zone.with(
          new ZoneChange.Builder(zone)
              .remove(WireName.parse("www." + zone.apex().toStringNoDot()), RRType.A)
              .build());
    }
  }

  // ---- what outlives the process ----

  /// A restart does not look for commits that wait.
  static final class ForgetsWhatWaitsAtARestart extends Bug {
    @Override
    ZoneLedger ledger(SimPrimary primary, SimClone clone) {
      return new Wrapped(clone) {
        @Override
        public List<SourceTree> pending() {
          return List.of();
        }

        @Override
        public List<SourceTree> superseded() {
          return List.of();
        }

        @Override
        public List<String> supersededLines() {
          return List.of();
        }
      };
    }
  }

  /// What commits of an earlier run did is not found out when they have to be made again.
  static final class ReadsNothingBack extends Bug {
    @Override
    Input input(SimPrimary primary, Input input) {
      return input instanceof Input.CommitsRead ? new Input.CommitsRead(Map.of()) : input;
    }
  }

  /// What was committed last is not on the disk.
  static final class CommitsWithoutFsync extends Bug {
    @Override
    void killed(SimClone clone) {
      clone.forgetLast();
    }
  }

  // ---- helpers ----

  /// A ledger that is right but for what a bug overrides.
  private static class Wrapped implements ZoneLedger {
    private final SimClone clone;

    Wrapped(SimClone clone) {
      this.clone = clone;
    }

    ZoneCommit wrong(ZoneCommit commit) {
      return commit;
    }

    @Override
    public SourceTree commit(String parent, ZoneCommit commit) throws AwayException {
      return clone.commit(parent, wrong(commit));
    }

    @Override
    public void takeBack(String tip, String parent) {
      clone.takeBack(tip, parent);
    }

    @Override
    public PushOutcome push(String tip) {
      return clone.push(tip);
    }

    @Override
    public List<KnownRequest> requestsSince(Instant time) {
      return clone.requestsSince(time);
    }

    @Override
    public List<SourceTree> pending() {
      return clone.pending();
    }

    @Override
    public List<SourceTree> superseded() {
      return clone.superseded();
    }

    @Override
    public List<String> supersededLines() {
      return clone.supersededLines();
    }

    @Override
    public Set<String> settledOf(String version) {
      return clone.settledOf(version);
    }

    @Override
    public SourceTree tree(String version) throws AwayException {
      return clone.tree(version);
    }

    @Override
    public CommitOrigin originOf(String version) {
      return clone.originOf(version);
    }

    @Override
    public Optional<SourceTree> before(String version) {
      return clone.before(version);
    }

    @Override
    public List<SourceTree> lineTo(String version, String since) {
      return clone.lineTo(version, since);
    }

    @Override
    public boolean isInRemote(String version) {
      return clone.isInRemote(version);
    }

    @Override
    public void giveUp(String tip, boolean conflict) {
      clone.giveUp(tip, conflict);
    }
  }

  private static ZoneCommit withTrailers(ZoneCommit commit, UnaryOperator<String> change) {
    return new ZoneCommit(
        commit.author(),
        commit.time(),
        commit.subject(),
        commit.body(),
        commit.trailers().stream().map(change).toList(),
        commit.files());
  }

  /// Changes the text of a file.
  private interface Change {
    String text(String name, String text);
  }

  private static ZoneCommit withFiles(ZoneCommit commit, Change change) {
    SortedMap<String, Optional<FileText>> files = new TreeMap<>();
    commit
        .files()
        .forEach((name, octets) ->
            files.put(
                name,
                octets.map(text ->
                    FileText.of(
                        change
                            .text(name, new String(text.octets(), StandardCharsets.UTF_8))
                            .getBytes(StandardCharsets.UTF_8)))));
    return new ZoneCommit(
        commit.author(), commit.time(), commit.subject(), commit.body(), commit.trailers(), files);
  }
}
