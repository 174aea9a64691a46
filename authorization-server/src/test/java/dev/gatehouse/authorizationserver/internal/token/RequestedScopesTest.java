package dev.gatehouse.authorizationserver.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.Scope;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scopes of a token (RFC 6749 §3.3). */
class RequestedScopesTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no parameter: all       | a b |       | a b
          empty: all              | a b | ''    | a b
          blank: all              | a b | '  '  | a b
          one                     | a b | b     | b
          all, in another order   | a b | b a   | b a
          one twice               | a b | a a   | a
          several spaces          | a b | a  b  | a b
          unknown                 | a b | c     |
          one and an unknown      | a b | a c   |
          upper case              | a b | A     |
          a prefix                | ab  | a     |
          nothing allowed         |     | a     |
          """)
  void onlyAllowedScopesAreGranted(
      String what, @Nullable String allowed, @Nullable String requested, @Nullable String granted) {
    assertThat(
            RequestedScopes.of(requested == null ? null : Scope.parse(requested), scopes(allowed)))
        .isEqualTo(
            granted == null
                ? new RequestedScopes.Refused()
                : new RequestedScopes.Allowed(scopes(granted)));
  }

  private static Set<String> scopes(@Nullable String names) {
    return names == null ? Set.of() : new LinkedHashSet<>(Arrays.asList(names.split(" ")));
  }
}
