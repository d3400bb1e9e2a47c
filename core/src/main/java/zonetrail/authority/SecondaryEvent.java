package zonetrail.authority;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What only happens to a secondary.
public sealed interface SecondaryEvent extends Event {
  /// Keys were read again, and are in force.
  record KeysTaken(int keys, int zones) implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s in force, for %s".formatted(Event.count(keys, "key"), Event.count(zones, "zone"));
    }
  }

  /// A version of a zone came from a primary, and is served.
  ///
  /// @param from the serial served before; null if there was none
  /// @param isIncremental whether only the changes came
  record ZoneReceived(
      WireName zone,
      @Nullable Serial from,
      Serial to,
      int records,
      InetSocketAddress primary,
      boolean isIncremental,
      int messages,
      long octets,
      long millis)
      implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: serving serial %s%s, %d records, by %s from %s (%d octets, %d ms)"
          .formatted(
              zone.toStringNoDot(),
              to,
              from == null ? "" : " after " + from,
              records,
              isIncremental ? "IXFR" : "AXFR",
              Event.address(primary),
              octets,
              millis);
    }
  }

  /// The changes that a primary sent do not fit; the whole zone is asked for.
  record ChangesNotUsable(WireName zone, InetSocketAddress primary, String reason)
      implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: IXFR from %s is of no use (%s); asking for the whole zone"
          .formatted(zone.toStringNoDot(), Event.address(primary), reason);
    }
  }

  /// No primary could be had.
  ///
  /// @param serial what is served meanwhile; null if nothing is
  /// @param until until when that may be
  /// @param repeated whether the attempt before failed for the same reasons
  record RefreshFailed(
      WireName zone,
      String reason,
      @Nullable Serial serial,
      @Nullable Instant until,
      boolean repeated)
      implements SecondaryEvent {
    @Override
    public Level level() {
      return repeated ? Level.DEBUG : Level.WARN;
    }

    @Override
    public String text() {
      String kept =
          serial == null || until == null
              ? "there is no version to serve"
              : "serving serial %s until %s".formatted(serial, seconds(until));
      return "%s: no primary could be had (%s); %s, trying again"
          .formatted(zone.toStringNoDot(), reason, kept);
    }
  }

  /// A primary answered after none could be had for a while.
  record PrimaryIsBack(WireName zone, InetSocketAddress primary) implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: %s answers again".formatted(zone.toStringNoDot(), Event.address(primary));
    }
  }

  /// A zone was not confirmed for as long as it may be served without.
  ///
  /// @param confirmed when it last was
  /// @param reason why no primary could be had; null if none was asked since
  record ZoneExpired(WireName zone, Serial serial, Instant confirmed, @Nullable String reason)
      implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return ("%s: expired, questions get SERVFAIL: no primary confirmed serial %s since %s%s."
              + " Bring a primary back, or give another one with --primary.")
          .formatted(
              zone.toStringNoDot(),
              serial,
              seconds(confirmed),
              reason == null ? "" : " (" + reason + ")");
    }
  }

  /// A zone is no longer served, since no primary has it any more.
  record ZoneForgotten(WireName zone, String reason) implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: no longer served, no primary has it (%s)".formatted(zone.toStringNoDot(), reason);
    }
  }

  /// A NOTIFY told of a zone that was not known, and it is asked for.
  record ZoneAnnounced(WireName zone, WireName key, InetSocketAddress client)
      implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: new, by a NOTIFY from %s with key %s"
          .formatted(zone.toStringNoDot(), Event.address(client), key);
    }
  }

  /// A NOTIFY told of a zone that cannot be asked for.
  ///
  /// @param reason why, and what to do
  record AnnouncementNotTaken(WireName zone, WireName key, InetSocketAddress client, String reason)
      implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return "%s: NOTIFY from %s with key %s not taken: %s"
          .formatted(zone.toStringNoDot(), Event.address(client), key, reason);
    }
  }

  /// A version could not be kept on disk.
  record VersionNotKept(WireName zone, String reason) implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return ("%s: cannot be kept on disk: %s; it is served, but a restart would have to ask a"
              + " primary. See to the state directory.")
          .formatted(zone.toStringNoDot(), reason);
    }
  }

  /// What was kept on disk is damaged and will be asked for again.
  record VersionDamaged(String file) implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return "damaged, not used: " + file + "; a primary is asked for the zone again";
    }
  }

  /// What led from version to version was kept on disk, and is damaged.
  ///
  /// @param damage where it is, and what is wrong with it
  record HistoryDamaged(WireName zone, String damage) implements SecondaryEvent {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("%s: what changed before is damaged on disk and no longer used: %s; the zone is"
              + " served, and whoever has an earlier version of it gets the whole zone")
          .formatted(zone.toStringNoDot(), damage);
    }
  }

  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }
}
