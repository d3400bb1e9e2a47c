package zonetrail.authority;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Serial;

/// Something the operator may want to know. Logs, metrics and tests read the same events.
///
/// Names from the network or from files are escaped in [#text()]; no secret is ever part of an
/// event.
public interface Event {
  /// How loud an event is.
  enum Level {
    /// An operator must act.
    ERROR,
    /// Degraded, but serving.
    WARN,
    /// A zone changed, or the server started or stopped.
    INFO,
    /// For each message.
    DEBUG
  }

  /// How loud it is.
  Level level();

  /// One line for the log.
  String text();

  /// What exactly is wrong, a line each; may be empty.
  default List<Finding> findings() {
    return List.of();
  }

  /// So many of the zone files that a look has to read are read.
  record ZonesRead(int done, int of) implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return String.format(Locale.ROOT, "read %,d of %,d zone files", done, of);
    }
  }

  /// A zone is served that was not before.
  record ZoneAdded(WireName zone, Serial serial, int records, String version) implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: serving serial %s, %s (%s)"
          .formatted(zone.toStringNoDot(), serial, count(records, "record"), abbreviate(version));
    }
  }

  /// Many zones are served that were not before, and there is nothing else to say of them.
  record ZonesAdded(int zones, long records, String version) implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return String.format(
          Locale.ROOT,
          "serving %,d more zones, %,d records (%s)",
          zones,
          records,
          abbreviate(version));
    }
  }

  /// A zone is served in a new version.
  record ZoneChanged(WireName zone, Serial from, Serial to, int records, String version)
      implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: serving serial %s after %s, %s (%s)"
          .formatted(zone.toStringNoDot(), to, from, count(records, "record"), abbreviate(version));
    }
  }

  /// A zone's file is gone, and so is the zone.
  record ZoneRemoved(WireName zone, String version) implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: no longer served, its file is gone (%s)"
          .formatted(zone.toStringNoDot(), abbreviate(version));
    }
  }

  /// A zone file has errors.
  ///
  /// @param kept the serial of the last good version, which is still served; null if there is none
  record ZoneBroken(WireName zone, @Nullable Serial kept, List<Finding> findings, String version)
      implements Event {
    /// Copies the list.
    public ZoneBroken {
      findings = List.copyOf(findings);
    }

    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      String state =
          kept == null
              ? "there is no earlier version, questions get SERVFAIL"
              : "still serving serial " + kept;
      return "%s: its file has errors (%s); %s. Mend the file and push again."
          .formatted(zone.toStringNoDot(), abbreviate(version), state);
    }
  }

  /// A zone file is served although something about it looks wrong.
  record ZoneDoubtful(WireName zone, List<Finding> findings, String version) implements Event {
    /// Copies the list.
    public ZoneDoubtful {
      findings = List.copyOf(findings);
    }

    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return "%s: served, with %s (%s)"
          .formatted(zone.toStringNoDot(), count(findings.size(), "warning"), abbreviate(version));
    }
  }

  /// A zone's records changed and its serial did not rise.
  ///
  /// @param floor the last serial served
  /// @param isServed whether the version of that serial is served now; it is not where the zone was
  ///   removed in between
  record SerialNotRaised(
      WireName zone, Serial floor, Serial found, boolean isServed, String version)
      implements Event {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      String state =
          isServed
              ? "still serving the previous version"
              : "which was served before the zone was removed; questions get SERVFAIL";
      return "%s: serial %s is not newer than %s (%s); %s. Raise the SOA serial and push again."
          .formatted(zone.toStringNoDot(), found, floor, abbreviate(version), state);
    }
  }

  /// Two files claim one zone.
  ///
  /// @param kept the file that stays in force; null if neither does
  /// @param serial the serial that is served; null if questions get SERVFAIL
  record ZoneClaimedTwice(
      WireName zone,
      List<String> files,
      @Nullable String kept,
      @Nullable Serial serial,
      String version)
      implements Event {
    /// Copies the list.
    public ZoneClaimedTwice {
      files = List.copyOf(files);
    }

    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return "%s: more than one file names this zone (%s, %s); %s. Remove all but one and push again."
          .formatted(
              zone.toStringNoDot(),
              String.join(", ", files),
              abbreviate(version),
              kept != null
                  ? "still serving " + kept
                  : serial != null ? "still serving serial " + serial : "none of them is served");
    }
  }

  /// A zone that was held back is served as the source has it: the source went back to it.
  record ZoneCurrent(WireName zone, Serial serial, String version) implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: the file agrees again with serial %s, which is served (%s)"
          .formatted(zone.toStringNoDot(), serial, abbreviate(version));
    }
  }

  /// So many zone files are gone at once that their zones are still served.
  record RemovalHeld(List<WireName> zones, String version) implements Event {
    private static final int ZONES_NAMED = 5;

    /// Copies the list.
    public RemovalHeld {
      zones = List.copyOf(zones);
    }

    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      String named =
          zones.stream()
              .limit(ZONES_NAMED)
              .map(WireName::toStringNoDot)
              .collect(Collectors.joining(", "));
      return "the files of %d zones are gone at once (%s): %s%s; still serving them. %s"
          .formatted(
              zones.size(),
              abbreviate(version),
              named,
              zones.size() > ZONES_NAMED ? ", ..." : "",
              howToAccept(version));
    }
  }

  /// A zone lost so much at once that its previous version is still served.
  ///
  /// @param lost how many RRsets are gone
  /// @param had how many there were
  record LossHeld(WireName zone, Serial served, int lost, int had, String version)
      implements Event {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return "%s: %d of its %d RRsets are gone at once (%s); still serving serial %s. %s"
          .formatted(
              zone.toStringNoDot(), lost, had, abbreviate(version), served, howToAccept(version));
    }
  }

  /// The source's history no longer has the version that was looked at last.
  record HistoryRewritten(String from, String to) implements Event {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return "the branch was rewritten: %s is no longer part of it; following it to %s"
          .formatted(abbreviate(from), abbreviate(to));
    }
  }

  /// What is served could not be noted down for the next start.
  record NotKept(String reason) implements Event {
    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return "cannot note what is served: %s; serving goes on, but a restart would not know it"
          .formatted(reason);
    }
  }

  /// A key file was read; its keys are in force.
  ///
  /// @param findings what about it is doubtful, for example keys that were not taken
  record KeysLoaded(String file, int keys, List<Finding> findings, String version)
      implements Event {
    /// Copies the list.
    public KeysLoaded {
      findings = List.copyOf(findings);
    }

    @Override
    public Level level() {
      return findings.isEmpty() ? Level.INFO : Level.WARN;
    }

    @Override
    public String text() {
      String doubts = findings.isEmpty() ? "" : ", with " + count(findings.size(), "warning");
      return "%s: %s in force%s (%s)"
          .formatted(file, count(keys, "key"), doubts, abbreviate(version));
    }
  }

  /// A key file has errors; the keys of its last good version stay in force.
  record KeysBroken(String file, int kept, List<Finding> findings, String version)
      implements Event {
    /// Copies the list.
    public KeysBroken {
      findings = List.copyOf(findings);
    }

    @Override
    public Level level() {
      return Level.ERROR;
    }

    @Override
    public String text() {
      return ("%s: the key file has errors (%s); its last good version, with %s, stays in force."
              + " Mend the file and push again.")
          .formatted(file, abbreviate(version), count(kept, "key"));
    }
  }

  /// A key file is gone, and so are its keys.
  record KeysRemoved(String file, String version) implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: gone, its keys are no longer valid (%s)".formatted(file, abbreviate(version));
    }
  }

  /// A file is neither a zone nor a key file.
  record FileIgnored(String file, String reason) implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "%s: left alone, %s".formatted(file, reason);
    }
  }

  /// The source could not be fetched.
  ///
  /// @param operatorMustAct whether trying again alone cannot help
  /// @param repeated whether the attempt before failed for the same reason; said once is enough
  record FetchFailed(String reason, boolean operatorMustAct, boolean repeated) implements Event {
    @Override
    public Level level() {
      if (repeated) {
        return Level.DEBUG;
      }
      return operatorMustAct ? Level.ERROR : Level.WARN;
    }

    @Override
    public String text() {
      return "fetch failed: %s; still serving what was fetched before".formatted(reason);
    }
  }

  /// The source's history was rewritten and lacks updates that were acknowledged, so it is not
  /// followed.
  ///
  /// @param reason what it lacks, and how to bring it back or to let it go
  /// @param repeated whether it was so before; said once is enough
  record RewriteHeld(String reason, boolean repeated) implements Event {
    @Override
    public Level level() {
      return repeated ? Level.DEBUG : Level.ERROR;
    }

    @Override
    public String text() {
      return "%s. Until then what was fetched before is served, and nothing is pushed"
          .formatted(reason);
    }
  }

  /// The source was fetched after it could not be for a while.
  record SourceIsBack() implements Event {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "the source can be fetched again";
    }
  }

  /// The source was fetched.
  record Fetched(String version, boolean changed) implements Event {
    @Override
    public Level level() {
      return changed ? Level.INFO : Level.DEBUG;
    }

    @Override
    public String text() {
      return changed ? "now at " + abbreviate(version) : "nothing new at the source";
    }
  }

  /// A NOTIFY was accepted and leads to a fetch.
  record NotifyAccepted(WireName zone, WireName key, InetSocketAddress client) implements Event {
    @Override
    public Level level() {
      return Level.DEBUG;
    }

    @Override
    public String text() {
      return "%s: NOTIFY from %s with key %s".formatted(zone.toStringNoDot(), address(client), key);
    }
  }

  /// A NOTIFY came again that had been accepted; it causes no further fetch.
  record NotifyRepeated(WireName zone, WireName key, InetSocketAddress client) implements Event {
    @Override
    public Level level() {
      return Level.DEBUG;
    }

    @Override
    public String text() {
      return "%s: the same NOTIFY again from %s with key %s"
          .formatted(zone.toStringNoDot(), address(client), key);
    }
  }

  /// So many signed requests came that one more could not be remembered, so it was not taken.
  record NotifyNotRemembered(WireName zone, WireName key, InetSocketAddress client)
      implements Event {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("%s: NOTIFY from %s with key %s not taken (SERVFAIL): too many signed requests within"
              + " the last minutes. See who sends so many with this key.")
          .formatted(zone.toStringNoDot(), address(client), key);
    }
  }

  /// A NOTIFY was signed with a key that does not permit it, or no longer does.
  record NotifyRefused(WireName zone, WireName key, InetSocketAddress client) implements Event {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return ("%s: NOTIFY from %s refused: key %s does not cover this zone. Use a key whose scope"
              + " (the name right of its operation label) is the zone or above it.")
          .formatted(zone.toStringNoDot(), address(client), key);
    }
  }

  private static String howToAccept(String version) {
    return "If that is meant, push a commit, it may be empty, whose message ends in the line '"
        + Acceptance.TRAILER
        + ": "
        + version
        + "'; else bring the files back.";
  }

  /// `1 key`, `2 keys`.
  static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /// `192.0.2.7:40000`, `[2001:db8::7]:40000`.
  static String address(InetSocketAddress client) {
    String host = client.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + client.getPort();
  }

  static String abbreviate(String version) {
    boolean commit = version.length() == 40;
    return commit ? "commit " + version.substring(0, 7) : version;
  }
}
