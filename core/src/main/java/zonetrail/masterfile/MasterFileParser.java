package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.MasterFile.EntryKind;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Finding.Level;

/// Gives logical lines their meaning, one after the other, and goes on behind a bad one.
///
/// What carries over from line to line (RFC 1035 §5.1): the origin and the last owner, which belong
/// to a file, and the TTL, which included files share (as BIND has it). After a bad owner the
/// records that repeat it are read but not kept, so one mistake gives one finding.
///
/// Not for sharing between threads; one parser reads one file and what it includes.
@Rfc(number = 1035, section = "5.1")
final class MasterFileParser {
  static final int NO_TTL = -1;

  private static final String GENERATE_USAGE =
      "$GENERATE START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE RDATA";

  private final IncludeSource includes;
  private final HeapNeed need;

  private final List<SourceFile> files = new ArrayList<>();

  /// The names of the included files that are being read, outermost first.
  private final List<String> openFiles = new ArrayList<>();

  private final Consumer<RecordTable.Slice> slices;
  private RecordTable records = new RecordTable(0, _ -> {});
  private Findings findings = new Findings("");

  /// From `$TTL`, or from an SOA's minimum; holds for all records that state none.
  private int defaultTtl = NO_TTL;

  /// The last TTL that a record stated; holds only while there is no default (RFC 1035 §5.1).
  private int lastTtl;

  private boolean tooManyRecords;
  private long generated;

  /// Whether reading was given up, because there is no memory for the rest.
  private boolean outOfRoom;

  MasterFileParser(IncludeSource includes, int initialTtl) {
    this(includes, initialTtl, Long.MAX_VALUE, _ -> {});
  }

  /// @param room how many octets of the heap reading may take
  /// @param slices takes the records in their order, some at a time
  MasterFileParser(
      IncludeSource includes, int initialTtl, long room, Consumer<RecordTable.Slice> slices) {
    this.slices = slices;
    this.includes = includes;
    this.lastTtl = initialTtl;
    this.need = new HeapNeed(room);
  }

  MasterFile parse(String fileName, byte[] text, WireName origin) {
    findings = new Findings(fileName);
    SourceFile file = new SourceFile(fileName, text, 0, null);
    files.add(file);
    if (text.length > MasterFile.MAX_OCTETS) {
      report(0, Level.ERROR, "file-too-long", tooLong(text.length));
      file.addEntry(EntryKind.ERRONEOUS, text.length);
    } else if (!hasRoomForText(text.length)) {
      giveUp(0);
      file.addEntry(EntryKind.ERRONEOUS, text.length);
    } else {
      records = new RecordTable(text.length, slices);
      new Reader(file, origin, 0, 0).read();
      records.handOver();
    }
    boolean isPlain = files.size() == 1 && isPlain();
    return new MasterFile(
        files, records, findings.toList(), need.octets(records.rdata().end()), isPlain);
  }

  private boolean hasRoomForText(int octets) {
    need.addText(octets);
    return !outgrowsRoom();
  }

  private boolean outgrowsRoom() {
    return need.exceedsRoom(records.rdata().end());
  }

  private void giveUp(int offset) {
    outOfRoom = true;
    findings.addFirst(
        MasterFile.needsMoreMemory(MasterFile.positionIn(files, offset), need.room()));
  }

  private static String tooLong(long octets) {
    return octets
        + " octets, with what is included; at most "
        + MasterFile.MAX_OCTETS
        + " are read";
  }

  private void report(int offset, Level level, String rule, String message) {
    if (findings.hasRoom()) {
      findings.add(new Finding(MasterFile.positionIn(files, offset), level, message, rule));
    } else {
      findings.leaveOut(level);
    }
  }

  /// What stands between owner and type: the TTL if one is stated, and the token of the type.
  private record Prefix(int ttl, int next) {}

  /// Begins in the middle of a text that includes nothing.
  ///
  /// @param file takes what is read
  /// @param from where a line begins
  /// @param scope what is in force there
  /// @param owner of the record in front; null if there is none
  Reader resume(SourceFile file, int from, LineScopes.Scope scope, @Nullable WireName owner) {
    files.add(file);
    findings = new Findings(file.name);
    defaultTtl = scope.defaultTtl();
    lastTtl = scope.lastTtl();
    Reader reader = new Reader(file, scope.origin(), 0, from);
    reader.owner = owner;
    return reader;
  }

  /// The records read so far.
  RecordTable records() {
    return records;
  }

  /// Whether nothing was found so far but lines that stand for themselves, and records have a TTL.
  boolean isPlain() {
    return findings.toList().isEmpty() && generated == 0;
  }

  /// Reads one file.
  final class Reader {
    private final SourceFile file;
    private final int depth;
    private final LineScanner line;
    private final OctetBuffer scratch = new OctetBuffer(WireName.MAX_OCTETS);
    private WireName origin;
    private @Nullable WireName owner;
    private boolean ownerIsBad;
    private int ownerStart;
    private int ownerEnd;

    private Reader(SourceFile file, WireName origin, int depth, int from) {
      this.file = file;
      this.origin = origin;
      this.depth = depth;
      this.line = new LineScanner(file.text, from, file.isWhole);
    }

    /// Reads a line.
    ///
    /// @return false at the end of the text
    boolean readLine() {
      if (!line.next()) {
        return false;
      }
      file.scopes.note(file.entryCount(), origin, defaultTtl, lastTtl);
      file.addEntry(entry(), line.lineEnd());
      return true;
    }

    /// The owner that the next line repeats if it states none.
    @Nullable WireName owner() {
      return owner;
    }

    /// What is in force at the next line.
    LineScopes.Scope scope() {
      return new LineScopes.Scope(origin, defaultTtl, lastTtl);
    }

    private void read() {
      while (readLine()) {
        need.addEntry();
        if (outOfRoom) {
          break;
        }
        if (outgrowsRoom()) {
          giveUp(file.base + file.entryStart(file.entryCount() - 1));
          break;
        }
      }
      if (outOfRoom && file.entryEnd(file.entryCount() - 1) < file.text.length) {
        file.addEntry(EntryKind.ERRONEOUS, file.text.length);
      }
      if (file.entryCount() == 0 && file.text.length > 0) {
        file.addEntry(EntryKind.BLANK, file.text.length); // nothing but a byte order mark
      }
    }

    private EntryKind entry() {
      try {
        BadEntryException problem = line.problem();
        if (problem != null) {
          forgetOwnerUnlessRepeated();
          throw problem;
        }
        if (line.count() == 0) {
          return EntryKind.BLANK;
        }
        if (isDirective()) {
          directive();
          return EntryKind.DIRECTIVE;
        }
        record();
        return EntryKind.RECORD;
      } catch (BadEntryException bad) {
        records.dropRdata();
        report(file.base + bad.offset, Level.ERROR, bad.rule, bad.message());
        return EntryKind.ERRONEOUS;
      }
    }

    /// The line cannot be read; if it has an owner of its own, nobody knows which.
    private void forgetOwnerUnlessRepeated() {
      if (!line.leadingBlank()) {
        ownerIsBad = true;
        ownerEnd = 0;
      }
    }

    private boolean isDirective() {
      return !line.leadingBlank()
          && !line.isQuoted(0)
          && line.start(0) < line.end(0)
          && file.text[line.start(0)] == '$';
    }

    private void directive() throws BadEntryException {
      if (line.isWord(0, "$ORIGIN")) {
        requireTokens(2, 2, "$ORIGIN NAME");
        origin = name(1);
        ownerEnd = 0;
      } else if (line.isWord(0, "$TTL")) {
        ttlDirective();
      } else if (line.isWord(0, "$INCLUDE")) {
        requireTokens(2, 3, "$INCLUDE FILE [ORIGIN]");
        include();
      } else if (line.isWord(0, "$GENERATE")) {
        generate();
      } else {
        throw new BadEntryException(
            line.offset(0),
            "unknown-directive",
            line.shown(0)
                + " is no directive; there are $ORIGIN, $TTL, $INCLUDE and $GENERATE. An owner name"
                + " that begins with '$' is written \\$");
      }
    }

    private void requireTokens(int least, int most, String usage) throws BadEntryException {
      if (line.count() < least) {
        throw new BadEntryException(
            line.offset(0), "bad-directive", "something is missing; write " + usage);
      }
      if (line.count() > most) {
        throw new BadEntryException(
            line.offset(most), "extra-token", "the line should have ended here; write " + usage);
      }
    }

    @Rfc(number = 2308, section = "4")
    private void ttlDirective() throws BadEntryException {
      if (defaultTtl == NO_TTL) {
        defaultTtl = 0; // after a bad $TTL the records below are not to blame
      }
      requireTokens(2, 2, "$TTL TIME");
      defaultTtl = NumberText.ttlSeconds(line, 1);
    }

    private void include() throws BadEntryException {
      WireName includedOrigin = line.count() == 3 ? name(2) : origin;
      int at = line.offset(1);
      if (depth == MasterFile.MAX_INCLUDE_DEPTH) {
        throw badInclude(
            at, "included files may include others at most " + depth + " deep; flatten them");
      }
      if (files.size() > MasterFile.MAX_INCLUDED_FILES) {
        throw badInclude(at, "more than " + MasterFile.MAX_INCLUDED_FILES + " files are included");
      }
      scratch.truncate(0);
      NameText.unescape(line, 1, scratch);
      String path = new String(scratch.array(), 0, scratch.end(), StandardCharsets.UTF_8);
      switch (includes.open(file.name, path)) {
        case IncludeSource.Refused refused ->
            throw badInclude(at, "cannot include " + line.shown(1) + ": " + refused.reason());
        case IncludeSource.Found found -> readIncluded(found, includedOrigin, at);
      }
    }

    private void readIncluded(IncludeSource.Found found, WireName includedOrigin, int at)
        throws BadEntryException {
      if (isOpen(found.fileName())) {
        throw badInclude(at, line.shown(1) + " includes itself, directly or through others");
      }
      SourceFile last = files.getLast();
      long base = (long) last.base + last.text.length + 1;
      if (base + found.text().length > MasterFile.MAX_OCTETS) {
        throw new BadEntryException(at, "file-too-long", tooLong(base + found.text().length));
      }
      if (!hasRoomForText(found.text().length)) {
        giveUp(file.base + at);
        return;
      }
      SourceFile included = new SourceFile(found.fileName(), found.text(), (int) base, file);
      files.add(included);
      openFiles.add(found.fileName());
      Reader reader = new Reader(included, includedOrigin, depth + 1, 0);
      reader.owner = owner;
      reader.ownerIsBad = ownerIsBad;
      reader.read();
      openFiles.removeLast();
    }

    private boolean isOpen(String fileName) {
      return files.getFirst().name.equals(fileName) || openFiles.contains(fileName);
    }

    private BadEntryException badInclude(int at, String message) {
      return new BadEntryException(at, "bad-include", message);
    }

    /// `$GENERATE start-stop[/step] owner [TTL] [class] type rdata`, as BIND has it. Rdata of
    /// several words may stand in quotes, which then are no part of it.
    private void generate() throws BadEntryException {
      if (line.count() < 5) {
        throw new BadEntryException(line.offset(0), "bad-directive", "write " + GENERATE_USAGE);
      }
      GenerateRange range = range(1);
      GenerateTemplate ownerTemplate = new GenerateTemplate(templateText(2, 3), line.offset(2));
      Prefix prefix = prefix(3);
      int typeToken = prefix.next();
      if (typeToken + 1 >= line.count()) {
        throw new BadEntryException(line.offset(0), "bad-directive", "write " + GENERATE_USAGE);
      }
      RRType type = TypeText.readOfRecord(line, typeToken);
      GenerateTemplate rdataTemplate =
          new GenerateTemplate(
              templateText(typeToken + 1, line.count()), line.offset(typeToken + 1));
      int typeOffset = line.offset(typeToken);
      int ttl = prefix.ttl() == NO_TTL ? carriedTtl(typeToken) : prefix.ttl();
      for (long number = range.start(); number <= range.stop(); number += range.step()) {
        scratch.truncate(0);
        ownerTemplate.expand(number, scratch);
        scratch.add(' ');
        rdataTemplate.expand(number, scratch);
        generateRecord(number, type, ttl, typeOffset);
        if (outgrowsRoom()) {
          giveUp(file.base + typeOffset);
          return;
        }
      }
    }

    /// The range, if this file may have so many records more.
    private GenerateRange range(int token) throws BadEntryException {
      GenerateRange range = GenerateRange.read(line, token);
      generated += range.count();
      if (generated > MasterFile.MAX_GENERATED_RECORDS) {
        throw new BadEntryException(
            line.offset(token),
            "too-many-generated",
            "$GENERATE would make more than "
                + MasterFile.MAX_GENERATED_RECORDS
                + " records in this file; delegate, or use a wildcard");
      }
      return range;
    }

    /// The text of tokens as it would stand in a record's line.
    private byte[] templateText(int first, int end) throws BadEntryException {
      boolean isOneQuoted = end - first == 1 && line.isQuoted(first);
      StringBuilder text = new StringBuilder();
      for (int token = first; token < end; token++) {
        int from = line.start(token);
        int length = line.end(token) - from;
        if (text.length() + length > GenerateTemplate.MAX_OCTETS) {
          throw new BadEntryException(
              line.offset(token),
              "bad-generate",
              "more than " + GenerateTemplate.MAX_OCTETS + " octets to repeat");
        }
        String raw = new String(file.text, from, length, StandardCharsets.ISO_8859_1);
        if (isOneQuoted) {
          text.append(raw.replace("\\\"", "\""));
        } else {
          text.append(text.isEmpty() ? "" : " ");
          text.append(line.isQuoted(token) ? '"' + raw + '"' : raw);
        }
      }
      return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void generateRecord(long number, RRType type, int ttl, int typeOffset)
        throws BadEntryException {
      LineScanner made = new LineScanner(Arrays.copyOf(scratch.array(), scratch.end()));
      try {
        boolean hasLine = made.next();
        BadEntryException problem = made.problem();
        if (problem != null) {
          throw problem;
        }
        if (!hasLine || made.count() == 0) {
          throw new BadEntryException(0, "bad-name", "there is no owner name");
        }
        scratch.truncate(0);
        NameText.read(made, 0, origin, scratch);
        RdataText.read(type, made, 1, 0, origin, records.rdata());
      } catch (BadEntryException bad) {
        throw new BadEntryException(
            typeOffset, bad.rule, "$GENERATE for " + number + ": " + bad.message());
      }
      add(WireName.fromWire(scratch.array(), 0), type, ttl, typeOffset);
    }

    /// `[owner] [TTL] [class] type rdata`, or class and TTL the other way round (RFC 1035 §5.1).
    private void record() throws BadEntryException {
      int token = 0;
      if (!line.leadingBlank()) {
        readOwner();
        token = 1;
      } else if (owner == null && !ownerIsBad) {
        ownerIsBad = true;
        throw new BadEntryException(
            line.offset(0),
            "no-owner",
            "the line begins with a blank and so repeats the owner of the record before, but there is"
                + " none; begin it with a name or '@' (RFC 1035 §5.1)");
      }
      Prefix prefix = prefix(token);
      token = prefix.next();
      int ttl = prefix.ttl();
      RRType type = TypeText.readOfRecord(line, token);
      if (ttl != NO_TTL) {
        lastTtl = ttl;
      }
      RdataText.read(type, line, token + 1, line.offset(token), origin, records.rdata());
      int effectiveTtl = ttl == NO_TTL ? inheritedTtl(type, token) : ttl;
      WireName name = owner;
      if (name == null || ownerIsBad) {
        records.dropRdata();
      } else {
        add(name, type, effectiveTtl, line.offset(token));
      }
    }

    /// Reads `[TTL] [class]` in either order, up to the type.
    private Prefix prefix(int first) throws BadEntryException {
      int token = first;
      int ttl = NO_TTL;
      boolean hasClass = false;
      while (token < line.count()) {
        if (ttl == NO_TTL && NumberText.looksLikeTtl(line, token)) {
          ttl = NumberText.ttlSeconds(line, token++);
        } else if (!hasClass && RecordClass.isIn(line, token)) {
          hasClass = true;
          token++;
        } else {
          return new Prefix(ttl, token);
        }
      }
      throw new BadEntryException(
          line.offset(line.count() - 1),
          "missing-type",
          "the line ends before a record type, like A or MX; is a name in front, or a blank, too"
              + " much? (RFC 1035 §5.1)");
    }

    private void add(WireName name, RRType type, int ttl, int typeOffset) throws BadEntryException {
      if (tooManyRecords) {
        records.dropRdata();
        return;
      }
      if (records.count() == MasterFile.MAX_RECORDS
          || records.rdata().end() > MasterFile.MAX_OCTETS) {
        tooManyRecords = true;
        throw new BadEntryException(
            typeOffset,
            "too-many-records",
            "more than " + MasterFile.MAX_RECORDS + " records, or too much data in them");
      }
      need.addRecord(name);
      records.add(name, type, ttl, file.base + typeOffset);
    }

    private void readOwner() throws BadEntryException {
      if (repeatsOwnerText()) {
        return;
      }
      ownerIsBad = true;
      ownerEnd = 0;
      owner = name(0);
      ownerIsBad = false;
      ownerStart = line.start(0);
      ownerEnd = line.end(0);
    }

    /// Zones often repeat an owner; it is then not made anew.
    private boolean repeatsOwnerText() {
      return ownerEnd > 0
          && !ownerIsBad
          && !line.isQuoted(0)
          && Arrays.equals(file.text, ownerStart, ownerEnd, file.text, line.start(0), line.end(0));
    }

    private WireName name(int token) throws BadEntryException {
      scratch.truncate(0);
      NameText.read(line, token, origin, scratch);
      return WireName.fromWire(scratch.array(), 0);
    }

    /// The TTL of a record that states none: the default; else the last one stated; else, from an
    /// SOA on, that SOA's minimum.
    @Rfc(number = 2308, section = "4")
    @Rfc(number = 1035, section = "5.1")
    private int inheritedTtl(RRType type, int token) throws BadEntryException {
      boolean isFirstWord = defaultTtl == NO_TTL && lastTtl == NO_TTL;
      return isFirstWord && type.equals(RRType.SOA) ? ttlOfSoa(token) : carriedTtl(token);
    }

    private int carriedTtl(int token) throws BadEntryException {
      if (defaultTtl != NO_TTL) {
        return defaultTtl;
      }
      if (lastTtl == NO_TTL) {
        lastTtl = 0; // said once
        throw new BadEntryException(
            line.offset(token),
            "no-ttl",
            "no TTL is known for this record; put a line like \"$TTL 1h\" above it (RFC 2308 §4)");
      }
      return lastTtl;
    }

    /// The minimum of the SOA whose rdata was just read.
    private int ttlOfSoa(int token) throws BadEntryException {
      int minimum = records.rdata().last32();
      defaultTtl = Math.max(0, minimum);
      if (minimum < 0) {
        throw new BadEntryException(
            line.offset(token),
            "ttl-out-of-range",
            "no TTL is stated, and the SOA's minimum is more than 2147483647 seconds (RFC 2181 §8)");
      }
      report(
          file.base + line.offset(token),
          Level.WARNING,
          "no-ttl",
          "no TTL is stated; the SOA's minimum of "
              + minimum
              + " seconds is used. Put a line like \"$TTL 1h\" above (RFC 2308 §4)");
      return minimum;
    }
  }
}
