package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.FileMode;

/// What may be pushed beside good zones: broken zone files, broken key files, and trees that were
/// made to do harm; with what is said of each.
///
/// `FILE:LINE:COLUMN rule` is an error, in parentheses a warning; `FILE left alone` is what is
/// neither a zone nor keys.
final class HostileTrees {
  static final String ZONE =
      """
      $TTL 300
      @ SOA ns.example.org. host.example.org. 1 3600 900 604800 300
      @ NS ns.example.org.
      """;

  static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  static final String KEY = "k._notify.bad.example. DNSKEY 0 3 163 " + SECRET + "\n";

  /// What a file, in one push, looks like and what is said of it.
  ///
  /// @param text one char for each octet
  record Text(String what, String text, String said) {
    byte[] octets() {
      return text.getBytes(ISO_8859_1);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  /// An entry of a tree.
  ///
  /// @param name one char for each octet
  /// @param text a file's octets or a link's target; of a folder, its one file `inner` is that text
  record Entry(FileMode mode, String name, String text) {}

  /// A tree, and what is said of it.
  record Tree(String what, List<Entry> entries, String said) {
    @Override
    public String toString() {
      return what;
    }
  }

  static final List<Text> ZONE_FILES = new ArrayList<>();
  static final List<Text> KEY_FILES = new ArrayList<>();
  static final List<Tree> TREES = new ArrayList<>();

  private HostileTrees() {}

  private static String utf8(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static void zone(String what, String text, String said) {
    ZONE_FILES.add(new Text(what, text, said));
  }

  private static void line(String what, String lines, String said) {
    zone(what, ZONE + lines + "\n", said);
  }

  private static void soa(String what, String soa, String said) {
    zone(what, "$TTL 300\n" + soa + "\n@ NS ns.example.org.\n", said);
  }

  private static void keys(String what, String text, String said) {
    KEY_FILES.add(new Text(what, text, said));
  }

  private static Entry file(String name, String text) {
    return new Entry(FileMode.REGULAR_FILE, name, text);
  }

  private static void tree(String what, String said, Entry... entries) {
    TREES.add(new Tree(what, List.of(entries), said));
  }

  private static void named(String what, String name, String said) {
    tree(what, said, file(name, ZONE));
  }

  static {
    // Encodings.
    zone("UTF-8 with a byte order mark", utf8("\ufeff") + ZONE, "");
    zone("UTF-16", new String((" " + ZONE).getBytes(UTF_16), ISO_8859_1), "bad.example left alone");
    zone("CRLF", ZONE.replace("\n", "\r\n"), "");
    zone("CR only", ZONE.replace("\n", "\r"), "bad.example:1:9 control-character");
    line("NUL in a name", "a\0b A 192.0.2.1", "bad.example:4:2 control-character");
    line("NUL in a string", "a TXT \"a\0b\"", "bad.example:4:9 control-character");
    line("NUL between lines", "\0", "bad.example:4:1 control-character");
    line("form feed", "\fa A 192.0.2.1", "bad.example:4:1 control-character");
    line("vertical tab", "a\u000bA 192.0.2.1", "bad.example:4:2 control-character");
    line("escape sequence of a terminal", "a TXT \u001b[2J", "bad.example:4:7 control-character");
    line("no-break space", utf8("a\u00a0A 192.0.2.1"), "bad.example:4:6 bad-ttl");
    line("curly quotes", utf8("a TXT \u201cx\u201d"), "");
    line("Latin-1", "a TXT \u00e9", "");
    line(
        "a very long line",
        "a TXT " + "x ".repeat(100_000),
        "bad.example:4:131203 too-many-tokens");
    line("a very long token", "a TXT " + "x".repeat(300_000), "bad.example:4:7 token-too-long");
    line("a very long comment", ";" + "x".repeat(1_000_000), "");
    zone("no final line end", ZONE + "a A 192.0.2.1", "");
    zone("a final SUB of DOS", ZONE + "\u001a", "bad.example:4:1 control-character");

    // Not what the name says.
    zone("empty", "", "bad.example left alone");
    zone("only blanks", " \n\t\n", "bad.example left alone");
    zone("only a comment", "; to be written\n", "bad.example left alone");
    zone(
        "HTML",
        "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n",
        "bad.example left alone");
    zone("JSON", "{\"zone\": \"bad.example\"}\n", "bad.example left alone");
    zone("gzip", "\u001f\u008b\b\0\0\0\0\0\0\u0003", "bad.example left alone");
    zone("ELF", "\u007fELF\u0002\u0001\u0001\0\0\0", "bad.example left alone");
    zone(
        "a conflict of a merge",
        "<<<<<<< HEAD\n" + ZONE + "=======\n" + ZONE + ">>>>>>> other\n",
        "bad.example:1:9 unknown-type; bad.example:5:1 missing-type; bad.example:9:9 unknown-type; (bad.example:7:3 duplicate-record)");
    zone(
        "Git LFS pointer",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
        "bad.example left alone");
    zone(
        "output of named-compilezone in raw form",
        "\0\0\0\u0002\0\0\0\u0001",
        "bad.example left alone");
    zone(
        "a signed-off patch",
        "--- a/bad.example\n+++ b/bad.example\n@@ -1,2 +1,2 @@\n" + ZONE,
        "bad.example:1:5 unknown-type; bad.example:2:5 unknown-type; bad.example:3:4 unknown-type");

    // The SOA.
    zone("no SOA, only NS", "$TTL 300\n@ NS ns.example.org.\n", "bad.example left alone");
    line(
        "a second SOA",
        "@ SOA ns.example.org. host.example.org. 2 1 1 1 1",
        "bad.example:4:3 several-soas");
    line(
        "an SOA below the apex",
        "a SOA ns.example.org. host.example.org. 2 1 1 1 1",
        "bad.example:4:3 soa-not-at-apex");
    soa(
        "an SOA of another zone",
        "example.net. SOA ns.example.org. host.example.org. 1 1 1 1 1",
        "(bad.example:2:14 out-of-zone); bad.example:1:1 no-soa");
    soa(
        "an SOA with a number less",
        "@ SOA ns.example.org. host.example.org. 1 2 3 4",
        "bad.example:2:3 missing-rdata");
    soa(
        "an SOA with a number more",
        "@ SOA ns.example.org. host.example.org. 1 3600 900 604800 300 1",
        "bad.example:2:63 extra-token");
    soa(
        "an SOA that does not close",
        "@ SOA ns.example.org. host.example.org. ( 1 3600 900 604800 300",
        "bad.example:2:41 unclosed-parenthesis");
    soa(
        "an SOA with an address",
        "@ SOA ns.example.org. host@example.org. 1 3600 900 604800 300",
        "");
    soa("serial 0", "@ SOA ns.example.org. host.example.org. 0 3600 900 604800 300", "");
    soa(
        "serial 4294967295",
        "@ SOA ns.example.org. host.example.org. 4294967295 3600 900 604800 300",
        "");
    soa(
        "serial 4294967296",
        "@ SOA ns.example.org. host.example.org. 4294967296 3600 900 604800 300",
        "bad.example:2:41 bad-number");
    soa(
        "a negative serial",
        "@ SOA ns.example.org. host.example.org. -1 3600 900 604800 300",
        "bad.example:2:41 bad-number");
    soa(
        "a serial with a unit",
        "@ SOA ns.example.org. host.example.org. 1h 3600 900 604800 300",
        "bad.example:2:41 bad-number");
    soa(
        "minimum over 2^31-1",
        "@ SOA ns.example.org. host.example.org. 1 3600 900 604800 2147483648",
        "");
    soa(
        "SOA in class CH",
        "@ CH SOA ns.example.org. host.example.org. 1 3600 900 604800 300",
        "bad.example:2:3 class-not-in");

    // Records.
    line("a wrong class", "a CH TXT x", "bad.example:4:3 class-not-in");
    line("data of another zone", "www.example.net. A 192.0.2.1", "(bad.example:4:18 out-of-zone)");
    line(
        "CNAME and other data",
        "a CNAME b.example.net.\na A 192.0.2.1",
        "bad.example:4:3 cname-and-other-data");
    line("CNAME at the apex", "@ CNAME b.example.net.", "bad.example:4:3 cname-and-other-data");
    line(
        "two CNAMEs",
        "a CNAME b.example.net.\na CNAME c.example.net.",
        "bad.example:4:3 several-cnames");
    line(
        "MX that points at a CNAME",
        "a MX 1 b\nb CNAME c.example.net.",
        "(bad.example:4:3 target-is-cname)");
    line(
        "NS that points at a CNAME",
        "sub NS b\nb CNAME c.example.net.",
        "(bad.example:4:5 target-is-cname)");
    zone(
        "no NS",
        "$TTL 300\n@ SOA ns.example.org. host.example.org. 1 3600 900 604800 300\n",
        "bad.example:2:3 no-ns");
    line("NS without address", "@ NS ns2", "bad.example:3:3 ns-without-address");
    line("TTL 2147483647", "a 2147483647 A 192.0.2.1", "(bad.example:4:14 long-ttl)");
    line("TTL 2147483648", "a 2147483648 A 192.0.2.1", "bad.example:4:3 ttl-out-of-range");
    line("TTL 4294967296", "a 4294967296 A 192.0.2.1", "bad.example:4:3 bad-ttl");
    line("a label of 64 octets", "a".repeat(64) + " A 192.0.2.1", "bad.example:4:1 bad-name");
    line("a name of 256 octets", "a.".repeat(121) + "a A 192.0.2.1", "bad.example:4:1 bad-name");
    line("an empty label", "a..b A 192.0.2.1", "bad.example:4:1 bad-name");
    line("an unknown type", "a AAA 192.0.2.1", "bad.example:4:3 unknown-type");
    line("a bad address", "a A 192.0.2.256", "bad.example:4:5 bad-address");
    line(
        "a huge RRset",
        "a TXT " + ("x".repeat(250) + "\na TXT ").repeat(400) + "end",
        "(bad.example:5:3 duplicate-record); (bad.example:6:3 duplicate-record); (bad.example:7:3 duplicate-record); (bad.example:8:3 duplicate-record)");
    line(
        "a huge rdata",
        "a TXT " + ("x".repeat(250) + " ").repeat(300),
        "bad.example:4:3 rdata-too-long");

    // Lines.
    line("parentheses that do not close", "a TXT ( x", "bad.example:4:7 unclosed-parenthesis");
    line("parentheses that do not open", "a TXT x )", "bad.example:4:9 unopened-parenthesis");
    line(
        "deep parentheses", "a TXT " + "(".repeat(100_000), "bad.example:4:7 unclosed-parenthesis");
    line("a quote that does not close", "a TXT \"x", "bad.example:4:7 unterminated-quote");
    line("a backslash at the end", "a TXT x\\", "bad.example:4:8 bad-escape");
    line("an escape over 255", "a TXT \\256", "bad.example:4:7 bad-escape");

    // Directives.
    line("$INCLUDE of itself", "$INCLUDE bad.example", "bad.example:4:10 bad-include");
    line("$INCLUDE of a key file", "$INCLUDE bad.example._keys", "bad.example:4:10 bad-include");
    line("$INCLUDE of all keys", "$INCLUDE _keys", "bad.example:4:10 bad-include");
    line("$INCLUDE from above", "$INCLUDE ../secret", "bad.example:4:10 bad-include");
    line(
        "$INCLUDE from far above",
        "$INCLUDE " + "../".repeat(50) + "etc/passwd",
        "bad.example:4:10 bad-include");
    line("$INCLUDE of an absolute path", "$INCLUDE /etc/passwd", "bad.example:4:10 bad-include");
    line("$INCLUDE of nothing there", "$INCLUDE nothing", "bad.example:4:10 bad-include");
    line("$INCLUDE of a dot file", "$INCLUDE .git/config", "bad.example:4:10 bad-include");
    line("$INCLUDE of a URL", "$INCLUDE https://example.org/zone", "bad.example:4:10 bad-include");
    line("$INCLUDE of a NUL", "$INCLUDE a\\000b", "bad.example:4:10 bad-include");
    line(
        "$INCLUDE of a good zone",
        "$INCLUDE good1.example",
        "(good1.example:3:3 duplicate-record); good1.example:2:3 several-soas");
    line(
        "$GENERATE of too many",
        "$GENERATE 0-4294967295 h$ A 192.0.2.1",
        "bad.example:4:11 bad-generate");
    line(
        "many $GENERATEs",
        "$GENERATE 0-65535 h$ TXT x\n".repeat(40),
        "bad.example:5:11 too-many-generated; bad.example:6:11 too-many-generated; bad.example:7:11 too-many-generated; bad.example:8:11 too-many-generated");
    line(
        "$GENERATE of wide numbers",
        "$GENERATE 1-2 h${0,4000000000,d} A 192.0.2.1",
        "bad.example:4:15 bad-generate");
    line("$ORIGIN of a long name", "$ORIGIN " + "a.".repeat(130), "bad.example:4:9 bad-name");
    line("an unknown directive", "$DATE 1", "bad.example:4:1 unknown-directive");

    // Keys.
    keys("empty", "", "");
    keys(
        "a zone",
        ZONE,
        "(bad.example._keys:2:1 key-file-record); (bad.example._keys:3:1 key-file-record)");
    keys(
        "base64 that is none",
        "k._notify.bad.example. DNSKEY 0 3 163 !!!!\n",
        "bad.example._keys:1:1 bad-base64");
    keys(
        "no secret",
        "k._notify.bad.example. DNSKEY 0 3 163\n",
        "bad.example._keys:1:1 missing-rdata");
    keys(
        "a short secret",
        "k._notify.bad.example. DNSKEY 0 3 163 MDEyMw==\n",
        "(bad.example._keys:1:1 key-secret-short)");
    keys(
        "MD5",
        "k._notify.bad.example. DNSKEY 0 3 157 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-algorithm)");
    keys(
        "SHA-1",
        "k._notify.bad.example. DNSKEY 0 3 161 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-algorithm)");
    keys(
        "a DNSSEC algorithm",
        "k._notify.bad.example. DNSKEY 257 3 13 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-algorithm)");
    keys(
        "algorithm 256",
        "k._notify.bad.example. DNSKEY 0 3 256 " + SECRET + "\n",
        "bad.example._keys:1:1 bad-number");
    keys(
        "no operation",
        "k.bad.example. DNSKEY 0 3 163 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-operation)");
    keys(
        "an unknown operation",
        "k._delete.bad.example. DNSKEY 0 3 163 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-operation)");
    keys(
        "the scope of another zone",
        "k._update.good1.example. DNSKEY 0 3 163 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-scope)");
    keys(
        "the scope of the root",
        "k._update. DNSKEY 0 3 163 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-scope)");
    keys(
        "a scope that only looks alike",
        "k._update.notbad.example. DNSKEY 0 3 163 " + SECRET + "\n",
        "(bad.example._keys:1:1 key-scope)");
    keys(
        "a name too long",
        "k".repeat(64) + "._notify.bad.example. DNSKEY 0 3 163 " + SECRET + "\n",
        "bad.example._keys:1:1 bad-name");
    keys(
        "a quote that does not close",
        KEY + "\"" + SECRET + "\n",
        "bad.example._keys:2:1 unterminated-quote");
    keys(
        "a parenthesis that does not close",
        "k._notify.bad.example. DNSKEY 0 3 163 ( " + SECRET + "\n",
        "bad.example._keys:1:1 unclosed-parenthesis");
    keys("an include", "$INCLUDE good1.example\n", "bad.example._keys:1:1 bad-include");
    keys("NUL", KEY + "\0\n", "bad.example._keys:2:1 control-character");
    keys("CRLF", KEY.replace("\n", "\r\n"), "");
    keys("a byte order mark", utf8("\ufeff") + KEY, "");
    keys(
        "BIND's form",
        "key \"k\" { algorithm hmac-sha256; secret \"" + SECRET + "\"; };\n",
        "bad.example._keys:1:1 unknown-type");
    keys(
        "Git LFS pointer",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "bad.example._keys:1:1 lfs-pointer");
    keys(
        "a very long line",
        KEY.strip() + " " + "A".repeat(300_000) + "\n",
        "bad.example._keys:1:1 token-too-long");

    // Names.
    named("a final dot", "bad.example.", "bad.example. left alone");
    named("a first dot", ".bad.example", "");
    named("two dots in it", "bad..example", "bad..example left alone");
    named("three dots", "...", "");
    named(
        "a label of 64 octets",
        "a".repeat(64) + ".example",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example left alone");
    named(
        "a name of 256 octets",
        ("a".repeat(49) + ".").repeat(5) + "abcdef",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaa.abcdef left alone");
    named(
        "a name of 4096 octets",
        "a".repeat(4096),
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaaaaa left alone");
    named("a space", "bad example", "(bad example:1:1 odd-zone-name)");
    named("a final space", "bad.example ", "(bad.example :1:1 odd-zone-name)");
    named("a line end", "bad\n.example", "(bad<U+000A>.example:1:1 odd-zone-name)");
    named(
        "an escape sequence of a terminal",
        "\u001b[2J.example",
        "(<U+001B>[2J.example:1:1 odd-zone-name)");
    named(
        "octets that are no UTF-8",
        "\u00ff\u00fe.example",
        "(\u00ff\u00fe.example:1:1 odd-zone-name)");
    named("an emoji", utf8("\ud83d\ude00.example"), "(\ud83d\ude00.example:1:1 odd-zone-name)");
    named(
        "an IDN as UTF-8",
        utf8("m\u00fcnchen.example"),
        "(m\u00fcnchen.example:1:1 odd-zone-name)");
    named(
        "the Kelvin sign", utf8("\u212aelvin.example"), "(\u212aelvin.example:1:1 odd-zone-name)");
    named(
        "right-to-left marks",
        utf8("\u202eelpmaxe.dab"),
        "(<U+202E>elpmaxe.dab:1:1 odd-zone-name)");
    named("an escape", "b\\097d.example", "");
    named("a bad escape", "b\\999.example", "b\\999.example left alone");
    named("%2F", "0%2F25.example", "");
    named("%2f", "0%2f25.example", "");
    named("%2e", "bad%2eexample", "(bad%2eexample:1:1 odd-zone-name)");
    named("%00", "bad%00.example", "(bad%00.example:1:1 odd-zone-name)");
    named("an option", "--help.example", "");
    named("a wildcard", "*.example", "(*.example:1:1 odd-zone-name)");
    named("the root", "@", "@:3:3 ns-without-address");
    tree(
        "case twins",
        "Bad.example+bad.example claimed twice",
        file("bad.example", ZONE),
        file("Bad.example", ZONE));
    tree(
        "twins by %2F",
        "0%2F25.example+0%2f25.example claimed twice",
        file("0%2F25.example", ZONE),
        file("0%2f25.example", ZONE));
    tree(
        "twins by escape",
        "b\\097d.example+bad.example claimed twice",
        file("b\\097d.example", ZONE),
        file("bad.example", ZONE));
    tree(
        "a twin of a good zone",
        "GOOD1.example+good1.example claimed twice",
        file("GOOD1.example", ZONE));
    tree("a key file of no zone", "a..b._keys:1:1 key-file-name", file("a..b._keys", KEY));
    tree(
        "key files that are twins",
        "",
        file("bad.example._keys", KEY),
        file("Bad.example._keys", KEY));

    // What is no file.
    tree(
        "a link to a good zone",
        "bad.example left alone",
        new Entry(FileMode.SYMLINK, "bad.example", "good1.example"));
    tree(
        "a link out",
        "bad.example left alone",
        new Entry(FileMode.SYMLINK, "bad.example", "/etc/passwd"));
    tree(
        "a key file that is a link",
        "bad.example._keys left alone",
        new Entry(FileMode.SYMLINK, "bad.example._keys", "../keys"));
    tree("a submodule", "bad.example left alone", new Entry(FileMode.GITLINK, "bad.example", ""));
    tree("an executable", "", new Entry(FileMode.EXECUTABLE_FILE, "bad.example", ZONE));
    tree("a folder", "bad.example left alone", new Entry(FileMode.TREE, "bad.example", ZONE));
    tree(
        "a folder of keys",
        "bad.example._keys left alone",
        new Entry(FileMode.TREE, "bad.example._keys", KEY));
    tree("the folder where we keep includes", "", new Entry(FileMode.TREE, ".zonetrail", ZONE));
    tree(
        "git's own files",
        "",
        file(".gitattributes", "* filter=x\n"),
        file(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ../x\n"));
    tree(
        "a README that speaks of SOA",
        "README.md left alone",
        file("README.md", "# Zones\n\nEach has an SOA record. Raise it.\n"));
    tree(
        "a file that is a program",
        "Makefile left alone",
        file("Makefile", "all:\n\tnamed-checkzone $@\n"));

    // What git itself refuses.
    tree("..", "refused", file("..", ZONE));
    tree(".", "refused", file(".", ZONE));
    tree(".git", "refused", file(".git", ZONE));
    tree(".GIT", "refused", file(".GIT", ZONE));
    tree("git~1", "refused", file("git~1", ZONE));
    tree("a slash", "refused", file("a/bad.example", ZONE));
    tree(
        "the same name twice",
        "refused",
        file("bad.example", ZONE),
        file("bad.example", ZONE + ";\n"));
    tree(
        "a file and a folder of one name",
        "refused",
        file("bad.example", ZONE),
        new Entry(FileMode.TREE, "bad.example", ZONE));
  }

  /// The pieces of a tree in the order in which git wants them; what is there twice stays so.
  static List<Entry> sorted(List<Entry> entries) {
    Map<String, Entry> order = new TreeMap<>();
    for (Entry entry : entries) {
      String key = entry.mode().equals(FileMode.TREE) ? entry.name() + "/" : entry.name() + "\0";
      while (order.containsKey(key)) {
        key += "\0";
      }
      order.put(key, entry);
    }
    return List.copyOf(order.values());
  }
}
