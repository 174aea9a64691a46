package dev.gatehouse.internal.introspection;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.LogWatch;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The circuit breaker honours a pause that the server requests, up to five minutes. */
class RequestedPauseTest {

  private static final Behaviour ACTIVE = json(200, "{\"active\":true}");

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private IntrospectedEndpoint endpoint = new IntrospectedEndpoint();

  private static Behaviour overloaded(int status, String retryAfter) {
    return exchange -> {
      if (!retryAfter.isEmpty()) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seconds                 | 429 | 7                             | 7
          seconds                 | 503 | 120                           | 120
          missing                 | 429 | ''                            | 5
          unreadable              | 429 | soon                          | 5
          zero                    | 429 | 0                             | 5
          more than five minutes  | 429 | 86400                         | 300
          too large for a number  | 503 | 99999999999999999999999999999 | 300
          """)
  void aRequestedPauseIsHonouredWithinItsLimits(
      String description, int status, String retryAfter, int seconds) {
    log.announce("circuit breaker open for " + Duration.ofSeconds(seconds) + ": ");
    log.announce("cause as_overloaded");
    log.announce("circuit breaker closed: ");
    endpoint.as.introspection(overloaded(status, retryAfter));

    Unavailable first = endpoint.refused();
    assertThat(first.reason()).isEqualTo(Reason.AS_OVERLOADED);
    assertThat(first.retryAfter()).isEqualTo(Duration.ofSeconds(seconds));

    endpoint.as.introspection(ACTIVE);
    endpoint.clock.advance(Duration.ofSeconds(seconds - 2));
    assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
    assertThat(endpoint.refused().retryAfter()).isEqualTo(Duration.ofSeconds(2));
    assertThat(endpoint.as.introspectionRequests()).hasSize(1);

    endpoint.clock.advance(Duration.ofSeconds(2));
    endpoint.introspect();
    endpoint.awaitClosed();
    for (int i = 0; i < 5; i++) {
      assertThat(endpoint.introspect()).isInstanceOf(VerificationResult.Active.class);
    }
  }

  @Test
  void aRequestedPauseIsHonouredEvenWithAWaitOfZero() {
    log.announce("circuit breaker open for PT30S: ");
    log.announce("circuit breaker closed: ");
    endpoint = endpoint.anew(Duration.ZERO, Duration.ofSeconds(20));
    endpoint.as.introspection(overloaded(429, "30"));
    endpoint.introspect(10);
    assertThat(endpoint.as.introspectionRequests()).hasSize(1);

    // With a wait of zero, even a failed probe ends the pause.
    endpoint.as.introspection(json(500, "{}"));
    endpoint.clock.advance(Duration.ofSeconds(30));
    endpoint.introspect();
    endpoint.awaitClosed();
    assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_ANSWER);
    assertThat(endpoint.probes()).hasSize(1);
  }

  @Test
  void aPauseRequestedForOneTokenAppliesToAllTokens() {
    log.announce("circuit breaker open for PT7S: ");
    endpoint.setBehaviour(ACTIVE, overloaded(429, "7"));
    endpoint.introspect();

    assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
    assertThat(endpoint.probes()).isEmpty();
  }

  @Test
  void aPauseRequestedInResponseToTheProbeIsHonoured() {
    log.announce("circuit breaker open for PT7S: ");
    endpoint.as.introspection(overloaded(429, "7"));
    endpoint.introspect();
    endpoint.as.introspection(overloaded(503, "60"));
    endpoint.clock.advance(Duration.ofSeconds(7));
    endpoint.introspect();
    Await.until(
        "open for another minute",
        () -> endpoint.refused().retryAfter().equals(Duration.ofSeconds(60)));
    assertThat(endpoint.probes()).hasSize(1);
  }
}
