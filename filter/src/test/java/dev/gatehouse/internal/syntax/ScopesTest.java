package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The syntax of scopes (RFC 6749 §3.3) and of the settings that contain them. */
class ScopesTest {

  @ParameterizedTest
  @ValueSource(strings = {"!", "#", "[", "]", "~", "notes:read", "https://x/y?z", "a,b"})
  void aScopeTokenIsPrintableAscii(String text) {
    assertThat(Scopes.isScopeToken(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\"", "a\\", "\u007f", "\u001f", "ä"})
  void anyOtherTextIsNotAScopeToken(String text) {
    assertThat(Scopes.isScopeToken(text)).isFalse();
  }

  @Test
  void parsedScopesKeepTheirOrderWithoutDuplicates() {
    assertThat(Scopes.parse("  b a\tb \n c ")).containsExactly("b", "a", "c");
    assertThat(Scopes.parse("")).isEmpty();
  }

  @Test
  void anInvalidScopeIsNamedInTheMessage() {
    assertThatThrownBy(() -> Scopes.parse("a b\"c"))
        .hasMessage(
            "'b\"c' is not a scope; RFC 6749 §3.3 allows printable ASCII without \" and \\");
  }

  @Test
  void anEmptyAlternativeIsRefused() {
    assertThat(Scopes.parseNonEmpty("a b")).containsExactly("a", "b");
    assertThatThrownBy(() -> Scopes.parseNonEmpty("  "))
        .hasMessage("one side of a | has no scope; remove the |");
  }

  @Test
  void implicationsOfTheSameScopeAreCombined() {
    assertThat(Scopes.parseImplications("w > r, admin > w x, admin > y"))
        .isEqualTo(Map.of("w", Set.of("r"), "admin", Set.of("w", "x", "y")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a >", "> b", "a b > c", "a > b > c", "a > b,", ","})
  void anInvalidImplicationIsRefused(String text) {
    assertThatThrownBy(() -> Scopes.parseImplications(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("is not of the form notes:write > notes:read");
  }

  @Test
  void anInvalidImplicationIsNamedInTheMessage() {
    assertThatThrownBy(() -> Scopes.parseImplications("a > b, c d > e "))
        .hasMessageStartingWith("'c d > e' ");
    assertThat(List.copyOf(Scopes.parseImplications("a > c b").get("a"))).containsExactly("c", "b");
  }
}
