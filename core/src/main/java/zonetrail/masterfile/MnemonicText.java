package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import zonetrail.wire.Rfc;

/// Numbers that may also be written as the mnemonics of their registries. They are printed as
/// numbers, which every reader knows, unless the rule for their text wants the mnemonic.
final class MnemonicText {
  /// DNSSEC algorithms (RFC 4034 §A.1, IANA registry "DNS Security Algorithm Numbers").
  @Rfc(number = 4034, section = "A.1")
  static final MnemonicText ALGORITHM =
      new MnemonicText(
          0xff,
          "an algorithm",
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
              Map.entry("PRIVATEOID", 254)));

  /// Protocols of KEY records.
  @Rfc(number = 2535, section = "7.1")
  static final MnemonicText KEY_PROTOCOL =
      new MnemonicText(
          0xff,
          "a protocol",
          Map.of("NONE", 0, "TLS", 1, "EMAIL", 2, "DNSSEC", 3, "IPSEC", 4, "ALL", 255));

  /// Types of certificates in CERT records.
  @Rfc(number = 4398, section = "2.1")
  static final MnemonicText CERTIFICATE_TYPE =
      new MnemonicText(
          0xffff,
          "a certificate type",
          Map.of(
              "PKIX", 1, "SPKI", 2, "PGP", 3, "IPKIX", 4, "ISPKI", 5, "IPGP", 6, "ACPKIX", 7,
              "IACPKIX", 8, "URI", 253, "OID", 254));

  /// Schemes of DSYNC records, printed as mnemonics where they have one.
  @Rfc(number = 9859, section = "2.2")
  static final MnemonicText SCHEME = new MnemonicText(0xff, "a scheme", Map.of("NOTIFY", 1));

  private static final int MAX_OCTETS = 32;

  private final int max;
  private final String noun;
  private final Map<String, Integer> numbers;

  private MnemonicText(int max, String noun, Map<String, Integer> numbers) {
    this.max = max;
    this.noun = noun;
    this.numbers = numbers;
  }

  int read(LineScanner line, int token) throws BadEntryException {
    if (!line.isQuoted(token) && !NumberText.looksLikeTtl(line, token)) {
      int length = Math.min(MAX_OCTETS, line.end(token) - line.start(token));
      String mnemonic =
          new String(line.text(), line.start(token), length, StandardCharsets.ISO_8859_1);
      Integer number = numbers.get(mnemonic.toUpperCase(Locale.ROOT));
      if (number != null) {
        return number;
      }
    }
    return (int) NumberText.number(line, token, max, noun);
  }

  /// The mnemonic of a number, or the number where it has none.
  String nameOf(int number) {
    return numbers.entrySet().stream()
        .filter(entry -> entry.getValue() == number)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseGet(() -> Integer.toString(number));
  }
}
