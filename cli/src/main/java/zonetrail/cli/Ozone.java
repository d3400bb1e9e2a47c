package zonetrail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.MasterFile;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.masterfile.ZoneReading;
import zonetrail.tsig.AlgorithmPolicy;
import zonetrail.tsig.KeyFile;
import zonetrail.wire.BadNameException;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Finding.Level;
import zonetrail.zone.Position;
import zonetrail.zone.Serial;
import zonetrail.zone.ShownName;
import zonetrail.zone.Zone;

/// `ozone`: says what is wrong with zone files and key files, by the code that the server judges
/// by.
///
/// The flow: arguments to files, a file to its zone's name, `ZoneFileReader` or `KeyFile` to
/// findings, findings to standard output. A file that cannot be read at all is said on standard
/// error, and the others are still checked.
public final class Ozone {
  private final OzoneArguments given;
  private final PrintWriter out;
  private final PrintWriter err;

  private boolean hasErrors;
  private boolean isIncomplete;

  private Ozone(OzoneArguments given, PrintWriter out, PrintWriter err) {
    this.given = given;
    this.out = out;
    this.err = err;
  }

  /// Runs the tool and ends with its exit code.
  ///
  /// @param args the command line
  public static void main(String[] args) {
    // Findings quote the files, and those are UTF-8 whatever the locale of a hook is.
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    ToolCommand.exit(run(args, out, err), out, err);
  }

  /// Runs the tool.
  ///
  /// @return the exit code, see [ExitCode]
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return ToolCommand.run(
        OzoneArguments.commandLine(),
        args,
        out,
        err,
        Ozone::explainUsage,
        arguments -> new Ozone(OzoneArguments.of(arguments), out, err).check());
  }

  private static int explainUsage(ParameterException e) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("ozone: " + e.getMessage());
    err.println(
        "usage: ozone FILE... [--old FILE] [--zone-name NAME] [--file-pattern PATTERN]"
            + " [--layout flat|tree]; ozone --help says more");
    return ExitCode.USAGE;
  }

  private int check() {
    List<Path> files = given.files();
    boolean isOne = files.size() == 1 && !Files.isDirectory(files.getFirst());
    if (!isOne && (given.old() != null || given.zoneName() != null)) {
      complain("--old and --zone-name go with one FILE, and not with a folder");
      return ExitCode.USAGE;
    }
    for (Path file : files) {
      if (Files.isDirectory(file)) {
        checkFolder(file);
      } else {
        check(file, CheckedFolder.around(file, given.layout()));
      }
    }
    return isIncomplete ? ExitCode.USAGE : hasErrors ? ExitCode.NO : ExitCode.DONE;
  }

  /// Checks what the server would take out of this folder.
  private void checkFolder(Path folder) {
    CheckedFolder checked = new CheckedFolder(folder, given.layout());
    List<Path> files;
    try {
      files = checked.files();
    } catch (IOException e) {
      complain("cannot list " + folder + ": " + reason(e));
      return;
    }
    Map<WireName, Path> zones = new HashMap<>();
    for (Path file : files) {
      String name = fileName(file);
      Optional<WireName> apex = given.layout().zoneOf(name);
      if (KeyFile.isKeyFileName(name)) {
        check(file, checked);
      } else if (apex.isPresent() && checkIfZone(file, checked)) {
        Path other = zones.putIfAbsent(apex.get(), file);
        if (other != null) {
          print(List.of(claimedTwice(apex.get(), file, other)));
        }
      }
    }
  }

  private static Finding claimedTwice(WireName apex, Path file, Path other) {
    return new Finding(
        Position.ofFile(shown(file)),
        Level.ERROR,
        shown(other)
            + " is named after "
            + apex.toStringNoDot()
            + " too; the server goes on with the one that it serves already, or with neither: remove"
            + " one",
        "zone-claimed-twice");
  }

  /// Checks a file that may be a zone.
  ///
  /// @return whether it is one
  private boolean checkIfZone(Path file, CheckedFolder folder) {
    try {
      if (MasterFile.holdsSoa(shown(file), read(file), folder.includesOf(file, Ozone::read))) {
        check(file, folder);
        return true;
      }
      err.println("ozone: " + shown(file) + " is left alone, it has no SOA record");
    } catch (UncheckableException e) {
      complain(e.getMessage());
    }
    return false;
  }

  private void check(Path file, CheckedFolder folder) {
    try {
      if (KeyFile.isKeyFileName(fileName(file))) {
        checkKeys(file);
      } else {
        checkZone(file, folder);
      }
    } catch (UncheckableException e) {
      complain(e.getMessage());
    }
  }

  private void checkKeys(Path file) throws UncheckableException {
    if (given.old() != null) {
      throw new UncheckableException("--old is for zones; a key file has no serial");
    }
    String name = given.zoneName();
    byte[] text = read(file);
    KeyFile keys =
        name == null
            ? KeyFile.read(shown(file), text)
            : KeyFile.read(shown(file), text, parsed(name), AlgorithmPolicy.STRONG);
    if (print(keys.findings())) {
      out.println("successfully checked " + keys.keys().size() + " keys in " + shown(file));
    }
  }

  private void checkZone(Path file, CheckedFolder folder) throws UncheckableException {
    WireName apex = apexOf(file);
    byte[] text = read(file);
    if (text.length == 0) {
      out.println("zone " + apex.toStringNoDot() + " removed");
      return;
    }
    ZoneReading reading =
        ZoneFileReader.read(shown(file), apex, text, folder.includesOf(file, Ozone::read));
    List<Finding> findings = new ArrayList<>(reading.findings());
    Path oldFile = given.old();
    Zone zone = reading.zone();
    if (zone != null && oldFile != null) {
      compareSerials(zone, oldFile, text, shown(file), findings);
    }
    if (print(findings)) {
      out.println("successfully checked zone " + apex.toStringNoDot());
    }
  }

  private WireName apexOf(Path file) throws UncheckableException {
    String name = given.zoneName();
    if (name != null) {
      return parsed(name);
    }
    return given
        .layout()
        .zoneOf(fileName(file))
        .orElseThrow(() ->
            new UncheckableException(
                shown(file)
                    + " is not named as a zone (like "
                    + given
                        .layout()
                        .pattern()
                        .toString()
                        .replace(ZoneFilePattern.PLACEHOLDER, "example.com")
                    + ", without a final dot); say which one it is by --zone-name, or how zone files"
                    + " are called by --file-pattern"));
  }

  private static WireName parsed(String name) throws UncheckableException {
    try {
      return WireName.parse(name.toLowerCase(Locale.ROOT));
    } catch (BadNameException e) {
      throw new UncheckableException("--zone-name " + name + " is no name: " + e.getMessage());
    }
  }

  /// Secondaries take a changed zone only with a newer serial (RFC 1982 §3.2).
  private void compareSerials(
      Zone zone, Path oldFile, byte[] text, String shown, List<Finding> findings)
      throws UncheckableException {
    byte[] oldText = read(oldFile);
    if (oldText.length == 0) {
      return;
    }
    ZoneReading before =
        ZoneFileReader.read(
            shown(oldFile),
            zone.apex(),
            oldText,
            CheckedFolder.around(oldFile, given.layout()).includesOf(oldFile, Ozone::read));
    Zone oldZone = before.zone();
    if (oldZone == null) {
      findings.add(
          new Finding(
              Position.ofFile(shown(oldFile)),
              Level.WARNING,
              "the old file has errors, so serials are not compared",
              "old-zone-broken"));
      return;
    }
    Serial serial = zone.serial();
    if (!zone.sameRecords(oldZone) && !serial.isNewerThan(oldZone.serial())) {
      MasterFile file = MasterFile.parse(shown, text, zone.apex(), IncludeSource.NONE);
      findings.add(
          new Finding(
              file.locate(zone.apex(), RRType.SOA),
              Level.ERROR,
              "records of "
                  + zone.apex().toStringNoDot()
                  + " changed, and serial "
                  + serial
                  + " is not newer than "
                  + oldZone.serial()
                  + " before (RFC 1982 §3.2); raise the SOA serial",
              "serial-not-raised"));
    }
  }

  /// Prints findings.
  ///
  /// @return whether none of them is an error
  private boolean print(List<Finding> findings) {
    boolean isGood = true;
    for (Finding finding : findings) {
      out.println(finding);
      isGood &= !finding.isError();
    }
    hasErrors |= !isGood;
    return isGood;
  }

  private static byte[] read(Path file) throws UncheckableException {
    try {
      if (Files.size(file) > MasterFile.MAX_OCTETS) {
        throw new UncheckableException(
            shown(file)
                + " has more than "
                + MasterFile.MAX_OCTETS
                + " octets; the server takes no such file, divide the zone");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckableException("cannot read " + shown(file) + ": " + reason(e));
    }
  }

  private static String reason(Exception e) {
    return e instanceof NoSuchFileException
        ? "there is no such file; is the path right?"
        : e.getClass().getSimpleName() + "; may this user read it?";
  }

  private static String fileName(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  static String shown(Path file) {
    return ShownName.of(file.toString());
  }

  private void complain(@Nullable String message) {
    isIncomplete = true;
    err.println("ozone: " + message);
  }
}
