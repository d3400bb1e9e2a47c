package zonetrail.cli;

import java.io.PrintWriter;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// What the command lines of the tools that hooks call have in common.
///
/// They are made in code. Annotations on fields would be shorter, but the JVM makes a class for
/// each kind of annotation when it is read, and keeps none of them in its cache: that took half of
/// the time for which `ozone` ran (60 ms of 130).
final class ToolCommand {
  /// Makes what annotations name, and here none do. Picocli's own factory looks for Groovy in each
  /// jar.
  private static final IFactory NO_FACTORY = new NoFactory();

  private ToolCommand() {}

  private static final class NoFactory implements IFactory {
    @Override
    public <K> K create(Class<K> type) {
      throw new IllegalArgumentException("a tool's command line names no " + type);
    }
  }

  /// Says which version this is, from the jar.
  private static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = ToolCommand.class.getPackage().getImplementationVersion();
      return new String[] {"zonetrail " + (version == null ? "(development)" : version)};
    }
  }

  /// A command line that takes nothing yet. Its help shows options in the order in which they are
  /// added; [#addHelp] belongs at the end.
  static CommandSpec named(String name, String description, String... footer) {
    CommandSpec spec =
        CommandSpec.wrapWithoutInspection(null, NO_FACTORY)
            .name(name)
            .versionProvider(new Version());
    spec.usageMessage().sortOptions(false).autoWidth(true).description(description).footer(footer);
    return spec;
  }

  /// Adds `--help` and `--version`, worded as picocli does in other commands.
  static void addHelp(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
  }

  /// An option that is there or not.
  static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description).build();
  }

  /// An option with a whole number.
  ///
  /// @param description without a full stop; the default is shown behind it
  static OptionSpec number(String name, String label, int otherwise, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(int.class)
        .defaultValue(String.valueOf(otherwise))
        .description(description + " (default: ${DEFAULT-VALUE}).")
        .build();
  }

  /// Runs a tool on the process's own streams and ends the process with its exit code.
  static void main(ToIntBiFunction<PrintWriter, PrintWriter> tool) {
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    exit(tool.applyAsInt(out, err), out, err);
  }

  /// Runs a tool, unless only its help or version is asked for.
  ///
  /// @param mistake says what is wrong with the arguments; returns the exit code
  /// @param tool returns the exit code
  static int run(
      CommandSpec spec,
      String[] args,
      PrintWriter out,
      PrintWriter err,
      ToIntFunction<ParameterException> mistake,
      ToIntFunction<ParseResult> tool) {
    return new CommandLine(spec, NO_FACTORY)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler((e, arguments) -> mistake.applyAsInt(e))
        .setExecutionStrategy(given -> {
          Integer helped = CommandLine.executeHelpRequest(given);
          return helped == null ? tool.applyAsInt(given) : helped;
        })
        .execute(args);
  }

  /// Ends the process. A tool has nothing to be done at its end, and `System.exit` would first look
  /// for a logger to tell about it (10 ms).
  static void exit(int code, PrintWriter out, PrintWriter err) {
    out.flush();
    err.flush();
    Runtime.getRuntime().halt(code);
  }
}
