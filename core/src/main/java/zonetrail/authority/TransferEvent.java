package zonetrail.authority;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferRefusal;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What became of a transfer to a secondary.
public sealed interface TransferEvent extends Event {

  /// A zone was transferred to a secondary.
  ///
  /// @param since the serial that the secondary had, and of which it was sent what changed; null if
  ///   it was sent the whole zone
  /// @param key the key that the request was signed with; null if it was not
  /// @param millis how long it took
  record ZoneTransferred(
      WireName zone,
      Serial serial,
      @Nullable Serial since,
      @Nullable WireName key,
      InetSocketAddress client,
      int messages,
      long octets,
      long millis)
      implements TransferEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: serial %s%s transferred to %s%s, %d octets in %s, %d ms"
          .formatted(
              zone.toStringNoDot(),
              serial,
              since == null ? "" : " (what changed since " + since + ")",
              Event.address(client),
              withKey(key),
              octets,
              Event.count(messages, "message"),
              millis);
    }
  }

  /// A transfer ended before its end.
  ///
  /// @param key the key that the request was signed with; null if it was not
  /// @param octets what was sent before
  /// @param tooLarge whose record does not fit into a message; null unless that is why
  record TransferCut(
      WireName zone,
      Serial serial,
      @Nullable WireName key,
      InetSocketAddress client,
      long octets,
      TransferEnding ending,
      @Nullable WireName tooLarge)
      implements TransferEvent {
    @Override
    public Level level() {
      return switch (ending) {
        case COMPLETE, STOPPED -> Level.INFO;
        case CLIENT_GONE, TOO_LONG, FAILED -> Level.WARN;
        case RECORD_TOO_LARGE -> Level.ERROR;
      };
    }

    @Override
    public String text() {
      return "%s: transfer of serial %s to %s%s ended after %d octets: %s"
          .formatted(
              zone.toStringNoDot(), serial, Event.address(client), withKey(key), octets, reason());
    }

    private String reason() {
      return switch (ending) {
        case COMPLETE -> "it is complete";
        case CLIENT_GONE -> "the client closed the connection, or did not read";
        case TOO_LONG -> "it took too long; see why the client reads so slowly";
        case RECORD_TOO_LARGE ->
            "a record of %s does not fit into a message; shorten it, or no secondary gets the zone"
                .formatted(tooLarge);
        case FAILED -> "a defect in this server";
        case STOPPED -> "this server stops";
      };
    }
  }

  /// A request for a transfer was refused.
  ///
  /// @param key the key that it was signed with; null if it was not
  record TransferRefused(
      WireName zone, @Nullable WireName key, InetSocketAddress client, TransferRefusal why)
      implements TransferEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return "%s: transfer to %s%s refused: %s"
          .formatted(zone.toStringNoDot(), Event.address(client), withKey(key), reason());
    }

    private String reason() {
      return switch (why) {
        case NOT_PERMITTED ->
            "the key does not permit it. Use a _transfer or _update key whose scope (the name right"
                + " of its operation label) is the zone or above it.";
        case NOT_AUTHORITATIVE -> "there is no zone of this name. See what the client asks for.";
        case UNAVAILABLE ->
            "there is no version of the zone to serve. `zonetrail status` says why, and what to do.";
        case NOT_OVER_UDP -> "a full transfer goes over TCP only.";
        case NO_CLIENT_SOA -> "the request lacks the client's SOA record.";
        case OVER_QUOTA ->
            "too many transfers are under way (SERVFAIL); the client will try again. See docs/limits.md.";
        case FAILED -> "a defect in this server.";
      };
    }
  }

  private static String withKey(@Nullable WireName key) {
    return key == null ? "" : " with key " + key;
  }
}
