package zonetrail.answer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The two tables of `docs/differences.md`, read so that page and tests cannot part ways.
///
/// @param known the identifiers of the first table
/// @param oddRequests the rows of the second table
record DifferencesPage(List<String> known, List<OddRequest> oddRequests) {
  /// A row of the second table.
  ///
  /// @param octets in hexadecimal, without spaces
  /// @param said what BIND, Knot, NSD and we say
  record OddRequest(String name, String octets, List<String> said) {}

  private static final Pattern CELL_END = Pattern.compile("\\|");
  private static final String FILE = "docs/differences.md";

  static DifferencesPage read() throws IOException {
    List<String> known = new ArrayList<>();
    List<OddRequest> oddRequests = new ArrayList<>();
    for (String line : Files.readAllLines(page())) {
      if (line.startsWith("| `")) {
        known.add(line.substring(3, line.indexOf('`', 3)));
      } else if (line.startsWith("| ") && line.contains("| `")) {
        List<String> cells = CELL_END.splitAsStream(line.substring(1)).map(String::strip).toList();
        oddRequests.add(
            new OddRequest(
                cells.getFirst(), cells.get(1).replaceAll("[ `]", ""), cells.subList(2, 6)));
      }
    }
    return new DifferencesPage(known, oddRequests);
  }

  /// Tests run in their module's directory, or in that of the whole.
  private static Path page() {
    Path here = Path.of(FILE);
    return Files.exists(here) ? here : Path.of("..").resolve(FILE);
  }
}
