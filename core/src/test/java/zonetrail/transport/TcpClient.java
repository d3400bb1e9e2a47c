package zonetrail.transport;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/// A client on a plain socket of the JDK. Whatever it waits for, it does so for at most ten
/// seconds.
final class TcpClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;

  TcpClient(InetSocketAddress server) throws IOException {
    this(server, 0);
  }

  /// @param receiveBuffer octets that the system shall buffer; 0 leaves it to the system
  TcpClient(InetSocketAddress server, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(server, PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(byte[]... messages) throws IOException {
    sendOctets(framed(messages));
  }

  void sendOctets(byte[] octets) throws IOException {
    out.write(octets);
    out.flush();
  }

  static byte[] framed(byte[]... messages) {
    int length = 0;
    for (byte[] message : messages) {
      length += 2 + message.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] message : messages) {
      all[at++] = (byte) (message.length >> 8);
      all[at++] = (byte) message.length;
      System.arraycopy(message, 0, all, at, message.length);
      at += message.length;
    }
    return all;
  }

  byte[] receive() throws IOException {
    byte[] message = new byte[in.readUnsignedShort()];
    in.readFully(message);
    return message;
  }

  byte[] ask(byte[] message) throws IOException {
    send(message);
    return receive();
  }

  /// Says that no more will be asked.
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /// Closes with a reset instead of an end.
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /// Waits for the server's close, by end or by reset; what still comes before is dropped.
  void awaitClose() throws IOException {
    byte[] rest = new byte[65_536];
    try {
      int read = 0;
      while (read >= 0) {
        read = in.read(rest);
      }
    } catch (SocketException _) { // The other way to be closed.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
