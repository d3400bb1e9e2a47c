package zonetrail.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.RemotePrimary;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.authority.SecondaryInput.Size;
import zonetrail.transfer.InboundFailure;
import zonetrail.transfer.InboundLimits;
import zonetrail.transfer.SoaAnswer;
import zonetrail.transfer.TransferIn;
import zonetrail.transfer.TransferQuery;
import zonetrail.tsig.SignedRequest;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigStreamVerifier;
import zonetrail.tsig.TsigStreamVerifier.Checked;
import zonetrail.wire.Header;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Asks primaries for SOAs and zones, with plain sockets that block: whatever happens becomes an
/// [Answer].
///
/// Safe on any thread; each call holds its own until the answer is there. Interrupting the thread,
/// if it is a virtual one, ends the call.
final class PrimaryClient {
  /// How long a reply to a question for the SOA is waited for over UDP, and then over TCP.
  static final Duration PROBE_PATIENCE = Duration.ofSeconds(3);

  /// How long a connection may take to be there.
  static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);

  private final InboundLimits limits;
  private final InstantSource timeOfDay;
  private final SecureRandom random = new SecureRandom();

  /// @param timeOfDay the clock that signatures are made with
  PrimaryClient(InboundLimits limits, InstantSource timeOfDay) {
    this.limits = limits;
    this.timeOfDay = timeOfDay;
  }

  /// A request as it is sent, and what checks its response; null where it is not signed.
  private static final class Request {
    private final int id;
    private final byte[] octets;
    private final @Nullable TsigStreamVerifier verifier;

    Request(int id, byte[] octets, @Nullable TsigStreamVerifier verifier) {
      this.id = id;
      this.octets = octets;
      this.verifier = verifier;
    }
  }

  private interface Query {
    byte[] withId(int id);
  }

  private Request request(@Nullable TsigKey key, Query query) {
    int id = random.nextInt(1 << Short.SIZE);
    byte[] octets = query.withId(id);
    if (key == null) {
      return new Request(id, octets, null);
    }
    SignedRequest signed = TsigSigner.signRequest(octets, octets.length, key, timeOfDay.instant());
    return new Request(id, signed.message(), new TsigStreamVerifier(key, signed.mac()));
  }

  // ---- the SOA ----

  /// Asks for the SOA.
  Answer probe(RemotePrimary primary, WireName zone) {
    SoaAnswer answer = soa(primary, zone);
    return switch (answer) {
      case SoaAnswer.Has(var serial, var expire) -> new Answer.HasSerial(serial, expire);
      case SoaAnswer.Failed(InboundFailure why, String text) ->
          why == InboundFailure.REFUSED && isDisowned(primary, zone)
              ? new Answer.Failed(InboundFailure.NOT_AUTHORITATIVE, "it has no such zone")
              : new Answer.Failed(why, text);
    };
  }

  private SoaAnswer soa(RemotePrimary primary, WireName zone) {
    TsigKey key = primary.key();
    Request request = request(key, id -> TransferQuery.soa(id, zone));
    SoaAnswer overUdp = soa(primary, zone, key, request, DnsExchange.Protocol.UDP);
    boolean isSilent =
        overUdp instanceof SoaAnswer.Failed(InboundFailure why, _)
            && why == InboundFailure.UNREACHABLE;
    return isSilent ? soa(primary, zone, key, request, DnsExchange.Protocol.TCP) : overUdp;
  }

  private SoaAnswer soa(
      RemotePrimary primary,
      WireName zone,
      @Nullable TsigKey key,
      Request request,
      DnsExchange.Protocol protocol) {
    try {
      byte[] reply =
          new DnsExchange(primary.address(), protocol, PROBE_PATIENCE)
              .ask(request.octets, octets -> check(request, octets) instanceof Checked.Signed);
      if (key == null) {
        return SoaAnswer.read(reply, reply.length, 0, zone);
      }
      return switch (check(request, reply)) {
        case Checked.Signed(int octets) -> SoaAnswer.read(reply, octets, 1, zone);
        case Checked.Unsigned() ->
            new SoaAnswer.Failed(InboundFailure.SIGNATURE, "the response is not signed");
        case Checked.Failed(String why) -> new SoaAnswer.Failed(InboundFailure.SIGNATURE, why);
      };
    } catch (BadAnswerException bad) {
      return new SoaAnswer.Failed(InboundFailure.MALFORMED, String.valueOf(bad.getMessage()));
    } catch (IOException away) {
      return new SoaAnswer.Failed(InboundFailure.UNREACHABLE, String.valueOf(away.getMessage()));
    }
  }

  /// Each look at a reply begins anew: a doubtful one must not use up the verifier.
  private Checked check(Request request, byte[] reply) {
    TsigStreamVerifier verifier = request.verifier;
    return verifier == null
        ? new Checked.Signed(reply.length)
        : verifier.anew().check(reply, reply.length, timeOfDay.instant());
  }

  /// To a question for the SOA, REFUSED may mean that there is no such zone, or that we may not
  /// ask; to a request for the zone itself the former is NOTAUTH (RFC 5936 §2.2.1).
  @Rfc(number = 5936, section = "2.2.1")
  private boolean isDisowned(RemotePrimary primary, WireName zone) {
    return transfer(primary, zone, null, true) instanceof Answer.Failed(InboundFailure why, _)
        && why == InboundFailure.NOT_AUTHORITATIVE;
  }

  // ---- the zone ----

  /// Has the primary send the zone.
  ///
  /// @param base the version whose changes are asked for; null: the whole zone
  Answer transfer(RemotePrimary primary, WireName zone, @Nullable Zone base) {
    return transfer(primary, zone, base, false);
  }

  /// @param onlyFirst whether what the first message says is enough
  private Answer transfer(
      RemotePrimary primary, WireName zone, @Nullable Zone base, boolean onlyFirst) {
    Request request =
        request(
            primary.key(),
            id ->
                base == null ? TransferQuery.full(id, zone) : TransferQuery.incremental(id, base));
    TransferIn transfer = new TransferIn(zone, request.id, base, request.verifier, limits);
    long beganNanos = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(primary.address(), (int) CONNECT_PATIENCE.toMillis());
      send(request.octets, socket.getOutputStream());
      return receive(transfer, socket, beganNanos, onlyFirst);
    } catch (SocketTimeoutException silent) {
      return unreachable("no whole message came for " + limits.idle().toSeconds() + " s");
    } catch (EOFException closed) {
      return transfer.messages() == 0
          ? new Answer.Failed(InboundFailure.MALFORMED, "it closed the connection unanswered")
          : unreachable("it closed the connection before the end of the zone");
    } catch (ConnectException refused) {
      return unreachable("nothing listens on TCP");
    } catch (IOException broken) {
      return unreachable("the connection broke: " + broken.getMessage());
    }
  }

  private static Answer unreachable(String text) {
    return new Answer.Failed(InboundFailure.UNREACHABLE, text);
  }

  @Rfc(number = 7766, section = "8")
  private static void send(byte[] message, OutputStream out) throws IOException {
    byte[] framed = new byte[2 + message.length];
    Header.putU16(framed, 0, message.length);
    System.arraycopy(message, 0, framed, 2, message.length);
    out.write(framed);
  }

  private Answer receive(TransferIn transfer, Socket socket, long beganNanos, boolean onlyFirst)
      throws IOException {
    byte[] message = new byte[ResponseWriter.MAX_MESSAGE_OCTETS];
    while (System.nanoTime() - beganNanos < limits.longest().toNanos()) {
      long deadlineNanos = System.nanoTime() + limits.idle().toNanos();
      read(socket, message, 2, deadlineNanos);
      int length = Header.u16(message, 0);
      read(socket, message, length, deadlineNanos);
      switch (transfer.accept(message, length, timeOfDay.instant())) {
        case TransferIn.Progress.More() -> {
          if (onlyFirst) {
            return new Answer.Failed(InboundFailure.REFUSED, "it has the zone");
          }
        }
        case TransferIn.Progress.Complete(Zone version, ZoneChange change) -> {
          long millis = (System.nanoTime() - beganNanos) / 1_000_000;
          return new Answer.Brought(
              version,
              change,
              transfer.expireSeconds(),
              new Size(transfer.messages(), transfer.wireOctets(), millis));
        }
        case TransferIn.Progress.UpToDate(var serial) -> {
          return new Answer.HasSerial(serial, transfer.expireSeconds());
        }
        case TransferIn.Progress.Failed(InboundFailure why, String text) -> {
          return new Answer.Failed(why, text);
        }
      }
    }
    return new Answer.Failed(
        InboundFailure.TOO_MUCH,
        "it took longer than " + limits.longest().toMinutes() + " minutes");
  }

  /// Fills the beginning of a buffer. A primary that sends an octet now and then is as good as
  /// silent, so all of a message has one deadline.
  private static void read(Socket socket, byte[] into, int length, long deadlineNanos)
      throws IOException {
    InputStream in = socket.getInputStream();
    int at = 0;
    while (at < length) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (leftMillis <= 0) {
        throw new SocketTimeoutException("a message took too long");
      }
      socket.setSoTimeout(Math.toIntExact(leftMillis));
      int octets = in.read(into, at, length - at);
      if (octets < 0) {
        throw new EOFException("the connection ended");
      }
      at += octets;
    }
  }
}
