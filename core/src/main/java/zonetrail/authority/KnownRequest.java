package zonetrail.authority;

import java.time.Instant;

/// A request that a commit was made for.
///
/// @param requestId what the trailer says
/// @param time when the commit was made, by its committer's clock
public record KnownRequest(String requestId, Instant time) {
  /// The trailer that names a request.
  public static final String TRAILER = "Zonetrail-Request";
}
