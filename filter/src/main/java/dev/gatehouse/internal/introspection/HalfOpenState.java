package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The probe that decides is under way, and callers are still refused. Immutable, so this class is
 * thread-safe.
 *
 * @param cause why the circuit breaker was opened
 */
record HalfOpenState(CallOutcome.Cause cause, CircuitBreakerSettings settings)
    implements CircuitState {

  /** After a probe that could not be sent. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  @Override
  public Optional<Refusal> refusal(Instant now) {
    return Optional.of(new Refusal(Duration.ZERO, cause));
  }

  /** A late result counts only if the server requests a pause in it. */
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

  /** It is under way already. */
  @Override
  public boolean needsProbe(Instant now) {
    return false;
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
