package zonetrail.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.netty.channel.epoll.Epoll;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Room outside of the heap for a batch of datagrams and their replies, in the form in which
/// Linux's `recvmmsg` and `sendmmsg` take it. It is laid out once; what is written anew for each
/// datagram are a few lengths.
///
/// | part | for each of [#DATAGRAMS] |
/// |---|---|
/// | received headers | `struct mmsghdr` |
/// | reply headers | `struct mmsghdr` |
/// | vectors | two `struct iovec`, of the datagram and of the reply |
/// | names | the client's `struct sockaddr_in` or `sockaddr_in6`; a reply's header points to it, too |
/// | controls | what the system says of the address asked (`IP_PKTINFO`); likewise |
/// | slots | the datagram |
/// | replies | one after the other, [#REPLIES_OCTETS] for all |
///
/// The offsets are those of every 64-bit Linux. Netty's own calls read and write fields of a Java
/// object for each datagram by JNI, ask the socket for an option before each batch, and cannot say
/// where a reply leaves from: answers cost a quarter more by them (docs/performance.md).
///
/// Thread: one event loop. Allocation: none after construction.
final class DatagramBatch {
  /// How many datagrams one system call may read or send.
  static final int DATAGRAMS = 32;

  /// One octet more than the longest that is answered, so that a longer one can be told from it;
  /// rounded up.
  static final int SLOT_OCTETS = DatagramListener.MAX_DATAGRAM_OCTETS + 64;

  /// Replies of one call; those of usual size fit all at once, and the largest by itself.
  static final int REPLIES_OCTETS = 64 * 1024;

  /// The longest address, that of IPv6, rounded up.
  static final int NAME_OCTETS = 32;

  /// Room for one control message, that of IPv6 having 40 octets.
  static final int CONTROL_OCTETS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(DatagramBatch.class);

  // struct mmsghdr
  private static final int HEADER_OCTETS = 64;
  private static final int HEADER_NAME = 0;
  private static final int HEADER_NAME_LENGTH = 8;
  private static final int HEADER_VECTOR = 16;
  private static final int HEADER_VECTORS = 24;
  private static final int HEADER_CONTROL = 32;
  private static final int HEADER_CONTROL_LENGTH = 40;
  private static final int HEADER_RECEIVED = 56;

  // struct iovec
  private static final int VECTOR_OCTETS = 16;
  private static final int VECTOR_BASE = 0;
  private static final int VECTOR_LENGTH = 8;

  private static final int RECEIVED_HEADERS = 0;
  private static final int REPLY_HEADERS = RECEIVED_HEADERS + DATAGRAMS * HEADER_OCTETS;
  private static final int RECEIVED_VECTORS = REPLY_HEADERS + DATAGRAMS * HEADER_OCTETS;
  private static final int REPLY_VECTORS = RECEIVED_VECTORS + DATAGRAMS * VECTOR_OCTETS;
  private static final int NAMES = REPLY_VECTORS + DATAGRAMS * VECTOR_OCTETS;
  private static final int CONTROLS = NAMES + DATAGRAMS * NAME_OCTETS;
  private static final int SLOTS = CONTROLS + DATAGRAMS * CONTROL_OCTETS;
  private static final int REPLIES = SLOTS + DATAGRAMS * SLOT_OCTETS;
  private static final int OCTETS = REPLIES + REPLIES_OCTETS;

  /// Linux's number, on every processor.
  private static final int EAGAIN = 11;

  /// A buffer, since a `MemorySegment` makes classes when it is first read and written, which takes
  /// time and memory at each start.
  private final ByteBuffer memory;

  private final long address;
  private final TransportCounters counters;
  private int replies;
  private int replyOctets;

  /// @throws IllegalStateException if this is not a Linux that we know
  DatagramBatch(TransportCounters counters) {
    if (!isAvailable()) {
      throw new IllegalStateException("recvmmsg and sendmmsg are not to be had");
    }
    this.counters = counters;
    MemorySegment segment = Arena.ofAuto().allocate(OCTETS, HEADER_OCTETS);
    this.memory = segment.asByteBuffer().order(ByteOrder.nativeOrder());
    this.address = segment.address();
    for (int i = 0; i < DATAGRAMS; i++) {
      long slot = address + slot(i);
      lay(RECEIVED_HEADERS + i * HEADER_OCTETS, RECEIVED_VECTORS + i * VECTOR_OCTETS, i, slot);
      lay(REPLY_HEADERS + i * HEADER_OCTETS, REPLY_VECTORS + i * VECTOR_OCTETS, i, slot);
    }
  }

  private void lay(int header, int vector, int datagram, long base) {
    memory.putLong(header + HEADER_NAME, address + name(datagram));
    memory.putLong(header + HEADER_VECTOR, address + vector);
    memory.putLong(header + HEADER_VECTORS, 1);
    memory.putLong(header + HEADER_CONTROL, address + control(datagram));
    memory.putLong(vector + VECTOR_BASE, base);
    memory.putLong(vector + VECTOR_LENGTH, SLOT_OCTETS);
  }

  /// Whether this is a Linux with these calls, and we may make them.
  static boolean isAvailable() {
    return Epoll.isAvailable()
        && ValueLayout.ADDRESS.byteSize() == 8
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        && Calls.RECEIVE != null
        && Calls.SEND != null;
  }

  // ---- what was received ----

  /// Reads as many datagrams as there are.
  ///
  /// @param controlOctets room for what the system says beside the message, at most
  ///   [#CONTROL_OCTETS]
  /// @return how many; 0 also after an error, as there is none that a socket like ours would have
  int receive(int socket, int controlOctets) {
    for (int i = 0; i < DATAGRAMS; i++) { // The last call left in them what it used.
      int header = RECEIVED_HEADERS + i * HEADER_OCTETS;
      memory.putInt(header + HEADER_NAME_LENGTH, NAME_OCTETS);
      memory.putLong(header + HEADER_CONTROL_LENGTH, controlOctets);
    }
    return Math.max(0, Calls.receive(socket, address + RECEIVED_HEADERS));
  }

  /// The length of a datagram, which is that of its slot if it was longer.
  int length(int datagram) {
    return memory.getInt(RECEIVED_HEADERS + datagram * HEADER_OCTETS + HEADER_RECEIVED);
  }

  /// How many octets of the control the system has written.
  int controlLength(int datagram) {
    return memory.getInt(RECEIVED_HEADERS + datagram * HEADER_OCTETS + HEADER_CONTROL_LENGTH);
  }

  /// How many octets the client's address has.
  int nameLength(int datagram) {
    return memory.getInt(RECEIVED_HEADERS + datagram * HEADER_OCTETS + HEADER_NAME_LENGTH);
  }

  /// Where the client's address is, for [#octets] and the like.
  static int name(int datagram) {
    return NAMES + datagram * NAME_OCTETS;
  }

  /// Where the control is.
  static int control(int datagram) {
    return CONTROLS + datagram * CONTROL_OCTETS;
  }

  /// Where the message is.
  static int slot(int datagram) {
    return SLOTS + datagram * SLOT_OCTETS;
  }

  /// Copies octets from here.
  void octets(int from, byte[] to, int length) {
    memory.get(from, to, 0, length);
  }

  /// Copies octets to here.
  void put(int to, byte[] octets) {
    memory.put(to, octets);
  }

  /// Four octets as the processor has them.
  int int32(int from) {
    return memory.getInt(from);
  }

  /// Sets four octets.
  void putInt32(int to, int value) {
    memory.putInt(to, value);
  }

  /// Two octets as the network has them.
  int u16(int from) {
    return (memory.get(from) & 0xff) << 8 | (memory.get(from + 1) & 0xff);
  }

  // ---- what is sent ----

  /// Adds a reply to one of the datagrams; sends those before it if there is no more room.
  ///
  /// @param socket where they leave
  /// @param controlLength how much of the datagram's control goes with it
  void reply(
      int socket, int datagram, int nameLength, int controlLength, byte[] message, int length) {
    if (replies == DATAGRAMS || length > REPLIES_OCTETS - replyOctets) {
      flush(socket);
    }
    int at = REPLIES + replyOctets;
    memory.put(at, message, 0, length);
    int vector = REPLY_VECTORS + replies * VECTOR_OCTETS;
    memory.putLong(vector + VECTOR_BASE, address + at);
    memory.putLong(vector + VECTOR_LENGTH, length);
    int header = REPLY_HEADERS + replies * HEADER_OCTETS;
    memory.putLong(header + HEADER_NAME, address + name(datagram));
    memory.putInt(header + HEADER_NAME_LENGTH, nameLength);
    memory.putLong(header + HEADER_CONTROL, address + control(datagram));
    memory.putLong(header + HEADER_CONTROL_LENGTH, controlLength);
    replies++;
    replyOctets += length;
  }

  /// Sends all replies. What the system has no room for is dropped, as is what it refuses, for want
  /// of a route, say; both are counted.
  void flush(int socket) {
    int sent = 0;
    while (sent < replies) {
      long next = address + REPLY_HEADERS + (long) sent * HEADER_OCTETS;
      int count = Calls.send(socket, next, replies - sent);
      if (count <= 0) {
        count = RefusedReplies.sendAgain(socket, next, replies - sent);
      }
      if (count == -EAGAIN) {
        counters.datagramRepliesDropped.add(replies - (long) sent);
        break;
      }
      if (count < 0) {
        counters.datagramFailures.increment();
        LOG.debug("sendmmsg: error {}", -count);
      }
      sent += Math.max(1, count); // An error is about the first; the others may go elsewhere.
    }
    replies = 0;
    replyOctets = 0;
  }

  /// The two calls, with addresses as numbers: what they point to is this class's own.
  @SuppressWarnings("restricted") // The launcher gives the right to call native functions.
  private static final class Calls {
    /// The type of both. `sendmmsg` has one parameter less, and does not look at the register in
    /// which the fifth would come: a second type would be more classes to make at each start.
    private static final FunctionDescriptor TYPE =
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);

    private static final @Nullable MethodHandle RECEIVE = find("recvmmsg");
    private static final @Nullable MethodHandle SEND = find("sendmmsg");

    private Calls() {}

    private static @Nullable MethodHandle find(String name, Linker.Option... options) {
      try {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), TYPE, options);
      } catch (NoSuchElementException
          | IllegalCallerException
          | UnsupportedOperationException absent) {
        LOG.warn(
            "{} can't be called, so datagrams are read one at a time, on one thread. Does the JVM"
                + " run without --enable-native-access=ALL-UNNAMED?",
            name,
            absent);
        return null;
      }
    }

    static int receive(int socket, long headers) {
      try {
        return (int) requireNonNull(RECEIVE).invokeExact(socket, headers, DATAGRAMS, 0, 0L);
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    }

    static int send(int socket, long headers, int count) {
      try {
        return (int) requireNonNull(SEND).invokeExact(socket, headers, count, 0, 0L);
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  /// Finds out why replies were refused: by trying again with a call that keeps the error's number.
  /// It is apart since that allocates some 40 octets each time, and is seldom needed.
  private static final class RefusedReplies {
    private static final MethodHandle SEND =
        requireNonNull(Calls.find("sendmmsg", Linker.Option.captureCallState("errno")));

    private RefusedReplies() {}

    /// @return how many were sent after all; or the number of the error, negative
    static int sendAgain(int socket, long headers, int count) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
        int sent = (int) SEND.invokeExact(state, socket, headers, count, 0, 0L);
        return sent >= 0 ? sent : -state.asByteBuffer().order(ByteOrder.nativeOrder()).getInt();
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    }
  }
}
