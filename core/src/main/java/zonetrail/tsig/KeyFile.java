package zonetrail.tsig;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.LfsPointer;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Finding.Level;
import zonetrail.zone.Position;
import zonetrail.zone.Rdata;

/// A file of keys, as it stands in the repository: `<zone>._keys` for the subtree of a zone,
/// `_keys` for all zones. The file pattern of zones has no part in it: with `{zone}.zone` a file
/// `example.com.zone._keys` would else be for `example.com` at one server and for the name
/// `example.com.zone` at the next.
///
/// Each key is a record `name DNSKEY 0 3 ALG BASE64`. Names are whole names, with or without the
/// final dot: the origin is the root, as it was where these files come from. A TTL may be there and
/// means nothing.
///
/// A line that is no record makes the whole file an error, and no key is taken from it: whoever has
/// older keys of the file keeps those. A record that gives no good key (outside the file's zone, an
/// algorithm that is not allowed, a name that grants nothing) is a warning, and only that key is
/// missing. Findings tell the line and the rule and never anything that stands in the file.
///
/// @param keys the keys, in the order of the file; none if there is an error
/// @param findings what is wrong, in the order of the file
public record KeyFile(List<TsigKey> keys, List<Finding> findings) {
  /// How the names of key files end.
  public static final String SUFFIX = "_keys";

  /// The most octets of a key file, some 10,000 keys.
  public static final int MAX_OCTETS = 1 << 20;

  /// Secrets with fewer octets get a warning; RFC 8945 §8 recommends as many as the MAC has.
  public static final int SHORT_SECRET_OCTETS = 16;

  private static final int DNSKEY_FIXED_OCTETS = 4;
  private static final int DNSKEY_PROTOCOL = 3;

  /// Copies both.
  public KeyFile {
    keys = List.copyOf(keys);
    findings = List.copyOf(findings);
  }

  /// Whether a file of this name (its folder aside) holds keys.
  public static boolean isKeyFileName(String fileName) {
    int suffix = fileName.length() - SUFFIX.length();
    return suffix >= 0
        && isSuffix(fileName, suffix)
        && (suffix == 0 || "./".indexOf(fileName.charAt(suffix - 1)) >= 0);
  }

  /// Only ASCII letters have a case here: the Kelvin sign is no `k`. Of a large folder each name is
  /// looked at.
  private static boolean isSuffix(String name, int at) {
    for (int i = 0; i < SUFFIX.length(); i++) {
      char c = name.charAt(at + i);
      char small = c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
      if (small != SUFFIX.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// The zone whose subtree a key file is for, the root for `_keys`; empty where the name is not
  /// that of a key file.
  public static Optional<WireName> zoneOf(String fileName) {
    if (!isKeyFileName(fileName)) {
      return Optional.empty();
    }
    String name = fileName.substring(fileName.lastIndexOf('/') + 1);
    return name.length() == SUFFIX.length()
        ? Optional.of(WireName.ROOT)
        : ZoneFilePattern.NAME_ALONE.zoneOf(name.substring(0, name.length() - SUFFIX.length() - 1));
  }

  /// Reads a key file of a repository, with the algorithms of [AlgorithmPolicy#STRONG].
  ///
  /// @param fileName its name, from which the zone is read; a path in front of it does not matter
  /// @param text its octets; must not be changed afterwards
  public static KeyFile read(String fileName, byte[] text) {
    return read(fileName, text, AlgorithmPolicy.STRONG);
  }

  /// Reads a key file of a repository.
  ///
  /// @param fileName its name, from which the zone is read; a path in front of it does not matter
  /// @param text its octets; must not be changed afterwards
  /// @param policy the algorithms that are allowed
  public static KeyFile read(String fileName, byte[] text, AlgorithmPolicy policy) {
    Optional<WireName> zone = zoneOf(fileName);
    if (zone.isEmpty()) {
      Finding finding =
          new Finding(
              Position.ofFile(fileName),
              Level.ERROR,
              "the file's name does not name a zone: call it <zone>._keys or _keys",
              "key-file-name");
      return new KeyFile(List.of(), List.of(finding));
    }
    return read(fileName, text, zone.get(), policy);
  }

  /// Reads keys for a zone, whatever the file is called.
  ///
  /// @param fileName what findings call it
  /// @param text its octets; must not be changed afterwards
  /// @param zone the name at or below which the keys' scopes must lie
  /// @param policy the algorithms that are allowed
  public static KeyFile read(String fileName, byte[] text, WireName zone, AlgorithmPolicy policy) {
    if (LfsPointer.is(text)) {
      return new KeyFile(List.of(), List.of(LfsPointer.finding(fileName)));
    }
    if (text.length > MAX_OCTETS) {
      String tooLong = text.length + " octets; at most " + MAX_OCTETS + " of keys are read";
      Finding finding =
          new Finding(Position.ofFile(fileName), Level.ERROR, tooLong, "key-file-too-long");
      return new KeyFile(List.of(), List.of(finding));
    }
    MasterFile file = MasterFile.parse(fileName, text, WireName.ROOT, IncludeSource.NONE, 0);
    List<Finding> findings = new ArrayList<>();
    for (Finding finding : file.findings()) {
      findings.add(withoutText(finding));
    }
    Set<TsigKey> keys = new LinkedHashSet<>();
    Reader reader = new Reader(zone, policy);
    file.forEachRecord((owner, type, ttlSeconds, rdata, offset) -> {
      Complaint complaint = reader.read(owner, type, rdata, keys);
      if (complaint != null && findings.size() < MasterFile.MAX_FINDINGS) {
        int line = file.position(offset).line();
        findings.add(
            new Finding(
                new Position(fileName, line, 0),
                Level.WARNING,
                complaint.message(),
                complaint.rule()));
      }
    });
    boolean hasErrors = findings.stream().anyMatch(Finding::isError);
    return new KeyFile(hasErrors ? List.of() : List.copyOf(keys), findings);
  }

  /// The parser quotes what it stumbles over, and here that may be a secret.
  private static Finding withoutText(Finding finding) {
    return new Finding(
        new Position(finding.where().file(), finding.where().line(), 0),
        finding.level(),
        "not as a key is written: name DNSKEY 0 3 163 BASE64 (the text is not shown)",
        finding.rule());
  }

  /// Whether the file is to be passed over as a whole.
  public boolean hasErrors() {
    return findings.stream().anyMatch(Finding::isError);
  }

  /// What a record has against it.
  private record Complaint(String message, String rule) {}

  /// Makes keys of records.
  private record Reader(WireName zone, AlgorithmPolicy policy) {

    @Nullable Complaint read(WireName owner, RRType type, Rdata rdata, Set<TsigKey> keys) {
      if (type != RRType.DNSKEY) {
        return new Complaint("only DNSKEY records are read here; ignored", "key-file-record");
      }
      if (rdata.length() <= DNSKEY_FIXED_OCTETS || rdata.octetAt(2) != DNSKEY_PROTOCOL) {
        return new Complaint("a key is written DNSKEY 0 3 ALG BASE64; ignored", "key-format");
      }
      TsigAlgorithm algorithm = TsigAlgorithm.ofDnskeyNumber(rdata.octetAt(3));
      if (algorithm == null) {
        return new Complaint(
            "the algorithm is none of 162 to 165 (HMAC-SHA224 to HMAC-SHA512); key refused",
            "key-algorithm");
      }
      if (!policy.allows(algorithm)) {
        return new Complaint(
            algorithm + " is not allowed here; make a new key with 163 (HMAC-SHA256); key refused",
            "key-algorithm");
      }
      KeyName name = KeyName.of(owner);
      Optional<WireName> scope = name.scope();
      if (scope.isEmpty()) {
        return new Complaint(
            "the name grants nothing: it needs a label _update, _transfer or _notify; key refused",
            "key-operation");
      }
      if (!scope.get().isAtOrBelow(zone)) {
        return new Complaint(
            "the key's scope lies outside this file's zone, "
                + zone
                + "; write its whole name, or move it to the file of its zone, which is called"
                + " <zone>._keys whatever zone files are called; key refused",
            "key-scope");
      }
      byte[] secret = new byte[rdata.length() - DNSKEY_FIXED_OCTETS];
      rdata.copyTo(DNSKEY_FIXED_OCTETS, secret, 0, secret.length);
      keys.add(new TsigKey(name, algorithm, Secret.of(secret)));
      return secret.length >= SHORT_SECRET_OCTETS
          ? null
          : new Complaint(
              "the secret is short: at least "
                  + SHORT_SECRET_OCTETS
                  + " octets, best "
                  + algorithm.macOctets()
                  + "; key taken",
              "key-secret-short");
    }
  }
}
