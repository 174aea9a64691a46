package dev.gatehouse.internal.introspection;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which results count as failures; a caller's token alone cannot open the circuit breaker. */
@Timeout(120)
class CircuitBreakerFailuresTest {

  private static final Behaviour ACTIVE = json(200, "{\"active\":true}");
  private static final Behaviour INACTIVE = json(200, "{\"active\":false}");
  private static final Behaviour FAILS = json(500, "{}");

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private IntrospectedEndpoint endpoint = new IntrospectedEndpoint();

  private void assertClosed() {
    assertThat(endpoint.breaker().state()).isInstanceOf(ClosedState.class);
  }

  private void introspectWith(Behaviour toCallers, int times) {
    endpoint.setBehaviour(FAILS, toCallers);
    endpoint.introspect(times);
  }

  @Test
  void theBreakerOpensWhenHalfOfTheLatestCallsHaveFailedAndAProbeFails() {
    for (int i = 0; i < 2; i++) {
      introspectWith(ACTIVE, 1);
      introspectWith(FAILS, 1);
    }
    introspectWith(ACTIVE, 1);
    assertThat(endpoint.probes()).isEmpty();

    introspectWith(FAILS, 1);
    log.announce("circuit breaker open for PT4M: ");
    endpoint.awaitOpen();
    assertThat(endpoint.probes()).hasSize(1);
  }

  @Test
  void failuresInAThirdOfTheCallsRaiseNoSuspicion() {
    for (int i = 0; i < 20; i++) {
      introspectWith(ACTIVE, 2);
      introspectWith(FAILS, 1);
    }
    assertThat(endpoint.probes()).isEmpty();
    assertClosed();
  }

  /** The clock advances while the server is processing. */
  private Behaviour after(Duration time, Behaviour behaviour) {
    return exchange -> {
      endpoint.clock.advance(time);
      behaviour.respond(exchange);
    };
  }

  @Test
  void callsThatTakeMoreThanFourFifthsOfTheTimeLimitCountAsFailures() {
    log.announce("cause slow_responses");
    Behaviour slow = after(Duration.ofMillis(16_001), ACTIVE);
    endpoint.setBehaviour(
        after(Duration.ofMillis(16_001), INACTIVE), after(Duration.ofSeconds(16), ACTIVE));
    endpoint.introspect(10);
    assertThat(endpoint.probes()).isEmpty();

    endpoint.setBehaviour(after(Duration.ofMillis(16_001), INACTIVE), slow);
    for (int i = 0; i < 5; i++) {
      assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Active.class);
    }
    endpoint.awaitOpen();
    assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
  }

  @Test
  void responsesThatRejectTheTokenDoNotCountAsFailuresEvenIfSlow() {
    List<Behaviour> responses =
        List.of(
            INACTIVE,
            after(Duration.ofSeconds(19), INACTIVE),
            json(400, "{\"error\":\"unsupported_token_type\"}"),
            json(413, ""));
    for (int i = 0; i < 40; i++) {
      endpoint.as.introspection(responses.get(i % 4));
      assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Inactive.class);
    }
    endpoint.as.introspection(after(Duration.ofSeconds(19), INACTIVE));
    endpoint.introspect(20);
    endpoint.as.introspection(json(400, "{\"error\":\"invalid_request\"}"));
    for (int i = 0; i < 20; i++) {
      assertThat(endpoint.introspect(Secrets.token() + "a".repeat(5_000)))
          .isInstanceOf(VerificationResult.Inactive.class);
    }
    assertThat(endpoint.probes()).isEmpty();
    assertClosed();
  }

  @ParameterizedTest
  @CsvSource({
    "500",
    "502",
    "503",
    "400",
    "401",
    "403",
    "404",
    "nonsense",
    "log-in page",
    "cuts off"
  })
  void aTokenThatTheServerCannotProcessDoesNotOpenTheBreaker(String behaviour) {
    Behaviour odd = BadResponses.named(behaviour);
    endpoint.as.introspectionResponses(
        request -> {
          String token = request.parameter("token");
          return token.endsWith("-odd") ? odd : token.endsWith("-good") ? ACTIVE : INACTIVE;
        });

    for (int round = 1; round <= 3; round++) {
      CircuitState suspected = endpoint.breaker().state();
      for (int i = 0; i < 5; i++) {
        assertThat(endpoint.introspect(Secrets.token() + "-odd")).isInstanceOf(Unavailable.class);
      }
      Await.until("cleared", () -> endpoint.breaker().state() != suspected);
      assertClosed();
      assertThat(endpoint.probes()).hasSize(round);
      endpoint.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(endpoint.introspect(Secrets.token() + "-good"))
        .isInstanceOf(VerificationResult.Active.class);
  }

  @Test
  void suspicionsCauseAtMostOneProbePerSecond() {
    endpoint.setBehaviour(INACTIVE, FAILS);
    CircuitState suspected = endpoint.breaker().state();
    endpoint.introspect(5);
    Await.until("cleared", () -> endpoint.breaker().state() != suspected);
    endpoint.introspect(30);
    endpoint.clock.advance(Duration.ofMillis(999));
    endpoint.introspect(30);
    assertThat(endpoint.probes()).hasSize(1);

    endpoint.clock.advance(Duration.ofMillis(1));
    endpoint.introspect(1);
    endpoint.awaitProbes(2);
  }

  @Test
  void anInterruptedCallerDoesNotCountAsAFailure() {
    for (int i = 0; i < 20; i++) {
      Thread.currentThread().interrupt();
      assertThat(endpoint.refused().reason()).isEqualTo(Reason.INTERRUPTED);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(endpoint.probes()).isEmpty();
    assertClosed();
    assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Inactive.class);
  }
}
