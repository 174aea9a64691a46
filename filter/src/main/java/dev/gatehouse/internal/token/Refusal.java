package dev.gatehouse.internal.token;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused, with the values for the response.
 *
 * @param detail for the log only, which makes it safe; never a token or a secret
 * @param needed what a challenge names; {@link Needed#NOTHING} if the reason has no such challenge
 * @param retryAfter the {@code Retry-After} of a 429 or 503; zero for none
 * @param requestId the {@code id} of the refused JSON-RPC request, as JSON text; null if it is not
 *     known or there is none
 * @param token for the log only: a token that is active but not admitted; null if the token is not
 *     known to be active
 */
public record Refusal(
    Reason reason,
    String detail,
    Needed needed,
    Duration retryAfter,
    @Nullable String requestId,
    VerificationResult.@Nullable Active token) {

  /**
   * What the call needs: the parameters of a challenge (RFC 6750 §3, RFC 9470 §3).
   *
   * @param scopes all scopes, in the order in which to name them; empty if scopes are not the reason
   * @param acrValues the accepted authentication context classes; empty if any will do
   * @param maxAge the longest time since the login; null if any will do
   */
  public record Needed(Set<String> scopes, List<String> acrValues, @Nullable Duration maxAge) {

    public static final Needed NOTHING = new Needed(Set.of(), List.of(), null);

    public static Needed scopes(Set<String> scopes) {
      return new Needed(scopes, List.of(), null);
    }
  }

  public static Refusal because(Reason reason, String detail) {
    return new Refusal(reason, detail, Needed.NOTHING, Duration.ZERO, null, null);
  }

  public static Refusal missingScopes(Set<String> needed, String detail) {
    return because(Reason.SCOPE, detail).naming(Needed.scopes(needed));
  }

  public static Refusal unavailable(Reason reason, String detail, Duration retryAfter) {
    return new Refusal(reason, detail, Needed.NOTHING, retryAfter, null, null);
  }

  /** The same refusal, whose challenge names what the call needs. */
  public Refusal naming(Needed needed) {
    return new Refusal(reason, detail, needed, retryAfter, requestId, token);
  }

  /** The same refusal, of a token that is active. */
  public Refusal of(VerificationResult.Active refused) {
    return new Refusal(reason, detail, needed, retryAfter, requestId, refused);
  }

  /** The same refusal, of a JSON-RPC request. */
  public Refusal ofRequest(@Nullable String id) {
    return new Refusal(reason, detail, needed, retryAfter, id, token);
  }
}
