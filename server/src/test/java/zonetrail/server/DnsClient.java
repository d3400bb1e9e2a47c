package zonetrail.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// A client made of dnsjava and plain sockets: an independent view of what the server says.
public final class DnsClient {
  private static final AtomicInteger NEXT_NOTIFY = new AtomicInteger();

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int RESEND_MILLIS = 2_000;

  private final InetSocketAddress server;

  public DnsClient(InetSocketAddress server) {
    this.server = server;
  }

  /// The answers to many messages, by ID, and what it took to get them.
  public record Burst(Map<Integer, Message> replies, int resent, Duration took) {}

  public static TSIG key(String name, String base64) {
    try {
      return new TSIG(
          TSIG.HMAC_SHA256,
          Name.fromString(name),
          new SecretKeySpec(Base64.getDecoder().decode(base64), "HmacSHA256"));
    } catch (TextParseException wrong) {
      throw new AssertionError(wrong);
    }
  }

  public static Message query(String name, int type) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
  }

  /// None is like one before it, even if it is signed in the same second: that would be taken for
  /// the same again.
  public static Message notifyOf(String zone) throws IOException {
    Message message = new Message(NEXT_NOTIFY.getAndIncrement() & 0xffff);
    message.getHeader().setOpcode(Opcode.NOTIFY);
    message.getHeader().setFlag(Flags.AA);
    message.addRecord(
        Record.newRecord(Name.fromString(zone), Type.SOA, DClass.IN), Section.QUESTION);
    return message;
  }

  public Message ask(String name, int type) throws IOException {
    return resolver(false).send(query(name, type));
  }

  public Message askTcp(String name, int type) throws IOException {
    return resolver(true).send(query(name, type));
  }

  /// The records of an answer, as text without owner and TTL, in order.
  public List<String> records(String name, int type) throws IOException {
    return ask(name, type).getSection(Section.ANSWER).stream()
        .map(Record::rdataToString)
        .sorted()
        .toList();
  }

  public Message notifyUdp(String zone, TSIG key) throws IOException {
    return notify(zone, key, false);
  }

  public Message notifyTcp(String zone, TSIG key) throws IOException {
    return notify(zone, key, true);
  }

  private Message notify(String zone, TSIG key, boolean tcp) throws IOException {
    SimpleResolver resolver = resolver(tcp);
    resolver.setTSIGKey(key);
    return resolver.send(notifyOf(zone));
  }

  private SimpleResolver resolver(boolean tcp) {
    SimpleResolver resolver = new SimpleResolver(server);
    resolver.setTimeout(PATIENCE);
    resolver.setTCP(tcp);
    resolver.setIgnoreTruncation(true);
    return resolver;
  }

  /// Sends all messages at once over UDP, and again, as clients do, where an answer stays out.
  public Burst burstUdp(List<byte[]> messages) throws IOException {
    Map<Integer, Message> replies = new LinkedHashMap<>();
    long begin = System.nanoTime();
    int resent = 0;
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
      socket.setReceiveBufferSize(4 << 20);
      socket.setSoTimeout(RESEND_MILLIS);
      for (byte[] message : messages) {
        socket.send(new DatagramPacket(message, message.length, server));
      }
      byte[] room = new byte[65_535];
      while (replies.size() < messages.size()) {
        try {
          DatagramPacket packet = new DatagramPacket(room, room.length);
          socket.receive(packet);
          Message reply = new Message(Arrays.copyOf(room, packet.getLength()));
          replies.put(reply.getHeader().getID(), reply);
        } catch (SocketTimeoutException silence) {
          if (System.nanoTime() - begin > PATIENCE.toNanos()) {
            throw silence;
          }
          for (byte[] message : messages) {
            if (!replies.containsKey(id(message))) {
              socket.send(new DatagramPacket(message, message.length, server));
              resent++;
            }
          }
        }
      }
    }
    return new Burst(replies, resent, Duration.ofNanos(System.nanoTime() - begin));
  }

  /// Sends a message again and again over UDP, as fast as it goes, each time with another ID, and
  /// does not wait for anything.
  ///
  /// @return how many answers came back nevertheless
  public int flood(byte[] message, int times) throws IOException {
    int answers = 0;
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.connect(server);
      channel.configureBlocking(false);
      ByteBuffer sent = ByteBuffer.wrap(message.clone());
      ByteBuffer received = ByteBuffer.allocate(512);
      for (int i = 0; i < times; i++) {
        sent.putShort(0, (short) i);
        while (channel.write(sent.rewind()) == 0) {
          Thread.onSpinWait();
        }
        while (channel.read(received.clear()) > 0) {
          answers++;
        }
      }
    }
    return answers;
  }

  /// Sends all messages at once over a few connections.
  public Burst burstTcp(List<byte[]> messages, int connections) throws IOException {
    Map<Integer, Message> replies = new LinkedHashMap<>();
    List<Socket> sockets = new ArrayList<>();
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < connections; i++) {
        sockets.add(connect());
      }
      for (int i = 0; i < connections; i++) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int at = i; at < messages.size(); at += connections) {
          octets.writeBytes(framed(messages.get(at)));
        }
        sockets.get(i).getOutputStream().write(octets.toByteArray());
      }
      for (int i = 0; i < messages.size(); i++) {
        Message reply = new Message(receive(sockets.get(i % connections)));
        replies.put(reply.getHeader().getID(), reply);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    return new Burst(replies, 0, Duration.ofNanos(System.nanoTime() - begin));
  }

  public Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(server, Math.toIntExact(PATIENCE.toMillis()));
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    socket.setTcpNoDelay(true);
    return socket;
  }

  public static byte[] framed(byte[] message) {
    byte[] framed = new byte[2 + message.length];
    framed[0] = (byte) (message.length >> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    return framed;
  }

  public static byte[] receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] message = new byte[in.readUnsignedShort()];
    in.readFully(message);
    return message;
  }

  public static int id(byte[] message) {
    return (message[0] & 0xff) << 8 | (message[1] & 0xff);
  }
}
