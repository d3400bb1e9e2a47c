package zonetrail.authority;

import java.nio.charset.StandardCharsets;

/// Commits into a tree in memory, and nothing else.
final class MemoryLedger extends UnusedLedger {
  private final MemoryTree repository;

  MemoryLedger(MemoryTree repository) {
    this.repository = repository;
  }

  @Override
  public SourceTree commit(String parent, ZoneCommit commit) {
    commit
        .files()
        .forEach((name, text) ->
            repository.put(name, new String(text.orElseThrow().octets(), StandardCharsets.UTF_8)));
    return repository.commit();
  }
}
