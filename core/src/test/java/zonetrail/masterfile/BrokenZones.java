package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Zone files with something wrong in them, and where exactly and by which rule it is said.
///
/// `5:3 rule` is an error at line 5, column 3; `(5:3 rule)` is a warning. Lines begin at 5 where a
/// case only adds to [#GOOD_ZONE].
final class BrokenZones {
  static final String GOOD_ZONE =
      """
      $TTL 1h
      @ SOA ns1 hostmaster 1 2h 15m 14d 1h
      @ NS ns1
      ns1 A 192.0.2.1
      """;

  /// A file and what is said of it.
  record Case(String text, String said) {
    byte[] octets() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The rule by which something is said first.
    String rule() {
      return said.replaceAll("^\\(?\\S+ ([a-z0-9-]+).*", "$1");
    }

    @Override
    public String toString() {
      int from = text.startsWith(GOOD_ZONE) ? GOOD_ZONE.length() : 0;
      String shown = text.substring(from, Math.min(text.length(), from + 60));
      return said + " <- " + shown.replaceAll("\\p{Cntrl}", "·");
    }
  }

  static final List<Case> CASES = new ArrayList<>();

  private BrokenZones() {}

  private static void add(String lines, String said) {
    CASES.add(new Case(GOOD_ZONE + lines, said));
  }

  private static void addWhole(String text, String said) {
    CASES.add(new Case(text, said));
  }

  static {
    // Addresses.
    add("x A 1.2.3\n", "5:5 bad-address");
    add("x A 1.2.3.256\n", "5:5 bad-address");
    add("x A 01.2.3.4\n", "5:5 bad-address");
    add("x A 1.2.3.4.\n", "5:5 bad-address");
    add("x A \"1.2.3.4\"\n", "5:5 bad-address");
    add("x AAAA 2001:db8:::1\n", "5:8 bad-address");
    add("x  IN  A   ::1\n", "5:12 bad-address");
    add("x A\n", "5:3 missing-rdata");
    add("x A ; 1.2.3.4\n", "5:3 missing-rdata");
    add("x A 1.2.3.4 1.2.3.5\n", "5:13 extra-token");
    add("x A 1.2.3.4 # not a comment\n", "5:13 extra-token");

    // Names.
    add("a..b A 1.2.3.4\n", "5:1 bad-name");
    add(".a A 1.2.3.4\n", "5:1 bad-name");
    add("x CNAME \"y\"\n", "5:9 bad-name");
    add("a".repeat(64) + " A 1.2.3.4\n", "5:1 bad-name");
    add(("a".repeat(60) + ".").repeat(4) + "bcd A 1.2.3.4\n", "5:1 bad-name");
    add("x CNAME a..b\n", "5:9 bad-name");
    add("x MX 10 " + "a".repeat(64) + "\n", "5:9 bad-name");
    add("x\\30 A 1.2.3.4\n", "5:2 bad-escape");
    add("x\\256 A 1.2.3.4\n", "5:2 bad-escape");
    add("x CNAME y\\\n", "5:10 bad-escape");

    // Numbers, times, strings, encodings.
    add("x MX ten mail\n", "5:6 bad-number");
    add("x MX 65536 ns1\n", "5:6 bad-number");
    add("x MX -1 ns1\n", "5:6 bad-number");
    add("x MX 10\n", "5:3 missing-rdata");
    add("x SRV 1 2 3\n", "5:3 missing-rdata");
    add("x CAA 256 issue \"x\"\n", "5:7 bad-number");
    add("x CAA 0 is-sue \"x\"\n", "5:9 bad-tag");
    add("x CAA 0 \"\" \"x\"\n", "5:9 bad-tag");
    add("x TXT " + "a".repeat(256) + "\n", "5:7 string-too-long");
    add("x TXT\n", "5:3 missing-rdata");
    add("x HINFO one\n", "5:3 missing-rdata");
    add("x HINFO one two three\n", "5:17 extra-token");
    add("x SSHFP 1 1 0g\n", "5:14 bad-hex");
    add("x SSHFP 1 1 abc\n", "5:13 bad-hex");
    add("x TLSA 3 1 1 \"\"\n", "5:14 bad-hex");
    add("x SVCB 1 . ipv4hint=192.0.2.1,192.0.2\n", "5:31 bad-parameter");
    add("x SVCB 1 . alpn=\"h2,,h3\"\n", "5:21 bad-parameter");
    add("x SVCB 1 . alpn=\\104\\050,,h3\n", "5:17 bad-parameter");
    add("x DNSKEY 256 3 8 AQI\n", "5:18 bad-base64");
    add("x DNSKEY 256 3 8 AQ==ID\n", "5:22 bad-base64");
    add("x DNSKEY 256 3 FOO AQID\n", "5:16 bad-number");

    // TTL, class, type.
    add("x 2147483648 A 1.2.3.4\n", "5:3 ttl-out-of-range");
    add("x 4294967296 A 1.2.3.4\n", "5:3 bad-ttl");
    add("x 1h30 A 1.2.3.4\n", "5:3 bad-ttl");
    add("x 1y A 1.2.3.4\n", "5:3 bad-ttl");
    add("x CH A 1.2.3.4\n", "5:3 class-not-in");
    add("x 300 CLASS3 A 1.2.3.4\n", "5:7 class-not-in");
    add("x HS A 1.2.3.4\n", "5:3 class-not-in");
    add("x IN\n", "5:3 missing-type");
    add("x\n", "5:1 missing-type");
    add("x 300 IN 300 A 1.2.3.4\n", "5:10 unknown-type");
    add("x AA 1.2.3.4\n", "5:3 unknown-type");
    add("www.example.com. is an alias\n", "5:18 unknown-type");
    add("x TYPE65536 \\# 0\n", "5:3 unknown-type");
    add("x ANY 1.2.3.4\n", "5:3 not-zone-data");
    add("x TYPE41 \\# 0\n", "5:3 not-zone-data");
    add(" $TTL 3\n", "5:2 unknown-type");

    // RFC 3597.
    add("x TYPE65280 abc\n", "5:3 no-text-form");
    add("x TYPE65280 \\#\n", "5:13 missing-rdata");
    add("x TYPE65280 \\# 4 0a0000\n", "5:16 bad-rdata-length");
    add("x TYPE65280 \\# x 0a\n", "5:16 bad-number");
    add("x TYPE65280 \\# 1 0a0\n", "5:18 bad-hex");
    add("x A \\# 3 0a0000\n", "5:5 bad-rdata");

    // Directives.
    add("$TTL\n", "5:1 bad-directive");
    add("$TTL x\n", "5:6 bad-ttl");
    add("$TTL 1 2\n", "5:8 extra-token");
    add("$ORIGIN a..b\n", "5:9 bad-name");
    add("$origin\n", "5:1 bad-directive");
    add("$FOO bar\n", "5:1 unknown-directive");
    add("$INCLUDE nothing\n", "5:10 bad-include");
    add("$INCLUDE\n", "5:1 bad-directive");
    add("$GENERATE 2-1 h$ A 1.2.3.4\n", "5:11 bad-generate");
    add("$GENERATE 1-2/0 h$ A 1.2.3.4\n", "5:11 bad-generate");
    add("$GENERATE 0-65536 h$ A 1.2.3.4\n", "5:11 too-many-generated");
    add("$GENERATE 1-2 h${0,3 A 1.2.3.4\n", "5:15 bad-generate");
    add("$GENERATE 255-256 h$ A 1.2.3.$\n", "5:22 bad-address");
    add("$GENERATE 1-2 h$ A\n", "5:1 bad-directive");

    // Lines, quotes, parentheses, octets.
    add("x TXT \"open\ny A 1.2.3\n", "5:7 unterminated-quote; 6:5 bad-address");
    add("x TXT \"open", "5:7 unterminated-quote");
    add("x A 1.2.3.4 )\n", "5:13 unopened-parenthesis");
    add("x A ( 1.2.3.4\ny A 1.2.3\n", "5:5 unclosed-parenthesis; 6:5 bad-address");
    add("x ( ( ( A 1.2.3.4 )\n )", "5:3 unclosed-parenthesis");
    add("x " + "(".repeat(17) + ")".repeat(17) + " A 1.2.3.4\n", "5:19 nesting-too-deep");
    add("x A (\n 1.2.3\n)\ny A 1.2.3\n", "6:2 bad-address; 8:5 bad-address");
    add("x TXT a\001b\n", "5:8 control-character");
    add("x TXT \"\u007f\"\n", "5:8 control-character");
    add("x TXT a\0b\n", "5:8 control-character");
    add("x A\r 1.2.3.4\n", "5:4 control-character");
    add("x TXT " + "a".repeat(262_141) + "\n", "5:7 token-too-long");

    // Owners that carry over; one mistake gives one finding.
    addWhole(" A 1.2.3.4\n" + GOOD_ZONE, "1:2 no-owner");
    add("a..b A 1.2.3.4\n A 1.2.3.5\n TXT x\ny A 1\n", "5:1 bad-name; 8:5 bad-address");
    add("x A 1.2.3\n\n; comment\n   AAAA ::1 extra\n", "5:5 bad-address; 8:13 extra-token");

    // TTLs that are missing.
    addWhole("@ SOA ns1 h 1 2h 15m 14d 1h\n@ NS ns1\nns1 A 1.2.3.4\n", "(1:3 no-ttl)");
    addWhole("@ NS ns1\nns1 A 1.2.3.4\n@ SOA ns1 h 1 2h 15m 14d 1h\n", "1:3 no-ttl");
    addWhole("@ SOA ns1 h 1 2h 15m 14d 3000000000\n@ NS ns.example.net.\n", "1:3 ttl-out-of-range");

    addWhole("$GENERATE 1-2 h$ SOA a b 1 2 3 4 5\n" + GOOD_ZONE, "1:18 no-ttl");

    // The zone as a whole.
    addWhole("$TTL 1\n@ NS ns1\nns1 A 1.2.3.4\n", "1:1 no-soa");
    addWhole("", "1:1 no-soa");
    addWhole("; nothing here\n", "1:1 no-soa");
    addWhole("$TTL 1h\n@ SOA ns1 h 1 2h 15m 14d 1h\n", "2:3 no-ns");
    add("@ SOA ns1 h 2 2h 15m 14d 1h\n", "5:3 several-soas");
    add("x SOA ns1 h 2 2h 15m 14d 1h\n", "5:3 soa-not-at-apex");
    add("x CNAME y\nx A 1.2.3.4\n", "5:3 cname-and-other-data");
    add("x A 1.2.3.4\nx CNAME ns1\n", "6:3 cname-and-other-data");
    add("x CNAME y\nx CNAME z\n", "5:3 several-cnames");
    add("@ CNAME y.example.net.\n", "5:3 cname-and-other-data");
    add("x DNAME y.net.\nx DNAME z.net.\n", "5:3 several-dnames");
    add("@ NS nowhere\n", "3:3 ns-without-address");
    add("@ DS 1 8 9 00\n", "5:3 ds-at-apex");

    // What is only doubtful.
    add("x A 1.2.3.4\nX IN A 1.2.3.4\n", "(6:6 duplicate-record)");
    add("x MX 1 ns1\nx MX 1 NS1\n", "(6:3 duplicate-record)");
    add("x CNAME y\nx CNAME Y\n", "(6:3 duplicate-record)");
    add("x A 1.2.3.4\nx 7 A 1.2.3.5\nx 8 A 1.2.3.6\n", "(6:5 ttls-differ)");
    add("www.example.net. A 1.2.3.4\n", "(5:18 out-of-zone)");
    add("www.example.com A 1.2.3.4\n", "(5:17 forgotten-final-dot)");
    add("x CNAME www.example.com\n", "(5:3 forgotten-final-dot)");
    add("sub NS ns.sub\n", "(5:5 missing-glue)");
    add("sub NS nowhere\n", "(5:5 target-without-address)");
    add("sub NS c\nc CNAME ns1\n", "(5:5 target-is-cname)");
    add("x MX 1 c\nc CNAME ns1\n", "(5:3 target-is-cname)");
    add("x MX 1 nowhere\n", "(5:3 target-without-address)");
    add("x SRV 1 1 1 nowhere\n", "(5:3 target-without-address)");
    add("x DS 1 8 9 00\n", "(5:3 ds-without-ns)");
    add("x TLSA 3 1 1 0011\n", "(5:3 certificate-digest-length)");
    add("x SMIMEA 3 1 2 0011\n", "(5:3 certificate-digest-length)");
    add("x DNSKEY 256 4 8 AQID\n", "(5:3 dnskey-protocol)");
    add("@ NSEC3PARAM 1 0 1 -\n", "(5:3 nsec3-iterations)");
    add("x SVCB 0 y port=53\n", "(5:3 service-alias-parameters)");
    add("x HTTPS 0 y\nx HTTPS 1 .\n", "(5:3 service-modes-mixed)");
    add("x HTTPS 1 nowhere\n", "(5:3 target-without-address)");
    add("d DNAME example.net.\nx.d A 1.2.3.4\n", "(6:5 below-dname)");
    add(
        "@ DNAME example.net.\n0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 0 -"
            + " 2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n",
        "(4:5 below-dname)");
    add(
        """
        @ DNSKEY 257 3 8 AwEAAQ==
        @ RRSIG SOA 8 2 3600 20300101000000 20200101000000 1 example.com. AQID
        """,
        "(2:3 no-denial-chain)");
    add("sub NS ns1\nx.sub TXT a\n", "(6:7 occluded)");
    add("sub NS ns1\nsub TXT a\n", "(6:5 occluded)");
    add("x 1209600 A 1.2.3.4\n", "(5:11 long-ttl)");
    addWhole("$TTL 1h\n@ SOA ns1 h 1 2h 1h 2h 1h\n@ NS ns1\nns1 A 1.2.3.4\n", "(2:3 soa-timers)");
  }
}
