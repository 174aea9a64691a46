package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.gatehouse.testing.Secrets;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parses JSON strictly (RFC 8259) and converts it to read-only claims. */
class StrictJsonTest {

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  @Test
  void thirtyTwoLevelsAreParsedAndOneMoreIsRefused() throws Exception {
    assertThat(StrictJson.parse(nested(32)).isArray()).isTrue();
    assertThatThrownBy(() -> StrictJson.parse(nested(33)))
        .isInstanceOf(JsonProcessingException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "1 2",
        "{}x",
        "{a:1}",
        "{'a':1}",
        "[1,]",
        "[NaN]",
        "[01]",
        "[/**/]",
        "[\"\n\"]",
        "tru",
        "\uFEFF{}"
      })
  void jsonThatIsNotStrictIsRefused(String text) {
    assertThatThrownBy(() -> StrictJson.parse(text)).isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void anErrorIsDescribedByItsPositionWithoutTheText() {
    assertThatThrownBy(() -> StrictJson.parse("{\"a\":" + Secrets.MARKER + "}"))
        .isInstanceOfSatisfying(
            JsonProcessingException.class,
            e ->
                assertThat(StrictJson.describe(e))
                    .matches("JsonParseException at character \\d+")
                    .doesNotContain(Secrets.MARKER));
  }

  @Test
  void claimsCanContainEveryKindOfValue() throws Exception {
    Map<String, Object> claims =
        StrictJson.readOnlyMap(
            StrictJson.parse(
                "{\"n\":null,\"t\":true,\"i\":1,\"d\":1.5,\"b\":18446744073709551616,"
                    + "\"s\":\"x\",\"a\":[1,[2],null],\"o\":{\"p\":{}}}"));

    assertThat(claims)
        .containsEntry("t", true)
        .containsEntry("i", 1)
        .containsEntry("d", 1.5)
        .containsEntry("b", BigInteger.TWO.pow(64))
        .containsEntry("s", "x")
        .containsEntry("a", Arrays.asList(1, List.of(2), null))
        .containsEntry("o", Map.of("p", Map.of()))
        .containsEntry("n", null)
        .hasSize(8);
    assertThat(claims.keySet()).containsExactly("n", "t", "i", "d", "b", "s", "a", "o");
  }

  @Test
  void claimsAreReadOnlyAtEveryDepth() throws Exception {
    Map<String, Object> claims =
        StrictJson.readOnlyMap(StrictJson.parse("{\"a\":[1],\"o\":{\"p\":1}}"));

    List<?> list = (List<?>) Objects.requireNonNull(claims.get("a"));
    Map<?, ?> object = (Map<?, ?>) Objects.requireNonNull(claims.get("o"));

    assertThatThrownBy(() -> claims.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> list.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> object.clear()).isInstanceOf(UnsupportedOperationException.class);
  }
}
