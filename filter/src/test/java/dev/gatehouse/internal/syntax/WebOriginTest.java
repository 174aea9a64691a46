package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pages a setting allows. */
class WebOriginTest {

  private static final String ALPHABET = "ahtpsl:/*.@?#\\ -[]1%é\n";

  @ParameterizedTest
  @CsvSource({
    "HTTPS://App.Example:443, https://app.example",
    "http://localhost:*, http://localhost:*",
    "https://127.0.0.1:*, https://127.0.0.1:*",
    "Tauri://LocalHost, tauri://localhost",
    "moz-extension://6ca1d0c7-5f0e-4f6b-9b1e-1a2b3c4d5e6f, "
        + "moz-extension://6ca1d0c7-5f0e-4f6b-9b1e-1a2b3c4d5e6f",
    "app://obsidian.md, app://obsidian.md"
  })
  void aSettingIsNormalized(String setting, String origin) {
    assertThat(WebOrigin.configured(setting)).isEqualTo(origin);
    assertThat(WebOrigin.configured(origin)).isEqualTo(origin);
  }

  /** Whatever is accepted as a setting allows a page of that origin, and no malformed header. */
  @Test
  void aSettingAllowsThatOriginAlone() {
    int accepted = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      String text = text(new Random(seed));
      String origin;
      try {
        origin = WebOrigin.configured(text);
      } catch (IllegalArgumentException e) {
        assertThat(WebOrigin.isAmong(Set.of("https://app.example"), text)).isFalse();
        continue;
      }
      accepted++;
      boolean anyPort = origin.endsWith(":*");
      assertThat(WebOrigin.isAmong(Set.of(origin), origin.replace(":*", ":1"))).as(text).isTrue();
      assertThat(WebOrigin.isAmong(Set.of(origin), text + "/")).as(text).isFalse();
      assertThat(WebOrigin.isAmong(Set.of(origin), text + "x:1")).as(text).isFalse();
      assertThat(anyPort && !origin.matches("https?://(localhost|127.*|\\[::1]):\\*")).isFalse();
    }
    assertThat(accepted).as("accepted settings, so that the test is meaningful").isGreaterThan(500);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    if (random.nextInt(4) > 0) {
      text.append(random.nextBoolean() ? "http://localhost" : "tauri://");
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    if (random.nextInt(4) == 0) {
      text.append(":*");
    }
    return text.toString();
  }
}
