package zonetrail.authority;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import zonetrail.masterfile.FileText;

/// An edit of zone files, and what is said about it.
///
/// @param author whose edit it is, as people read it: a key's name
/// @param time when it was made
/// @param subject one line
/// @param body what else there is to say, in lines; may be empty
/// @param trailers lines of the form `Name: value`, for machines
/// @param files what the files hold now, by their names within the zones folder, `a/b`; empty for
///   one that is removed
public record ZoneCommit(
    String author,
    Instant time,
    String subject,
    String body,
    List<String> trailers,
    SortedMap<String, Optional<FileText>> files) {

  /// Copies the lists.
  ///
  /// @throws IllegalArgumentException if the subject or a trailer is not one line, which could
  ///   forge another trailer
  public ZoneCommit {
    trailers = List.copyOf(trailers);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    requireLine(subject);
    trailers.forEach(ZoneCommit::requireLine);
  }

  /// The same, made at another time.
  ZoneCommit at(Instant other) {
    return new ZoneCommit(author, other, subject, body, trailers, files);
  }

  private static void requireLine(String text) {
    if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a subject or trailer is one line");
    }
  }
}
