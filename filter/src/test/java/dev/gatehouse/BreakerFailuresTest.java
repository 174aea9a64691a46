package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.Verdict.Unavailable;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as a failure of an endpoint; nothing that a caller sends can bring one about. */
class BreakerFailuresTest {

  private static final Behaviour ACTIVE = json(200, "{\"active\":true}");
  private static final Behaviour INACTIVE = json(200, "{\"active\":false}");

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private AskedEndpoint endpoint = new AskedEndpoint();

  @Test
  void halfOfTheLatestCallsIsEnough() {
    for (int i = 0; i < 4; i++) {
      endpoint.as.introspection(ACTIVE);
      endpoint.ask();
      endpoint.as.introspection(json(500, "{}"));
      endpoint.ask();
    }
    assertThat(endpoint.breaker().failureRate()).isEqualTo(50);
    assertThat(endpoint.breaker().state()).isEqualTo(State.OPEN);
    log.announce("is left alone for PT5S: as_answer");
  }

  @Test
  void aFailureNowAndThenIsNoReason() {
    for (int i = 0; i < 20; i++) {
      endpoint.as.introspection(ACTIVE);
      endpoint.ask(2);
      endpoint.as.introspection(json(500, "{}"));
      assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_ANSWER);
    }
    assertThat(endpoint.breaker().state()).isEqualTo(State.CLOSED);
    assertThat(endpoint.breaker().failureRate()).isBetween(30f, 40f);
  }

  /** The clock goes on while the server thinks. */
  private Behaviour after(Duration time, Behaviour behaviour) {
    return exchange -> {
      endpoint.clock.turnBy(time);
      behaviour.answer(exchange);
    };
  }

  @Test
  void answersThatTakeMoreThanFourFifthsOfTheTimeLimitAreSlow() {
    log.announce("is left alone for PT5S: slow answers");
    endpoint.as.introspection(after(Duration.ofSeconds(16), ACTIVE));
    endpoint.ask(10);
    assertThat(endpoint.breaker().state()).isEqualTo(State.CLOSED);

    endpoint.as.introspection(after(Duration.ofMillis(16_001), ACTIVE));
    for (int i = 0; i < 5; i++) {
      assertThat(endpoint.ask()).isInstanceOf(Verdict.Active.class);
    }
    assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
  }

  @Test
  void answersAboutTheTokenNeverCountNotEvenSlowOnes() {
    List<Behaviour> answers =
        List.of(
            INACTIVE,
            after(Duration.ofSeconds(19), INACTIVE),
            json(400, "{\"error\":\"unsupported_token_type\"}"),
            json(413, ""));
    for (int i = 0; i < 40; i++) {
      endpoint.as.introspection(answers.get(i % 4));
      assertThat(endpoint.ask()).isInstanceOf(Verdict.Inactive.class);
    }
    endpoint.as.introspection(after(Duration.ofSeconds(19), INACTIVE));
    endpoint.ask(20);
    endpoint.as.introspection(json(400, "{\"error\":\"invalid_request\"}"));
    for (int i = 0; i < 20; i++) {
      assertThat(endpoint.askAbout(Secrets.token() + "a".repeat(5_000)))
          .isInstanceOf(Verdict.Inactive.class);
    }
    assertThat(endpoint.breaker().state()).isEqualTo(State.CLOSED);
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "503", "400", "401", "403", "404", "nonsense", "log-in page"})
  void aTokenThatTheServerCanNotCopeWithClosesItToNobodyElse(String how) {
    Behaviour odd = BadAnswers.named(how);
    endpoint.as.introspection(
        exchange -> {
          var all = endpoint.as.introspections();
          String body = all.get(all.size() - 1).parameter("token");
          (body.endsWith("-odd") ? odd : body.endsWith("-good") ? ACTIVE : INACTIVE)
              .answer(exchange);
        });

    for (int i = 0; i < 30; i++) {
      assertThat(endpoint.askAbout(Secrets.token() + "-odd")).isInstanceOf(Unavailable.class);
      assertThat(endpoint.breaker().state()).isEqualTo(State.CLOSED);
    }
    assertThat(endpoint.askAbout(Secrets.token() + "-good")).isInstanceOf(Verdict.Active.class);
  }

  @Test
  void aCallerThatGivesUpDoesNotCount() {
    for (int i = 0; i < 20; i++) {
      Thread.currentThread().interrupt();
      assertThat(endpoint.refused().reason()).isEqualTo(Reason.INTERRUPTED);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(endpoint.breaker().state()).isEqualTo(State.CLOSED);
    assertThat(endpoint.ask()).isInstanceOf(Verdict.Inactive.class);
  }
}
