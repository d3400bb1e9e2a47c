package zonetrail.server;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import zonetrail.authority.Layout;
import zonetrail.masterfile.ZoneFilePattern;

/// The options that say which files are zones.
final class LayoutOptions {
  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = {
        "flat: zone files lie in one folder. tree: in the folders below it too, at any depth,",
        "but for those whose name begins with a dot (flat)."
      })
  private Layout.Folders folders = Layout.Folders.FLAT;

  @Option(
      names = "--file-pattern",
      paramLabel = "PATTERN",
      converter = PatternConverter.class,
      description = {
        "How zone files are called: a name in which {zone} stands for the zone's, such as",
        "'{zone}.zone' or 'db.{zone}' ({zone}). Key files are ZONE._keys with any pattern."
      })
  private ZoneFilePattern pattern = ZoneFilePattern.NAME_ALONE;

  /// Where the zone files lie and what they are called.
  Layout layout() {
    return new Layout(folders, pattern);
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
