package zonetrail.server.git;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.HeldBack.Mark;
import zonetrail.authority.Layout;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// The message of a commit on the served line; [ServedLine] has its form.
///
/// @param source the commit that was looked at
/// @param place which files were taken for zones
record ServedMessage(String source, Place place, List<Mark> marks) {
  private static final String SOURCE = "Zonetrail-Source";
  private static final String PATH = "Zonetrail-Path";
  private static final String LAYOUT = "Zonetrail-Layout";
  private static final String AS_OF = "Zonetrail-As-Of";
  private static final String HELD = "Zonetrail-Held";
  private static final String INCLUDED = "Zonetrail-Included";
  private static final String FLOOR = "Zonetrail-Floor";
  private static final String NO_BLOB = "-";

  /// Which files were taken for zones: only a start that takes the same ones goes on from what they
  /// were.
  ///
  /// @param folder the folder that was served, from the top, as `a/b`
  /// @param layout as [Layout#toString] has it
  record Place(String folder, String layout) {
    Place(List<String> folder, Layout layout) {
      this(String.join("/", folder), layout.toString());
    }
  }

  ServedMessage {
    marks = List.copyOf(marks);
  }

  /// Reads a message; lines that say nothing known are left alone.
  static ServedMessage parse(String text) {
    String source = "";
    String folder = "";
    String layout = Layout.DEFAULT.toString();
    List<Mark> marks = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon < 0) {
        continue;
      }
      String value = line.substring(colon + 2);
      switch (line.substring(0, colon)) {
        case SOURCE -> source = value;
        case PATH -> folder = value;
        case LAYOUT -> layout = value;
        case String key -> {
          Mark mark = mark(key, value.split(" ", -1));
          if (mark != null) {
            marks.add(mark);
          }
        }
      }
    }
    return new ServedMessage(source, new Place(folder, layout), marks);
  }

  private static @Nullable Mark mark(String key, String[] words) {
    try {
      WireName zone = WireName.parse(words[0]);
      return switch (key) {
        case AS_OF ->
            new Mark.AsOf(zone, words[1], Instant.ofEpochSecond(Long.parseLong(words[2])));
        case HELD -> new Mark.Held(zone, words[1], words[2].equals(NO_BLOB) ? null : words[2]);
        case INCLUDED -> new Mark.Included(zone);
        case FLOOR -> new Mark.Floor(zone, Serial.of(Long.parseLong(words[1])), words[2]);
        default -> null;
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException notOurs) {
      return null;
    }
  }

  private static String line(Mark mark) {
    return switch (mark) {
      case Mark.AsOf(WireName zone, String version, Instant time) ->
          AS_OF + ": " + zone + " " + version + " " + time.getEpochSecond();
      case Mark.Held(WireName zone, String version, String contentId) ->
          HELD + ": " + zone + " " + version + " " + (contentId == null ? NO_BLOB : contentId);
      case Mark.Included(WireName zone) -> INCLUDED + ": " + zone;
      case Mark.Floor(WireName zone, Serial serial, String contentId) ->
          FLOOR + ": " + zone + " " + serial + " " + contentId;
    };
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("serve ").append(source, 0, 7).append("\n\n");
    text.append(SOURCE).append(": ").append(source).append('\n');
    text.append(PATH).append(": ").append(place.folder()).append('\n');
    text.append(LAYOUT).append(": ").append(place.layout()).append('\n');
    marks.stream()
        .map(ServedMessage::line)
        .sorted()
        .forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
