package dev.gatehouse.internal.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens without an audience are accepted, and the syntax of that setting. */
class AudienceAlternativeTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the named client            | client-id:app        | app   | ''      | true
          the second of two clients   | client-id:app, other | other | ''      | true
          another client              | client-id:app        | apps  | ''      | false
          no client_id                | client-id:app        |       | ''      | false
          a scope with that name      | client-id:app        | other | app     | false
          the named scope             | scope:mcp            |       | mcp     | true
          one of two scopes           | scope:mcp,tools      |       | tools   | true
          another scope               | scope:mcp            | mcp   | tools   | false
          any token                   | none-unsafe          |       | ''      | true
          """)
  void anAlternativeAcceptsTheClientsOrScopesThatItNames(
      String description, String setting, String clientId, String scope, boolean accepted) {
    assertThat(AudienceAlternative.parse(setting).accepts(clientId, Set.of(scope)))
        .isEqualTo(accepted);
  }

  @Test
  void byDefaultATokenWithoutAnAudienceIsRefused() {
    assertThat(new AudienceAlternative.Refused().accepts("app", Set.of("mcp"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "none", "client-id:", "client-id:a,,b", "scope:", "scope:a,", "Client-Id:a"})
  void anInvalidSettingIsRefusedWithTheValidForms(String setting) {
    assertThatThrownBy(() -> AudienceAlternative.parse(setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'%s' is unknown; write client-id:NAME,NAME or scope:NAME or none-unsafe"
                .formatted(setting));
  }
}
