package zonetrail.masterfile;

import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.LineScopes.Scope;
import zonetrail.masterfile.MasterFile.EntryKind;

/// A text cut into entries, as an edit looks at it: all of it one after the other ([SourceFile]),
/// or in sections ([SectionedText]).
interface Lines {
  /// What findings call the file.
  String name();

  /// Where the text begins among all texts of a parse, laid end to end.
  int base();

  /// The file that includes it, if one does.
  @Nullable Lines parent();

  /// The entry there that says so.
  int parentEntry();

  int entryCount();

  EntryKind entryKind(int entry);

  /// The first octet of an entry.
  int entryStart(int entry);

  /// The octet after an entry.
  int entryEnd(int entry);

  /// The entry in which an octet lies.
  int entryAt(int offset);

  /// What is in force at an entry.
  Scope scope(int entry);

  /// The line of an entry, whose offsets are the line's own business.
  RecordLine line(int entry);

  /// Where the line of an entry begins: not with a byte order mark.
  default int lineStart(int entry) {
    return entry == 0 ? line(0).line.lineStart() : entryStart(entry);
  }

  /// How many octets there are.
  int length();

  byte octet(int offset);

  /// A part of an entry, an octet a character.
  String text(int from, int to);
}
