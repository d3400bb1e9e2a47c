package zonetrail.server.folder;

import java.io.IOException;
import java.util.Optional;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.SourceLine;
import zonetrail.authority.ZoneSource;

/// A plain folder as the source of zones; nothing of it is known before it is read. What a NOTIFY
/// does not name is left as it was read before.
public final class FolderSource implements ZoneSource {
  private final ZoneFolder folder;

  /// Creates a source.
  public FolderSource(ZoneFolder folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Known> known() {
    return Optional.empty();
  }

  @Override
  public SourceLine fetch(String since, FetchScope scope) throws AwayException {
    try {
      return SourceLine.of(folder.scan(scope));
    } catch (IOException unreadable) {
      throw new AwayException(String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  @Override
  public boolean keepsNotes() {
    return false;
  }

  /// A folder holds no more than it shows: there is no place to note anything.
  @Override
  public void keep(String version, HeldBack heldBack) {}

  @Override
  public void close() {}
}
