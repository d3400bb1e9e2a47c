package zonetrail.authority;

import java.util.SortedMap;

/// The files of a zone repository or folder at one version.
///
/// @param version what the version is called in logs and on the wire: a commit id in hexadecimal,
///   or `folder` for a plain folder
/// @param files every regular file that may hold a zone or keys, by its name without folders
public record SourceTree(String version, SortedMap<String, SourceFile> files) {

  /// One file; nothing is read until [#read()] is called.
  public interface SourceFile {
    /// A name of the content: two files with the same content id hold the same octets, so a file
    /// whose id has not changed is not read again. A git blob id, or size and time of a plain file.
    String contentId();

    /// Where the file lies, for messages: its path within the repository or folder.
    String path();

    /// The file's octets.
    ///
    /// @throws UnreadableException if they cannot be had: too large, gone, or the store is damaged
    byte[] read() throws UnreadableException;
  }

  /// Says in one line why a file could not be read.
  public static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Creates the exception.
    ///
    /// @param message why, for an operator to read
    public UnreadableException(String message) {
      super(message);
    }
  }
}
