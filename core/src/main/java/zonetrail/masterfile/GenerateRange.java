package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The numbers that a `$GENERATE` line goes through: `1-100`, or `0-100/2` in steps.
///
/// @param start the first, not negative
/// @param stop not exceeded, at most 2,147,483,647
/// @param step at least 1
record GenerateRange(long start, long stop, long step) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,10})-(\\d{1,10})(?:/(\\d{1,10}))?");
  private static final int MAX_OCTETS = 40;

  /// Reads the range that a token holds.
  static GenerateRange read(LineScanner line, int token) throws BadEntryException {
    int start = line.start(token);
    int octets = Math.min(MAX_OCTETS, line.end(token) - start);
    Matcher form =
        FORM.matcher(new String(line.text(), start, octets, StandardCharsets.ISO_8859_1));
    if (!form.matches() || line.isQuoted(token)) {
      throw new BadEntryException(
          line.offset(token),
          "bad-generate",
          line.shown(token) + " is no range like 1-100 or 0-100/2");
    }
    GenerateRange range =
        new GenerateRange(
            Long.parseLong(form.group(1)),
            Long.parseLong(form.group(2)),
            form.group(3) == null ? 1 : Long.parseLong(form.group(3)));
    if (range.start > range.stop || range.step == 0 || range.stop > Integer.MAX_VALUE) {
      throw new BadEntryException(
          line.offset(token),
          "bad-generate",
          line.shown(token)
              + " is no range: it goes upwards, at most to 2147483647, in steps from 1");
    }
    return range;
  }

  /// How many numbers there are.
  long count() {
    return (stop - start) / step + 1;
  }
}
