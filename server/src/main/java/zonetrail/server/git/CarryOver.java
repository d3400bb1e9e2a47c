package zonetrail.server.git;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the commits that wait in a clone, which may be damaged, over into another one.
///
/// Thread: one.
final class CarryOver {
  private static final Logger LOG = LoggerFactory.getLogger(CarryOver.class);

  private final CloneDirectory clone;
  private final CloneDirectory fresh;
  private final AtomicBoolean damageSeen;

  CarryOver(CloneDirectory clone, CloneDirectory fresh, AtomicBoolean damageSeen) {
    this.clone = clone;
    this.fresh = fresh;
    this.damageSeen = damageSeen;
  }

  /// Does so; again, what came since.
  ///
  /// @throws IOException if something cannot be written there
  void run() throws IOException {
    PendingLine of = new PendingLine(clone.repository());
    PendingLine to = new PendingLine(fresh.repository());
    ObjectId fetched = orNull(clone::fetched);
    ObjectId current = orNull(of::current);
    if (current != null && (fetched == null || !isKnownIn(of, current, fetched))) {
      copy(current, () -> to.set(current));
    }
    List<ObjectId> superseded = orNull(of::superseded);
    for (ObjectId tip : superseded == null ? List.<ObjectId>of() : superseded) {
      ObjectId base = orNull(() -> of.base(tip));
      copy(
          tip,
          () -> {
            if (base != null) {
              to.setBase(tip, base);
            }
            to.addSuperseded(tip);
          });
    }
    ObjectId now = fresh.fetched();
    if (fetched != null && now != null && !to.isIn(fetched, now)) {
      to.historyChanges(fetched, now);
    }
    List<ObjectId> conflicts = orNull(of::conflicts);
    for (ObjectId tip : conflicts == null ? List.<ObjectId>of() : conflicts) {
      copy(tip, () -> to.addConflict(tip));
    }
  }

  private static boolean isKnownIn(PendingLine line, ObjectId commit, ObjectId history) {
    try {
      return line.isIn(commit, history);
    } catch (IOException damaged) {
      return false;
    }
  }

  private interface Read<T> {
    @Nullable T read() throws IOException;
  }

  private interface Write {
    void write() throws IOException;
  }

  private <T> @Nullable T orNull(Read<T> read) {
    try {
      return read.read();
    } catch (IOException e) {
      LOG.error(
          "which commits wait cannot be read from {} ({})",
          clone.directory(),
          RemoteText.oneLine(String.valueOf(e.getMessage())));
      damageSeen.set(damageSeen.get() || DamageException.isDamage(e));
      return null;
    }
  }

  private void copy(ObjectId tip, Write ref) throws IOException {
    try (ObjectCopy copy = new ObjectCopy(clone.repository(), fresh.repository())) {
      copy.commits(tip);
    } catch (IOException e) {
      if (!DamageException.isDamage(e)) {
        throw e;
      }
      LOG.error(
          "commit {}, which waits to be pushed, is lost: {} is damaged ({}). It is kept beside as"
              + " clone.git.old; make the change again",
          tip.abbreviate(7).name(),
          clone.directory(),
          RemoteText.oneLine(String.valueOf(e.getMessage())));
      return;
    }
    fresh.syncLooseObjects();
    ref.write();
  }
}
