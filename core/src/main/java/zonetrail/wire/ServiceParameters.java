package zonetrail.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The parameters of a service binding, the tail of SVCB and HTTPS records: key, length, value, and
/// so on, in rising order of the keys.
@Rfc(number = 9460, section = "2.2")
public final class ServiceParameters {
  private static final int HEAD_OCTETS = 4;

  /// A path with the variable `dns` in one of its expressions.
  private static final Pattern DOHPATH =
      Pattern.compile("/.*\\{[^{}]*(?<![A-Za-z0-9_.%])dns(?![A-Za-z0-9_.%])[^{}]*}.*");

  private ServiceParameters() {}

  /// The end of the rdata if parameters that agree with each other fill it from `at` on, else -1.
  static int endOf(byte[] rdata, int at) {
    int last = -1;
    int next = at;
    while (next < rdata.length) {
      if (rdata.length - next < HEAD_OCTETS) {
        return -1;
      }
      int key = u16(rdata, next);
      int from = next + HEAD_OCTETS;
      int end = from + u16(rdata, next + 2);
      if (key <= last || end > rdata.length || problemWith(key, rdata, from, end) != null) {
        return -1;
      }
      last = key;
      next = end;
    }
    return missingFor(rdata, at) < 0 ? next : -1;
  }

  /// What is wrong with the value of a key, for a person to read; null if nothing is.
  ///
  /// @param from the first octet of the value
  /// @param end the octet after it
  @Rfc(number = 9460, section = "2.2")
  public static @Nullable String problemWith(int key, byte[] octets, int from, int end) {
    ServiceKey known = ServiceKey.of(key);
    if (known == null) {
      return null;
    }
    int length = end - from;
    return switch (known) {
      case MANDATORY -> problemWithMandatory(octets, from, end);
      case ALPN ->
          areProtocols(octets, from, end)
              ? null
              : "alpn is a list of protocols of 1 to 255 octets, like alpn=h2,h3 (RFC 9460 §7.1.1)";
      case NO_DEFAULT_ALPN, OHTTP -> length == 0 ? null : known + " has no value";
      case PORT -> length == 2 ? null : "port is a number from 0 to 65535 (RFC 9460 §7.2)";
      case IPV4HINT ->
          length > 0 && length % 4 == 0
              ? null
              : "ipv4hint is a list of IPv4 addresses (RFC 9460 §7.3)";
      case IPV6HINT ->
          length > 0 && length % 16 == 0
              ? null
              : "ipv6hint is a list of IPv6 addresses (RFC 9460 §7.3)";
      case ECH -> length > 0 ? null : "ech is base64 text (RFC 9848 §3)";
      case DOHPATH ->
          isDohpath(octets, from, end)
              ? null
              : "dohpath is a path with the variable dns, like /dns-query{?dns} (RFC 9461 §5)";
    };
  }

  @Rfc(number = 9460, section = "8")
  private static @Nullable String problemWithMandatory(byte[] octets, int from, int end) {
    if (end == from || (end - from) % 2 != 0) {
      return "mandatory is a list of keys, like mandatory=alpn,port (RFC 9460 §8)";
    }
    int last = -1;
    for (int at = from; at < end; at += 2) {
      int key = u16(octets, at);
      if (key == ServiceKey.MANDATORY.number()) {
        return "mandatory does not name itself (RFC 9460 §8)";
      }
      if (key <= last) {
        return "mandatory names " + ServiceKey.nameOf(key) + " twice or out of order (RFC 9460 §8)";
      }
      last = key;
    }
    return null;
  }

  @Rfc(number = 9460, section = "7.1.1")
  private static boolean areProtocols(byte[] octets, int from, int end) {
    int at = from;
    while (at < end && octets[at] != 0) {
      at += 1 + (octets[at] & 0xff);
    }
    return at == end && end > from;
  }

  @Rfc(number = 9461, section = "5")
  private static boolean isDohpath(byte[] octets, int from, int end) {
    try {
      CharSequence path =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, from, end - from));
      return DOHPATH.matcher(path).matches();
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /// The key that another one needs, and that is not there: one that `mandatory` names, or `alpn`
  /// for `no-default-alpn`. -1 if there is none.
  ///
  /// @param at the first octet of the parameters, each of which is valid, to the array's end
  @Rfc(number = 9460, section = "8")
  @Rfc(number = 9460, section = "7.1.1")
  public static int missingFor(byte[] rdata, int at) {
    for (int next = at; next < rdata.length; next = endOfParameter(rdata, next)) {
      int key = u16(rdata, next);
      if (key == ServiceKey.NO_DEFAULT_ALPN.number()
          && !holds(rdata, at, ServiceKey.ALPN.number())) {
        return ServiceKey.ALPN.number();
      }
      for (int named = next + HEAD_OCTETS;
          key == ServiceKey.MANDATORY.number() && named < endOfParameter(rdata, next);
          named += 2) {
        if (!holds(rdata, at, u16(rdata, named))) {
          return u16(rdata, named);
        }
      }
    }
    return -1;
  }

  private static boolean holds(byte[] rdata, int at, int key) {
    for (int next = at; next < rdata.length; next = endOfParameter(rdata, next)) {
      if (u16(rdata, next) == key) {
        return true;
      }
    }
    return false;
  }

  private static int endOfParameter(byte[] rdata, int at) {
    return at + HEAD_OCTETS + u16(rdata, at + 2);
  }

  private static int u16(byte[] octets, int at) {
    return (octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff);
  }
}
