package zonetrail.tsig;

/// A request as it is sent, and the MAC that its response must be tied to.
///
/// Immutable, safe on any thread.
public final class SignedRequest {
  private final byte[] message;
  private final TsigMac mac;

  SignedRequest(byte[] message, TsigMac mac) {
    this.message = message;
    this.mac = mac;
  }

  /// A copy of the octets to send.
  public byte[] message() {
    return message.clone();
  }

  /// The request's MAC, for [TsigVerifier#verifyResponse].
  public TsigMac mac() {
    return mac;
  }
}
