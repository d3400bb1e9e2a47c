package zonetrail.server.git;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.server.git.FetchException.Reason;

/// What is said between us and the remote: which commit its branch is at, and all that belongs to
/// it.
///
/// Bounds: [FetchLimits], [#MAX_SILENCE] and [#MAX_DURATION]. Over SSH a session is kept from one
/// exchange to the next ([SshSessions]). Not for sharing between threads.
final class RemoteExchange implements AutoCloseable {
  /// How long a remote may say nothing, while connecting or in the middle of a transfer.
  static final Duration MAX_SILENCE = Duration.ofSeconds(60);

  /// How long one fetch may take that is not silent; it has to suffice for a first clone.
  static final Duration MAX_DURATION = Duration.ofMinutes(30);

  /// How many objects are tried as what an object that is pushed is a delta of: most often the one
  /// before it is right.
  private static final int PUSH_WINDOW = 5;

  /// Octets of them that are in memory at once; what is larger is sent whole.
  private static final long PUSH_WINDOW_OCTETS = 16L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(RemoteExchange.class);

  /// May refuse a commit before it is received.
  interface Gate {
    /// Lets a commit pass.
    ///
    /// @throws FetchException if the commit is not to be taken in now
    void pass(ObjectId tip) throws FetchException;
  }

  private final RemoteAddress remote;
  private final @Nullable SshSessions ssh;
  private final @Nullable LocalGit localGit;
  private final RemoteAccess access;
  private final FetchFailures failures;

  private RemoteExchange(
      RemoteAddress remote,
      @Nullable SshSessions ssh,
      @Nullable LocalGit localGit,
      RemoteAccess access,
      FetchFailures failures) {
    this.remote = remote;
    this.ssh = ssh;
    this.localGit = localGit;
    this.access = access;
    this.failures = failures;
  }

  /// Prepares exchanges with a remote; does not talk to it yet.
  ///
  /// @param stateDirectory named where the disk is the problem
  /// @throws IllegalArgumentException if an SSH remote has no settings
  static RemoteExchange with(RemoteAddress remote, Path stateDirectory, RemoteAccess access) {
    SshSessions sessions = null;
    if (remote.transport() == RemoteAddress.Transport.SSH) {
      SshSettings settings =
          access
              .ssh()
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "the remote " + remote + " needs a key to log in: give --ssh-key FILE"));
      sessions = new SshSessions(remote, settings, MAX_SILENCE);
    }
    LocalGit localGit =
        remote.transport() == RemoteAddress.Transport.LOCAL
            ? new LocalGit(remote, System.getenv("PATH"))
            : null;
    return new RemoteExchange(
        remote,
        sessions,
        localGit,
        access,
        new FetchFailures(remote, stateDirectory, access.limits()));
  }

  /// Closes the session, if one is kept.
  @Override
  public void close() {
    if (ssh != null) {
      ssh.close();
    }
  }

  /// Brings what is at the branch's tip into a clone, unless that is known already. A session that
  /// was kept may have died without our knowing; then a new one is tried at once.
  ///
  /// @param known the tip that need not be brought; empty if there is none
  /// @param gate asked before anything is received
  /// @return the branch's tip
  /// @throws FetchException if the remote cannot be reached, says no, or sends what is not taken
  /// @throws DamageException if something of it is missing or damaged, there or here
  ObjectId bring(CloneDirectory target, String known, Gate gate)
      throws FetchException, DamageException {
    boolean keptSession = ssh != null && ssh.hasOpenSession();
    try {
      return bringOnce(target, known, gate);
    } catch (FetchException e) {
      if (ssh == null || e.reason() != Reason.UNREACHABLE) {
        throw e;
      }
      ssh.forget();
      if (!keptSession) {
        throw e;
      }
      LOG.debug("the kept session is gone ({}); opening another", e.getMessage());
      return bringOnce(target, known, gate);
    }
  }

  private ObjectId bringOnce(CloneDirectory target, String known, Gate gate)
      throws FetchException, DamageException {
    TimeLimit limit = new TimeLimit(MAX_DURATION);
    FetchMeter meter = new FetchMeter(access.limits(), limit::isCancelled);
    RefSpec branch = new RefSpec(remote.branchRef() + ":" + CloneDirectory.FETCHED_REF);
    try (Transport transport = open(target.repository(), meter)) {
      target.repository().measure(meter);
      try (FetchConnection connection = transport.openFetch(List.of(branch))) {
        Ref advertised = connection.getRef(remote.branchRef());
        if (advertised == null) {
          throw failures.noSuchBranch(transport);
        }
        ObjectId tip = advertised.getObjectId();
        if (!tip.name().equals(known)) {
          gate.pass(tip);
          receive(connection, advertised, target, limit);
        }
        return tip;
      }
    } catch (TransportException | NotSupportedException e) {
      if (limit.isCancelled()) {
        throw new FetchException(
            Reason.UNREACHABLE,
            "fetching " + remote + " took longer than " + MAX_DURATION.toMinutes() + " min",
            e);
      }
      FetchException failure = failures.of(e);
      if (ssh != null && failure.reason() == Reason.REFUSED_CONTENT) {
        ssh.forget(); // what was on its way by this session is not wanted any more
      }
      throw failure;
    } catch (IllegalArgumentException e) {
      // The token's file was there at the start and is no good now.
      throw new FetchException(Reason.AUTHENTICATION_REFUSED, String.valueOf(e.getMessage()), e);
    } finally {
      target.repository().measure(null);
    }
  }

  /// Opens what JGit speaks to the remote by, with our session, limits and settings.
  ///
  /// @throws IllegalArgumentException if the token for an HTTPS remote is no good any more
  Transport open(CloneRepository clone, FetchMeter meter)
      throws NotSupportedException, TransportException {
    return open(clone, remote.uri(), meter, ssh == null ? null : ssh.commands(meter));
  }

  /// The same for a push: to a repository at a path by git itself, where that takes it.
  Transport openForPush(CloneRepository clone, FetchMeter meter)
      throws NotSupportedException, TransportException {
    if (localGit != null) {
      Path repository = localGit.repository();
      if (repository != null) {
        Transport transport =
            open(clone, LocalGit.address(repository), meter, localGit.commands(repository, meter));
        transport.setTimeout(0); // JGit interrupts who reads, which a pipe does not notice
        return transport;
      }
    }
    return open(clone, meter);
  }

  /// The same for a push that need not be: only in a session that is open already and has a place
  /// for it. Only over SSH.
  ///
  /// @param ended told when the remote has ended it, by any thread
  Transport openAhead(CloneRepository clone, FetchMeter meter, Runnable ended)
      throws NotSupportedException, TransportException {
    return open(clone, remote.uri(), meter, ssh == null ? null : ssh.commandsAhead(meter, ended));
  }

  private Transport open(
      CloneRepository clone, URIish uri, FetchMeter meter, @Nullable SshSessionFactory commands)
      throws NotSupportedException, TransportException {
    Transport transport = Transport.open(clone, uri);
    try {
      if (transport instanceof SshTransport over && commands != null) {
        over.setSshSessionFactory(commands);
      }
      if (transport instanceof TransportHttp over) {
        over.setHttpConnectionFactory(new HttpsConnections(remote, access.https(), meter));
        over.setCredentialsProvider(access.https().credentials(remote).orElse(null));
      }
    } catch (IllegalArgumentException e) {
      transport.close();
      throw e;
    }
    transport.setTimeout(Math.toIntExact(MAX_SILENCE.toSeconds()));
    transport.setTagOpt(TagOpt.NO_TAGS);
    transport.setPushThin(true);
    PackConfig packing = new PackConfig(clone);
    packing.setThreads(1);
    packing.setDeltaSearchWindowSize(PUSH_WINDOW);
    packing.setDeltaSearchMemoryLimit(PUSH_WINDOW_OCTETS);
    transport.setPackConfig(packing);
    return transport;
  }

  /// Where a branch of the remote is.
  ///
  /// @return null if there is none
  /// @throws FetchException if the remote cannot be asked
  @Nullable ObjectId tip(CloneRepository clone, String branch) throws FetchException {
    TimeLimit limit = new TimeLimit(MAX_DURATION);
    try (Transport transport = open(clone, new FetchMeter(access.limits(), limit::isCancelled));
        FetchConnection connection = transport.openFetch(List.of(new RefSpec(branch)))) {
      Ref advertised = connection.getRef(branch);
      return advertised == null ? null : advertised.getObjectId();
    } catch (TransportException | NotSupportedException e) {
      throw failures.of(e);
    } catch (IllegalArgumentException e) {
      throw new FetchException(Reason.AUTHENTICATION_REFUSED, String.valueOf(e.getMessage()), e);
    }
  }

  /// The remote, for messages.
  RemoteAddress remote() {
    return remote;
  }

  FetchLimits limits() {
    return access.limits();
  }

  /// Whether the next exchange finds a session that is open already.
  boolean hasOpenSession() {
    return ssh != null && ssh.hasOpenSession();
  }

  /// Gives the session up, if one is kept, with all that is still on its way by it.
  void forgetSession() {
    if (ssh != null) {
      ssh.forget();
    }
    if (localGit != null) {
      localGit.forget();
    }
  }

  /// What a failed push means.
  FetchException failureOfPush(IOException e) {
    return failures.ofPush(e);
  }

  private static void receive(
      FetchConnection connection, Ref wanted, CloneDirectory target, TimeLimit limit)
      throws TransportException, DamageException, FetchException {
    ObjectId tip = wanted.getObjectId();
    try {
      if (isWhole(target, tip)) {
        return;
      }
      connection.fetch(limit, Set.of(wanted), Set.of());
      if (limit.isCancelled()) {
        throw new TransportException("cancelled");
      }
      if (!isWhole(target, tip)) {
        throw new DamageException(tip, "the remote did not send all that belongs to " + tip.name());
      }
    } catch (TransportException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (DamageException.isDamage(cause)) {
          throw new DamageException(tip, String.valueOf(cause.getMessage()));
        }
      }
      throw e;
    } catch (IOException e) {
      if (DamageException.isDamage(e)) {
        throw new DamageException(tip, String.valueOf(e.getMessage()));
      }
      throw FetchFailures.ofDisk(target.directory(), e);
    }
  }

  /// Whether `tip` and all it refers to is in the clone: what hangs together with the fetched ref
  /// is.
  private static boolean isWhole(CloneDirectory target, ObjectId tip) throws IOException {
    try (ObjectWalk walk = new ObjectWalk(target.repository())) {
      if (!target.repository().getObjectDatabase().has(tip)) {
        return false;
      }
      walk.markStart(walk.parseCommit(tip));
      ObjectId fetched = target.fetched();
      if (fetched != null) {
        walk.markUninteresting(walk.parseCommit(fetched));
      }
      walk.checkConnectivity();
      return true;
    } catch (MissingObjectException e) {
      return false;
    }
  }
}
