package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rfc;
import zonetrail.wire.ServiceKey;
import zonetrail.wire.ServiceParameters;

/// The parameters of SVCB and HTTPS records: `alpn=h2,h3 port=8443 key667="a b"`, in any order.
///
/// A value is unescaped like a character string; where it is a list, it is then divided at commas,
/// of which `\,` is none (RFC 9460 §A.1).
@Rfc(number = 9460, section = "2.1")
@Rfc(number = 9460, section = "A.1")
final class ServiceParametersText {
  private static final String RULE = "bad-parameter";
  private static final String UNNAMED = "key";

  private final LineScanner line;
  private final List<Parameter> parameters = new ArrayList<>();

  /// A parameter on its way from text to octets, and where it and its value stand.
  private static final class Parameter {
    private final int key;
    private final byte[] value;
    private final int keyOffset;
    private final int valueOffset;

    /// Where the value's first octet stands, behind a quote; -1 if escapes have moved the others.
    private final int octetsOffset;

    Parameter(int key, byte[] value, int keyOffset, int valueOffset, int octetsOffset) {
      this.key = key;
      this.value = value;
      this.keyOffset = keyOffset;
      this.valueOffset = valueOffset;
      this.octetsOffset = octetsOffset;
    }

    Parameter withValue(byte[] encoded) {
      return new Parameter(key, encoded, keyOffset, valueOffset, -1);
    }

    /// Where an octet of the value stands; the value, its quote included, for the first.
    int offsetOf(int octet) {
      return octet == 0 || octetsOffset < 0 ? valueOffset : octetsOffset + octet;
    }
  }

  /// An item of a list, and the first of its octets in the value.
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record Item(byte[] octets, int start) {}

  private ServiceParametersText(LineScanner line) {
    this.line = line;
  }

  /// Reads parameters to the line's end.
  static void readAll(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    ServiceParametersText text = new ServiceParametersText(line);
    int token = first;
    while (token < line.count()) {
      token = text.read(token);
    }
    text.write(out);
  }

  private int read(int token) throws BadEntryException {
    byte[] text = line.text();
    int start = line.start(token);
    int end = line.end(token);
    int equals = start;
    while (equals < end && text[equals] != '=') {
      equals++;
    }
    int key = line.isQuoted(token) ? -1 : key(text, start, equals);
    if (key < 0) {
      throw new BadEntryException(
          line.offset(token),
          RULE,
          line.shown(token)
              + " does not begin with the key of a parameter, like alpn=h2 or key667=x; are quotes"
              + " missing around a value? (RFC 9460 §2.1)");
    }
    int next = token + 1;
    int from = Math.min(equals + 1, end);
    int valueOffset = equals < end ? from : start;
    if (equals < end && from == end && isQuotedValue(next, end)) {
      from = line.start(next);
      end = line.end(next);
      valueOffset = line.offset(next++);
    }
    OctetBuffer value = new OctetBuffer(end - from);
    NameText.unescape(text, from, end, value);
    byte[] octets = Arrays.copyOf(value.array(), value.end());
    int octetsOffset = octets.length == end - from ? from : -1;
    Parameter raw = new Parameter(key, octets, start, valueOffset, octetsOffset);
    add(encoded(raw, !isUnnamed(text, start, equals)));
    return next;
  }

  /// Whether a token is the quoted value of the one that ends, with its `=`, right in front of it.
  private boolean isQuotedValue(int token, int end) {
    return token < line.count() && line.isQuoted(token) && line.offset(token) == end;
  }

  private static boolean isUnnamed(byte[] text, int start, int end) {
    return end - start > UNNAMED.length()
        && text[start] == 'k'
        && text[start + 1] == 'e'
        && text[start + 2] == 'y';
  }

  /// The number of a key, or -1 if the text is none. Numbers have no leading zeros.
  private static int key(byte[] text, int start, int end) {
    String name = new String(text, start, Math.min(end - start, 64), StandardCharsets.ISO_8859_1);
    ServiceKey known = ServiceKey.parse(name);
    if (known != null) {
      return known.number();
    }
    String digits = name.startsWith(UNNAMED) ? name.substring(UNNAMED.length()) : "";
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= 5
            && digits.chars().allMatch(c -> c >= '0' && c <= '9')
            && (digits.length() == 1 || digits.charAt(0) != '0');
    int number = isNumber ? Integer.parseInt(digits) : -1;
    return number <= 0xffff ? number : -1;
  }

  private void add(Parameter parameter) throws BadEntryException {
    if (parameters.stream().anyMatch(other -> other.key == parameter.key)) {
      throw new BadEntryException(
          parameter.keyOffset,
          RULE,
          ServiceKey.nameOf(parameter.key) + " stands here twice; keep one (RFC 9460 §2.1)");
    }
    String problem =
        ServiceParameters.problemWith(parameter.key, parameter.value, 0, parameter.value.length);
    if (problem != null) {
      throw new BadEntryException(parameter.valueOffset, RULE, problem);
    }
    parameters.add(parameter);
  }

  /// The parameter with its value as the wire has it. Keys that are written as numbers have the
  /// wire's octets already.
  private Parameter encoded(Parameter raw, boolean isNamed) throws BadEntryException {
    ServiceKey known = isNamed ? ServiceKey.of(raw.key) : null;
    if (known == null || raw.value.length == 0) {
      return raw;
    }
    byte[] value =
        switch (known) {
          case MANDATORY -> mandatory(raw);
          case ALPN -> protocols(raw);
          case PORT -> port(raw);
          case IPV4HINT, IPV6HINT -> addresses(raw, known);
          case ECH -> base64(raw);
          case NO_DEFAULT_ALPN, DOHPATH, OHTTP -> raw.value;
        };
    return raw.withValue(value);
  }

  @Rfc(number = 9460, section = "8")
  private static byte[] mandatory(Parameter raw) throws BadEntryException {
    List<Integer> keys = new ArrayList<>();
    for (Item item : items(raw)) {
      int key = key(item.octets, 0, item.octets.length);
      if (key < 0) {
        throw bad(raw, "mandatory names keys, like alpn,port", item);
      }
      keys.add(key);
    }
    OctetBuffer out = new OctetBuffer(keys.size() * 2);
    keys.stream().sorted().forEach(out::add16);
    return Arrays.copyOf(out.array(), out.end());
  }

  @Rfc(number = 9460, section = "7.1.1")
  private static byte[] protocols(Parameter raw) throws BadEntryException {
    OctetBuffer out = new OctetBuffer(raw.value.length + 1);
    for (Item item : items(raw)) {
      if (item.octets.length == 0 || item.octets.length > 255) {
        throw bad(raw, "a protocol has 1 to 255 octets, like h2 (RFC 9460 §7.1.1)", item);
      }
      out.add(item.octets.length);
      out.add(item.octets, 0, item.octets.length);
    }
    return Arrays.copyOf(out.array(), out.end());
  }

  @Rfc(number = 9460, section = "7.2")
  private static byte[] port(Parameter raw) throws BadEntryException {
    int port = 0;
    for (byte digit : raw.value) {
      boolean isDigit = digit >= '0' && digit <= '9';
      port = isDigit && port <= 0xffff ? port * 10 + (digit - '0') : 0x10000;
    }
    if (port > 0xffff) {
      throw bad(raw, "port is a number from 0 to 65535 (RFC 9460 §7.2)", new Item(raw.value, 0));
    }
    return new byte[] {(byte) (port >>> 8), (byte) port};
  }

  @Rfc(number = 9460, section = "7.3")
  private static byte[] addresses(Parameter raw, ServiceKey key) throws BadEntryException {
    OctetBuffer out = new OctetBuffer(raw.value.length);
    for (Item item : items(raw)) {
      boolean isAddress =
          key == ServiceKey.IPV4HINT
              ? AddressText.readIpv4(item.octets, 0, item.octets.length, out)
              : AddressText.readIpv6(item.octets, 0, item.octets.length, out);
      if (!isAddress) {
        String example = key == ServiceKey.IPV4HINT ? "192.0.2.1,192.0.2.2" : "2001:db8::1";
        throw bad(raw, key + " is a list of addresses like " + example, item);
      }
    }
    return Arrays.copyOf(out.array(), out.end());
  }

  private static byte[] base64(Parameter raw) throws BadEntryException {
    try {
      return Base64.getDecoder().decode(raw.value);
    } catch (IllegalArgumentException e) {
      throw new BadEntryException(
          raw.valueOffset, RULE, "ech is base64 text, with its '=' at the end (RFC 9848 §3)");
    }
  }

  private static BadEntryException bad(Parameter raw, String rule, Item item) {
    return new BadEntryException(
        raw.offsetOf(item.start),
        RULE,
        rule + "; here stands " + LineScanner.shown(item.octets, 0, item.octets.length));
  }

  /// The items of a list. A comma divides, unless a backslash stands in front of it.
  @Rfc(number = 9460, section = "A.1")
  private static List<Item> items(Parameter raw) throws BadEntryException {
    List<Item> items = new ArrayList<>();
    OctetBuffer item = new OctetBuffer(raw.value.length);
    int start = 0;
    for (int i = 0; i < raw.value.length; i++) {
      byte octet = raw.value[i];
      if (octet == ',') {
        items.add(new Item(Arrays.copyOf(item.array(), item.end()), start));
        item.truncate(0);
        start = i + 1;
      } else if (octet != '\\') {
        item.add(octet);
      } else if (++i < raw.value.length && (raw.value[i] == ',' || raw.value[i] == '\\')) {
        item.add(raw.value[i]);
      } else {
        throw new BadEntryException(
            raw.valueOffset,
            RULE,
            "in a list a comma is written \\\\, and a backslash \\\\\\\\, nothing else has one"
                + " in front (RFC 9460 §A.1)");
      }
    }
    items.add(new Item(Arrays.copyOf(item.array(), item.end()), start));
    return items;
  }

  private void write(OctetBuffer out) throws BadEntryException {
    int start = out.end();
    parameters.sort(Comparator.comparingInt(parameter -> parameter.key));
    for (Parameter parameter : parameters) {
      if (parameter.value.length > 0xffff) {
        throw new BadEntryException(
            parameter.valueOffset, RULE, "the value has more than 65535 octets");
      }
      out.add16(parameter.key);
      out.add16(parameter.value.length);
      out.add(parameter.value, 0, parameter.value.length);
    }
    int missing =
        ServiceParameters.missingFor(Arrays.copyOfRange(out.array(), start, out.end()), 0);
    if (missing >= 0) {
      Parameter first = parameters.getFirst();
      boolean isMandatory = first.key == ServiceKey.MANDATORY.number();
      int offset = isMandatory ? first.keyOffset : keyOffset(ServiceKey.NO_DEFAULT_ALPN);
      throw new BadEntryException(
          offset,
          RULE,
          "this needs "
              + ServiceKey.nameOf(missing)
              + " in the same record; add it (RFC 9460 §"
              + (isMandatory ? "8)" : "7.1.1)"));
    }
  }

  private int keyOffset(ServiceKey key) {
    return parameters.stream()
        .filter(parameter -> parameter.key == key.number())
        .mapToInt(parameter -> parameter.keyOffset)
        .findFirst()
        .orElse(line.lineStart());
  }

  static void printAll(byte[] octets, int start, int end, StringBuilder text) {
    for (int at = start; at < end; ) {
      int key = u16(octets, at);
      int from = at + 4;
      int next = from + u16(octets, at + 2);
      text.append(at > start ? " " : "").append(ServiceKey.nameOf(key));
      if (next > from) {
        print(ServiceKey.of(key), octets, from, next, text.append('='));
      }
      at = next;
    }
  }

  private static void print(
      @Nullable ServiceKey key, byte[] octets, int from, int end, StringBuilder text) {
    switch (key) {
      case MANDATORY -> printList(from, end, 2, text, at -> ServiceKey.nameOf(u16(octets, at)));
      case ALPN -> printProtocols(octets, from, end, text);
      case PORT -> text.append(u16(octets, from));
      case IPV4HINT -> printList(from, end, 4, text, at -> ipv4(octets, at));
      case IPV6HINT -> printList(from, end, 16, text, at -> ipv6(octets, at));
      case ECH -> EncodedText.printBase64(octets, from, end, text);
      case null, default -> StringText.printQuoted(octets, from, end, text);
    }
  }

  private static void printList(
      int from, int end, int step, StringBuilder text, IntFunction<String> item) {
    for (int at = from; at < end; at += step) {
      text.append(at > from ? "," : "").append(item.apply(at));
    }
  }

  private static String ipv4(byte[] octets, int at) {
    StringBuilder address = new StringBuilder();
    AddressText.appendIpv4(address, octets, at);
    return address.toString();
  }

  private static String ipv6(byte[] octets, int at) {
    StringBuilder address = new StringBuilder();
    AddressText.appendIpv6(address, octets, at);
    return address.toString();
  }

  private static void printProtocols(byte[] octets, int from, int end, StringBuilder text) {
    OctetBuffer list = new OctetBuffer(2 * (end - from));
    for (int at = from; at < end; at += 1 + (octets[at] & 0xff)) {
      if (at > from) {
        list.add(',');
      }
      for (int i = at + 1; i <= at + (octets[at] & 0xff); i++) {
        if (octets[i] == ',' || octets[i] == '\\') {
          list.add('\\');
        }
        list.add(octets[i]);
      }
    }
    StringText.printQuoted(list.array(), 0, list.end(), text);
  }

  private static int u16(byte[] octets, int at) {
    return (octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff);
  }
}
