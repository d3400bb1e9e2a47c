package zonetrail.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import zonetrail.authority.Layout;
import zonetrail.masterfile.ZoneFilePattern;

/// What `ozone` is told on its command line.
///
/// @param files zone files, key files and folders, at least one
/// @param old the zone before the change
/// @param zoneName the zone's name, where it is not the file's
/// @param layout how zone files are called, and where in a folder they are
record OzoneArguments(
    List<Path> files, @Nullable Path old, @Nullable String zoneName, Layout layout) {
  private static final String OLD = "--old";
  private static final String ZONE_NAME = "--zone-name";
  private static final String FILE_PATTERN = "--file-pattern";
  private static final String LAYOUT = "--layout";

  /// Copies the list.
  OzoneArguments {
    files = List.copyOf(files);
  }

  /// The command line that [#of] reads.
  static CommandSpec commandLine() {
    CommandSpec spec =
        ToolCommand.named(
            "ozone",
            "Check zone files and key files as the server will.",
            "",
            "Quick start, in a folder where the file example.com holds that zone:",
            "  ozone example.com",
            "  ozone .                                    all zones and keys of the folder",
            "  ozone example.com --old example.com.orig   was the serial raised?",
            "",
            "Each finding is a line  file:line:column: level: message [rule]  on standard output.",
            "An empty file stands for no zone: as FILE its removal, as --old its addition.",
            "",
            "Exit codes: 0 fine, maybe with warnings; 1 errors were found; 2 wrong usage or",
            "an unreadable file.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .arity("1..*")
            .paramLabel("FILE")
            .required(true)
            .type(Path[].class) // for a list picocli would ask its factory
            .converters(Path::of)
            .description(
                "A zone file, named as its zone (@ for the root, %%2F for /; or as --file-pattern"
                    + " says), a key file (ending in _keys), or a folder of such files.")
            .build());
    spec.addOption(
        OptionSpec.builder(OLD)
            .paramLabel("FILE")
            .type(Path.class)
            .converters(Path::of)
            .description(
                "The zone before the change: if records differ, the serial must have grown.")
            .build());
    spec.addOption(
        OptionSpec.builder(ZONE_NAME)
            .paramLabel("NAME")
            .type(String.class)
            .description("The zone's name, where it is not the file's.")
            .build());
    spec.addOption(
        OptionSpec.builder(FILE_PATTERN)
            .paramLabel("PATTERN")
            .type(ZoneFilePattern.class)
            .converters(new PatternConverter())
            .description(
                "How zone files are called, as the server is told: {zone}.zone, db.{zone}"
                    + " ({zone}).")
            .build());
    spec.addOption(
        OptionSpec.builder(LAYOUT)
            .paramLabel("LAYOUT")
            .type(Layout.Folders.class)
            .description(
                "Of a folder: flat, its own files; tree, those in the folders below it too (flat).")
            .build());
    ToolCommand.addHelp(spec);
    return spec;
  }

  /// What was given.
  static OzoneArguments of(ParseResult given) {
    return new OzoneArguments(
        List.of(given.matchedPositionalValue(0, new Path[0])),
        given.matchedOptionValue(OLD, (Path) null),
        given.matchedOptionValue(ZONE_NAME, (String) null),
        new Layout(
            given.matchedOptionValue(LAYOUT, Layout.Folders.FLAT),
            given.matchedOptionValue(FILE_PATTERN, ZoneFilePattern.NAME_ALONE)));
  }

  private static final class PatternConverter implements ITypeConverter<ZoneFilePattern> {
    @Override
    public ZoneFilePattern convert(String text) {
      try {
        return ZoneFilePattern.parse(text);
      } catch (IllegalArgumentException unusable) {
        throw new TypeConversionException(String.valueOf(unusable.getMessage()));
      }
    }
  }
}
