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
 * Callers race with openings and closings, tens of thousands of times. Invariants: at most one
 * probe is under way; openings and closings alternate, so that no opening happens twice; each call
 * that is refused has not been sent, and each that is not has been sent once.
 */
@Timeout(120)
class CircuitBreakerStressTest {

  private static final int THREADS = 8;
  private static final int CALLS = 5_000;

  /** What the clock advances with each request, so that waits end after some tens of them. */
  private static final Duration TICK = Duration.ofMillis(50);

  private static final String OPEN = "WARN circuit breaker open for ";
  private static final String CLOSED = "WARN circuit breaker closed: ";

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private final ProbeExecutor executor = new ProbeExecutor();

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger probesUnderWay = new AtomicInteger();
  private final AtomicInteger mostProbes = new AtomicInteger();
  private final AtomicInteger probes = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private volatile boolean forceUp;

  /** Fails for three seconds of every six, and now and then requests a pause. */
  private final class ChangingEndpoint implements TokenIntrospection {

    private final AtomicInteger requests = new AtomicInteger();

    @Override
    public VerificationResult introspect(BearerToken token, Deadline deadline) {
      boolean probe = !token.value().startsWith(Secrets.MARKER);
      if (probe) {
        probes.incrementAndGet();
        mostProbes.accumulateAndGet(probesUnderWay.incrementAndGet(), Math::max);
        LockSupport.parkNanos(1);
        probesUnderWay.decrementAndGet();
      } else {
        sent.incrementAndGet();
      }
      if (forceUp || nanos.get() / Duration.ofSeconds(3).toNanos() % 2 == 0) {
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
          (endpoint, verdict) -> {});

  private VerificationResult call() {
    nanos.addAndGet(TICK.toNanos());
    return breaker.introspect(new BearerToken(Secrets.MARKER), Deadline.in(Duration.ofMinutes(1)));
  }

  private static boolean isRefused(VerificationResult verdict) {
    return verdict instanceof VerificationResult.Unavailable unavailable
        && unavailable.reason() == Reason.AS_NOT_ASKED;
  }

  /** How many calls were not refused. */
  private int callOften() {
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
  void callersRaceWithOpeningsAndClosings() throws Exception {
    log.announce(OPEN.substring("WARN ".length()));
    log.announce(CLOSED.substring("WARN ".length()));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    int passed = 0;
    try {
      List<Callable<Integer>> calling = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        calling.add(this::callOften);
      }
      for (Future<Integer> each : threads.invokeAll(calling, 100, TimeUnit.SECONDS)) {
        passed += each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sent).hasValue(passed);

    forceUp = true;
    Await.until("closed for good", () -> !isRefused(call()));

    assertThat(mostProbes).hasValue(1);
    List<String> transitions = log.messages("WARN");
    assertThat(transitions).hasSizeGreaterThan(10);
    for (int i = 0; i < transitions.size(); i++) {
      assertThat(transitions.get(i)).startsWith(i % 2 == 0 ? OPEN : CLOSED);
    }
    assertThat(probes.get()).isGreaterThanOrEqualTo(transitions.size() / 2);
  }
}
