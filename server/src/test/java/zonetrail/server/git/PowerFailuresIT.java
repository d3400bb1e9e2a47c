package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.assertSound;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.versions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.PushOutcome;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Soak;

/// Power failures at random, amid commits, amid settling them, and amid the start that follows: a
/// commit that was said to be made is there, and one that was not is there whole or not at all.
///
/// What is known to be on the disk is what was forced. Of all else that a step wrote each file may
/// be as it was, as it became, cut off, or empty of what it should hold; of a record of the journal
/// any of its blocks may be missing. So the state is copied before and after a step, and mixed.
///
/// `-Dseed=S` begins with that seed, `-Dfailures=N` has about so many.
@RequiresTool(value = "git", debian = "git")
class PowerFailuresIT {
  private static final int FAILURES = Soak.Times.of("failures", 20, 2_000);
  private static final long FIRST = Long.getLong("seed", 1);
  private static final int STEPS = 12;

  /// Four such make the journal full.
  private static final int LARGE_OCTETS = 150_000;

  private static final int FIRST_RECORD = 2 * CommitJournal.BLOCK;

  private static final Path JOURNAL = Path.of("clone.git", CommitJournal.NAME);

  @TempDir private Path directory;

  @Soak
  @Test
  void nothingAcknowledgedIsLost_andNothingElseIsThereInPart() throws Exception {
    int failures = 0;
    int commits = 0;
    for (long seed = FIRST; failures < FAILURES; seed++) {
      Path place = Files.createDirectory(directory.resolve("seed" + seed));
      Run run = new Run(new Random(seed), place);
      try {
        run.go();
        failures += run.failures;
        commits += run.made.size();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "seed %d: %s%n%s".formatted(seed, e.getMessage(), String.join("\n", run.trace)), e);
      }
      delete(place);
    }
    System.out.printf(
        "%d power failures, %d commits acknowledged: 0 lost, 0 in part%n", failures, commits);
  }

  /// One clone and what becomes of it.
  private static final class Run {
    private final Random random;
    private final GitRepository origin;
    private final Path state;
    private final Path before;
    private final Path after;
    final List<String> made = new ArrayList<>();
    int failures;
    private String tip;
    private GitSource source;
    private int texts;

    /// What happened, for who looks for the reason of a failure.
    final List<String> trace = new ArrayList<>();

    Run(Random random, Path place) throws Exception {
      this.random = random;
      origin = GitRepository.create(place, "zones");
      origin.write("example.com", ZONE).write("example.org", ZONE).push("first");
      state = place.resolve("state");
      before = place.resolve("before");
      after = place.resolve("after");
      source = open();
      tip = fetch(source).version();
    }

    private GitSource open() throws FetchException {
      return new GitSource(
          ZoneRepository.open(
              RemoteAddress.parse(origin.bare().toString()),
              Optional.empty(),
              state,
              Optional.empty()));
    }

    void go() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        copy(state, before);
        String fresh = null;
        switch (random.nextInt(6)) {
          case 0 -> source.pending();
          case 1 -> fetch(source);
          default -> fresh = commit();
        }
        trace.add(fresh == null ? "looked" : "commit " + fresh);
        if (random.nextInt(3) > 0) {
          if (fresh != null) {
            tip = fresh;
            made.add(fresh);
          }
          continue;
        }
        copy(state, after);
        source.close();
        boolean isWhole = fail(fresh != null);
        if (random.nextInt(3) == 0) { // and again, amid the start
          copy(state, before);
          open().close();
          copy(state, after);
          fail(false);
        }
        if (fresh != null && isWhole) {
          tip = fresh;
          made.add(fresh);
        }
        // Who dies twice over one commit waits before the third time; that is another matter.
        Files.deleteIfExists(state.resolve("taking-in"));
        source = open();
        assertThat(versions(source.pending())).isEqualTo(made);
        assertSound(state.resolve("clone.git"));
      }
      assertThat(versions(source.pending())).isEqualTo(made);
      if (!made.isEmpty()) {
        assertThat(source.push(tip)).isInstanceOf(PushOutcome.Pushed.class);
        assertThat(origin.git("ls-remote", "origin", "main")).startsWith(tip);
      }
      source.close();
      assertSound(state.resolve("clone.git"));
      GitRepository.gitIn(origin.bare(), "fsck", "--strict");
    }

    private String commit() throws Exception {
      byte[] more = new byte[random.nextInt(4) == 0 ? LARGE_OCTETS : random.nextInt(300)];
      random.nextBytes(more);
      String text = ZONE + "; " + texts++ + HexFormat.of().formatHex(more) + "\n";
      String file = random.nextBoolean() ? "example.com" : "example.org";
      return source.commit(tip, edit(file, text, "r" + texts)).version();
    }

    /// Puts something between the states before and after a step into the place of the state.
    ///
    /// @param isMade whether the step made a commit
    /// @return whether the record of that is there
    private boolean fail(boolean isMade) throws IOException {
      failures++;
      delete(state);
      copy(before, state);
      byte[] journal = journal(before);
      byte[] next = journal(after);
      boolean isEmptied = !Arrays.equals(head(journal), head(next));
      List<Path> others = changed();
      if (isMade && isEmptied && isEmpty(after)) {
        // The record was added, and settled at once; it still is where it was.
        System.arraycopy(next, FIRST_RECORD, journal, FIRST_RECORD, next.length - FIRST_RECORD);
        write(journal);
        trace.add("fails amid what is settled at once");
        others.forEach(this::mix);
        return true;
      }
      boolean isSettling = !others.isEmpty() && random.nextBoolean();
      trace.add((isSettling ? "fails amid " : "fails behind ") + others);
      if (isSettling) {
        others.forEach(this::mix); // the journal is emptied when all of it is on the disk
        return false;
      }
      others.forEach(file -> take(file, null));
      if (isEmptied && random.nextBoolean()) {
        tearHead(journal, next);
        write(journal);
        trace.add("fails as the journal is emptied");
        return false;
      }
      if (isEmptied) {
        System.arraycopy(next, 0, journal, 0, FIRST_RECORD);
      }
      boolean isWhole = true;
      for (int at : changedBlocks(journal, next)) {
        boolean isThere = random.nextInt(4) > 0;
        isWhole &= isThere;
        if (isThere) {
          System.arraycopy(next, at, journal, at, CommitJournal.BLOCK);
        }
      }
      write(journal);
      return isWhole;
    }

    /// The new head is there, or not, or its block cannot be read as one; the other is as it was.
    private void tearHead(byte[] journal, byte[] next) {
      int at =
          Arrays.equals(journal, 0, CommitJournal.BLOCK, next, 0, CommitJournal.BLOCK)
              ? CommitJournal.BLOCK
              : 0;
      int octets = random.nextInt(3) == 0 ? CommitJournal.BLOCK : random.nextInt(40);
      System.arraycopy(next, at, journal, at, octets);
    }

    private static byte[] head(byte[] journal) {
      return Arrays.copyOf(journal, FIRST_RECORD);
    }

    private static boolean isEmpty(Path of) throws IOException {
      try (CommitJournal journal = CommitJournal.open(of.resolve("clone.git"))) {
        return journal.read().commits().isEmpty();
      }
    }

    private static SortedSet<Integer> changedBlocks(byte[] one, byte[] other) {
      SortedSet<Integer> changed = new TreeSet<>();
      for (int at = 0; at < other.length; at += CommitJournal.BLOCK) {
        int end = at + CommitJournal.BLOCK;
        if (!Arrays.equals(one, at, end, other, at, end)) {
          changed.add(at);
        }
      }
      return changed;
    }

    /// The journal's octets; where there was none, those of an empty one, for it is made whole
    /// before anything is written to it.
    private byte[] journal(Path of) throws IOException {
      Path file = of.resolve(JOURNAL);
      if (!Files.exists(file)) {
        CommitJournal.open(of.resolve("clone.git")).close();
      }
      return Files.readAllBytes(file);
    }

    private void write(byte[] journal) throws IOException {
      if (Files.exists(after.resolve(JOURNAL))) {
        Files.write(state.resolve(JOURNAL), journal);
      }
    }

    /// The files, but for the journal, that are others after the step.
    private List<Path> changed() throws IOException {
      try (Stream<Path> files = Files.walk(after)) {
        List<Path> changed = new ArrayList<>();
        for (Path file : files.filter(Files::isRegularFile).map(after::relativize).toList()) {
          Path was = before.resolve(file);
          if (!file.equals(JOURNAL)
              && (!Files.exists(was) || Files.mismatch(was, after.resolve(file)) >= 0)) {
            changed.add(file);
          }
        }
        return changed;
      }
    }

    private void mix(Path file) {
      try {
        byte[] whole = Files.readAllBytes(after.resolve(file));
        int how = random.nextInt(4);
        trace.add("  " + how + " " + file);
        switch (how) {
          case 0 -> {} // as it was
          case 1 -> take(file, whole);
          case 2 -> take(file, Arrays.copyOf(whole, random.nextInt(whole.length + 1)));
          default -> {
            boolean isObject = file.toString().contains("objects");
            take(file, isObject ? new byte[whole.length] : whole);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// @param octets null for those after the step
    private void take(Path file, byte @Nullable [] octets) {
      try {
        Path to = state.resolve(file);
        Files.createDirectories(to.getParent());
        Files.deleteIfExists(to);
        if (octets == null) {
          Files.copy(after.resolve(file), to);
        } else {
          Files.write(to, octets);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    delete(to);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes any) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path of, @Nullable IOException failure)
              throws IOException {
            Files.delete(of);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
