package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import zonetrail.authority.RemotePrimaries;
import zonetrail.server.ServingOptions;
import zonetrail.server.git.SecretFile;
import zonetrail.tsig.BadKeyException;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.Operation;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// The options of `zonetrail secondary`. Scripts rely on the names.
final class SecondaryOptions {
  /// Where keys are taken from besides the options.
  static final String VARIABLE = "ZONETRAIL_KEYS";

  @Option(
      names = "--keys",
      paramLabel = "NAME:ALG:SECRET",
      description = {
        "A TSIG key; may be given more than once. Its name says which zones it is for, and maybe where"
            + " their primary is: <primary>.<secondary>._transfer.<zone>, without a zone for all.",
        "Other users of this machine can see it: --key-file and $"
            + VARIABLE
            + " are better places."
      })
  private List<String> keys = List.of();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "A file with such keys, one a line, # for comments; only its owner may read it.")
  private @Nullable Path keyFile;

  @Option(
      names = "--primary",
      paramLabel = "ADDR[:PORT]",
      converter = AddressConverter.class,
      description = {
        "A primary of all zones; may be given more than once, and is tried in that order, before those"
            + " in the names of keys (port 53)."
      })
  private List<InetSocketAddress> primaries = List.of();

  @Option(
      names = "--zone",
      paramLabel = "NAME",
      converter = NameConverter.class,
      description = {
        "A zone to ask for from the start; may be given more than once. Zones that a key is named after,"
            + " and those that a NOTIFY announces, need none.",
        "Without a key that is for it, nothing is signed: every --primary is asked, must let this"
            + " address transfer it, and is not told apart from an impostor."
      })
  private List<WireName> zones = List.of();

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      required = true,
      description = "Where zones are kept: a restart serves them while every primary is away.")
  private Path stateDir = Path.of("");

  @Mixin private final ServingOptions serving = new ServingOptions();

  ServingOptions serving() {
    return serving;
  }

  Path stateDir() {
    return stateDir;
  }

  /// Where zones come from.
  ///
  /// @param environment where a key may be, too
  /// @throws IllegalArgumentException saying which key or file is unusable, and why
  RemotePrimaries remotePrimaries(Map<String, String> environment) {
    List<TsigKey> all = new ArrayList<>();
    keys.forEach(key -> all.add(parse(key, "--keys")));
    Optional.ofNullable(environment.get(VARIABLE))
        .ifPresent(
            text -> text.strip().lines().forEach(key -> all.add(parse(key, "$" + VARIABLE))));
    if (keyFile != null) {
      readKeys(keyFile, all);
    }
    RemotePrimaries remotes =
        new RemotePrimaries(primaries, KeyRing.of(Map.of("keys", List.copyOf(all))), zones);
    if (!zones.isEmpty()) {
      requirePrimaries(remotes);
    } else if (all.isEmpty()) {
      throw new IllegalArgumentException("give a key: --key-file, $" + VARIABLE + " or --keys");
    }
    if (!all.isEmpty()) {
      requireTransfers(all, remotes);
    }
    return remotes;
  }

  private void requirePrimaries(RemotePrimaries remotes) {
    for (WireName zone : zones) {
      if (remotes.of(zone).isEmpty()) {
        throw new IllegalArgumentException(
            "--zone " + zone.toStringNoDot() + " has no primary: give --primary ADDR[:PORT]");
      }
    }
  }

  private static void requireTransfers(List<TsigKey> all, RemotePrimaries remotes) {
    boolean hasTransfer =
        all.stream()
            .anyMatch(key ->
                key.name()
                    .scope()
                    .filter(scope -> key.name().permits(Operation.TRANSFER, scope))
                    .isPresent());
    if (!hasTransfer) {
      throw new IllegalArgumentException(
          "none of the keys permits a transfer: its name must be like s1._transfer.example.org");
    }
    List<TsigKey> lost = remotes.withoutAddress();
    if (!lost.isEmpty()) {
      throw new IllegalArgumentException(
          "key "
              + lost.getFirst().name()
              + " does not say where its primary is: give --primary, or a key whose name begins with"
              + " the address (192.0.2.1._transfer.example.org)");
    }
  }

  private static TsigKey parse(String text, String where) {
    try {
      return TsigKey.parse(text);
    } catch (BadKeyException bad) {
      throw new IllegalArgumentException(where + ": " + bad.getMessage(), bad);
    }
  }

  /// @param line the line's number, from 1 on
  private static TsigKey parse(String text, Path file, int line) {
    try {
      return TsigKey.parse(text);
    } catch (BadKeyException bad) {
      int blanks = text.length() - text.stripLeading().length();
      String place = "%s:%d:%d: ".formatted(file, line, 1 + blanks + bad.at());
      throw new IllegalArgumentException(place + bad.getMessage(), bad);
    }
  }

  private static void readKeys(Path file, List<TsigKey> to) {
    byte[] text =
        SecretFile.read(file, "key file", "zonetrail keygen tsig NAME --key-file FILE makes one");
    List<String> lines = new String(text, UTF_8).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank() && !lines.get(i).strip().startsWith("#")) {
        to.add(parse(lines.get(i), file, i + 1));
      }
    }
  }

  /// Reads the name of a zone.
  static final class NameConverter implements ITypeConverter<WireName> {
    @Override
    public WireName convert(String text) {
      try {
        return WireName.parse(text);
      } catch (BadNameException bad) {
        throw new TypeConversionException(
            "'" + text + "' is not a domain name: " + bad.getMessage());
      }
    }
  }

  /// Reads `192.0.2.1`, `192.0.2.1:5300`, `2001:db8::1` and `[2001:db8::1]:5300`.
  static final class AddressConverter implements ITypeConverter<InetSocketAddress> {
    private static final Pattern WITH_PORT =
        Pattern.compile("(?:\\[([^\\]]+)]|([^:\\[\\]]+))(?::(\\d{1,5}))?");
    private static final int MAX_PORT = 65_535;

    @Override
    public InetSocketAddress convert(String text) {
      Matcher match = WITH_PORT.matcher(text);
      boolean isPlain = !match.matches();
      String host =
          isPlain ? text : Objects.requireNonNullElseGet(match.group(1), () -> match.group(2));
      String port = isPlain ? null : match.group(3);
      int number = port == null ? RemotePrimaries.DNS_PORT : Integer.parseInt(port);
      try {
        if (number > 0 && number <= MAX_PORT) {
          return new InetSocketAddress(InetAddress.ofLiteral(host), number);
        }
      } catch (IllegalArgumentException notAnAddress) {
        // said below
      }
      throw new TypeConversionException(
          "'" + text + "' is not ADDR[:PORT]; write for example 192.0.2.1 or [2001:db8::1]:5300");
    }
  }
}
