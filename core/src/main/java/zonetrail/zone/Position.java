package zonetrail.zone;

/// A place in a file.
///
/// @param file the file's path as its reader named it, without control characters
/// @param line the line, from 1; 0 for the file as a whole
/// @param column the column in octets, from 1; 0 for the line as a whole
public record Position(String file, int line, int column) {
  /// The file as a whole.
  public static Position ofFile(String file) {
    return new Position(file, 0, 0);
  }

  /// `file:line:column`, as compilers print it; `file:1:1` for a file as a whole.
  @Override
  public String toString() {
    return file + ":" + Math.max(1, line) + ":" + Math.max(1, column);
  }
}
