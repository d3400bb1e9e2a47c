package zonetrail.server.git;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a clone small: each fetch leaves a pack and each publication a few loose objects, which
/// are packed together when many have gathered.
///
/// Packing runs beside fetches, as git's own does: what a fetch brings meanwhile is a new pack that
/// it does not touch, and nothing is pruned that is younger than [#PRUNE_AFTER]. What was served is
/// under a ref and so never goes.
///
/// Threads: [#consider], [#rest] and [#close] from one at a time; the packing has a thread of its
/// own.
final class CloneUpkeep implements AutoCloseable {
  /// So many packs are left alone.
  static final int MAX_PACKS = 50;

  /// About so many loose objects are left alone.
  static final int MAX_LOOSE_OBJECTS = 4_096;

  /// What no ref leads to is kept so long: a rewritten branch may come back.
  static final Duration PRUNE_AFTER = Duration.ofDays(14);

  /// The window of git's search for deltas, in octets: packing must not take the server's memory.
  private static final long WINDOW_OCTETS = 16L << 20;

  /// Objects are spread over 256 folders by their names; one of them tells of the others.
  private static final int LOOSE_FOLDERS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(CloneUpkeep.class);

  /// How long the end of packing is waited for.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean resting = new AtomicBoolean();
  private @Nullable Thread packing;

  /// Packs the clone, if it is due and not being done already; does not wait for it.
  ///
  /// @param clone must stay open until [#rest] or [#close]
  void consider(Repository clone) {
    Thread before = packing;
    if (closed.get() || (before != null && before.isAlive()) || !isDue(clone)) {
      return;
    }
    packing = Thread.ofPlatform().name("clone-upkeep").daemon(true).start(() -> pack(clone));
  }

  private static boolean isDue(Repository clone) {
    Path objects = clone.getDirectory().toPath().resolve("objects");
    return count(objects.resolve("pack"), "*.pack") > MAX_PACKS
        || count(objects.resolve("17"), "*") * LOOSE_FOLDERS > MAX_LOOSE_OBJECTS;
  }

  private static int count(Path folder, String glob) {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    int files = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      for (Path _ : entries) {
        files++;
      }
    } catch (IOException unreadable) {
      LOG.debug("cannot list {}: {}", folder, unreadable.getMessage());
    }
    return files;
  }

  private void pack(Repository clone) {
    long begin = System.nanoTime();
    int packsBefore = packs(clone);
    try (Git git = Git.wrap(clone)) {
      StoredConfig config = clone.getConfig();
      // JGit leaves packs younger than an hour to other processes; the clone is ours alone.
      config.setString("gc", null, "prunepackexpire", "now");
      // A ref that is damaged must not give way to an older value of itself.
      config.setString("gc", null, "packrefs", "false");
      config.setBoolean("pack", null, "buildbitmaps", false);
      config.setInt("pack", null, "threads", 1);
      config.setLong("pack", null, "windowmemory", WINDOW_OCTETS);
      git.gc()
          .setExpire(Instant.now().minus(PRUNE_AFTER))
          .setProgressMonitor(
              new EmptyProgressMonitor() {
                @Override
                public boolean isCancelled() {
                  return closed.get() || resting.get();
                }
              })
          .call();
      LOG.info(
          "packed the clone: {} packs are {} now, after {} ms",
          packsBefore,
          packs(clone),
          Duration.ofNanos(System.nanoTime() - begin).toMillis());
    } catch (GitAPIException | JGitInternalException failed) {
      if (!closed.get() && !resting.get()) {
        LOG.warn(
            "could not pack the clone {} ({}); it grows until that is mended",
            clone.getDirectory(),
            RemoteText.oneLine(String.valueOf(failed.getMessage())));
      }
    }
  }

  private static int packs(Repository clone) {
    return count(clone.getDirectory().toPath().resolve("objects/pack"), "*.pack");
  }

  /// Ends the packing, which leaves the clone as it was, and waits for that; it may begin again.
  void rest() {
    Thread running = packing;
    if (running == null) {
      return;
    }
    resting.set(true);
    try {
      running.join(PATIENCE);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      resting.set(false);
    }
  }

  @Override
  public void close() {
    closed.set(true);
    rest();
  }
}
