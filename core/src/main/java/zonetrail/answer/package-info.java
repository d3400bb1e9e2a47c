/// From a question to an answer: what a zone says about a name, and the message that says it.
///
/// [zonetrail.answer.Responder] turns requests into responses, guard clauses first, and is what
/// event loops call. [zonetrail.answer.CompiledAnswer] answers what is usual by copying a zone's
/// octets; [zonetrail.answer.ReferenceAnswer] answers everything, and is what the other has to
/// agree with. Nothing here blocks, waits or knows a socket.
///
/// In the reference [zonetrail.answer.Lookup] is the algorithm of RFC 1034 §4.3.2, to be read
/// beside it, [zonetrail.answer.Draft] gathers what was found, with signatures for who asked with
/// DO, and [zonetrail.answer.Denial] knows what proves that something does not exist.
///
/// Read first: [zonetrail.answer.Responder], then the reference. RFCs: 1034 §4.3.2, 2181 §9, 2308,
/// 4592, 6604, 6672, 6891, 8482, 8906, 9471 (glue), 9619; 4035 and 5155 for zones that come signed.
/// Where BIND, Knot or NSD answer otherwise, `docs/differences.md` says why, and a test asks them.
@NullMarked
package zonetrail.answer;

import org.jspecify.annotations.NullMarked;
