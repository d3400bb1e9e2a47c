package zonetrail.transport.status;

import org.jspecify.annotations.Nullable;
import zonetrail.answer.guard.RateLimit;
import zonetrail.transport.Authority;
import zonetrail.transport.NotifyLane;
import zonetrail.transport.PublishedZones;
import zonetrail.transport.SlowLane;
import zonetrail.transport.StreamLimits;
import zonetrail.transport.TransportCounters;

/// All that the pages look at.
///
/// @param version the program's version
/// @param source where the zones come from, without secrets, for people
/// @param vitals whether the server lives and is ready
/// @param published what is served
/// @param authority its fetches and events
/// @param slowLane signed messages
/// @param notifies NOTIFYs to secondaries
/// @param counters what the listeners did
/// @param streamLimits the bounds of TCP that are in force
/// @param rateLimit what answers over UDP may be sent; null: all
public record Observed(
    String version,
    String source,
    Vitals vitals,
    PublishedZones published,
    Authority authority,
    SlowLane slowLane,
    NotifyLane notifies,
    TransportCounters counters,
    StreamLimits streamLimits,
    @Nullable RateLimit rateLimit) {}
