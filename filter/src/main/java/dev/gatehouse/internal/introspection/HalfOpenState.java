package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A probe is under way that decides whether the circuit breaker closes. Callers are still refused.
 * This class is immutable and thread-safe.
 *
 * @param cause why the circuit breaker was opened
 */
record HalfOpenState(CallOutcome.Cause cause, CircuitBreakerSettings settings)
    implements CircuitState {

  /** How long the circuit breaker stays open after a probe that could not be sent. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  @Override
  public Optional<Refusal> refusal(Instant now) {
    return Optional.of(new Refusal(Duration.ZERO, cause));
  }

  /** The result of a late request counts only if the server requests a pause. */
  @Override
  public CircuitState afterCall(CallOutcome outcome, Instant now) {
    return outcome instanceof CallOutcome.PauseRequested pause
        ? OpenState.pause(pause, now, settings)
        : this;
  }

  @Override
  public CircuitState afterProbe(CallOutcome outcome, Instant now) {
    if (outcome instanceof CallOutcome.PauseRequested pause) {
      return OpenState.pause(pause, now, settings);
    }
    if (outcome instanceof CallOutcome.Interrupted) {
      return new OpenState(now.plus(RETRY), cause, settings);
    }
    return outcome instanceof CallOutcome.Failed failure && settings.opensOnFailure()
        ? OpenState.after(failure, now, settings)
        : new ClosedState(settings);
  }

  /** The circuit breaker starts another probe only if the one under way is lost. */
  @Override
  public boolean needsProbe(Instant now) {
    return true;
  }

  @Override
  public CircuitState whileProbing() {
    return this;
  }

  @Override
  public int code() {
    return 1;
  }
}
