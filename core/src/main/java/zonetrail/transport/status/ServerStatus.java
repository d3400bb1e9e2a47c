package zonetrail.transport.status;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `/status` tells, and `zonetrail status` reads: both sides of the JSON are made of this.
///
/// A field without a value is absent in the JSON. New fields may come; a reader leaves alone what
/// it does not know.
///
/// @param version the program's version
/// @param state `starting`, `ready` or `stopping`
/// @param reason why it is not ready or not well; null if it is
/// @param started when the process started
/// @param listen the addresses it answers on
/// @param source where the zones come from
/// @param zones the zones
public record ServerStatus(
    String version,
    String state,
    @Nullable String reason,
    Instant started,
    List<String> listen,
    Source source,
    ZoneList zones) {

  /// Refuses a page that is not ours.
  public ServerStatus {
    requireNonNull(version, "version");
    requireNonNull(state, "state");
    requireNonNull(source, "source");
    requireNonNull(zones, "zones");
  }

  /// Where the zones come from, and how that goes.
  ///
  /// @param location the repository or folder, without secrets
  /// @param commit the version looked at last
  /// @param commitTime when it was made, by its author's clock
  /// @param lastSuccess when a fetch last succeeded; null if none did since the start
  /// @param failingSince since when fetches fail; null if the last one did not
  /// @param failure why the last one failed; null if it did not
  /// @param fetchingSince when the fetch under way began; null if there is none
  public record Source(
      String location,
      String commit,
      Instant commitTime,
      @Nullable Instant lastSuccess,
      @Nullable Instant failingSince,
      @Nullable String failure,
      @Nullable Instant fetchingSince) {}

  /// The zones.
  ///
  /// @param total how many there are
  /// @param byState how many there are in each state
  /// @param listed those that need an operator first, then by name; at most
  ///   [StatusPage#MAX_ZONES_LISTED]
  public record ZoneList(int total, Map<String, Integer> byState, List<ZoneLine> listed) {}

  /// One zone.
  ///
  /// @param zone its name
  /// @param state `current`, or why the source's version is not what is served: `broken`,
  ///   `not_raised`, `contested`, `held`
  /// @param serial the serial served; null if questions get SERVFAIL
  /// @param records how many records are served
  /// @param commit the latest version of the source that is served as it is
  /// @param commitTime when that was made
  /// @param heldCommit the version that is not served; null if the zone is current
  /// @param findings what is wrong with it, in the form of compilers; null if nothing is
  public record ZoneLine(
      String zone,
      String state,
      @Nullable Long serial,
      int records,
      String commit,
      Instant commitTime,
      @Nullable String heldCommit,
      @Nullable List<String> findings) {}
}
