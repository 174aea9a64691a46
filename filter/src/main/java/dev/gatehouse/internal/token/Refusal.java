package dev.gatehouse.internal.token;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused, with the values for the response.
 *
 * @param detail for the log only, which makes it safe; never a token or a secret
 * @param neededScopes the scopes that a 403 names; empty otherwise
 * @param retryAfter the {@code Retry-After} of a 429 or 503; zero for none
 * @param token for the log only: a token that is active but not admitted; null if the token is not
 *     known to be active
 */
public record Refusal(
    Reason reason,
    String detail,
    Set<String> neededScopes,
    Duration retryAfter,
    VerificationResult.@Nullable Active token) {

  public static Refusal because(Reason reason, String detail) {
    return new Refusal(reason, detail, Set.of(), Duration.ZERO, null);
  }

  public static Refusal missingScopes(Set<String> needed, String detail) {
    return new Refusal(Reason.SCOPE, detail, needed, Duration.ZERO, null);
  }

  public static Refusal unavailable(Reason reason, String detail, Duration retryAfter) {
    return new Refusal(reason, detail, Set.of(), retryAfter, null);
  }

  public Refusal of(VerificationResult.Active refused) {
    return new Refusal(reason, detail, neededScopes, retryAfter, refused);
  }
}
