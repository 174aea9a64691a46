package dev.gatehouse.internal.token;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The result of verifying a token at an authorization server. An outage is a result of its own and
 * never counts as a bad token: 401 during an outage would make every client log in again.
 */
public sealed interface VerificationResult {

  /** The token is active; its time, issuer, audience and scopes are not yet checked. */
  record Active(TokenClaims claims, TrustedServer server) implements VerificationResult {}

  /** The token is not active, or was rejected by the authorization server. */
  record Inactive(Reason reason, String detail) implements VerificationResult {}

  /**
   * The token could not be verified and may be active.
   *
   * @param detail for the log, which makes it safe
   * @param retryAfter when another request may succeed
   * @param outage whether the server can't be reached, as opposed to sending an unusable response
   */
  record Unavailable(Reason reason, String detail, Duration retryAfter, boolean outage)
      implements VerificationResult {

    public Unavailable(Reason reason, String detail, Duration retryAfter) {
      this(reason, detail, retryAfter, isOutage(reason));
    }

    /** Whether the reason means that the server could not be reached. */
    public static boolean isOutage(Reason reason) {
      return reason == Reason.AS_TIMEOUT || reason == Reason.AS_UNREACHABLE;
    }

    /** The {@code Retry-After} if the authorization server sent none. */
    public static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    public static Unavailable because(Reason reason, String detail) {
      return new Unavailable(reason, detail, RETRY_AFTER);
    }

    /**
     * Combines the failures of several endpoints: the reason with the highest priority, and the
     * shortest {@code Retry-After}.
     *
     * @param failures at least one
     */
    public static Unavailable combine(List<Unavailable> failures) {
      Unavailable first =
          failures.stream()
              .min(Comparator.comparing(failure -> priority(failure.reason())))
              .orElseThrow();
      return new Unavailable(
          first.reason(),
          failures.stream().map(Unavailable::detail).collect(Collectors.joining("; ")),
          failures.stream()
              .map(Unavailable::retryAfter)
              .min(Comparator.naturalOrder())
              .orElseThrow(),
          failures.stream().allMatch(Unavailable::outage));
    }

    /** The lower, the more an operator needs to see it. */
    private static int priority(Reason reason) {
      return switch (reason) {
        case AS_CREDENTIALS -> 0;
        case AS_NOT_ASKED -> 2; // the failure that opened the circuit breaker was logged before
        default -> 1;
      };
    }
  }
}
