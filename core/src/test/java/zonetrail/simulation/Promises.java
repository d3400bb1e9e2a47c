package zonetrail.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneStatus;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.tsig.KeyFile;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What has to hold after each step; it knows nothing of how the authority works.
final class Promises {
  /// What a key file has in it that is broken.
  static final String BROKEN_KEYS = "this is no key";

  private static final Map<String, Optional<Zone>> PARSED = new HashMap<>();

  private final World world;
  private final SimRemote remote;
  private final boolean isLocal;
  private final Map<String, SimUpdate> updates = new HashMap<>();
  private final Map<String, Zone> bySerial = new HashMap<>();
  private final Set<String> everInBranch = new HashSet<>();
  private final Map<SimPrimary, List<SimUpdate>> acknowledged = new HashMap<>();

  /// Those of them that a version had which it served: it has fetched their commits, or made them.
  private final Map<SimPrimary, List<SimUpdate>> followed = new HashMap<>();

  private final Map<SimPrimary, Map<WireName, Zone>> served = new HashMap<>();

  /// What each primary ever served, by zone and serial.
  private final Map<SimPrimary, Map<String, Zone>> versions = new HashMap<>();

  private final Map<SimSecondary, Map<WireName, Zone>> transferred = new HashMap<>();

  Promises(World world, SimRemote remote, boolean isLocal) {
    this.world = world;
    this.remote = remote;
    this.isLocal = isLocal;
    remote.onMove(this::moved);
  }

  /// Something that a client signed.
  void signed(String request, SimUpdate update) {
    updates.put(request, update);
    update.requests.add(request);
  }

  @Nullable SimUpdate update(String request) {
    return updates.get(request);
  }

  static @Nullable Zone parse(String fileName, String text) {
    if (PARSED.size() > 20_000) {
      PARSED.clear();
    }
    return PARSED
        .computeIfAbsent(
            fileName + ":" + text,
            any ->
                Optional.ofNullable(
                    ZoneFileReader.read(
                            fileName,
                            WireName.parse(fileName),
                            text.getBytes(StandardCharsets.UTF_8),
                            IncludeSource.NONE)
                        .zone()))
        .orElse(null);
  }

  private static Set<WireName> names(String fileName, @Nullable String text) {
    Set<WireName> names = new TreeSet<>();
    Zone zone = text == null ? null : parse(fileName, text);
    if (zone != null) {
      for (Node node : zone.nodes()) {
        names.add(node.name());
      }
    }
    return names;
  }

  // ---- the branch ----

  private void moved(String last, String next) {
    for (String id = next; id != null && everInBranch.add(id); ) {
      id = remote.commit(id).parent();
    }
    SimCommit tip = remote.commit(next);
    if (tip.isOurs() && !last.isEmpty() && !remote.isAncestor(last, next)) {
      throw new BrokenPromise(
          "%s took %s out of the branch, by pushing %s",
          tip.by(), World.shortId(last), World.shortId(next));
    }
  }

  // ---- commits of ours ----

  /// Each commit of ours does what its trailers say, and nothing else.
  void committed(SimCommit commit) {
    SimCommit parent = remote.commit(String.valueOf(commit.parent()));
    Set<String> files = new TreeSet<>(parent.files().keySet());
    files.addAll(commit.files().keySet());
    List<SimUpdate> told = new ArrayList<>();
    Set<String> before = remote.requests(parent.id());
    for (String request : commit.requests()) {
      SimUpdate update = updates.get(request);
      if (update == null) {
        throw new BrokenPromise("commit %s tells of a request that nobody made", commit.id());
      }
      if (before.contains(request)) {
        throw new BrokenPromise("%s was made twice, last in %s", update, commit.id());
      }
      told.add(update);
    }
    List<SimUpdate> again = told.stream().filter(this::isMadeAgain).toList();
    told.forEach(update -> mayBeMade(update, parent, commit, told));
    for (String file : files) {
      String was = parent.files().get(file);
      String is = commit.files().get(file);
      if (is == null || !is.equals(was)) {
        doesWhatIsTold(commit, file, was, is, told, again);
      }
    }
  }

  /// Whether an update is made as its change, if it is made once more: whether its client was told
  /// before a kill nobody knows.
  private boolean isMadeAgain(SimUpdate update) {
    return update.isAcknowledged || (isLocal && update.wasCommitted);
  }

  /// @param told all that the commit made: it may have removed before what must not be there
  private void mayBeMade(
      SimUpdate update, SimCommit parent, SimCommit commit, List<SimUpdate> told) {
    if (isLocal && isMadeAgain(update)) {
      return;
    }
    String keys = String.valueOf(parent.files().get(Setting.KEY_FILE));
    if (!keys.contains(update.key.name().wire().toString()) && !keys.contains(BROKEN_KEYS)) {
      throw new BrokenPromise("%s was made although its key is gone: %s", update, commit.id());
    }
    update.wasCommitted = true;
    if (isLocal) {
      return; // what the commit is made again of may have been there already
    }
    String zone = update.zone.toStringNoDot();
    Set<WireName> names = names(zone, parent.files().get(zone));
    told.forEach(other -> names.removeAll(other.deletes));
    for (WireName name : update.absent) {
      if (names.contains(name)) {
        throw new BrokenPromise("%s was made although %s is there", update, name);
      }
    }
  }

  private void doesWhatIsTold(
      SimCommit commit,
      String file,
      @Nullable String was,
      @Nullable String is,
      List<SimUpdate> told,
      List<SimUpdate> again) {
    if (KeyFile.isKeyFileName(file)) {
      throw new BrokenPromise("%s changes keys", commit.id());
    }
    Zone before = was == null ? null : parse(file, was);
    Zone after = is == null ? null : parse(file, is);
    if ((was != null && before == null && is != null) || (is != null && after == null)) {
      throw new BrokenPromise("%s edits a broken file, or breaks it", commit.id());
    }
    if (before != null && after != null && !after.serial().isNewerThan(before.serial())) {
      throw new BrokenPromise("%s does not raise the serial of %s", commit.id(), file);
    }
    Set<WireName> adds = new TreeSet<>();
    Set<WireName> fit = new TreeSet<>();
    Set<WireName> deletes = new TreeSet<>();
    List<SimUpdate> unfit = commit.conflicts().stream().map(updates::get).toList();
    boolean isAgain = false;
    for (SimUpdate update : told) {
      if (update.zone.toStringNoDot().equals(file)) {
        adds.addAll(update.adds);
        fit.addAll(unfit.contains(update) ? Set.of() : update.adds);
        deletes.addAll(update.deletes);
        isAgain |= again.contains(update);
      }
    }
    Set<WireName> added = names(file, is);
    added.removeAll(names(file, was));
    Set<WireName> removed = names(file, was);
    removed.removeAll(names(file, is));
    if (!adds.containsAll(added) || !deletes.containsAll(removed)) {
      throw new BrokenPromise(
          "%s adds %s and removes %s, and tells of %s", commit.id(), added, removed, told);
    }
    Set<WireName> missing = new TreeSet<>(fit);
    missing.removeAll(deletes);
    missing.removeAll(names(file, is));
    Set<WireName> left = new TreeSet<>(deletes);
    left.removeAll(adds);
    left.retainAll(names(file, is));
    // What is made again takes away what it took away, and others may have added to the name.
    // Where somebody else had brought it and took it back, by force or by another update, it is
    // only told of again.
    boolean mayMiss = isAgain && (remote.wasRewritten || wereRemoved(missing));
    if ((!missing.isEmpty() && !mayMiss) || (!left.isEmpty() && !isAgain)) {
      throw new BrokenPromise(
          "%s lacks %s and still has %s, and tells of %s", commit.id(), missing, left, told);
    }
  }

  /// Whether clients were told that they had removed all of these names.
  private boolean wereRemoved(Set<WireName> names) {
    Set<WireName> left = new TreeSet<>(names);
    for (SimUpdate update : updates.values()) {
      if (update.isAcknowledged) {
        left.removeAll(update.deletes);
      }
    }
    return left.isEmpty();
  }

  // ---- what is served ----

  void published(SimPrimary primary, Publication publication) {
    Map<WireName, Zone> last = served.computeIfAbsent(primary, any -> new HashMap<>());
    if (!isLocal && !everInBranch.contains(publication.version())) {
      throw new BrokenPromise(
          "%s serves %s, which the remote never had",
          primary, World.shortId(publication.version()));
    }
    requireNothingTakenBack(primary, publication);
    SimCommit commit = remote.commit(publication.version());
    publication
        .files()
        .statuses()
        .forEach(status -> {
          WireName apex = status.zone();
          if (!(publication.zones().zone(apex) instanceof Zone zone)) {
            return;
          }
          String file = apex.toStringNoDot();
          if (status.state() == ZoneStatus.State.CURRENT) {
            String text = commit.files().get(file);
            Zone committed = text == null ? null : parse(file, text);
            if (committed == null || !committed.sameRecords(zone)) {
              throw new BrokenPromise(
                  "%s serves %s at %s otherwise than %s has it",
                  primary, apex, zone.serial(), World.shortId(commit.id()));
            }
          }
          Zone then = last.put(apex, zone);
          if (then != null) {
            requireKnownAsCompared(publication, then, zone);
          }
          boolean isSame = then != null && then.sameRecords(zone);
          if (then != null && !isSame && !zone.serial().isNewerThan(then.serial())) {
            throw new BrokenPromise(
                "%s serves %s at %s after %s", primary, apex, zone.serial(), then.serial());
          }
          requireOneContent(primary, zone);
          versions
              .computeIfAbsent(primary, any -> new HashMap<>())
              .put(zone.apex() + " " + zone.serial(), zone);
        });
  }

  /// What a primary once served of a zone at a serial; null for nothing.
  @Nullable Zone served(SimPrimary primary, WireName apex, Serial serial) {
    return versions.getOrDefault(primary, Map.of()).get(apex + " " + serial);
  }

  /// A secondary serves only what a primary of its own served, and never goes back.
  void published(SimSecondary secondary, Publication publication) {
    Map<WireName, Zone> last = transferred.computeIfAbsent(secondary, any -> new HashMap<>());
    publication
        .files()
        .statuses()
        .forEach(status -> {
          if (!(publication.zones().zone(status.zone()) instanceof Zone zone)) {
            return;
          }
          Zone then = last.put(zone.apex(), zone);
          if (then != null && then.sameRecords(zone)) {
            return;
          }
          if (then != null && !zone.serial().isNewerThan(then.serial())) {
            throw new BrokenPromise(
                "%s serves %s at %s after %s",
                secondary, zone.apex(), zone.serial(), then.serial());
          }
          boolean isOfAPrimary =
              secondary.primaries().stream()
                  .map(primary -> served(primary, zone.apex(), zone.serial()))
                  .anyMatch(theirs -> theirs != null && theirs.sameRecords(zone));
          if (!isOfAPrimary) {
            throw new BrokenPromise(
                "%s serves %s at %s, which no primary ever served so",
                secondary, zone.apex(), zone.serial());
          }
          if (then != null) {
            requireKnownAsCompared(publication, then, zone);
          }
        });
  }

  /// A branch that lacks what was acknowledged is not followed.
  private void requireNothingTakenBack(SimPrimary primary, Publication publication) {
    if (isLocal || remote.wasLossAccepted) {
      return;
    }
    Set<String> there = remote.requests(publication.version());
    for (SimUpdate update : followed.getOrDefault(primary, List.of())) {
      if (update.requests.stream().noneMatch(there::contains)) {
        throw new BrokenPromise(
            "%s serves %s, which lacks %s, and nobody accepted that",
            primary, World.shortId(publication.version()), update);
      }
    }
  }

  /// What is sent by IXFR is what changed, whether it is known of an update or a transfer, or was
  /// looked for.
  private static void requireKnownAsCompared(Publication publication, Zone then, Zone zone) {
    ZoneChange known = publication.files().change(then, zone);
    if (known != null
        && !known.replacements().equals(ZoneChange.between(then, zone).replacements())) {
      throw new BrokenPromise("it is said of %s that %s", zone.apex(), known);
    }
  }

  private void requireOneContent(SimPrimary primary, Zone zone) {
    boolean isOfAll = !isLocal && !remote.wasRewritten;
    String place = (isOfAll ? "" : primary + " ") + zone.apex() + " " + zone.serial();
    Zone other = bySerial.putIfAbsent(place, zone);
    if (other != null && !other.sameRecords(zone)) {
      throw new BrokenPromise("two contents of %s at %s", zone.apex(), zone.serial());
    }
  }

  // ---- answers ----

  void acknowledged(SimPrimary primary, SimUpdate update, Publication publication) {
    if (!update.alwaysChanges) {
      update.isAcknowledged = true;
      return;
    }
    if (!isLocal && update.requests.stream().noneMatch(remote::hasEverHad)) {
      throw new BrokenPromise("%s acknowledged %s, which is not in the remote", primary, update);
    }
    Set<String> inServed = remote.requests(publication.version());
    boolean isServed =
        update.isAcknowledged || update.requests.stream().anyMatch(inServed::contains);
    if (!isServed && !remote.wasLossAccepted && !hasNames(publication, update)) {
      throw new BrokenPromise("%s acknowledged %s, which it does not serve", primary, update);
    }
    if (update.requests.stream().anyMatch(inServed::contains)) {
      followed.computeIfAbsent(primary, any -> new ArrayList<>()).add(update);
    }
    update.isAcknowledged = true;
    acknowledged.computeIfAbsent(primary, any -> new ArrayList<>()).add(update);
    requireNothingLost(primary);
  }

  /// Whether what it adds is there, as where somebody made one commit of ours and others.
  private static boolean hasNames(Publication publication, SimUpdate update) {
    return publication.zones().zone(update.zone) instanceof Zone zone
        && update.adds.stream().allMatch(name -> zone.node(name) != null);
  }

  /// What was acknowledged is in the remote, waits, or was handed to people.
  void requireNothingLost(SimPrimary primary) {
    Set<String> waiting = null;
    for (SimUpdate update : acknowledged.getOrDefault(primary, List.of())) {
      if (update.requests.stream()
          .anyMatch(id -> remote.hasEverHad(id) || remote.isKeptForPeople(id))) {
        continue;
      }
      waiting = waiting == null ? primary.disk().waitingRequests() : waiting;
      if (update.requests.stream().noneMatch(waiting::contains)) {
        throw new BrokenPromise("%s has lost %s, which was acknowledged", primary, update);
      }
    }
  }

  void mustBeAnswered(SimPrimary primary, SimReply reply, java.time.Duration within) {
    int run = primary.run();
    world.after(
        within,
        () -> {
          if (!reply.isAnswered() && primary.run() == run) {
            throw new BrokenPromise("%s leaves %s without an answer", primary, reply);
          }
        });
  }
}
