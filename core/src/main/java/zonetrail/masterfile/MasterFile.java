package zonetrail.masterfile;

import java.util.List;
import java.util.OptionalLong;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.RecordLocator;

/// A master file as a lossless syntax tree, with the records it stands for.
///
/// The entries cover the text from its first octet to its last, so [#print()] is the file, octet
/// for octet, however broken it is. The records are those of the entries that could be understood,
/// included files among them; with findings that are errors they are not to be served.
///
/// Positions are worked out from offsets when they are asked for. Memory: the text, 5 octets for
/// each entry, and about 20 octets and the rdata for each record. Immutable after [#parse], except
/// that the text must not be changed by its owner.
///
/// Bounds: [#MAX_OCTETS], [#MAX_RECORDS], [#MAX_FINDINGS], [#MAX_INCLUDE_DEPTH],
/// [#MAX_INCLUDED_FILES], [#MAX_GENERATED_RECORDS], and the room that the caller has for it in the
/// heap; each gives a finding when it is reached.
@Rfc(number = 1035, section = "5.1")
public final class MasterFile implements RecordLocator {
  /// The most octets of a file, and of it and all files it includes together.
  public static final int MAX_OCTETS = 1 << 29;

  /// The most records of a file with what it includes.
  public static final int MAX_RECORDS = 10_000_000;

  /// The most findings reported for a file; one more says how many there are besides.
  public static final int MAX_FINDINGS = 100;

  /// How deep `$INCLUDE` may nest.
  public static final int MAX_INCLUDE_DEPTH = 3;

  /// How many files `$INCLUDE` may read for one zone.
  public static final int MAX_INCLUDED_FILES = 1_000;

  /// How many records `$GENERATE` may make in one file.
  public static final int MAX_GENERATED_RECORDS = 65_536;

  /// The rule that says that the memory does not suffice; it may suffice another time.
  public static final String NEEDS_MORE_MEMORY = "needs-more-memory";

  /// What an entry is.
  public enum EntryKind {
    /// A resource record.
    RECORD(0),
    /// `$ORIGIN`, `$TTL`, `$INCLUDE` or `$GENERATE`.
    DIRECTIVE(1),
    /// An empty line, or one with only a comment.
    BLANK(2),
    /// A line that could not be understood; a finding says why.
    ERRONEOUS(3);

    private static final EntryKind[] BY_CODE = {RECORD, DIRECTIVE, BLANK, ERRONEOUS};

    private final byte code;

    EntryKind(int code) {
      this.code = (byte) code;
    }

    byte code() {
      return code;
    }

    static EntryKind of(byte code) {
      return BY_CODE[code];
    }
  }

  private final List<SourceFile> files;
  private final RecordTable records;
  private final List<Finding> findings;
  private final long heapOctets;
  private final boolean isPlain;

  /// @param isPlain see [#isPlain]
  MasterFile(
      List<SourceFile> files,
      RecordTable records,
      List<Finding> findings,
      long heapOctets,
      boolean isPlain) {
    this.isPlain = isPlain;
    this.heapOctets = heapOctets;
    this.files = List.copyOf(files);
    this.records = records;
    this.findings = List.copyOf(findings);
  }

  /// Parses a master file. Never throws, whatever the octets are.
  ///
  /// @param fileName what findings call the file
  /// @param text the octets, which are kept and must not be changed afterwards
  /// @param origin the origin in force at the first line
  /// @param includes finds what `$INCLUDE` names
  public static MasterFile parse(
      String fileName, byte[] text, WireName origin, IncludeSource includes) {
    return new MasterFileParser(includes, MasterFileParser.NO_TTL).parse(fileName, text, origin);
  }

  /// What is said where the memory does not suffice.
  ///
  /// @param room how many octets there were
  static Finding needsMoreMemory(Position position, long room) {
    return new Finding(
        position,
        Finding.Level.ERROR,
        "the zone needs more memory than the "
            + Math.max(0, room >> 20)
            + " MiB that the server has left for it; give the server more (-Xmx), or make the zone"
            + " smaller: look at $INCLUDE and $GENERATE",
        NEEDS_MORE_MEMORY);
  }

  /// The same for a file whose records need not state a TTL.
  ///
  /// @param defaultTtlSeconds the TTL of records before any TTL was stated
  public static MasterFile parse(
      String fileName,
      byte[] text,
      WireName origin,
      IncludeSource includes,
      int defaultTtlSeconds) {
    return new MasterFileParser(includes, defaultTtlSeconds).parse(fileName, text, origin);
  }

  /// Whether a text has an SOA record in it, good or broken, and so is meant to be a zone.
  ///
  /// Cheap, and independent of [#parse]: a text that merely speaks of SOA records has none.
  public static boolean holdsSoa(byte[] text) {
    return SoaSearch.holdsSoa(text);
  }

  /// The same for a text with what it includes, as far as that is there.
  ///
  /// @param fileName what to call the text to `includes`
  public static boolean holdsSoa(String fileName, byte[] text, IncludeSource includes) {
    return new IncludedSoa(includes).isIn(fileName, text);
  }

  /// The serial of the first SOA record in a text, as far as it can be seen without parsing: one
  /// that is written in another way than usual is not found.
  ///
  /// @param text a zone file, or its beginning
  /// @return 0 to 2^32 - 1
  public static OptionalLong serialIn(byte[] text) {
    return SoaSearch.serialIn(text);
  }

  /// Whether each record is a line of its own of the one file, and nothing at all was found.
  boolean isPlain() {
    return isPlain;
  }

  /// About how many octets of the heap reading took, with the zone that is made of it.
  long heapOctets() {
    return heapOctets;
  }

  /// The file, and those that it includes in the order in which they were read; one that is
  /// included twice is here twice.
  List<SourceFile> files() {
    return files;
  }

  /// The records, in the order of the text.
  RecordTable records() {
    return records;
  }

  /// What is wrong with the file, in the order in which it was read.
  public List<Finding> findings() {
    return findings;
  }

  /// Whether a finding is an error.
  public boolean hasErrors() {
    return findings.stream().anyMatch(Finding::isError);
  }

  /// The file's text, put together from the entries.
  public byte[] print() {
    return files.getFirst().print();
  }

  /// How many entries the file has, those of included files not counted.
  public int entryCount() {
    return files.getFirst().entryCount();
  }

  /// What an entry is.
  public EntryKind entryKind(int entry) {
    return files.getFirst().entryKind(entry);
  }

  /// The first octet of an entry in the file's text.
  public int entryStart(int entry) {
    return files.getFirst().entryStart(entry);
  }

  /// The octet after an entry, its line feed included.
  public int entryEnd(int entry) {
    return files.getFirst().entryEnd(entry);
  }

  /// How many records the file and what it includes have.
  public int recordCount() {
    return records.count();
  }

  /// Hands over every record, in the order of the text.
  public void forEachRecord(RecordSink sink) {
    records.slice(0).forEach(sink);
  }

  /// The place of an offset that [#forEachRecord] gave; it may lie in an included file.
  public Position position(int offset) {
    return positionIn(files, offset);
  }

  static Position positionIn(List<SourceFile> files, int offset) {
    SourceFile file = files.getFirst();
    for (SourceFile later : files) {
      if (later.base <= offset) {
        file = later;
      }
    }
    return file.position(Math.min(offset - file.base, file.text.length));
  }

  /// The place of the first record with this owner and type, or of the file.
  @Override
  public Position locate(WireName owner, RRType type) {
    int offset = records.firstOffset(owner, type);
    return offset < 0 ? Position.ofFile(files.getFirst().name) : position(offset);
  }
}
