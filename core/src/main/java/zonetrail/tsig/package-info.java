/// Transaction signatures: who asks, may they, and is the message as they sent it (RFC 8945).
///
/// A message comes in, [zonetrail.tsig.TsigVerifier] looks up its key in the
/// [zonetrail.tsig.KeyRing] and answers with a [zonetrail.tsig.Verdict]; what the key may do is
/// written in its name ([zonetrail.tsig.KeyName]); [zonetrail.tsig.TsigSigner] signs what goes out.
/// Keys come from the repository's `._keys` files ([zonetrail.tsig.KeyFile]).
///
/// Stricter than RFC 8945 allows: only MACs of full length are accepted, the fudge accepted is at
/// most 300 seconds, HMAC-MD5 never, HMAC-SHA1 in key files only where the operator allows it
/// ([zonetrail.tsig.AlgorithmPolicy]); the truncating algorithm names (`hmac-sha256-128` and its
/// like) and GSS-TSIG count as unknown. Instead of the latest time per key (RFC 8945 §5.2.3, which
/// breaks datagrams that arrive out of order) each request is remembered by itself
/// ([zonetrail.tsig.ReplayMemory]).
///
/// Nothing here opens a file or socket, reads a clock or logs. No secret and no MAC is in any
/// `toString`, exception or finding; both compare in constant time.
///
/// | RFC 8945 | where |
/// |---|---|
/// | §4.2 the record | [zonetrail.tsig.TsigRecord] |
/// | §4.3 the MAC | `TsigDigest` |
/// | §5.2 checks of a request | [zonetrail.tsig.TsigVerifier] |
/// | §5.3 answers, errors | [zonetrail.tsig.TsigSigner] |
/// | §5.3.1 many messages | [zonetrail.tsig.TsigStreamSigner] |
/// | §5.4 checks of a response | [zonetrail.tsig.TsigVerifier#verifyResponse] |
/// | §5.5 forwarding | not done: we forward nothing |
/// | §6 algorithms | [zonetrail.tsig.TsigAlgorithm] |
@NullMarked
package zonetrail.tsig;

import org.jspecify.annotations.NullMarked;
