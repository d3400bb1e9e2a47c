package zonetrail.answer.guard;

import java.util.Arrays;
import java.util.List;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.Rfc;

/// DNS cookies: a client that sends back what we gave it shows that it gets mail at its address, so
/// its queries are not forged and it needs no rate limit.
///
/// A cookie of ours is made of the client's own, the time, its address and a secret; nothing is
/// kept for it. It is good for an hour.
///
/// Immutable, safe on any thread. Allocation: none after construction.
@Rfc(number = 7873, section = "5.2")
@Rfc(number = 9018, section = "4")
public final class Cookies {
  /// The octets of a secret.
  public static final int SECRET_OCTETS = SipHash.KEY_OCTETS;

  /// The octets of a whole cookie: the client's part and ours.
  public static final int COOKIE_OCTETS = 24;

  private static final int CLIENT_OCTETS = 8;
  private static final int LEAST_SERVER_OCTETS = 8;
  private static final int MOST_SERVER_OCTETS = 32;
  private static final int TIME_AT = 12;
  private static final int HASH_AT = 16;
  private static final byte VERSION = 1;

  /// How old a cookie may be, and how far ahead of our clock (RFC 9018 §4.3).
  private static final int MOST_SECONDS_OLD = 3_600;

  private static final int MOST_SECONDS_AHEAD = 300;

  /// What a request says.
  public enum Verdict {
    /// It has no cookie.
    NONE,
    /// The option has a length that no cookie has: answer FORMERR (RFC 7873 §5.2.2).
    MALFORMED,
    /// It has the client's part only, as the first one does.
    NEW,
    /// It has a part that is not ours for this client, or no longer.
    BAD,
    /// It has a part that we gave to this client.
    GOOD
  }

  private final SipHash[] secrets;

  /// @param secrets of [#SECRET_OCTETS] octets, at least one: the first makes cookies, all are
  ///   accepted (RFC 9018 §5)
  @Rfc(number = 9018, section = "5")
  public Cookies(List<byte[]> secrets) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("no secret");
    }
    this.secrets = secrets.stream().map(SipHash::new).toArray(SipHash[]::new);
  }

  /// Reads the cookie of a request, and makes the one to send back.
  ///
  /// @param address of the client, 4 or 16 octets
  /// @param nowSeconds the time of day, in seconds since 1970
  /// @param reply where the [#COOKIE_OCTETS] octets of the new cookie go; of no meaning where the
  ///   verdict is NONE or MALFORMED
  public Verdict judge(QueryCursor request, byte[] address, long nowSeconds, byte[] reply) {
    int octets = request.copyOption(EdnsOption.COOKIE, reply);
    if (octets < 0) {
      return Verdict.NONE;
    }
    if (!isLength(octets)) {
      return Verdict.MALFORMED;
    }
    Verdict verdict =
        octets == CLIENT_OCTETS
            ? Verdict.NEW
            : octets == COOKIE_OCTETS && isOurs(reply, address, (int) nowSeconds)
                ? Verdict.GOOD
                : Verdict.BAD;
    reply[CLIENT_OCTETS] = VERSION;
    Arrays.fill(reply, CLIENT_OCTETS + 1, TIME_AT, (byte) 0);
    Header.putU32(reply, TIME_AT, (int) nowSeconds);
    long hash = secrets[0].of(reply, HASH_AT, address);
    for (int i = 0; i < Long.BYTES; i++) {
      reply[HASH_AT + i] = (byte) (hash >>> (8 * i));
    }
    return verdict;
  }

  @Rfc(number = 7873, section = "5.2.2")
  private static boolean isLength(int octets) {
    return octets == CLIENT_OCTETS
        || (octets >= CLIENT_OCTETS + LEAST_SERVER_OCTETS
            && octets <= CLIENT_OCTETS + MOST_SERVER_OCTETS);
  }

  /// Client cookie, version, reserved octets, time and address are hashed under the secret.
  @Rfc(number = 9018, section = "4.3")
  @Rfc(number = 9018, section = "4.4")
  private boolean isOurs(byte[] sent, byte[] address, int nowSeconds) {
    int age = nowSeconds - Header.u32(sent, TIME_AT); // serial arithmetic: it may wrap
    if (sent[CLIENT_OCTETS] != VERSION || age > MOST_SECONDS_OLD || -age > MOST_SECONDS_AHEAD) {
      return false;
    }
    long hash = SipHash.littleEndian(sent, HASH_AT, Long.BYTES);
    boolean isOurs = false;
    for (SipHash secret : secrets) {
      // All are tried, and compared as one number: how long it takes tells nothing of the hash.
      isOurs |= secret.of(sent, HASH_AT, address) == hash;
    }
    return isOurs;
  }
}
