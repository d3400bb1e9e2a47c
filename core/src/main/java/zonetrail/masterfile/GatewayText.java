package zonetrail.masterfile;

import zonetrail.wire.GatewayRdata;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// Gateways of IPSECKEY and relays of AMTRELAY records: `.` for none, an address or a name.
@Rfc(number = 4025, section = "3.1")
@Rfc(number = 8777, section = "4.3.1")
final class GatewayText {
  private static final int DISCOVERY = 0x80;

  private GatewayText() {}

  /// Reads a gateway of a type that was read before.
  ///
  /// @param typeToken where the type stands
  static void read(
      LineScanner line, int token, int typeToken, int type, WireName origin, OctetBuffer out)
      throws BadEntryException {
    switch (type) {
      case GatewayRdata.NONE -> readNone(line, token);
      case GatewayRdata.IPV4 -> AddressText.readIpv4(line, token, out);
      case GatewayRdata.IPV6 -> AddressText.readIpv6(line, token, out);
      case GatewayRdata.NAME -> NameText.readBare(line, token, origin, out);
      default ->
          throw new BadEntryException(
              line.offset(typeToken),
              "bad-gateway",
              line.shown(typeToken)
                  + " is no type with a text form: 0 is none, 1 an IPv4 address, 2 an IPv6 address,"
                  + " 3 a name; others are written \\# LENGTH HEX (RFC 3597 §5)");
    }
  }

  private static void readNone(LineScanner line, int token) throws BadEntryException {
    if (!line.isWord(token, ".")) {
      throw new BadEntryException(
          line.offset(token),
          "bad-gateway",
          line.shown(token) + " stands where '.' belongs, since type 0 is no gateway");
    }
  }

  static void print(byte[] octets, int at, int type, StringBuilder text) {
    switch (type) {
      case GatewayRdata.IPV4 -> AddressText.appendIpv4(text, octets, at);
      case GatewayRdata.IPV6 -> AddressText.appendIpv6(text, octets, at);
      case GatewayRdata.NAME -> text.append(WireName.fromWire(octets, at));
      default -> text.append('.');
    }
  }

  /// Reads the discovery bit and the type of a relay, which share an octet.
  static void readRelayType(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    long discovery = NumberText.number(line, token, 1, "a discovery bit");
    if (token + 1 >= line.count()) {
      throw BadEntryException.missing(line, "a relay type");
    }
    long type = NumberText.number(line, token + 1, 0x7f, "a relay type");
    out.add((int) (discovery * DISCOVERY | type));
  }

  static void printRelayType(byte octet, StringBuilder text) {
    text.append((octet & DISCOVERY) != 0 ? "1 " : "0 ").append(octet & 0x7f);
  }
}
