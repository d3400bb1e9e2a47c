package zonetrail.cli;

import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import zonetrail.transport.DnsExchange.Protocol;

/// What `onotify` is told on its command line, not yet checked.
///
/// @param server the server's name or address
/// @param zone the zone that has changed
/// @param key where the key comes from
/// @param port the server's port
/// @param serial the zone's new serial
/// @param timeoutSeconds how long to wait in all
/// @param protocol how to ask
record OnotifyArguments(
    String server,
    String zone,
    TsigKeyOption key,
    int port,
    long serial,
    int timeoutSeconds,
    Protocol protocol) {
  private static final String PORT = "--port";
  private static final String SERIAL = "--serial";
  private static final String TIMEOUT = "--timeout";
  private static final String TCP = "--tcp";
  private static final String UDP = "--udp";

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
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .paramLabel("SERVER")
            .required(true)
            .type(String.class)
            .description("The server: a name, an IPv4 or an IPv6 address.")
            .build());
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
        OptionSpec.builder(PORT)
            .paramLabel("PORT")
            .type(int.class)
            .defaultValue("53")
            .description("The server's port (default: ${DEFAULT-VALUE}).")
            .build());
    spec.addOption(
        OptionSpec.builder(SERIAL)
            .paramLabel("N")
            .type(long.class)
            .defaultValue("1")
            .description(
                "The zone's new serial (default: ${DEFAULT-VALUE}). Only a hint: the primary does"
                    + " not look at it, a secondary may ignore a serial that it has.")
            .build());
    spec.addOption(
        OptionSpec.builder(TIMEOUT)
            .paramLabel("SECONDS")
            .type(int.class)
            .defaultValue("10")
            .description("How long to wait in all (default: ${DEFAULT-VALUE}).")
            .build());
    spec.addArgGroup(
        ArgGroupSpec.builder()
            .exclusive(true)
            .addArg(
                OptionSpec.builder(TCP)
                    .type(boolean.class)
                    .description("Ask over TCP (the default).")
                    .build())
            .addArg(
                OptionSpec.builder(UDP)
                    .type(boolean.class)
                    .description("Ask over UDP, again after 1, 2, 4 ... seconds.")
                    .build())
            .build());
    ToolCommand.addHelp(spec);
    return spec;
  }

  /// What was given.
  static OnotifyArguments of(ParseResult given) {
    CommandSpec spec = given.commandSpec();
    boolean isUdp = given.matchedOptionValue(UDP, false);
    return new OnotifyArguments(
        given.matchedPositionalValue(0, ""),
        given.matchedPositionalValue(1, ""),
        TsigKeyOption.of(given),
        spec.findOption(PORT).<Integer>getValue(),
        spec.findOption(SERIAL).<Long>getValue(),
        spec.findOption(TIMEOUT).<Integer>getValue(),
        isUdp ? Protocol.UDP : Protocol.TCP);
  }
}
