package zonetrail.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// What `oupdate` is told on its command line; names and values are not yet checked.
///
/// @param server the server to ask
/// @param givenKey the key as the original takes it, among the other arguments; null if it is not
///   there
/// @param key where the key comes from else
/// @param host the name whose records change
/// @param values addresses, or the words of rdata
/// @param type the records' type; null for that of addresses
/// @param action what is done
/// @param condition what must be true first
/// @param ttlSeconds the TTL of what is added, 0 or more
/// @param zone the zone; null for the one that the key's name says
record OupdateArguments(
    ServerOption server,
    @Nullable String givenKey,
    TsigKeyOption key,
    String host,
    List<String> values,
    @Nullable String type,
    Action action,
    Condition condition,
    int ttlSeconds,
    @Nullable String zone) {
  private static final String TYPE = "--type";
  private static final String ADD = "--add";
  private static final String DELETE = "--delete";
  private static final String IF_EXISTS = "--if-exists";
  private static final String IF_ABSENT = "--if-absent";
  private static final String TTL = "--ttl";
  private static final String ZONE = "--zone";
  private static final int TIMEOUT_SECONDS = 12;

  /// What is done to the records.
  enum Action {
    /// They take the place of those of their type.
    REPLACE,
    /// They join them.
    ADD,
    /// They go.
    DELETE
  }

  /// What must be true before anything is done.
  enum Condition {
    /// Nothing.
    NONE,
    /// There are records.
    EXISTS,
    /// There are none.
    ABSENT
  }

  /// The command line that [#of] reads.
  static CommandSpec commandLine() {
    CommandSpec spec =
        ToolCommand.named(
            "oupdate",
            "Change records on a DNS server (UPDATE, RFC 2136), signed with a key.",
            "",
            "Quick start, to give a host an address:",
            "  oupdate 192.0.2.53 www.example.com 192.0.2.1 --key-file update.key",
            "where the file (chmod 600) has one line, the same key as in example.com._keys:",
            "  me._update.example.com:SHA256:BASE64",
            "The key may be in the environment, ZONETRAIL_KEY, or stand before the host,",
            "where other users of this machine can see it.",
            "",
            "  oupdate SERVER HOST --type MX 10 mail.example.com. --add",
            "  oupdate SERVER HOST --type TXT --delete",
            "  oupdate SERVER HOST --delete",
            "",
            "Exit codes: 0 done; 1 the answer was no; 2 wrong usage or an unreadable file;",
            "3 the server could not be reached, and may have done it or not.");
    ServerOption.addArgumentTo(spec);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("1..*")
            .paramLabel("[KEY] HOST [VALUE...]")
            .required(true)
            .type(String[].class)
            .description(
                "The host and its addresses; with --type, the words of one record's data, names in"
                    + " full. A key before the host is written as for --key.")
            .build());
    TsigKeyOption.addTo(spec);
    spec.addOption(
        text(TYPE, "TYPE", "The type of the records (default: A or AAAA, as the address is)."));
    spec.addArgGroup(
        either(
            ToolCommand.flag(
                ADD, "Add to the records that are there; without it they are replaced."),
            ToolCommand.flag(
                DELETE,
                "Delete: the record, or all of the type if no value is given, or all of the host"
                    + " if no type is given either.")));
    spec.addArgGroup(
        either(
            ToolCommand.flag(
                IF_EXISTS, "Only if the host has records, of the type if there is one."),
            ToolCommand.flag(IF_ABSENT, "Only if the host has none.")));
    spec.addOption(ToolCommand.number(TTL, "SECONDS", 60, "The TTL of the records"));
    spec.addOption(
        text(ZONE, "ZONE", "The zone that holds the host (default: what the key's name says)."));
    ServerOption.addOptionsTo(spec, TIMEOUT_SECONDS);
    ToolCommand.addHelp(spec);
    return spec;
  }

  private static OptionSpec text(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(String.class)
        .description(description)
        .build();
  }

  private static ArgGroupSpec either(OptionSpec one, OptionSpec other) {
    return ArgGroupSpec.builder().exclusive(true).addArg(one).addArg(other).build();
  }

  /// What was given.
  ///
  /// @throws UsageException if an argument is wrong
  static OupdateArguments of(ParseResult given) throws UsageException {
    ServerOption server = ServerOption.of(given);
    int ttlSeconds = given.commandSpec().findOption(TTL).<Integer>getValue();
    if (ttlSeconds < 0) {
      throw new UsageException(TTL + " is 0 to 2147483647 seconds, not " + ttlSeconds);
    }
    List<String> rest = new ArrayList<>(List.of(given.matchedPositionalValue(1, new String[0])));
    // No name of a host has a colon, and every key has.
    String key = !rest.isEmpty() && rest.getFirst().contains(":") ? rest.removeFirst() : null;
    String host = rest.isEmpty() ? "" : rest.removeFirst();
    boolean isAdd = given.matchedOptionValue(ADD, false);
    boolean isDelete = given.matchedOptionValue(DELETE, false);
    boolean ifExists = given.matchedOptionValue(IF_EXISTS, false);
    boolean ifAbsent = given.matchedOptionValue(IF_ABSENT, false);
    return new OupdateArguments(
        server,
        key,
        TsigKeyOption.of(given),
        host,
        List.copyOf(rest),
        given.matchedOptionValue(TYPE, (String) null),
        isAdd ? Action.ADD : isDelete ? Action.DELETE : Action.REPLACE,
        ifExists ? Condition.EXISTS : ifAbsent ? Condition.ABSENT : Condition.NONE,
        ttlSeconds,
        given.matchedOptionValue(ZONE, (String) null));
  }
}
