/// Dynamic updates: what a signed message asks for, whether it may, and the zone that it makes (RFC
/// 2136, RFC 3007).
///
/// A message becomes an [zonetrail.update.UpdateRequest], or is malformed; then
/// [zonetrail.update.UpdateProcessor] applies it to the zones of a moment, guard by guard, and says
/// an [zonetrail.update.UpdateOutcome]. A message is applied as a whole or not at all. Nothing here
/// verifies a signature, writes a file, sends anything, reads a clock or logs: who signed and what
/// time it is are arguments, and the outcome is a value that others make last; they keep its
/// [zonetrail.update.Alteration], and not the zone.
///
/// Read first: [zonetrail.update.UpdateProcessor], then `UpdateTarget` (which zone a message is
/// about) and `ZoneDraft` (what each record in it does). `docs/differences.md` tells where BIND
/// does otherwise.
///
/// On purpose beyond RFC 2136: a message may make a zone (it adds an SOA and an NS record at a name
/// that is no zone's) and take one away (it deletes the SOA record and adds none); the zone section
/// may name a host below the apex; owners outside of the key's scope, RRsets that grow beyond
/// [zonetrail.update.UpdateProcessor#MAX_RECORDS_PER_RRSET], rdata that a master file cannot hold,
/// and zones that could not be loaded again are refused; so is any change of a signed zone.
///
/// | RFC 2136 | where |
/// |---|---|
/// | §2, the message | [zonetrail.update.UpdateRequest] |
/// | §2.4, §3.2 prerequisites | [zonetrail.update.Prerequisite] |
/// | §2.5 the four updates | [zonetrail.update.RecordUpdate] |
/// | §3.1 zone section | `UpdateTarget` |
/// | §3.3 permission, §3.4.1 prescan | [zonetrail.update.UpdateProcessor] |
/// | §3.4.2 update | `ZoneDraft` |
/// | §3.6 serial | [zonetrail.update.SerialStyle] |
/// | §3.5 stability, §3.8 response | not here: the server's |
/// | §6 forwarding | not done: a secondary forwards nothing |
@NullMarked
package zonetrail.update;

import org.jspecify.annotations.NullMarked;
