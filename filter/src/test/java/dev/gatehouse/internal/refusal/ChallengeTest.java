package dev.gatehouse.internal.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.token.Refusal.Needed;
import dev.gatehouse.internal.token.Scheme;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact text of the WWW-Authenticate header (RFC 6750 §3, RFC 9728 §5.1). */
class ChallengeTest {

  private static final String METADATA = "https://mcp.example/.well-known/oauth-protected-resource";

  private final Challenge challenge = new Challenge(METADATA);

  @Test
  void aChallengeWithoutCredentialsHasNoErrorCode() {
    assertThat(challenge.of(ErrorResponse.UNAUTHENTICATED, Needed.NOTHING))
        .isEqualTo("Bearer resource_metadata=\"" + METADATA + "\"");
    assertThat(challenge.of(ErrorResponse.UNAUTHENTICATED, scopes("a", "b")))
        .isEqualTo("Bearer resource_metadata=\"" + METADATA + "\", scope=\"a b\"");
  }

  @Test
  void theErrorFollowsTheScopesAndTheDescriptionIsLast() {
    assertThat(challenge.of(ErrorResponse.INSUFFICIENT_SCOPE, scopes("a")))
        .isEqualTo(
            "Bearer resource_metadata=\""
                + METADATA
                + "\", scope=\"a\", error=\"insufficient_scope\","
                + " error_description=\"The access token does not allow this\"");
  }

  /** RFC 9470 §3; clients search for the description last. */
  @Test
  void theAuthenticationStandsBetweenErrorAndDescription() {
    Needed needed = new Needed(Set.of("a"), List.of("gold", "silver"), Duration.ofMinutes(5));

    assertThat(challenge.of(ErrorResponse.INSUFFICIENT_AUTHENTICATION, needed))
        .isEqualTo(
            "Bearer resource_metadata=\""
                + METADATA
                + "\", scope=\"a\", error=\"insufficient_user_authentication\","
                + " acr_values=\"gold silver\", max_age=\"300\","
                + " error_description=\"A more recent or stronger login is required\"");
    assertThat(challenge.of(ErrorResponse.INSUFFICIENT_SCOPE, needed))
        .contains("error=\"insufficient_scope\", acr_values=\"gold silver\", max_age=\"300\"");
  }

  private static Needed scopes(String... scopes) {
    return Needed.scopes(new LinkedHashSet<>(List.of(scopes)));
  }

  @ParameterizedTest
  @EnumSource(ErrorResponse.class)
  void descriptionsContainOnlyLettersDigitsAndSpaces(ErrorResponse response) {
    assertThat(response.description()).matches("[A-Za-z0-9 ]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b", "a\\b", "a\u001fb", "a\nb", "a\u007fb", "ä"})
  void aScopeThatNeedsQuotingIsRefused(String scope) {
    assertThatThrownBy(() -> challenge.of(ErrorResponse.INVALID_TOKEN, scopes(scope)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "!", "~", "#", "[", "]"})
  void anyOtherPrintableAsciiIsAllowed(String scope) {
    assertThat(challenge.of(ErrorResponse.INVALID_TOKEN, scopes(scope)))
        .contains('"' + scope + '"');
  }

  /** RFC 9449 §7.1. */
  @Test
  void aChallengeForDpopNamesItsAlgorithmsBeforeTheError() {
    Challenge dpop = new Challenge(Scheme.DPOP, METADATA, List.of("ES256", "EdDSA"));

    assertThat(dpop.of(ErrorResponse.UNAUTHENTICATED, scopes("a")))
        .isEqualTo(
            "DPoP resource_metadata=\"" + METADATA + "\", scope=\"a\", algs=\"ES256 EdDSA\"");
    assertThat(dpop.of(ErrorResponse.INVALID_DPOP_PROOF, Needed.NOTHING))
        .isEqualTo(
            "DPoP resource_metadata=\""
                + METADATA
                + "\", algs=\"ES256 EdDSA\", error=\"invalid_dpop_proof\","
                + " error_description=\"The DPoP proof is not valid here\"");
  }

  /** A handler's step-up names the scheme with which its caller has authenticated. */
  @Test
  void aStepUpInAHandlerNamesTheSchemeInUse() {
    RefusalWriter both =
        new RefusalWriter(
            METADATA, Set.of(), List.of(), new AcceptedSchemes(true, List.of("ES256"), () -> null));

    assertThat(both.scopeChallenge(Set.of("a"), Scheme.DPOP)).startsWith("DPoP ");
    assertThat(both.scopeChallenge(Set.of("a"), Scheme.BEARER)).startsWith("Bearer ");
  }
}
