package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static zonetrail.tsig.Messages.ID;
import static zonetrail.tsig.Messages.NOW;
import static zonetrail.tsig.Messages.key;
import static zonetrail.tsig.Messages.notifyRequest;
import static zonetrail.tsig.Messages.notifyResponse;
import static zonetrail.tsig.Messages.record;
import static zonetrail.tsig.Messages.signed;
import static zonetrail.tsig.Messages.tsigOffset;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// RFC 8945, section by section: what a verifier and a signer must do.
class Rfc8945Test {
  private static final TsigKey KEY =
      key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, "a secret of ours");
  private static final KeyRing RING = KeyRing.of(Map.of("example.com._keys", List.of(KEY)));

  private static byte[] request() {
    return TsigSigner.signRequest(notifyRequest(), notifyRequest().length, KEY, NOW).message();
  }

  private static Verdict verify(byte[] message) {
    return verify(message, RING, NOW);
  }

  private static Verdict verify(byte[] message, KeyRing ring, Instant now) {
    return TsigVerifier.verify(message, message.length, ring, now);
  }

  private static Verdict.Verified verified(byte[] message) {
    return (Verdict.Verified) verify(message);
  }

  @Nested
  class Section4_2_RecordFormat {
    @Test
    @Rfc(number = 8945, section = "4.2")
    void theRecordStandsAtTheEnd_andItsFieldsAreWhereTheRfcSays() {
      byte[] request = request();
      byte[] name = KEY.name().wire().toWire();
      int at = notifyRequest().length;
      assertThat(Arrays.copyOfRange(request, at, at + name.length)).isEqualTo(name);
      at += name.length;
      assertThat(Header.u16(request, at)).isEqualTo(250);
      assertThat(Header.u16(request, at + 2)).isEqualTo(255);
      assertThat(Header.u32(request, at + 4)).isZero();
      assertThat(Header.u16(request, at + 8)).isEqualTo(request.length - at - 10);
      at += 10;
      assertThat(WireName.fromWire(request, at)).isEqualTo(WireName.parse("hmac-sha256."));
      at += 13;
      assertThat(TsigRecord.u48(request, at)).isEqualTo(NOW.getEpochSecond());
      assertThat(Header.u16(request, at + 6)).isEqualTo(300);
      assertThat(Header.u16(request, at + 8)).isEqualTo(32);
      at += 10 + 32;
      assertThat(Header.u16(request, at)).isEqualTo(ID);
      assertThat(Header.u16(request, at + 2)).isZero();
      assertThat(Header.u16(request, at + 4)).isZero();
      assertThat(at + 6).isEqualTo(request.length);
    }

    @Test
    void aClassOtherThanAny_isFormErr() {
      byte[] request = request();
      Header.putU16(request, tsigOffset(request) + KEY.name().wire().length() + 2, 1);
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void aTtlOtherThanZero_isFormErr() {
      byte[] request = request();
      Header.putU32(request, tsigOffset(request) + KEY.name().wire().length() + 4, 1);
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void aCompressedAlgorithmName_isFormErr() {
      byte[] request = request();
      int algorithm = tsigOffset(request) + KEY.name().wire().length() + 10;
      Header.putU16(request, algorithm, 0xc00c);
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void aCompressedKeyName_isRead() {
      byte[] request = withCompressedKeyName();
      assertThat(verify(request)).isInstanceOf(Verdict.Verified.class);
    }

    /// `k._notify` and a pointer to `example.com` in the question.
    private static byte[] withCompressedKeyName() {
      byte[] plain = request();
      int tsig = tsigOffset(plain);
      int suffix = WireName.parse("example.com.").length();
      int pointer = tsig + KEY.name().wire().length() - suffix;
      byte[] request = new byte[plain.length - suffix + 2];
      System.arraycopy(plain, 0, request, 0, pointer);
      Header.putU16(request, pointer, 0xc000 | Header.OCTETS);
      System.arraycopy(
          plain, pointer + suffix, request, pointer + 2, plain.length - pointer - suffix);
      return request;
    }

    @Test
    void aKeyNameThatPointsToItself_isFormErr() {
      byte[] request = withCompressedKeyName();
      int pointer = tsigOffset(request) + "k._notify".length() + 1;
      Header.putU16(request, pointer, 0xc000 | pointer);
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void anErrorInARequest_isFormErr() {
      TsigRecord record = record(KEY, NOW, 300, Rcode.BADTIME.value());
      byte[] message = notifyRequest();
      TsigMac mac = TsigDigest.of(KEY, null, message, message.length, record);
      byte[] request = TsigSigner.append(message, message.length, record.withMac(mac));
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void keyAndAlgorithmNames_areComparedWithoutCase() {
      TsigKey shouting =
          key("K._NOTIFY.EXAMPLE.COM.", TsigAlgorithm.HMAC_SHA256, "a secret of ours");
      byte[] request = signed(notifyRequest(), shouting, NOW, 300, 32);
      int algorithm = tsigOffset(request) + KEY.name().wire().length() + 10;
      request[algorithm + 1] = 'H';
      assertThat(verify(request)).isInstanceOf(Verdict.Verified.class);
    }
  }

  @Nested
  class Section4_3_2_DnsMessage {
    @Test
    @Rfc(number = 8945, section = "4.3.2")
    void aForwardedRequest_isVerifiedUnderItsOriginalId() {
      byte[] request = request();
      Header.putU16(request, Header.ID, 0x4711);
      assertThat(verified(request).record().originalId()).isEqualTo(ID);
    }

    @Test
    void theResponseToAForwardedRequest_isSignedUnderItsOriginalId() {
      byte[] request = request();
      TsigMac mac = verified(request).record().mac();
      Header.putU16(request, Header.ID, 0x4711);
      byte[] response = notifyResponse();
      Header.putU16(response, Header.ID, 0x4711);

      byte[] forwarded =
          TsigSigner.signResponse(response, response.length, 512, verified(request), NOW);
      Header.putU16(forwarded, Header.ID, ID); // what the forwarder does on the way back

      assertThat(TsigVerifier.verifyResponse(forwarded, forwarded.length, KEY, mac, NOW))
          .isInstanceOf(ResponseVerdict.Authentic.class);
    }

    @Test
    void theMessageWithoutItsTsig_isTheMessageAsItWasBeforeSigning() {
      byte[] request = request();
      assertThat(verified(request).tsigOffset()).isEqualTo(notifyRequest().length);
      assertThat(verified(request).withoutTsig(request)).isEqualTo(notifyRequest());
    }
  }

  @Nested
  class Section5_2_ServerProcessing {
    @Test
    @Rfc(number = 8945, section = "5.2")
    void aMessageWithoutTsig_isUnsigned() {
      assertThat(verify(notifyRequest())).isEqualTo(new Verdict.Unsigned());
    }

    @Test
    void twoTsigRecords_areFormErr() {
      byte[] once = request();
      byte[] twice = TsigSigner.signRequest(once, once.length, KEY, NOW).message();
      assertThat(verify(twice)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void aTsigBeforeAnotherAdditionalRecord_isFormErr() {
      byte[] request =
          Messages.withRecord(
              request(), Header.ARCOUNT, WireName.ROOT, RRType.TXT.value(), new byte[] {0});
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Header.ANCOUNT, Header.NSCOUNT})
    void aTsigInAnotherSection_isFormErr(int section) {
      byte[] request = request();
      Header.putU16(request, Header.ARCOUNT, 0);
      Header.putU16(request, section, 1);
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void octetsAfterTheTsig_areFormErr() {
      byte[] request = Arrays.copyOf(request(), request().length + 1);
      assertThat(verify(request)).isInstanceOf(Verdict.FormErr.class);
    }

    @Test
    void aMessageThatEndsAnywhereWithin_isFormErr() {
      byte[] request = request();
      for (int length = 0; length < request.length; length++) {
        assertThat(TsigVerifier.verify(request, length, RING, NOW))
            .as("%d of %d octets", length, request.length)
            .isInstanceOf(Verdict.FormErr.class);
      }
    }

    @Test
    void theMacIsCheckedBeforeTheTime() {
      TsigKey other = key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, "another");
      byte[] lateAndWrong = signed(notifyRequest(), other, NOW.minusSeconds(9999), 300, 32);
      assertThat(errorOf(verify(lateAndWrong))).isEqualTo(Rcode.BADSIG);
    }

    @Test
    void theTimeIsCheckedBeforeTheTruncation() {
      byte[] lateAndCut = signed(notifyRequest(), KEY, NOW.minusSeconds(9999), 300, 16);
      assertThat(errorOf(verify(lateAndCut))).isEqualTo(Rcode.BADTIME);
    }
  }

  private static Rcode errorOf(Verdict verdict) {
    return ((Verdict.Refused) verdict).error();
  }

  @Nested
  class Section5_2_1_KeyCheck {
    @Test
    @Rfc(number = 8945, section = "5.2.1")
    void anUnknownKey_isBadKeyUnsigned() {
      assertThat(verify(request(), KeyRing.EMPTY, NOW))
          .asInstanceOf(type(Verdict.RefusedUnsigned.class))
          .extracting(Verdict.RefusedUnsigned::error)
          .isEqualTo(Rcode.BADKEY);
    }

    @Test
    void aKnownKeyWithAnotherAlgorithm_isBadKeyUnsigned() {
      TsigKey other = key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA512, "a secret of ours");
      byte[] request = signed(notifyRequest(), other, NOW, 300, 64);
      assertThat(verify(request)).isInstanceOf(Verdict.RefusedUnsigned.class);
      assertThat(errorOf(verify(request))).isEqualTo(Rcode.BADKEY);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"hmac-sha256-128.", "gss-tsig.", "hmac-md5.sig-alg.reg.int.", "nonsense.", "."})
    void anAlgorithmWeDoNotImplement_isBadKeyUnsigned(String name) {
      TsigRecord ours = record(KEY, NOW, 300, 0);
      TsigRecord record =
          new TsigRecord(
              ours.keyName(),
              WireName.parse(name),
              NOW.getEpochSecond(),
              300,
              TsigMac.of(new byte[16]),
              ID,
              0,
              new byte[0]);
      byte[] request = TsigSigner.append(notifyRequest(), notifyRequest().length, record);
      assertThat(verify(request)).isInstanceOf(Verdict.RefusedUnsigned.class);
      assertThat(errorOf(verify(request))).isEqualTo(Rcode.BADKEY);
    }
  }

  @Nested
  class Section5_2_2_MacCheck {
    @Test
    @Rfc(number = 8945, section = "5.2.2")
    void aWrongSecret_isBadSigUnsigned() {
      TsigKey other = key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, "another");
      assertThat(verify(signed(notifyRequest(), other, NOW, 300, 32)))
          .asInstanceOf(type(Verdict.RefusedUnsigned.class))
          .extracting(Verdict.RefusedUnsigned::error)
          .isEqualTo(Rcode.BADSIG);
    }

    @Test
    void whereANameHasTwoSecrets_eachOfThemIsValid() {
      TsigKey next = key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, "the next secret");
      KeyRing ring = RING.with("_keys", List.of(next));
      assertThat(verify(signed(notifyRequest(), KEY, NOW, 300, 32), ring, NOW))
          .asInstanceOf(type(Verdict.Verified.class))
          .extracting(Verdict.Verified::key)
          .isEqualTo(KEY);
      assertThat(verify(signed(notifyRequest(), next, NOW, 300, 32), ring, NOW))
          .asInstanceOf(type(Verdict.Verified.class))
          .extracting(Verdict.Verified::key)
          .isEqualTo(next);
    }
  }

  @Nested
  class Section5_2_2_1_MacTruncation {
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "HMAC_MD5")
    @Rfc(number = 8945, section = "5.2.2.1")
    void everyMacLength_isFormErrOrBadTruncOrVerified(TsigAlgorithm algorithm) {
      TsigKey key = key("k._notify.example.com.", algorithm, "a secret of ours");
      KeyRing ring = RING.with("_keys", List.of(key));
      int full = algorithm.macOctets();
      for (int octets = 0; octets <= full + 1; octets++) {
        Verdict verdict = verify(signed(notifyRequest(), key, NOW, 300, octets), ring, NOW);
        if (octets < Math.max(10, full / 2) || octets > full) {
          assertThat(verdict).as("%d octets", octets).isInstanceOf(Verdict.FormErr.class);
        } else if (octets < full) {
          assertThat(verdict).as("%d octets", octets).isInstanceOf(Verdict.RefusedSigned.class);
          assertThat(errorOf(verdict)).isEqualTo(Rcode.BADTRUNC);
        } else {
          assertThat(verdict).isInstanceOf(Verdict.Verified.class);
        }
      }
    }

    @Test
    void aWrongMacThatIsCutShort_isBadSig() {
      TsigKey other = key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, "another");
      assertThat(errorOf(verify(signed(notifyRequest(), other, NOW, 300, 16))))
          .isEqualTo(Rcode.BADSIG);
    }
  }

  @Nested
  class Section5_2_3_TimeCheck {
    @ParameterizedTest
    @ValueSource(ints = {-300, -1, 0, 1, 300})
    @Rfc(number = 8945, section = "5.2.3")
    void withinTheFudge_isVerified(int differenceSeconds) {
      byte[] request = signed(notifyRequest(), KEY, NOW.plusSeconds(differenceSeconds), 300, 32);
      assertThat(verify(request)).isInstanceOf(Verdict.Verified.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-301, 301})
    void outsideTheFudge_isBadTimeSigned(int differenceSeconds) {
      byte[] request = signed(notifyRequest(), KEY, NOW.plusSeconds(differenceSeconds), 300, 32);
      assertThat(verify(request)).isInstanceOf(Verdict.RefusedSigned.class);
      assertThat(errorOf(verify(request))).isEqualTo(Rcode.BADTIME);
    }

    @Test
    void aSmallerFudge_isHonoured() {
      assertThat(errorOf(verify(signed(notifyRequest(), KEY, NOW.minusSeconds(6), 5, 32))))
          .isEqualTo(Rcode.BADTIME);
    }

    @Test
    void aFudgeOfMoreThan300Seconds_countsAs300() {
      assertThat(errorOf(verify(signed(notifyRequest(), KEY, NOW.minusSeconds(301), 65_535, 32))))
          .isEqualTo(Rcode.BADTIME);
    }

    @Test
    void theLastMomentOf48Bits_isReadAndOutOfTime() {
      Instant end = Instant.ofEpochSecond((1L << 48) - 1);
      byte[] request = signed(notifyRequest(), KEY, end, 300, 32);
      assertThat(errorOf(verify(request))).isEqualTo(Rcode.BADTIME);
    }

    @Test
    void theAnswerCarriesTheClientsTimeAndFudge_andTheServersTimeInOtherData() {
      byte[] request = signed(notifyRequest(), KEY, NOW.minusSeconds(4711), 77, 32);
      byte[] answer = TsigSigner.refuse(request, (Verdict.Refused) verify(request), NOW);

      TsigRecord tsig = tsigOf(answer);
      assertThat(tsig.timeSigned()).isEqualTo(NOW.minusSeconds(4711));
      assertThat(tsig.fudgeSeconds()).isEqualTo(77);
      assertThat(tsig.error()).isEqualTo(18);
      assertThat(tsig.serverTime()).contains(NOW);
    }

    @Test
    void theClientCanVerifyTheAnswer_andReadsTheServersTime() {
      Instant clientsNow = NOW.minusSeconds(4711);
      byte[] request = signed(notifyRequest(), KEY, clientsNow, 300, 32);
      byte[] answer = TsigSigner.refuse(request, (Verdict.Refused) verify(request), NOW);

      assertThat(
              TsigVerifier.verifyResponse(
                  answer, answer.length, KEY, tsigOf(request).mac(), clientsNow))
          .asInstanceOf(type(ResponseVerdict.Authentic.class))
          .satisfies(it -> assertThat(it.record().serverTime()).contains(NOW));
    }
  }

  private static TsigRecord tsigOf(byte[] message) {
    return ((TsigLocator.Located.Found) TsigLocator.locate(message, message.length)).record();
  }

  @Nested
  class Section5_3_Answers {
    @Test
    @Rfc(number = 8945, section = "5.3")
    void aResponse_isTiedToItsRequest() {
      byte[] request = request();
      byte[] response =
          TsigSigner.signResponse(
              notifyResponse(), notifyResponse().length, 512, verified(request), NOW);
      TsigMac requestMac = tsigOf(request).mac();
      TsigMac anotherMac = tsigOf(signed(notifyRequest(), KEY, NOW.plusSeconds(1), 300, 32)).mac();

      assertThat(TsigVerifier.verifyResponse(response, response.length, KEY, requestMac, NOW))
          .isInstanceOf(ResponseVerdict.Authentic.class);
      assertThat(TsigVerifier.verifyResponse(response, response.length, KEY, anotherMac, NOW))
          .isInstanceOf(ResponseVerdict.Doubtful.class);
    }

    @Test
    void aResponseGrowsByWhatWasForetold() {
      byte[] response = notifyResponse();
      assertThat(TsigSigner.signResponse(response, response.length, 512, verified(request()), NOW))
          .hasSize(response.length + TsigSigner.octets(KEY));
    }

    @Test
    void aResponseWithoutRoomForItsTsig_isTheQuestionAloneWithTcSet() {
      byte[] response =
          Messages.withRecord(
              notifyResponse(), Header.ANCOUNT, WireName.ROOT, 65_280, new byte[400]);
      Header.putU16(
          response, Header.FLAGS, Header.u16(response, Header.FLAGS) | Rcode.SERVFAIL.value());
      byte[] request = request();

      byte[] sent = TsigSigner.signResponse(response, response.length, 512, verified(request), NOW);

      assertThat(sent).hasSizeLessThanOrEqualTo(512);
      int flags = Header.u16(sent, Header.FLAGS);
      assertThat(flags & Header.TC).isNotZero();
      assertThat(Header.rcode(flags)).isZero();
      assertThat(Header.u16(sent, Header.QDCOUNT)).isEqualTo(1);
      assertThat(Header.u16(sent, Header.ANCOUNT)).isZero();
      assertThat(TsigVerifier.verifyResponse(sent, sent.length, KEY, tsigOf(request).mac(), NOW))
          .isInstanceOf(ResponseVerdict.Authentic.class);
    }
  }

  @Nested
  class Section5_3_2_ErrorReturns {
    @Test
    @Rfc(number = 8945, section = "5.3.2")
    void badKeyAndBadSig_areAnsweredWithAnEmptyMac() {
      TsigKey wrong = key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, "another");
      byte[] badSig = signed(notifyRequest(), wrong, NOW, 300, 32);
      TsigKey unknown = key("unknown.", TsigAlgorithm.HMAC_SHA256, "another");
      byte[] badKey = signed(notifyRequest(), unknown, NOW, 300, 32);
      for (byte[] request : List.of(badSig, badKey)) {
        Verdict.Refused refused = (Verdict.Refused) verify(request);
        byte[] answer = TsigSigner.refuse(request, refused, NOW);
        TsigRecord tsig = tsigOf(answer);
        assertThat(tsig.mac().length()).isZero();
        assertThat(tsig.error()).isEqualTo(refused.error().value());
        assertThat(tsig.keyName()).isEqualTo(tsigOf(request).keyName());
        assertThat(tsig.algorithmName()).isEqualTo(tsigOf(request).algorithmName());
        assertThat(tsig.originalId()).isEqualTo(ID);
      }
    }

    @Test
    void theAnswerSaysNotAuth_andRepeatsIdOpcodeAndQuestion() {
      byte[] request = request();
      Verdict.Refused refused = (Verdict.Refused) verify(request, KeyRing.EMPTY, NOW);
      byte[] answer = TsigSigner.refuse(request, refused, NOW);
      int flags = Header.u16(answer, Header.FLAGS);
      assertThat(Header.u16(answer, Header.ID)).isEqualTo(ID);
      assertThat(flags & Header.QR).isNotZero();
      assertThat(Header.opcode(flags)).isEqualTo(Opcode.NOTIFY);
      assertThat(Header.rcode(flags)).isEqualTo(Rcode.NOTAUTH.value());
      int question = notifyRequest().length;
      assertThat(Arrays.copyOfRange(answer, Header.OCTETS, question))
          .isEqualTo(Arrays.copyOfRange(request, Header.OCTETS, question));
      assertThat(tsigOffset(answer)).isEqualTo(question);
    }

    @Test
    void aTruncatedRequest_isAnsweredSignedUnderItsTruncatedMac() {
      byte[] request = signed(notifyRequest(), KEY, NOW, 300, 16);
      byte[] answer = TsigSigner.refuse(request, (Verdict.Refused) verify(request), NOW);
      assertThat(
              TsigVerifier.verifyResponse(answer, answer.length, KEY, tsigOf(request).mac(), NOW))
          .asInstanceOf(type(ResponseVerdict.Authentic.class))
          .satisfies(it -> assertThat(it.record().error()).isEqualTo(22));
    }

    @Test
    void aRequestFullOfQuestions_isRefusedWithoutEchoingThem() {
      byte[] questions = new byte[65_400];
      Header.putU16(questions, Header.QDCOUNT, (questions.length - Header.OCTETS) / 5);
      byte[] message =
          Arrays.copyOf(questions, Header.OCTETS + Header.u16(questions, Header.QDCOUNT) * 5);
      byte[] request = signed(message, KEY, NOW, 300, 32);
      Verdict.Refused refused = (Verdict.Refused) verify(request, KeyRing.EMPTY, NOW);
      byte[] answer = TsigSigner.refuse(request, refused, NOW);
      assertThat(answer).hasSizeLessThan(200);
      assertThat(Header.u16(answer, Header.QDCOUNT)).isZero();
    }
  }

  @Nested
  class Section5_4_ClientProcessing {
    private final byte[] request = request();
    private final TsigMac requestMac = tsigOf(request).mac();
    private final byte[] response =
        TsigSigner.signResponse(
            notifyResponse(), notifyResponse().length, 512, verified(request), NOW);

    private ResponseVerdict check(byte[] message, TsigKey key, Instant now) {
      return TsigVerifier.verifyResponse(message, message.length, key, requestMac, now);
    }

    @Test
    @Rfc(number = 8945, section = "5.4")
    void anUnsignedResponse_isDoubtful() {
      assertThat(check(notifyResponse(), KEY, NOW)).isInstanceOf(ResponseVerdict.Doubtful.class);
    }

    @Test
    void aResponseSignedWithAnotherKey_isDoubtful() {
      TsigKey other = key("other.", TsigAlgorithm.HMAC_SHA256, "a secret of ours");
      assertThat(check(response, other, NOW)).isInstanceOf(ResponseVerdict.Doubtful.class);
    }

    @Test
    void aResponseOutOfTime_isDoubtful() {
      assertThat(check(response, KEY, NOW.plusSeconds(301)))
          .isInstanceOf(ResponseVerdict.Doubtful.class);
    }

    @Test
    void aResponseWithATruncatedMac_isDoubtful() {
      TsigRecord full = tsigOf(response);
      byte[] cut =
          TsigSigner.append(
              notifyResponse(), notifyResponse().length, full.withMac(full.mac().cutTo(16)));
      assertThat(check(cut, KEY, NOW)).isInstanceOf(ResponseVerdict.Doubtful.class);
    }

    @Test
    void anUnsignedError_isToldAndNotBelieved() {
      Verdict.Refused refused = (Verdict.Refused) verify(request, KeyRing.EMPTY, NOW);
      assertThat(check(TsigSigner.refuse(request, refused, NOW), KEY, NOW))
          .isEqualTo(new ResponseVerdict.UnsignedError(17, Optional.empty()));
    }
  }

  @Nested
  class Section6_Algorithms {
    @Test
    @Rfc(number = 8945, section = "6")
    void hmacMd5_canNotBeAKey() {
      assertThatThrownBy(() -> key("k.", TsigAlgorithm.HMAC_MD5, "secret"))
          .isInstanceOf(BadKeyException.class)
          .hasMessageContaining("HMAC-MD5");
    }

    @Test
    void hmacSha1_isThereForTheOperatorWhoAllowsIt() {
      assertThat(AlgorithmPolicy.STRONG.allows(TsigAlgorithm.HMAC_SHA1)).isFalse();
      assertThat(AlgorithmPolicy.SHA1_TOO.allows(TsigAlgorithm.HMAC_SHA1)).isTrue();
      assertThat(AlgorithmPolicy.SHA1_TOO.allows(TsigAlgorithm.HMAC_MD5)).isFalse();
    }
  }
}
