package zonetrail.notify;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.TsigKey;

/// Whom a NOTIFY goes to.
///
/// @param address where it listens, resolved
/// @param key what the NOTIFY is signed with, and its answer has to be; null for neither
public record NotifyTarget(InetSocketAddress address, @Nullable TsigKey key) {}
