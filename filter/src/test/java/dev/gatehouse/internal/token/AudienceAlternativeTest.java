package dev.gatehouse.internal.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in for an audience, and how it is written. */
class AudienceAlternativeTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a client that is named      | client-id:app        | app   | ''      | true
          the second of two           | client-id:app, other | other | ''      | true
          a client that is not        | client-id:app        | apps  | ''      | false
          no client                   | client-id:app        |       | ''      | false
          a scope does not help there | client-id:app        | other | app     | false
          the scope                   | scope:mcp            |       | mcp     | true
          one of two scopes           | scope:mcp,tools      |       | tools   | true
          another scope               | scope:mcp            | mcp   | tools   | false
          everybody                   | none-unsafe          |       | ''      | true
          """)
  void itAcceptsWhatItNames(
      String what, String written, String clientId, String scope, boolean accepted) {
    assertThat(AudienceAlternative.parse(written).accepts(clientId, Set.of(scope)))
        .isEqualTo(accepted);
  }

  @Test
  void byDefaultNothingStandsInForAnAudience() {
    assertThat(new AudienceAlternative.Refused().accepts("app", Set.of("mcp"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "none", "client-id:", "client-id:a,,b", "scope:", "scope:a,", "Client-Id:a"})
  void anotherFormIsRefusedWithWhatToWrite(String written) {
    assertThatThrownBy(() -> AudienceAlternative.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'%s' is unknown; write client-id:NAME,NAME or scope:NAME or none-unsafe"
                .formatted(written));
  }
}
