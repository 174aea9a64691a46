package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;

/** What one introspection request shows about its endpoint. */
sealed interface CallOutcome {

  /**
   * What is wrong with an endpoint.
   *
   * @param code for the log
   * @param outage as in {@link VerificationResult.Unavailable#outage()}
   */
  record Cause(String code, boolean outage) {

    static final Cause SLOW = new Cause("slow_responses", true);

    static Cause of(VerificationResult.Unavailable failure) {
      return new Cause(failure.reason().code(), failure.outage());
    }
  }

  /** The endpoint responded in time with an introspection response. */
  record Succeeded() implements CallOutcome {}

  /** No usable response, or a slow one. */
  record Failed(Cause cause) implements CallOutcome {}

  /** The server requests a pause: 429, or 503 with {@code Retry-After}. */
  record PauseRequested(Duration pause, Cause cause) implements CallOutcome {}

  /** The thread was interrupted, which says nothing about the endpoint. */
  record Interrupted() implements CallOutcome {}

  /**
   * Of a request about a caller's token. A slow response counts as slow only if the token is
   * active: a caller could easily find a token whose rejection takes long.
   */
  static CallOutcome ofCaller(
      VerificationResult verdict, Duration took, CircuitBreakerSettings settings) {
    return verdict instanceof VerificationResult.Inactive
        ? new Succeeded()
        : ofProbe(verdict, took, settings);
  }

  /** Of a request about a random token, for which every slow response counts as slow. */
  static CallOutcome ofProbe(
      VerificationResult verdict, Duration took, CircuitBreakerSettings settings) {
    if (!(verdict instanceof VerificationResult.Unavailable failure)) {
      return took.compareTo(settings.slowAfter()) > 0 ? new Failed(Cause.SLOW) : new Succeeded();
    }
    return switch (failure.reason()) {
      case INTERRUPTED -> new Interrupted();
      case AS_OVERLOADED -> new PauseRequested(failure.retryAfter(), Cause.of(failure));
      default -> new Failed(Cause.of(failure));
    };
  }
}
