package zonetrail.server;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import zonetrail.authority.Layout;
import zonetrail.masterfile.ZoneFilePattern;

/// The options that say which files are zones.
final class LayoutOptions {
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
    return new Layout(Layout.Folders.FLAT, pattern);
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
