package zonetrail.transfer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.SignedRequest;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigStreamSigner;
import zonetrail.tsig.TsigStreamVerifier;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Transfers as a primary sends them, and what a secondary makes of them.
final class Inbound {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final int ID = 4711;
  static final TsigKey KEY =
      TsigKey.parse("s._transfer.example.com.:SHA256:cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n");
  static final InboundLimits LIMITS = InboundLimits.forHeap(1L << 30);
  private static final WireName APEX = WireName.parse("example.com");

  private Inbound() {}

  static List<byte[]> whole(Zone zone, int limitOctets) {
    return Transfers.messages(
        TransferOut.whole(request(TransferQuery.full(ID, zone.apex())), zone), limitOctets);
  }

  static TransferRequest request(byte[] query) {
    QueryCursor cursor = new QueryCursor();
    if (cursor.wrap(query, query.length) != QueryCursor.Outcome.OK) {
      throw new AssertionError("our own query cannot be read");
    }
    return TransferRequest.of(cursor);
  }

  /// The records of a chain of versions, oldest first, as RFC 1995 §4 orders them.
  static List<RRset> changes(List<Zone> versions) {
    Zone newest = versions.getLast();
    List<RRset> records = new ArrayList<>(List.of(newest.soa()));
    for (int i = 1; i < versions.size(); i++) {
      ZoneChange change = ZoneChange.between(versions.get(i - 1), versions.get(i));
      records.addAll(change.removed());
      records.addAll(change.added());
    }
    records.add(newest.soa());
    return records;
  }

  static List<byte[]> incremental(Zone base, List<RRset> records, int limitOctets) {
    return Transfers.messages(
        new TransferOut(request(TransferQuery.incremental(ID, base)), records.iterator(), 604_800),
        limitOctets);
  }

  /// Feeds messages until there is an end, or none are left.
  static TransferIn.Progress accept(
      List<byte[]> messages, @Nullable Zone base, @Nullable TsigStreamVerifier verifier) {
    TransferIn transfer =
        new TransferIn(base == null ? APEX : base.apex(), ID, base, verifier, LIMITS);
    TransferIn.Progress progress = new TransferIn.Progress.More();
    for (byte[] message : messages) {
      progress = transfer.accept(message, message.length, NOW);
      if (!(progress instanceof TransferIn.Progress.More)) {
        break;
      }
    }
    return progress;
  }

  static TransferIn.Progress accept(List<byte[]> messages, @Nullable Zone base) {
    return accept(messages, base, null);
  }

  /// A request and its response, both signed.
  record SignedStream(SignedRequest request, List<byte[]> messages) {
    static SignedStream of(byte[] query, List<byte[]> response) {
      SignedRequest request = TsigSigner.signRequest(query, query.length, KEY, NOW);
      byte[] signed = request.message();
      KeyRing ring = KeyRing.EMPTY.with("k", List.of(KEY));
      TsigStreamSigner signer =
          new TsigStreamSigner(
              (Verdict.Verified) TsigVerifier.verify(signed, signed.length, ring, NOW));
      return new SignedStream(
          request,
          response.stream().map(message -> signer.sign(message, message.length, NOW)).toList());
    }

    TsigStreamVerifier verifier() {
      return new TsigStreamVerifier(KEY, request.mac());
    }
  }
}
