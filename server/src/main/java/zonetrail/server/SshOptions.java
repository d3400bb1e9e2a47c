package zonetrail.server;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import zonetrail.server.git.SshPrivateKey;
import zonetrail.server.git.SshSeed;
import zonetrail.server.git.SshSettings;

/// The options that say how to log in to an SSH remote, and how to know that it is the right one.
final class SshOptions {

  /// Where the host key of the first connection is written down, in the state directory.
  private static final String KNOWN_HOSTS = "known_hosts";

  @Option(
      names = "--ssh-key",
      paramLabel = "FILE",
      description = {
        "The private key for an SSH remote: an OpenSSH key file, mode 0600.",
        "'zonetrail keygen ssh' makes one."
      })
  private @Nullable Path sshKey;

  @Option(
      names = "--ssh-key-passphrase-file",
      paramLabel = "FILE",
      description = "A file of one line, mode 0600: the passphrase of --ssh-key, if it has one.")
  private @Nullable Path passphraseFile;

  @Option(
      names = "--seed",
      paramLabel = "TEXT",
      description = {
        "Instead of --ssh-key: what an Ed25519 key is made from, as awa_gen_key prints it.",
        "Other users of this machine can see a command line: prefer --seed-file."
      })
  private @Nullable String seed;

  @Option(
      names = "--seed-file",
      paramLabel = "FILE",
      description = "A file of one line, mode 0600: the same as --seed.")
  private @Nullable Path seedFile;

  @Option(
      names = "--authenticator",
      paramLabel = "SHA256:...",
      description = {
        "The fingerprint of the SSH remote's host key; may be given more than once.",
        "Without it, the key must be in --known-hosts."
      })
  private List<String> authenticators = List.of();

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description = "OpenSSH's file of host keys (~/.ssh/known_hosts).")
  private @Nullable Path knownHosts;

  @Option(
      names = "--trust-first-host-key",
      description = {
        "Trust the host key of the very first connection, and no other afterwards.",
        "It is kept in STATE-DIR/known_hosts; the log says which it is."
      })
  private boolean trustFirstHostKey;

  /// An option of these that was given; empty if none was.
  Optional<String> given() {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("--ssh-key", sshKey != null);
    given.put("--ssh-key-passphrase-file", passphraseFile != null);
    given.put("--seed", seed != null);
    given.put("--seed-file", seedFile != null);
    given.put("--authenticator", !authenticators.isEmpty());
    given.put("--known-hosts", knownHosts != null);
    given.put("--trust-first-host-key", trustFirstHostKey);
    return given.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).findFirst();
  }

  /// Reads the files that the options name.
  ///
  /// @throws IllegalArgumentException if the options do not fit together, or a file is no good
  SshSettings settings(Path stateDirectory) {
    long proofs =
        Stream.of(!authenticators.isEmpty(), knownHosts != null, trustFirstHostKey)
            .filter(Boolean::booleanValue)
            .count();
    if (proofs > 1) {
      throw new IllegalArgumentException(
          "give --authenticator or --known-hosts, not both, and --trust-first-host-key with neither:"
              + " one of them decides alone");
    }
    SshPrivateKey key = key();
    return trustFirstHostKey
        ? SshSettings.trustingFirstHostKey(key, stateDirectory.resolve(KNOWN_HOSTS))
        : SshSettings.of(key, authenticators, Optional.ofNullable(knownHosts));
  }

  private SshPrivateKey key() {
    long keys = Stream.of(sshKey, seed, seedFile).filter(given -> given != null).count();
    if (keys != 1) {
      throw new IllegalArgumentException(
          keys == 0
              ? "an SSH remote needs --ssh-key FILE, or --seed-file FILE"
              : "give one of --ssh-key, --seed and --seed-file");
    }
    if (sshKey != null) {
      return SshPrivateKey.read(sshKey, Optional.ofNullable(passphraseFile));
    }
    if (passphraseFile != null) {
      throw new IllegalArgumentException("--ssh-key-passphrase-file goes with --ssh-key");
    }
    return SshPrivateKey.of(seedFile == null ? SshSeed.parse(seed()) : SshSeed.ofFile(seedFile));
  }

  private String seed() {
    return seed == null ? "" : seed;
  }
}
