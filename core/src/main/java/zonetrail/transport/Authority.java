package zonetrail.transport;

import java.util.Map;
import java.util.Optional;
import zonetrail.authority.EditedTexts;
import zonetrail.authority.Event;
import zonetrail.authority.Input;
import zonetrail.authority.Primary;
import zonetrail.authority.Secondary;

/// The thread that owns a server's state, as the lanes and the pages see it: of a primary the
/// [AuthorityLoop], of a secondary the [SecondaryLoop].
///
/// Any thread may call; nothing here waits.
public interface Authority extends AutoCloseable {
  /// Hands over a request whose signature verified.
  ///
  /// @return false if it is not taken, because the loop has been closed or does not do this kind of
  ///   request
  boolean post(Input input);

  /// Logs and counts what happened elsewhere, in order with what happens here.
  void report(Event event);

  /// Ends the loop and its threads.
  @Override
  void close();

  /// Whether the loop is alive.
  Heartbeat heartbeat();

  /// What became of the looks at where the zones come from.
  FetchHistory fetches();

  /// How often each kind of event happened, by its name.
  Map<String, Long> eventCounts();

  /// How many events were not logged because there were too many like them.
  long eventsNotLogged();

  /// How full what a primary holds in bounds is, as of its last step.
  Primary.Load load();

  /// The texts of zone files that a primary keeps for the next edit; empty of one that takes none.
  default Optional<EditedTexts> editedTexts() {
    return Optional.empty();
  }

  /// How full what a secondary holds in bounds is, as of its last step; empty of a primary.
  default Optional<Secondary.Load> secondaryLoad() {
    return Optional.empty();
  }
}
