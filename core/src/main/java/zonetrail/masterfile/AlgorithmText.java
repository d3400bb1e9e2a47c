package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import zonetrail.wire.Rfc;

/// DNSSEC algorithms: a number, or a mnemonic when read (RFC 4034 §A.1 and the IANA registry "DNS
/// Security Algorithm Numbers").
final class AlgorithmText {
  private static final Map<String, Integer> ALGORITHMS =
      Map.ofEntries(
          Map.entry("RSAMD5", 1),
          Map.entry("DH", 2),
          Map.entry("DSA", 3),
          Map.entry("ECC", 4),
          Map.entry("RSASHA1", 5),
          Map.entry("DSA-NSEC3-SHA1", 6),
          Map.entry("NSEC3DSA", 6),
          Map.entry("RSASHA1-NSEC3-SHA1", 7),
          Map.entry("NSEC3RSASHA1", 7),
          Map.entry("RSASHA256", 8),
          Map.entry("RSASHA512", 10),
          Map.entry("ECC-GOST", 12),
          Map.entry("ECCGOST", 12),
          Map.entry("ECDSAP256SHA256", 13),
          Map.entry("ECDSAP384SHA384", 14),
          Map.entry("ED25519", 15),
          Map.entry("ED448", 16),
          Map.entry("SM2SM3", 17),
          Map.entry("ECC-GOST12", 23),
          Map.entry("INDIRECT", 252),
          Map.entry("PRIVATEDNS", 253),
          Map.entry("PRIVATEOID", 254));

  private AlgorithmText() {}

  @Rfc(number = 4034, section = "A.1")
  static int read(LineScanner line, int token) throws BadEntryException {
    if (!line.isQuoted(token) && !NumberText.looksLikeTtl(line, token)) {
      Integer number = ALGORITHMS.get(mnemonic(line, token));
      if (number != null) {
        return number;
      }
    }
    return (int) NumberText.number(line, token, 0xff, "an algorithm");
  }

  private static String mnemonic(LineScanner line, int token) {
    int length = Math.min(32, line.end(token) - line.start(token));
    return new String(line.text(), line.start(token), length, StandardCharsets.ISO_8859_1)
        .toUpperCase(Locale.ROOT);
  }
}
