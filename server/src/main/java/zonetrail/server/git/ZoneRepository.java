package zonetrail.server.git;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.HeldBack;
import zonetrail.authority.Layout;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneSource;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.server.git.CloneDirectory.NotUsableException;
import zonetrail.server.git.FetchException.Reason;

/// The zones repository: one branch of one remote, and a bare clone of it in the state directory.
///
/// A fetch takes exactly that branch, without tags, into a ref of our own, and follows it wherever
/// it went, also backwards. The order is: objects on disk and checked, their closure checked, the
/// tree read, the ref written, the tree handed out. Whatever fails before the ref leaves everything
/// as it was.
///
/// A clone that turns out to be damaged is replaced by a fresh one, which is fetched whole before
/// the damaged one gives way. A clone of another remote or branch is never served.
///
/// Our own commits go the other way: [LocalCommits] makes them, [RemotePush] takes them there.
///
/// Threads: [#fetch], [#push], [#pushConflict], [#markTakenIn] and [#close] are called by one
/// thread at a time, the network lane, and block. At the same time another, the commit lane, may
/// use [#commits] and [#keep]. The files of a tree may be used from any thread.
public final class ZoneRepository implements AutoCloseable {

  /// The largest file that is read; a larger one is refused by its size, before it is read.
  public static final int MAX_BLOB_OCTETS = BranchTip.MAX_OBJECT_OCTETS;

  private static final Logger LOG = LoggerFactory.getLogger(ZoneRepository.class);

  private final RemoteAddress remote;
  private final List<String> folder;
  private final Layout layout;
  private final Path stateDirectory;
  private final StateLock lock;
  private final RemoteExchange exchange;

  /// Set by a reader that met a damaged object; the next fetch makes the clone anew.
  private final AtomicBoolean damageSeen = new AtomicBoolean();

  private final CloneUpkeep upkeep = new CloneUpkeep();
  private final TipAttempts attempts;
  private final RemotePush pushing;
  private final LocalCommits commits;
  private final ServedNotes served;
  private final ConflictBranches conflicts;

  private CloneDirectory clone;
  private CommitTrees trees;

  /// The branch's tip as it was fetched last.
  private @Nullable SourceTree now;

  /// Whether what was noted last is all that is known, since nothing else could be read.
  private volatile boolean isAsNoted;

  /// The tip for which a fresh clone did not help, so that it is not tried again and again.
  private @Nullable ObjectId refusedTip;

  private ZoneRepository(
      RemoteAddress remote,
      List<String> folder,
      Layout layout,
      Path stateDirectory,
      StateLock lock,
      RemoteExchange exchange,
      Committer committer,
      CloneDirectory clone) {
    this.remote = remote;
    this.folder = folder;
    this.layout = layout;
    this.stateDirectory = stateDirectory;
    this.lock = lock;
    this.exchange = exchange;
    this.attempts = TipAttempts.untilShutdown(stateDirectory);
    this.clone = clone;
    this.trees = new CommitTrees(clone.repository(), folder, layout, damageSeen);
    this.served = new ServedNotes(clone, folder, layout, damageSeen);
    this.pushing = new RemotePush(exchange, damageSeen);
    this.commits = new LocalCommits(clone, folder, layout, committer, damageSeen);
    this.conflicts = new ConflictBranches(commits, pushing, System::nanoTime);
  }

  /// Opens the clone of a repository whose zone files lie in one folder and are called as their
  /// zones; else as [#open(RemoteAddress, Optional, Layout, Path, RemoteAccess)].
  ///
  /// @throws FetchException with [Reason#LOCAL_STORE] if the state directory cannot be used
  public static ZoneRepository open(
      RemoteAddress remote, Optional<String> path, Path stateDirectory, Optional<SshSettings> ssh)
      throws FetchException {
    return open(remote, path, Layout.DEFAULT, stateDirectory, ssh);
  }

  /// Opens the clone with the usual limits; else as [#open(RemoteAddress, Optional, Layout, Path,
  /// RemoteAccess)].
  ///
  /// @param ssh needed for an SSH remote, else not used
  /// @throws FetchException with [Reason#LOCAL_STORE] if the state directory cannot be used
  public static ZoneRepository open(
      RemoteAddress remote,
      Optional<String> path,
      Layout layout,
      Path stateDirectory,
      Optional<SshSettings> ssh)
      throws FetchException {
    return open(remote, path, layout, stateDirectory, RemoteAccess.by(ssh));
  }

  /// Opens the clone for commits by [Committer#ofThisHost]; else as [#open(RemoteAddress, Optional,
  /// Layout, Path, RemoteAccess, Committer)].
  ///
  /// @throws FetchException with [Reason#LOCAL_STORE] if the state directory cannot be used
  public static ZoneRepository open(
      RemoteAddress remote,
      Optional<String> path,
      Layout layout,
      Path stateDirectory,
      RemoteAccess access)
      throws FetchException {
    return open(remote, path, layout, stateDirectory, access, Committer.ofThisHost());
  }

  /// Opens the clone, or makes an empty one; does not talk to the remote.
  ///
  /// @param remote the repository and branch
  /// @param path the folder within it that holds the zones, as `a/b`; the top if empty
  /// @param layout where in that folder zone files lie and what they are called
  /// @param stateDirectory made if it does not exist; may not be in use by another server
  /// @param access how the remote is reached
  /// @param committer who makes commits
  /// @throws IllegalArgumentException if `path` is none, or an SSH remote has no settings
  /// @throws FetchException with [Reason#LOCAL_STORE] if the state directory cannot be used
  public static ZoneRepository open(
      RemoteAddress remote,
      Optional<String> path,
      Layout layout,
      Path stateDirectory,
      RemoteAccess access,
      Committer committer)
      throws FetchException {
    IsolatedSystemReader.install();
    List<String> folder = path.map(ZoneRepository::folder).orElse(List.of());
    RemoteExchange exchange = RemoteExchange.with(remote, stateDirectory, access);
    StateLock lock = null;
    ZoneRepository repository = null;
    try {
      CloneDirectory.makeStateDirectory(stateDirectory);
      lock = StateLock.take(stateDirectory);
      CloneDirectory.heal(stateDirectory);
      CloneDirectory clone = openOrMake(stateDirectory, remote);
      repository =
          new ZoneRepository(
              remote, folder, layout, stateDirectory, lock, exchange, committer, clone);
      repository.commits.recover();
      return repository;
    } catch (IOException e) {
      if (repository == null) {
        StateLock.release(lock);
      } else {
        repository.close();
      }
      throw FetchFailures.ofDisk(stateDirectory, e);
    }
  }

  private static CloneDirectory openOrMake(Path stateDirectory, RemoteAddress remote)
      throws IOException {
    try {
      Optional<CloneDirectory> there = CloneDirectory.open(stateDirectory, remote);
      if (there.isPresent()) {
        return there.get();
      }
    } catch (NotUsableException e) {
      if (e.isOfAnotherRemote() && CloneDirectory.takeBack(stateDirectory, remote)) {
        LOG.warn("{}; clone.git.old is, and takes its place", e.getMessage());
        return openOrMake(stateDirectory, remote);
      }
      LOG.warn("{}; it is kept beside as clone.git.old, and fetched anew", e.getMessage());
    }
    return CloneDirectory.make(stateDirectory, remote).takePlace(stateDirectory);
  }

  private static List<String> folder(String path) {
    List<String> names = List.of(path.replaceFirst("/+$", "").split("/", -1));
    if (names.stream().anyMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."))) {
      throw new IllegalArgumentException(
          "--path " + path + " is not a folder of the repository: write it as a/b, from the top");
    }
    return names;
  }

  /// What was served and fetched before this start. What was served goes first: a version that was
  /// held back, or is broken by now, is not to be lost by a restart.
  ///
  /// @return empty before the first fetch
  public Optional<Known> known() {
    Optional<ServedLine.Noted> noted = served.read();
    Optional<SourceLine> line = fetchedSince(noted.map(last -> last.tree().version()).orElse(""));
    if (noted.isEmpty()) {
      // Empty with another --path than last time that the commit lacks: the next fetch says so.
      return line.map(Known::ofNew);
    }
    isAsNoted = line.isEmpty();
    return Optional.of(new Known(noted.get().tree(), noted.get().marks(), line.orElse(null)));
  }

  private Optional<SourceLine> fetchedSince(String version) {
    try {
      ObjectId fetched = clone.fetched();
      if (fetched == null) {
        return Optional.empty();
      }
      // What was served may be a commit of ours that the remote does not have yet.
      ObjectId own = commits.lineOf(version);
      ObjectId tip = own == null ? fetched : own;
      return mayBeRead(tip) ? trees.line(tip, version) : Optional.empty();
    } catch (TreeListing.TooManyException e) {
      return Optional.empty(); // with another layout than last time; the next fetch says so
    } catch (IOException e) {
      LOG.warn("{} is damaged ({}); cloning {} anew", clone.directory(), e.getMessage(), remote);
      damageSeen.set(true);
      return Optional.empty();
    }
  }

  private boolean mayBeRead(ObjectId tip) {
    try {
      attempts.beginAtStart(tip);
      return true;
    } catch (TipAttempts.WaitsException e) {
      LOG.error("{}", e.getMessage());
      return false;
    } catch (IOException e) {
      LOG.warn("cannot write to {} ({})", stateDirectory, e.getMessage());
      return true;
    }
  }

  /// Where the zones come from.
  public RemoteAddress remote() {
    return remote;
  }

  /// Our own commits.
  LocalCommits commits() {
    return commits;
  }

  /// Brings the clone up to date with the remote's branch. Where the branch has not moved, this is
  /// one exchange with the remote, and the tree is the one handed out before.
  ///
  /// Where the commit looked at last is one of ours that waits, and the remote has nothing but what
  /// it was made on, the source is as it was. Else the line begins where ours did.
  ///
  /// @param since the commit looked at last, whose successors are wanted
  /// @throws FetchException if it could not be; what was fetched before is still there
  public SourceLine fetch(String since) throws FetchException {
    attempts.ended(); // what was handed out last has been read, and we live
    settle();
    try {
      String base = base(since);
      SourceLine line = fetchOrRepair(base);
      SourceLine seen = base.equals(since) ? line : seenFromOurs(line, since);
      if (seen.now().version().equals(since)) {
        attempts.ended(); // it brings nothing, so nobody reads it, nor says that he has
      }
      return seen;
    } catch (FetchException e) {
      attempts.ended();
      throw e;
    }
  }

  private void settle() throws FetchException {
    try {
      commits.settle();
    } catch (IOException e) {
      if (!DamageException.isDamage(e)) {
        throw FetchFailures.ofDisk(clone.directory(), e);
      }
      damageSeen.set(true); // the clone is made anew, and what waits goes along
    }
  }

  private String base(String since) {
    try {
      return commits.base(since);
    } catch (IOException damaged) {
      return since; // and the fetch finds the damage
    }
  }

  /// @param line from where our line began
  /// @param since a commit of ours that waited before this fetch
  private SourceLine seenFromOurs(SourceLine line, String since) throws FetchException {
    try {
      ObjectId ours = ObjectId.fromString(since);
      ObjectId tip = ObjectId.fromString(line.now().version());
      if (!line.isRewritten() && commits.isIn(tip, ours)) {
        return SourceLine.of(commits.tree(ours));
      }
      return commits.isIn(ours, tip) ? line(trees, tip, since) : line;
    } catch (IOException e) {
      damageSeen.set(damageSeen.get() || DamageException.isDamage(e));
      throw FetchFailures.ofDisk(clone.directory(), e);
    }
  }

  private SourceLine fetchOrRepair(String since) throws FetchException {
    if (damageSeen.getAndSet(false)) {
      LOG.warn("{} is damaged; cloning {} anew", clone.directory(), remote);
      return fetchAnew(since);
    }
    try {
      return fetchInto(clone, since);
    } catch (DamageException e) {
      // The damage may be in what was here or in what came. A fresh clone tells which.
      if (!hasFetched() || e.tip().equals(refusedTip)) {
        throw e.refusal(remote);
      }
      LOG.warn(
          "{} may be damaged ({}); cloning {} anew", clone.directory(), e.getMessage(), remote);
      return fetchAnew(since);
    }
  }

  private boolean hasFetched() {
    try {
      return clone.fetched() != null;
    } catch (IOException damaged) {
      return true;
    }
  }

  /// Brings a commit of ours, and those before it, to the remote's branch.
  PushOutcome push(String tip) {
    try {
      settle();
    } catch (FetchException disk) {
      String why = String.valueOf(disk.getMessage());
      return new PushOutcome.Failed(why, disk.reason().operatorMustAct(), false);
    }
    if (commits.isInRemote(tip)) {
      return new PushOutcome.Pushed();
    }
    if (!commits.isCurrent(tip)) {
      return new PushOutcome.Superseded();
    }
    ObjectId commit = ObjectId.fromString(tip);
    PushOutcome outcome =
        pushing.push(clone.repository(), remote.branchRef(), commit, at -> mayBeMoved(at, commit));
    if (outcome instanceof PushOutcome.Pushed) {
      arrivedThere(commit);
    }
    return outcome;
  }

  /// Only from what was fetched, or from a commit of ours that got there without our knowing. Where
  /// the branch was set back to an older commit, a push would undo that.
  private boolean mayBeMoved(@Nullable ObjectId at, ObjectId to) throws IOException {
    ObjectId fetched = clone.fetched();
    return at != null && fetched != null && commits.isIn(fetched, at) && commits.isIn(at, to);
  }

  /// What is in the remote now is as if it had been fetched.
  private void arrivedThere(ObjectId commit) {
    try {
      clone.markFetched(commit);
      handedOut(SourceLine.of(commits.tree(commit)));
    } catch (IOException e) {
      now = null;
      LOG.warn(
          "cannot note that commit {} is in the remote ({}); the next fetch does",
          commit.abbreviate(7).name(),
          RemoteText.oneLine(String.valueOf(e.getMessage())));
    }
  }

  /// Brings a commit of ours that was given up and is kept for people to a branch of its own there,
  /// if it is time.
  ///
  /// @return whether it got there, and another one may be tried at once
  boolean pushConflict() {
    return conflicts.pushNext(clone.repository());
  }

  /// Notes in the clone what is served. Any thread, also while a fetch is under way. Where the
  /// version is damaged, or went with a damaged clone, the note before it stays: what waits for a
  /// note goes on, and what is served next is noted.
  ///
  /// @param version the commit looked at last
  /// @throws FetchException with [Reason#LOCAL_STORE] if it cannot be written
  public void keep(String version, HeldBack heldBack) throws FetchException {
    if (isAsNoted) {
      return; // and the version's own files have not been compared with what is served
    }
    try {
      commits.settle();
      served.write(version, heldBack);
    } catch (MissingObjectException | CorruptObjectException damaged) {
      LOG.warn(
          "that commit {} is served cannot be noted in {} ({})",
          version,
          stateDirectory,
          RemoteText.oneLine(String.valueOf(damaged.getMessage())));
    } catch (IOException e) {
      throw FetchFailures.ofDisk(stateDirectory, e);
    }
  }

  /// What was fetched last was read and is served. The clone may be packed now.
  public void markTakenIn() {
    attempts.succeeded();
    upkeep.consider(clone.repository());
  }

  /// Looks for a version of a file among those that were served, as [ZoneSource#earlier]; any
  /// thread.
  public Optional<SourceTree> earlier(String fileName, ZoneSource.Search search) {
    return served.earlier(fileName, search);
  }

  /// Closes the connection, the clone, and lets go of the state directory.
  @Override
  public void close() {
    exchange.close();
    upkeep.close();
    attempts.close();
    commits.close();
    clone.close();
    StateLock.release(lock);
  }

  /// Clones whole, and only then puts the new clone into the place of the old one.
  private SourceLine fetchAnew(String since) throws FetchException {
    try {
      CloneDirectory fresh = CloneDirectory.make(stateDirectory, remote);
      SourceTree found;
      try {
        found = fetchInto(fresh, since).now();
      } catch (FetchException e) {
        fresh.close();
        damageSeen.set(true);
        throw e;
      } catch (DamageException e) {
        fresh.close();
        refusedTip = e.tip();
        throw e.refusal(remote);
      }
      ObjectId commit = ObjectId.fromString(found.version());
      ObjectId note = served.copyTo(fresh);
      Optional<FetchException> loss = LostUpdates.knownTo(clone, fresh, remote, found);
      upkeep.rest();
      CloneDirectory replaced = clone;
      clone =
          commits.move(
              fresh, () -> served.move(fresh, note, () -> fresh.takePlace(stateDirectory)));
      replaced.close();
      trees = new CommitTrees(clone.repository(), folder, layout, damageSeen);
      if (loss.isPresent()) {
        now = null;
        throw loss.get();
      }
      return handedOut(line(trees, commit, since));
    } catch (IOException e) {
      damageSeen.set(true);
      throw FetchFailures.ofDisk(stateDirectory, e);
    }
  }

  private SourceLine fetchInto(CloneDirectory target, String since)
      throws FetchException, DamageException {
    SourceTree last = target == clone ? now : null;
    boolean isCurrent = last != null && last.version().equals(since);
    boolean isRead = target == clone && !isAsNoted;
    ObjectId tip =
        exchange.bring(
            target, isCurrent ? since : "", found -> beginTakingIn(found, isRead ? since : null));
    return last != null && isCurrent && tip.name().equals(since)
        ? SourceLine.of(last)
        : arrived(target, tip, since);
  }

  /// What this process has read already brings nothing that could end it, and neither does what the
  /// remote has of our commits that wait: who kills it while it looks at the remote, after each
  /// start, must not keep it from fetching.
  ///
  /// @param read what this process has read; null if it is not known to have read anything
  private void beginTakingIn(ObjectId tip, @Nullable String read) throws FetchException {
    if (read != null && (tip.name().equals(read) || isOurs(tip))) {
      return;
    }
    try {
      attempts.begin(tip);
    } catch (TipAttempts.WaitsException e) {
      throw new FetchException(Reason.WAITS, remote + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw FetchFailures.ofDisk(stateDirectory, e);
    }
  }

  private boolean isOurs(ObjectId tip) {
    try {
      return commits.lineOf(tip.name()) != null;
    } catch (IOException e) {
      return false; // and the fetch finds what is damaged
    }
  }

  private SourceLine arrived(CloneDirectory target, ObjectId tip, String since)
      throws FetchException, DamageException {
    try {
      CommitTrees of =
          target == clone
              ? trees
              : new CommitTrees(target.repository(), folder, layout, damageSeen);
      SourceLine line = line(of, tip, since);
      if (target != clone) {
        target.markFetched(tip);
        return line;
      }
      if (line.isRewritten()) {
        refuseToLoseUpdates(line.now());
      }
      commits.fetchedMovesTo(tip);
      target.markFetched(tip);
      return handedOut(line);
    } catch (TreeListing.TooManyException e) {
      throw new FetchException(
          Reason.REFUSED_CONTENT,
          remote + ": commit " + tip.name() + " is not taken: " + e.getMessage(),
          e);
    } catch (IOException e) {
      if (DamageException.isDamage(e)) {
        throw new DamageException(tip, String.valueOf(e.getMessage()));
      }
      throw FetchFailures.ofDisk(target.directory(), e);
    }
  }

  private void refuseToLoseUpdates(SourceTree now) throws IOException, FetchException {
    ObjectId fetched = clone.fetched();
    if (fetched == null) {
      return;
    }
    Optional<FetchException> loss = LostUpdates.refusal(clone, remote, fetched, now);
    if (loss.isPresent()) {
      throw loss.get();
    }
  }

  private SourceLine handedOut(SourceLine line) {
    now = line.now();
    commits.remember(line.now());
    isAsNoted = false;
    return line;
  }

  private SourceLine line(CommitTrees of, ObjectId tip, String since)
      throws IOException, FetchException {
    return of.line(tip, since)
        .orElseThrow(() ->
            new FetchException(
                Reason.NO_SUCH_PATH,
                remote
                    + " has no folder "
                    + String.join("/", folder)
                    + " in commit "
                    + tip.abbreviate(7).name()
                    + ": correct --path, or push the folder"));
  }
}
