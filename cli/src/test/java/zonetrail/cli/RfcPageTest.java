package zonetrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/rfcs.md` says which sections of which RFC the code implements and which of them a test is
/// about; it is made of the `@Rfc` marks in the sources.
///
/// `mvn test -pl cli -am -Dtest=RfcPageTest -Dsurefire.failIfNoSpecifiedTests=false -Drfcs=write`
/// writes it anew; a title that is missing is then written by hand.
class RfcPageTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = ROOT.resolve("docs/rfcs.md");
  private static final List<String> MODULES = List.of("core", "server", "secondary", "cli");
  private static final String TABLE =
      "| RFC | title | in the code, and tested | in the code only |";
  private static final String UNKNOWN_TITLE = "?";
  private static final Pattern MARK =
      Pattern.compile("@Rfc\\(number = ([0-9]+)(?:, section = \"([^\"]*)\")?\\)");
  private static final Pattern ROW = Pattern.compile("\\| ([0-9]+) \\| ([^|]*) \\|.*");

  /// Sections in the order of a table of contents: `4.2` before `4.10`, and appendices last.
  private static final Comparator<String> BY_NUMBER =
      Comparator.comparing(RfcPageTest::sortable).thenComparing(Comparator.naturalOrder());

  @Test
  void thePageSaysWhatTheMarksInTheSourcesSay() throws IOException {
    List<String> page = Files.readAllLines(PAGE);
    List<String> expected = new ArrayList<>(page.subList(0, page.indexOf(TABLE) + 2));
    expected.addAll(rows(titles(page)));
    if ("write".equals(System.getProperty("rfcs"))) {
      Files.write(PAGE, expected);
    }
    assertThat(page)
        .as("docs/rfcs.md; -Drfcs=write writes it anew, see RfcPageTest")
        .isEqualTo(expected);
    assertThat(titles(page)).doesNotContainValue(UNKNOWN_TITLE);
  }

  private static List<String> rows(Map<Integer, String> titles) throws IOException {
    SortedMap<Integer, SortedSet<String>> code = marks("main");
    SortedMap<Integer, SortedSet<String>> tests = marks("test");
    SortedSet<Integer> numbers = new TreeSet<>(code.keySet());
    numbers.addAll(tests.keySet());
    List<String> rows = new ArrayList<>();
    for (int number : numbers) {
      SortedSet<String> tested = tests.getOrDefault(number, new TreeSet<>(BY_NUMBER));
      SortedSet<String> untested = new TreeSet<>(BY_NUMBER);
      untested.addAll(code.getOrDefault(number, new TreeSet<>(BY_NUMBER)));
      untested.removeAll(tested);
      rows.add(
          "| %d | %s | %s | %s |"
              .formatted(
                  number,
                  titles.getOrDefault(number, UNKNOWN_TITLE),
                  String.join(", ", tested),
                  String.join(", ", untested)));
    }
    return rows;
  }

  private static Map<Integer, String> titles(List<String> page) {
    Map<Integer, String> titles = new TreeMap<>();
    for (String line : page) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        titles.put(Integer.valueOf(row.group(1)), row.group(2));
      }
    }
    return titles;
  }

  private static SortedMap<Integer, SortedSet<String>> marks(String kind) throws IOException {
    SortedMap<Integer, SortedSet<String>> marks = new TreeMap<>();
    for (String module : MODULES) {
      for (Path source : sources(ROOT.resolve(module).resolve("src").resolve(kind))) {
        Matcher mark = MARK.matcher(Files.readString(source));
        while (mark.find()) {
          String section = mark.group(2);
          marks
              .computeIfAbsent(Integer.valueOf(mark.group(1)), any -> new TreeSet<>(BY_NUMBER))
              .add(section == null || section.isEmpty() ? "whole" : section);
        }
      }
    }
    return marks;
  }

  private static List<Path> sources(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static String sortable(String section) {
    StringBuilder text = new StringBuilder();
    for (String part : section.split("\\.", -1)) {
      text.append(Character.isDigit(part.isEmpty() ? '0' : part.charAt(0)) ? '0' : '1')
          .append("0".repeat(Math.max(0, 4 - part.length())))
          .append(part);
    }
    return text.toString();
  }
}
