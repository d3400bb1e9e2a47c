package zonetrail.server;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.AnswerPolicy;
import zonetrail.transport.AuthorityLoop;
import zonetrail.transport.ListenException;
import zonetrail.transport.PublishedZones;
import zonetrail.transport.StreamLimits;
import zonetrail.tsig.ReplayMemory;

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
  private final ServerFrame frame;

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

    Serving serving() {
      return new Serving(listen, threads, streams, answers, transfers, notifies, http);
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

  private PrimaryServer(PublishedZones published, AuthorityLoop authority, ServerFrame frame) {
    this.published = published;
    this.authority = authority;
    this.frame = frame;
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
            new Primary(
                settings.pollInterval(),
                editing,
                ReplayMemory.requestsFor(Runtime.getRuntime().maxMemory())),
            source,
            editing != null && source instanceof ZoneLedger ledger
                ? new AuthorityLoop.Editing(ledger, editing.style())
                : null,
            published,
            steadyClock);
    EarlierZones earlier =
        new EarlierZones(source, Runtime.getRuntime().maxMemory() / HEAP_SHARES_OF_EARLIER_ZONE);
    ServerFrame.Core core =
        new ServerFrame.Core(
            published,
            authority,
            source::close,
            settings.sourceName(),
            (now, serial) -> earlier.find(published.current().files(), now.apex(), serial),
            steadyClock);
    try {
      ServerFrame frame =
          ServerFrame.<AwayException>start(
              core,
              settings.serving(),
              () -> {
                authority.start(knownOrFetched(source, firstFetch));
                giveBackWhatReadingTook();
              });
      return new PrimaryServer(published, authority, frame);
    } catch (AwayException away) {
      throw StartException.unreachable(String.valueOf(away.getMessage()), away);
    } catch (ListenException inUse) {
      throw StartException.local(String.valueOf(inUse.getMessage()), inUse);
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
    return frame.boundAddresses();
  }

  /// Where it tells of itself over HTTP, with the port that was really bound; empty if nowhere.
  public Optional<InetSocketAddress> httpAddress() {
    return frame.httpAddress();
  }

  /// The line that tells scripts that the server answers: addresses, number of zones, commit, and
  /// the HTTP address if there is one.
  public String readyLine() {
    return frame.readyLine(" commit=" + published.current().version());
  }

  /// Serves until the process is told to end (SIGTERM, SIGINT), then closes the server and ends the
  /// process with code 0. At SIGHUP it looks at its source.
  ///
  /// @param announce says that the server is ready; from the first word of it a signal is obeyed
  public void serveUntilSignalled(Runnable announce) throws InterruptedException {
    frame.serveUntilSignalled(
        () -> {
          LOG.info("looking at the source, as SIGHUP asks");
          authority.post(new Input.LookWanted());
        },
        announce);
  }

  @Override
  public void close() {
    frame.close();
  }
}
