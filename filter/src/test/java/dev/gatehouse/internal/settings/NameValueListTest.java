package dev.gatehouse.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The syntax of lists of names and values. {@code ¶} stands for a line break. */
class NameValueListTest {

  private static String read(String text) {
    return NameValueList.parse(text).stream()
        .map(pair -> pair.name() + "→" + pair.value())
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          one pair                     ; a=1                ; a→1
          commas separate              ; a=1,b=2            ; a→1 b→2
          so do line breaks            ; a=1¶b=2¶           ; a→1 b→2
          and both                     ; a=1,¶ , b=2        ; a→1 b→2
          spaces around are ignored    ; ' a = 1 , b = 2 '  ; a→1 b→2
          spaces within stay           ; a=Bearer x y       ; a→Bearer x y
          the first equals sign counts ; a=b=c==            ; a→b=c==
          an escaped comma             ; a=1\\,2,b=3         ; a→1,2 b→3
          an escaped backslash         ; a=1\\\\,b=2          ; a→1\\ b→2
          an escaped equals sign       ; a\\=b=c             ; a=b→c
          """)
  void pairsAreRead(String what, String text, String expected) {
    assertThat(read(text.replace('¶', '\n'))).isEqualTo(expected);
    assertThat(read(text.replace("¶", "\r\n"))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          no equals sign          ; secret         ; has no = in item 1
          in a later item         ; a=1,,secret    ; has no = in item 2
          an unescaped comma      ; a=sec,ret      ; has no = in item 2
          an escaped equals sign  ; secret\\=1      ; has no = in item 1
          no name                 ; a=1,=secret    ; has no name in item 2
          no value                ; a=1,secret=    ; has no value in item 2
          an unknown escape       ; a=C:\\secret    ; has a single backslash in item 1
          a backslash at the end  ; a=1,b=secret\\  ; has a single backslash in item 2
          commas only             ; ,¶,            ; holds nothing
          """)
  void anErrorNamesTheItemAndRepeatsNothing(String what, String text, String error) {
    assertThatThrownBy(() -> NameValueList.parse(text.replace('¶', '\n')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(error)
        .message()
        .doesNotContain("sec", "ret");
  }

  @Test
  void whatIsFormattedIsReadAgain() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      Map<String, String> pairs = new LinkedHashMap<>();
      for (int j = 0; j <= random.nextInt(4); j++) {
        pairs.put(j + text(random), text(random));
      }
      Map<String, String> read = new LinkedHashMap<>();
      NameValueList.parse(NameValueList.format(pairs))
          .forEach(pair -> read.put(pair.name(), pair.value()));

      assertThat(read).isEqualTo(pairs);
    }
  }

  /** Ends and begins with a letter, because white space at both ends is ignored. */
  private static String text(Random random) {
    String characters = ",=\\\n\r ab";
    return "x"
        + random
            .ints(random.nextInt(6), 0, characters.length())
            .mapToObj(i -> String.valueOf(characters.charAt(i)))
            .collect(Collectors.joining())
        + "x";
  }

  @Test
  void aPairPrintsNoSecret() {
    assertThat(NameValueList.parse("a=secret").toString()).doesNotContain("secret");
  }
}
