package zonetrail.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What `onotify` is told on its command line.
///
/// @param server the server to ask
/// @param zone the zone that has changed
/// @param key where the key comes from
/// @param serial the zone's new serial
record OnotifyArguments(ServerOption server, WireName zone, TsigKeyOption key, Serial serial) {
  private static final String SERIAL = "--serial";
  private static final int TIMEOUT_SECONDS = 10;

  /// The command line that [#of] reads.
  static CommandSpec commandLine() {
    CommandSpec spec =
        ToolCommand.named(
            "onotify",
            "Tell a DNS server that a zone has changed (NOTIFY, RFC 1996), signed with a key.",
            "",
            "Quick start, in the post-receive hook of a zone repository:",
            "  onotify 192.0.2.1 example.com --key-file /etc/zonetrail/notify.key",
            "where the file (chmod 600) has one line, the same key as in example.com._keys:",
            "  hook._notify.example.com:SHA256:BASE64",
            "Without --key and --key-file the key is taken from the environment, ZONETRAIL_KEY.",
            "",
            "Exit codes: 0 done; 1 the answer was no; 2 wrong usage or an unreadable file;",
            "3 the server could not be reached.");
    ServerOption.addArgumentTo(spec);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("1")
            .paramLabel("ZONE")
            .required(true)
            .type(String.class)
            .description("The zone that has changed.")
            .build());
    TsigKeyOption.addTo(spec);
    spec.addOption(
        OptionSpec.builder(SERIAL)
            .paramLabel("N")
            .type(long.class)
            .defaultValue("1")
            .description(
                "The zone's new serial (default: ${DEFAULT-VALUE}). Only a hint: the primary does"
                    + " not look at it, a secondary may ignore a serial that it has.")
            .build());
    ServerOption.addOptionsTo(spec, TIMEOUT_SECONDS);
    ToolCommand.addHelp(spec);
    return spec;
  }

  /// What was given.
  ///
  /// @throws UsageException if an argument is wrong
  static OnotifyArguments of(ParseResult given) throws UsageException {
    WireName zone = zone(given.matchedPositionalValue(1, ""));
    Serial serial = serial(given.commandSpec().findOption(SERIAL).<Long>getValue());
    return new OnotifyArguments(ServerOption.of(given), zone, TsigKeyOption.of(given), serial);
  }

  private static WireName zone(String text) throws UsageException {
    try {
      return WireName.parse(text);
    } catch (BadNameException e) {
      throw new UsageException("ZONE is not a domain name: " + e.getMessage());
    }
  }

  private static Serial serial(long number) throws UsageException {
    try {
      return Serial.of(number);
    } catch (IllegalArgumentException e) {
      throw new UsageException(SERIAL + ": " + e.getMessage());
    }
  }
}
