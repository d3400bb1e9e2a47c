package zonetrail.server.git;

import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/// Keeps JGit from looking at the machine's and the user's git configuration: what the server does
/// follows from its options and the clone's own `config`, and from nothing in `~`.
final class IsolatedSystemReader extends SystemReader.Delegate {

  private IsolatedSystemReader(SystemReader delegate) {
    super(delegate);
  }

  /// Sets it for the whole process, which is the only way JGit knows.
  static synchronized void install() {
    if (!(SystemReader.getInstance() instanceof IsolatedSystemReader)) {
      SystemReader.setInstance(new IsolatedSystemReader(SystemReader.getInstance()));
    }
  }

  /// `GIT_SSH`, `GIT_CONFIG_*`, `GIT_TRACE` and the like do not reach JGit. (`GIT_SSH` would make
  /// it run a program instead of using our pinned session.)
  @Override
  public @Nullable String getenv(String variable) {
    return variable.startsWith("GIT_") ? null : super.getenv(variable);
  }

  @Override
  public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
    FileBasedConfig config = new EmptyConfig(parent, fs);
    // What JGit leaves off: an object or a ref that was written is on the disk. Not in the clone's
    // own configuration, since git knows it by another name by now and says so each time.
    config.setBoolean("core", null, "fsyncObjectFiles", true);
    config.setBoolean("core", null, "fsyncRefFiles", true);
    return config;
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  /// A configuration without a file: JGit keeps what it measured about the file system in it, for
  /// as long as the process lives.
  private static final class EmptyConfig extends FileBasedConfig {
    EmptyConfig(@Nullable Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public long getTimeUnit(
        String section, @Nullable String subsection, String name, long ifUnset, TimeUnit unit) {
      if (section.equals(ConfigConstants.CONFIG_FILESYSTEM_SECTION)
          && name.equals(ConfigConstants.CONFIG_KEY_TIMESTAMP_RESOLUTION)) {
        return unit.convert(FS.FileStoreAttributes.FALLBACK_TIMESTAMP_RESOLUTION);
      }
      return super.getTimeUnit(section, subsection, name, ifUnset, unit);
    }

    @Override
    public void load() throws ConfigInvalidException {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
