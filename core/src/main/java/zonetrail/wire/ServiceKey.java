package zonetrail.wire;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The keys of service parameters that have a name (IANA registry "DNS SVCB Service Parameter
/// Keys"); the others are called `key667`.
@Rfc(number = 9460, section = "14.3.2")
public enum ServiceKey {
  /// Which keys a client must know (RFC 9460 §8).
  MANDATORY(0),
  /// Protocols besides the default one (RFC 9460 §7.1).
  ALPN(1),
  /// That the default protocol is not offered (RFC 9460 §7.1).
  NO_DEFAULT_ALPN(2),
  /// The port (RFC 9460 §7.2).
  PORT(3),
  /// IPv4 addresses to begin with (RFC 9460 §7.3).
  IPV4HINT(4),
  /// Configurations of Encrypted ClientHello (RFC 9848).
  ECH(5),
  /// IPv6 addresses to begin with (RFC 9460 §7.3).
  IPV6HINT(6),
  /// The URI template of DNS over HTTPS (RFC 9461 §5).
  DOHPATH(7),
  /// That the service is there through Oblivious HTTP (RFC 9540 §4).
  OHTTP(8);

  private static final ServiceKey[] ALL = values();

  private final int number;

  ServiceKey(int number) {
    this.number = number;
  }

  /// The key with this number, or null where it has no name.
  public static @Nullable ServiceKey of(int number) {
    for (ServiceKey key : ALL) {
      if (key.number == number) {
        return key;
      }
    }
    return null;
  }

  /// The key with this name, which is of small letters, or null.
  public static @Nullable ServiceKey parse(String name) {
    for (ServiceKey key : ALL) {
      if (key.toString().equals(name)) {
        return key;
      }
    }
    return null;
  }

  /// The name of a key, maybe `key667`.
  public static String nameOf(int number) {
    ServiceKey key = of(number);
    return key == null ? "key" + number : key.toString();
  }

  /// Its number in the registry.
  public int number() {
    return number;
  }

  /// The name as it is written in records.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
