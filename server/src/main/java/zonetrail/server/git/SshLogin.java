package zonetrail.server.git;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;
import zonetrail.server.git.FetchException.Reason;

/// Opens SSH sessions with the remote.
///
/// A pin does not say of which kind the host key is, and a server with several keys shows only one
/// per connection. So where the key shown is not trusted, the next connection asks for another
/// kind; no attempt gets as far as logging in before a key was trusted.
///
/// Thread: one at a time; [#close] by any. The library's own threads are daemons.
final class SshLogin implements AutoCloseable {

  static final int DEFAULT_PORT = 22;

  /// A peer that vanished without a word is noticed after three of these.
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private static final int HEARTBEATS_UNANSWERED = 3;

  /// Kinds of host key by preference; RSA only with SHA-2. One line is one connection attempt.
  private static final List<List<BuiltinSignatures>> HOST_KEY_KINDS =
      List.of(
          List.of(BuiltinSignatures.ed25519),
          List.of(
              BuiltinSignatures.nistp256, BuiltinSignatures.nistp384, BuiltinSignatures.nistp521),
          List.of(BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256));

  /// No ChaCha20 and no CBC: with them the attack that strict key exchange prevents
  /// (CVE-2023-48795) works. What is left of it is [StrictKeyExchange]'s business.
  private static final List<BuiltinCiphers> CIPHERS =
      List.of(
          BuiltinCiphers.aes256gcm,
          BuiltinCiphers.aes128gcm,
          BuiltinCiphers.aes256ctr,
          BuiltinCiphers.aes192ctr,
          BuiltinCiphers.aes128ctr);

  private static final List<BuiltinMacs> MACS =
      List.of(
          BuiltinMacs.hmacsha256etm,
          BuiltinMacs.hmacsha512etm,
          BuiltinMacs.hmacsha256,
          BuiltinMacs.hmacsha512);

  private final RemoteAddress remote;
  private final SshSettings settings;
  private final Duration patience;
  private volatile @Nullable SshClient client;

  SshLogin(RemoteAddress remote, SshSettings settings, Duration patience) {
    this.remote = remote;
    this.settings = settings;
    this.patience = patience;
  }

  @Override
  public void close() {
    SshClient stopping = client;
    client = null;
    if (stopping != null) {
      stopping.stop();
    }
  }

  /// A new session, logged in.
  ///
  /// @throws FetchException if there is none to be had
  ClientSession open() throws FetchException {
    List<String> refused = new ArrayList<>();
    for (List<BuiltinSignatures> kinds : kindsInOrder()) {
      Optional<ClientSession> session = connect(kinds, refused);
      if (session.isPresent()) {
        return session.get();
      }
    }
    if (refused.isEmpty()) {
      throw new FetchException(
          Reason.HOST_KEY_REFUSED,
          remote.host() + " has no host key of a kind that is safe today (Ed25519, ECDSA, RSA)");
    }
    String first = refused.getFirst();
    throw new FetchException(
        Reason.HOST_KEY_REFUSED,
        remote.host()
            + " shows the host key "
            + String.join(", ", refused)
            + ", which is not trusted: "
            + settings
                .trustedHostKeys()
                .remedy(remote.host(), port(), first.substring(0, first.indexOf(' '))));
  }

  /// The kinds that `known_hosts` has for the remote come first, as with OpenSSH.
  private List<List<BuiltinSignatures>> kindsInOrder() throws FetchException {
    List<String> known;
    try {
      known = settings.trustedHostKeys().kinds(remote.host(), port());
    } catch (IOException e) {
      throw new FetchException(
          Reason.HOST_KEY_REFUSED, "the known_hosts file cannot be read: " + e.getMessage(), e);
    }
    List<List<BuiltinSignatures>> ordered = new ArrayList<>();
    for (boolean listed : new boolean[] {true, false}) {
      HOST_KEY_KINDS.stream()
          .filter(kinds -> listed == isListed(kinds, known))
          .forEach(ordered::add);
    }
    return ordered;
  }

  private static boolean isListed(List<BuiltinSignatures> kinds, List<String> known) {
    return kinds.stream()
        .anyMatch(kind -> known.contains(KeyUtils.getCanonicalKeyType(kind.getName())));
  }

  /// One attempt. Empty if the server has no key of these kinds, or one that is not trusted; that
  /// one is added to `refused` as `SHA256:... (kind)`.
  private Optional<ClientSession> connect(List<BuiltinSignatures> kinds, List<String> refused)
      throws FetchException {
    SshClient ssh = startedClient();
    ssh.setSignatureFactories(List.copyOf(kinds));
    int refusedBefore = refused.size();
    ssh.setServerKeyVerifier((session, address, key) -> verify(key, refused));

    ClientSession session = null;
    try {
      session =
          ssh.connect(new HostConfigEntry("", remote.host(), port(), user()), null, null)
              .verify(patience)
              .getSession();
      session.auth().verify(patience);
      return Optional.of(session);
    } catch (IOException | RuntimeException e) {
      if (session != null) {
        session.close(true);
      }
      if (refused.size() > refusedBefore || isKindMismatch(e)) {
        return Optional.empty();
      }
      throw translated(e);
    }
  }

  private boolean verify(PublicKey key, List<String> refused) {
    try {
      if (settings.trustedHostKeys().trusts(remote.host(), port(), key)) {
        return true;
      }
    } catch (IOException e) {
      // Cannot be known, so it is not trusted; the message below names the file.
    }
    refused.add(TrustedHostKeys.fingerprint(key) + " (" + KeyUtils.getKeyType(key) + ")");
    return false;
  }

  private static boolean isKindMismatch(Exception e) {
    return e instanceof SshException ssh
        && ssh.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED
        && String.valueOf(ssh.getMessage()).contains("server host key");
  }

  private FetchException translated(Exception e) {
    String where = remote.host() + " port " + port();
    if (e instanceof SshException ssh
        && ssh.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
      return new FetchException(
          Reason.AUTHENTICATION_REFUSED,
          where
              + " does not let user "
              + user()
              + " in with "
              + settings.key()
              + ": add "
              + settings.key().publicHalf()
              + " there as a deploy key, or to authorized_keys",
          e);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case StrictKeyExchange.RefusedException unsafe -> {
          return new FetchException(
              Reason.HOST_KEY_REFUSED, where + ": " + unsafe.getMessage(), unsafe);
        }
        case ConnectException refused -> {
          return unreachable(where + " refuses the connection", refused);
        }
        case UnresolvedAddressException unresolved -> {
          return unreachable("the name " + remote.host() + " does not resolve", unresolved);
        }
        case UnknownHostException unknown -> {
          return unreachable("the name " + remote.host() + " does not resolve", unknown);
        }
        case NoRouteToHostException route -> {
          return unreachable("there is no route to " + where, route);
        }
        default -> {}
      }
    }
    return unreachable(
        "no SSH session with " + where + ": " + RemoteText.oneLine(String.valueOf(e.getMessage())),
        e);
  }

  private static FetchException unreachable(String what, Throwable cause) {
    return new FetchException(Reason.UNREACHABLE, what, cause);
  }

  private SshClient startedClient() {
    if (client != null) {
      return client;
    }
    SshClient made =
        ClientBuilder.builder()
            .cipherFactories(List.copyOf(NamedFactory.setUpBuiltinFactories(true, CIPHERS)))
            .macFactories(List.copyOf(NamedFactory.setUpBuiltinFactories(true, MACS)))
            .hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
            .build();
    made.setKeyIdentityProvider(KeyIdentityProvider.wrapKeyPairs(settings.key().keyPair()));
    List<NamedFactory<Signature>> userKeyKinds = new ArrayList<>();
    HOST_KEY_KINDS.forEach(userKeyKinds::addAll);
    made.addSessionListener(new StrictKeyExchange());
    made.setUserAuthFactories(List.of(new UserAuthPublicKeyFactory(userKeyKinds)));
    CoreModuleProperties.TCP_NODELAY.set(made, true);
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(made, HEARTBEAT);
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(made, HEARTBEATS_UNANSWERED);
    CoreModuleProperties.IDLE_TIMEOUT.set(made, Duration.ZERO);
    CoreModuleProperties.AUTH_TIMEOUT.set(made, patience);
    CoreModuleProperties.IO_CONNECT_TIMEOUT.set(made, patience);
    made.start();
    client = made;
    return made;
  }

  private int port() {
    int port = remote.uri().getPort();
    return port > 0 ? port : DEFAULT_PORT;
  }

  private String user() {
    String user = remote.uri().getUser();
    return user != null ? user : System.getProperty("user.name", "git");
  }
}
