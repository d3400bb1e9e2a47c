package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RemoteTextTest {
  @Test
  void whatARemoteSays_forgesNoLine_andEndsNoSentenceOfOurs() {
    assertThat(RemoteText.oneLine(" not\r\n found.\n")).isEqualTo("not found");
    assertThat(RemoteText.oneLine("\u001b[31mred\u202e")).isEqualTo(" [31mred ");
    assertThat(RemoteText.oneLine("and so on...")).isEqualTo("and so on...");
  }

  @Test
  void noMoreThanALineOfItIsShown() {
    assertThat(RemoteText.oneLine("x".repeat(1_000))).hasSize(RemoteText.MAX_CHARACTERS);
  }
}
