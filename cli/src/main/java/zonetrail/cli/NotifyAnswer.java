package zonetrail.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import zonetrail.tsig.ResponseVerdict;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What the reply to a NOTIFY means, and what to do about it.
final class NotifyAnswer {
  static final String MAY_BE_FORGED =
      " (This answer is not signed, as RFC 8945 has it, so it could be forged.)";

  private NotifyAnswer() {}

  /// The reply to a NOTIFY without a key.
  static ToolAnswer toUnsigned(byte[] reply, WireName zone) {
    int rcode = Header.rcode(Header.u16(reply, Header.FLAGS));
    if (rcode == Rcode.NOERROR.value()) {
      return ToolAnswer.done("successful notify!");
    }
    return no(
        rcode == Rcode.REFUSED.value() || rcode == Rcode.NOTAUTH.value()
            ? Rcode.describe(rcode)
                + ": the server does not serve "
                + zone.toStringNoDot()
                + ", or wants this to be signed: give a key with --key-file"
            : explain(rcode, zone));
  }

  /// The reply to a signed NOTIFY.
  @Rfc(number = 8945, section = "5.4")
  static ToolAnswer toSigned(
      byte[] reply, ResponseVerdict verdict, TsigKey key, WireName zone, Instant now) {
    int rcode = Header.rcode(Header.u16(reply, Header.FLAGS));
    // First, so that a tool whom all goes well for does not wait for what the JVM makes of a
    // switch.
    if (verdict instanceof ResponseVerdict.Authentic authentic
        && authentic.record().error() == 0
        && rcode == Rcode.NOERROR.value()) {
      return ToolAnswer.done("successful TSIG signed notify!");
    }
    return switch (verdict) {
      case ResponseVerdict.Authentic authentic when authentic.record().error() != 0 ->
          no(
              explainTsig(
                  authentic.record().error(),
                  key,
                  authentic.record().serverTime().orElse(now),
                  now));
      case ResponseVerdict.Authentic _ when rcode == Rcode.REFUSED.value() ->
          no(
              "REFUSED: key %s may not notify for %s. Its name would have to be %s"
                  .formatted(
                      key.name(),
                      zone.toStringNoDot(),
                      "anything._notify." + zone + " (or _transfer, _update, or a zone above)"));
      case ResponseVerdict.Authentic _ -> no(explain(rcode, zone));
      case ResponseVerdict.UnsignedError error ->
          no(explainTsig(error.error(), key, error.serverTime().orElse(now), now) + MAY_BE_FORGED);
      case ResponseVerdict.Doubtful(String why) when rcode == Rcode.NOERROR.value() ->
          no(why + ", so it proves nothing; does the server know key " + key.name() + "?");
      case ResponseVerdict.Doubtful(String why) -> no(explain(rcode, zone) + " (" + why + ")");
    };
  }

  private static ToolAnswer no(String text) {
    return ToolAnswer.no("onotify", text);
  }

  /// What a TSIG error means.
  static String explainTsig(int error, TsigKey key, Instant serverTime, Instant now) {
    String name = key.name().toString();
    if (error == Rcode.BADKEY.value()) {
      return "BADKEY: the server has no key "
          + name
          + " for "
          + key.algorithm()
          + ". Is it in a key file there, and has the server read that?";
    }
    if (error == Rcode.BADSIG.value()) {
      return "BADSIG: the server has a key " + name + ", with another secret. Compare the two.";
    }
    if (error == Rcode.BADTIME.value()) {
      return "BADTIME: the clocks differ by %d s: the server says %s, this machine %s. Correct one."
          .formatted(
              Duration.between(now, serverTime).abs().toSeconds(),
              serverTime,
              now.truncatedTo(ChronoUnit.SECONDS));
    }
    if (error == Rcode.BADTRUNC.value()) {
      return "BADTRUNC: the server wants a longer signature than " + key.algorithm() + " gives.";
    }
    return "the server reports TSIG error " + error + " for key " + name;
  }

  private static String explain(int rcode, WireName zone) {
    String name = Rcode.describe(rcode);
    if (rcode == Rcode.SERVFAIL.value()) {
      return name + ": the server could not fetch its repository; its log says why";
    }
    if (rcode == Rcode.NOTAUTH.value() || rcode == Rcode.REFUSED.value()) {
      return name + ": the server does not serve " + zone.toStringNoDot() + ", or not for us";
    }
    if (rcode == Rcode.NOTIMP.value() || rcode == Rcode.FORMERR.value()) {
      return name + ": the server does not understand NOTIFY; is it the right server?";
    }
    return name + ": the server did not take it";
  }
}
