package zonetrail.server.git;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How the server logs in to an SSH remote, and how it knows that it is the right one.
///
/// Public key only: no password, no agent, no `~/.ssh/config`. The host key is either pinned by
/// fingerprint or listed in a `known_hosts` file; trust on first use only where it is asked for
/// ([#trustingFirstHostKey]). Immutable; the key is read once, the `known_hosts` file at each
/// connection, so that an operator can mend it while the server runs.
public final class SshSettings {

  private final SshPrivateKey key;
  private final TrustedHostKeys trustedHostKeys;

  private SshSettings(SshPrivateKey key, TrustedHostKeys trustedHostKeys) {
    this.key = key;
    this.trustedHostKeys = trustedHostKeys;
  }

  /// Reads the key, which has no passphrase, and the pins.
  ///
  /// @param keyFile as for [SshPrivateKey#read]
  /// @throws IllegalArgumentException saying which of them cannot be used, and what to do
  public static SshSettings of(
      Path keyFile, List<String> authenticators, Optional<Path> knownHosts) {
    return of(SshPrivateKey.read(keyFile, Optional.empty()), authenticators, knownHosts);
  }

  /// Reads the pins.
  ///
  /// @param key what we log in with
  /// @param authenticators fingerprints of host keys, `SHA256:...` as `ssh-keygen -l` prints them,
  ///   with or without `=` at the end; the server must show one of them. Where there is one,
  ///   `known_hosts` is not asked
  /// @param knownHosts the file to ask when nothing is pinned; by default `~/.ssh/known_hosts`
  /// @throws IllegalArgumentException if a fingerprint is none
  public static SshSettings of(
      SshPrivateKey key, List<String> authenticators, Optional<Path> knownHosts) {
    TrustedHostKeys trusted =
        authenticators.isEmpty()
            ? new TrustedHostKeys.KnownHosts(knownHosts.orElseGet(SshSettings::userKnownHosts))
            : TrustedHostKeys.Pinned.parse(authenticators);
    return new SshSettings(key, trusted);
  }

  /// Trusts the host key that the remote shows at the very first connection, and from then on only
  /// that one.
  ///
  /// @param file where it is written down, in OpenSSH's form; made at the first connection
  public static SshSettings trustingFirstHostKey(SshPrivateKey key, Path file) {
    return new SshSettings(key, new TrustedHostKeys.FirstUse(file));
  }

  /// What we log in with.
  SshPrivateKey key() {
    return key;
  }

  TrustedHostKeys trustedHostKeys() {
    return trustedHostKeys;
  }

  private static Path userKnownHosts() {
    return Path.of(System.getProperty("user.home", ""), ".ssh", "known_hosts");
  }
}
