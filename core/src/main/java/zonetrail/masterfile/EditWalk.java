package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.EditPlan.NewRecord;
import zonetrail.masterfile.EditPlan.OfEntry;
import zonetrail.masterfile.EditPlan.Outcome;
import zonetrail.masterfile.LineScopes.Scope;
import zonetrail.masterfile.MasterFile.EntryKind;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Goes through the lines of a file, in the order in which they are read, and writes those anew of
/// which something becomes, and those that would get another meaning by that.
///
/// What carries over from line to line is the owner, within a file, and the TTL. The walk holds
/// what carries over afterwards where it is not what it was before; while that is so, each line
/// that relies on it is made to say itself what it means. As soon as all is as before, the walk
/// goes on at the next line of which something becomes.
final class EditWalk {
  /// How many lines the `$GENERATE` lines of a file may become in one edit.
  static final int MAX_LINES_OF_GENERATE = 1_000;

  private final EditBase file;
  private final EditPlan plan;
  private final Map<String, Splices> splices = new LinkedHashMap<>();
  private final Map<Integer, LineStyle> styles = new TreeMap<>();
  private int linesOfGenerate;

  /// The TTL that carries over after the edit; null where it is the one from before.
  private @Nullable Carried otherTtl;

  /// What carries over as a record's TTL.
  ///
  /// @param defaultTtl or [MasterFileParser#NO_TTL]
  /// @param lastTtl or [MasterFileParser#NO_TTL]; 0 where there is a default, since it does not
  ///   count there
  private record Carried(int defaultTtl, int lastTtl) {
    Carried {
      lastTtl = defaultTtl == MasterFileParser.NO_TTL ? lastTtl : 0;
    }

    static Carried of(Scope scope) {
      return new Carried(scope.defaultTtl(), scope.lastTtl());
    }

    int ttl() {
      return defaultTtl == MasterFileParser.NO_TTL ? lastTtl : defaultTtl;
    }

    boolean isNone() {
      return ttl() == MasterFileParser.NO_TTL;
    }

    Carried afterStated(int ttl) {
      return new Carried(defaultTtl, ttl);
    }
  }

  /// An owner as a file writes it.
  private record Owner(WireName name, String text, WireName origin) {}

  EditWalk(EditBase file, EditPlan plan) {
    this.file = file;
    this.plan = plan;
  }

  /// What becomes of the texts, by file name.
  Map<String, Splices> splices() throws BadEntryException, RefusedEditException {
    new OfFile(file.files().getFirst()).walk();
    return splices;
  }

  /// The walk through one file.
  private final class OfFile {
    private final Lines source;
    private final NavigableMap<Integer, OfEntry> touched;
    private final Splices edits = new Splices();

    /// The owner that carries over after the edit; null where it is the one from before.
    private @Nullable WireName otherOwner;

    private int ownerKnownAt = -1;
    private @Nullable Owner knownOwner;

    OfFile(Lines source) {
      this.source = source;
      this.touched = plan.of(source);
    }

    void walk() throws BadEntryException, RefusedEditException {
      int entry = 0;
      while (entry < source.entryCount()) {
        if (otherTtl == null && otherOwner == null) {
          Integer next = touched.ceilingKey(entry);
          if (next == null) {
            break;
          }
          entry = next;
        }
        step(entry, touched.getOrDefault(entry, new OfEntry()));
        entry++;
      }
      keepEdits();
    }

    private void keepEdits() throws RefusedEditException {
      Splices there = splices.putIfAbsent(source.name(), edits);
      if (there != null && !there.isLike(edits)) {
        throw new RefusedEditException(
            source.name()
                + " is included more than once, and the change is not for all of its uses");
      }
    }

    private void step(int entry, OfEntry plans) throws BadEntryException, RefusedEditException {
      Carried before = Carried.of(source.scope(entry));
      Carried after = otherTtl == null ? before : otherTtl;
      LineBuilder lines = new LineBuilder(entry, after);
      switch (source.entryKind(entry)) {
        case BLANK, ERRONEOUS -> lines.keep();
        case DIRECTIVE -> {
          RecordLine line = source.line(entry);
          if (line.isGenerate) {
            lines.generate(line, before, plans);
          } else {
            lines.keep();
            if (line.line.isWord(0, "$TTL")) {
              lines.carried = new Carried(NumberText.ttlSeconds(line.line, 1), 0);
            } else if (line.line.isWord(0, "$INCLUDE")) {
              include(entry);
              return;
            }
          }
        }
        case RECORD -> lines.record(source.line(entry), before, plans);
      }
      for (NewRecord record : plans.after) {
        lines.add(record);
      }
      lines.write();
      carryOver(entry, lines.carried);
    }

    private void carryOver(int entry, Carried carried) {
      Scope next = scopeAfter(entry);
      otherTtl = next == null || carried.equals(Carried.of(next)) ? null : carried;
    }

    /// What was in force before, after an entry; null if nothing comes that could ask.
    private @Nullable Scope scopeAfter(int entry) {
      Lines in = source;
      int at = entry + 1;
      while (at == in.entryCount()) {
        Lines parent = in.parent();
        if (parent == null) {
          return null;
        }
        at = in.parentEntry() + 1;
        in = parent;
      }
      return in.scope(at);
    }

    @SuppressWarnings("ReferenceEquality") // the very file: one may be included twice
    private void include(int entry) throws BadEntryException, RefusedEditException {
      for (Lines child : file.files()) {
        if (child.parent() == source && child.parentEntry() == entry) {
          OfFile walk = new OfFile(child);
          walk.otherOwner = otherOwner;
          walk.walk();
        }
      }
    }

    /// The owner that a line at an entry repeats if it states none, as it was before the edit.
    private @Nullable Owner ownerBefore(int entry) throws BadEntryException {
      if (ownerKnownAt == entry) {
        return knownOwner;
      }
      for (int at = entry - 1; at >= 0; at--) {
        if (source.entryKind(at) == EntryKind.RECORD) {
          RecordLine line = source.line(at);
          if (line.hasOwner()) {
            return owner(line, at);
          }
        }
      }
      Lines parent = source.parent();
      return parent == null ? null : new OfFile(parent).ownerBefore(source.parentEntry());
    }

    private Owner owner(RecordLine line, int entry) throws BadEntryException {
      WireName origin = source.scope(entry).origin();
      return new Owner(line.owner(origin), line.text(0), origin);
    }

    private LineStyle style(int entry) {
      return styles.computeIfAbsent(
          source.base() + source.entryStart(entry), any -> LineStyle.around(source, entry));
    }

    /// Puts together what stands in place of an entry.
    private final class LineBuilder {
      private final int entry;
      private final int start;
      private final WireName origin;
      private final String end;
      private final String text;
      private final List<String> lines = new ArrayList<>();
      private Carried carried;
      private boolean keptComment;

      LineBuilder(int entry, Carried carried) {
        this.entry = entry;
        this.carried = carried;
        this.start = source.lineStart(entry);
        this.origin = source.scope(entry).origin();
        this.end = lineEnd();
        this.text = source.text(start, source.entryEnd(entry) - end.length());
      }

      /// How the line ends: CR LF, LF, or with nothing at the file's end.
      private String lineEnd() {
        int to = source.entryEnd(entry);
        if (source.octet(to - 1) != '\n') {
          return source.octet(to - 1) == '\r' ? "\r" : "";
        }
        return to - 2 >= start && source.octet(to - 2) == '\r' ? "\r\n" : "\n";
      }

      void keep() {
        lines.add(text);
      }

      void record(RecordLine line, Carried before, OfEntry plans)
          throws BadEntryException, RefusedEditException {
        Owner owner = line.hasOwner() ? owner(line, entry) : ownerBefore(entry);
        RRType type = TypeNames.find(line.line, line.type);
        if (owner == null || type == null) {
          throw new RefusedEditException("a line is not read as it was");
        }
        Outcome outcome =
            plans.outcomes.isEmpty()
                ? new Outcome(false, null, EditPlan.SAME_TTL)
                : plans.outcomes.firstEntry().getValue();
        boolean statesTtl = line.ttl != RecordLine.NONE;
        if (!statesTtl && before.isNone()) {
          before = afterSoa(line, type, outcome);
        }
        int ttl = statesTtl ? NumberText.ttlSeconds(line.line, line.ttl) : before.ttl();
        if (outcome.ttlSeconds() != EditPlan.SAME_TTL) {
          ttl = outcome.ttlSeconds();
        }
        if (outcome.goes()) {
          if (otherOwner == null) {
            Owner repeated = ownerBefore(entry);
            otherOwner = repeated == null ? WireName.ROOT : repeated.name();
          }
        } else {
          lines.add(written(line, owner, type, ttl, outcome.rdata()));
        }
        ownerKnownAt = entry + 1;
        knownOwner = owner;
        if (Objects.equals(owner.name(), otherOwner)) {
          otherOwner = null;
        }
      }

      /// An SOA without a TTL, of which none is known, gives its minimum to all (RFC 2308 §4).
      /// Where the edit changes that, a `$TTL` line keeps it for the others.
      private Carried afterSoa(RecordLine line, RRType type, Outcome outcome)
          throws BadEntryException {
        int minimum = minimum(line.rdata(type, origin));
        Rdata rdata = outcome.rdata();
        Carried fromSoa = new Carried(minimum, 0);
        if (!carried.isNone()
            || (rdata != null && minimum(rdata) != minimum)
            || (outcome.ttlSeconds() != EditPlan.SAME_TTL && outcome.ttlSeconds() != minimum)) {
          lines.add("$TTL " + minimum);
        }
        carried = fromSoa;
        return fromSoa;
      }

      private int minimum(Rdata soa) {
        return soa.u32At(soa.length() - 4);
      }

      private String written(
          RecordLine there, Owner owner, RRType type, int ttl, @Nullable Rdata rdata)
          throws BadEntryException, RefusedEditException {
        String written = text;
        if (otherOwner != null && !there.hasOwner()) {
          written = LineStyle.withOwner(RecordLine.of(written), ownerText(owner));
        }
        RecordLine line = RecordLine.of(written);
        if (line.ttl == RecordLine.NONE) {
          if (carried.ttl() != ttl) {
            written = LineStyle.withTtl(line, ttl);
            carried = carried.afterStated(ttl);
          }
        } else {
          if (NumberText.ttlSeconds(line.line, line.ttl) != ttl) {
            Splices splice = new Splices();
            line.replace(line.ttl, TimeText.like(line.text(line.ttl), ttl), splice);
            written = line.with(splice);
          }
          carried = carried.afterStated(ttl);
        }
        // The line has its owner's meaning again.
        otherOwner = null;
        return rdata == null ? written : withRdata(RecordLine.of(written), type, rdata);
      }

      private String ownerText(Owner owner) {
        return owner.origin().equals(origin)
            ? owner.text()
            : style(entry).ownerForm(origin).ownerText(owner.name());
      }

      private String withRdata(RecordLine line, RRType type, Rdata rdata)
          throws BadEntryException, RefusedEditException {
        boolean relative = style(entry).writesRelative(type);
        String written =
            RdataRewrite.rewrite(line, type, origin, line.rdata(type, origin), rdata, relative);
        if (written == null) {
          throw new RefusedEditException("the " + type + " record cannot be written in its line");
        }
        return written;
      }

      /// Adds a new record's line.
      void add(NewRecord record) throws BadEntryException {
        LineStyle style = style(entry);
        RecordLine last = RecordLine.of(lines.isEmpty() ? text : lines.getLast());
        WireName there = otherOwner;
        if (there == null) {
          Owner owner = ownerBefore(entry + 1);
          there = owner == null ? null : owner.name();
        }
        boolean leavesOwnerOut =
            Objects.equals(record.owner(), there) && !last.isGenerate && style.leavesOwnerOut(last);
        boolean needsTtl = carried.ttl() != record.ttlSeconds();
        String line = style.line(record, origin, leavesOwnerOut, needsTtl);
        lines.add(line);
        if (RecordLine.of(line).ttl != RecordLine.NONE) {
          carried = carried.afterStated(record.ttlSeconds());
        }
        Owner before = ownerBefore(entry + 1);
        otherOwner = before != null && before.name().equals(record.owner()) ? null : record.owner();
      }

      void generate(RecordLine line, Carried before, OfEntry plans)
          throws BadEntryException, RefusedEditException {
        boolean statesTtl = line.ttl != RecordLine.NONE;
        int ttl = statesTtl ? NumberText.ttlSeconds(line.line, line.ttl) : before.ttl();
        GenerateRange range = GenerateRange.read(line.line, 1);
        if (plans.outcomes.isEmpty()) {
          lines.add(generateLine(line, null, ttl));
          return;
        }
        Records records = file.records();
        int first = plans.outcomes.firstKey();
        while (first > 0 && records.offset(first - 1) == records.offset(first)) {
          first--;
        }
        long next = range.start();
        for (Map.Entry<Integer, Outcome> each : plans.outcomes.entrySet()) {
          int record = each.getKey();
          long number = range.start() + (record - first) * range.step();
          part(line, first, range, next, number - range.step(), ttl);
          next = number + range.step();
          Outcome outcome = each.getValue();
          if (!outcome.goes()) {
            int itsTtl = outcome.ttlSeconds() == EditPlan.SAME_TTL ? ttl : outcome.ttlSeconds();
            Rdata rdata = outcome.rdata() == null ? records.rdata(record) : outcome.rdata();
            generated(new NewRecord(records.owner(record), records.type(record), itsTtl, rdata));
          }
        }
        part(line, first, range, next, range.stop(), ttl);
      }

      /// Adds what a `$GENERATE` line makes of some of its numbers.
      private void part(
          RecordLine line, int first, GenerateRange of, long start, long stop, int ttl)
          throws BadEntryException, RefusedEditException {
        if (start > stop) {
          return;
        }
        GenerateRange range = new GenerateRange(start, stop, of.step());
        if (range.count() == 1) {
          int record = first + (int) ((start - of.start()) / of.step());
          Records records = file.records();
          generated(
              new NewRecord(
                  records.owner(record), records.type(record), ttl, records.rdata(record)));
        } else {
          countLine();
          lines.add(generateLine(line, range, ttl));
        }
      }

      private void generated(NewRecord record) throws BadEntryException, RefusedEditException {
        countLine();
        add(record);
      }

      private void countLine() throws RefusedEditException {
        if (++linesOfGenerate > MAX_LINES_OF_GENERATE) {
          throw new RefusedEditException(
              "$GENERATE lines would become more than "
                  + MAX_LINES_OF_GENERATE
                  + " lines; write their records out first");
        }
      }

      private String generateLine(RecordLine there, @Nullable GenerateRange range, int ttl) {
        // The comment stays with the first part.
        String written = keptComment ? withoutComment(there) : text;
        keptComment = true;
        RecordLine line = RecordLine.of(written);
        if (line.ttl == RecordLine.NONE && carried.ttl() != ttl) {
          line = RecordLine.of(LineStyle.withTtl(line, ttl));
        }
        Splices splice = new Splices();
        if (range != null) {
          String step = range.step() == 1 ? "" : "/" + range.step();
          String text = range.start() + "-" + range.stop() + step;
          splice.add(line.from(1), line.to(1), text);
        }
        return line.with(splice);
      }

      /// The line up to its last token or parenthesis.
      private String withoutComment(RecordLine line) {
        int from = line.to(line.line.count() - 1);
        String rest = line.text(from, line.line.lineEnd() - end.length());
        int comment = rest.indexOf(';');
        boolean isPlain = rest.indexOf(')') < 0;
        return isPlain && comment >= 0 ? line.text(line.line.lineStart(), from) : text;
      }

      /// Puts the lines in place of the entry.
      void write() {
        StringBuilder all = new StringBuilder();
        boolean isLast = end.isEmpty() || end.equals("\r");
        String separator = isLast ? endOfFirstLine() : end;
        for (int i = 0; i < lines.size(); i++) {
          all.append(lines.get(i)).append(isLast && i == lines.size() - 1 ? end : separator);
        }
        if (!all.toString().contentEquals(text + end)) {
          edits.add(start, source.entryEnd(entry), all.toString());
        }
      }

      private String endOfFirstLine() {
        for (int i = 0; i < source.length(); i++) {
          if (source.octet(i) == '\n') {
            return i > 0 && source.octet(i - 1) == '\r' ? "\r\n" : "\n";
          }
        }
        return "\n";
      }
    }
  }
}
