package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.server.git.RemoteAddress.Transport;

class RemoteAddressTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ssh://git@example.com/zones.git          | SSH   | ssh://git@example.com/zones.git      | main
          ssh://git@example.com:2222/zones.git#dev | SSH   | ssh://git@example.com:2222/zones.git | dev
          SSH://example.com/zones.git              | SSH   | ssh://example.com/zones.git          | main
          ssh://git@[2001:db8::1]:22/zones.git     | SSH   | ssh://git@[2001:db8::1]:22/zones.git | main
          ssh://git@example.com/~/zones.git        | SSH   | ssh://git@example.com/~/zones.git    | main
          git@example.com:group/zones.git          | SSH   | git@example.com:group/zones.git      | main
          git@example.com:/srv/zones.git#a/b       | SSH   | git@example.com:/srv/zones.git       | a/b
          example.com:zones.git                    | SSH   | example.com:zones.git                | main
          https://example.com/zones.git            | HTTPS | https://example.com/zones.git        | main
          https://example.com:8443/z.git#live#1    | HTTPS | https://example.com:8443/z.git       | live#1
          file:///srv/zones.git                    | LOCAL | /srv/zones.git                       | main
          file://localhost/srv/my%20zones          | LOCAL | /srv/my zones                        | main
          file:///srv/c%23.git#dev                 | LOCAL | /srv/c#.git                          | dev
          file:///srv/a%2Fb                        | LOCAL | /srv/a/b                             | main
          /srv/my zones#dev                        | LOCAL | /srv/my zones                        | dev
          /srv/../srv/./zones.git/                 | LOCAL | /srv/zones.git                       | main
          /srv/a:b.git                             | LOCAL | /srv/a:b.git                         | main
          /srv/zones.git#refs/heads/dev            | LOCAL | /srv/zones.git                       | dev
          """)
  void theFormsThatGitKnowsAreRead(String text, Transport transport, String url, String branch) {
    RemoteAddress address = RemoteAddress.parse(text);
    assertThat(address.transport()).isEqualTo(transport);
    assertThat(address.url()).isEqualTo(url);
    assertThat(address.branch()).isEqualTo(branch);
    assertThat(address).hasToString(url + "#" + branch);
  }

  @Test
  void aRelativePathIsTakenFromTheCurrentDirectory() {
    assertThat(RemoteAddress.parse("zones of mine").url())
        .isEqualTo(Path.of("zones of mine").toAbsolutePath().toString());
  }

  @Test
  void theSameRepositoryHasTheSameUrl_howeverItsPathIsWritten() {
    assertThat(RemoteAddress.parse("/srv//zones.git/"))
        .isEqualTo(RemoteAddress.parse("file:///srv/x/../zones.git"))
        .hasSameHashCodeAs(RemoteAddress.parse("/srv/zones.git"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                               | is empty
          #main                            | is empty
          http://example.com/zones.git     | use https:// or ssh://
          git://example.com/zones.git      | use https:// or ssh://
          git+ssh://example.com/zones.git  | is written ssh://
          s3://example.com/zones.git       | s3:// is not a kind of remote
          ext::sh -c touch%20/tmp/x        | would run a program
          fd::17                           | would run a program
          -oProxyCommand=x                 | looks like an option
          --upload-pack=x                  | looks like an option
          ssh://-oProxyCommand=x/zones.git | not a host name
          ssh://-x@example.com/zones.git   | not a user name
          -x@example.com:zones.git         | looks like an option
          git@example.com:--upload-pack=x  | looks like an option
          ssh://example.com/-x             | looks like an option
          ssh://git:secret@example.com/z   | log in with --ssh-key
          ssh://example.com:0/zones.git    | not a port
          ssh://example.com:65536/z.git    | not a port
          ssh://example.com                | no path
          ssh:///zones.git                 | no host
          https://example.com/             | no path
          https:///zones.git               | no host
          file://example.com/zones.git     | an absolute path on this machine
          file://zones.git                 | an absolute path on this machine
          file:///srv/%zz                  | two hexadecimal digits
          file:///srv/a%2                  | two hexadecimal digits
          file:///srv/%0a                  | control character
          /srv/zones.git#                  | no branch behind the #
          /srv/zones.git#a..b              | not a branch name
          /srv/zones.git#-x                | not a branch name
          /srv/zones.git#a b               | not a branch name
          """)
  void anythingElseIsRefused_sayingWhy(String text, String reason) {
    assertThatThrownBy(() -> RemoteAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aControlCharacterIsRefused_andNotRepeated() {
    assertThatThrownBy(() -> RemoteAddress.parse("/srv/zones\u001b[2J"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("control character")
        .hasMessageNotContaining("\u001b");
  }

  @Test
  void aTokenInThePlaceOfTheUserIsUsedButNeverShown() {
    RemoteAddress address = RemoteAddress.parse("https://s3cret@example.com/zones.git");
    assertThat(address.toString()).isEqualTo("https://example.com/zones.git#main");
    assertThat(address.uri().getUser()).isEqualTo("s3cret");
  }

  @Test
  void aPasswordIsUsedButNeverShown() {
    RemoteAddress address = RemoteAddress.parse("https://bot:s3cret@example.com/zones.git#dev");
    assertThat(address.toString()).isEqualTo("https://example.com/zones.git#dev");
    assertThat(address.url()).doesNotContain("s3cret");
    assertThat(address.uri().toString()).doesNotContain("s3cret");
    assertThat(address.uri().getPass()).isEqualTo("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://bot:s3cret@example.com:99999/zones.git",
        "https://bot:s3cret@-x/zones.git",
        "https://bot:s3cret@example.com",
        "ssh://git:s3cret@example.com/zones.git",
        "http://bot:s3cret@example.com/zones.git",
        "https://bot:s3cret@example.com/zones.git#a..b"
      })
  void aPasswordIsNotShownInARefusalEither(String text) {
    assertThatThrownBy(() -> RemoteAddress.parse(text)).hasMessageNotContaining("s3cret");
  }
}
