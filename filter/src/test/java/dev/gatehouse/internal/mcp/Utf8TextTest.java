package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Text in parts, between and within characters. */
class Utf8TextTest {

  private static final String TEXT = "aü€😀".repeat(50);

  @Test
  void partsOfATextEndBetweenCharacters() {
    byte[] bytes = ("x" + TEXT).getBytes(StandardCharsets.UTF_8);
    for (int most = 4; most <= bytes.length; most++) {
      StringBuilder text = new StringBuilder();
      for (int at = 1; at < bytes.length; ) {
        int length = Utf8Text.part(bytes, at, bytes.length - at, most);
        assertThat(length).isBetween(1, most);
        text.append(new String(bytes, at, length, StandardCharsets.UTF_8));
        at += length;
      }
      assertThat(text).as("parts of %d bytes", most).hasToString(TEXT);
    }
  }

  @Test
  void bytesThatAreNoTextAreCut() {
    byte[] bytes = new byte[20];
    Arrays.fill(bytes, (byte) 0x80);

    assertThat(Utf8Text.part(bytes, 0, 20, 8)).isBetween(1, 8);
  }

  @Test
  void aPairMayComeInTwoParts() {
    Utf8Text text = new Utf8Text();

    assertThat(text.encode("a\ud83d")).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
    assertThat(text.encode("\ude00")).isEqualTo("😀".getBytes(StandardCharsets.UTF_8));
    assertThat(text.end()).isEmpty();
  }

  @Test
  void theEndsOfLinesOfATextAreFound() {
    String text = "a\nbc\r\n\rd";
    TextLines lines = new TextLines(text);

    for (int at = 0; at < text.length(); at++) {
      String rest = text.substring(at).split("[\r\n]", 2)[0];
      assertThat(lines.endOf(at)).as("from %d", at).isEqualTo(at + rest.length());
    }
  }
}
