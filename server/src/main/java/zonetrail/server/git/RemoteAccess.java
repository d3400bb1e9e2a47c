package zonetrail.server.git;

import java.util.Optional;

/// How a remote is reached, beyond its address: who we are, whom we trust, how much we take.
///
/// @param ssh needed for an SSH remote, else not used
/// @param https for an HTTPS remote
/// @param limits for any
public record RemoteAccess(Optional<SshSettings> ssh, HttpsSettings https, FetchLimits limits) {

  /// With these settings, and the usual limits.
  public static RemoteAccess by(Optional<SshSettings> ssh) {
    return new RemoteAccess(ssh, HttpsSettings.none(), FetchLimits.standard());
  }
}
