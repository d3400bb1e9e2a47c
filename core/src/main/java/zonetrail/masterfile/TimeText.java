package zonetrail.masterfile;

/// Prints times as a file has them: in seconds, or with units where it has units.
final class TimeText {
  private static final int[] SECONDS = {604_800, 86_400, 3_600, 60};
  private static final String UNITS = "wdhm";

  private TimeText() {}

  /// A time in the form of another one; in seconds, too, where it is no whole number of minutes.
  ///
  /// @param model the text of the other one, like `3600` or `1h`
  /// @param seconds unsigned
  static String like(String model, int seconds) {
    char last = model.isEmpty() ? '0' : model.charAt(model.length() - 1);
    if (seconds == 0 || !Character.isLetter(last) || Integer.remainderUnsigned(seconds, 60) != 0) {
      return Integer.toUnsignedString(seconds);
    }
    long rest = Integer.toUnsignedLong(seconds);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < SECONDS.length; i++) {
      if (rest >= SECONDS[i]) {
        char unit = UNITS.charAt(i);
        text.append(rest / SECONDS[i])
            .append(Character.isUpperCase(last) ? Character.toUpperCase(unit) : unit);
        rest %= SECONDS[i];
      }
    }
    return text.toString();
  }
}
