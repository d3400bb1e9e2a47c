package zonetrail.zone;

/// Something wrong with a zone file or key file, addressed to the person who can mend it.
///
/// @param where the place
/// @param level how bad it is
/// @param message what is wrong and, where it is not plain, what to do; one line, never a secret
/// @param rule the stable name of the rule, lower case with hyphens, for example `no-soa`
public record Finding(Position where, Level level, String message, String rule) {
  /// How bad a finding is.
  public enum Level {
    /// The file cannot be served.
    ERROR,
    /// The file is served, and probably not what its author meant.
    WARNING;

    /// As printed: lower case.
    @Override
    public String toString() {
      return this == ERROR ? "error" : "warning";
    }
  }

  /// Whether the file cannot be served.
  public boolean isError() {
    return level == Level.ERROR;
  }

  /// `file:line:column: level: message [rule]`.
  @Override
  public String toString() {
    return where + ": " + level + ": " + message + " [" + rule + "]";
  }
}
