package zonetrail.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.Message;
import zonetrail.wire.Oracle;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.Rcode;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.Zones;

/// In a build this runs the seeds; CONTRIBUTING.md says how to search for more.
class TransferRequestFuzzTest {
  private static final Zone ZONE =
      Transfers.zone("example.com", "www 60 A 192.0.2.1", "*.w 60 TXT x");
  private static final Zones ZONES = Zones.of(List.of(ZONE));
  private static final int LIMIT_OCTETS = 1_232;

  private final QueryCursor cursor = new QueryCursor();
  private final byte[] target = Transfers.target();

  /// The request is what dnsjava reads, and whatever follows is messages that dnsjava reads.
  @FuzzTest(maxDuration = "60s")
  void anyOctets_areARequestAsDnsjavaReadsIt_andGetWholeMessages(byte[] octets) {
    if (cursor.wrap(octets, octets.length) != QueryCursor.Outcome.OK) {
      return;
    }
    Oracle.assertAgrees(cursor, octets);
    if (!TransferRequest.isAskedBy(cursor)) {
      return;
    }
    TransferRequest request = TransferRequest.of(cursor);
    for (boolean isStream : new boolean[] {false, true}) {
      switch (TransferAnswer.to(request, true, isStream, ZONES)) {
        case TransferAnswer.Whole(Zone zone) -> assertWhole(request, zone);
        case TransferAnswer.Difference(Zone zone, _) -> assertDifference(request, zone);
        case TransferAnswer.SoaOnly(Zone zone) ->
            assertAnswers(
                request,
                TransferOut.soaOnly(request, zone, 0, target, LIMIT_OCTETS),
                Rcode.NOERROR);
        case TransferAnswer.Refused(TransferRefusal why) ->
            assertAnswers(
                request, TransferOut.refusal(request, why, target, LIMIT_OCTETS), why.rcode());
      }
    }
  }

  private static void assertWhole(TransferRequest request, Zone zone) {
    List<byte[]> messages = Transfers.messages(TransferOut.whole(request, zone), LIMIT_OCTETS);

    assertThat(Transfers.records(messages)).hasSize(6);
  }

  private static void assertDifference(TransferRequest request, Zone zone) {
    ZoneChange none = ZoneChange.between(zone, zone);
    List<byte[]> messages =
        Transfers.messages(TransferOut.difference(request, zone, none), LIMIT_OCTETS);

    assertThat(Transfers.records(messages)).hasSize(2);
  }

  private void assertAnswers(TransferRequest request, int octets, Rcode rcode) {
    Message message = Transfers.parse(Arrays.copyOf(target, octets));

    assertThat(octets).isLessThanOrEqualTo(LIMIT_OCTETS);
    assertThat(message.getHeader().getID()).isEqualTo(request.id());
    assertThat(message.getRcode()).isEqualTo(rcode.value());
  }
}
