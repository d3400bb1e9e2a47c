package zonetrail.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// A message's way back that ends in the test.
final class TestExchange implements Exchange {
  private record Repeat(Duration delay, BooleanSupplier isWanted) {}

  private final boolean stream;
  private final CountDownLatch gate;
  private final int port;
  private final CompletableFuture<byte[]> reply = new CompletableFuture<>();
  private final List<Repeat> repeats = new ArrayList<>();
  private boolean detached;

  private TestExchange(boolean stream, CountDownLatch gate) {
    this(stream, gate, 40_000);
  }

  private TestExchange(boolean stream, CountDownLatch gate, int port) {
    this.stream = stream;
    this.gate = gate;
    this.port = port;
  }

  static TestExchange udp() {
    return new TestExchange(false, new CountDownLatch(0));
  }

  static TestExchange udpFrom(int port) {
    return new TestExchange(false, new CountDownLatch(0), port);
  }

  static TestExchange tcp() {
    return new TestExchange(true, new CountDownLatch(0));
  }

  /// One whose replier gets stuck until the gate opens.
  static TestExchange stuckAt(CountDownLatch gate) {
    return new TestExchange(false, gate);
  }

  boolean isDetached() {
    return detached;
  }

  boolean hasReply() {
    return reply.isDone();
  }

  /// The reply; fails after ten seconds. Empty means that there will be none.
  byte[] awaitReply() throws InterruptedException {
    try {
      return reply.get(10, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException late) {
      throw new AssertionError("no reply came", late);
    }
  }

  /// After which times the reply is to be sent again, if nothing else comes.
  List<Duration> repeats() {
    return repeats.stream()
        .filter(each -> each.isWanted().getAsBoolean())
        .map(Repeat::delay)
        .toList();
  }

  @Override
  public void replyAgain(byte[] message, Duration delay, BooleanSupplier isWanted) {
    repeats.add(new Repeat(delay, isWanted));
  }

  @Override
  public InetSocketAddress client() {
    return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), port);
  }

  @Override
  public InetSocketAddress local() {
    return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 53);
  }

  @Override
  public boolean isStream() {
    return stream;
  }

  @Override
  public Exchange detach() {
    detached = true;
    return this;
  }

  @Override
  public boolean send(byte[] message, int length) {
    throw new AssertionError("one reply is expected here");
  }

  @Override
  public boolean sendLast(byte[] message, int length) {
    return send(message, length);
  }

  @Override
  public void reply(byte[] message, int length) {
    try {
      gate.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    if (!reply.complete(Arrays.copyOf(message, length))) {
      throw new AssertionError("a second reply");
    }
  }
}
