package zonetrail.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.UploadPack;

/// An SSH server on the loopback address with one public repository, for [ServerRehearsal] to fetch
/// from and to push to. Whatever else it is asked for, it answers as `git-upload-pack` does.
final class RehearsalGitServer {
  private static final int ED25519_BITS = 256;

  private final SshServer server;
  private final String fingerprint;

  private RehearsalGitServer(SshServer server, String fingerprint) {
    this.server = server;
    this.fingerprint = fingerprint;
  }

  /// Starts it on a free port, with a new host key. It ends with the process.
  static RehearsalGitServer start(Path repository) throws IOException {
    try {
      KeyPair hostKey = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, ED25519_BITS);
      SshServer server = SshServer.setUpDefaultServer();
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
      server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
      server.setCommandFactory((_, command) -> new GitCommand(command, repository));
      server.start();
      return new RehearsalGitServer(
          server, KeyUtils.getFingerPrint(BuiltinDigests.sha256, hostKey.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IOException("no host key for the rehearsal", e);
    }
  }

  int port() {
    return server.getPort();
  }

  String fingerprint() {
    return fingerprint;
  }

  private static final class GitCommand extends AbstractCommandSupport {
    private final Path directory;

    GitCommand(String command, Path directory) {
      super(command, null);
      this.directory = directory;
    }

    @Override
    public void run() {
      try (Repository repository = FileRepositoryBuilder.create(directory.toFile())) {
        if (getCommand().startsWith("git-receive-pack")) {
          receive(repository);
        } else {
          upload(repository);
        }
        onExit(0);
      } catch (IOException e) {
        onExit(1, String.valueOf(e.getMessage()));
      }
    }

    private void upload(Repository repository) throws IOException {
      UploadPack upload = new UploadPack(repository);
      String version = getEnvironment().getEnv().get("GIT_PROTOCOL");
      if (version != null) {
        upload.setExtraParameters(Set.of(version));
      }
      upload.upload(getInputStream(), getOutputStream(), getErrorStream());
    }

    private void receive(Repository repository) throws IOException {
      new ReceivePack(repository).receive(getInputStream(), getOutputStream(), getErrorStream());
    }
  }
}
