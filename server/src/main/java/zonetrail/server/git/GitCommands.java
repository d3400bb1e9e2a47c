package zonetrail.server.git;

import java.io.IOException;
import java.util.Map;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.RemoteSession2;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/// What JGit is given to run git's commands at the remote's side. To JGit it is a session, which it
/// ends after each exchange; here it only hands commands on.
abstract class GitCommands extends SshSessionFactory implements RemoteSession2 {

  @Override
  public String getType() {
    return "zonetrail";
  }

  /// This; made ready, where that is needed.
  ///
  /// @throws TransportException with a [FetchException] as its cause
  @Override
  public RemoteSession getSession(
      URIish uri, @Nullable CredentialsProvider credentials, FS fs, int timeoutMillis)
      throws TransportException {
    return this;
  }

  @Override
  public final Process exec(String command, int timeoutSeconds) throws IOException {
    return exec(command, Map.of(), timeoutSeconds);
  }

  @Override
  public final void disconnect() {}
}
