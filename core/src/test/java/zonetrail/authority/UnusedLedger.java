package zonetrail.authority;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A ledger of which a test uses only what it overrides.
abstract class UnusedLedger implements ZoneLedger {
  @Override
  public void takeBack(String tip, String parent) {}

  @Override
  public PushOutcome push(String tip) {
    throw new AssertionError("not used here");
  }

  @Override
  public List<KnownRequest> requestsSince(Instant time) {
    return List.of();
  }

  @Override
  public List<SourceTree> pending() {
    return List.of();
  }

  @Override
  public List<SourceTree> superseded() {
    return List.of();
  }

  @Override
  public List<String> supersededLines() {
    return List.of();
  }

  @Override
  public Set<String> settledOf(String version) {
    return Set.of();
  }

  @Override
  public ZoneEdit.CommitOrigin originOf(String version) {
    throw new AssertionError("not used here");
  }

  @Override
  public Optional<SourceTree> before(String version) {
    return Optional.empty();
  }

  @Override
  public List<SourceTree> lineTo(String version, String since) {
    return List.of();
  }

  @Override
  public SourceTree tree(String version) {
    return pending().stream().filter(t -> t.version().equals(version)).findFirst().orElseThrow();
  }

  @Override
  public boolean isInRemote(String version) {
    return false;
  }

  @Override
  public void giveUp(String tip, boolean conflict) {}
}
