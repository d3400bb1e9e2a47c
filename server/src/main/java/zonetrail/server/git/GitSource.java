package zonetrail.server.git;

import java.util.Optional;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.SourceLine;
import zonetrail.authority.ZoneSource;

/// A git repository as the source of zones.
public final class GitSource implements ZoneSource {
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

  private static AwayException away(FetchException failed) {
    return new AwayException(
        String.valueOf(failed.getMessage()), failed.reason().operatorMustAct(), failed);
  }

  @Override
  public void close() {
    repository.close();
  }
}
