package zonetrail.server;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads times such as `90`, `30s`, `5m`, `1h30m`; a bare number is seconds. At most [#MAX].
final class DurationConverter implements ITypeConverter<Duration> {
  /// Long enough for every purpose, and far from where sums of nanoseconds overflow.
  static final Duration MAX = Duration.ofDays(366);

  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,6})h)?(?:(\\d{1,8})m)?(?:(\\d{1,9})s?)?");

  @Override
  public Duration convert(String text) {
    Matcher match = FORM.matcher(text);
    if (text.isEmpty() || !match.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a time; write for example 300, 30s, 5m or 1h30m");
    }
    Duration time =
        Duration.ofDays(number(match, 1))
            .plusHours(number(match, 2))
            .plusMinutes(number(match, 3))
            .plusSeconds(number(match, 4));
    if (time.compareTo(MAX) > 0) {
      throw new TypeConversionException("'" + text + "' is more than " + MAX.toDays() + " days");
    }
    return time;
  }

  private static long number(Matcher match, int group) {
    String digits = match.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
