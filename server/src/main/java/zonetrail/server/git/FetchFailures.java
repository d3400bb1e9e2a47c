package zonetrail.server.git;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.Transport;
import zonetrail.server.git.FetchException.Reason;

/// Says of an exchange with the remote that failed what happened and what to do, where JGit only
/// has causes within causes.
///
/// @param stateDirectory whose disk it is, if it is the disk
/// @param limits what the remote may send
record FetchFailures(RemoteAddress remote, Path stateDirectory, FetchLimits limits) {

  /// Branches that are named when the wanted one is not there.
  private static final int MAX_BRANCHES_NAMED = 5;

  /// In JGit's message for the answer 403.
  private static final String NOT_PERMITTED = " not permitted on ";

  /// The wanted branch is not there: says which are.
  ///
  /// @throws TransportException if the remote will not say
  FetchException noSuchBranch(Transport transport) throws TransportException {
    List<String> branches;
    try (FetchConnection all = transport.openFetch()) {
      branches =
          all.getRefs().stream()
              .map(Ref::getName)
              .filter(name -> name.startsWith(Constants.R_HEADS))
              .map(name -> RemoteText.oneLine(name.substring(Constants.R_HEADS.length())))
              .toList();
    } catch (NotSupportedException e) {
      throw new TransportException(String.valueOf(e.getMessage()), e);
    }
    if (branches.isEmpty()) {
      return new FetchException(
          Reason.NO_SUCH_BRANCH,
          "the repository "
              + remote.url()
              + " is empty: push a first commit to its branch "
              + remote.branch());
    }
    String named =
        branches.stream().limit(MAX_BRANCHES_NAMED).collect(Collectors.joining(", "))
            + (branches.size() > MAX_BRANCHES_NAMED ? ", ..." : "");
    return new FetchException(
        Reason.NO_SUCH_BRANCH,
        "the repository "
            + remote.url()
            + " has no branch "
            + remote.branch()
            + ", but "
            + named
            + ": give --remote "
            + remote.url()
            + "#"
            + branches.getFirst()
            + ", or push that branch");
  }

  /// What a failed fetch means.
  FetchException of(IOException e) {
    return of(e, "cannot fetch ");
  }

  /// What a failed push means.
  FetchException ofPush(IOException e) {
    if (String.valueOf(e.getMessage()).contains(JGitText.get().pushNotPermitted)) {
      return new FetchException(
          Reason.AUTHENTICATION_REFUSED,
          remote.url()
              + " lets us read and not write: give our key, or token, the right to push to its branch "
              + remote.branch(),
          e);
    }
    return of(e, "cannot push to ");
  }

  private FetchException of(IOException e, String doing) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case FetchException ours -> {
          return ours;
        }
        case NoRemoteRepositoryException none -> {
          return new FetchException(
              Reason.NO_SUCH_REPOSITORY,
              "there is no git repository at "
                  + remote.url()
                  + ", or we may not read it: "
                  + RemoteText.oneLine(String.valueOf(none.getMessage())),
              none);
        }
        case InterruptedIOException silent -> {
          return new FetchException(
              Reason.UNREACHABLE,
              remote.url() + " was silent for " + RemoteExchange.MAX_SILENCE.toSeconds() + " s",
              silent);
        }
        case FetchMeter.ExceededException tooMuch -> {
          return tooMuch(String.valueOf(tooMuch.getMessage()), e);
        }
        case TooLargeObjectInPackException tooLarge -> {
          return tooMuch(
              "it sends an object of more than "
                  + limits.objectOctets()
                  + " octets; take that file out of the history, or raise --max-object-size",
              e);
        }
        case SSLException unsafe -> {
          return new FetchException(
              Reason.HOST_KEY_REFUSED,
              remote.url()
                  + " has no certificate that we trust ("
                  + RemoteText.oneLine(String.valueOf(unsafe.getMessage()))
                  + "): give its CA's certificate by --https-ca, or mend the certificate there",
              unsafe);
        }
        case FileSystemException disk -> {
          return ofDisk(stateDirectory, disk);
        }
        default -> {}
      }
    }
    String message = String.valueOf(e.getMessage());
    JGitText text = JGitText.get();
    if (Stream.of(text.notAuthorized, text.noCredentialsProvider, text.authenticationNotSupported)
            .anyMatch(message::contains)
        || message.contains(NOT_PERMITTED)) {
      return new FetchException(
          Reason.AUTHENTICATION_REFUSED,
          remote.url()
              + " does not let us in: check the token in --https-token-file, what it may do, and the"
              + " user in the https:// address of --remote",
          e);
    }
    return new FetchException(
        Reason.UNREACHABLE, doing + remote + ": " + RemoteText.oneLine(message), e);
  }

  private FetchException tooMuch(String what, IOException e) {
    return new FetchException(
        Reason.REFUSED_CONTENT, "what " + remote + " sends is refused, since " + what, e);
  }

  /// The disk fails us, not the remote.
  static FetchException ofDisk(Path where, IOException e) {
    return new FetchException(
        Reason.LOCAL_STORE,
        "cannot use "
            + where
            + " ("
            + e.getClass().getSimpleName()
            + ": "
            + e.getMessage()
            + "): check its owner, its rights and the space on the disk",
        e);
  }
}
