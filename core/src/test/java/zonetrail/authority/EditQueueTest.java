package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.tsig.TsigKey;
import zonetrail.update.UpdateRequest;

/// Clients wait in the order in which they came, as many as there is room for, and one zone's never
/// take all of it.
class EditQueueTest {
  private static final TsigKey KEY =
      TsigKey.parse("a._update:SHA256:cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n");
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);

  private final EditQueue queue = new EditQueue();
  private int requests;

  private boolean offer(String zone) throws Exception {
    Update update = new Update(Name.fromString(zone));
    update.add(Name.fromString("h." + zone), Type.A, 300, "192.0.2.1");
    Requested edit =
        new Requested(
            UpdateRequest.parse(update.toWire(Message.MAXLENGTH)), KEY, CLIENT, "id" + requests++);
    return queue.offer(
        edit, new Awaited(edit, new ClientToldByOthers(CLIENT), Instant.EPOCH.plusSeconds(10)));
  }

  private static List<String> ids(List<GroupMember> members) {
    return members.stream().map(member -> ((Requested) member.edit()).requestId()).toList();
  }

  @Test
  void ofOneZoneHalfOfTheRoomIsTaken_andOthersGetTheRest() throws Exception {
    for (int i = 0; i < EditQueue.MAX_WAITING_OF_ZONE; i++) {
      assertThat(offer("busy.example.")).isTrue();
    }
    assertThat(offer("busy.example.")).isFalse();
    assertThat(offer("BUSY.example.")).isFalse();
    for (int i = EditQueue.MAX_WAITING_OF_ZONE; i < EditQueue.MAX_WAITING; i++) {
      assertThat(offer("zone" + i + ".example.")).isTrue();
    }
    assertThat(offer("late.example.")).isFalse();
    assertThat(queue.notTaken()).isEqualTo(3);
    assertThat(queue.size()).isEqualTo(EditQueue.MAX_WAITING);
    queue.nextGroup(_ -> false);
    assertThat(offer("busy.example.")).isTrue();
  }

  /// As many senders as one likes that each wait for one answer are served by a commit for each
  /// 512.
  @Test
  void allThatWait_areCommittedTogetherInTheirOrder() throws Exception {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < EditQueue.MAX_GROUP + 256; i++) {
      expected.add("id" + i);
      offer("zone" + i % 3 + ".example.");
    }
    assertThat(ids(queue.nextGroup(_ -> false)))
        .isEqualTo(expected.subList(0, EditQueue.MAX_GROUP));
    assertThat(ids(queue.nextGroup(_ -> false)))
        .isEqualTo(expected.subList(EditQueue.MAX_GROUP, expected.size()));
    assertThat(queue.isEmpty()).isTrue();
  }
}
