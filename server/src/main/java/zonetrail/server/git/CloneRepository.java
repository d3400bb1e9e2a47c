package zonetrail.server.git;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;
import org.jspecify.annotations.Nullable;

/// The clone as JGit sees it; it takes packs within limits only.
///
/// JGit has limits for what a server receives, and none for what it fetches itself: a pack header
/// that announces 2^31 objects makes it ask for 8 GiB. This is the one place through which each
/// pack comes, whatever the transport.
final class CloneRepository extends FileRepository {

  private @Nullable FetchMeter meter;
  private volatile Aside aside = id -> null;

  /// Where objects are that are not in the clone yet.
  interface Aside {
    /// The octets of one; null if it is not there.
    byte @Nullable [] octets(ObjectId id) throws IOException;
  }

  private CloneRepository(FileRepositoryBuilder builder) throws IOException {
    super(builder);
  }

  /// Opens a bare repository, or prepares to make one.
  ///
  /// @throws RepositoryNotFoundException if it must exist and does not
  static CloneRepository at(Path directory, boolean mustExist) throws IOException {
    FileRepositoryBuilder builder = new FileRepositoryBuilder();
    builder.setBare().setGitDir(directory.toFile()).setup();
    CloneRepository repository = new CloneRepository(builder);
    if (mustExist && !repository.getObjectDatabase().exists()) {
      repository.close();
      throw new RepositoryNotFoundException(directory.toFile());
    }
    return repository;
  }

  /// Says where objects are that are not here yet.
  void lookAside(Aside where) {
    aside = where;
  }

  /// The octets of an object that is not here yet, any thread; null if it is, or nowhere.
  byte @Nullable [] aside(ObjectId id) throws IOException {
    return aside.octets(id);
  }

  /// Measures what comes from now on; null takes anything, as when nothing is fetched.
  void measure(@Nullable FetchMeter by) {
    meter = by;
  }

  @Override
  public ObjectInserter newObjectInserter() {
    ObjectInserter inserter = super.newObjectInserter();
    FetchMeter by = meter;
    return by == null ? inserter : new Measured(inserter, by);
  }

  private static final class Measured extends ObjectInserter.Filter {
    private final ObjectInserter inserter;
    private final FetchMeter meter;

    Measured(ObjectInserter inserter, FetchMeter meter) {
      this.inserter = inserter;
      this.meter = meter;
    }

    @Override
    protected ObjectInserter delegate() {
      return inserter;
    }

    @Override
    public PackParser newPackParser(InputStream in) throws IOException {
      PackParser parser = super.newPackParser(meter.pack(in));
      parser.setMaxObjectSizeLimit(meter.limits().objectOctets());
      return parser;
    }
  }
}
