package zonetrail.answer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Nsec3Chain;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// One question, and what we and a peer said.
record ComparedAnswer(
    Zones zones, String peer, Message query, Reply reply, Said ours, Said theirs) {

  int qtype() {
    return query.getQuestion().getType();
  }

  /// What the peer said, but for those proofs in its authority section that we have there too.
  Said theirsWithoutProofs() {
    Set<String> rest = new HashSet<>(theirs.authority());
    rest.removeIf(record -> Said.isProof(record) && ours.authority().contains(record));
    return theirs.withAuthority(rest);
  }

  /// What in our authority section proves something.
  Set<String> proofsOfOurs() {
    return proofsOf(ours);
  }

  /// The same without the records of one owner.
  Set<String> proofsOfOursBut(WireName owner) {
    Set<String> rest = proofsOfOurs();
    rest.removeIf(record -> ownerOf(record).equals(owner));
    return rest;
  }

  /// The same of theirs.
  Set<String> proofsOfTheirsBut(WireName owner) {
    Set<String> rest = proofsOfTheirs();
    rest.removeIf(record -> ownerOf(record).equals(owner));
    return rest;
  }

  /// Who owns the records that prove something in their authority section.
  Set<WireName> ownersOfTheirProofs() {
    return proofsOfTheirs().stream().map(ComparedAnswer::ownerOf).collect(Collectors.toSet());
  }

  /// What is in their answer section and not in ours.
  Set<String> moreInTheirAnswer() {
    Set<String> more = new HashSet<>(theirs.answer());
    more.removeAll(ours.answer());
    return more;
  }

  static WireName ownerOf(String record) {
    return WireName.parse(record.substring(0, record.indexOf(' ')));
  }

  /// What in their authority section proves something.
  Set<String> proofsOfTheirs() {
    return proofsOf(theirs);
  }

  private static Set<String> proofsOf(Said said) {
    Set<String> proofs = new HashSet<>(said.authority());
    proofs.removeIf(record -> !Said.isProof(record));
    return proofs;
  }

  /// Whether, proofs apart, they said what we said or what another difference explains.
  boolean isSameOrExplainedWithoutProofs(KnownDifference other) {
    ComparedAnswer bare =
        new ComparedAnswer(zones, peer, query, reply, ours.withoutProofs(), theirs.withoutProofs());
    return bare.theirs.equals(bare.ours) || other.explains(bare);
  }

  /// What we would say if we had only this zone.
  Said saidBy(Zone zone) {
    return Said.of(TestServer.serving(zone).ask(query));
  }

  /// The name asked for, and where aliases led from there in our answer.
  List<WireName> chain() {
    List<WireName> chain = new ArrayList<>();
    chain.add(WireName.fromWire(query.getQuestion().getName().toWire(), 0));
    for (Record record : reply.message().getSection(Section.ANSWER)) {
      if (record instanceof CNAMERecord alias && record.getType() != qtype()) {
        chain.add(WireName.fromWire(alias.getTarget().toWire(), 0));
      }
    }
    return chain;
  }

  /// The zone of ours that is asked for a name, if there is one.
  @Nullable Zone zoneOf(WireName name) {
    ServedZone zone = zones.enclosing(name);
    boolean atParent = qtype() == Type.DS && zone != null && zone.apex().equals(name);
    if (atParent && zones.enclosing(name.parent()) != null) {
      zone = zones.enclosing(name.parent());
    }
    return zone instanceof Zone good ? good : null;
  }

  boolean holdsOurAnswerOrIsTruncated() {
    return theirs.truncated() || theirs.answer().containsAll(ours.answer());
  }

  /// Whether a wildcard stands in for a name, and exists only because of names below it.
  boolean isSynthesisedFromEmptyWildcard(WireName name) {
    Zone zone = zoneOf(name);
    Node source = zone == null ? null : zone.node(closestEncloser(zone, name).wildcardChild());
    return source != null && source.isEmptyNonTerminal();
  }

  /// Whether the last name above one that does not exist has no NSEC3 record, as Opt-Out allows.
  boolean enclosesWithoutNsec3(WireName name) {
    Zone zone = zoneOf(name);
    return zone != null
        && zone.denialChain() instanceof Nsec3Chain chain
        && chain.matching(closestEncloser(zone, name)) == null;
  }

  /// The name itself where it exists, or else the last one above it that does.
  static WireName closestEncloser(Zone zone, WireName name) {
    WireName encloser = name;
    while (zone.node(encloser) == null) {
      encloser = encloser.parent();
    }
    return encloser;
  }

  /// Whether a name exists in any zone, or stands in the rdata of one.
  boolean isMentioned(WireName name) {
    String octets = new String(name.toWire(), StandardCharsets.ISO_8859_1);
    return zones.all().stream()
        .filter(Zone.class::isInstance)
        .flatMap(zone -> ((Zone) zone).nodes().stream())
        .anyMatch(node ->
            node.name().equals(name)
                || node.rrsets().stream()
                    .flatMap(rrset -> rrset.rdatas().stream())
                    .anyMatch(rdata ->
                        new String(rdata.toBytes(), StandardCharsets.ISO_8859_1).contains(octets)));
  }

  boolean isKnownToAnEnclosingZone(WireName name, Zone zone) {
    for (ServedZone other : zones.all()) {
      if (other instanceof Zone above && zone.apex().isBelow(above.apex())) {
        for (WireName at = name; at.isBelow(zone.apex()); at = at.parent()) {
          if (above.node(at) != null) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
