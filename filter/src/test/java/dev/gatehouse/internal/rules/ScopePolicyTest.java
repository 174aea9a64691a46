package dev.gatehouse.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.token.Reason;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scope hierarchies are applied, and a refusal names all required scopes (MCP authorization). */
class ScopePolicyTest {

  private static ScopePolicy policy(String required, String implies) {
    return new ScopePolicy(
        required.isBlank()
            ? List.of()
            : Arrays.stream(required.split("\\|", -1)).map(Scopes::parseNonEmpty).toList(),
        implies.isBlank() ? Map.of() : Scopes.parseImplications(implies));
  }

  private static Set<String> set(String scopes) {
    return Arrays.stream(scopes.split(" ", -1))
        .filter(s -> !s.isEmpty())
        .collect(Collectors.toSet());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          nothing required               ; ''           ; ''    ;
          nothing required, one present  ; ''           ; a     ;
          all present                    ; a b          ; a b c ;
          one missing                    ; a b          ; a     ; a b
          the first alternative          ; a b | c      ; a b   ;
          the second alternative         ; a b | c      ; c     ;
          the second lacks fewer         ; a b c | d e  ; d     ; d e
          the first lacks fewer          ; a b | c d e  ; ''    ; a b
          the longer one lacks fewer     ; a b c | d e  ; a b   ; a b c
          both lack as many: the first   ; a b | c d    ; b d   ; a b
          """)
  void aTokenIsSufficientOrTheRefusalNamesAllRequiredScopes(
      String description, String required, String granted, String named) {
    var refusal = policy(required, "").check(set(granted));

    if (named == null) {
      assertThat(refusal).isEmpty();
    } else {
      assertThat(refusal.orElseThrow().needed().scopes()).isEqualTo(set(named));
      assertThat(refusal.orElseThrow().reason()).isEqualTo(Reason.SCOPE);
      assertThat(refusal.orElseThrow().retryAfter()).isEqualTo(Duration.ZERO);
      assertThat(refusal.orElseThrow().detail())
          .startsWith("the token has the scopes [")
          .contains("required are [");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          no implications          ; ''                       ; a b ; a b
          directly                 ; a > b                    ; a   ; a b
          through another          ; a > b, b > c             ; a   ; a b c
          two scopes               ; a > b c                  ; a   ; a b c
          not in reverse           ; a > b                    ; b   ; b
          in a circle              ; a > b, b > c, c > a      ; b   ; a b c
          of a scope not granted   ; a > b                    ; x   ; x
          """)
  void impliedScopesAreAdded(String description, String implies, String granted, String effective) {
    assertThat(policy("", implies).effective(set(granted))).isEqualTo(set(effective));
  }

  @Test
  void missingScopesAreComputedFromTheGivenEffectiveScopes() {
    ScopePolicy policy = policy("read", "write > read");

    assertThat(policy.check(policy.effective(Set.of("write")))).isEmpty();
    assertThat(policy.check(Set.of("write"))).isPresent();
  }
}
