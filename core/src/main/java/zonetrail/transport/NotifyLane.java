package zonetrail.transport;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Event;
import zonetrail.authority.NotifyEvent;
import zonetrail.authority.Publication;
import zonetrail.notify.NotifyPolicy;
import zonetrail.notify.NotifyQueue;
import zonetrail.notify.NotifyQueue.Action;
import zonetrail.notify.NotifyQueue.Notification;
import zonetrail.notify.NotifyQueue.Reception;
import zonetrail.notify.NotifyTarget;
import zonetrail.notify.NotifyTargets;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;

/// Tells secondaries of what is published: compares each publication with the one before, and sends
/// what [NotifyQueue] says, when it says so.
///
/// Who registered by a connection of its own ([NotifyRegistrations]) is told over that.
///
/// One thread of its own, with a UDP socket for each address that it sends from; a NOTIFY by TCP
/// takes a virtual thread, of which there are at most [#MAX_STREAMS]. It is told of publications by
/// [PublishedZones] and never makes the authority wait: if several come while it works, or within
/// [#TOGETHER] of the one before, it compares with the last.
@Rfc(number = 1996, section = "3.4")
public final class NotifyLane implements AutoCloseable {
  /// For so long after one publication the next is not looked at: where updates stream, this thread
  /// would else be woken for each, and take the processor from the answers to them. Shorter than
  /// what [zonetrail.notify.NotifyQueue] takes for a stream.
  static final Duration TOGETHER = Duration.ofMillis(10);

  /// How many NOTIFYs travel by TCP at once; the others go as datagrams.
  static final int MAX_STREAMS = 32;

  /// How long one by TCP may take.
  static final Duration STREAM_PATIENCE = Duration.ofSeconds(5);

  /// After how many times unanswered the operator is told.
  static final int TELL_AFTER = 8;

  /// How often the operator is told of one secondary.
  static final Duration TELL_AGAIN = Duration.ofHours(1);

  /// How many answers that came by TCP, and how many registrations, wait for this thread; what is
  /// lost of the former is asked for again.
  private static final int MAX_STREAM_REPLIES = 4_096;

  private static final int MAX_WISHES = 1_024;
  private static final int MAX_TOLD = 10_000;
  private static final int RECEIVED_OCTETS = 4_096;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(NotifyLane.class);
  private static final RareWarning FAILURES = new RareWarning(LOG);

  private final NotifyPolicy policy;
  private final InstantSource steadyClock;
  private final InstantSource timeOfDay;
  private final Consumer<Event> report;
  private final NotifyCounters counters = new NotifyCounters();
  private final NotifyQueue queue;
  private final AtomicReference<@Nullable Latest> latest = new AtomicReference<>();
  private final Queue<StreamReply> streamReplies = new ArrayBlockingQueue<>(MAX_STREAM_REPLIES);
  private final Queue<Wish> wishes = new ArrayBlockingQueue<>(MAX_WISHES);
  private final NotifyRegistrations registrations = new NotifyRegistrations();
  private final Semaphore streams = new Semaphore(MAX_STREAMS);
  private final Map<Told, Instant> told = new HashMap<>();
  private final Map<InetAddress, DatagramChannel> sockets = new HashMap<>();
  private final ByteBuffer received = ByteBuffer.allocate(RECEIVED_OCTETS);
  private final ExecutorService streamThreads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("notify-", 0).factory());
  private OwnAddresses own = new OwnAddresses(List.of());

  /// When publications are looked at again; null for when one comes.
  private @Nullable Instant nextLook;

  /// Whether this thread looks at [#nextLook] without being woken.
  private volatile boolean isLookSure;

  private @Nullable Publication last;
  private @Nullable NotifyTargets lastTargets;
  private volatile int outstanding;
  private volatile int registered;
  private volatile boolean isStopping;
  private volatile @Nullable Selector selector;
  private @Nullable Thread thread;

  /// @param since when it was published
  private record Latest(Publication publication, Instant since) {}

  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record StreamReply(InetSocketAddress from, byte[] message) {}

  /// @param answered what the client was answered from: it is told of what came since
  private record Wish(StreamPeer peer, TsigKey key, WireName zone, Publication answered) {}

  private record Told(Class<?> kind, InetSocketAddress secondary) {}

  /// Creates a lane that sends nothing until [#start].
  ///
  /// @param steadyClock never goes back, see [AuthorityLoop#steadyClock]
  /// @param timeOfDay for signatures
  /// @param report takes what the operator may want to know, on any thread, and does not wait
  public NotifyLane(
      NotifyPolicy policy,
      InstantSource steadyClock,
      InstantSource timeOfDay,
      Consumer<Event> report) {
    this.policy = policy;
    this.steadyClock = steadyClock;
    this.timeOfDay = timeOfDay;
    this.report = report;
    SecureRandom random = new SecureRandom();
    this.queue = new NotifyQueue(() -> random.nextInt(0x10000));
  }

  /// What became of the NOTIFYs.
  public NotifyCounters counters() {
    return counters;
  }

  /// How many NOTIFYs have not been answered.
  public int outstanding() {
    return outstanding;
  }

  /// How many connections are told of changes.
  public int registered() {
    return registered;
  }

  /// Tells a client of the changes of a zone from now on, over its connection; does not wait.
  ///
  /// @param key permits to transfer the zone, and signs the NOTIFYs
  /// @param zone the zone; the root for all that there are and will be
  /// @param answered what the client knows
  void register(StreamPeer peer, TsigKey key, WireName zone, Publication answered) {
    if (policy.isOn() && wishes.offer(new Wish(peer, key, zone, answered))) {
      wakeUp();
    }
  }

  /// Takes a message that came over a client's connection and says that it is a response; does not
  /// wait.
  void received(byte[] message, int length, InetSocketAddress from) {
    if (registered > 0) {
      streamReplies.offer(new StreamReply(from, Arrays.copyOf(message, length)));
      wakeUp();
    }
  }

  /// Takes what is served from now on; does not wait.
  public void published(Publication publication) {
    latest.set(new Latest(publication, steadyClock.instant()));
    if (!isLookSure) {
      wakeUp();
    }
  }

  /// Begins to tell secondaries, first of all zones. Called when they can come to us.
  ///
  /// @param bound where we listen
  public void start(List<InetSocketAddress> bound) {
    if (!policy.isOn()) {
      return;
    }
    own = new OwnAddresses(bound);
    try {
      selector = Selector.open();
    } catch (IOException e) {
      LOG.error("secondaries are not notified: {}", e.getMessage());
      return;
    }
    thread = Thread.ofPlatform().name("notify").daemon(true).start(this::run);
  }

  private void wakeUp() {
    Selector open = selector;
    if (open != null) {
      open.wakeup();
    }
  }

  private void run() {
    while (!isStopping) {
      try {
        takePublication();
        takeWishes();
        act();
        outstanding = queue.size();
        await();
        receive();
      } catch (IOException | RuntimeException | Error unexpected) {
        FAILURES.warn("a NOTIFY was lost because of a defect in this server", unexpected);
      }
    }
  }

  private void await() throws IOException {
    Instant next = queue.nextDue().orElse(nextLook);
    if (next != null && nextLook != null && nextLook.isBefore(next)) {
      next = nextLook;
    }
    Selector open = selector;
    if (open == null || isStopping) {
      return;
    }
    long millis = next == null ? 0 : Duration.between(steadyClock.instant(), next).toMillis() + 1;
    open.select(next == null ? 0 : Math.max(1, millis));
  }

  // ---- publications ----

  private void takePublication() {
    Latest next = nextPublication();
    if (next == null) {
      return;
    }
    Publication now = next.publication();
    NotifyTargets targets =
        lastTargets != null && last != null && last.keys() == now.keys()
            ? lastTargets
            : new NotifyTargets(policy, now.keys(), own::mayComeHere);
    Additions additions = new Additions();
    if (last == null || lastTargets == null) {
      tellOfAll(now, targets, additions);
    } else {
      forgetGoneClients(now);
      queue.removeIf(
          what -> what.target().key() != null && !now.keys().contains(what.target().key()));
      tellOfChanges(last, lastTargets, next, targets, additions);
    }
    last = now;
    lastTargets = targets;
    additions.tellLeftOut();
  }

  private @Nullable Latest nextPublication() {
    Instant time = steadyClock.instant();
    if (nextLook != null && time.isBefore(nextLook)) {
      return null;
    }
    isLookSure = false; // before the look: what comes after it wakes this thread again
    Latest next = latest.getAndSet(null);
    nextLook = next == null ? null : time.plus(TOGETHER);
    isLookSure = next != null;
    return next;
  }

  private void takeWishes() {
    if (wishes.isEmpty()) {
      return;
    }
    nextLook = null; // who wishes may have a key that came in just now
    takePublication();
    Publication now = last;
    if (now == null) {
      return;
    }
    forgetGoneClients(now);
    Additions additions = new Additions();
    for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
      boolean isTaken =
          now.keys().contains(wish.key())
              && registrations.add(wish.peer(), wish.key(), wish.zone(), steadyClock.instant());
      InetSocketAddress client = wish.peer().client();
      WireName key = wish.key().name().wire();
      if (isTaken) {
        report.accept(new NotifyEvent.ClientRegistered(wish.zone(), client, key));
        tellOfNews(wish, now, additions);
      } else {
        report.accept(new NotifyEvent.ClientNotRegistered(wish.zone(), client, key));
      }
    }
    registered = registrations.size();
    additions.tellLeftOut();
  }

  /// What came between the answer and now; of all zones every one, since who asks for all may have
  /// none.
  private void tellOfNews(Wish wish, Publication now, Additions additions) {
    NotifyTarget target = new NotifyTarget(wish.peer().client(), wish.key());
    Instant due = steadyClock.instant();
    if (wish.zone().isRoot()) {
      tellOfEach(now, _ -> List.of(target), additions);
    } else if (now.zones().zone(wish.zone()) instanceof Zone zone
        && isNews(wish.answered().zones().zone(wish.zone()), zone)) {
      additions.add(zone, target, due);
    }
  }

  private void forgetGoneClients(Publication now) {
    Set<InetSocketAddress> gone = registrations.forgetGone(now.keys());
    if (!gone.isEmpty()) {
      queue.removeIf(what -> gone.contains(what.target().address()));
      registered = registrations.size();
    }
  }

  /// At the start: nobody waits for it, so what changes meanwhile goes first.
  private void tellOfAll(Publication now, NotifyTargets targets, Additions additions) {
    tellOfEach(now, zone -> targets.of(zone, now.zones()), additions);
  }

  private void tellOfEach(
      Publication now, Function<Zone, Collection<NotifyTarget>> whom, Additions additions) {
    Duration apart = Duration.ofSeconds(1).dividedBy(NotifyQueue.MAX_PER_SECOND);
    Instant due = steadyClock.instant();
    for (ServedZone served : now.zones().all()) {
      if (served instanceof Zone zone) {
        for (NotifyTarget target : whom.apply(zone)) {
          additions.add(zone, target, due);
          due = due.plus(apart);
        }
      }
    }
  }

  private void tellOfChanges(
      Publication before,
      NotifyTargets targetsBefore,
      Latest next,
      NotifyTargets targets,
      Additions additions) {
    Publication now = next.publication();
    Instant due = next.since();
    for (ServedZone served : now.zones().otherThanIn(before.zones())) {
      if (served instanceof Zone zone && isNews(before.zones().zone(zone.apex()), zone)) {
        targets.of(zone, now.zones()).forEach(target -> additions.add(zone, target, due));
        registrations.of(zone.apex()).forEach(target -> additions.add(zone, target, due));
      }
    }
    for (ServedZone was : before.zones().otherThanIn(now.zones())) {
      if (was instanceof Zone zone && now.zones().zone(zone.apex()) == null) {
        targetsBefore.of(zone, before.zones()).forEach(target -> additions.add(zone, target, due));
        registrations.of(zone.apex()).forEach(target -> additions.add(zone, target, due));
      }
    }
    targets
        .since(before.keys())
        .forEach((target, scope) -> {
          for (ServedZone served : now.zones().all()) {
            if (served instanceof Zone zone && zone.apex().isAtOrBelow(scope)) {
              additions.add(zone, target, due);
            }
          }
        });
  }

  /// A new zone, or a raised serial.
  @Rfc(number = 1996, section = "3.1")
  private static boolean isNews(@Nullable ServedZone before, Zone now) {
    return !(before instanceof Zone was) || now.serial().isNewerThan(was.serial());
  }

  /// What one publication adds to the queue.
  private final class Additions {
    private int leftOut;

    void add(Zone zone, NotifyTarget target, Instant due) {
      Instant settled = registrations.due(target.address(), due);
      if (!queue.add(new Notification(zone.apex(), zone.serial(), target), settled)) {
        leftOut++;
      }
    }

    void tellLeftOut() {
      if (leftOut > 0) {
        counters.leftOut.add(leftOut);
        report.accept(new NotifyEvent.NotifiesLeftOut(leftOut));
      }
    }
  }

  // ---- sending ----

  private void act() {
    if (registered > 0 && last != null) {
      forgetGoneClients(last);
    }
    for (Action action : queue.due(steadyClock.instant(), timeOfDay.instant())) {
      switch (action) {
        case Action.Send send -> {
          send(send);
          if (send.attempt() == TELL_AFTER) {
            tellSilence(send.what(), send.attempt() - 1, false);
          }
        }
        case Action.GiveUp(Notification what, int attempts) -> {
          counters.givenUp.increment();
          tellSilence(what, attempts, true);
        }
      }
    }
  }

  private void send(Action.Send send) {
    InetSocketAddress to = send.what().target().address();
    counters.sent.increment();
    StreamPeer peer = registrations.peer(to);
    if (peer != null) {
      peer.send(send.message());
      return;
    }
    if (send.byStream() && streams.tryAcquire()) {
      try {
        streamThreads.execute(() -> askByStream(to, send.message()));
      } catch (RejectedExecutionException closed) {
        streams.release();
      }
      return;
    }
    try {
      socketFor(to.getAddress()).send(ByteBuffer.wrap(send.message()), to);
    } catch (IOException e) {
      counters.notSent.increment();
      LOG.debug("no NOTIFY to {}: {}", to, e.getMessage());
    }
  }

  private void askByStream(InetSocketAddress to, byte[] message) {
    try {
      DnsExchange exchange = new DnsExchange(to, DnsExchange.Protocol.TCP, STREAM_PATIENCE);
      Optional<InetAddress> source = own.sourceFor(to.getAddress());
      byte[] reply =
          (source.isPresent() ? exchange.from(source.get()) : exchange).ask(message, any -> true);
      streamReplies.offer(new StreamReply(to, reply));
      wakeUp();
    } catch (IOException noReply) {
      LOG.debug("no answer to a NOTIFY by TCP: {}", noReply.getMessage());
    } finally {
      streams.release();
    }
  }

  /// The socket to send from; who is told looks at the address.
  private DatagramChannel socketFor(InetAddress to) throws IOException {
    boolean isIpv4 = to instanceof Inet4Address;
    InetAddress any = InetAddress.ofLiteral(isIpv4 ? "0.0.0.0" : "::");
    InetAddress source = own.sourceFor(to).orElse(any);
    DatagramChannel there = sockets.get(source);
    if (there != null) {
      return there;
    }
    DatagramChannel fresh =
        DatagramChannel.open(isIpv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    try {
      fresh.configureBlocking(false);
      fresh.bind(new InetSocketAddress(source, 0));
      Selector open = selector;
      if (open != null) {
        fresh.register(open, SelectionKey.OP_READ);
      }
    } catch (IOException | RuntimeException failed) {
      fresh.close();
      throw failed;
    }
    sockets.put(source, fresh);
    return fresh;
  }

  // ---- answers ----

  private void receive() throws IOException {
    for (DatagramChannel socket : new ArrayList<>(sockets.values())) {
      while (true) {
        received.clear();
        InetSocketAddress from = (InetSocketAddress) socket.receive(received);
        if (from == null) {
          break;
        }
        take(received.array(), received.position(), from);
      }
    }
    Selector open = selector;
    if (open != null) {
      open.selectedKeys().clear();
    }
    for (StreamReply reply = streamReplies.poll(); reply != null; reply = streamReplies.poll()) {
      take(reply.message(), reply.message().length, reply.from());
    }
  }

  private void take(byte[] message, int length, InetSocketAddress from) {
    switch (queue.receive(message, length, from, timeOfDay.instant())) {
      case Reception.Answered(Notification what, int attempts, int rcode) when rcode == 0 -> {
        counters.answered.increment();
        report.accept(
            new NotifyEvent.SecondaryNotified(
                what.zone(), what.serial(), from, keyName(what), attempts));
      }
      case Reception.Answered(Notification what, int _, int rcode) -> {
        counters.refused.increment();
        tell(
            from,
            new NotifyEvent.SecondaryRefused(
                what.zone(), what.serial(), from, keyName(what), rcode));
      }
      case Reception.Doubtful(Notification what, String why) -> {
        counters.doubtful.increment();
        tell(from, new NotifyEvent.SecondaryDoubtful(what.zone(), from, keyName(what), why));
      }
      case Reception.Stray() -> {}
    }
  }

  private void tellSilence(Notification what, int attempts, boolean isGivenUp) {
    InetSocketAddress secondary = what.target().address();
    tell(
        secondary,
        new NotifyEvent.SecondarySilent(
            what.zone(), what.serial(), secondary, keyName(what), attempts, isGivenUp));
  }

  /// One dead secondary of ten thousand zones is one thing to know, not ten thousand.
  private void tell(InetSocketAddress secondary, NotifyEvent event) {
    Instant now = steadyClock.instant();
    Told kind = new Told(event.getClass(), secondary);
    Instant before = told.get(kind);
    if (before != null && now.isBefore(before.plus(TELL_AGAIN))) {
      return;
    }
    if (told.size() >= MAX_TOLD) {
      told.clear();
    }
    told.put(kind, now);
    report.accept(event);
  }

  private static @Nullable WireName keyName(Notification what) {
    TsigKey key = what.target().key();
    return key == null ? null : key.name().wire();
  }

  /// Sends no more.
  @Override
  public void close() {
    isStopping = true;
    wakeUp();
    streamThreads.shutdownNow();
    try {
      if (thread != null) {
        thread.join(CLOSE_PATIENCE);
      }
      for (DatagramChannel socket : sockets.values()) {
        socket.close();
      }
      Selector open = selector;
      if (open != null) {
        open.close();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("closing: {}", e.getMessage());
    }
  }
}
