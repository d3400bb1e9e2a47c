package zonetrail.transport;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;

/// Messages that say in their thirteenth octet what shall become of them, and the answerer that
/// does so.
final class TestMessages implements Supplier<Answerer> {
  static final char ECHO = 'e';
  static final char LATER = 'l';
  static final char NOTHING = 'n';
  static final char FAIL = 'f';
  static final char BIG = 'b';
  static final char TOO_BIG = 't';
  static final char DEFER_AND_FORGET_TO_DETACH = 'd';
  static final char DETACH_BUT_ANSWER_NOW = 'a';
  static final char DETACH_AND_FAIL = 'g';

  /// How many octets the answer to [#BIG] has.
  static final int BIG_OCTETS = 60_000;

  /// One exchange to be answered later, with its message.
  static final class Deferred {
    private final byte[] message;
    private final Exchange exchange;

    Deferred(byte[] message, Exchange exchange) {
      this.message = message;
      this.exchange = exchange;
    }

    byte[] message() {
      return message;
    }

    Exchange exchange() {
      return exchange;
    }

    void echo() {
      byte[] reply = echoOf(message);
      exchange.reply(reply, reply.length);
    }
  }

  /// What came in as [#LATER].
  final BlockingQueue<Deferred> deferred = new LinkedBlockingQueue<>();

  @Override
  public Answerer get() {
    return this::answer;
  }

  private int answer(byte[] message, int length, byte[] response, Exchange exchange) {
    char wish = length > Header.OCTETS ? (char) message[Header.OCTETS] : ECHO;
    return switch (wish) {
      case NOTHING -> Answerer.NO_REPLY;
      case FAIL -> throw new IllegalStateException("the message says so");
      case LATER -> {
        deferred.add(new Deferred(Arrays.copyOf(message, length), exchange.detach()));
        yield Answerer.DEFERRED;
      }
      case BIG -> {
        System.arraycopy(echoOf(Arrays.copyOf(message, length)), 0, response, 0, length);
        yield BIG_OCTETS;
      }
      case TOO_BIG -> Answerer.MAX_REPLY_OCTETS + 1;
      case DEFER_AND_FORGET_TO_DETACH -> Answerer.DEFERRED;
      case DETACH_BUT_ANSWER_NOW -> {
        deferred.add(new Deferred(Arrays.copyOf(message, length), exchange.detach()));
        yield echo(message, length, response);
      }
      case DETACH_AND_FAIL -> {
        deferred.add(new Deferred(Arrays.copyOf(message, length), exchange.detach()));
        throw new IllegalStateException("the message says so");
      }
      default -> echo(message, length, response);
    };
  }

  private static int echo(byte[] message, int length, byte[] response) {
    System.arraycopy(message, 0, response, 0, length);
    response[Header.FLAGS] |= (byte) 0x80;
    return length;
  }

  /// The next deferred message; fails after ten seconds.
  Deferred takeDeferred() throws InterruptedException {
    @Nullable Deferred next = deferred.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no message came");
    }
    return next;
  }

  /// A message with an ID and a wish.
  static byte[] message(int id, char wish) {
    return message(id, wish, "");
  }

  /// A message with something behind the wish.
  static byte[] message(int id, char wish, String more) {
    byte[] text = more.getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[Header.OCTETS + 1 + text.length];
    Header.putU16(message, Header.ID, id);
    message[Header.OCTETS] = (byte) wish;
    System.arraycopy(text, 0, message, Header.OCTETS + 1, text.length);
    return message;
  }

  /// What the answerer makes of a message to be echoed.
  static byte[] echoOf(byte[] message) {
    byte[] reply = message.clone();
    reply[Header.FLAGS] |= (byte) 0x80;
    return reply;
  }

  static int id(byte[] message) {
    return Header.u16(message, Header.ID);
  }
}
