package zonetrail.server.git;

import java.util.Optional;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneSource;

/// A git repository as the source of zones.
public final class GitSource implements ZoneSource {
  private final ZoneRepository repository;

  /// Creates a source, which closes the repository with itself.
  public GitSource(ZoneRepository repository) {
    this.repository = repository;
  }

  @Override
  public Optional<SourceTree> known() {
    return repository.current();
  }

  @Override
  public SourceTree fetch() throws AwayException {
    try {
      return repository.fetch();
    } catch (FetchException failed) {
      throw new AwayException(String.valueOf(failed.getMessage()), failed);
    }
  }

  @Override
  public void close() {
    repository.close();
  }
}
