package zonetrail.server.git;

import java.util.List;
import java.util.Map;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.extension.KexExtensions;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.jspecify.annotations.Nullable;

/// Ends a session in which somebody in the middle could cut off what is said first (the Terrapin
/// attack, CVE-2023-48795).
///
/// The library offers strict key exchange and keeps to it where the server does too. Where the
/// server does not, it depends on the cipher: AES-GCM counts its own messages, and a MAC over the
/// plain text fails once a message is missing, so both are safe without. AES-CTR with an
/// encrypt-then-MAC is not, at least in theory, and is refused. Old servers therefore still work,
/// since every one of them that matters knows one of the safe pairs.
final class StrictKeyExchange implements SessionListener {

  private static final AttributeKey<Boolean> STRICT = new AttributeKey<>();

  private static final List<Map.Entry<KexProposalOption, KexProposalOption>> DIRECTIONS =
      List.of(
          Map.entry(KexProposalOption.C2SENC, KexProposalOption.C2SMAC),
          Map.entry(KexProposalOption.S2CENC, KexProposalOption.S2CMAC));

  /// What the session would rest on is open to the attack.
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  @Override
  public void sessionNegotiationStart(
      Session session,
      Map<KexProposalOption, String> clientProposal,
      Map<KexProposalOption, String> serverProposal) {
    // Only what is said in the first exchange counts; later ones do not repeat it.
    if (session.getAttribute(STRICT) == null) {
      String offered = serverProposal.getOrDefault(KexProposalOption.ALGORITHMS, "");
      session.setAttribute(
          STRICT,
          List.of(offered.split(",", -1)).contains(KexExtensions.STRICT_KEX_SERVER_EXTENSION));
    }
  }

  @Override
  public void sessionNegotiationEnd(
      Session session,
      Map<KexProposalOption, String> clientProposal,
      Map<KexProposalOption, String> serverProposal,
      Map<KexProposalOption, String> negotiated,
      @Nullable Throwable reason) {
    if (reason != null || Boolean.TRUE.equals(session.getAttribute(STRICT))) {
      return;
    }
    for (Map.Entry<KexProposalOption, KexProposalOption> direction : DIRECTIONS) {
      String cipher = negotiated.getOrDefault(direction.getKey(), "");
      String mac = negotiated.getOrDefault(direction.getValue(), "");
      if (!isSafeWithoutStrictness(cipher, mac)) {
        throw new RefusedException(
            "the SSH server does not know strict key exchange, and with "
                + cipher
                + " and "
                + mac
                + " somebody in the middle could remove messages (CVE-2023-48795): update that"
                + " server, or let it offer aes256-gcm@openssh.com");
      }
    }
  }

  static boolean isSafeWithoutStrictness(String cipher, String mac) {
    return cipher.contains("-gcm@") || (cipher.endsWith("-ctr") && !mac.contains("-etm@"));
  }
}
