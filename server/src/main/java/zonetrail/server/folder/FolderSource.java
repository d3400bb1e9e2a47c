package zonetrail.server.folder;

import java.io.IOException;
import java.util.Optional;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneSource;

/// A plain folder as the source of zones; nothing of it is known before it is read.
public final class FolderSource implements ZoneSource {
  private final ZoneFolder folder;

  /// Creates a source.
  public FolderSource(ZoneFolder folder) {
    this.folder = folder;
  }

  @Override
  public Optional<SourceTree> known() {
    return Optional.empty();
  }

  @Override
  public SourceTree fetch() throws AwayException {
    try {
      return folder.scan();
    } catch (IOException unreadable) {
      throw new AwayException(String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  @Override
  public void close() {}
}
