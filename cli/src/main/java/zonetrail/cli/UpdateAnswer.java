package zonetrail.cli;

import java.time.Instant;
import zonetrail.tsig.ResponseVerdict;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What the reply to an UPDATE means, and what to do about it.
final class UpdateAnswer {
  private UpdateAnswer() {}

  /// The reply to a signed UPDATE.
  @Rfc(number = 8945, section = "5.4")
  @Rfc(number = 2136, section = "3.8")
  static ToolAnswer of(
      byte[] reply,
      ResponseVerdict verdict,
      TsigKey key,
      WireName zone,
      WireName host,
      Instant now) {
    int rcode = Header.rcode(Header.u16(reply, Header.FLAGS));
    return switch (verdict) {
      case ResponseVerdict.Authentic authentic when authentic.record().error() != 0 ->
          no(
              NotifyAnswer.explainTsig(
                  authentic.record().error(),
                  key,
                  authentic.record().serverTime().orElse(now),
                  now));
      case ResponseVerdict.Authentic _ when rcode == Rcode.NOERROR.value() ->
          ToolAnswer.done("successful TSIG signed update!");
      case ResponseVerdict.Authentic _ ->
          no(
              ServerReason.in(reply)
                  .map(reason -> Rcode.describe(rcode) + ": " + reason)
                  .orElseGet(() -> explain(rcode, key, zone, host)));
      case ResponseVerdict.UnsignedError error ->
          no(
              NotifyAnswer.explainTsig(error.error(), key, error.serverTime().orElse(now), now)
                  + NotifyAnswer.MAY_BE_FORGED);
      case ResponseVerdict.Doubtful(String why) when rcode == Rcode.NOERROR.value() ->
          no(why + ", so it proves nothing; does the server know key " + key.name() + "?");
      case ResponseVerdict.Doubtful(String why) ->
          no(explain(rcode, key, zone, host) + " (" + why + ")");
    };
  }

  private static ToolAnswer no(String text) {
    return ToolAnswer.no("oupdate", text);
  }

  private static String explain(int rcode, TsigKey key, WireName zone, WireName host) {
    String name = Rcode.describe(rcode);
    String owner = host.toStringNoDot();
    if (rcode == Rcode.YXDOMAIN.value() || rcode == Rcode.YXRRSET.value()) {
      return name + ": " + owner + " has such records already, so nothing was changed";
    }
    if (rcode == Rcode.NXDOMAIN.value() || rcode == Rcode.NXRRSET.value()) {
      return name + ": " + owner + " has no such records, so nothing was changed";
    }
    if (rcode == Rcode.NOTZONE.value()) {
      return name + ": " + owner + " is not in " + zone.toStringNoDot() + "; give its --zone";
    }
    if (rcode == Rcode.NOTAUTH.value()) {
      return name
          + ": the server has no zone "
          + zone.toStringNoDot()
          + "; give the --zone that holds "
          + owner;
    }
    if (rcode == Rcode.REFUSED.value()) {
      return name
          + ": key "
          + key.name()
          + " may not change "
          + owner
          + " (its name would have to be anything._update."
          + owner
          + ". or a name above), or the zone would be broken or is signed; the server's log says"
          + " which";
    }
    if (rcode == Rcode.SERVFAIL.value()) {
      return name + ": the server could not make it last now; try again, its log says why";
    }
    if (rcode == Rcode.NOTIMP.value()) {
      return name + ": the server does not take updates; is it the primary?";
    }
    return name + ": the server did not take it";
  }
}
