package dev.gatehouse;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves an introspection endpoint alone for a while when it keeps failing, keeps being slow, or
 * asks for it: callers are told at once. Then lets a few questions through, and all of them when
 * these are answered. Safe for use by many threads.
 *
 * <p>What a caller sends must not close the endpoint to others: answers about the token count as
 * good and quick, and failures that only this caller's token meets with do not count at all. To
 * tell, it asks about a token of our own, on a thread beside the caller's: there is one such
 * question at a time, and no caller waits for it longer than it may. Only a pause that is asked for
 * is kept in any case.
 */
final class EndpointCircuitBreaker {

  private static final Logger log = LoggerFactory.getLogger(EndpointCircuitBreaker.class);

  /** How many of the latest calls are looked at. */
  private static final int WINDOW = 10;

  /** Fewer calls than this tell nothing. */
  private static final int LEAST_CALLS = 5;

  /** From this share of failed, or of slow, calls on. */
  private static final float THRESHOLD_PERCENT = 50;

  /** So many failures can't open it yet: they are less than half of the least number of calls. */
  private static final int HARMLESS_FAILURES = 2;

  private static final int PROBES = 3;

  /** While the probes are on their way. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** What Resilience4j is told of a failure: it may log it, and details may hold a token. */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(Reason reason) {
      super(reason.code(), null, false, false);
    }
  }

  private final IntrospectionClient endpoint;
  private final Duration wait;
  private final Duration timeLimit;
  private final Duration slow;
  private final InstantSource clock;
  private final CircuitBreaker breaker;

  /** The latest question of our own, for all who want to know the same while it is under way. */
  private @Nullable CompletableFuture<Verdict> ownQuestion;

  private Duration pause;
  private String latestTrouble = "";
  private volatile boolean latestWasOutage;
  private volatile Instant leftAloneUntil = Instant.MIN;

  /**
   * Makes one.
   *
   * @param wait how long it leaves the endpoint alone; zero to do so only when asked for it
   * @param timeLimit of one call; more than four fifths of it are slow
   */
  EndpointCircuitBreaker(
      IntrospectionClient endpoint, Duration wait, Duration timeLimit, InstantSource clock) {
    this.endpoint = endpoint;
    this.wait = wait;
    this.pause = wait;
    this.timeLimit = timeLimit;
    this.slow = timeLimit.multipliedBy(4).dividedBy(5);
    this.clock = clock;
    this.breaker = CircuitBreaker.of(endpoint.toString(), config());
    breaker.getEventPublisher().onStateTransition(event -> changed(event.getStateTransition()));
  }

  private CircuitBreakerConfig config() {
    return CircuitBreakerConfig.custom()
        .clock(clock.withZone(ZoneOffset.UTC))
        .waitDurationInOpenState(wait.isZero() ? SOON : wait) // with zero, it never opens by itself
        .slidingWindowSize(WINDOW)
        .minimumNumberOfCalls(LEAST_CALLS)
        .failureRateThreshold(THRESHOLD_PERCENT)
        .slowCallRateThreshold(THRESHOLD_PERCENT)
        .slowCallDurationThreshold(slow)
        .permittedNumberOfCallsInHalfOpenState(PROBES)
        .build();
  }

  /** For logs and meters. */
  @Override
  public String toString() {
    return breaker.getName();
  }

  /** Where it is open, it becomes half open with the first question after its time. */
  State state() {
    return breaker.getState();
  }

  /** In percent; negative as long as there were too few calls to tell. */
  float failureRate() {
    return breaker.getMetrics().getFailureRate();
  }

  /** Asks, unless that is of no use at the moment. */
  Verdict ask(BearerToken token, Deadline deadline) {
    if (!breaker.tryAcquirePermission()) {
      return notAsked();
    }
    boolean settled = false;
    try {
      Instant start = clock.instant();
      Verdict verdict = endpoint.introspect(token, deadline);
      Duration took = Duration.between(start, clock.instant());
      settled = settle(verdict, took, deadline);
      return verdict;
    } finally {
      if (!settled) {
        breaker.releasePermission();
      }
    }
  }

  /** Asks in any case, and draws no conclusions: for the self-test. */
  Verdict test(BearerToken token) {
    return endpoint.introspect(token, Deadline.in(timeLimit));
  }

  private Verdict notAsked() {
    Duration left = Duration.between(clock.instant(), leftAloneUntil);
    return new Verdict.Unavailable(
        Reason.AS_NOT_ASKED,
        this + " is left alone",
        left.compareTo(SOON) > 0 ? left : SOON,
        latestWasOutage);
  }

  /** Counts this verdict now, or as soon as it is known to count; false if it never will. */
  private boolean settle(Verdict verdict, Duration took, Deadline deadline) {
    if (!(verdict instanceof Verdict.Unavailable failure)
        || failure.reason() == Reason.AS_OVERLOADED) {
      note(verdict, took);
      return true;
    }
    if (wait.isZero() || failure.reason() == Reason.INTERRUPTED) {
      return false;
    }
    if (failure.unsent() || failure.reason() == Reason.AS_DISCOVERY) {
      note(failure, took);
    } else if (!noteIfHarmless(failure, took)) {
      noteIfOurTokenFailsToo(failure, took, deadline);
    }
    return true;
  }

  /** Looks and counts in one: many may fail at once. */
  private synchronized boolean noteIfHarmless(Verdict.Unavailable failure, Duration took) {
    boolean harmless =
        breaker.getState() == State.CLOSED
            && breaker.getMetrics().getNumberOfFailedCalls() < HARMLESS_FAILURES;
    if (harmless) {
      note(failure, took);
    }
    return harmless;
  }

  /** Else it is the caller's token alone that the endpoint can't cope with. */
  private void noteIfOurTokenFailsToo(
      Verdict.Unavailable failure, Duration took, Deadline deadline) {
    CompletableFuture<?> settled =
        ownQuestion()
            .handle(
                (own, bug) -> {
                  if (own instanceof Verdict.Unavailable) {
                    note(failure, took);
                  } else {
                    breaker.releasePermission();
                  }
                  return own;
                });
    try {
      settled.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return; // this caller can't wait for it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized CompletableFuture<Verdict> ownQuestion() {
    if (ownQuestion == null || ownQuestion.isDone()) {
      ownQuestion =
          CompletableFuture.supplyAsync(
              () -> endpoint.introspect(BearerToken.random(), Deadline.in(timeLimit)),
              EndpointCircuitBreaker::onItsOwnThread);
    }
    return ownQuestion;
  }

  /** One that knows nothing of the request which has been the occasion. */
  private static void onItsOwnThread(Runnable question) {
    Thread thread = new Thread(null, question, "gatehouse-own-question", 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void note(Verdict verdict, Duration took) {
    pause = wait;
    if (verdict instanceof Verdict.Unavailable failure) {
      latestTrouble = failure.reason().code();
      latestWasOutage = failure.outage();
      if (failure.reason() == Reason.AS_OVERLOADED) {
        leaveAloneFor(failure.retryAfter());
      }
      breaker.onError(took.toNanos(), TimeUnit.NANOSECONDS, new Failure(failure.reason()));
    } else if (verdict instanceof Verdict.Active && !wait.isZero() && took.compareTo(slow) > 0) {
      latestTrouble = "slow answers";
      latestWasOutage = true;
      breaker.onSuccess(took.toNanos(), TimeUnit.NANOSECONDS);
    } else {
      breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }
  }

  private void leaveAloneFor(Duration asked) {
    if (clock.instant().plus(asked).isAfter(leftAloneUntil)) {
      pause = asked;
      breaker.transitionToOpenStateFor(asked);
    }
  }

  /** On the thread that has brought it about, in {@link #note} but for the way to half open. */
  private void changed(StateTransition transition) {
    if (transition.getToState() == State.OPEN) {
      leftAloneUntil = clock.instant().plus(pause);
    }
    if (transition.getFromState() == State.CLOSED) {
      log.warn("{} is left alone for {}: {}", this, pause, latestTrouble);
    } else if (transition.getToState() == State.CLOSED) {
      log.warn("{} answers again", this);
    }
  }
}
