package zonetrail.server;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/// Says for `--version` which version this is, from the jar.
public final class ProgramVersion implements IVersionProvider {
  /// The command line makes one.
  public ProgramVersion() {}

  @Override
  public String[] getVersion() {
    return new String[] {"zonetrail " + number()};
  }

  /// The version alone.
  public static String number() {
    @Nullable String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(development)" : version;
  }
}
