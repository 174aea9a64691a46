package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7515 §2; RFC 4648 §3.5: each sequence of bytes has one text. */
class Base64UrlTest {

  @Test
  void whatWasEncodedIsDecoded() {
    Random random = new Random(1);
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertThat(Base64Url.decode(Base64Url.encode(bytes))).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A", "AA==", "AAA=", "AB", "A_", "AAB", "AAC", "AA AA", "AA+A", "AA/A", "AAAA\n", "AAAAA",
        "AÄAA", "AA.A", "=", "AAAA=", "AA%3D"
      })
  void anotherTextIsRefused(String text) {
    assertThat(Base64Url.decode(text)).isNull();
  }

  @Test
  void everyTextOfTwoOrThreeCharactersIsCanonicalOrRefused() {
    String characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ";
    for (int i = 0; i < characters.length(); i++) {
      for (int j = 0; j < characters.length(); j++) {
        String two = characters.substring(i, i + 1) + characters.substring(j, j + 1);
        for (String text : List.of(two, "A" + two)) {
          byte[] bytes = Base64Url.decode(text);
          assertThat(bytes == null || Base64Url.encode(bytes).equals(text)).as(text).isTrue();
        }
      }
    }
  }
}
