/// DNS messages as octets: names, headers, questions, records, and nothing that knows a zone.
///
/// This is the lowest room of the house. Everything here is total: whatever octets come from the
/// network, a method answers with a value or a verdict and never with an unexpected exception (RFC
/// 1035 §4, RFC 3597, RFC 6891). Nothing here opens a socket, reads a clock or logs.
///
/// Read first: [zonetrail.wire.WireName], then [zonetrail.wire.QueryCursor] (octets to a question)
/// and [zonetrail.wire.ResponseWriter] (an answer to octets). [zonetrail.wire.RdataLayout] is the
/// one table that says what the rdata of each record type is made of.
@NullMarked
package zonetrail.wire;

import org.jspecify.annotations.NullMarked;
