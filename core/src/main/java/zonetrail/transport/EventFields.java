package zonetrail.transport;

import io.netty.util.NetUtil;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Event;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// An event as a name and fields, for programs to read: `SerialNotRaised` is `serial_not_raised`,
/// and its record components are the fields. So a new kind of event has its fields without a word
/// here.
final class EventFields {
  /// What stands for the event of a kind: its name, and how to read its fields.
  private record Kind(String name, List<RecordComponent> components) {}

  private static final ClassValue<Kind> KINDS =
      new ClassValue<>() {
        @Override
        protected Kind computeValue(Class<?> type) {
          String words = type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
          RecordComponent[] components = type.getRecordComponents();
          return new Kind(
              words.toLowerCase(Locale.ROOT), components == null ? List.of() : List.of(components));
        }
      };

  private EventFields() {}

  /// The name of the kind of event.
  static String name(Event event) {
    return KINDS.get(event.getClass()).name();
  }

  /// The fields, in order; those without a value are left out, and findings have lines of their
  /// own.
  static Map<String, Object> of(Event event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : KINDS.get(event.getClass()).components()) {
      Object value = read(component, event);
      if (value != null && !component.getName().equals("findings")) {
        fields.put(component.getName(), plain(value));
      }
    }
    return fields;
  }

  /// What a flood of this kind is about: the key, where a client caused it (a client could name a
  /// new zone each time); else the zone or file; else nothing but the kind.
  static Object subject(Event event) {
    Map<String, Object> fields = of(event);
    Object about =
        fields.containsKey("client")
            ? fields.get("key")
            : fields.getOrDefault("zone", fields.get("file"));
    return about == null ? name(event) : name(event) + " (" + about + ")";
  }

  private static @Nullable Object read(RecordComponent component, Event event) {
    try {
      return component.getAccessor().invoke(event);
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("an event is a public record", broken);
    }
  }

  private static Object plain(Object value) {
    return switch (value) {
      case WireName name -> name.toStringNoDot();
      case Serial serial -> serial.value();
      case InetSocketAddress client -> NetUtil.toSocketAddressString(client);
      case Integer number -> number;
      case Long number -> number;
      case Boolean truth -> truth;
      case Collection<?> many -> {
        List<String> texts = new ArrayList<>();
        for (Object one : many) {
          texts.add(plain(one).toString());
        }
        yield String.join(" ", texts);
      }
      default -> value.toString();
    };
  }
}
