package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server that does not respond to unknown tokens with {@code active: false}: its response to a
 * probe must neither open the circuit breaker nor keep it open.
 */
@Timeout(120)
class InconclusiveProbeTest {

  private static final BearerToken GOOD = new BearerToken("good");
  private static final BearerToken GARBAGE = new BearerToken("garbage");
  private static final VerificationResult RESPONSE =
      new VerificationResult.Inactive(Reason.INACTIVE, "-");
  private static final CircuitBreakerSettings SETTINGS =
      new CircuitBreakerSettings(Duration.ofSeconds(5), Duration.ofSeconds(5));

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ProbeExecutor executor = new ProbeExecutor();
  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final AtomicInteger probes = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile VerificationResult toUnknownTokens = RESPONSE;
  private volatile boolean firstProbeHangs;

  private final EndpointCircuitBreaker breaker =
      new EndpointCircuitBreaker(
          new TokenIntrospection() {
            @Override
            public VerificationResult introspect(BearerToken token, Deadline deadline) {
              if (token.equals(GOOD)) {
                return RESPONSE;
              }
              boolean isProbe = !token.equals(GARBAGE);
              if (isProbe && probes.incrementAndGet() == 1 && firstProbeHangs) {
                awaitRelease();
              }
              return toUnknownTokens;
            }

            @Override
            public String toString() {
              return "endpoint";
            }
          },
          SETTINGS,
          executor,
          clock,
          (endpoint, result) -> {});

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    released.countDown();
    executor.close();
    executor.awaitTermination();
  }

  private VerificationResult introspect(BearerToken token) {
    return breaker.introspect(token, Deadline.in(Duration.ofSeconds(5)));
  }

  private void suspect() {
    for (int i = 0; i < 6; i++) {
      introspect(GARBAGE);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_ANSWER", "AS_CREDENTIALS"})
  void garbageTokensNeverOpenItForGoodOnes(Reason toUnknown) {
    introspect(GOOD);
    toUnknownTokens = Unavailable.because(toUnknown, "-");

    for (int round = 1; round <= 3; round++) {
      CircuitState suspected = breaker.state();
      suspect();
      Await.until("cleared", () -> breaker.state() != suspected);
      assertThat(breaker.isClosed()).isTrue();
      assertThat(introspect(GOOD)).isEqualTo(RESPONSE);
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(probes).hasValue(3);
  }

  @Test
  void probesOfHealthChecksNeverOpenIt() {
    toUnknownTokens = Unavailable.because(Reason.AS_ANSWER, "-");
    Await.until(
        "20 probes",
        () -> {
          clock.advance(Duration.ofSeconds(1));
          breaker.requestProbe();
          return probes.get() >= 20;
        });
    assertThat(introspect(GOOD)).isEqualTo(RESPONSE);
  }

  @Test
  void afterARequestedPauseItClosesThoughTheProbeIsAskedToPauseToo() {
    log.announce("circuit breaker open for PT20S: endpoint, cause as_overloaded");
    log.announce("circuit breaker closed: endpoint");
    toUnknownTokens =
        new Unavailable(Reason.AS_OVERLOADED, "-", Duration.ofSeconds(20), /* outage= */ false);
    introspect(GARBAGE);
    assertThat(breaker.isClosed()).isFalse();

    clock.advance(Duration.ofSeconds(20));
    introspect(GOOD); // requests the probe

    Await.until("closed", breaker::isClosed);
    assertThat(introspect(GOOD)).isEqualTo(RESPONSE);
    Await.until("logged", () -> log.messages("WARN").size() == 2);
  }

  @Test
  void refusedCredentialsOpenItIfTheyHaveNeverBeenAccepted() {
    log.announce("circuit breaker open for PT5S: endpoint, cause as_credentials");
    toUnknownTokens = Unavailable.because(Reason.AS_CREDENTIALS, "-");
    suspect();

    Await.until("open and logged", () -> !log.messages("WARN").isEmpty());
    assertThat(breaker.isClosed()).isFalse();
  }

  @Test
  void onceAProbeHasSucceededABadResponseOpensIt() {
    log.announce("circuit breaker open for PT5S: endpoint, cause as_answer");
    breaker.sendProbe();
    toUnknownTokens = Unavailable.because(Reason.AS_ANSWER, "-");
    suspect();

    Await.until("open and logged", () -> !log.messages("WARN").isEmpty());
    assertThat(breaker.isClosed()).isFalse();
  }

  /** Its thread may have died for lack of memory. */
  @Test
  void aLostProbeIsReplacedWhenItIsLongOverdue() {
    log.announce("circuit breaker open for PT20S: endpoint, cause as_overloaded");
    log.announce("circuit breaker closed: endpoint");
    firstProbeHangs = true;
    toUnknownTokens =
        new Unavailable(Reason.AS_OVERLOADED, "-", Duration.ofSeconds(20), /* outage= */ false);
    introspect(GARBAGE);
    toUnknownTokens = RESPONSE;
    clock.advance(Duration.ofSeconds(20));
    introspect(GOOD);
    Await.until("the first probe", () -> probes.get() == 1);

    clock.advance(Duration.ofMinutes(5));
    introspect(GOOD);
    assertThat(breaker.isClosed()).isFalse();
    clock.advance(Duration.ofSeconds(5));
    introspect(GOOD);

    Await.until("closed", breaker::isClosed);
    assertThat(probes).hasValue(2);
    Await.until("logged", () -> log.messages("WARN").size() == 2);
  }
}
