package zonetrail.cli;

import java.io.IOException;
import java.time.Instant;
import zonetrail.transport.DnsExchange;
import zonetrail.tsig.ResponseVerdict;
import zonetrail.tsig.SignedRequest;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.wire.Rfc;

/// A request that is signed once: sent again it has the same octets, to which a server that has
/// done it gives the same answer.
@Rfc(number = 8945, section = "5.1")
final class SignedQuestion {
  private final TsigKey key;
  private final SignedRequest signed;

  /// Signs a request with this moment as its time.
  SignedQuestion(byte[] request, TsigKey key) {
    this.key = key;
    this.signed = TsigSigner.signRequest(request, request.length, key, Instant.now());
  }

  /// Sends it, and waits for a reply with a true signature; if there is none in time, what came
  /// instead is returned.
  byte[] ask(DnsExchange exchange) throws IOException {
    return exchange.ask(
        signed.message(), reply -> verdict(reply) instanceof ResponseVerdict.Authentic);
  }

  /// What a reply's signature is worth.
  ResponseVerdict verdict(byte[] reply) {
    return TsigVerifier.verifyResponse(reply, reply.length, key, signed.mac(), Instant.now());
  }
}
