package zonetrail.wire;

/// Gateways of IPSECKEY and relays of AMTRELAY records: nothing, an address or a name.
@Rfc(number = 4025, section = "2.5")
@Rfc(number = 8777, section = "4.2.4")
public final class GatewayRdata {
  /// There is no gateway.
  public static final int NONE = 0;

  /// The gateway is an IPv4 address.
  public static final int IPV4 = 1;

  /// The gateway is an IPv6 address.
  public static final int IPV6 = 2;

  /// The gateway is a name, which is never compressed.
  public static final int NAME = 3;

  private GatewayRdata() {}

  static int endOf(byte[] rdata, int at, int type) {
    int end =
        switch (type) {
          case NONE -> at;
          case IPV4 -> at + 4;
          case IPV6 -> at + 16;
          case NAME -> WireName.endOf(rdata, at, rdata.length);
          default -> -1;
        };
    return end <= rdata.length ? end : -1;
  }

  /// Relays of types to come are taken as they are, since nothing stands behind them.
  static int endOfRelay(byte[] rdata, int at) {
    int type = rdata[at - 1] & 0x7f;
    return type > NAME ? rdata.length : endOf(rdata, at, type);
  }
}
