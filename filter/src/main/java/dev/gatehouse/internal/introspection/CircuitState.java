package dev.gatehouse.internal.introspection;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A state of an {@link EndpointCircuitBreaker}. States only decide: methods return the next state,
 * which may be {@code this}, and the circuit breaker enters it.
 */
sealed interface CircuitState permits ClosedState, OpenState, HalfOpenState {

  /**
   * Why a caller's introspection request must not be sent.
   *
   * @param retryAfter after which another request may be sent, at least a second
   */
  record Refusal(Duration retryAfter, CallOutcome.Cause cause) {

    /** A shorter time would be rounded to zero seconds, which means "at once". */
    private static final Duration MIN_RETRY_AFTER = Duration.ofSeconds(1);

    public Refusal {
      retryAfter = retryAfter.compareTo(MIN_RETRY_AFTER) > 0 ? retryAfter : MIN_RETRY_AFTER;
    }
  }

  /** Empty if callers' introspection requests may be sent. */
  Optional<Refusal> refusal(Instant now);

  /** The state after a caller's introspection request has ended. */
  CircuitState afterCall(CallOutcome outcome, Instant now);

  /** The state after a probe has ended. */
  CircuitState afterProbe(CallOutcome outcome, Instant now);

  /** Whether a probe is required. */
  boolean needsProbe(Instant now);

  /** The state while a probe is under way. */
  CircuitState whileProbing();

  /** The value of the meter: 0 closed, 1 half open, 2 open. */
  int code();
}
