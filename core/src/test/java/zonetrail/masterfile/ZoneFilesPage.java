package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The two tables of `docs/zone-files.md`, read so that page and tests cannot part ways.
///
/// @param notRead by the name of a good file, what each tool makes of it
/// @param otherwise by rule, how many of its files each tool judges unlike we do
record ZoneFilesPage(
    Map<String, Map<PeerTool, String>> notRead, Map<String, Map<PeerTool, String>> otherwise) {
  private static final String AS_WE = "as we";
  private static final Pattern CELL_END = Pattern.compile("\\|");
  private static final String FILE = "docs/zone-files.md";

  static ZoneFilesPage read() throws IOException {
    Map<String, Map<PeerTool, String>> notRead = new TreeMap<>();
    Map<String, Map<PeerTool, String>> otherwise = new TreeMap<>();
    for (String line : Files.readAllLines(page())) {
      if (!line.startsWith("| ") || line.startsWith("| file |") || line.startsWith("| rule |")) {
        continue;
      }
      List<String> cells = CELL_END.splitAsStream(line.substring(1)).map(String::strip).toList();
      Map<PeerTool, String> said = new EnumMap<>(PeerTool.class);
      int column = 1;
      for (PeerTool tool : PeerTool.values()) {
        said.put(tool, cells.get(column++));
      }
      boolean isRule = cells.getFirst().startsWith("`");
      (isRule ? otherwise : notRead).put(cells.getFirst().replace("`", ""), said);
    }
    return new ZoneFilesPage(notRead, otherwise);
  }

  /// What a tool makes of the good files that it reads unlike we do.
  Map<String, String> notReadBy(PeerTool tool) {
    return of(tool, notRead);
  }

  /// How many files of a rule a tool judges unlike we do, where there are any.
  Map<String, String> judgedOtherwiseBy(PeerTool tool) {
    return of(tool, otherwise);
  }

  private static Map<String, String> of(PeerTool tool, Map<String, Map<PeerTool, String>> table) {
    Map<String, String> column = new TreeMap<>();
    table.forEach((row, cells) -> {
      String cell = requireNonNull(cells.get(tool), row);
      if (!cell.equals(AS_WE)) {
        column.put(row, cell);
      }
    });
    return column;
  }

  /// Tests run in their module's directory, or in that of the whole.
  private static Path page() {
    Path here = Path.of(FILE);
    return Files.exists(here) ? here : Path.of("..").resolve(FILE);
  }
}
