package zonetrail.authority;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Commits into a tree in memory, and nothing else.
final class MemoryLedger extends UnusedLedger {
  /// What was committed, in this order.
  final List<ZoneCommit> commits = new ArrayList<>();

  private final MemoryTree repository;

  MemoryLedger(MemoryTree repository) {
    this.repository = repository;
  }

  @Override
  public SourceTree commit(String parent, ZoneCommit commit) {
    commits.add(commit);
    commit
        .files()
        .forEach((name, text) ->
            text.ifPresentOrElse(
                octets -> repository.put(name, new String(octets.octets(), StandardCharsets.UTF_8)),
                () -> repository.remove(name)));
    return repository.commit();
  }
}
