package dev.gatehouse.internal.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6750 §3 and RFC 9728 §5.1, to the letter. */
class ChallengeTest {

  private static final String METADATA = "https://mcp.example/.well-known/oauth-protected-resource";

  private final Challenge challenge = new Challenge(METADATA);

  @Test
  void withoutCredentialsThereIsNoErrorCode() {
    assertThat(challenge.of(ErrorResponse.UNAUTHENTICATED, List.of()))
        .isEqualTo("Bearer resource_metadata=\"" + METADATA + "\"");
    assertThat(challenge.of(ErrorResponse.UNAUTHENTICATED, List.of("a", "b")))
        .isEqualTo("Bearer resource_metadata=\"" + METADATA + "\", scope=\"a b\"");
  }

  @Test
  void anErrorComesAfterTheScopesAndFreeTextLast() {
    assertThat(challenge.of(ErrorResponse.INSUFFICIENT_SCOPE, List.of("a")))
        .isEqualTo(
            "Bearer resource_metadata=\""
                + METADATA
                + "\", scope=\"a\", error=\"insufficient_scope\","
                + " error_description=\"The access token does not allow this\"");
  }

  @ParameterizedTest
  @EnumSource(ErrorResponse.class)
  void noDescriptionLooksLikeAParameter(ErrorResponse answer) {
    assertThat(answer.description()).matches("[A-Za-z0-9 ]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b", "a\\b", "a\u001fb", "a\nb", "a\u007fb", "ä"})
  void whatWouldBreakTheHeaderIsABugOfOurs(String scope) {
    assertThatThrownBy(() -> challenge.of(ErrorResponse.INVALID_TOKEN, List.of(scope)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "!", "~", "#", "[", "]"})
  void allOtherPrintableAsciiIsFit(String scope) {
    assertThat(challenge.of(ErrorResponse.INVALID_TOKEN, List.of(scope)))
        .contains('"' + scope + '"');
  }
}
