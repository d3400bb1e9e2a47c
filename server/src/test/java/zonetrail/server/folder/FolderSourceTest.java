package zonetrail.server.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Event;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource;
import zonetrail.zone.Finding;

/// What is served out of a folder, look by look.
class FolderSourceTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";

  private Path folder;
  private ZoneSource source;
  private ZoneFiles files = ZoneFiles.NONE;

  @BeforeEach
  void makeFolder(@TempDir Path directory) throws IOException {
    folder = directory;
    source = new FolderSource(ZoneFolder.open(folder));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private List<Event> look() throws Exception {
    ZoneFiles.Advance advance = files.advance(source.fetch(files.version()));
    files = advance.files();
    return advance.events();
  }

  private static String key(String name) {
    return name + " DNSKEY 0 3 163 " + SECRET + "\n";
  }

  @Nested
  class AKeyFile {
    private static void permit(Path file, String permissions) throws IOException {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static Stream<String> rules(List<Event> events) {
      return events.stream().map(Event::findings).flatMap(List::stream).map(Finding::rule);
    }

    @Test
    void thatOthersMayReadIsUsedAndWarnedOf() throws Exception {
      for (String permissions : List.of("rw-r-----", "rw----r--", "rw--w----")) {
        permit(write("_keys", key("all._notify.")), permissions);
        List<Event> events = look();
        assertThat(events).hasExactlyElementsOfTypes(Event.KeysLoaded.class);
        assertThat(events.getFirst().level()).isEqualTo(Event.Level.WARN);
        assertThat(events.getFirst().findings())
            .extracting(Finding::toString)
            .containsExactly(
                folder.resolve("_keys")
                    + ":1:1: warning: others than the file's owner may read or write it, and who can"
                    + " read it has its keys; chmod 600 the file, and consider whether the keys are"
                    + " still secret [key-file-exposed]");
        assertThat(files.keys().keys()).hasSize(1);
        Files.delete(folder.resolve("_keys"));
        look();
      }
    }

    @Test
    void isWarnedOfOnce_andAgainWhenItChanges() throws Exception {
      Path file = write("_keys", key("all._notify."));
      permit(file, "rw-r--r--");
      assertThat(rules(look())).containsExactly("key-file-exposed");
      assertThat(look()).isEmpty();
      assertThat(look()).isEmpty();
      write("_keys", key("all._notify.") + key("more._notify."));
      assertThat(rules(look())).containsExactly("key-file-exposed");
      permit(file, "rw-------");
      assertThat(rules(look())).isEmpty();
      permit(file, "rw----r--");
      assertThat(rules(look())).containsExactly("key-file-exposed");
    }

    @Test
    void thatIsBrokenIsWarnedOfToo() throws Exception {
      permit(write("_keys", "all._notify. DNSKEY 0 3 163 !!!\n"), "rw-r--r--");
      List<Event> events = look();
      assertThat(events).hasExactlyElementsOfTypes(Event.KeysBroken.class);
      assertThat(rules(events)).contains("key-file-exposed");
    }

    @Test
    void ofItsOwnerAloneIsNot_noMoreThanAZoneFileIs() throws Exception {
      permit(write("_keys", key("all._notify.")), "rw-------");
      permit(
          write(
              "example.com",
              "@ 300 SOA ns.example.org. h.example.org. 1 2 3 4 5\n@ 300 NS ns.example.org.\n"),
          "rw-r--r--");
      assertThat(rules(look())).doesNotContain("key-file-exposed");
    }
  }
}
