package zonetrail.server.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.PersonIdent;

/// Who makes the commits: this server.
///
/// The author of a commit is whose edit it is, a key. A key has no mailbox, so its commits have the
/// server's: an answer reaches who runs the server, and a forge shows one account.
///
/// @param name for example `Zonetrail`
/// @param address of mail, for example `zonetrail@ns1.example.net`
public record Committer(String name, String address) {

  private static final Pattern FORM = Pattern.compile("\\s*([^<>]*?)\\s*<\\s*([^<>]*?)\\s*>\\s*");
  private static final String NAME = "Zonetrail";
  private static final String USER = "zonetrail@";
  private static final String UNKNOWN_HOST = "localhost";

  /// Where Linux has its name: Java would ask the DNS too, and we may be the one to answer.
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /// Checks that git can write it down.
  ///
  /// @throws IllegalArgumentException if one is empty, or has characters that end it in a commit
  public Committer {
    requireFit("name", name);
    requireFit("address", address);
  }

  private static void requireFit(String what, String text) {
    if (text.isBlank()
        || text.chars().anyMatch(c -> c == '<' || c == '>' || Character.isISOControl(c))) {
      throw new IllegalArgumentException(
          "the committer's " + what + " must be one line without < and >");
    }
  }

  /// Reads what git shows: `NAME <ADDRESS>`.
  ///
  /// @throws IllegalArgumentException if it is none; says how it is written
  public static Committer parse(String text) {
    Matcher match = FORM.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "a committer is written 'NAME <ADDRESS>', for example 'Zonetrail"
              + " <zonetrail@ns1.example.net>'");
    }
    return new Committer(match.group(1), match.group(2));
  }

  /// `Zonetrail <zonetrail@HOST>`, with the name of this machine.
  public static Committer ofThisHost() {
    return new Committer(NAME, USER + hostName());
  }

  private static String hostName() {
    try {
      String name = Files.readString(HOST_NAME).strip();
      return name.matches("[A-Za-z0-9.-]+") ? name : UNKNOWN_HOST;
    } catch (IOException unknown) {
      return UNKNOWN_HOST;
    }
  }

  PersonIdent at(Instant time) {
    return new PersonIdent(name, address, time, ZoneOffset.UTC);
  }

  PersonIdent author(String author, Instant time) {
    return new PersonIdent(author.isBlank() ? name : author, address, time, ZoneOffset.UTC);
  }
}
