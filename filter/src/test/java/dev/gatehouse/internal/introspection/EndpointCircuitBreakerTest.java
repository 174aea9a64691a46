package dev.gatehouse.internal.introspection;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes open and close the circuit breaker, which refuses callers while it is open. */
@Timeout(120)
class EndpointCircuitBreakerTest {

  private static final Behaviour ACTIVE = json(200, "{\"active\":true}");
  private static final Behaviour INACTIVE = json(200, "{\"active\":false}");
  private static final Behaviour FAILS = json(500, "{}");
  private static final Duration WAIT = IntrospectedEndpoint.WAIT;

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private IntrospectedEndpoint endpoint = new IntrospectedEndpoint();

  private void open() {
    log.announce("circuit breaker open for PT4M: the authorization server (http");
    endpoint.as.introspection(FAILS);
    endpoint.introspect(5);
    endpoint.awaitOpen();
  }

  private Reason refusal() {
    return endpoint.refused().reason();
  }

  @ParameterizedTest
  @CsvSource({
    "cuts off, as_unreachable",
    "500, as_answer",
    "502, as_answer",
    "503, as_answer",
    "404, as_answer",
    "302, as_answer",
    "log-in page, as_answer",
    "nonsense, as_answer",
    "empty, as_answer",
    "401, as_credentials",
    "403, as_credentials"
  })
  void fiveFailuresAndAFailedProbeOpenTheBreaker(String behaviour, String reason) {
    log.announce("circuit breaker open for PT4M: ");
    log.announce("cause " + reason);
    endpoint = endpoint.anew(WAIT, Duration.ofMinutes(5));
    endpoint.as.introspection(BadResponses.named(behaviour));
    for (int i = 0; i < 5; i++) {
      assertThat(refusal().code()).isEqualTo(reason);
    }
    endpoint.awaitOpen();
    String token = Secrets.token();

    assertThat(endpoint.introspect(token))
        .isInstanceOfSatisfying(
            Unavailable.class, v -> assertThat(v.reason()).isEqualTo(Reason.AS_NOT_ASKED));
    // Compares tokens instead of counts, because an earlier request may arrive late.
    assertThat(endpoint.as.introspectionRequests())
        .noneMatch(request -> request.parameter("token").equals(token));
  }

  @Test
  void aServerThatRefusesConnectionsOpensTheBreaker() {
    log.announce("cause as_unreachable");
    endpoint.as.close();
    endpoint.introspect(5);
    endpoint.awaitOpen();

    assertThat(refusal()).isEqualTo(Reason.AS_NOT_ASKED);
  }

  @Test
  void refusedCallersGetTheRemainingWaitAsRetryAfter() {
    open();

    assertThat(endpoint.refused().retryAfter()).isEqualTo(WAIT);
    endpoint.clock.advance(WAIT.minusMillis(2_500));
    assertThat(endpoint.refused().retryAfter()).isEqualTo(Duration.ofMillis(2_500));
    endpoint.clock.advance(Duration.ofMillis(2_499));
    assertThat(endpoint.refused().retryAfter())
        .isEqualTo(Duration.ofSeconds(1)); // never zero, which would mean "retry immediately"
    assertThat(endpoint.probes()).hasSize(1);
  }

  @Test
  void oneSuccessfulProbeAfterTheWaitClosesTheBreaker() {
    log.announce("circuit breaker closed: the authorization server (http");
    open();
    endpoint.clock.advance(WAIT);
    endpoint.setBehaviour(INACTIVE, ACTIVE);
    assertThat(refusal()).isEqualTo(Reason.AS_NOT_ASKED); // not used as a probe

    endpoint.awaitClosed();
    for (int i = 0; i < 20; i++) {
      assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Active.class);
    }
    assertThat(endpoint.probes()).hasSize(2);
    assertThat(log.messages("WARN")).hasSize(2);
  }

  @Test
  void theTimerProbesAndClosesTheBreakerWithoutACaller() {
    log.announce("circuit breaker open for PT0.3S: ");
    log.announce("circuit breaker closed: ");
    endpoint = endpoint.anewInRealTime(Duration.ofMillis(300));
    endpoint.as.introspection(FAILS);
    endpoint.introspect(5);
    endpoint.awaitProbes(2); // the timer sends the second probe
    endpoint.as.introspection(ACTIVE);

    endpoint.awaitClosed();
    assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Active.class);
    assertThat(endpoint.callersRequests()).hasSize(6);
  }

  @Test
  void theBreakerStaysOpenWhileProbesFailAndWarnsOnce() {
    open();
    for (int i = 0; i < 10; i++) {
      CircuitState before = endpoint.breaker().state();
      endpoint.clock.advance(WAIT);
      assertThat(refusal()).isEqualTo(Reason.AS_NOT_ASKED);
      Await.until(
          "open again",
          () -> endpoint.breaker().state() instanceof OpenState open && !open.equals(before));
      assertThat(endpoint.refused().retryAfter()).isEqualTo(WAIT);
    }

    assertThat(endpoint.probes()).hasSize(11);
    assertThat(endpoint.callersRequests()).hasSize(5);
    assertThat(log.messages("WARN")).hasSize(1);
  }

  @Test
  void callersAreRefusedImmediatelyWhileTheProbeIsPending() throws Exception {
    log.announce("circuit breaker closed: ");
    open();
    endpoint.clock.advance(WAIT);
    HeldResponse inactive = new HeldResponse(INACTIVE);
    endpoint.as.introspection(inactive);
    try {
      for (int i = 0; i < 20; i++) {
        Unavailable refused = endpoint.refused();
        assertThat(refused.reason()).isEqualTo(Reason.AS_NOT_ASKED);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        endpoint.clock.advance(Duration.ofMillis(500)); // 10 s in total: not slow
      }
      inactive.awaitRequests(1);
      assertThat(endpoint.breaker().state()).isInstanceOf(HalfOpenState.class);
      assertThat(endpoint.probes()).hasSize(2);
      assertThat(endpoint.callersRequests()).hasSize(5);
    } finally {
      inactive.release();
    }
    endpoint.awaitClosed();
    assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Inactive.class);
  }

  /** While the breaker is closed, callers neither wait for a probe nor are refused by it. */
  @Test
  void callersPassWhileASuspicionIsProbed() throws Exception {
    HeldResponse held = new HeldResponse(INACTIVE);
    endpoint.setBehaviour(held, FAILS);
    try {
      for (int i = 0; i < 20; i++) {
        assertThat(refusal()).isEqualTo(Reason.AS_ANSWER);
        endpoint.clock.advance(Duration.ofMillis(500)); // 10 s in total: not slow
      }
      held.awaitRequests(1);
      assertThat(endpoint.probes()).hasSize(1);
      assertThat(endpoint.callersRequests()).hasSize(20);
    } finally {
      held.release();
    }
  }

  @Test
  void refusedCredentialsOpenTheBreakerAndAcceptedOnesCloseIt() {
    log.announce("cause as_credentials");
    log.announce("circuit breaker closed: ");
    endpoint.as.introspection(json(401, "{\"error\":\"invalid_client\"}"));
    endpoint.introspect(5);
    endpoint.awaitOpen();
    endpoint.introspect(1_000);
    assertThat(endpoint.as.introspectionRequests()).hasSize(6);

    endpoint.as.introspection(ACTIVE);
    endpoint.clock.advance(WAIT);
    endpoint.introspect();
    endpoint.awaitClosed();
    for (int i = 0; i < 10; i++) {
      assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Active.class);
    }
  }

  @Test
  void withAWaitOfZeroFailuresNeverOpenTheBreaker() {
    endpoint = endpoint.anew(Duration.ZERO, Duration.ofSeconds(20));
    endpoint.as.introspection(FAILS);
    endpoint.introspect(30);

    assertThat(endpoint.callersRequests()).hasSize(30);
    assertThat(endpoint.probes()).isEmpty();
    assertThat(endpoint.breaker().state()).isInstanceOf(ClosedState.class);
  }

  @Test
  void eachOutageOpensAndClosesTheBreakerOnce() {
    log.announce("circuit breaker open for PT4M: ");
    log.announce("circuit breaker closed: ");
    for (int i = 1; i <= 5; i++) {
      endpoint.as.introspection(FAILS);
      endpoint.introspect(5);
      endpoint.awaitOpen();
      endpoint.as.introspection(ACTIVE);
      endpoint.clock.advance(WAIT);
      endpoint.introspect();
      endpoint.awaitClosed();
      assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Active.class);
      assertThat(log.messages("WARN")).hasSize(2 * i);
      endpoint.clock.advance(WAIT);
    }
  }

  @Test
  void aThousandConcurrentCallersOpenTheBreakerOnceWithOneProbe() throws Exception {
    log.announce("circuit breaker open for PT4M: ");
    endpoint.as.introspection(FAILS);
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<VerificationResult>> all =
          IntStream.range(0, 1_000)
              .mapToObj(i -> threads.submit(() -> endpoint.introspect()))
              .toList();
      for (Future<VerificationResult> each : all) {
        assertThat(((Unavailable) each.get(60, TimeUnit.SECONDS)).reason())
            .isIn(Reason.AS_ANSWER, Reason.AS_NOT_ASKED);
      }
    } finally {
      threads.shutdownNow();
    }
    endpoint.awaitOpen();
    assertThat(endpoint.probes()).hasSize(1);
    assertThat(log.messages("WARN")).hasSize(1);
  }
}
