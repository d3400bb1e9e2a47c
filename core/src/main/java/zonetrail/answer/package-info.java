/// From a question to an answer: what a zone says about a name, and the message that says it.
///
/// [zonetrail.answer.Lookup] is the algorithm of RFC 1034 §4.3.2 on zones as values; it is the
/// reference that every faster road has to agree with. [zonetrail.answer.Responder] turns requests
/// into responses, guard clauses first, and is what event loops call. Nothing here blocks, waits or
/// knows a socket.
///
/// [zonetrail.answer.Draft] gathers what was found, with signatures for who asked with DO, and
/// [zonetrail.answer.Denial] knows what proves that something does not exist.
///
/// Read first: [zonetrail.answer.Responder]. RFCs: 1034 §4.3.2, 2181 §9, 2308, 4592, 6604, 6672,
/// 6891, 8482, 8906, 9471 (glue), 9619; 4035 and 5155 for zones that come signed. Where BIND, Knot
/// or NSD answer otherwise, `docs/differences.md` says why, and a test asks them.
@NullMarked
package zonetrail.answer;

import org.jspecify.annotations.NullMarked;
