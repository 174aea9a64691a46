package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;

/** What the result of one introspection request says about the endpoint. */
sealed interface CallOutcome {

  /**
   * Why an endpoint failed.
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

  /**
   * The endpoint responded to a probe, though not well, and no probe has ever succeeded there: it
   * may respond to all unknown tokens like this.
   */
  record Inconclusive() implements CallOutcome {}

  /** The thread was interrupted, which says nothing about the endpoint. */
  record Interrupted() implements CallOutcome {}

  /**
   * The outcome of a request about a caller's token. A slow response counts only if the token is
   * active, because a caller could easily find a token whose rejection is slow.
   */
  static CallOutcome ofCaller(
      VerificationResult result, Duration took, CircuitBreakerSettings settings) {
    return result instanceof VerificationResult.Inactive
        ? new Succeeded()
        : ofProbe(result, took, settings);
  }

  /** The outcome of a probe with a random token, for which every slow response counts. */
  static CallOutcome ofProbe(
      VerificationResult result, Duration took, CircuitBreakerSettings settings) {
    if (!(result instanceof VerificationResult.Unavailable failure)) {
      return took.compareTo(settings.slowAfter()) > 0 ? new Failed(Cause.SLOW) : new Succeeded();
    }
    return switch (failure.reason()) {
      case INTERRUPTED -> new Interrupted();
      case AS_OVERLOADED -> new PauseRequested(failure.retryAfter(), Cause.of(failure));
      default -> new Failed(Cause.of(failure));
    };
  }
}
