package zonetrail.server.git;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which host keys are the remote's.
sealed interface TrustedHostKeys {

  /// Whether `key` is one of them for this host and port.
  ///
  /// @throws IOException if that cannot be known; the key is then refused
  boolean trusts(String host, int port, PublicKey key) throws IOException;

  /// The kinds of key (`ssh-ed25519`) that are listed for this host, so that the server can be
  /// asked for one of those; empty where that is unknown.
  List<String> kinds(String host, int port) throws IOException;

  /// What to do when `fingerprint` was refused.
  String remedy(String host, int port, String fingerprint);

  /// A key's fingerprint as `ssh-keygen -l` prints it.
  static String fingerprint(PublicKey key) {
    try {
      return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
    } catch (Exception e) {
      throw new IllegalStateException("no fingerprint of a " + key.getAlgorithm() + " key", e);
    }
  }

  /// The fingerprints given with `--authenticator`. Which host they belong to does not matter:
  /// there is one remote.
  record Pinned(List<String> fingerprints) implements TrustedHostKeys {

    private static final String PREFIX = "SHA256:";
    private static final int SHA256_OCTETS = 32;

    static Pinned parse(List<String> authenticators) {
      return new Pinned(authenticators.stream().map(Pinned::normalized).toList());
    }

    private static String normalized(String authenticator) {
      String digest =
          authenticator.startsWith(PREFIX)
              ? authenticator.substring(PREFIX.length()).replaceFirst("=+$", "")
              : "";
      try {
        byte[] octets = Base64.getDecoder().decode(digest);
        if (octets.length == SHA256_OCTETS) {
          return PREFIX + Base64.getEncoder().withoutPadding().encodeToString(octets);
        }
      } catch (IllegalArgumentException e) {
        // The same answer as for a wrong length.
      }
      throw new IllegalArgumentException(
          "not a host key fingerprint: '"
              + authenticator
              + "'; it is SHA256: and 43 characters, as ssh-keygen -l -f"
              + " /etc/ssh/ssh_host_ed25519_key.pub prints it on the remote");
    }

    @Override
    public boolean trusts(String host, int port, PublicKey key) {
      byte[] shown = fingerprint(key).getBytes(StandardCharsets.US_ASCII);
      return fingerprints.stream()
          .anyMatch(pin -> MessageDigest.isEqual(pin.getBytes(StandardCharsets.US_ASCII), shown));
    }

    @Override
    public List<String> kinds(String host, int port) {
      return List.of();
    }

    @Override
    public String remedy(String host, int port, String fingerprint) {
      return "it is not one of --authenticator "
          + String.join(" ", fingerprints)
          + "; if the host key was changed on purpose, give --authenticator "
          + fingerprint;
    }
  }

  /// OpenSSH's `known_hosts`: plain, hashed and `[host]:port` names, patterns, `@revoked`. Host
  /// certificates (`@cert-authority`) are not understood and trust nothing.
  record KnownHosts(Path file) implements TrustedHostKeys {

    private static final String REVOKED = "revoked";

    @Override
    public boolean trusts(String host, int port, PublicKey key) throws IOException {
      boolean listed = false;
      for (KnownHostEntry entry : entries(host, port)) {
        if (!KeyUtils.compareKeys(publicKey(entry), key)) {
          continue;
        }
        if (REVOKED.equals(entry.getMarker())) {
          return false;
        }
        listed |= entry.getMarker() == null;
      }
      return listed;
    }

    @Override
    public List<String> kinds(String host, int port) throws IOException {
      return entries(host, port).stream()
          .filter(entry -> entry.getMarker() == null)
          .map(entry -> entry.getKeyEntry().getKeyType())
          .distinct()
          .toList();
    }

    @Override
    public String remedy(String host, int port, String fingerprint) {
      return file
          + " does not have it for "
          + name(host, port)
          + "; if you have made sure that the key is the right one, give --authenticator "
          + fingerprint
          + " or add it to the file (ssh-keyscan"
          + (port == SshLogin.DEFAULT_PORT ? "" : " -p " + port)
          + " "
          + host
          + ")";
    }

    private List<KnownHostEntry> entries(String host, int port) throws IOException {
      String name = host.toLowerCase(Locale.ROOT);
      List<KnownHostEntry> entries = new ArrayList<>();
      for (String line : lines()) {
        parse(line).filter(entry -> concerns(entry, name, port)).ifPresent(entries::add);
      }
      return entries;
    }

    /// A pattern without a port stands for port 22, but what is revoked there (`@revoked *`) is
    /// revoked everywhere.
    private static boolean concerns(KnownHostEntry entry, String name, int port) {
      return entry.isHostMatch(name, port)
          || (REVOKED.equals(entry.getMarker()) && entry.isHostMatch(name, SshLogin.DEFAULT_PORT));
    }

    private List<String> lines() throws IOException {
      try {
        // Comments may be in any charset; names and keys are ASCII.
        return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      } catch (NoSuchFileException e) {
        return List.of();
      }
    }

    /// A line that cannot be read is no entry, as with OpenSSH: that can only make us refuse.
    private static Optional<KnownHostEntry> parse(String line) {
      try {
        return Optional.ofNullable(KnownHostEntry.parseKnownHostEntry(line.strip()));
      } catch (RuntimeException e) {
        return Optional.empty();
      }
    }

    private static @Nullable PublicKey publicKey(KnownHostEntry entry) {
      try {
        return entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        return null;
      }
    }

    private boolean hasEntryFor(String host, int port) throws IOException {
      return !entries(host, port).isEmpty();
    }

    /// The first line that is neither an entry nor a comment; empty if all can be read.
    private Optional<String> unreadableLine() throws IOException {
      return lines().stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#") && parse(line).isEmpty())
          .findFirst();
    }
  }

  /// A `known_hosts` file of our own, to which the key shown at the very first connection to a host
  /// is added. Whoever sits in the middle at that moment is trusted for ever; so this is for those
  /// who asked for it, and the log says at WARN what was trusted.
  record FirstUse(Path file) implements TrustedHostKeys {

    private static final Logger LOG = LoggerFactory.getLogger(FirstUse.class);

    @Override
    public boolean trusts(String host, int port, PublicKey key) throws IOException {
      KnownHosts known = new KnownHosts(file);
      if (known.hasEntryFor(host, port)) {
        return known.trusts(host, port, key);
      }
      // What was an entry before a disk or a person damaged it must not count as never seen.
      if (known.unreadableLine().isPresent()) {
        throw new IOException(file + " has a line that cannot be read");
      }
      remember(host, port, key);
      LOG.warn(
          "trusting the host key {} ({}) of {}, shown at the first connection, from now on and no"
              + " other: compare it with what the remote's operator says; it is written down in {}",
          fingerprint(key),
          KeyUtils.getKeyType(key),
          name(host, port),
          file);
      return true;
    }

    @Override
    public List<String> kinds(String host, int port) throws IOException {
      return new KnownHosts(file).kinds(host, port);
    }

    @Override
    public String remedy(String host, int port, String fingerprint) {
      return "at the first connection "
          + name(host, port)
          + " showed another one, which is in "
          + file
          + "; if the host key was changed on purpose, remove that line";
    }

    /// By a file beside that takes the other's place, so that no crash leaves half a line.
    private void remember(String host, int port, PublicKey key) throws IOException {
      String before = Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
      String line =
          name(host.toLowerCase(Locale.ROOT), port)
              + " "
              + SshKeyText.publicLine(key, "trusted-at-first-connection")
              + "\n";
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap((before + line).getBytes(StandardCharsets.ISO_8859_1));
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /// A host as `known_hosts` writes it.
  private static String name(String host, int port) {
    return port == SshLogin.DEFAULT_PORT ? host : "[" + host + "]:" + port;
  }
}
