package zonetrail.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.event.Level;
import zonetrail.authority.EditSettings;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.SshSettings;
import zonetrail.server.git.ZoneRepository;
import zonetrail.update.SerialStyle;

/// A primary that is killed, by SIGKILL, at a named step of an update: the main of a process that
/// [CrashMatrixIT] starts.
///
/// Arguments: URL of the remote, state directory, private key, host key's fingerprint, `PUSHED` or
/// `LOCAL`, and the [Step].
final class CrashingPrimary {
  /// When it is killed.
  enum Step {
    /// It is not, at least not by itself.
    NEVER,
    /// The update is verified, applied and written into the text; nothing is on the disk.
    EDITED,
    /// The commit is on the disk.
    COMMITTED,
    /// The push begins.
    PUSHING,
    /// The remote has it, and nobody here knows.
    PUSHED,
    /// What is served is to be noted, which is after the reply.
    REPLIED
  }

  private CrashingPrimary() {}

  /// Serves until it is killed.
  public static void main(String[] arguments) throws Exception {
    LogOutput.configure(Level.INFO);
    SshSettings login =
        SshSettings.of(Path.of(arguments[2]), List.of(arguments[3]), Optional.empty());
    GitSource source =
        new GitSource(
            ZoneRepository.open(
                RemoteAddress.parse(arguments[0]),
                Optional.empty(),
                Path.of(arguments[1]),
                Optional.of(login)));
    Ack ack = Ack.valueOf(arguments[4]);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    PrimaryServer server =
        PrimaryServer.start(
            new Crashing(source, Step.valueOf(arguments[5]), new AtomicBoolean()),
            new PrimaryServer.Settings(List.of(loopback), 2, Duration.ofSeconds(1))
                .withEditing(
                    new EditSettings(
                        ack, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false)));
    System.out.println(server.readyLine());
    new CountDownLatch(1).await();
  }

  /// A source that ends the process.
  private record Crashing(GitSource source, Step step, AtomicBoolean hasEdited)
      implements ZoneSource, ZoneLedger {
    private void killAt(Step here) {
      if (here != step || !hasEdited.get()) {
        return; // what an earlier run left behind is pushed at the start
      }
      try {
        new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start();
        new CountDownLatch(1).await();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException("killed, and yet here", e);
      }
    }

    @Override
    public void prepare(List<ZoneCommit> commits) throws AwayException {
      source.prepare(commits);
    }

    @Override
    public SourceTree commit(String parent, ZoneCommit commit) throws AwayException {
      hasEdited.set(true);
      killAt(Step.EDITED);
      SourceTree tree = source.commit(parent, commit);
      killAt(Step.COMMITTED);
      return tree;
    }

    @Override
    public void takeBack(String tip, String parent) {
      source.takeBack(tip, parent);
    }

    @Override
    public PushOutcome push(String tip) {
      killAt(Step.PUSHING);
      PushOutcome outcome = source.push(tip);
      killAt(Step.PUSHED);
      return outcome;
    }

    @Override
    public void keep(String version, HeldBack heldBack) throws AwayException {
      killAt(Step.REPLIED);
      source.keep(version, heldBack);
    }

    @Override
    public void markTakenIn() {
      source.markTakenIn();
    }

    @Override
    public List<KnownRequest> requestsSince(Instant time) {
      return source.requestsSince(time);
    }

    @Override
    public List<SourceTree> pending() {
      return source.pending();
    }

    @Override
    public List<String> supersededLines() {
      return source.supersededLines();
    }

    @Override
    public Set<String> settledOf(String version) throws AwayException {
      return source.settledOf(version);
    }

    @Override
    public List<SourceTree> superseded() {
      return source.superseded();
    }

    @Override
    public SourceTree tree(String version) throws AwayException {
      return source.tree(version);
    }

    @Override
    public CommitOrigin originOf(String version) throws AwayException {
      return source.originOf(version);
    }

    @Override
    public Optional<SourceTree> before(String version) throws AwayException {
      return source.before(version);
    }

    @Override
    public List<SourceTree> lineTo(String version, String since) throws AwayException {
      return source.lineTo(version, since);
    }

    @Override
    public boolean isInRemote(String version) {
      return source.isInRemote(version);
    }

    @Override
    public void giveUp(String tip, boolean conflict) throws AwayException {
      source.giveUp(tip, conflict);
    }

    @Override
    public boolean pushConflict() {
      return source.pushConflict();
    }

    @Override
    public Optional<Known> known() {
      return source.known();
    }

    @Override
    public SourceLine fetch(String since, FetchScope scope) throws AwayException {
      return source.fetch(since, scope);
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
