package zonetrail.transport;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;
import zonetrail.wire.ReplyMatch;
import zonetrail.wire.Rfc;

/// Sends one request to one server and waits for its reply: the client side, for tools and for
/// whatever may block a thread. It uses plain sockets, so that a tool does not load Netty.
///
/// Over UDP the request is sent again after [#FIRST_TRY], then after twice as long, and so on until
/// the timeout; datagrams of other senders, IDs or questions are passed over; a truncated reply
/// leads to TCP. Over TCP it is sent once. Replies that the caller does not believe (an unsigned
/// one where a signed one is expected) are passed over too while there is time, and the last of
/// them is returned when there is none (RFC 8945 §5.4).
///
/// Safe on any thread; each request has a socket, and so a port, of its own (RFC 5452 §9.2).
@Rfc(number = 7766, section = "5")
public final class DnsExchange {
  /// How long a datagram is waited for before it is sent again.
  public static final Duration FIRST_TRY = Duration.ofSeconds(1);

  /// How long a reply is waited for over UDP when one came that was not believed: the true one, if
  /// there is any, should not be far.
  public static final Duration SECOND_REPLY = Duration.ofMillis(500);

  private static final int MAX_MESSAGE_OCTETS = 65_535;

  private final InetSocketAddress server;
  private final Protocol protocol;
  private final Duration timeout;
  private final @Nullable InetAddress source;

  /// How the request travels at first.
  public enum Protocol {
    /// As a datagram, and by TCP after a truncated reply.
    UDP,
    /// By TCP.
    TCP
  }

  /// An exchange with a server.
  ///
  /// @param server its address, resolved
  /// @param protocol how the request travels at first
  /// @param timeout how long the exchange may take in all
  public DnsExchange(InetSocketAddress server, Protocol protocol, Duration timeout) {
    this(server, protocol, timeout, null);
  }

  private DnsExchange(
      InetSocketAddress server, Protocol protocol, Duration timeout, @Nullable InetAddress source) {
    this.server = server;
    this.protocol = protocol;
    this.timeout = timeout;
    this.source = source;
  }

  /// The same exchange from an address of this machine, where the server looks at it.
  public DnsExchange from(InetAddress address) {
    return new DnsExchange(server, protocol, timeout, address);
  }

  /// Sends a request and returns the reply to it.
  ///
  /// @param request a message with one question, its name not compressed
  /// @param isBelieved whether a reply is what the caller waits for; one that is not believed is
  ///   returned only when no other comes
  /// @throws UnreachableException if no reply came
  /// @throws BadAnswerException if what came is not a reply to the request
  /// @throws IOException if this machine could not send it
  public byte[] ask(byte[] request, Predicate<byte[]> isBelieved) throws IOException {
    Deadline deadline = Deadline.in(timeout);
    if (protocol == Protocol.UDP) {
      byte[] reply = askByUdp(request, isBelieved, deadline);
      if ((Header.u16(reply, Header.FLAGS) & Header.TC) == 0) {
        return reply;
      }
    }
    return askByTcp(request, deadline);
  }

  private byte[] askByUdp(byte[] request, Predicate<byte[]> isBelieved, Deadline deadline)
      throws IOException {
    Duration patience = FIRST_TRY;
    try (DatagramSocket socket = new DatagramSocket(0, source)) {
      // A connected socket takes datagrams of this server only, and hears of a closed port.
      socket.connect(server);
      while (!deadline.isOver()) {
        socket.send(new DatagramPacket(request, request.length));
        byte[] reply = awaitDatagram(socket, request, isBelieved, deadline.butAtMost(patience));
        if (reply != null) {
          return reply;
        }
        patience = patience.multipliedBy(2);
      }
    } catch (PortUnreachableException e) {
      throw new UnreachableException("nothing listens on UDP " + describe());
    } catch (SocketException e) {
      throw new UnreachableException("no way to " + describe() + ": " + e.getMessage());
    }
    throw noReply("UDP");
  }

  /// The reply that is believed; or, when the time of this try is up, the last that is not; or
  /// null.
  private static byte @Nullable [] awaitDatagram(
      DatagramSocket socket, byte[] request, Predicate<byte[]> isBelieved, Deadline tryDeadline)
      throws IOException {
    byte[] buffer = new byte[MAX_MESSAGE_OCTETS];
    byte[] doubtful = null;
    Deadline deadline = tryDeadline;
    while (!deadline.isOver()) {
      DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
      try {
        socket.setSoTimeout(deadline.leftMillis());
        socket.receive(datagram);
      } catch (SocketTimeoutException e) {
        break;
      }
      if (!ReplyMatch.isReplyTo(request, buffer, datagram.getLength())) {
        continue;
      }
      byte[] reply = Arrays.copyOf(buffer, datagram.getLength());
      if (isBelieved.test(reply)) {
        return reply;
      }
      doubtful = reply;
      deadline = deadline.butAtMost(SECOND_REPLY);
    }
    return doubtful;
  }

  /// RFC 7766 §8: two octets of length, then the message.
  @Rfc(number = 7766, section = "8")
  private byte[] askByTcp(byte[] request, Deadline deadline) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      if (source != null) {
        socket.bind(new InetSocketAddress(source, 0));
      }
      socket.connect(server, deadline.leftMillis());
      byte[] framed = new byte[2 + request.length];
      Header.putU16(framed, 0, request.length);
      System.arraycopy(request, 0, framed, 2, request.length);
      socket.getOutputStream().write(framed);
      DataInputStream in = new DataInputStream(new DeadlineStream(socket, deadline));
      byte[] reply = new byte[in.readUnsignedShort()];
      in.readFully(reply);
      if (!ReplyMatch.isReplyTo(request, reply, reply.length)) {
        throw new BadAnswerException(describe() + " sent something that is no reply to this");
      }
      return reply;
    } catch (SocketTimeoutException e) {
      throw noReply("TCP");
    } catch (ConnectException e) {
      throw new UnreachableException("nothing listens on TCP " + describe());
    } catch (NoRouteToHostException e) {
      throw new UnreachableException("no way to " + describe() + ": " + e.getMessage());
    } catch (EOFException e) {
      throw new BadAnswerException(describe() + " closed the connection without a whole reply");
    } catch (SocketException e) {
      throw new BadAnswerException(describe() + " broke off the connection: " + e.getMessage());
    }
  }

  private UnreachableException noReply(String by) {
    return new UnreachableException(
        "no reply from " + describe() + " over " + by + " within " + timeout.toMillis() + " ms");
  }

  private String describe() {
    String address = server.getAddress().getHostAddress();
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + server.getPort();
  }

  /// A moment after which nothing is waited for.
  private record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
      return new Deadline(System.nanoTime() + time.toNanos());
    }

    Deadline butAtMost(Duration time) {
      Deadline other = in(time);
      return other.nanoTime - nanoTime < 0 ? other : this;
    }

    boolean isOver() {
      return nanoTime - System.nanoTime() <= 0;
    }

    /// At least 1, since 0 means for ever to a socket.
    int leftMillis() {
      long millis = TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime());
      return Math.clamp(millis, 1, Integer.MAX_VALUE);
    }
  }

  /// Reads from a socket until a deadline; a socket's own timeout begins anew with each octet.
  private static final class DeadlineStream extends FilterInputStream {
    private final Socket socket;
    private final Deadline deadline;

    DeadlineStream(Socket socket, Deadline deadline) throws IOException {
      super(socket.getInputStream());
      this.socket = socket;
      this.deadline = deadline;
    }

    @Override
    public int read() throws IOException {
      awaitNoLonger();
      return super.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      awaitNoLonger();
      return super.read(target, offset, length);
    }

    private void awaitNoLonger() throws IOException {
      if (deadline.isOver()) {
        throw new SocketTimeoutException();
      }
      socket.setSoTimeout(deadline.leftMillis());
    }
  }
}
