package zonetrail.answer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;

/// What was found for a question so far, alias by alias: the answer section, and what proves to a
/// validator that nothing nearer to the names asked for exists.
///
/// Signatures and proofs are there only for a client that set DO (RFC 4035 §3.1).
@Rfc(number = 4035, section = "3.1")
final class Draft {
  private final boolean dnssecOk;
  private final List<SignedSet> answer = new ArrayList<>(4);
  private final Set<SignedSet> proofs = new LinkedHashSet<>(4);

  /// @param dnssecOk whether the client set DO (RFC 3225 §3)
  Draft(boolean dnssecOk) {
    this.dnssecOk = dnssecOk;
  }

  /// Adds an RRset to the answer; a chain may go through one DNAME several times, which is said
  /// once (RFC 2181 §5).
  void answer(Node source, RRset rrset) {
    answer(signed(source, rrset));
  }

  /// Adds a CNAME that was made of a DNAME, which nobody has signed.
  @Rfc(number = 6672, section = "5.3.1")
  void answerUnsigned(RRset cname) {
    answer(SignedSet.bare(cname));
  }

  private void answer(SignedSet found) {
    if (!answer.contains(found)) {
      answer.add(found);
    }
  }

  /// The answer section.
  List<SignedSet> answer() {
    return answer;
  }

  /// Adds the proof that a wildcard was right to stand in for a name, if one did.
  @Rfc(number = 4035, section = "3.1.3.3")
  void proveSource(Zone zone, Node source, WireName name) {
    if (isSynthesised(source, name)) {
      prove(zone, denial -> denial.wildcardAnswer(source.name(), name));
    }
  }

  /// Adds the proof that a name, or the wildcard that stands in for it, does not have the type.
  @Rfc(number = 4035, section = "3.1.3.1")
  void proveNoData(Zone zone, Node source, WireName name) {
    prove(
        zone,
        denial ->
            isSynthesised(source, name)
                ? denial.wildcardNoData(source.name(), name)
                : denial.noData(source.name()));
  }

  /// Adds the proof that a name does not exist.
  @Rfc(number = 4035, section = "3.1.3.2")
  void proveNameError(Zone zone, Node closestEncloser, WireName name) {
    prove(zone, denial -> denial.nameError(closestEncloser.name(), name));
  }

  /// Adds the DS records of a delegation with their signatures, or the proof that it has none: in a
  /// zone that is not signed, neither.
  @Rfc(number = 4035, section = "3.1.4")
  void secure(Zone zone, Node cut) {
    RRset ds = cut.rrset(RRType.DS);
    if (ds == null) {
      prove(zone, denial -> denial.noData(cut.name()));
    } else if (!signed(cut, ds).signatures().isEmpty()) {
      proofs.add(signed(cut, ds));
    }
  }

  private static boolean isSynthesised(Node source, WireName name) {
    return !name.isAtOrBelow(source.name());
  }

  private void prove(Zone zone, Function<Denial, Set<Node>> proof) {
    if (dnssecOk) {
      Denial denial = Denial.of(zone);
      for (Node node : proof.apply(denial)) {
        proofs.add(SignedSet.from(node, denial.type()));
      }
    }
  }

  /// What the authority section has for a validator.
  Set<SignedSet> proofs() {
    return proofs;
  }

  /// An RRset with its signatures, where the client wants them.
  SignedSet signed(Node source, RRset rrset) {
    return dnssecOk ? SignedSet.from(source, rrset) : SignedSet.bare(rrset);
  }
}
