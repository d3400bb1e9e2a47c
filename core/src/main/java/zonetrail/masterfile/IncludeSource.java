package zonetrail.masterfile;

/// Finds the files that `$INCLUDE` names: in git those of the same commit, for `ozone` those in the
/// file's own folder. It decides what is allowed; the parser decides how deep and how much.
@FunctionalInterface
public interface IncludeSource {
  /// Refuses every file.
  IncludeSource NONE =
      (includingFile, path) -> new Refused("no file can be included here; put its lines in place");

  /// The file that a directive names.
  ///
  /// @param includingFile the name of the file that holds the directive, as its opener gave it
  /// @param path what the directive says, unescaped, in UTF-8
  Result open(String includingFile, String path);

  /// What came of it.
  sealed interface Result {}

  /// The file's text.
  ///
  /// @param fileName what findings call the file; two includes of one file must give the same name,
  ///   by which circles are found
  /// @param text the octets; must not be changed afterwards
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Found(String fileName, byte[] text) implements Result {}

  /// The file is not there or may not be read.
  ///
  /// @param reason what is wrong and what to do, for a person to read
  record Refused(String reason) implements Result {}
}
