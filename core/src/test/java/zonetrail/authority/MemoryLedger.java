package zonetrail.authority;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Commits into a tree in memory, and nothing else.
final class MemoryLedger extends UnusedLedger {
  /// What was committed, in this order.
  final List<ZoneCommit> commits = new ArrayList<>();

  /// What was taken back: the last of some commits, and what the first was made on.
  final List<String> takenBack = new ArrayList<>();

  /// So many more are made, and then the disk is full.
  int room = Integer.MAX_VALUE;

  private final MemoryTree repository;

  MemoryLedger(MemoryTree repository) {
    this.repository = repository;
  }

  @Override
  public SourceTree commit(String parent, ZoneCommit commit) throws ZoneSource.AwayException {
    if (room-- == 0) {
      throw new ZoneSource.AwayException("the disk is full");
    }
    commits.add(commit);
    commit
        .files()
        .forEach((name, text) ->
            text.ifPresentOrElse(
                octets -> repository.put(name, new String(octets.octets(), StandardCharsets.UTF_8)),
                () -> repository.remove(name)));
    return repository.commit();
  }

  @Override
  public void takeBack(String tip, String parent) {
    takenBack.add(tip + " to " + parent);
  }
}
