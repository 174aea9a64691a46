package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each sequence of bytes has exactly one text (RFC 7515 §2, RFC 4648 §3.5). */
class Base64UrlTest {

  @Test
  void whatTheJdkEncodesIsDecoded() {
    Random random = new Random(1);
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

      assertThat(Base64Url.encode(bytes)).isEqualTo(text);
      assertThat(Base64Url.decode(text)).isEqualTo(bytes);
    }
  }

  /** Only the canonical text is decoded: encoding the result yields the text. */
  @Test
  void everyShortTextIsCanonicalOrRefused() {
    List<String> characters = List.of("AQgwBCDEfk_-+/= .\u00e4\n".split("", -1));
    for (String a : characters) {
      for (String b : characters) {
        for (String c : characters) {
          for (String text : List.of(a, a + b, a + b + c, "AAAA" + a + b + c)) {
            byte[] decoded = Base64Url.decode(text);
            if (decoded != null) {
              assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(decoded))
                  .isEqualTo(text);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "AAAAA",
        "AA==",
        "AAA=",
        "AB",
        "AAB",
        "A A",
        "A+AA",
        "A/AA",
        "AAAA\n",
        "AA.A",
        "ÄAAA",
        "\u0141AAA"
      })
  void otherTextsAreRefused(String text) {
    assertThat(Base64Url.decode(text)).isNull();
  }

  @Test
  void aPartOfATextIsDecoded() {
    byte[] text = "..YWJj.".getBytes(StandardCharsets.US_ASCII);

    assertThat(Base64Url.decode(text, 2, 6)).asString().isEqualTo("abc");
    assertThat(Base64Url.decode(text, 2, 7)).isNull();
    assertThat(Base64Url.decode(text, 2, 2)).isEmpty();
  }
}
