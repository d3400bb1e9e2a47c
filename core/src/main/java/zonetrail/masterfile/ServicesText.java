package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import zonetrail.wire.Rfc;

/// The protocol and the services of a WKS record: `TCP smtp telnet`, or numbers.
///
/// Names are known for what such records were used for; any other service is written as the number
/// of its port.
@Rfc(number = 1035, section = "3.4.2")
final class ServicesText {
  private static final Map<String, Integer> PROTOCOLS = Map.of("icmp", 1, "tcp", 6, "udp", 17);

  private static final Map<String, Integer> PORTS =
      Map.ofEntries(
          Map.entry("echo", 7),
          Map.entry("discard", 9),
          Map.entry("systat", 11),
          Map.entry("daytime", 13),
          Map.entry("netstat", 15),
          Map.entry("qotd", 17),
          Map.entry("chargen", 19),
          Map.entry("ftp-data", 20),
          Map.entry("ftp", 21),
          Map.entry("ssh", 22),
          Map.entry("telnet", 23),
          Map.entry("smtp", 25),
          Map.entry("time", 37),
          Map.entry("name", 42),
          Map.entry("nameserver", 42),
          Map.entry("nicname", 43),
          Map.entry("whois", 43),
          Map.entry("domain", 53),
          Map.entry("tftp", 69),
          Map.entry("gopher", 70),
          Map.entry("finger", 79),
          Map.entry("http", 80),
          Map.entry("kerberos", 88),
          Map.entry("pop2", 109),
          Map.entry("pop3", 110),
          Map.entry("sunrpc", 111),
          Map.entry("auth", 113),
          Map.entry("nntp", 119),
          Map.entry("ntp", 123),
          Map.entry("imap", 143),
          Map.entry("snmp", 161),
          Map.entry("bgp", 179),
          Map.entry("irc", 194),
          Map.entry("ldap", 389),
          Map.entry("https", 443),
          Map.entry("imaps", 993),
          Map.entry("pop3s", 995));

  private ServicesText() {}

  /// Reads a protocol, and services to the line's end.
  static void read(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    out.add(number(line, first, 0xff, "a protocol like TCP, or its number,", PROTOCOLS));
    int[] ports = new int[line.count() - first - 1];
    int octets = 0;
    for (int i = 0; i < ports.length; i++) {
      ports[i] = number(line, first + 1 + i, 0xffff, "the port of a service", PORTS);
      octets = Math.max(octets, ports[i] / 8 + 1);
    }
    byte[] bitmap = new byte[octets];
    for (int port : ports) {
      bitmap[port / 8] |= (byte) (0x80 >>> (port % 8));
    }
    out.add(bitmap, 0, octets);
  }

  private static int number(
      LineScanner line, int token, int max, String noun, Map<String, Integer> names)
      throws BadEntryException {
    if (!line.isQuoted(token) && !NumberText.looksLikeTtl(line, token)) {
      int length = Math.min(32, line.end(token) - line.start(token));
      Integer number =
          names.get(
              new String(line.text(), line.start(token), length, StandardCharsets.ISO_8859_1)
                  .toLowerCase(Locale.ROOT));
      if (number != null) {
        return number;
      }
    }
    return (int) NumberText.number(line, token, max, noun);
  }

  static void print(byte[] octets, int at, int end, StringBuilder text) {
    text.append(octets[at] & 0xff);
    for (int port = 0; port < (end - at - 1) * 8; port++) {
      if ((octets[at + 1 + port / 8] & (0x80 >>> (port % 8))) != 0) {
        text.append(' ').append(port);
      }
    }
  }
}
