package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import zonetrail.wire.Rfc;

/// The flags of KEY records: a number, or mnemonics like `NOAUTH|ZONE`. They are printed as a
/// number, which every reader knows.
///
/// KEY records alone have mnemonics; in DNSKEY records the flags must be a number (RFC 4034 §2.2).
@Rfc(number = 2535, section = "7.1")
final class KeyFlagsText {
  private static final int MAX_OCTETS = 200;
  private static final Pattern SEPARATOR = Pattern.compile("\\|");
  private static final Pattern SIGNATORY = Pattern.compile("SIG(1[0-5]|[0-9])");

  /// Bit 0 is the highest. `SIG0` to `SIG15` are the lowest four bits.
  private static final Map<String, Integer> FLAGS =
      Map.ofEntries(
          Map.entry("NOCONF", 0x4000),
          Map.entry("NOAUTH", 0x8000),
          Map.entry("NOKEY", 0xc000),
          Map.entry("FLAG2", 0x2000),
          Map.entry("EXTEND", 0x1000),
          Map.entry("FLAG4", 0x0800),
          Map.entry("FLAG5", 0x0400),
          Map.entry("USER", 0x0000),
          Map.entry("ZONE", 0x0100),
          Map.entry("HOST", 0x0200),
          Map.entry("NTYP3", 0x0300),
          Map.entry("FLAG8", 0x0080),
          Map.entry("FLAG9", 0x0040),
          Map.entry("FLAG10", 0x0020),
          Map.entry("FLAG11", 0x0010));

  private KeyFlagsText() {}

  static int read(LineScanner line, int token) throws BadEntryException {
    int length = line.end(token) - line.start(token);
    if (line.isQuoted(token) || NumberText.looksLikeTtl(line, token) || length > MAX_OCTETS) {
      return (int) NumberText.number(line, token, 0xffff, "flags");
    }
    String text = new String(line.text(), line.start(token), length, StandardCharsets.ISO_8859_1);
    int flags = 0;
    for (String mnemonic : SEPARATOR.split(text.toUpperCase(Locale.ROOT), -1)) {
      flags |= flag(line, token, mnemonic);
    }
    return flags;
  }

  private static int flag(LineScanner line, int token, String mnemonic) throws BadEntryException {
    Integer flag = FLAGS.get(mnemonic);
    if (flag != null) {
      return flag;
    }
    if (SIGNATORY.matcher(mnemonic).matches()) {
      return Integer.parseInt(mnemonic.substring("SIG".length()));
    }
    throw new BadEntryException(
        line.offset(token),
        "bad-number",
        line.shown(token)
            + " stands where flags belong: a number from 0 to 65535, or mnemonics like NOAUTH|ZONE"
            + " (RFC 2535 §7.1)");
  }
}
