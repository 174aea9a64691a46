package dev.gatehouse.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A logged text has a bounded length and no character that could forge or disguise a line. */
class LogTextTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain text              | it's "fine": ü 你好   | it's "fine": ü 你好
          line feed               | a\\u000ab             | a\\\\u000ab
          terminal escape         | a\\u001b[2Jb          | a\\\\u001b[2Jb
          C1 control              | a\\u0085b             | a\\\\u0085b
          line separator          | a\\u2028b             | a\\\\u2028b
          paragraph separator     | a\\u2029b             | a\\\\u2029b
          right-to-left override  | a\\u202eb             | a\\\\u202eb
          first strong isolate    | a\\u2068b             | a\\\\u2068b
          zero-width space        | a\\u200bb             | a\\\\u200bb
          byte order mark         | a\\ufeffb             | a\\\\ufeffb
          half of a character     | a\\ud83db             | a\\\\ud83db
          private use             | a\\ue000b             | a\\\\ue000b
          not a character         | a\\uffffb             | a\\\\uffffb
          format beyond the plane | a\\udb40\\udc01b      | a\\\\udb40\\\\udc01b
          emoji                   | a\\ud83d\\ude00b      | a\\ud83d\\ude00b
          """)
  void unsafeCharactersAreEscaped(String what, String text, String expected) {
    assertThat(LogText.line(unescaped(text))).isEqualTo(unescaped(expected));
    assertThat(LogText.line(LogText.line(unescaped(text)))).isEqualTo(unescaped(expected));
    assertThat(LogText.list(List.of(unescaped(text)))).isEqualTo("[" + unescaped(expected) + "]");
    assertThat(LogText.word(unescaped(text))).doesNotContainAnyWhitespaces().doesNotContain("\"");
  }

  /** Java would translate these escapes in this file before the table is read. */
  private static String unescaped(String text) {
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\\\", i)) {
        result.append('\\');
        i++;
      } else if (text.startsWith("\\u", i)) {
        result.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
        i += 5;
      } else {
        result.append(text.charAt(i));
      }
    }
    return result.toString();
  }

  @Test
  void aLongTextEndsWithAMarkAndNeverInHalfACharacter() {
    assertThat(LogText.line("x".repeat(LogText.MAX_LINE))).doesNotContain("…");
    assertThat(LogText.line("x".repeat(LogText.MAX_LINE + 1)))
        .isEqualTo("x".repeat(LogText.MAX_LINE - 1) + "…");
    assertThat(LogText.word("\ud83d\ude00".repeat(100))).isEqualTo("\ud83d\ude00".repeat(63) + "…");
    assertThat(LogText.line("\n".repeat(5000))).matches("(\\\\u000a)+…").hasSizeLessThan(1001);
  }

  @Test
  void aLongListSaysHowManyMembersItLeavesOut() {
    assertThat(LogText.list(List.of())).isEqualTo("[]");
    assertThat(LogText.list(List.of("a", "b"))).isEqualTo("[a, b]");
    assertThat(LogText.list(Collections.nCopies(30_000, "a")))
        .isEqualTo("[" + "a, ".repeat(10) + "and 29990 more]");
    assertThat(LogText.list(Collections.nCopies(10, "a".repeat(9999)))).hasSizeLessThan(3000);
  }
}
