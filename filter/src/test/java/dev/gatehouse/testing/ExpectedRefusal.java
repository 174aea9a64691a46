package dev.gatehouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.RawClient.RawResponse;
import java.util.List;
import java.util.Map;

/**
 * The exact text of every refusal. It is repeated here on purpose: clients rely on these texts, and
 * a test that read them from the code would not notice a change.
 */
public record ExpectedRefusal(String metadataUrl, String scopes) {

  private static final Map<String, String> DESCRIPTIONS =
      Map.of(
          "unauthorized", "An access token is required",
          "invalid_request", "The access token is not presented as RFC 6750 demands",
          "too_long", "The access token is too long",
          "invalid_token", "The access token is not valid here",
          "insufficient_scope", "The access token does not allow this",
          "origin_not_allowed", "This origin may not call this server",
          "not_found", "Nothing is here",
          "method_not_allowed", "This method is not allowed here",
          "temporarily_unavailable", "Access tokens can not be checked right now");

  /** The error codes of refusals without a challenge, which the status identifies. */
  private static final Map<Integer, String> ERRORS =
      Map.of(
          403, "origin_not_allowed",
          404, "not_found",
          405, "method_not_allowed",
          503, "temporarily_unavailable");

  private static final Map<String, Integer> STATUSES =
      Map.of(
          "plain", 401,
          "invalid_request", 400,
          "too_long", 400,
          "invalid_token", 401,
          "insufficient_scope", 403);

  /**
   * Compares a whole response.
   *
   * @param challengeError the challenge's error code; {@code plain} for a challenge without an
   *     error code, {@code -} for no challenge
   * @param head whether the request was a HEAD request, whose response has no body
   */
  public void assertMatches(RawResponse response, String challengeError, boolean head) {
    assertThat(response.header("WWW-Authenticate")).isEqualTo(challenge(challengeError));
    if (!challengeError.equals("-")) {
      assertThat(response.status()).isEqualTo(STATUSES.get(challengeError));
    }
    assertThat(response.header("Content-Type")).containsExactly("application/json");
    assertThat(response.header("Cache-Control")).containsExactly("no-store");
    assertThat(response.header("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(response.header("Retry-After"))
        .isEqualTo(response.status() == 503 ? List.of("5") : List.of());
    assertThat(response.header("Set-Cookie")).isEmpty();
    String body = body(bodyError(response.status(), challengeError));
    assertThat(response.header("Content-Length")).containsExactly("" + body.length());
    assertThat(response.body()).isEqualTo(head ? "" : body);
  }

  private static String bodyError(int status, String challengeError) {
    return switch (challengeError) {
      case "plain" -> "unauthorized";
      case "-" -> ERRORS.getOrDefault(status, "no such status: " + status);
      default -> challengeError;
    };
  }

  private static String body(String error) {
    return "{\"error\":\"%s\",\"error_description\":\"%s\"}"
        .formatted(code(error), DESCRIPTIONS.get(error));
  }

  /** Two descriptions have the same error code. */
  private static String code(String error) {
    return error.equals("too_long") ? "invalid_request" : error;
  }

  private List<String> challenge(String error) {
    if (error.equals("-")) {
      return List.of();
    }
    String scope = scopes.isEmpty() ? "" : ", scope=\"" + scopes + '"';
    String errorParameters =
        error.equals("plain")
            ? ""
            : ", error=\"%s\", error_description=\"%s\""
                .formatted(code(error), DESCRIPTIONS.get(error));
    return List.of("Bearer resource_metadata=\"" + metadataUrl + '"' + scope + errorParameters);
  }
}
