package zonetrail.masterfile;

import static java.lang.Boolean.FALSE;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.EditPlan.NewRecord;
import zonetrail.masterfile.MasterFile.EntryKind;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// The form of the lines about a place in a file, in which a new record's line is written: which
/// columns, blanks or tabs; whether TTL and class are stated and in which order; names whole or
/// relative; owners repeated or left out.
final class LineStyle {
  /// How many records before the place, and after it, are looked at.
  private static final int BEFORE = 12;

  private static final int AFTER = 6;

  /// How many entries are looked through for them.
  private static final int MAX_ENTRIES = 100;

  /// Records on one line, the nearest before the place first.
  private final List<Neighbour> neighbours = new ArrayList<>();

  /// A record's line.
  ///
  /// @param entry where it stands
  private record Neighbour(int entry, RecordLine line, WireName origin) {
    @Nullable RRType type() {
      return TypeNames.find(line.line, line.type);
    }

    boolean isOfType(RRType type) {
      return type.equals(type());
    }
  }

  private LineStyle() {}

  /// The form of the lines about an entry, which is one of them.
  static LineStyle around(Lines file, int entry) {
    LineStyle style = new LineStyle();
    style.gather(file, entry, -1, BEFORE);
    style.gather(file, entry + 1, 1, BEFORE + AFTER);
    return style;
  }

  private void gather(Lines file, int from, int step, int most) {
    int looked = 0;
    for (int entry = from;
        entry >= 0
            && entry < file.entryCount()
            && neighbours.size() < most
            && looked++ < MAX_ENTRIES;
        entry += step) {
      if (file.entryKind(entry) == EntryKind.RECORD) {
        RecordLine line = file.line(entry);
        if (line.isPlain()) {
          neighbours.add(new Neighbour(entry, line, file.scope(entry).origin()));
        }
      }
    }
  }

  /// Whether a record after one of its own owner leaves the owner out, as the nearest lines do that
  /// have the owner of the one before.
  ///
  /// @param after the line that it comes after
  boolean leavesOwnerOut(RecordLine after) {
    if (!after.hasOwner()) {
      return true;
    }
    String last = "";
    for (Neighbour neighbour : neighbours) {
      if (!neighbour.line.hasOwner()) {
        return true;
      }
      String owner = neighbour.line.text(0);
      if (owner.equals(last)) {
        return false;
      }
      last = owner;
    }
    return false;
  }

  /// Whether names are written relative to the origin.
  private boolean writesOwnersRelative() {
    for (Neighbour neighbour : neighbours) {
      if (neighbour.line.hasOwner()) {
        String owner = neighbour.line.text(0);
        return !NameForm.isWhole(owner) || owner.equals(".");
      }
    }
    return true;
  }

  /// The form in which owners are written.
  NameForm ownerForm(WireName origin) {
    return new NameForm(writesOwnersRelative(), origin);
  }

  /// Whether names are written relative to the origin in rdata of a type.
  boolean writesRelative(RRType type) {
    Boolean likeItsType = writesRelative(each -> each.isOfType(type));
    if (likeItsType != null) {
      return likeItsType;
    }
    Boolean likeOthers = writesOwnersRelative() ? writesRelative(any -> true) : FALSE;
    return likeOthers == null || likeOthers;
  }

  /// Whether the rdata of the nearest of some lines has relative names; null if none has names that
  /// could be.
  private @Nullable Boolean writesRelative(Predicate<Neighbour> which) {
    for (Neighbour neighbour : neighbours) {
      Boolean relative = which.test(neighbour) ? writesRelative(neighbour) : null;
      if (relative != null) {
        return relative;
      }
    }
    return null;
  }

  /// Whether the rdata of a line has relative names; null if it has none that could be.
  private static @Nullable Boolean writesRelative(Neighbour neighbour) {
    RRType type = neighbour.type();
    if (type == null) {
      return null;
    }
    try {
      Rdata rdata = neighbour.line.rdata(type, neighbour.origin);
      return RdataRewrite.writesRelative(neighbour.line, type, neighbour.origin, rdata);
    } catch (BadEntryException unreadable) {
      return null;
    }
  }

  /// A line for a record, without its end.
  ///
  /// @param leavesOwnerOut whether the record in front has the same owner
  /// @param needsTtl whether the record would have another TTL if it stated none
  String line(NewRecord record, WireName origin, boolean leavesOwnerOut, boolean needsTtl) {
    boolean statesTtl = needsTtl || mostStateTtl();
    Neighbour model = model(record.type(), statesTtl);
    String owner = leavesOwnerOut ? "" : ownerForm(origin).ownerText(record.owner());
    String rdata = rdataText(record, origin);
    if (model == null) {
      String ttl = statesTtl ? record.ttlSeconds() + " " : "";
      return owner + " " + ttl + record.type() + " " + rdata;
    }
    RecordLine line = model.line;
    StringBuilder text = new StringBuilder(owner);
    boolean hasTtl = false;
    for (int token = line.firstAfterOwner(); token <= line.type; token++) {
      if (token == line.ttl) {
        if (statesTtl) {
          hasTtl = true;
          append(text, model, token, TimeText.like(line.text(token), record.ttlSeconds()));
        }
      } else if (token == line.recordClass) {
        append(text, model, token, line.text(token));
      } else {
        append(text, model, token, typeText(line, record.type()));
      }
    }
    appendRdata(text, model, record.type(), rdata);
    return statesTtl && !hasTtl
        ? withTtl(RecordLine.of(text.toString()), record.ttlSeconds())
        : text.toString();
  }

  private String rdataText(NewRecord record, WireName origin) {
    RdataLayout layout = RdataLayout.of(record.type());
    // Most rdata has no name in it: then it is all the same how other lines write theirs.
    boolean isRelative = layout != null && layout.mayHoldNames() && writesRelative(record.type());
    NameForm form = isRelative ? NameForm.relativeTo(origin) : NameForm.WHOLE;
    return RdataText.print(record.type(), record.rdata(), form);
  }

  private boolean mostStateTtl() {
    long stating = neighbours.stream().filter(each -> each.line.ttl != RecordLine.NONE).count();
    return stating * 2 > neighbours.size();
  }

  /// The line that is imitated: the nearest one of those that are most alike.
  private @Nullable Neighbour model(RRType type, boolean statesTtl) {
    Neighbour best = null;
    int bestWorth = -1;
    for (Neighbour neighbour : neighbours) {
      int worth =
          (neighbour.line.ttl != RecordLine.NONE == statesTtl ? 2 : 0)
              + (neighbour.isOfType(type) ? 1 : 0);
      if (worth > bestWorth) {
        best = neighbour;
        bestWorth = worth;
      }
    }
    return best;
  }

  private static String typeText(RecordLine line, RRType type) {
    String model = line.text(line.type);
    return model.equals(model.toLowerCase(Locale.ROOT))
        ? type.toString().toLowerCase(Locale.ROOT)
        : type.toString();
  }

  private void appendRdata(StringBuilder text, Neighbour model, RRType type, String rdata) {
    RecordLine line = model.line;
    List<String> words = RdataRewrite.tokens(rdata);
    List<RecordLine.Word> there = line.words(line.type + 1);
    boolean isAlike = model.isOfType(type) && there.size() == words.size();
    for (int i = 0; i < words.size(); i++) {
      if (i < there.size() && (i == 0 || isAlike)) {
        append(text, model, there.get(i).token(), words.get(i));
      } else {
        text.append(' ').append(words.get(i));
      }
    }
  }

  /// Adds a token with the blanks in front that the model has, or up to the column in which it has
  /// the token.
  private void append(StringBuilder text, Neighbour model, int token, String written) {
    int column = RecordLine.columnAfter(0, text.toString());
    String gap = model.line.gap(token);
    int wanted = model.line.column(model.line.from(token));
    boolean tabs = gap.indexOf('\t') >= 0;
    boolean isFirst = token == model.line.firstAfterOwner();
    if (isFirst && text.isEmpty() && !model.line.hasOwner()) {
      text.append(gap);
    } else if (isFirst && text.isEmpty() != !model.line.hasOwner()) {
      text.append(RecordLine.blanks(column, wanted, tabs));
    } else if (isColumn(model, token, gap, wanted)) {
      text.append(RecordLine.blanks(column, wanted, tabs));
    } else {
      text.append(gap);
    }
    text.append(written);
  }

  /// Whether the lines have this token in one column, and not just the same blanks in front.
  private boolean isColumn(Neighbour model, int token, String gap, int column) {
    int modelGapColumn = model.line.column(model.line.gapStart(token));
    int votes = 0;
    for (Neighbour other : neighbours) {
      int there = likePlace(model, token, other);
      if (there == RecordLine.NONE
          || other.line.column(other.line.gapStart(there)) == modelGapColumn) {
        continue;
      }
      if (other.line.column(other.line.from(there)) == column) {
        votes++;
      } else if (other.line.gap(there).equals(gap)) {
        votes--;
      }
    }
    return votes == 0 ? gap.length() > 1 : votes > 0;
  }

  /// The token of another line that is in the place of one of the model's.
  private static int likePlace(Neighbour model, int token, Neighbour other) {
    RecordLine a = model.line;
    RecordLine b = other.line;
    if (a.ttl == RecordLine.NONE != (b.ttl == RecordLine.NONE)
        || a.recordClass == RecordLine.NONE != (b.recordClass == RecordLine.NONE)) {
      return RecordLine.NONE;
    }
    int there = token - a.type + b.type;
    boolean isRdata = token > a.type + 1;
    return there < b.firstAfterOwner()
            || there >= b.line.count()
            || (isRdata && !a.line.isSameWord(a.type, b.line, b.type))
        ? RecordLine.NONE
        : there;
  }

  /// A line that states no TTL, with one; in the blanks in front of class and type if there is
  /// room.
  static String withTtl(RecordLine line, int ttlSeconds) {
    String ttl = Integer.toString(ttlSeconds);
    int token = line.firstAfterOwner();
    int at = line.from(token);
    String gap = line.gap(token);
    Splices splices = new Splices();
    int room = gap.length() - ttl.length() - 1;
    boolean isAfterOwner = line.hasOwner();
    if (RecordLine.isBlank(gap) && gap.indexOf('\t') < 0 && room >= 1) {
      splices.add(line.gapStart(token), at, " ".repeat(room) + ttl + " ");
    } else if (isAfterOwner && gap.length() > 1 && gap.equals("\t".repeat(gap.length()))) {
      String shorter = gap.substring(1) + ttl + "\t";
      int column = line.column(line.gapStart(token));
      boolean staysInColumn =
          RecordLine.columnAfter(column, shorter) == RecordLine.columnAfter(column, gap);
      splices.add(line.gapStart(token), at, staysInColumn ? shorter : gap + ttl + "\t");
    } else {
      splices.add(at, at, ttl + (gap.indexOf('\t') >= 0 && RecordLine.isBlank(gap) ? "\t" : " "));
    }
    return line.with(splices);
  }

  /// A line that repeats the owner of the one before, with an owner.
  static String withOwner(RecordLine line, String owner) {
    int start = line.line.lineStart();
    int end = start;
    while (line.line.text()[end] == ' ' || line.line.text()[end] == '\t') {
      end++;
    }
    String blanks = line.text(start, end);
    int column = RecordLine.columnAfter(0, owner);
    int wanted = RecordLine.columnAfter(0, blanks);
    Splices splices = new Splices();
    boolean tabs = blanks.indexOf('\t') >= 0;
    splices.add(start, end, owner + RecordLine.blanks(column, wanted, tabs));
    return line.with(splices);
  }
}
