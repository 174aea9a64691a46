package dev.gatehouse.internal.introspection;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A state of an {@link EndpointCircuitBreaker}. States decide and do nothing else: each method
 * returns the next state, {@code this} included, and the circuit breaker enters it.
 */
sealed interface CircuitState permits ClosedState, OpenState, HalfOpenState {

  /**
   * Why a caller's introspection request must not be sent.
   *
   * @param retryAfter when another request may be sent, at least a second
   */
  record Refusal(Duration retryAfter, CallOutcome.Cause cause) {

    /** Less would round to zero, which means "at once". */
    private static final Duration MIN_RETRY_AFTER = Duration.ofSeconds(1);

    public Refusal {
      retryAfter = retryAfter.compareTo(MIN_RETRY_AFTER) > 0 ? retryAfter : MIN_RETRY_AFTER;
    }
  }

  /** Present unless callers' introspection requests pass. */
  Optional<Refusal> refusal(Instant now);

  /** The state after a caller's introspection request has ended. */
  CircuitState afterCall(CallOutcome outcome, Instant now);

  /** The state after a probe has ended. */
  CircuitState afterProbe(CallOutcome outcome, Instant now);

  /** Whether a probe has to find out how the endpoint is. */
  boolean needsProbe(Instant now);

  /** The state while a probe is under way. */
  CircuitState whileProbing();

  /** As the meter shows it: 0 closed, 1 half open, 2 open. */
  int code();
}
