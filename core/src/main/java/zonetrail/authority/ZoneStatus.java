package zonetrail.authority;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Serial;

/// What is served under a zone's name, for people and metrics.
///
/// @param serial the serial served; null if no version of the zone was ever good, and questions get
///   SERVFAIL
/// @param records how many records are served
/// @param state whether that is what the source says now
/// @param version the latest version of the source that is served as it is; the one looked at last
///   exactly if the zone is [State#CURRENT]
/// @param time when that version was made
/// @param heldVersion the version that is not served; null if the zone is current
/// @param findings what is wrong with that version's file, or why no primary could be had; only of
///   a zone that is [State#BROKEN] or [State#RETRYING] and the like
public record ZoneStatus(
    WireName zone,
    @Nullable Serial serial,
    int records,
    State state,
    String version,
    Instant time,
    @Nullable String heldVersion,
    List<Finding> findings) {

  /// Copies the list.
  public ZoneStatus {
    findings = List.copyOf(findings);
  }

  /// How what is served stands to the source.
  public enum State {
    /// As the source has it.
    CURRENT,
    /// The file has errors: the last good version is served.
    BROKEN,
    /// The serial was not raised: the previous version is served.
    NOT_RAISED,
    /// Two files claim the zone.
    CONTESTED,
    /// The file, or half of the zone, is gone: the previous version is served until the removal is
    /// accepted.
    HELD,
    /// No primary could be had lately: the last version is served until it expires.
    RETRYING,
    /// No primary could be had for longer than the zone allows: questions get SERVFAIL.
    EXPIRED,
    /// No version of the zone has come yet: questions get SERVFAIL.
    PENDING
  }

  /// Whether questions get answers.
  public boolean isServed() {
    return serial != null;
  }
}
