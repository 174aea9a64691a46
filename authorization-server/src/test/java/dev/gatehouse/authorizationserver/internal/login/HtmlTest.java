package dev.gatehouse.authorizationserver.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Escaping of texts in pages. */
class HtmlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          <    | &lt;
          >    | &gt;
          &    | &amp;
          "    | &quot;
          '    | &#39;
          &lt; | &amp;lt;
          a b  | a b
          é 😀 | é 😀
          """)
  void everySpecialCharacterIsEscaped(String text, String escaped) {
    assertThat(Html.text(text)).isEqualTo(escaped);
  }

  @ParameterizedTest(name = "U+{0}")
  @ValueSource(
      strings = {
        "0000", "0007", "000A", "001B", "007F", "0085", "00AD", "061C", "200B", "200E", "200F",
        "202A", "202E", "2060", "2066", "2069", "FEFF", "E000", "0378", "FFFE", "E0041",
      })
  void invisibleCharactersAreRemoved(String codePoint) {
    String character = Character.toString(Integer.parseInt(codePoint, 16));

    assertThat(Html.text("a" + character + "b")).isEqualTo("ab");
  }

  @RepeatedTest(5)
  void noTextAddsMarkup(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        text.appendCodePoint(random.nextInt(random.nextBoolean() ? 0x80 : 0x110000));
      }

      String escaped = Html.text(text.toString());

      assertThat(escaped).doesNotContain("<", ">", "\"", "'");
      assertThat(escaped.replaceAll("&(amp|lt|gt|quot|#39);", "")).doesNotContain("&");
    }
  }
}
