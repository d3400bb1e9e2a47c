package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Update;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.tsig.ReplayMemory;
import zonetrail.tsig.TsigKey;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.ExtendedError;

class UpdateRepliesTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
  private static final TsigKey KEY =
      TsigKey.parse("a._update.example.com:SHA256:cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n");

  private final UpdateReplies replies = new UpdateReplies(new ReplayMemory(10));

  private Awaited client(String id, int seconds) throws Exception {
    Update update = new Update(Name.fromString("example.com."));
    UpdateRequest request = UpdateRequest.parse(update.toWire(Message.MAXLENGTH));
    Requested edit = new Requested(request, KEY, CLIENT, id);
    Awaited client = new Awaited(edit, new ClientToldByOthers(CLIENT), NOW.plusSeconds(seconds));
    replies.await(client);
    return client;
  }

  @Test
  void whoCameFirstIsDueFirst_andWhoIsAnsweredNoMore() throws Exception {
    assertThat(replies.deadline()).isNull();
    Awaited first = client("1", 10);
    Awaited second = client("2", 11);
    Awaited third = client("3", 12);
    assertThat(replies.deadline()).isEqualTo(NOW.plusSeconds(10));
    replies.answer(first, new EditVerdict.Unchanged(), "v1");
    assertThat(replies.deadline()).isEqualTo(NOW.plusSeconds(11));
    replies.fail(third, ExtendedError.OTHER, "", true);
    replies.answer(second, new EditVerdict.Unchanged(), "v1");
    assertThat(replies.deadline()).isNull();
  }

  @Test
  void overdueAreThoseWhoseTimeHasCome() throws Exception {
    Awaited first = client("1", 10);
    Awaited second = client("2", 11);
    client("3", 12);
    assertThat(replies.isSomeOverdue(NOW.plusMillis(9_999))).isFalse();
    assertThat(replies.overdue(NOW.plusMillis(9_999))).isEmpty();
    assertThat(replies.isSomeOverdue(NOW.plusSeconds(11))).isTrue();
    assertThat(replies.overdue(NOW.plusSeconds(11))).containsExactly(first, second);
  }
}
