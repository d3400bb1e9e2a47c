package zonetrail.server;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.answer.ServerIdentity;
import zonetrail.answer.guard.AddressRange;
import zonetrail.answer.guard.Cookies;
import zonetrail.answer.guard.RateLimit;
import zonetrail.authority.EarlierZones;
import zonetrail.authority.EditSettings;
import zonetrail.authority.FetchScope;
import zonetrail.authority.Input;
import zonetrail.authority.Primary;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.notify.NotifyPolicy;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.AnswerPolicy;
import zonetrail.transport.AuthorityLoop;
import zonetrail.transport.FastLane;
import zonetrail.transport.ListenException;
import zonetrail.transport.Listeners;
import zonetrail.transport.NotifyLane;
import zonetrail.transport.PublishedZones;
import zonetrail.transport.SlowLane;
import zonetrail.transport.StreamLimits;
import zonetrail.transport.TransferLane;
import zonetrail.transport.TransferLimits;
import zonetrail.transport.TransportCounters;
import zonetrail.transport.ZoneJournal;
import zonetrail.transport.status.Observed;
import zonetrail.transport.status.StatusEndpoint;
import zonetrail.transport.status.Vitals;

/// A running primary: a source of zones, the authority that decides, and the listeners that answer.
///
/// It starts in the order in which things are needed (what is known is loaded, then the sockets are
/// bound) and closes in the other one (no new messages, then the answers under way, then the rest).
public final class PrimaryServer implements AutoCloseable {
  /// An earlier version of a zone that is read for IXFR may take so much of the heap.
  private static final int HEAP_SHARES_OF_EARLIER_ZONE = 8;

  private static final long LARGE_HEAP_OCTETS = 256L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(PrimaryServer.class);

  private final PublishedZones published;
  private final AuthorityLoop authority;
  private final SlowLane slowLane;
  private final NotifyLane notifies;
  private final Listeners listeners;
  private final ZoneSource source;
  private final Vitals vitals;
  private final @Nullable StatusEndpoint endpoint;

  /// What a primary is started with, besides its source.
  ///
  /// @param listen where to answer, over UDP and TCP; port 0 takes a free one
  /// @param threads how many event loops answer, at least 1
  /// @param pollInterval how often the source is looked at without being told; zero means never
  /// @param streams the bounds of TCP
  /// @param answers how much it answers, and what it says of itself
  /// @param transfers who may transfer zones besides those with a key
  /// @param notifies who is told of changes
  /// @param editing how it makes commits, where the source takes them; empty: it makes none
  /// @param http where to tell of itself over HTTP; empty: nowhere
  /// @param sourceName where the zones come from, without secrets, for people
  public record Settings(
      List<InetSocketAddress> listen,
      int threads,
      Duration pollInterval,
      StreamLimits streams,
      Answers answers,
      TransferRights transfers,
      NotifyPolicy notifies,
      Optional<EditSettings> editing,
      Optional<InetSocketAddress> http,
      String sourceName) {
    /// Copies the list.
    public Settings {
      listen = List.copyOf(listen);
    }

    /// Settings with the limits of TCP that we promise, without a rate limit and without HTTP, that
    /// tell nobody of changes.
    public Settings(List<InetSocketAddress> listen, int threads, Duration pollInterval) {
      this(
          listen,
          threads,
          pollInterval,
          StreamLimits.DEFAULT,
          Answers.ALL,
          TransferRights.BY_KEY,
          NotifyPolicy.OFF,
          Optional.of(EditSettings.DEFAULT),
          Optional.empty(),
          "");
    }

    /// The same with an HTTP endpoint.
    public Settings withHttp(InetSocketAddress address) {
      return new Settings(
          listen,
          threads,
          pollInterval,
          streams,
          answers,
          transfers,
          notifies,
          editing,
          Optional.of(address),
          sourceName);
    }

    /// The same with transfers for these, too.
    public Settings withTransfers(TransferRights rights) {
      return new Settings(
          listen,
          threads,
          pollInterval,
          streams,
          answers,
          rights,
          notifies,
          editing,
          http,
          sourceName);
    }

    /// The same with NOTIFYs to these.
    public Settings withNotifies(NotifyPolicy policy) {
      return new Settings(
          listen,
          threads,
          pollInterval,
          streams,
          answers,
          transfers,
          policy,
          editing,
          http,
          sourceName);
    }

    /// The same with a rate limit.
    public Settings withAnswerRate(AnswerRate rate) {
      Answers limited = new Answers(Optional.of(rate), answers.cookies(), answers.identity());
      return new Settings(
          listen,
          threads,
          pollInterval,
          streams,
          limited,
          transfers,
          notifies,
          editing,
          http,
          sourceName);
    }

    /// The same with commits made so.
    public Settings withEditing(EditSettings settings) {
      return new Settings(
          listen,
          threads,
          pollInterval,
          streams,
          answers,
          transfers,
          notifies,
          Optional.of(settings),
          http,
          sourceName);
    }
  }

  /// How much a server answers, and what it says of itself.
  ///
  /// @param rate how many answers over UDP one network may get; empty: all
  /// @param cookies the cookies of a set of servers that understand each other's; empty: our own,
  ///   until we stop
  /// @param identity what it says of itself
  public record Answers(
      Optional<AnswerRate> rate, Optional<Cookies> cookies, ServerIdentity identity) {
    /// Everything, and nothing of itself.
    public static final Answers ALL =
        new Answers(Optional.empty(), Optional.empty(), ServerIdentity.NONE);

    /// Begins to count, and to make cookies.
    public AnswerPolicy start() {
      return new AnswerPolicy(
          rate.map(AnswerRate::start).orElse(null),
          cookies.orElseGet(Answers::freshCookies),
          identity);
    }

    private static Cookies freshCookies() {
      byte[] secret = new byte[Cookies.SECRET_OCTETS];
      new SecureRandom().nextBytes(secret);
      return new Cookies(List.of(secret));
    }
  }

  /// How many answers over UDP one network may get.
  ///
  /// @param perSecond like answers in a second
  /// @param exempt who may get as many as they ask for
  public record AnswerRate(int perSecond, List<AddressRange> exempt) {
    /// Copies the list.
    public AnswerRate {
      exempt = List.copyOf(exempt);
    }

    RateLimit start() {
      return new RateLimit(perSecond, exempt, new SecureRandom().nextLong(), System.nanoTime());
    }
  }

  private PrimaryServer(
      PublishedZones published,
      AuthorityLoop authority,
      SlowLane slowLane,
      NotifyLane notifies,
      Listeners listeners,
      ZoneSource source,
      Vitals vitals,
      @Nullable StatusEndpoint endpoint) {
    this.published = published;
    this.authority = authority;
    this.slowLane = slowLane;
    this.notifies = notifies;
    this.listeners = listeners;
    this.source = source;
    this.vitals = vitals;
    this.endpoint = endpoint;
  }

  /// The command `zonetrail primary`.
  public static void main(String[] arguments) {
    System.exit(CommandRunner.run(new PrimaryCommand(), arguments));
  }

  /// Loads what is known, binds the sockets and serves.
  ///
  /// @param source closed with the server, and also if the start fails
  /// @throws StartException if there is nothing to serve yet and the source is away, or a socket
  ///   cannot be bound
  public static PrimaryServer start(ZoneSource source, Settings settings) throws StartException {
    return start(source, settings, FirstFetch.ONCE);
  }

  /// Loads what is known, binds the sockets and serves.
  ///
  /// @param firstFetch how long to try where nothing is known yet
  static PrimaryServer start(ZoneSource source, Settings settings, FirstFetch firstFetch)
      throws StartException {
    PublishedZones published = new PublishedZones();
    EditSettings editing = source instanceof ZoneLedger ? settings.editing().orElse(null) : null;
    InstantSource steadyClock = AuthorityLoop.steadyClock();
    AuthorityLoop authority =
        new AuthorityLoop(
            new Primary(settings.pollInterval(), editing),
            source,
            editing != null && source instanceof ZoneLedger ledger
                ? new AuthorityLoop.Editing(ledger, editing.style())
                : null,
            published,
            steadyClock);
    InstantSource timeOfDay = InstantSource.system();
    long heapOctets = Runtime.getRuntime().maxMemory();
    EarlierZones earlier = new EarlierZones(source, heapOctets / HEAP_SHARES_OF_EARLIER_ZONE);
    ZoneJournal journal =
        new ZoneJournal(
            heapOctets,
            (now, serial) -> earlier.find(published.current().files(), now.apex(), serial));
    published.watch(journal::published);
    TransferLane transfers =
        new TransferLane(
            settings.transfers(), TransferLimits.DEFAULT, timeOfDay, authority::report, journal);
    NotifyLane notifies =
        new NotifyLane(settings.notifies(), steadyClock, timeOfDay, authority::report);
    published.watch(notifies::published);
    SlowLane slowLane = new SlowLane(published, authority, transfers, notifies, timeOfDay);
    TransportCounters counters = new TransportCounters();
    AnswerPolicy policy = settings.answers().start();
    Vitals vitals = new Vitals(Instant.now());
    StatusEndpoint endpoint = null;
    try {
      if (settings.http().isPresent()) {
        Observed observed =
            new Observed(
                ProgramVersion.number(),
                settings.sourceName(),
                vitals,
                published,
                authority,
                slowLane,
                notifies,
                counters,
                settings.streams(),
                policy.rateLimit());
        endpoint = StatusEndpoint.start(settings.http().get(), observed);
      }
      authority.start(knownOrFetched(source, firstFetch));
      giveBackWhatReadingTook();
      Listeners listeners =
          Listeners.start(
              settings.listen(),
              settings.threads(),
              () -> new FastLane(published, slowLane, counters, policy, timeOfDay),
              settings.streams(),
              counters);
      if (endpoint != null) {
        vitals.watch(authority.heartbeat());
        vitals.watch(listeners.watch());
      }
      vitals.ready(listeners.boundAddresses());
      notifies.start(listeners.boundAddresses());
      return new PrimaryServer(
          published, authority, slowLane, notifies, listeners, source, vitals, endpoint);
    } catch (AwayException away) {
      close(authority, slowLane, source, endpoint);
      throw StartException.unreachable(String.valueOf(away.getMessage()), away);
    } catch (ListenException inUse) {
      close(authority, slowLane, source, endpoint);
      throw StartException.local(String.valueOf(inUse.getMessage()), inUse);
    } catch (RuntimeException | Error defect) {
      close(authority, slowLane, source, endpoint);
      throw defect;
    }
  }

  /// Reading large zones takes several times the memory that they take afterwards. Nobody is served
  /// yet, so a collection delays no answer.
  private static void giveBackWhatReadingTook() {
    Runtime runtime = Runtime.getRuntime();
    if (runtime.totalMemory() > LARGE_HEAP_OCTETS) {
      System.gc();
    }
  }

  /// What an earlier run fetched serves at once; only the very first start waits for the source.
  private static Known knownOrFetched(ZoneSource source, FirstFetch firstFetch)
      throws AwayException {
    Optional<Known> known = source.known();
    return known.isPresent()
        ? known.get()
        : Known.ofNew(
            firstFetch.of(() -> source.fetch(ZoneFiles.NONE.version(), FetchScope.everything())));
  }

  /// The addresses answered on, with the ports that were really bound.
  public List<InetSocketAddress> boundAddresses() {
    return listeners.boundAddresses();
  }

  /// Where it tells of itself over HTTP, with the port that was really bound; empty if nowhere.
  public Optional<InetSocketAddress> httpAddress() {
    return Optional.ofNullable(endpoint).map(StatusEndpoint::address);
  }

  /// The line that tells scripts that the server answers: addresses, number of zones, commit, and
  /// the HTTP address if there is one.
  public String readyLine() {
    Publication current = published.current();
    return "ready listen=%s zones=%d commit=%s%s"
        .formatted(
            boundAddresses().stream().map(PrimaryServer::describe).collect(Collectors.joining(",")),
            current.zones().size(),
            current.version(),
            httpAddress().map(address -> " http=" + describe(address)).orElse(""));
  }

  private static String describe(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /// Serves until the process is told to end (SIGTERM, SIGINT), then closes the server and ends the
  /// process with code 0. At SIGHUP it looks at its source.
  ///
  /// @param announce says that the server is ready; from the first word of it a signal is obeyed
  public void serveUntilSignalled(Runnable announce) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
    HangUpSignal.onHangUp(() -> {
      LOG.info("looking at the source, as SIGHUP asks");
      authority.post(new Input.LookWanted());
    });
    announce.run();
    new CountDownLatch(1).await();
  }

  private void stop() {
    int exitCode = 1;
    try {
      LOG.info("stopping");
      close();
      // Told to stop, it stopped in good order: that is success, not the signal's 143.
      exitCode = 0;
    } catch (RuntimeException defect) {
      LOG.error("could not stop in good order because of a defect in this server", defect);
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  @Override
  public void close() {
    vitals.stopping(); // First, so that who asks /readyz sends nothing here any more.
    notifies.close();
    slowLane.transfers().stopping();
    listeners.close();
    close(authority, slowLane, source, endpoint);
  }

  private static void close(
      AuthorityLoop authority,
      SlowLane slowLane,
      ZoneSource source,
      @Nullable StatusEndpoint endpoint) {
    slowLane.close();
    slowLane.transfers().close();
    ZoneJournal journal = slowLane.transfers().journal();
    if (journal != null) {
      journal.close();
    }
    authority.close();
    source.close();
    if (endpoint != null) {
      endpoint.close();
    }
  }
}
