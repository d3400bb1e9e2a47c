package zonetrail.server.git;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.Input;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource;

/// A git repository as the source of zones, and as what edits of them are made to last in.
public final class GitSource implements ZoneSource, ZoneLedger {
  private final ZoneRepository repository;

  /// Creates a source, which closes the repository with itself.
  public GitSource(ZoneRepository repository) {
    this.repository = repository;
  }

  @Override
  public Optional<Known> known() {
    return repository.known();
  }

  /// A commit is had as a whole, and only what differs of it is read.
  @Override
  public SourceLine fetch(String since, FetchScope scope) throws AwayException {
    try {
      return repository.fetch(since);
    } catch (FetchException failed) {
      throw away(failed);
    }
  }

  @Override
  public void keep(String version, HeldBack heldBack) throws AwayException {
    try {
      repository.keep(version, heldBack);
    } catch (FetchException failed) {
      throw away(failed);
    }
  }

  @Override
  public void markTakenIn() {
    repository.markTakenIn();
  }

  @Override
  public Optional<SourceTree> earlier(String fileName, Search search) {
    return repository.earlier(fileName, search);
  }

  @Override
  public SourceTree commit(String parent, ZoneCommit commit) throws AwayException {
    return repository.commits().commit(parent, commit);
  }

  @Override
  public void takeBack(String tip, String parent) {
    repository.commits().takeBack(tip, parent);
  }

  @Override
  public void prepare(List<ZoneCommit> commits) throws AwayException {
    repository.commits().prepare(commits);
  }

  @Override
  public PushOutcome push(String tip) {
    return repository.push(tip);
  }

  @Override
  public List<KnownRequest> requestsSince(Instant time) {
    return repository.commits().requestsSince(time);
  }

  @Override
  public List<Input.Unpushed> unpushed() throws AwayException {
    return repository.commits().unpushed();
  }

  @Override
  public List<SourceTree> pending() {
    return repository.commits().pending();
  }

  @Override
  public List<SourceTree> superseded() {
    return repository.commits().superseded();
  }

  @Override
  public List<String> supersededLines() {
    return repository.commits().supersededLines();
  }

  @Override
  public Set<String> settledOf(String version) throws AwayException {
    return repository.commits().settledOf(version);
  }

  @Override
  public SourceTree tree(String version) throws AwayException {
    return repository.commits().tree(version);
  }

  @Override
  public CommitOrigin originOf(String version) throws AwayException {
    return repository.commits().originOf(version);
  }

  @Override
  public Optional<SourceTree> before(String version) throws AwayException {
    return repository.commits().before(version);
  }

  @Override
  public List<SourceTree> lineTo(String version, String since) throws AwayException {
    return repository.commits().lineTo(version, since);
  }

  @Override
  public boolean isInRemote(String version) {
    return repository.commits().isInRemote(version);
  }

  @Override
  public void giveUp(String tip, boolean conflict) throws AwayException {
    repository.commits().giveUp(tip, conflict);
  }

  @Override
  public boolean pushConflict() {
    return repository.pushConflict();
  }

  private static AwayException away(FetchException failed) {
    return new AwayException(
        String.valueOf(failed.getMessage()), failed.reason().outlook(), failed);
  }

  @Override
  public void close() {
    repository.close();
  }
}
