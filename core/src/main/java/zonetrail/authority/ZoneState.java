package zonetrail.authority;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.masterfile.MasterFile;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Serial;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;

/// What is served under a zone's name, and why it is not what the source says now.
///
/// ```text
///              good file                    bad file, or too much gone
///   absent ───────────────► current ◄──────────────────────────────► held back
///      │                                good file, or accepted            (last good version)
///      │ bad file
///      └──────────► unavailable (SERVFAIL) ───► current, with the first good file
/// ```
///
/// @param served the last good version; null if there never was one
/// @param problem why the source's version is not the one served; null if it is
/// @param asOf the last version of the source that was served as it is; null if that is the one
///   looked at last, or if nothing is served
record ZoneState(
    WireName apex, @Nullable ServedVersion served, @Nullable Problem problem, @Nullable AsOf asOf) {

  /// What a finding takes of the heap, its message included.
  static final int OCTETS_PER_FINDING = 300;

  private static final int OCTETS_PER_STATE = 200;

  /// A version of a zone that is served.
  ///
  /// @param fileName the name of the file that it was read from
  /// @param includes the files that it included, by name
  /// @param holdsSoa whether the SOA record is in the file itself, not in one that it includes
  /// @param doubts warnings about it
  record ServedVersion(
      Zone zone,
      String fileName,
      SourceFile file,
      Map<String, SourceFile> includes,
      boolean holdsSoa,
      List<Finding> doubts) {
    ServedVersion {
      includes = Map.copyOf(includes);
      doubts = List.copyOf(doubts);
    }

    /// The same file, and the records in it that were read from another with the same ones.
    ServedVersion with(Zone same) {
      return new ServedVersion(same, fileName, file, includes, holdsSoa, doubts);
    }
  }

  /// A version of the source.
  record AsOf(String version, Instant time) {}

  /// Why a zone is not served as the source has it. Two are equal exactly if there is nothing new
  /// to say.
  sealed interface Problem {
    /// The version of the source that brought it.
    String version();

    /// The file has errors.
    record Broken(String version, List<Finding> findings) implements Problem {
      public Broken {
        findings = List.copyOf(findings);
      }
    }

    /// Records changed and the serial did not rise over the one served.
    record NotRaised(String version, Serial floor, Serial found) implements Problem {}

    /// More than one file is named after the zone.
    ///
    /// @param kept the file that stays in force; null if none does
    record ClaimedTwice(String version, List<String> files, @Nullable String kept)
        implements Problem {
      public ClaimedTwice {
        files = List.copyOf(files);
      }
    }

    /// The file is gone together with many others.
    record Gone(String version) implements Problem {}

    /// The file has lost half of the zone or more.
    ///
    /// @param contentId the file that lost it, with what it includes
    /// @param lost how many RRsets are no longer there
    /// @param had how many the version served has
    record Halved(String version, String contentId, Serial found, int lost, int had)
        implements Problem {}
  }

  /// Served as the source has it.
  static ZoneState current(ServedVersion served) {
    return new ZoneState(served.zone().apex(), served, null, null);
  }

  /// Never served.
  static ZoneState unavailable(WireName apex, Problem problem) {
    return new ZoneState(apex, null, problem, null);
  }

  /// The same zone, held back.
  ///
  /// @param lastLook the version that was looked at before the problem came
  ZoneState with(Problem problem, AsOf lastLook) {
    AsOf since = served == null ? null : asOf == null ? lastLook : asOf;
    return new ZoneState(apex, served, problem, since);
  }

  /// The same zone; where nothing holds it back it is as of now.
  ZoneState settled() {
    return problem == null && asOf != null ? new ZoneState(apex, served, null, null) : this;
  }

  boolean hasSameErrorsAs(ZoneState other) {
    return problem instanceof Problem.Broken mine
        && other.problem instanceof Problem.Broken theirs
        && mine.findings().equals(theirs.findings());
  }

  /// About how much of the heap it takes.
  long heapOctets() {
    long octets = OCTETS_PER_STATE;
    if (served != null) {
      octets += served.zone().heapOctets() + (long) served.doubts().size() * OCTETS_PER_FINDING;
    }
    if (problem instanceof Problem.Broken broken) {
      octets += (long) broken.findings().size() * OCTETS_PER_FINDING;
    }
    return octets;
  }

  /// Whether there was no memory for the version of the source, which there may be later.
  boolean lacksMemory() {
    return problem instanceof Problem.Broken broken
        && broken.findings().stream()
            .anyMatch(finding -> finding.rule().equals(MasterFile.NEEDS_MORE_MEMORY));
  }

  /// Whether the zone served is the very same, and not only equal.
  @SuppressWarnings("ReferenceEquality")
  boolean sharesZoneWith(@Nullable ZoneState other) {
    return served != null
        && other != null
        && other.served != null
        && served.zone() == other.served.zone();
  }

  boolean isServed() {
    return served != null;
  }

  /// What questions are answered from. A zone of ours without a good version answers SERVFAIL;
  /// silence would let an enclosing zone of ours answer in its place.
  ServedZone answers() {
    return served == null ? new UnavailableZone(apex) : served.zone();
  }

  /// How many records are served.
  int recordCount() {
    return served == null ? 0 : served.zone().recordCount();
  }

  @Nullable Serial serial() {
    return served == null ? null : served.zone().serial();
  }

  /// For people: what is served and why.
  ///
  /// @param look the version looked at last
  ZoneStatus status(AsOf look) {
    ZoneStatus.State state =
        switch (problem) {
          case null -> ZoneStatus.State.CURRENT;
          case Problem.Broken _ -> ZoneStatus.State.BROKEN;
          case Problem.NotRaised _ -> ZoneStatus.State.NOT_RAISED;
          case Problem.ClaimedTwice _ -> ZoneStatus.State.CONTESTED;
          case Problem.Gone _, Problem.Halved _ -> ZoneStatus.State.HELD;
        };
    List<Finding> findings =
        problem instanceof Problem.Broken broken ? broken.findings() : List.of();
    AsOf of = problem == null || asOf == null ? look : asOf;
    return new ZoneStatus(
        apex,
        serial(),
        recordCount(),
        state,
        of.version(),
        of.time(),
        problem == null ? null : problem.version(),
        findings);
  }
}
