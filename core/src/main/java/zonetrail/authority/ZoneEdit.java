package zonetrail.authority;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import zonetrail.tsig.TsigKey;
import zonetrail.update.UpdateOutcome;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// Something that is to be done to the zone files, in a commit of ours.
///
/// What it comes to depends on the zones that it meets: when the source has moved on, the same edit
/// is made again on the zones of now.
public sealed interface ZoneEdit {

  /// What a client asks for.
  ///
  /// @param key who asks; its rights are looked up again where the edit is made
  /// @param requestId names the very message, see [zonetrail.tsig.Verdict.Verified#requestId]
  record Requested(UpdateRequest request, TsigKey key, InetSocketAddress client, String requestId)
      implements ZoneEdit {}

  /// What was acknowledged when it was committed here, and has to be made again because the source
  /// moved on before it had our commit (`--ack local`). Prerequisites held then and are not asked
  /// again.
  ///
  /// @param made what it came to
  /// @param origin who caused it
  /// @param floor the serial served; the zone's next one is newer, whatever the source has
  record Acknowledged(UpdateOutcome.Made made, CommitOrigin origin, Serial floor)
      implements ZoneEdit {}

  /// A zone file whose records changed without a newer serial gets one (`--serial commit`).
  ///
  /// @param floor the serial served
  record SerialRaise(WireName zone, Serial floor) implements ZoneEdit {}

  /// Who caused a change, as a commit tells it.
  ///
  /// @param author the name of the key, or what a change of our own is called
  /// @param trailers lines for the end of the message, `Key: value`
  record CommitOrigin(String author, List<String> trailers) {
    /// The author of what no client asked for.
    public static final String OURSELVES = "zonetrail";

    /// Names the key.
    public static final String KEY = "Zonetrail-Key";

    /// Names the client's address.
    public static final String CLIENT = "Zonetrail-Client";

    /// Names the message, so that it is known again after a restart.
    public static final String REQUEST = "Zonetrail-Request";

    /// Copies the list.
    public CommitOrigin {
      trailers = List.copyOf(trailers);
    }

    /// The same without what tells of these requests.
    CommitOrigin without(Set<String> requests) {
      return new CommitOrigin(
          author,
          trailers.stream()
              .filter(
                  trailer -> requests.stream().noneMatch(id -> trailer.equals(REQUEST + ": " + id)))
              .toList());
    }

    /// The messages that asked for it.
    List<String> requests() {
      String begin = REQUEST + ": ";
      return trailers.stream()
          .filter(trailer -> trailer.startsWith(begin))
          .map(trailer -> trailer.substring(begin.length()))
          .toList();
    }
  }
}
