package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tens of thousands of calls race with openings and closings of the circuit breaker. Invariants: at
 * most one probe runs at a time; openings and closings alternate; a refused call sends no request,
 * and any other call sends exactly one.
 */
@Timeout(120)
class CircuitBreakerStressTest {

  private static final int THREADS = 8;
  private static final int CALLS = 5_000;

  /** How far each call advances the clock, so that a wait ends after some tens of calls. */
  private static final Duration TICK = Duration.ofMillis(50);

  private static final String OPEN = "WARN circuit breaker open for ";
  private static final String CLOSED = "WARN circuit breaker closed: ";

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private final ProbeExecutor executor = new ProbeExecutor();

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger runningProbes = new AtomicInteger();
  private final AtomicInteger maxRunningProbes = new AtomicInteger();
  private final AtomicInteger probes = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private volatile boolean alwaysSucceed;

  /** Fails for three seconds of every six, and requests a pause in one of 97 failures. */
  private final class ChangingEndpoint implements TokenIntrospection {

    private final AtomicInteger requests = new AtomicInteger();

    @Override
    public VerificationResult introspect(BearerToken token, Deadline deadline) {
      boolean probe = !token.value().startsWith(Secrets.MARKER);
      if (probe) {
        probes.incrementAndGet();
        maxRunningProbes.accumulateAndGet(runningProbes.incrementAndGet(), Math::max);
        LockSupport.parkNanos(1);
        runningProbes.decrementAndGet();
      } else {
        sent.incrementAndGet();
      }
      if (alwaysSucceed || nanos.get() / Duration.ofSeconds(3).toNanos() % 2 == 0) {
        return new VerificationResult.Inactive(Reason.INACTIVE, "-");
      }
      return VerificationResult.Unavailable.because(
          requests.incrementAndGet() % 97 == 0 ? Reason.AS_OVERLOADED : Reason.AS_TIMEOUT, "-");
    }

    @Override
    public String toString() {
      return "endpoint";
    }
  }

  private final EndpointCircuitBreaker breaker =
      new EndpointCircuitBreaker(
          new ChangingEndpoint(),
          new CircuitBreakerSettings(Duration.ofSeconds(1), Duration.ofDays(365)),
          executor,
          new MonotonicClock(nanos::get),
          (endpoint, result) -> {});

  private VerificationResult call() {
    nanos.addAndGet(TICK.toNanos());
    return breaker.introspect(new BearerToken(Secrets.MARKER), Deadline.in(Duration.ofMinutes(1)));
  }

  private static boolean isRefused(VerificationResult result) {
    return result instanceof VerificationResult.Unavailable unavailable
        && unavailable.reason() == Reason.AS_NOT_ASKED;
  }

  /** Makes many calls and returns how many were not refused. */
  private int callRepeatedly() {
    int passed = 0;
    for (int i = 0; i < CALLS; i++) {
      if (!isRefused(call())) {
        passed++;
      }
      if (i % 50 == 0) {
        breaker.requestProbe();
        LockSupport.parkNanos(1);
      }
    }
    return passed;
  }

  @Test
  void theInvariantsHoldWhileCallersRaceWithOpeningsAndClosings() throws Exception {
    log.announce(OPEN.substring("WARN ".length()));
    log.announce(CLOSED.substring("WARN ".length()));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    int passed = 0;
    try {
      List<Callable<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        callers.add(this::callRepeatedly);
      }
      for (Future<Integer> each : threads.invokeAll(callers, 100, TimeUnit.SECONDS)) {
        passed += each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sent).hasValue(passed);

    alwaysSucceed = true;
    Await.until("closed", () -> !isRefused(call()));

    assertThat(maxRunningProbes).hasValue(1);
    List<String> transitions = log.messages("WARN");
    assertThat(transitions).hasSizeGreaterThan(1); // how many depends on the machine
    for (int i = 0; i < transitions.size(); i++) {
      assertThat(transitions.get(i)).startsWith(i % 2 == 0 ? OPEN : CLOSED);
    }
    assertThat(probes.get()).isGreaterThanOrEqualTo(transitions.size() / 2);
  }
}
