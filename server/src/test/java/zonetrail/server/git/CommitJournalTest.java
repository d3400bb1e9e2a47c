package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.server.git.CommitJournal.Commit;
import zonetrail.server.git.CommitJournal.Content;
import zonetrail.server.git.CommitJournal.Entry;

class CommitJournalTest {
  private final Random random = new Random(2136);

  @TempDir private Path clone;

  private List<Commit> add(int commits) throws IOException {
    List<Commit> added = new ArrayList<>();
    try (CommitJournal journal = CommitJournal.open(clone)) {
      added.addAll(journal.read().commits());
      for (int i = 0; i < commits; i++) {
        byte[] entry = new byte[1 + random.nextInt(3 * CommitJournal.BLOCK)];
        random.nextBytes(entry);
        Commit commit = new Commit(id(), id(), List.of(new Entry(id(), entry)));
        journal.add(commit);
        added.add(commit);
      }
    }
    return added;
  }

  private ObjectId id() {
    byte[] raw = new byte[20];
    random.nextBytes(raw);
    return ObjectId.fromRaw(raw);
  }

  private Content read() throws IOException {
    try (CommitJournal journal = CommitJournal.open(clone)) {
      return journal.read();
    }
  }

  private static List<ObjectId> ids(List<Commit> commits) {
    return commits.stream().map(Commit::commit).toList();
  }

  private void overwrite(long at, byte[] octets) throws IOException {
    try (FileChannel file =
        FileChannel.open(clone.resolve(CommitJournal.NAME), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(octets), at);
    }
  }

  private static long end(List<Commit> commits) {
    long end = 2 * CommitJournal.BLOCK;
    for (Commit commit : commits) {
      end += (long) Math.ceilDiv(24 + commit.octets(), CommitJournal.BLOCK) * CommitJournal.BLOCK;
    }
    return end;
  }

  @Test
  void whatWasAddedIsThereInOrder_alsoByAnotherProcess() throws Exception {
    add(5);
    List<Commit> added = add(3);
    Content content = read();
    assertThat(content.damagedAt()).isNegative();
    assertThat(ids(content.commits())).isEqualTo(ids(added)).hasSize(8);
    Entry last = content.commits().getLast().objects().getFirst();
    assertThat(last.entry()).isEqualTo(added.getLast().objects().getFirst().entry());
  }

  @Test
  void whatIsBehindTheEndOfAnEmptiedJournalIsNotThere() throws Exception {
    for (int round = 0; round < 4; round++) {
      add(5);
      try (CommitJournal journal = CommitJournal.open(clone)) {
        journal.read();
        journal.empty();
      }
      assertThat(read()).isEqualTo(new Content(List.of(), -1));
      assertThat(ids(add(1))).isEqualTo(ids(read().commits())).hasSize(1);
    }
  }

  @Test
  void aLastRecordThatIsTornIsPassedOver_whereverItIs() throws Exception {
    List<Commit> whole = add(3);
    long from = end(whole);
    long to = end(add(1));
    for (long at = to - CommitJournal.BLOCK; at >= from; at -= CommitJournal.BLOCK) {
      overwrite(at, new byte[CommitJournal.BLOCK]);
      Content content = read();
      assertThat(content.damagedAt()).isNegative();
      assertThat(ids(content.commits())).isEqualTo(ids(whole));
    }
  }

  @Test
  void aRecordThatIsTornBeforeAWholeOneIsDamage() throws Exception {
    List<Commit> whole = add(3);
    long torn = end(whole);
    add(2);
    overwrite(torn + 30, new byte[] {1, 2, 3});
    Content content = read();
    assertThat(content.damagedAt()).isEqualTo((int) torn);
    assertThat(ids(content.commits())).isEqualTo(ids(whole));
  }

  @Test
  void withoutAHeadItIsDamaged_andOneIsEnough() throws Exception {
    List<Commit> added = add(2);
    overwrite(CommitJournal.BLOCK, new byte[CommitJournal.BLOCK]);
    assertThat(ids(read().commits())).isEqualTo(ids(added));
    overwrite(0, new byte[CommitJournal.BLOCK]);
    assertThat(read().damagedAt()).isZero();
  }

  /// What has gone to the file may be there after a force that failed, and may not.
  @Test
  void whereItCouldNotBeEmptied_nothingHasRoomBeforeItIs() throws Exception {
    List<Commit> settled = add(2);
    Commit next = new Commit(id(), id(), List.of());
    try (FailingChannel file = new FailingChannel(clone.resolve(CommitJournal.NAME));
        CommitJournal journal = new CommitJournal(file)) {
      assertThat(ids(journal.read().commits())).isEqualTo(ids(settled));
      file.forcesToFail = 1;
      assertThatThrownBy(journal::empty).isInstanceOf(IOException.class);
      assertThat(journal.hasRoomFor(next)).isFalse();
      journal.empty();
      assertThat(journal.hasRoomFor(next)).isTrue();
      journal.add(next);
    }
    assertThat(read().damagedAt()).isNegative();
    assertThat(ids(read().commits())).containsExactly(next.commit());
  }

  @Test
  void whatCouldNotBeForcedIsNotThere_andWhatCameBeforeAndAfterIs() throws Exception {
    List<Commit> before = add(2);
    Commit after = new Commit(id(), id(), List.of());
    try (FailingChannel file = new FailingChannel(clone.resolve(CommitJournal.NAME));
        CommitJournal journal = new CommitJournal(file)) {
      journal.read();
      file.forcesToFail = 1;
      assertThatThrownBy(() -> journal.add(new Commit(id(), id(), List.of())))
          .isInstanceOf(IOException.class);
      assertThat(ids(read().commits())).isEqualTo(ids(before));
      journal.add(after);
    }
    assertThat(ids(read().commits())).endsWith(after.commit()).hasSize(3);
  }
}
