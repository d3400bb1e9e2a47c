package zonetrail.transport;

import java.net.InetSocketAddress;

/// Who is at the other end of a TCP connection that somebody opened to us, as one to whom messages
/// go that are no answers. Any thread may call; nothing here waits.
interface StreamPeer {
  /// Its address, with the port that the connection comes from.
  InetSocketAddress client();

  /// Whether the connection is there.
  boolean isOpen();

  /// Sends a message, if the connection is there and no answer is on its way over it.
  ///
  /// @param message copied by nobody: it is not changed afterwards
  void send(byte[] message);

  /// Lets the connection be quiet for long ([StreamConnection#KEPT_IDLE]), or no longer than
  /// others.
  void keep(boolean isKept);
}
