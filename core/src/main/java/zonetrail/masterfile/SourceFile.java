package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import zonetrail.zone.Position;

/// One text and the entries it was cut into: where each ends, and what it is.
///
/// `base` is where the text begins among all texts of a parse, laid end to end; so one int says
/// both the file and the place in it.
final class SourceFile implements Lines {
  final String name;
  final byte[] text;
  final int base;

  /// The file that includes it, if one does, and the entry there that says so.
  final @Nullable SourceFile parent;

  final int parentEntry;

  /// Whether the text is a file from its beginning on, so that a byte order mark may be there.
  final boolean isWhole;

  /// What was in force at its entries.
  final LineScopes scopes = new LineScopes();

  private int[] entryEnds;
  private byte[] entryKinds;
  private int entryCount;

  /// @param parent the file that includes it with the entry that is being read, or null
  SourceFile(String name, byte[] text, int base, @Nullable SourceFile parent) {
    this(name, text, base, parent, Math.max(16, text.length / 32));
  }

  /// @param entries how many there will be, or about as many
  SourceFile(String name, byte[] text, int base, @Nullable SourceFile parent, int entries) {
    this(name, text, base, parent, entries, true);
  }

  private SourceFile(
      String name,
      byte[] text,
      int base,
      @Nullable SourceFile parent,
      int entries,
      boolean isWhole) {
    this.isWhole = isWhole;
    this.parent = parent;
    this.parentEntry = parent == null ? 0 : parent.entryCount;
    this.name = name;
    this.text = text;
    this.base = base;
    this.entryEnds = new int[entries];
    this.entryKinds = new byte[entries];
  }

  /// A part of a text.
  ///
  /// @param text its octets: whole entries
  /// @param isFirst whether the file begins with it
  /// @param entries how many there will be, or about as many
  static SourceFile part(String name, byte[] text, boolean isFirst, int entries) {
    return new SourceFile(name, text, 0, null, entries, isFirst);
  }

  void addEntry(MasterFile.EntryKind kind, int end) {
    if (entryCount == entryEnds.length) {
      entryEnds = Arrays.copyOf(entryEnds, entryCount * 2);
      entryKinds = Arrays.copyOf(entryKinds, entryCount * 2);
    }
    entryEnds[entryCount] = end;
    entryKinds[entryCount++] = kind.code();
  }

  /// Adds entries of another text, for which there is room, with what is in force at them.
  ///
  /// @param shift how much further back they stand in this text
  void addEntries(SourceFile other, int from, int to, int shift) {
    if (from == to) {
      return;
    }
    scopes.noteAll(other.scopes, from, to, entryCount - from);
    System.arraycopy(other.entryKinds, from, entryKinds, entryCount, to - from);
    int[] ends = entryEnds;
    for (int entry = from, at = entryCount; entry < to; entry++) {
      ends[at++] = other.entryEnds[entry] + shift;
    }
    entryCount += to - from;
  }

  /// About how much of the heap it takes, in octets.
  long heapOctets() {
    return text.length + entryEnds.length * 5L;
  }

  @Override
  public int entryCount() {
    return entryCount;
  }

  @Override
  public MasterFile.EntryKind entryKind(int entry) {
    return MasterFile.EntryKind.of(entryKinds[entry]);
  }

  @Override
  public int entryStart(int entry) {
    return entry == 0 ? 0 : entryEnds[entry - 1];
  }

  @Override
  public int entryEnd(int entry) {
    return entryEnds[entry];
  }

  @Override
  public int entryAt(int offset) {
    int found = Arrays.binarySearch(entryEnds, 0, entryCount, offset);
    return found < 0 ? -found - 1 : found + 1;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int base() {
    return base;
  }

  @Override
  public @Nullable SourceFile parent() {
    return parent;
  }

  @Override
  public int parentEntry() {
    return parentEntry;
  }

  @Override
  public LineScopes.Scope scope(int entry) {
    return scopes.at(entry);
  }

  @Override
  public RecordLine line(int entry) {
    return RecordLine.at(text, entryStart(entry), isWhole);
  }

  @Override
  public int length() {
    return text.length;
  }

  @Override
  public byte octet(int offset) {
    return text[offset];
  }

  @Override
  public String text(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /// The text, put together from the entries.
  byte[] print() {
    byte[] printed = new byte[entryCount == 0 ? 0 : entryEnds[entryCount - 1]];
    for (int entry = 0; entry < entryCount; entry++) {
      int start = entryStart(entry);
      System.arraycopy(text, start, printed, start, entryEnds[entry] - start);
    }
    return printed;
  }

  /// The place of an offset in this text.
  Position position(int offset) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < offset; i++) {
      if (text[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new Position(name, line, offset - lineStart + 1);
  }
}
