package dev.gatehouse.authorizationserver.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.Scope;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scopes of a token (RFC 6749 §3.3). The server lists {@code a}, {@code b} and {@code z}. */
class RequestedScopesTest {
  private final RequestedScopes scopes = new RequestedScopes(Set.of("a", "b", "z"));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no parameter: all               | a b |                      | a b
          empty: all                      | a b | ''                   | a b
          blank: all                      | a b | '  '                 | a b
          one                             | a b | b                    | b
          all, in another order           | a b | b a                  | b a
          one twice                       | a b | a a                  | a
          several spaces                  | a b | a  b                 | a b
          one that only the client has    | own | own                  | own
          an unknown one: the default     | a b | c                    | a b
          unknown ones of OpenID Connect  | a b | openid email profile | a b
          one and an unknown              | a b | a offline_access     | a
          an unknown one first            | a b | openid b             | b
          upper case is unknown           | a   | A                    | a
          a prefix is unknown             | ab  | a2                   | ab
          known, but not the client's     | a b | z                    |
          of another client's default     | own | z                    |
          the client's and a known one    | a b | a z                  | a
          unknown and known, not allowed  | a b | openid z             |
          for introspection               | a b | introspect           |
          allowed for introspection       | introspect | introspect openid | introspect
          the default is empty            |     | openid               |
          nothing is allowed              |     | a                    |
          no parameter, nothing allowed   |     |                      | ''
          no scope token                  | a b | '"'                  |
          one and no scope token          | a b | a \\                 |
          one and another letter          | a b | a é                  |
          """)
  void onlyAllowedScopesAreGrantedAndUnknownOnesAreIgnored(
      String what, @Nullable String client, @Nullable String requested, @Nullable String granted) {
    assertThat(scopes.choose(scope(requested), client(client))).isEqualTo(outcome(granted));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no parameter: all               | a b |                      | a b
          one                             | a b | b                    | b
          one and an unknown              | a b | a offline_access     | a
          only unknown ones               | a b | openid email profile |
          a slip                          | a   | A                    |
          known, but not the client's     | a b | z                    |
          """)
  void withoutAUserUnknownScopesAloneGrantNothing(
      String what, @Nullable String client, @Nullable String requested, @Nullable String granted) {
    assertThat(scopes.chooseWithoutUser(scope(requested), client(client)))
        .isEqualTo(outcome(granted));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no parameter: all granted       | a b | a   |                      | a
          one of two                      | a b | a b | b                    | b
          all and an unknown one          | a b | a b | a b offline_access   | a b
          one and an unknown one          | a b | a b | a offline_access     | a
          only unknown ones: all granted  | a b | a   | openid profile       | a
          not granted                     | a b | a   | b                    |
          granted and not granted         | a b | a   | a b                  |
          unknown and not granted         | a b | a   | openid b             |
          known, but not the client's     | a b | a   | a z                  |
          for introspection               | a b | a   | a introspect         |
          granted before the client lost it | b | own | own                  | own
          nothing was granted             | a b |     | openid               |
          no scope token                  | a b | a   | '"'                  |
          granted and no scope token      | a b | a   | a \\                 |
          """)
  void aGrantIsNeverWidened(
      String what,
      @Nullable String client,
      @Nullable String granted,
      @Nullable String requested,
      @Nullable String narrowed) {
    assertThat(scopes.narrow(scope(requested), names(granted), client(client)))
        .isEqualTo(outcome(narrowed));
  }

  private static @Nullable Scope scope(@Nullable String requested) {
    return requested == null ? null : Scope.parse(requested);
  }

  private static RegisteredClient client(@Nullable String scopes) {
    return RegisteredClient.builder("client").scopes(names(scopes).toArray(new String[0])).build();
  }

  private static RequestedScopes.Outcome outcome(@Nullable String granted) {
    return granted == null
        ? new RequestedScopes.Refused()
        : new RequestedScopes.Allowed(names(granted));
  }

  private static Set<String> names(@Nullable String names) {
    return names == null || names.isEmpty()
        ? Set.of()
        : new LinkedHashSet<>(Arrays.asList(names.split(" ")));
  }
}
