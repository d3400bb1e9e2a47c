package zonetrail.authority;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What became of a NOTIFY that was sent to a secondary.
public sealed interface NotifyEvent extends Event {

  /// A secondary has taken it.
  ///
  /// @param key what it was signed with; null if it was not
  /// @param attempts how often it was sent
  record SecondaryNotified(
      WireName zone,
      Serial serial,
      InetSocketAddress secondary,
      @Nullable WireName key,
      int attempts)
      implements NotifyEvent {
    @Override
    public Level level() {
      return Level.DEBUG;
    }

    @Override
    public String text() {
      return "%s: %s%s knows of serial %s, told %d times"
          .formatted(zone.toStringNoDot(), address(secondary), withKey(key), serial, attempts);
    }
  }

  /// A secondary answered, with an error.
  ///
  /// @param key what the NOTIFY was signed with; null if it was not
  record SecondaryRefused(
      WireName zone, Serial serial, InetSocketAddress secondary, @Nullable WireName key, int rcode)
      implements NotifyEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("%s: %s%s was told of serial %s and says %s. Let it take NOTIFYs for this zone from"
              + " this server; until then it looks when the SOA's refresh time says so.")
          .formatted(
              zone.toStringNoDot(),
              address(secondary),
              withKey(key),
              serial,
              Rcode.describe(rcode));
    }
  }

  /// Who asked for the SOA by TCP is told of changes over its connection from now on.
  ///
  /// @param zone the zone; the root for all
  /// @param key what the NOTIFYs are signed with
  record ClientRegistered(WireName zone, InetSocketAddress client, WireName key)
      implements NotifyEvent {
    @Override
    public Level level() {
      return Level.DEBUG;
    }

    @Override
    public String text() {
      return "%s: %s%s is told of changes over its connection"
          .formatted(zone.toStringNoDot(), address(client), withKey(key));
    }
  }

  /// The same, and it is not: too many are.
  record ClientNotRegistered(WireName zone, InetSocketAddress client, WireName key)
      implements NotifyEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("%s: %s%s is not told of changes over its connection: too many connections are, or too"
              + " many zones over this one, or the key is no longer in force. See"
              + " docs/limits.md; give --notify for some of them.")
          .formatted(zone.toStringNoDot(), address(client), withKey(key));
    }
  }

  /// An answer came that was not signed as it should be; the NOTIFY is sent again.
  record SecondaryDoubtful(
      WireName zone, InetSocketAddress secondary, @Nullable WireName key, String reason)
      implements NotifyEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("%s: the answer of %s to a NOTIFY%s is not believed: %s. See that it has the same key"
              + " and the right time.")
          .formatted(zone.toStringNoDot(), address(secondary), withKey(key), reason);
    }
  }

  /// A secondary has not answered for a while.
  ///
  /// @param key what the NOTIFY was signed with; null if it was not
  /// @param attempts how often it was sent
  /// @param isGivenUp whether it is not sent again
  record SecondarySilent(
      WireName zone,
      Serial serial,
      InetSocketAddress secondary,
      @Nullable WireName key,
      int attempts,
      boolean isGivenUp)
      implements NotifyEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return "%s: %s%s was told of serial %s %d times and does not answer; %s"
          .formatted(
              zone.toStringNoDot(),
              address(secondary),
              withKey(key),
              serial,
              attempts,
              isGivenUp
                  ? "it is not told again"
                  : "it is told again, less and less often, for a day. See whether it runs, and"
                      + " whether UDP and TCP get there and back");
    }
  }

  /// So many NOTIFYs were waiting that others were not sent.
  ///
  /// @param notifies how many were not
  record NotifiesLeftOut(int notifies) implements NotifyEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("%d NOTIFYs were not sent, since too many wait for an answer; these secondaries look"
              + " when the SOA's refresh time says so. See docs/limits.md.")
          .formatted(notifies);
    }
  }

  private static String withKey(@Nullable WireName key) {
    return key == null ? "" : " (key " + key + ")";
  }

  private static String address(InetSocketAddress secondary) {
    String host = secondary.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + secondary.getPort();
  }
}
