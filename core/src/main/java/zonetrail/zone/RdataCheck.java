package zonetrail.zone;

import java.util.function.BiConsumer;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;

/// Finds rdata that has the form of its type and yet is of no use to any client.
///
/// Each check gives a rule and a message, and at most one of each rule for an RRset.
final class RdataCheck {
  private static final int DNSSEC_PROTOCOL = 3;

  private final RRset rrset;
  private final BiConsumer<String, String> warn;

  private RdataCheck(RRset rrset, BiConsumer<String, String> warn) {
    this.rrset = rrset;
    this.warn = warn;
  }

  static void check(RRset rrset, BiConsumer<String, String> warn) {
    RRType type = rrset.type();
    if (type == RRType.TLSA || type == RRType.SMIMEA) {
      new RdataCheck(rrset, warn).certificateDigests();
    } else if (type == RRType.DNSKEY) {
      new RdataCheck(rrset, warn).keyProtocol();
    } else if (type == RRType.NSEC3PARAM) {
      new RdataCheck(rrset, warn).hashIterations();
    } else if (type == RRType.SVCB || type == RRType.HTTPS) {
      new RdataCheck(rrset, warn).serviceModes();
    }
  }

  @Rfc(number = 6698, section = "2.1.3")
  private void certificateDigests() {
    for (Rdata rdata : rrset.rdatas()) {
      int matchingType = rdata.octetAt(2);
      int octets = rdata.length() - 3;
      int expected = matchingType == 1 ? 32 : matchingType == 2 ? 64 : octets;
      if (octets != expected) {
        warn.accept(
            "certificate-digest-length",
            "the digest of matching type "
                + matchingType
                + " at "
                + rrset.owner().toStringNoDot()
                + " has "
                + octets
                + " octets and should have "
                + expected
                + ", so it matches nothing (RFC 6698 §2.1.3); copy it again");
        return;
      }
    }
  }

  @Rfc(number = 4034, section = "2.1.2")
  private void keyProtocol() {
    for (Rdata rdata : rrset.rdatas()) {
      if (rdata.octetAt(2) != DNSSEC_PROTOCOL) {
        warn.accept(
            "dnskey-protocol",
            "the protocol of a DNSKEY record at "
                + rrset.owner().toStringNoDot()
                + " is "
                + rdata.octetAt(2)
                + ", so validators ignore it (RFC 4034 §2.1.2); it is 3");
        return;
      }
    }
  }

  @Rfc(number = 9276, section = "3.1")
  private void hashIterations() {
    for (Rdata rdata : rrset.rdatas()) {
      int iterations = rdata.u16At(2);
      if (iterations > 0) {
        warn.accept(
            "nsec3-iterations",
            "names are hashed "
                + iterations
                + " times more than once, which helps nobody: validators may take such a zone for"
                + " unsigned (RFC 9276 §3.1)"
                + (iterations > Nsec3Hash.MAX_ITERATIONS
                    ? ", and beyond " + Nsec3Hash.MAX_ITERATIONS + " we send no proofs"
                    : "")
                + "; sign it with 0 iterations");
        return;
      }
    }
  }

  @Rfc(number = 9460, section = "2.4.1")
  @Rfc(number = 9460, section = "2.4.2")
  private void serviceModes() {
    int aliases = 0;
    boolean hasParameters = false;
    for (Rdata rdata : rrset.rdatas()) {
      if (rdata.u16At(0) == 0) {
        aliases++;
        hasParameters |= rdata.length() > 2 + rdata.nameAt(2).length();
      }
    }
    String records = rrset.type() + " records at " + rrset.owner().toStringNoDot();
    if (aliases > 0 && rrset.rdatas().size() > 1) {
      warn.accept(
          "service-modes-mixed",
          "of the "
              + records
              + ", only one of priority 0 is followed and the others are ignored (RFC 9460 §2.4);"
              + " keep it, or those of other priorities");
    }
    if (hasParameters) {
      warn.accept(
          "service-alias-parameters",
          "of the "
              + records
              + ", one of priority 0 has parameters, which clients ignore (RFC 9460 §2.4.2); give it"
              + " a priority from 1, or remove them");
    }
  }
}
