package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.Verdict.Unavailable;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An endpoint that keeps failing is left alone for a while, and callers hear of it at once. */
class EndpointCircuitBreakerTest {

  private static final Behaviour ACTIVE = json(200, "{\"active\":true}");
  private static final Behaviour INACTIVE = json(200, "{\"active\":false}");

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private AskedEndpoint endpoint = new AskedEndpoint();

  private void open() {
    log.announce("is left alone for PT5S");
    endpoint.as.introspection(json(500, "{}"));
    endpoint.ask(5);
    assertThat(endpoint.breaker().state()).isEqualTo(State.OPEN);
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
  void afterFiveFailuresItIsNotAskedAnyMore(String how, String reason) {
    log.announce("is left alone for PT5S: " + reason);
    endpoint = endpoint.anew(Duration.ofSeconds(5), Duration.ofMinutes(5));
    endpoint.as.introspection(BadAnswers.named(how));
    for (int i = 0; i < 5; i++) {
      assertThat(endpoint.refused().reason().code()).isEqualTo(reason);
    }
    String token = Secrets.token();

    assertThat(endpoint.askAbout(token))
        .isInstanceOfSatisfying(
            Unavailable.class, v -> assertThat(v.reason()).isEqualTo(Reason.AS_NOT_ASKED));
    // Not by their number: what has been asked before may arrive late.
    assertThat(endpoint.as.introspections())
        .noneMatch(question -> question.parameter("token").equals(token));
  }

  @Test
  void aServerThatRefusesTheConnectionIsLeftAloneToo() {
    log.announce("is left alone for PT5S: as_unreachable");
    endpoint.as.close();
    endpoint.ask(5);

    assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
  }

  @Test
  void callersAreToldHowMuchOfTheTimeIsLeft() {
    open();

    assertThat(endpoint.refused().retryAfter()).isEqualTo(Duration.ofSeconds(5));
    endpoint.clock.turnBy(Duration.ofMillis(2_500));
    assertThat(endpoint.refused().retryAfter()).isEqualTo(Duration.ofMillis(2_500));
    endpoint.clock.turnBy(Duration.ofMillis(2_500));
    assertThat(endpoint.refused().retryAfter())
        .isEqualTo(Duration.ofSeconds(1)); // none would mean "at once"
  }

  @Test
  void whenThreeProbesAreAnsweredAllAreLetThroughAgain() {
    log.announce("answers again");
    open();
    endpoint.clock.turnBy(Duration.ofMillis(5_001));
    endpoint.as.introspection(ACTIVE);

    IntStream.range(0, 20)
        .forEach(i -> assertThat(endpoint.ask()).isInstanceOf(Verdict.Active.class));

    assertThat(endpoint.breaker().state()).isEqualTo(State.CLOSED);
    assertThat(log.messages()).filteredOn(message -> message.startsWith("WARN")).hasSize(2);
  }

  @Test
  void whenTheProbesFailItIsLeftAloneAgainAndTheLogSaysSoOnce() {
    open();
    for (int i = 0; i < 10; i++) {
      endpoint.clock.turnBy(Duration.ofMillis(5_001));
      endpoint.ask(3);
      assertThat(endpoint.refused().retryAfter()).isEqualTo(Duration.ofSeconds(5));
    }

    assertThat(endpoint.breaker().state()).isEqualTo(State.OPEN);
    assertThat(log.messages()).filteredOn(message -> message.startsWith("WARN")).hasSize(1);
  }

  @Test
  void whileTheProbesAreOnTheirWayNobodyElseIsLetThrough() throws Exception {
    log.announce("answers again");
    open();
    endpoint.clock.turnBy(Duration.ofMillis(5_001));
    HeldAnswer inactive = new HeldAnswer(INACTIVE);
    endpoint.as.introspection(inactive);
    int asked = endpoint.as.introspections().size();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Verdict>> probes =
          IntStream.range(0, 3).mapToObj(i -> threads.submit(() -> endpoint.ask())).toList();
      inactive.awaitQuestions(3);

      for (int i = 0; i < 20; i++) {
        assertThat(endpoint.refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
      }
      assertThat(endpoint.as.introspections()).hasSize(asked + 3);

      inactive.release();
      for (Future<Verdict> probe : probes) {
        assertThat(probe.get()).isInstanceOf(Verdict.Inactive.class);
      }
      assertThat(endpoint.ask()).isInstanceOf(Verdict.Inactive.class);
    } finally {
      inactive.release();
      threads.shutdownNow();
    }
  }

  @Test
  void aMendedCredentialLetsPeopleInAsSoonAsTheTimeIsOver() {
    log.announce("is left alone for PT5S: as_credentials");
    log.announce("answers again");
    endpoint.as.introspection(json(401, "{\"error\":\"invalid_client\"}"));
    endpoint.ask(1_000);
    assertThat(endpoint.as.introspections()).hasSizeLessThan(10); // not hammered

    endpoint.as.introspection(ACTIVE);
    endpoint.clock.turnBy(Duration.ofMillis(5_001));
    for (int i = 0; i < 10; i++) {
      assertThat(endpoint.ask()).isInstanceOf(Verdict.Active.class);
    }
  }

  @Test
  void withAWaitOfZeroItIsAskedHoweverOftenItFails() {
    endpoint = endpoint.anew(Duration.ZERO, Duration.ofSeconds(20));
    endpoint.as.introspection(json(500, "{}"));
    endpoint.ask(30);

    assertThat(endpoint.as.introspections()).hasSize(30);
    assertThat(endpoint.breaker().state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aThousandAtOnceOpenItOnceAndAreAllAnswered() throws Exception {
    log.announce("is left alone for PT5S: as_answer");
    endpoint.as.introspection(json(500, "{}"));
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<Verdict>> all =
          IntStream.range(0, 1_000).mapToObj(i -> threads.submit(() -> endpoint.ask())).toList();
      for (Future<Verdict> each : all) {
        assertThat(((Unavailable) each.get()).reason()).isIn(Reason.AS_ANSWER, Reason.AS_NOT_ASKED);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(endpoint.as.introspections()).hasSizeLessThan(200);
    assertThat(log.messages()).filteredOn(message -> message.startsWith("WARN")).hasSize(1);
  }
}
