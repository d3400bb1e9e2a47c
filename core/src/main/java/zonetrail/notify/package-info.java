/// NOTIFY: telling others that a zone has changed (RFC 1996).
///
/// Here is the message; whom to tell and when to try again will join it. Nothing here sends
/// anything, reads a clock or logs.
///
/// Read first: [zonetrail.notify.NotifyMessage]. RFC 1996 §3 and §4.5.
@NullMarked
package zonetrail.notify;

import org.jspecify.annotations.NullMarked;
