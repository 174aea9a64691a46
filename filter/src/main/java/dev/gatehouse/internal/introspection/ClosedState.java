package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.Refusal;
import java.time.Instant;
import java.util.Optional;

/**
 * Callers' introspection requests are sent, and the outcomes of the latest are counted. When half
 * of them failed or were slow, the endpoint is suspected. This changes nothing for callers: only a
 * probe can open the circuit breaker.
 *
 * <p>This class is not thread-safe: the lock of its circuit breaker guards it.
 */
final class ClosedState implements CircuitState {

  /** How many of the latest requests are counted. */
  private static final int WINDOW = 10;

  /** The endpoint is not suspected before this many requests. */
  private static final int MIN_CALLS = 5;

  private final CircuitBreakerSettings settings;

  /** A ring buffer of the latest requests: true for one that failed or was slow. */
  private final boolean[] failed = new boolean[WINDOW];

  private int next;
  private int calls;
  private int failures;

  ClosedState(CircuitBreakerSettings settings) {
    this.settings = settings;
  }

  @Override
  public Optional<Refusal> refusal(Instant now) {
    return Optional.empty();
  }

  @Override
  public CircuitState afterCall(CallOutcome outcome, Instant now) {
    count(outcome);
    return outcome instanceof CallOutcome.PauseRequested pause
        ? OpenState.pause(pause, now, settings)
        : this;
  }

  @Override
  public CircuitState afterProbe(CallOutcome outcome, Instant now) {
    if (isSuspected()
        && (outcome instanceof CallOutcome.Succeeded
            || outcome instanceof CallOutcome.Inconclusive)) {
      return new ClosedState(settings); // the failures were due to callers' tokens, or are over
    }
    CircuitState counted = afterCall(outcome, now);
    return outcome instanceof CallOutcome.Failed failure && isSuspected()
        ? OpenState.after(failure, now, settings)
        : counted;
  }

  private void count(CallOutcome outcome) {
    if (outcome instanceof CallOutcome.Succeeded) {
      count(false);
    } else if (outcome instanceof CallOutcome.Failed) {
      count(true);
    }
  }

  private void count(boolean failure) {
    if (calls < WINDOW) {
      calls++;
    } else if (failed[next]) {
      failures--;
    }
    failed[next] = failure;
    if (failure) {
      failures++;
    }
    next = (next + 1) % WINDOW;
  }

  private boolean isSuspected() {
    return settings.opensOnFailure() && calls >= MIN_CALLS && failures * 2 >= calls;
  }

  @Override
  public boolean needsProbe(Instant now) {
    return isSuspected();
  }

  @Override
  public CircuitState whileProbing() {
    return this;
  }

  @Override
  public int code() {
    return 0;
  }
}
