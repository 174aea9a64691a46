package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

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
    for (char first : characters.toCharArray()) {
      for (char second : characters.toCharArray()) {
        for (String text : new String[] {"" + first + second, "A" + first + second}) {
          byte[] bytes = Base64Url.decode(text);
          assertThat(bytes == null || Base64Url.encode(bytes).equals(text)).as(text).isTrue();
        }
      }
    }
  }
}
