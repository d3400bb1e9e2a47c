package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneSource.Known;

/// What tests ask of a zones repository.
final class RepositoryFixture {
  private RepositoryFixture() {}

  /// Opens a remote that is reached without SSH.
  static ZoneRepository open(String address, Path state) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(address), Optional.empty(), state, Optional.empty());
  }

  static SourceTree fetch(ZoneRepository repository) throws FetchException {
    return repository.fetch("").now();
  }

  static FetchException refusal(ZoneRepository repository) {
    return catchThrowableOfType(FetchException.class, () -> fetch(repository));
  }

  static Optional<SourceTree> current(ZoneRepository repository) {
    return repository.known().map(Known::line).map(SourceLine::now);
  }

  static SourceFile file(SourceTree tree, String name) {
    return Objects.requireNonNull(tree.files().get(name));
  }

  static String text(SourceTree tree, String name) throws UnreadableException {
    return new String(file(tree, name).read(), UTF_8);
  }
}
