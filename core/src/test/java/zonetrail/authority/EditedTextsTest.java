package zonetrail.authority;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.KnownText;
import zonetrail.masterfile.MasterFileEditor;
import zonetrail.masterfile.ZoneFileEdit.Edited;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// The texts of files edited last are found by their content, within a bound.
class EditedTextsTest {
  private static final WireName APEX = WireName.parse("example.com");
  private static final WireName OTHER = WireName.parse("example.org");

  private record Content(String contentId, String path) implements SourceFile {
    @Override
    public byte[] read() {
      throw new IllegalStateException("is not to be read");
    }
  }

  private static Content content(String id) {
    return new Content(id, "f");
  }

  private static KnownText text(WireName apex) {
    byte[] text =
        "$TTL 300\n@ SOA ns h 1 3600 900 604800 300\n NS ns\nns A 192.0.2.53\n"
            .getBytes(StandardCharsets.UTF_8);
    Zone zone = requireNonNull(ZoneFileReader.read("f", apex, text, IncludeSource.NONE).zone());
    RRset more =
        new RRset(apex.child(new byte[] {'a'}), RRType.A, 300, List.of(Rdata.of(new byte[4])));
    ZoneChange change = new ZoneChange.Builder(zone).put(more).build();
    Edited edit = (Edited) MasterFileEditor.edit("f", apex, text, IncludeSource.NONE, change);
    return requireNonNull(edit.known());
  }

  @Test
  void aTextIsFound_byItsContentAndPath_andByNothingElse() {
    EditedTexts texts = new EditedTexts(1 << 20);
    KnownText known = text(APEX);
    texts.keep(APEX, content("1"), known);
    assertThat(texts.find(APEX, content("1"))).isSameAs(known);
    assertThat(texts.find(APEX, content("2"))).isNull();
    assertThat(texts.find(APEX, new Content("1", "g"))).isNull();
    assertThat(texts.find(OTHER, content("1"))).isNull();
    assertThat(texts.found()).isEqualTo(1);
    assertThat(texts.notFound()).isEqualTo(3);
  }

  @Test
  void ofAFile_onlyTheLastTextIsKept_andNoneIfThatIsNotKnown() {
    EditedTexts texts = new EditedTexts(1 << 20);
    texts.keep(APEX, content("1"), text(APEX));
    texts.keep(APEX, content("2"), text(APEX));
    assertThat(texts.find(APEX, content("1"))).isNull();
    assertThat(texts.find(APEX, content("2"))).isNotNull();
    texts.keep(APEX, content("3"), null);
    assertThat(texts.find(APEX, content("2"))).isNull();
    assertThat(texts.octets()).isZero();
  }

  @Test
  void beyondTheBound_theOneEditedLongestAgoGoes() {
    long one = octetsOf(1);
    EditedTexts texts = new EditedTexts(one + one / 2);
    texts.keep(APEX, content("1"), text(APEX));
    texts.keep(OTHER, content("2"), text(OTHER));
    assertThat(texts.find(APEX, content("1"))).isNull();
    assertThat(texts.find(OTHER, content("2"))).isNotNull();
    assertThat(texts.octets()).isEqualTo(one);
    EditedTexts tooSmall = new EditedTexts(one - 1);
    tooSmall.keep(APEX, content("1"), text(APEX));
    assertThat(tooSmall.find(APEX, content("1"))).isNull();
    assertThat(tooSmall.octets()).isZero();
  }

  private static long octetsOf(int texts) {
    EditedTexts many = new EditedTexts(1 << 20);
    for (int i = 0; i < texts; i++) {
      many.keep(APEX, content("1"), text(APEX));
    }
    return many.octets();
  }

  @Test
  void afterManyEdits_theFileIsReadAnew() {
    EditedTexts texts = new EditedTexts(1 << 20);
    for (int edit = 0; edit < EditedTexts.EDITS_UNREAD; edit++) {
      assertThat(texts.find(APEX, content("1")) == null).isEqualTo(edit == 0);
      texts.keep(APEX, content("1"), text(APEX));
    }
    assertThat(texts.find(APEX, content("1"))).isNull();
    texts.keep(APEX, content("1"), text(APEX));
    assertThat(texts.find(APEX, content("1"))).isNotNull();
  }
}
