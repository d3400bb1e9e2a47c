package zonetrail.masterfile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import zonetrail.answer.RandomZones;
import zonetrail.fixtures.RdataTextGenerator;
import zonetrail.fixtures.ZoneFixtures;
import zonetrail.fixtures.ZoneTextGenerator;
import zonetrail.fixtures.ZoneTextGenerator.Layout;

/// All zone files that there are for tests, each of another zone, all of them good.
final class ZoneSamples {
  private static final int TREES = 8;
  private static final int GENERATED = 20;
  private static final int RECORDS_OF_A_TYPE = 5;

  private static final String HEAD =
      "$TTL 1h\n@ SOA ns1 h 1 2h 15m 14d 1h\n@ NS ns1\nns1 A 192.0.2.1\n";

  /// Types that stand at the apex alone, or that we refuse.
  private static final Set<String> NOT_AT_ANY_NAME = Set.of("SOA", "MD", "MF");

  private ZoneSamples() {}

  /// Those that were written by hand, here or elsewhere.
  static List<ZoneSample> written() {
    List<ZoneSample> texts = new ArrayList<>();
    ZoneFixtures.names()
        .forEach(
            name -> texts.add(ZoneSample.of("fixture " + name, name, ZoneFixtures.text(name))));
    texts.add(sample("example.org"));
    texts.add(
        ZoneSample.of(
            "sample reverse", "2.0.198.in-addr.arpa", sample("2.0.192.in-addr.arpa").octets()));
    texts.add(ZoneSample.of("RFC 4035", "example", resource("example-rfc4035.zone")));
    texts.add(ZoneSample.of("RFC 5155", "sample", otherName(resource("example-rfc5155.zone"))));
    texts.addAll(features());
    return texts;
  }

  private static ZoneSample sample(String name) {
    Path folder = Path.of("zones-sample");
    Path file = (Files.exists(folder) ? folder : Path.of("..").resolve(folder)).resolve(name);
    try {
      return ZoneSample.of("sample " + name, name, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] resource(String name) {
    try (InputStream file = RandomZones.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The zones of both RFCs are called `example.`, and no server has both.
  private static byte[] otherName(byte[] text) {
    return ascii(new String(text, StandardCharsets.US_ASCII).replace("example.", "sample."));
  }

  /// One for each thing that a master file may have.
  private static List<ZoneSample> features() {
    String folded =
        """
        $TTL 300
        @ SOA ns1 h ( ; one
          1 2h 15m ) 14d (
          1h )
          NS (
        ; a comment in between
            ns1 ) ; and behind
        ns1 ( A ) 192.0.2.1
        x A ( 192.0.2.2
        )
             TXT ( "a;b" "(" ; )
             c )
        """;
    return List.of(
        feature("parentheses", folded),
        feature("parentheses-without-blanks", HEAD + "x(A)192.0.2.2\n"),
        feature("nested-parentheses", HEAD + "x A ( ( 192.0.2.2 ) )\n"),
        feature("parenthesis-at-word", HEAD + "x TXT (a b)\n"),
        feature("owner-in-parentheses", HEAD + "( x A 192.0.2.2 )\n (TXT a)\n"),
        feature("line-ends", (HEAD + "x A 192.0.2.2\n  TXT a (\n b )\n").replace("\n", "\r\n")),
        feature("byte-order-mark", "\ufeff" + HEAD),
        feature(
            "blank-owners",
            HEAD + "x A 192.0.2.2\n\n \t\n; comment\n\tTXT a\n 60 IN MX 1 x\nX TXT b\n TXT c\n"),
        feature(
            "origins",
            HEAD
                + "$ORIGIN a.origins.example.\nx A 192.0.2.2\n@ A 192.0.2.3\n TXT t\n"
                + "$ORIGIN origins.example.\ny CNAME @\n"),
        feature("relative-origins", HEAD + "$ORIGIN a\nx A 192.0.2.2\n$ORIGIN b\n@ A 192.0.2.3\n"),
        feature(
            "ttls",
            HEAD
                + "a 5 IN A 192.0.2.2\nb 1h6m A 192.0.2.2\nc A 192.0.2.2\n$TTL 1W2D3H4M5S\nd A"
                + " 192.0.2.2\nf 2147483647 A 192.0.2.2\ng 0 A 192.0.2.2\n"),
        feature("zero-default-ttl", HEAD + "$TTL 0\ne A 192.0.2.2\n"),
        feature("class-before-ttl", HEAD + "a IN 5 A 192.0.2.2\n"),
        feature("class-number", HEAD + "a 5 CLASS1 A 192.0.2.2\nb CLASS1 A 192.0.2.2\n"),
        feature(
            "no-ttl",
            "@ 300 SOA ns1 h 1 2h 15m 14d 1h\n@ NS ns1\nns1 60 A 192.0.2.1\nx A 192.0.2.1\n"),
        feature(
            "escapes",
            HEAD
                + "a\\.b A 192.0.2.2\n\\*.c A 192.0.2.2\n\\000\\255 A 192.0.2.2\n"
                + "d TXT \"\\\"\\\\\\000\\255\" \\; e\\ f \"\" g\\(h \"tab\\009\"\n"
                + "i\\097 A 192.0.2.2\n\\104 A 192.0.2.3\n"),
        feature("raw-octets", HEAD + "x TXT \"caf\u00e9\"\nna\u00efve A 192.0.2.2\n"),
        feature(
            "blanks-in-data",
            HEAD + "x TLSA 3 0 0 4e63850 80f7b6c\ny DNSKEY 257 3 13 kvl NaPzMLDXwuEYJ\n"),
        feature("short-locators", HEAD + "x L64 1 68fb:684d:352c:946\ny NID 1 0:4d:352c:0946\n"),
        feature(
            "signature-ttl", HEAD + "x RRSIG A 8 3 60 20300101000000 20200101000000 1 @ AQID\n"),
        feature(
            "covered-by-number",
            HEAD + "x 3600 RRSIG 65280 8 3 60 20300101000000 20200101000000 1 @ AQID\n"),
        feature(
            "key-mnemonics",
            HEAD + "x KEY NOAUTH|ZONE|SIG3 DNSSEC RSASHA256 AQID\ny KEY NOKEY EMAIL 0\n"),
        feature("capitals", HEAD + "WWW a 192.0.2.2\nx in mx 1 Mail\nMail Aaaa 2001:DB8::1\n"),
        feature(
            "generate",
            HEAD
                + "$GENERATE 1-3 h$ A 10.0.0.$\n"
                + "$GENERATE 0-6/3 g${1,3,d} 300 IN A 10.0.0.${10}\n"
                + "$GENERATE 0-1 n${-5} IN 60 A 10.0.1.$\n"
                + "$GENERATE 8-17 x${0,2,x} CNAME x${0,3,X}.$$.\\$\n"
                + "$GENERATE 8-17 y${0,3,n} PTR o${0,0,o}.n${0,7,N}.net.\n"
                + "$GENERATE 1-2 m$ MX \"10 mail$.example.net.\"\n"
                + "$GENERATE 1-2 t$ TXT \"a $ b\"\n"
                + "$GENERATE 1-2 @ TXT $\n"),
        feature(
                "include",
                HEAD
                    + "x A 192.0.2.2\n$INCLUDE more sub.include.example.\n TXT \"still x\"\n$INCLUDE more\n"
                    + "z A 192.0.2.3\n")
            .including("more", "a TXT in\n$ORIGIN c.include.example.\nb TXT c\n"),
        feature(
            "service-parameters",
            HEAD
                + "a HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2\n"
                + "b SVCB 2 x key667=\"a b\" mandatory=alpn,key667 alpn=\"f\\\\\\\\oo\\\\,bar,h2\"\n"
                + "c HTTPS 0 x.example.net.\n"),
        feature("unknown-types", HEAD + "x TYPE65280 \\# 3 0102 03\nx TYPE1 \\# 4 c0000202\n"));
  }

  private static ZoneSample feature(String name, String text) {
    return ZoneSample.of(name, name + ".example", text);
  }

  /// The zones that the servers' answers are compared over.
  static List<ZoneSample> trees() {
    List<ZoneSample> texts = new ArrayList<>();
    for (int tree = 0; tree < TREES; tree++) {
      String label = "z" + tree;
      new RandomZones(tree, label)
          .texts()
          .forEach((apex, text) ->
              texts.add(ZoneSample.of(apex, apex.substring(0, apex.length() - 1), text)));
    }
    return texts;
  }

  /// Zones in many layouts, and one that has records of every type.
  ///
  /// @param unknown the types that who is to read them does not know
  /// @param avoided the layouts that they do not know
  static List<ZoneSample> generated(Set<String> unknown, Set<Layout> avoided) {
    List<ZoneSample> texts = new ArrayList<>();
    for (int seed = 0; seed < GENERATED; seed++) {
      byte[] text = ZoneTextGenerator.plainWithout(seed, unknown, avoided).zone(100);
      texts.add(ZoneSample.of("generated " + seed, "g" + seed + ".example", text));
    }
    texts.add(everyType(unknown));
    return texts;
  }

  private static ZoneSample everyType(Set<String> unknown) {
    StringBuilder text = new StringBuilder(HEAD);
    for (String type : RdataTextGenerator.TYPES) {
      if (unknown.contains(type) || NOT_AT_ANY_NAME.contains(type)) {
        continue;
      }
      for (int i = 0; i < RECORDS_OF_A_TYPE; i++) {
        String rdata = RdataTextGenerator.plain(i).rdata(type);
        text.append("t%d-%s 3600 %s %s\n".formatted(i, type, type, rdata));
      }
    }
    return ZoneSample.of("every type", "every-type.example", text.toString());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
