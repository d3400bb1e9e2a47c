package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;
import zonetrail.answer.TestServer.Reply;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.ZoneSigner;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// A validator judges what we answer from signed zones: nothing may be bogus to it.
///
/// It knows nothing but each zone's key. Referrals, and aliases that lead out of the zone, are left
/// out, since a validator sees them only with what other servers add. (The proof in a referral is
/// that of a question for DS, which is asked.)
@Rfc(number = 4035, section = "5")
@RequiresTool(value = "dnssec-signzone", debian = "bind9-utils")
class SignedAnswersIT {
  private static final int TREES = 3;
  private static final int QUESTIONS = 1_500;
  private static final long SEED = 20261122;

  /// The validator has no rule for RRSIG, a short one for ANY, and takes the CNAME made of a DNAME
  /// for one of the zone when asked for a DNAME.
  private static final Set<String> NOT_VALIDATED = Set.of("ANY", "RRSIG", "DNAME");

  /// It gives up on NSEC3 after so many hashes, and needs one for each label and two more.
  private static final int MAX_LABELS = 8;

  @TempDir Path directory;

  private enum Verdict {
    SECURE,
    INSECURE,
    LEFT_OUT
  }

  @ParameterizedTest
  @EnumSource
  void aValidatorFindsNoAnswerBogus(ZoneSigner.Denial denial) throws IOException {
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    List<String> bogus = new ArrayList<>();
    for (int tree = 0; tree < TREES; tree++) {
      RandomZones random = new RandomZones(SEED + tree, "v" + tree);
      String apex = "one.v" + tree + ".";
      TestServer server = TestServer.serving(signed(random, apex, denial));
      ValidatingResolver validator = validator(server, apex);
      for (int i = 0; i < QUESTIONS; i++) {
        RandomZones.Question question = random.question();
        if (isForTheValidator(question.name().toLowerCase(Locale.ROOT), apex)) {
          verdicts.merge(judge(server, validator, question, bogus), 1, Integer::sum);
        }
      }
    }
    System.out.printf("%s: %s, %d bogus%n", denial, verdicts, bogus.size());
    assertThat(bogus).isEmpty();
    assertThat(verdicts.get(Verdict.SECURE)).isGreaterThan(200);
    if (denial != ZoneSigner.Denial.NSEC3_OPT_OUT) {
      assertThat(verdicts).doesNotContainKey(Verdict.INSECURE);
    }
  }

  /// It also takes a wildcard in the middle of a name for one that stands in for the name.
  private static boolean isForTheValidator(String name, String apex) {
    return name.endsWith("." + apex)
        && name.chars().filter(c -> c == '.').count() <= MAX_LABELS
        && !name.contains(".*.");
  }

  private static Verdict judge(
      TestServer server,
      ValidatingResolver validator,
      RandomZones.Question question,
      List<String> bogus)
      throws IOException {
    Message query = SignedExample.dnssecQuery(question.name(), question.type());
    Reply reply = server.ask(query);
    if (NOT_VALIDATED.contains(question.type()) || !isWhole(reply, question)) {
      return Verdict.LEFT_OUT;
    }
    Message judged = validator.send(query);
    if (judged.getRcode() == Rcode.SERVFAIL) {
      bogus.add("%s: %s%n%s".formatted(question, reason(judged), reply.message()));
    }
    return judged.getHeader().getFlag(Flags.AD) ? Verdict.SECURE : Verdict.INSECURE;
  }

  private static boolean isWhole(Reply reply, RandomZones.Question question) {
    List<Record> records = reply.message().getSection(Section.ANSWER);
    boolean endsWithAlias =
        !question.type().equals("CNAME")
            && reply.authority().stream().noneMatch(record -> record.contains(" SOA "))
            && records.stream()
                .filter(record -> !(record instanceof RRSIGRecord))
                .reduce((first, second) -> second)
                .filter(CNAMERecord.class::isInstance)
                .isPresent();
    boolean referral = reply.authority().stream().anyMatch(record -> record.contains(" NS "));
    return !endsWithAlias && !referral && reply.rcode().matches("NOERROR|NXDOMAIN");
  }

  private static String reason(Message judged) {
    return judged.getSection(Section.ADDITIONAL).stream()
        .filter(TXTRecord.class::isInstance)
        .map(Record::rdataToString)
        .toList()
        .toString();
  }

  private Zone signed(RandomZones random, String apex, ZoneSigner.Denial denial)
      throws IOException {
    Path file =
        Files.writeString(
            directory.resolve(apex + "zone"), Objects.requireNonNull(random.texts().get(apex)));
    byte[] text = Files.readAllBytes(ZoneSigner.sign(apex, file, denial));
    return Objects.requireNonNull(
        ZoneFileReader.read(apex, WireName.parse(apex), text, IncludeSource.NONE).zone());
  }

  private static ValidatingResolver validator(TestServer server, String apex) throws IOException {
    ValidatingResolver validator = new ValidatingResolver(new OnlyServer(server));
    StringBuilder anchors = new StringBuilder();
    for (Record key :
        server.ask(TestServer.query(apex, "DNSKEY")).message().getSection(Section.ANSWER)) {
      anchors.append(key).append('\n');
    }
    validator.loadTrustAnchors(
        new ByteArrayInputStream(anchors.toString().getBytes(StandardCharsets.US_ASCII)));
    return validator;
  }

  /// What the validator asks: our responder, without a network, and always with DO set.
  private record OnlyServer(TestServer server) implements Resolver {
    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
      Record question = query.getQuestion();
      Message withDo =
          SignedExample.dnssecQuery(question.getName().toString(), Type.string(question.getType()));
      withDo.getHeader().setID(query.getHeader().getID());
      return CompletableFuture.completedFuture(server.ask(withDo).message());
    }

    @Override
    public void setPort(int port) {}

    @Override
    public void setTCP(boolean flag) {}

    @Override
    public void setIgnoreTruncation(boolean flag) {}

    @Override
    public void setEDNS(int version, int payload, int flags, List<EDNSOption> options) {}

    @Override
    public void setTSIGKey(TSIG key) {}

    @Override
    public void setTimeout(Duration timeout) {}
  }
}
