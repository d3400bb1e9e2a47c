package zonetrail.masterfile;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Puts other rdata into a record's line and leaves as much of it as can be: the tokens that say
/// the same, blanks, parentheses, comments.
///
/// Several ways are gone, the gentlest first, and the first one counts whose line reads as the
/// rdata wanted: only the tokens that differ; a run of tokens; digits spread as they were; all of
/// the rdata.
final class RdataRewrite {
  private final RecordLine line;
  private final RRType type;
  private final WireName origin;
  private final Rdata wanted;
  private final List<RecordLine.Word> words;
  private final int count;
  private final List<String> before;
  private final List<String> whole;
  private final List<String> relative;
  private final boolean prefersRelative;

  private RdataRewrite(
      RecordLine line, RRType type, WireName origin, Rdata old, Rdata wanted, boolean relative) {
    this.line = line;
    this.type = type;
    this.origin = origin;
    this.wanted = wanted;
    this.words = line.words(line.type + 1);
    this.count = words.size();
    this.before = tokens(RdataText.print(type, old));
    this.whole = tokens(RdataText.print(type, wanted));
    this.relative = tokens(RdataText.print(type, wanted, NameForm.relativeTo(origin)));
    this.prefersRelative = relative;
  }

  /// The line with other rdata, or null if that cannot be written here.
  ///
  /// @param old what the line says
  /// @param relative how names are written where the line does not show it
  static @Nullable String rewrite(
      RecordLine line, RRType type, WireName origin, Rdata old, Rdata wanted, boolean relative) {
    RdataRewrite rewrite =
        new RdataRewrite(
            line, type, origin, old, wanted, writesRelative(line, type, origin, old, relative));
    List<Function<RdataRewrite, @Nullable Splices>> ways =
        List.of(
            RdataRewrite::tokenByToken,
            RdataRewrite::digitsAsTheyWere,
            RdataRewrite::runOfTokens,
            RdataRewrite::aroundComments,
            RdataRewrite::allOfIt);
    for (Function<RdataRewrite, @Nullable Splices> way : ways) {
      Splices splices = way.apply(rewrite);
      if (splices != null) {
        String text = line.with(splices);
        if (rewrite.readsAsWanted(text)) {
          return text;
        }
      }
    }
    return null;
  }

  /// The words of printed rdata, with their quotes.
  static List<String> tokens(String printed) {
    RecordLine line = RecordLine.of(printed);
    return line.words(0).stream().map(line::text).toList();
  }

  /// Whether a line writes the names in its rdata relative to the origin; `unless` where it has
  /// none that could be.
  static boolean writesRelative(
      RecordLine line, RRType type, WireName origin, Rdata rdata, boolean unless) {
    Boolean relative = writesRelative(line, type, origin, rdata);
    return relative == null ? unless : relative;
  }

  /// The same; null where it has none that could be.
  static @Nullable Boolean writesRelative(
      RecordLine line, RRType type, WireName origin, Rdata rdata) {
    String absolute = RdataText.print(type, rdata);
    String relative = RdataText.print(type, rdata, NameForm.relativeTo(origin));
    if (absolute.equals(relative)) {
      return null; // most have no name in them
    }
    List<String> absolutes = tokens(absolute);
    List<String> relatives = tokens(relative);
    List<RecordLine.Word> words = line.words(line.type + 1);
    if (words.size() != absolutes.size()) {
      return null;
    }
    for (int i = 0; i < absolutes.size(); i++) {
      if (!absolutes.get(i).equals(relatives.get(i))) {
        return !NameForm.isWhole(line.text(words.get(i)));
      }
    }
    return null;
  }

  private boolean readsAsWanted(String text) {
    RecordLine written = RecordLine.of(text);
    if (written.line.problem() != null
        || written.type != line.type
        || written.line.count() <= written.type
        || written.line.lineEnd() != text.length()) {
      return false;
    }
    try {
      return written.rdata(type, origin).equals(wanted);
    } catch (BadEntryException unreadable) {
      return false;
    }
  }

  private @Nullable Splices tokenByToken() {
    if (count != before.size() || count != whole.size()) {
      return null;
    }
    Splices splices = new Splices();
    for (int i = 0; i < count; i++) {
      if (!before.get(i).equals(whole.get(i))) {
        RecordLine.Word word = words.get(i);
        line.replace(word.from(), word.to(), like(line.text(word), i), splices);
      }
    }
    return splices;
  }

  /// A printed token in the form of the one in whose place it comes.
  private String like(String there, int i) {
    String text = whole.get(i);
    if (!text.equals(relative.get(i))) {
      return NameForm.isWhole(there) ? text : relative.get(i);
    }
    if (type.equals(RRType.SOA) && i > 2) {
      return TimeText.like(there, Integer.parseUnsignedInt(text));
    }
    return there.startsWith("\"") ? text : unquoted(text);
  }

  /// Without its quotes, where those are not needed.
  private static String unquoted(String text) {
    if (text.length() < 3 || text.charAt(0) != '"') {
      return text;
    }
    String inner = text.substring(1, text.length() - 1);
    return inner.chars().allMatch(c -> Character.isLetterOrDigit(c) || "._-=:/+,*".indexOf(c) >= 0)
        ? inner
        : text;
  }

  /// Digits that go over several tokens and whose number stays: each token keeps its length.
  private @Nullable Splices digitsAsTheyWere() {
    int same = samePrefix();
    if (count == before.size() || whole.size() != same + 1 || before.size() != same + 1) {
      return null;
    }
    String digits = whole.getLast();
    int at = 0;
    Splices splices = new Splices();
    for (RecordLine.Word word : words.subList(same, count)) {
      int end = at + word.to() - word.from();
      if (end > digits.length()) {
        return null;
      }
      splices.add(word.from(), word.to(), digits.substring(at, end));
      at = end;
    }
    return at == digits.length() ? splices : null;
  }

  /// How many tokens in front say the same before and afterwards.
  private int samePrefix() {
    int most = Math.min(count, Math.min(before.size(), whole.size()));
    int same = 0;
    while (same < most && before.get(same).equals(whole.get(same))) {
      same++;
    }
    return same;
  }

  private int sameSuffix(int prefix) {
    if (count != before.size()) {
      return 0;
    }
    int most = Math.min(before.size(), whole.size()) - prefix;
    int same = 0;
    while (same < most && before.get(before.size() - 1 - same).equals(fromEnd(whole, same))) {
      same++;
    }
    return same;
  }

  private static String fromEnd(List<String> tokens, int i) {
    return tokens.get(tokens.size() - 1 - i);
  }

  private String written(int from, int to) {
    return String.join(" ", (prefersRelative ? relative : whole).subList(from, to));
  }

  private @Nullable Splices runOfTokens() {
    int prefix = samePrefix();
    int suffix = sameSuffix(prefix);
    int end = count - suffix;
    String text = written(prefix, whole.size() - suffix);
    int before = prefix == 0 ? line.to(line.type) : words.get(prefix - 1).to();
    Splices splices = new Splices();
    if (prefix >= end) {
      splices.add(before, before, " " + text);
      return splices;
    }
    int start = text.isEmpty() ? before : words.get(prefix).from();
    int stop = words.get(end - 1).to();
    if (holdsMore(start, stop)) {
      return null;
    }
    splices.add(start, stop, text);
    return splices;
  }

  /// Whether there is more between words than blanks and line ends, so that it may not be dropped.
  private boolean holdsMore(int start, int stop) {
    int at = start;
    for (RecordLine.Word word : words) {
      if (word.from() >= start && word.to() <= stop) {
        if (holdsMore(line.text(at, word.from()))) {
          return true;
        }
        at = word.to();
      }
    }
    return false;
  }

  private static boolean holdsMore(String gap) {
    return gap.indexOf('(') >= 0 || gap.indexOf(')') >= 0 || gap.indexOf(';') >= 0;
  }

  /// Everything new comes in place of the first word that differs; the others go, and what is
  /// between them stays.
  private @Nullable Splices aroundComments() {
    int prefix = samePrefix();
    int suffix = sameSuffix(prefix);
    if (prefix + suffix >= count) {
      return null;
    }
    return inPlaceOf(words.subList(prefix, count - suffix), written(prefix, whole.size() - suffix));
  }

  private static Splices inPlaceOf(List<RecordLine.Word> words, String text) {
    Splices splices = new Splices();
    splices.add(words.getFirst().from(), words.getFirst().to(), text);
    for (RecordLine.Word word : words.subList(1, words.size())) {
      splices.add(word.from(), word.to(), "");
    }
    return splices;
  }

  private Splices allOfIt() {
    String text = written(0, whole.size());
    if (count > 0 && holdsMore(words.getFirst().from(), words.getLast().to())) {
      return inPlaceOf(words, text);
    }
    Splices splices = new Splices();
    if (count == 0) {
      splices.add(line.to(line.type), line.to(line.type), " " + text);
    } else {
      splices.add(words.getFirst().from(), words.getLast().to(), text);
    }
    return splices;
  }
}
