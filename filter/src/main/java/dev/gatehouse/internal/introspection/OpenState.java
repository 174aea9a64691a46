package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Callers are refused at once. When the time is over, a probe decides whether the circuit breaker
 * closes. This class is immutable and thread-safe.
 *
 * @param until the end of the time
 * @param cause why the circuit breaker is open
 */
record OpenState(Instant until, CallOutcome.Cause cause, CircuitBreakerSettings settings)
    implements CircuitState {

  static OpenState after(CallOutcome.Failed failure, Instant now, CircuitBreakerSettings settings) {
    return new OpenState(now.plus(settings.openFor()), failure.cause(), settings);
  }

  /** Open for the pause that the server requests. */
  static OpenState pause(
      CallOutcome.PauseRequested pause, Instant now, CircuitBreakerSettings settings) {
    return new OpenState(now.plus(pause.pause()), pause.cause(), settings);
  }

  Duration left(Instant now) {
    return Duration.between(now, until);
  }

  @Override
  public Optional<Refusal> refusal(Instant now) {
    return Optional.of(new Refusal(left(now), cause));
  }

  /** Another pause can extend the time but not shorten it; other results come too late. */
  @Override
  public CircuitState afterCall(CallOutcome outcome, Instant now) {
    if (outcome instanceof CallOutcome.PauseRequested requested) {
      OpenState longer = pause(requested, now, settings);
      return longer.until.isAfter(until) ? longer : this;
    }
    return this;
  }

  /** Only a probe that began after the end of the time can close the circuit breaker. */
  @Override
  public CircuitState afterProbe(CallOutcome outcome, Instant now) {
    return afterCall(outcome, now);
  }

  @Override
  public boolean needsProbe(Instant now) {
    return !now.isBefore(until);
  }

  @Override
  public CircuitState whileProbing() {
    return new HalfOpenState(cause, settings);
  }

  @Override
  public int code() {
    return 2;
  }
}
