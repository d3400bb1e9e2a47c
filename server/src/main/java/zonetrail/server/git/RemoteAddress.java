package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/// Where the zones come from: a git repository and one branch of it, as given to `--remote`.
///
/// Immutable. A password in an `https://` address is used to log in and shown nowhere: neither
/// [#toString()] nor an error message has it.
public final class RemoteAddress {

  /// The branch that is served when the address names none.
  public static final String DEFAULT_BRANCH = "main";

  /// How the repository is reached.
  public enum Transport {
    /// `ssh://[user@]host[:port]/path` or `[user@]host:path`.
    SSH,
    /// `https://host/path`.
    HTTPS,
    /// `file:///path` or a plain path.
    LOCAL
  }

  private static final String FORMS =
      "use ssh://[user@]host[:port]/path, user@host:path, https://host/path, file:///path or a path,"
          + " with #branch behind it for another branch than "
          + DEFAULT_BRANCH;

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(.*)");

  /// git runs `git-remote-<name>` for these, `ext::` any command at all.
  private static final Pattern REMOTE_HELPER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+.-]*::.*");

  /// As git decides it: a colon before the first slash makes it scp's form.
  private static final Pattern SCP =
      Pattern.compile("(?:([^@/:\\[\\]]+)@)?([^@/:\\[\\]]+|\\[[0-9A-Fa-f:.]+\\]):(.+)");

  private static final Pattern AUTHORITY =
      Pattern.compile("(?:([^@/]*)@)?([^@/:\\[\\]]+|\\[[0-9A-Fa-f:.]+\\])(?::([0-9]*))?");

  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_.:-]+");
  private static final Pattern USER_NAME = Pattern.compile("[^\\s'\"\\\\:]+");
  private static final int HIGHEST_PORT = 65_535;

  private final Transport transport;
  private final URIish uri;
  private final String branch;

  private RemoteAddress(Transport transport, URIish uri, String branch) {
    this.transport = transport;
    this.uri = uri;
    this.branch = branch;
  }

  /// Reads `URL[#branch]`. The first `#` begins the branch, so a path with a `#` in it has to be
  /// written as `file://` with `%23`. A relative path is taken from the current directory.
  ///
  /// @throws IllegalArgumentException saying what is wrong and what would be right
  public static RemoteAddress parse(String text) {
    int hash = text.indexOf('#');
    String url = hash < 0 ? text : text.substring(0, hash);
    String branch = hash < 0 ? DEFAULT_BRANCH : text.substring(hash + 1);
    if (url.isBlank()) {
      throw new IllegalArgumentException("the remote's address is empty: " + FORMS);
    }
    if (url.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a control character in the remote's address: " + FORMS);
    }
    if (url.startsWith("-")) {
      throw new IllegalArgumentException(
          "the remote " + url + " looks like an option; for a path of that name write ./" + url);
    }
    String checkedBranch = checkBranch(branch);

    Matcher scheme = SCHEME.matcher(url);
    if (scheme.matches()) {
      String rest = scheme.group(2);
      return switch (scheme.group(1).toLowerCase(Locale.ROOT)) {
        case "ssh" -> ssh(rest, checkedBranch);
        case "https" -> https(rest, checkedBranch);
        case "file" -> file(rest, checkedBranch);
        case "http", "git", "ftp", "ftps" ->
            throw new IllegalArgumentException(
                scheme.group(1)
                    + ":// is not accepted, since nobody would notice if the zones were changed on"
                    + " their way: use https:// or ssh://");
        case "git+ssh", "ssh+git" ->
            throw new IllegalArgumentException(scheme.group(1) + ":// is written ssh:// today");
        default ->
            throw new IllegalArgumentException(
                scheme.group(1) + ":// is not a kind of remote: " + FORMS);
      };
    }
    if (REMOTE_HELPER.matcher(url).matches()) {
      throw new IllegalArgumentException(
          url.substring(0, url.indexOf("::") + 2)
              + " asks for a git remote helper, which would run a program: "
              + FORMS);
    }
    Matcher scp = SCP.matcher(url);
    if (scp.matches()) {
      return sshOf(scp.group(1), scp.group(2), -1, scp.group(3), false, checkedBranch);
    }
    return local(url, checkedBranch);
  }

  /// How the repository is reached.
  public Transport transport() {
    return transport;
  }

  /// The branch that is served, without `refs/heads/`.
  public String branch() {
    return branch;
  }

  /// The repository's address without branch and without what logs in: no password, and over HTTPS
  /// no user either, since forges take a token in the user's place. The same string for the same
  /// repository, however its path was written.
  public String url() {
    URIish shown = uri.setPass(null);
    return (transport == Transport.HTTPS ? shown.setUser(null) : shown).toString();
  }

  /// The address as it may be shown: `URL#branch`, without password.
  @Override
  public String toString() {
    return url() + "#" + branch;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RemoteAddress that
        && transport == that.transport
        && uri.equals(that.uri)
        && branch.equals(that.branch);
  }

  @Override
  public int hashCode() {
    return Objects.hash(transport, uri, branch);
  }

  /// What JGit opens. Has the password, so it must not be printed other than by its own `toString`,
  /// which leaves it out.
  URIish uri() {
    return uri;
  }

  /// The branch's full name at the remote.
  String branchRef() {
    return Constants.R_HEADS + branch;
  }

  /// The host of an SSH remote, an IPv6 address without its brackets.
  String host() {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String checkBranch(String written) {
    String branch =
        written.startsWith(Constants.R_HEADS)
            ? written.substring(Constants.R_HEADS.length())
            : written;
    if (branch.isEmpty()) {
      throw new IllegalArgumentException(
          "no branch behind the #: leave out the # for branch " + DEFAULT_BRANCH);
    }
    if (branch.startsWith("-") || !Repository.isValidRefName(Constants.R_HEADS + branch)) {
      throw new IllegalArgumentException(
          "'" + printable(branch) + "' is not a branch name that git allows");
    }
    return branch;
  }

  private static RemoteAddress ssh(String rest, String branch) {
    int slash = rest.indexOf('/');
    if (slash < 0 || slash == rest.length() - 1) {
      throw new IllegalArgumentException("no path in the ssh:// address: " + FORMS);
    }
    Matcher authority = authority("ssh", rest.substring(0, slash));
    return sshOf(
        authority.group(1),
        Objects.requireNonNull(authority.group(2)),
        port(authority.group(3)),
        decode(rest.substring(slash)),
        true,
        branch);
  }

  private static RemoteAddress sshOf(
      @Nullable String user,
      String host,
      int port,
      String path,
      boolean withScheme,
      String branch) {
    if (user != null && user.contains(":")) {
      throw new IllegalArgumentException(
          "a password in an SSH address is not used: take it out, and log in with --ssh-key");
    }
    if (user != null && (!USER_NAME.matcher(user).matches() || user.startsWith("-"))) {
      throw new IllegalArgumentException("not a user name: '" + printable(user) + "'");
    }
    checkHost(host);
    if (path.startsWith("-") || path.startsWith("/-")) {
      throw new IllegalArgumentException(
          "the path " + path + " looks like an option to the remote's git");
    }
    URIish uri = new URIish().setHost(host).setPath(path);
    if (withScheme) {
      uri = uri.setScheme("ssh");
    }
    if (user != null) {
      uri = uri.setUser(user);
    }
    if (port > 0) {
      uri = uri.setPort(port);
    }
    return new RemoteAddress(Transport.SSH, uri, branch);
  }

  private static RemoteAddress https(String rest, String branch) {
    int slash = rest.indexOf('/');
    if (slash < 0 || slash == rest.length() - 1) {
      throw new IllegalArgumentException("no path in the https:// address: " + FORMS);
    }
    // Not the text itself in any message: it may hold a password.
    Matcher authority = authority("https", rest.substring(0, slash));
    checkHost(Objects.requireNonNull(authority.group(2)));
    port(authority.group(3));
    try {
      return new RemoteAddress(Transport.HTTPS, new URIish("https://" + rest), branch);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the https:// address cannot be read: " + FORMS, e);
    }
  }

  private static RemoteAddress file(String rest, String branch) {
    int slash = rest.indexOf('/');
    String host = slash < 0 ? rest : rest.substring(0, slash);
    if (slash < 0 || !(host.isEmpty() || host.equals("localhost"))) {
      throw new IllegalArgumentException(
          "file:// wants an absolute path on this machine, as in file:///srv/zones.git");
    }
    return local(decode(rest.substring(slash)), branch);
  }

  private static RemoteAddress local(String path, String branch) {
    try {
      Path absolute = Path.of(path).toAbsolutePath().normalize();
      return new RemoteAddress(Transport.LOCAL, new URIish().setPath(absolute.toString()), branch);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: '" + printable(path) + "'", e);
    }
  }

  private static Matcher authority(String scheme, String text) {
    Matcher authority = AUTHORITY.matcher(text);
    if (!authority.matches()) {
      throw new IllegalArgumentException("no host in the " + scheme + ":// address: " + FORMS);
    }
    return authority;
  }

  private static void checkHost(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    // A host that begins with a dash has been an option to ssh before (CVE-2017-1000117).
    if (bare.startsWith("-") || !HOST_NAME.matcher(bare).matches()) {
      throw new IllegalArgumentException("not a host name: '" + printable(host) + "'");
    }
  }

  private static int port(@Nullable String digits) {
    if (digits == null || digits.isEmpty()) {
      return -1;
    }
    int port = digits.length() > 5 ? 0 : Integer.parseInt(digits);
    if (port < 1 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException("not a port: " + digits + " (1 to " + HIGHEST_PORT + ")");
    }
    return port;
  }

  private static String decode(String path) {
    byte[] octets = path.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(octets.length);
    for (int i = 0; i < octets.length; i++) {
      if (octets[i] != '%') {
        decoded.write(octets[i]);
        continue;
      }
      int high = i + 2 < octets.length ? Character.digit(octets[i + 1], 16) : -1;
      int low = i + 2 < octets.length ? Character.digit(octets[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException(
            "a % in an address is followed by two hexadecimal digits; % itself is %25");
      }
      decoded.write(high << 4 | low);
      i += 2;
    }
    String text = decoded.toString(StandardCharsets.UTF_8);
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a control character in the remote's address: " + FORMS);
    }
    return text;
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
