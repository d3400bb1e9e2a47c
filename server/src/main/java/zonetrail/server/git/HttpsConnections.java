package zonetrail.server.git;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.eclipse.jgit.util.HttpSupport;
import zonetrail.server.git.FetchException.Reason;

/// Opens connections to an HTTPS remote and to nothing else.
///
/// A redirect is followed within the remote's own host and port only: what logs in there must not
/// reach another one, and nobody would notice if zones came from elsewhere. The old protocol that
/// fetches single files is refused, since it goes past every limit; so is an answer that is
/// compressed although we did not ask for that.
final class HttpsConnections implements HttpConnectionFactory {

  private static final List<String> SERVICES = List.of("git-upload-pack", "git-receive-pack");

  private final RemoteAddress remote;
  private final HttpsSettings settings;
  private final FetchMeter meter;

  HttpsConnections(RemoteAddress remote, HttpsSettings settings, FetchMeter meter) {
    this.remote = remote;
    this.settings = settings;
    this.meter = meter;
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    return create(url, Proxy.NO_PROXY);
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    if (!isTheRemote(url)) {
      throw refused(
          "it redirects to "
              + RemoteText.oneLine(url.getProtocol() + "://" + url.getAuthority())
              + ", and redirects to another host are not followed: give that address to --remote, if"
              + " it is right");
    }
    if (!isOfGit(url)) {
      throw refused("it does not speak git's protocol of today");
    }
    Connection connection = new Connection(url, proxy, meter);
    if (!settings.trust().isEmpty()) {
      try {
        connection.configure(null, settings.trust().toArray(TrustManager[]::new), null);
      } catch (GeneralSecurityException e) {
        throw new IOException("TLS cannot be set up", e);
      }
    }
    return connection;
  }

  private boolean isTheRemote(URL url) {
    int wanted = remote.uri().getPort() > 0 ? remote.uri().getPort() : url.getDefaultPort();
    int port = url.getPort() > 0 ? url.getPort() : url.getDefaultPort();
    return url.getProtocol().equals("https")
        && url.getHost().equalsIgnoreCase(remote.uri().getHost())
        && port == wanted;
  }

  private static boolean isOfGit(URL url) {
    String file = url.getFile();
    return SERVICES.stream()
        .anyMatch(service ->
            file.endsWith("/info/refs?service=" + service) || file.endsWith("/" + service));
  }

  private static IOException refused(String what) {
    return new IOException(
        what,
        new FetchException(Reason.REFUSED_CONTENT, "the HTTPS server is refused, since " + what));
  }

  private static final class Connection extends JDKHttpConnection {
    private final FetchMeter meter;

    Connection(URL url, Proxy proxy, FetchMeter meter) throws IOException {
      super(url, proxy);
      this.meter = meter;
    }

    /// Not compressed: a few octets could become gigabytes behind the meter.
    @Override
    public void setRequestProperty(String key, String value) {
      if (!key.equalsIgnoreCase(HttpSupport.HDR_ACCEPT_ENCODING)) {
        super.setRequestProperty(key, value);
      }
    }

    @Override
    public InputStream getInputStream() throws IOException {
      InputStream in = super.getInputStream();
      if (getHeaderField(HttpSupport.HDR_CONTENT_ENCODING) != null) {
        throw refused("it compresses its answer although it was not asked to");
      }
      return meter.line(in);
    }
  }
}
