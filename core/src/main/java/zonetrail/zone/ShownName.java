package zonetrail.zone;

/// A file's name as it may stand in a log or on a terminal: whoever can push chooses it, and a line
/// end in it would forge a line of the log.
public final class ShownName {
  private ShownName() {}

  /// The name, with what is not printed, or changes how the rest is, as `<U+000A>`.
  public static String of(String name) {
    if (isPlain(name)) {
      return name;
    }
    StringBuilder shown = new StringBuilder(name.length() + 16);
    name.codePoints()
        .forEach(c -> {
          if (isShown(c)) {
            shown.appendCodePoint(c);
          } else {
            shown.append("<U+%04X>".formatted(c));
          }
        });
    return shown.toString();
  }

  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
