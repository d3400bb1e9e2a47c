package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.assertSound;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.line;
import static zonetrail.server.git.LedgerFixture.versions;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.fixtures.Commands;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;

/// What is on the disk when a commit is said to be made, and what is left when the disk is full.
@RequiresTool(value = "git", debian = "git")
class DurabilityIT {
  private Path directory;
  private GitRepository origin;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin.write("a/example.com", ZONE).write("example.org", ZONE).push("first");
  }

  private static GitSource open(Path remote, Path state) throws FetchException {
    return new GitSource(
        ZoneRepository.open(
            RemoteAddress.parse(remote.toString()), Optional.of("a"), state, Optional.empty()));
  }

  /// A process whose system calls are looked at: between three marks it makes a commit, and has it
  /// put into the clone.
  static final class OneCommit {
    private OneCommit() {}

    /// Arguments: the remote, the state directory.
    public static void main(String[] arguments) throws Exception {
      Path state = Path.of(arguments[1]);
      try (GitSource source = open(Path.of(arguments[0]), state)) {
        String first =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "; 1\n", "r1"))
                .version();
        source.pending();
        boolean _ = Files.exists(state.resolve("mark-commit"));
        source.commit(first, edit("example.com", ZONE + "; 2\n", "r2"));
        boolean _ = Files.exists(state.resolve("mark-settle"));
        source.pending();
        boolean _ = Files.exists(state.resolve("mark-end"));
      }
    }
  }

  /// kill -9 does not tell: what a process has written the kernel has. So the system calls are
  /// looked at, in the order in which they came to their end.
  @Test
  @RequiresTool(
      value = {"strace", "git"},
      debian = "strace git")
  void aCommitIsForcedIntoTheJournal_andThenWithItsNamesAndRefIntoTheClone() throws Exception {
    List<String> calls = callsOfOneCommit();
    Path clone = directory.resolve("state/clone.git");
    String journal = clone.resolve(CommitJournal.NAME).toString();
    String objects = clone.resolve("objects").toString();
    String refs = clone.resolve("refs/zonetrail").toString();

    assertThat(between(calls, "mark-commit", "mark-settle").filter(DurabilityIT::changesTheDisk))
        .containsExactly("write " + journal, forced(journal));

    List<String> settling = between(calls, "mark-settle", "mark-end").toList();
    int ref = only(settling, "rename.*\"" + refs + "/pending\\.lock\".*\"" + refs + "/pending\".*");
    List<String> named =
        settling.stream()
            .filter(call -> call.matches("rename.*\"" + objects + "/../[0-9a-f]{38}\".*"))
            .toList();
    // A blob, the folder's tree, the top's tree, the commit.
    assertThat(named).hasSize(4);
    for (String call : named) {
      int at = settling.indexOf(call);
      List<String> paths =
          Pattern.compile("\"([^\"]+)\"").matcher(call).results().map(m -> m.group(1)).toList();
      assertThat(at).isLessThan(ref);
      assertThat(settling.subList(0, at))
          .as("the content of %s", call)
          .contains(forced(paths.getFirst()));
      String folder = String.valueOf(Path.of(paths.getLast()).getParent());
      assertThat(settling.subList(at, ref)).as("the name of %s", call).contains(forced(folder));
    }
    assertThat(settling.subList(0, ref)).contains(forced(objects), forced(refs + "/pending.lock"));
    int emptied = settling.indexOf("write " + journal);
    assertThat(settling.subList(ref, emptied)).contains(forced(refs));
    assertThat(settling.subList(emptied, settling.size())).contains(forced(journal));
  }

  private static boolean changesTheDisk(String call) {
    return call.matches("(?:write|fsync|rename|link).*");
  }

  private static String forced(String path) {
    return "fsync " + path;
  }

  private static int only(List<String> calls, String pattern) {
    List<String> found = calls.stream().filter(call -> call.matches(pattern)).toList();
    assertThat(found).as("%s in %s", pattern, calls).hasSize(1);
    return calls.indexOf(found.getFirst());
  }

  private List<String> callsOfOneCommit() throws IOException, InterruptedException {
    Path trace = directory.resolve("trace");
    Path state = directory.resolve("state");
    Process process =
        new ProcessBuilder(
                "strace",
                "--seccomp-bpf",
                "--follow-forks",
                "--decode-fds=path",
                "--string-limit=4096",
                "--trace=pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,%stat,access,faccessat2",
                "--output=" + trace,
                "--",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OneCommit.class.getName(),
                origin.bare().toString(),
                state.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(directory.resolve("output"))).isZero();

    List<String> lines = Files.readAllLines(trace, UTF_8);
    return ended(lines).stream()
        // Of an object's folder that is not there yet JGit learns by a failure.
        .filter(line -> !line.matches("rename.* = -1 ENOENT.*"))
        .map(line -> line.replaceFirst("^f(?:data)?sync\\(\\d+<([^>]*)>.*", "fsync $1"))
        .map(line -> line.replaceFirst("^pwrite64\\(\\d+<([^>]*)>.*", "write $1"))
        .toList();
  }

  private static Stream<String> between(List<String> calls, String begin, String end) {
    return calls.subList(indexOf(calls, begin), indexOf(calls, end)).stream();
  }

  /// The calls of all threads as they ended: one during which another thread made some is in two
  /// lines, and counts where the second is.
  private static List<String> ended(List<String> lines) {
    Map<String, String> begun = new HashMap<>();
    List<String> ended = new ArrayList<>();
    for (String line : lines) {
      String[] parts = line.split(" +", 2);
      if (parts[1].endsWith("<unfinished ...>")) {
        begun.put(parts[0], parts[1].substring(0, parts[1].indexOf("<unfinished")));
      } else if (parts[1].startsWith("<... ")) {
        ended.add(begun.remove(parts[0]) + parts[1].substring(parts[1].indexOf('>') + 1));
      } else {
        ended.add(parts[1]);
      }
    }
    return ended;
  }

  private static int indexOf(List<String> calls, String mark) {
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).contains(mark)) {
        return i;
      }
    }
    throw new AssertionError(mark + " is not in " + calls);
  }

  @Test
  void onAFullDiskACommitFails_andAllIsAsBefore_untilThereIsRoom() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(
        mount(disk), "no small file system could be mounted: to run this test, be root (sudo)");
    try (GitSource source = open(origin.bare(), disk.resolve("state"))) {
      String first =
          source
              .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
              .version();
      assertThat(versions(source.pending())).containsExactly(first);
      Path filler = disk.resolve("filler");
      fill(filler);
      assertThatThrownBy(() -> source.commit(first, edit("example.com", noise(), "r2")))
          .isInstanceOfSatisfying(
              AwayException.class, away -> assertThat(away.operatorMustAct()).isTrue())
          .hasMessageContaining("check its owner, its rights and the space on the disk");
      assertThat(versions(source.pending())).containsExactly(first);
      assertThat(line(source, first).now().version()).isEqualTo(first);

      // The journal has its room already.
      String second = source.commit(first, edit("example.com", ZONE + "; 3\n", "r2")).version();
      assertThat(source.push(second))
          .isInstanceOfSatisfying(
              PushOutcome.Failed.class, failed -> assertThat(failed.operatorMustAct()).isTrue());
      Files.delete(filler);
      assertThat(source.push(second)).isInstanceOf(PushOutcome.Pushed.class);
      assertThat(source.pending()).isEmpty();
      assertSound(disk.resolve("state/clone.git"));
    } finally {
      Commands.run(directory, Map.of(), List.of("umount", disk.toString()));
    }
  }

  /// What was being put into the clone when the power failed may be there or not, whole or in part,
  /// in any order; the journal is there.
  @ParameterizedTest
  @ValueSource(ints = {3, UnsettledCommits.MAX_LOOSE_COMMITS + 3})
  void whatAPowerFailureLeavesOfAnythingButTheJournalIsWrittenAgain(int commits) throws Exception {
    Path state = directory.resolve("state");
    List<String> made = new ArrayList<>();
    Path before = directory.resolve("before");
    Path after = directory.resolve("after");
    try (GitSource source = open(origin.bare(), state)) {
      String tip = fetch(source).version();
      for (int i = 0; i < commits; i++) {
        String text = ZONE + "; " + i + "\n" + "www A 192.0.2.1\n".repeat(200);
        tip = source.commit(tip, edit("example.com", text, "r" + i)).version();
        made.add(tip);
      }
      copy(state, before);
      assertThat(versions(source.pending())).isEqualTo(made);
      copy(state, after);
    }
    List<Path> written = written(before, after);
    assertThat(written).hasSizeGreaterThanOrEqualTo(3);
    for (Path file : written) {
      long octets = Files.size(after.resolve(file));
      for (long left : new long[] {0, octets / 2, octets}) {
        Path found = directory.resolve("found");
        copy(before, found);
        Files.createDirectories(found.resolve(file).getParent());
        Files.copy(after.resolve(file), found.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        truncate(found.resolve(file), left);
        assertAllThere(found, made);
        // And all but that file.
        copy(after, found);
        Path journal = Path.of("clone.git", CommitJournal.NAME);
        Files.copy(
            before.resolve(journal), found.resolve(journal), StandardCopyOption.REPLACE_EXISTING);
        truncate(found.resolve(file), left);
        assertAllThere(found, made);
      }
    }
  }

  private void assertAllThere(Path state, List<String> commits) throws Exception {
    try (GitSource source = open(origin.bare(), state)) {
      assertThat(versions(source.pending())).as("in %s", state).isEqualTo(commits);
    }
    assertSound(state.resolve("clone.git"));
    GitRepository.gitIn(state.resolve("clone.git"), "fsck", "--strict", commits.getLast());
  }

  /// Else two kills behind it, hours apart, would be two deaths over that commit: nothing is
  /// fetched for ten minutes then, and so nothing pushed.
  @Test
  void aFetchThatBringsNothingLeavesNoNoteOfACommitThatIsBeingTakenIn() throws Exception {
    Path state = directory.resolve("state");
    String ours;
    try (GitSource source = open(origin.bare(), state)) {
      String first = fetch(source).version();
      ours = source.commit(first, edit("example.com", ZONE + "; 1\n", "r1")).version();
    }
    try (GitSource source = open(origin.bare(), state)) {
      assertThat(LedgerFixture.line(source, ours).now().version()).isEqualTo(ours);
      assertThat(state.resolve(TipAttempts.NAME)).doesNotExist();
    }
  }

  /// Else two kills amid the first fetches of two starts are two deaths over a commit that was read
  /// and is served: with `--ack local`, where starts are short, nothing is pushed for hours then.
  @Test
  void aFetchOfWhatThisProcessHasReadIsNoCommitThatIsBeingTakenIn() throws Exception {
    Path state = directory.resolve("state");
    String first;
    try (GitSource source = open(origin.bare(), state)) {
      first = fetch(source).version();
    }
    try (GitSource source = open(origin.bare(), state)) {
      assertThat(source.known().orElseThrow().line()).isNotNull();
      Files.createDirectory(state.resolve(TipAttempts.NAME + ".new")); // no note can be written
      assertThat(LedgerFixture.line(source, first).now().version()).isEqualTo(first);
    }
  }

  /// The same, where the remote took a push of ours and the process was killed before it knew: the
  /// remote has a commit then that this process has not read, but made.
  @Test
  void aFetchOfOursThatWaitsIsNoCommitThatIsBeingTakenIn() throws Exception {
    Path state = directory.resolve("state");
    String pushed;
    String ours;
    try (GitSource source = open(origin.bare(), state)) {
      String first = fetch(source).version();
      pushed = source.commit(first, edit("example.com", ZONE + "; 1\n", "r1")).version();
      ours = source.commit(pushed, edit("example.com", ZONE + "; 2\n", "r2")).version();
    }
    GitRepository.gitIn(
        state.resolve("clone.git"), "push", origin.bare().toString(), pushed + ":refs/heads/main");
    try (GitSource source = open(origin.bare(), state)) {
      assertThat(source.known()).isPresent();
      assertThat(versions(source.pending())).containsExactly(pushed, ours);
      Files.createDirectory(state.resolve(TipAttempts.NAME + ".new")); // no note can be written
      assertThat(LedgerFixture.line(source, ours).now().version()).isEqualTo(ours);
      assertThat(versions(source.pending())).containsExactly(ours);
    }
  }

  private static List<Path> written(Path before, Path after) throws IOException {
    try (Stream<Path> files = Files.walk(after)) {
      List<Path> written = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).map(after::relativize).toList()) {
        Path was = before.resolve(file);
        boolean isJournal = file.endsWith(CommitJournal.NAME);
        if (!isJournal && (!Files.exists(was) || Files.mismatch(was, after.resolve(file)) >= 0)) {
          written.add(file);
        }
      }
      return written;
    }
  }

  private static void truncate(Path file, long octets) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(octets);
    }
  }

  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    Process copying =
        new ProcessBuilder(
                "sh", "-c", "rm -rf \"$2\" && cp -r \"$1\" \"$2\"", "copy", "" + from, "" + to)
            .start();
    assertThat(copying.waitFor()).isZero();
  }

  @Test
  void aCloneThatHasWhatForcesByItsFormerNameGetsTheOneThatGitKnows() throws Exception {
    Path state = directory.resolve("state");
    try (GitSource source = open(origin.bare(), state)) {
      fetch(source);
    }
    Path clone = state.resolve("clone.git");
    Path config = clone.resolve("config");
    String text = Files.readString(config);
    String former = "\tfsyncObjectFiles = true\n\tfsyncRefFiles = true\n";
    Files.writeString(config, text.replace("\tfsync = objects,reference\n", former));
    assertThat(config).content().contains(former);
    CloneConfig.keepCopy(clone);
    try (GitSource source = open(origin.bare(), state)) {
      assertThat(config).hasContent(text);
      String tip = fetch(source).version();
      source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1"));
      source.pending();
      assertSound(clone);
    }
  }

  private static boolean mount(Path at) throws IOException, InterruptedException {
    return new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=4m", "none", at.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException full) {
      assertThat(file).isNotEmptyFile();
    }
  }

  /// What cannot be compressed to nothing.
  private static String noise() {
    byte[] octets = new byte[2 * CommitJournal.OCTETS];
    new Random(1).nextBytes(octets);
    return new String(octets, UTF_8);
  }
}
