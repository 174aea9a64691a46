package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of one introspection endpoint. While it is open, callers' requests are
 * refused at once, without an introspection request.
 *
 * <p>A single caller must not be able to open it, so failures of callers' requests only raise a
 * suspicion. A probe, which introspects a random token in the background, opens and closes it; no
 * caller's request serves as a probe or waits for one. The only exception is a pause that the
 * server requests, which is observed even if a caller's token caused it.
 *
 * <p>This class is thread-safe. Its lock guards each transition and is never held while a request
 * is under way. At most one probe is under way.
 */
public final class EndpointCircuitBreaker {

  /** Is notified after each probe, when the circuit breaker has entered its next state. */
  @FunctionalInterface
  interface ProbeListener {
    void probed(EndpointCircuitBreaker endpoint, VerificationResult result);
  }

  private static final Logger log = LoggerFactory.getLogger(EndpointCircuitBreaker.class);

  /** While closed: callers that provoke failures must not cause a stream of probes. */
  private static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

  /** Far longer than any probe may take beyond its time limit. */
  private static final Duration LOST_PROBE = Duration.ofMinutes(5);

  private final TokenIntrospection endpoint;
  private final EndpointProbe probe;
  private final CircuitBreakerSettings settings;
  private final ProbeExecutor executor;
  private final InstantSource clock;
  private final ProbeListener listener;

  private volatile CircuitState state;

  /** After this time, a probe under way counts as lost: its thread may have died. */
  private Instant probingUntil = Instant.MIN;

  /** Whether a probe has ever succeeded: only then does a bad response to one say something. */
  private volatile boolean probesSucceed;

  /** Whether a caller's request has ever succeeded. */
  private volatile boolean callersSucceed;

  private Instant nextProbe = Instant.MIN;
  private @Nullable Future<?> timer;

  EndpointCircuitBreaker(
      TokenIntrospection endpoint,
      CircuitBreakerSettings settings,
      ProbeExecutor executor,
      InstantSource clock,
      ProbeListener listener) {
    this.endpoint = endpoint;
    this.probe = new EndpointProbe(endpoint, settings);
    this.settings = settings;
    this.executor = executor;
    this.clock = clock;
    this.listener = listener;
    this.state = new ClosedState(settings);
  }

  /** The name of the endpoint, for logs and meters. */
  @Override
  public String toString() {
    return endpoint.toString();
  }

  CircuitState state() {
    return state;
  }

  boolean isClosed() {
    return state instanceof ClosedState;
  }

  /** The value of the meter: 0 closed, 1 half open, 2 open. */
  public int stateCode() {
    return state.code();
  }

  /** Sends a probe on this thread and returns its result, which changes no state. */
  public VerificationResult sendProbe() {
    VerificationResult result = probe.send();
    if (!(result instanceof VerificationResult.Unavailable)) {
      probesSucceed = true; // set only, so that no concurrent failure can undo it
    }
    return result;
  }

  /** Introspects a caller's token unless the circuit breaker is open. Never throws. */
  VerificationResult introspect(BearerToken token, Deadline deadline) {
    CircuitState admitting = state;
    Instant start = clock.instant();
    Optional<CircuitState.Refusal> refusal = admitting.refusal(start);
    if (refusal.isPresent()) {
      if (admitting.needsProbe(start)) {
        probeIfNeeded(start); // the timer is late
      }
      return refused(refusal.get());
    }
    VerificationResult result = endpoint.introspect(token, deadline);
    Instant end = clock.instant();
    Duration took = Duration.between(start, end);
    CallOutcome outcome = CallOutcome.ofCaller(result, took, settings);
    if (!callersSucceed && outcome instanceof CallOutcome.Succeeded) {
      callersSucceed = true;
    }
    record(admitting, outcome, end);
    return result;
  }

  private VerificationResult refused(CircuitState.Refusal refusal) {
    return new VerificationResult.Unavailable(
        Reason.AS_NOT_ASKED,
        "circuit breaker open: " + this,
        refusal.retryAfter(),
        refusal.cause().outage());
  }

  private void record(CircuitState admitting, CallOutcome outcome, Instant now) {
    boolean due;
    synchronized (this) {
      // A request that began in an earlier state says nothing about the time since.
      if (state == admitting || outcome instanceof CallOutcome.PauseRequested) {
        enter(state.afterCall(outcome, now), now);
      }
      due = claimProbe(now, state.needsProbe(now));
    }
    if (due) {
      startProbe();
    }
  }

  /**
   * Starts a probe unless one is under way, the latest ended less than a second ago, or the circuit
   * breaker must stay open for longer.
   */
  void requestProbe() {
    Instant now = clock.instant();
    boolean due;
    synchronized (this) {
      due = claimProbe(now, isClosed() || state.needsProbe(now));
    }
    if (due) {
      startProbe();
    }
  }

  private void probeIfNeeded(Instant now) {
    boolean due;
    synchronized (this) {
      due = claimProbe(now, state.needsProbe(now));
    }
    if (due) {
      startProbe();
    }
  }

  /** With the lock held. After {@code true}, {@link #startProbe} must be called without it. */
  private boolean claimProbe(Instant now, boolean wanted) {
    if (!wanted || now.isBefore(probingUntil) || (isClosed() && now.isBefore(nextProbe))) {
      return false;
    }
    enter(state.whileProbing(), now);
    probingUntil = now.plus(settings.timeLimit()).plus(LOST_PROBE);
    return true;
  }

  private void startProbe() {
    if (!executor.start(this::runProbe)) {
      endProbe(new CallOutcome.Interrupted());
    }
  }

  private void runProbe() {
    CallOutcome outcome = new CallOutcome.Interrupted(); // in case the endpoint throws
    VerificationResult result;
    try {
      Instant start = clock.instant();
      result = sendProbe();
      Duration took = Duration.between(start, clock.instant());
      outcome =
          isInconclusive(result)
              ? new CallOutcome.Inconclusive()
              : CallOutcome.ofProbe(result, took, settings);
    } finally {
      endProbe(outcome);
    }
    if (!(outcome instanceof CallOutcome.Inconclusive)) {
      listener.probed(this, result);
    }
  }

  /**
   * Whether the endpoint may respond to every unknown token like this. Some servers do not respond
   * to them with {@code active: false}; without this, garbage tokens would open the circuit breaker
   * there, and it would never close.
   */
  private boolean isInconclusive(VerificationResult result) {
    if (probesSucceed || !(result instanceof VerificationResult.Unavailable failure)) {
      return false;
    }
    return switch (failure.reason()) {
      case AS_ANSWER -> true;
      case AS_CREDENTIALS -> callersSucceed; // with the same credentials
      case AS_OVERLOADED -> state instanceof HalfOpenState; // the requested pause is over
      default -> false;
    };
  }

  private void endProbe(CallOutcome outcome) {
    Instant now = clock.instant();
    boolean again;
    synchronized (this) {
      probingUntil = Instant.MIN;
      nextProbe = now.plus(PROBE_INTERVAL);
      enter(state.afterProbe(outcome, now), now);
      again = !isClosed() && claimProbe(now, state.needsProbe(now));
    }
    if (again) {
      startProbe();
    }
  }

  /** With the lock held, so that transitions are logged in order. */
  private void enter(CircuitState next, Instant now) {
    CircuitState previous = state;
    if (next == previous) {
      return;
    }
    state = next;
    stopTimer();
    if (next instanceof OpenState open) {
      startTimer(open, now);
      log(previous, open, now);
    } else if (next instanceof ClosedState && !(previous instanceof ClosedState)) {
      log.warn("circuit breaker closed: {}", this);
    }
  }

  private void log(CircuitState previous, OpenState open, Instant now) {
    Duration left = open.left(now);
    String cause = open.cause().code();
    if (previous instanceof ClosedState) {
      log.warn("circuit breaker open for {}: {}, cause {}", left, this, cause);
    } else {
      log.debug("circuit breaker open for another {}: {}, cause {}", left, this, cause);
    }
  }

  private void startTimer(OpenState open, Instant now) {
    stopTimer();
    timer = executor.schedule(this::timerFired, open.left(now));
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void timerFired() {
    Instant now = clock.instant();
    probeIfNeeded(now);
    synchronized (this) {
      if (state instanceof OpenState open && !open.needsProbe(now)) {
        startTimer(open, now); // our clock is behind the clock of the timer
      }
    }
  }
}
