package zonetrail.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesTest {
  private final LoggerContext context = new LoggerContext();
  private final JsonLines lines = new JsonLines();

  private LoggingEvent event(String message, @Nullable Throwable thrown) {
    return new LoggingEvent(
        "test", context.getLogger("zonetrail"), Level.WARN, message, thrown, new Object[0]);
  }

  private String line(LoggingEvent event) {
    return new String(lines.encode(event), UTF_8);
  }

  private JsonNode read(LoggingEvent event) {
    return JsonMapper.shared().readTree(line(event));
  }

  @Test
  void aLineHasTimeLevelAndMessage() {
    JsonNode read = read(event("hello", null));
    assertThat(read.get("time").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*Z");
    assertThat(read.get("level").asString()).isEqualTo("warn");
    assertThat(read.get("message").asString()).isEqualTo("hello");
    assertThat(read.has("error")).isFalse();
  }

  @Test
  void theFieldsOfAnEventStandBesideThem_numbersAsNumbers() {
    LoggingEvent event = event("serving", null);
    event.addKeyValuePair(new KeyValuePair("event", "zone_added"));
    event.addKeyValuePair(new KeyValuePair("zone", "example.com"));
    event.addKeyValuePair(new KeyValuePair("serial", 4_294_967_295L));
    JsonNode read = read(event);
    assertThat(read.get("event").asString()).isEqualTo("zone_added");
    assertThat(read.get("zone").asString()).isEqualTo("example.com");
    assertThat(read.get("serial").isNumber()).isTrue();
    assertThat(read.get("serial").asLong()).isEqualTo(4_294_967_295L);
  }

  @Test
  void noFieldTakesThePlaceOfTimeOrLevel() {
    LoggingEvent event = event("x", null);
    event.addKeyValuePair(new KeyValuePair("level", "error"));
    assertThat(read(event).get("level").asString()).isEqualTo("warn");
  }

  @Test
  void aNameThatHoldsALineFeedOrAnEscapeForgesNothing() {
    String line = line(event("a\nERROR forged \u001b[31m \u202e x\u0085y", null));
    assertThat(line).endsWith("}\n");
    assertThat(line.strip()).matches("[\\x20-\\x7e]+");
  }

  @Test
  void anErrorComesWithItsStackTrace_inTheSameLine() {
    LoggingEvent event = event("defect", new IllegalStateException("because"));
    assertThat(line(event).lines()).hasSize(1);
    assertThat(read(event).get("error").asString())
        .contains("IllegalStateException: because", "JsonLinesTest");
  }
}
