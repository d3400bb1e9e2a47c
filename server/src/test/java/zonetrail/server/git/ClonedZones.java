package zonetrail.server.git;

import static zonetrail.server.git.LedgerFixture.ZONE;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.fixtures.GitRepository;

/// A repository with two zones for each test, and a clone of it that the test opens and closes.
abstract class ClonedZones {
  Path directory;
  GitRepository origin;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin.write("example.com", ZONE).write("example.org", ZONE).push("first");
  }

  GitSource open() throws FetchException {
    return open(origin.bare());
  }

  GitSource open(Path remote) throws FetchException {
    return new GitSource(RepositoryFixture.open(remote.toString(), directory.resolve("state")));
  }

  Path inClone() {
    return directory.resolve("state/clone.git");
  }

  /// What git says in the clone.
  String git(String... arguments) {
    return GitRepository.gitIn(inClone(), arguments);
  }
}
