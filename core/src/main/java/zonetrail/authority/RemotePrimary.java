package zonetrail.authority;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.TsigKey;

/// A primary to ask for a zone, and the key to ask it with.
///
/// @param address where it answers
/// @param key what requests are signed with; null: they are not signed, and neither are responses
public record RemotePrimary(InetSocketAddress address, @Nullable TsigKey key) {
  /// `192.0.2.1:53`; nothing of the key.
  @Override
  public String toString() {
    return Event.address(address);
  }
}
