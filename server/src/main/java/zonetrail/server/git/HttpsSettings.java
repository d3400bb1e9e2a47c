package zonetrail.server.git;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.jspecify.annotations.Nullable;

/// How the server logs in to an HTTPS remote, and whose certificates it trusts.
///
/// The token is read from its file at each fetch, so that it can be renewed while the server runs;
/// at the start it is read once to show a mistake then. It goes to the remote's own host and port
/// only, when that asks for it, and is kept nowhere else.
///
/// Immutable.
public final class HttpsSettings {

  /// The user where the address names none: what GitHub wants, and others do not look at.
  static final String DEFAULT_USER = "x-access-token";

  private static final String WHAT = "token file";

  private final Optional<Path> tokenFile;
  private final List<TrustManager> trust;

  private HttpsSettings(Optional<Path> tokenFile, List<TrustManager> trust) {
    this.tokenFile = tokenFile;
    this.trust = trust;
  }

  /// No token, and the certificates that Java trusts.
  public static HttpsSettings none() {
    return new HttpsSettings(Optional.empty(), List.of());
  }

  /// Reads the files.
  ///
  /// @param tokenFile a file of one line, its owner's only: a token, or a password
  /// @param caFile certificates in PEM; where given, these alone are trusted
  /// @throws IllegalArgumentException saying which of them cannot be used, and what to do
  public static HttpsSettings of(Optional<Path> tokenFile, Optional<Path> caFile) {
    tokenFile.ifPresent(HttpsSettings::token);
    return new HttpsSettings(tokenFile, caFile.map(HttpsSettings::trustManagers).orElse(List.of()));
  }

  /// What logs in at `remote`.
  ///
  /// @return empty where nothing was given, neither here nor in the address
  /// @throws IllegalArgumentException if the token's file cannot be read any more
  Optional<CredentialsProvider> credentials(RemoteAddress remote) {
    String user = remote.uri().getUser();
    if (tokenFile.isPresent()) {
      String token = token(tokenFile.get());
      return Optional.of(
          new UsernamePasswordCredentialsProvider(user == null ? DEFAULT_USER : user, token));
    }
    String password = remote.uri().getPass();
    // A token in the place of the user, as forges allow it, has no password.
    return user == null
        ? Optional.empty()
        : Optional.of(
            new UsernamePasswordCredentialsProvider(user, password == null ? "" : password));
  }

  /// Those who decide whom we trust; empty for those of Java.
  List<TrustManager> trust() {
    return trust;
  }

  private static String token(Path file) {
    return SecretFile.line(file, WHAT, "it has one line, the token");
  }

  private static List<TrustManager> trustManagers(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw noCertificates(file, null);
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate certificate : new ArrayList<>(certificates)) {
        store.setCertificateEntry("ca-" + store.size(), certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return List.of(factory.getTrustManagers());
    } catch (IOException | GeneralSecurityException e) {
      throw noCertificates(file, e);
    }
  }

  private static IllegalArgumentException noCertificates(Path file, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "the file of --https-ca "
            + file
            + " cannot be used: it holds certificates in PEM, -----BEGIN CERTIFICATE----- and so on",
        cause);
  }
}
