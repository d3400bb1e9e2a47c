package zonetrail.answer;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.zone.Zone;

/// What is compared of a response: text in lower case, order apart.
///
/// @param glue addresses in a referral of name servers within the child
record Said(
    String rcode,
    boolean authoritative,
    boolean truncated,
    Set<String> answer,
    Set<String> authority,
    Set<String> glue) {
  private static final Pattern PROOF = Pattern.compile("^\\S+ [0-9]+ (rrsig )?nsec3? ");

  static Said of(Reply reply) {
    return new Said(
        reply.rcode(),
        reply.authoritative(),
        reply.truncated(),
        folded(reply.answer()),
        folded(reply.authority()),
        mandatoryGlue(reply));
  }

  /// The authority section of a negative answer of a zone, but for its proofs.
  static Set<String> negative(Zone zone, Message asked) {
    Message query = TestServer.query(zone.apex().toString(), "TYPE65000");
    if (asked.getOPT() != null) {
      query.addRecord(asked.getOPT(), Section.ADDITIONAL);
    }
    return of(TestServer.serving(zone).ask(query)).withoutProofs().authority();
  }

  /// Our answer as far as the alias that this many names of the chain lead to, and nothing else.
  static Said upTo(Reply reply, int names) {
    Set<String> answer = new HashSet<>();
    int aliases = 0;
    Name last = Name.root;
    for (Record record : reply.message().getSection(Section.ANSWER)) {
      boolean signature =
          record instanceof RRSIGRecord rrsig
              && rrsig.getTypeCovered() == Type.CNAME
              && rrsig.getName().equals(last);
      if (aliases == names && !signature) {
        break;
      }
      answer.add(text(record));
      if (record instanceof CNAMERecord) {
        aliases++;
        last = record.getName();
      }
    }
    return new Said("NOERROR", true, false, answer, Set.of(), Set.of());
  }

  Said with(String otherRcode) {
    return new Said(otherRcode, authoritative, truncated, answer, authority, glue);
  }

  Said withAuthority(Set<String> otherAuthority) {
    return new Said(rcode, authoritative, truncated, answer, otherAuthority, glue);
  }

  Said untruncated() {
    return new Said(rcode, authoritative, false, answer, authority, glue);
  }

  /// The same without what proves to a validator that something does not exist.
  Said withoutProofs() {
    Set<String> rest = new HashSet<>(authority);
    rest.removeIf(Said::isProof);
    return withAuthority(rest);
  }

  /// Whether a record proves that something does not exist, or signs one that does.
  static boolean isProof(String record) {
    return PROOF.matcher(record).find();
  }

  Said without(int section) {
    return new Said(
        rcode,
        authoritative,
        truncated,
        section == Section.ANSWER ? Set.of() : answer,
        section == Section.AUTHORITY ? Set.of() : authority,
        glue);
  }

  private static Set<String> mandatoryGlue(Reply reply) {
    Set<String> glue = new HashSet<>();
    for (Record ns : reply.message().getSection(Section.AUTHORITY)) {
      if (ns instanceof NSRecord nameServer) {
        for (Record address : reply.message().getSection(Section.ADDITIONAL)) {
          if (address.getName().equals(nameServer.getTarget())
              && address.getName().subdomain(ns.getName())) {
            glue.add(text(address));
          }
        }
      }
    }
    return glue;
  }

  private static Set<String> folded(List<String> records) {
    Set<String> folded = new HashSet<>();
    records.forEach(record -> folded.add(record.toLowerCase(Locale.ROOT)));
    return folded;
  }

  private static String text(Record record) {
    return Reply.text(record).toLowerCase(Locale.ROOT);
  }
}
