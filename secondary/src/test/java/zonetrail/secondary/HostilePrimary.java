package zonetrail.secondary;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/// Says yes to the SOA, and sends a zone with records of somebody else's.
final class HostilePrimary implements AutoCloseable {
  private final ServerSocket socket = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"));
  private final AtomicInteger transfers = new AtomicInteger();
  private final String zone;
  private final TSIG key;

  /// @param key that of the secondary
  HostilePrimary(String zone, TSIG key) throws IOException {
    this.zone = zone;
    this.key = key;
    Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return socket.getLocalPort();
  }

  /// How often it was asked for the zone itself.
  int transfers() {
    return transfers.get();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] request = new byte[in.readUnsignedShort()];
        in.readFully(request);
        byte[] response = answer(new Message(request));
        client
            .getOutputStream()
            .write(new byte[] {(byte) (response.length >> 8), (byte) response.length});
        client.getOutputStream().write(response);
      } catch (IOException closed) {
        // the next client
      }
    }
  }

  private byte[] answer(Message query) throws IOException {
    Message response = new Message(query.getHeader().getID());
    response.getHeader().setFlag(Flags.QR);
    response.getHeader().setFlag(Flags.AA);
    response.addRecord(query.getQuestion(), Section.QUESTION);
    response.addRecord(record(zone, Type.SOA, "ns. h. 7 3600 600 86400 300"), Section.ANSWER);
    if (query.getQuestion().getType() != Type.SOA) {
      transfers.incrementAndGet();
      response.addRecord(record(zone, Type.NS, "ns."), Section.ANSWER);
      response.addRecord(record("www.victim.example", Type.A, "192.0.2.66"), Section.ANSWER);
      response.addRecord(record(zone, Type.SOA, "ns. h. 7 3600 600 86400 301"), Section.ANSWER);
    }
    key.apply(response, query.getTSIG());
    return response.toWire();
  }

  static Record record(String owner, int type, String rdata) throws IOException {
    return Record.fromString(Name.fromString(owner + "."), type, DClass.IN, 60, rdata, Name.root);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
