/// NOTIFY: telling others that a zone has changed (RFC 1996).
///
/// [zonetrail.notify.NotifyTargets] says whom, [zonetrail.notify.NotifyQueue] when, and what an
/// answer ends, [zonetrail.notify.NotifyMessage] with which octets. Nothing here sends anything,
/// reads a clock or logs: time and random numbers come in.
///
/// Read first: [zonetrail.notify.NotifyQueue].
///
/// | RFC 1996 | where |
/// |---|---|
/// | §2.1 whom | [zonetrail.notify.NotifyTargets] |
/// | §3.6 when again | [zonetrail.notify.NotifyQueue] |
/// | §3.7, §4.5 the request | [zonetrail.notify.NotifyMessage] |
/// | §4.8 the response | [zonetrail.notify.NotifyQueue] |
@NullMarked
package zonetrail.notify;

import org.jspecify.annotations.NullMarked;
