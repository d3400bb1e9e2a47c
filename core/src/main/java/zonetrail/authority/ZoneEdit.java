package zonetrail.authority;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import zonetrail.tsig.TsigKey;
import zonetrail.update.Alteration;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// Something that is to be done to the zone files, in a commit of ours.
///
/// What it comes to depends on the zones that it meets: when the source has moved on, the same edit
/// is made again on the zones of now.
public sealed interface ZoneEdit {

  /// The messages that asked for it; empty for what no client asked for.
  default List<String> requests() {
    return switch (this) {
      case Requested requested -> List.of(requested.requestId());
      case Acknowledged acknowledged -> acknowledged.origin().requests();
      case Entangled entangled -> entangled.origin().requests();
      case Noted noted -> noted.origin().requests();
      case SerialRaise _ -> List.of();
    };
  }

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
  /// @param alteration what it came to
  /// @param origin who caused it
  /// @param floor the serial served; the zone's next one is newer, whatever the source has
  record Acknowledged(Alteration alteration, CommitOrigin origin, Serial floor)
      implements ZoneEdit {}

  /// What was acknowledged, and of which nothing is left to do: an update and its reversal that one
  /// commit held. The next commit tells of its requests, so that they stay known.
  ///
  /// @param origin who caused it
  record Noted(CommitOrigin origin) implements ZoneEdit {}

  /// What was acknowledged in one commit with something that the source has by now, made by another
  /// server that got the same message. The commit's change is that of both, and what others did to
  /// the other one since must not be undone: it is left to people.
  ///
  /// @param alteration what the whole commit came to
  /// @param origin who caused what is left of it
  record Entangled(Alteration alteration, CommitOrigin origin) implements ZoneEdit {}

  /// What is left to do of an edit that was acknowledged.
  ///
  /// @param settled requests of which nothing is left to do
  static ZoneEdit without(Set<String> settled, ZoneEdit edit) {
    return switch (edit) {
      case Acknowledged acknowledged ->
          acknowledged.origin().requests().stream().noneMatch(settled::contains)
              ? acknowledged
              : new Entangled(acknowledged.alteration(), acknowledged.origin().without(settled));
      case Entangled entangled ->
          new Entangled(entangled.alteration(), entangled.origin().without(settled));
      case Noted noted -> new Noted(noted.origin().without(settled));
      case Requested _, SerialRaise _ -> edit;
    };
  }

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
    public static final String REQUEST = KnownRequest.TRAILER;

    /// Names the message of an acknowledged update that did not fit any more when it was to be made
    /// again, with the others of its commit.
    public static final String CONFLICT = "Zonetrail-Conflict";

    /// Copies the list.
    public CommitOrigin {
      trailers = List.copyOf(trailers);
    }

    /// The trailers that tell of these requests as ones that did not fit.
    static List<String> conflicts(Collection<String> requests) {
      return requests.stream().map(id -> CONFLICT + ": " + id).toList();
    }

    /// The same, with trailers that it may have already.
    CommitOrigin with(List<String> more) {
      Set<String> all = new LinkedHashSet<>(trailers);
      all.addAll(more);
      return new CommitOrigin(author, List.copyOf(all));
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
    public List<String> requests() {
      return values(REQUEST);
    }

    private List<String> values(String key) {
      String begin = key + ": ";
      return trailers.stream()
          .filter(trailer -> trailer.startsWith(begin))
          .map(trailer -> trailer.substring(begin.length()))
          .toList();
    }
  }
}
