package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.Health.Status;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The status that {@link McpAuthFilter#health()} reports for an authorization server. */
class HealthTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  private int status() throws Exception {
    return guarded.status(Secrets.token());
  }

  private Health.Server server() {
    return guarded.filter.health().servers().get(0);
  }

  /** Polls once a second by the test's clock, as a load balancer does. */
  private Health.Server poll(Predicate<Health.Server> condition) {
    AtomicReference<Health.Server> server = new AtomicReference<>(server());
    Await.until(
        "the expected health",
        () -> {
          if (condition.test(Objects.requireNonNull(server.get()))) {
            return true;
          }
          if (probeThreads().isEmpty()) { // else the probe would look slow
            guarded.clock.advance(Duration.ofSeconds(1));
          }
          server.set(server());
          return false;
        });
    return Objects.requireNonNull(server.get());
  }

  @Test
  void aServerWithoutAnyRequestIsUnknownAndProbedInTheBackground() {
    Health.Server first = server();
    assertThat(first.status()).isEqualTo(Status.UNKNOWN);
    assertThat(first.reason()).isNull();

    assertThat(poll(reported -> reported.status() == Status.UP).name())
        .isEqualTo("the authorization server");
    assertThat(guarded.as.introspectionRequests()).isNotEmpty();
  }

  @Test
  void aServerThatRespondsToCallersIsUpAndNotProbed() throws Exception {
    assertThat(status()).isEqualTo(401);
    Instant since = server().since();
    guarded.clock.advance(Duration.ofSeconds(9));
    assertThat(status()).isEqualTo(401);

    assertThat(server()).isEqualTo(new Health.Server(server().name(), Status.UP, since, null));
    assertThat(guarded.as.introspectionRequests()).hasSize(2);
  }

  @Test
  void aFailingServerIsDegradedThenDownAndUpAgainAfterAProbe() throws Exception {
    guarded = guarded.restartedWith(Map.of("breaker-wait", "0s")); // the breaker never opens
    log.announce("refused: reason=as_answer");
    status();
    guarded.filter.selfTest(); // its probe succeeds, so that later ones are conclusive
    guarded.as.introspection(json(500, "{}"));
    status();
    Health.Server degraded = server();
    assertThat(degraded.status()).isEqualTo(Status.DEGRADED);
    assertThat(degraded.reason()).isEqualTo("as_answer");

    Health.Server down = poll(reported -> reported.status() == Status.DOWN);
    assertThat(down.reason()).isEqualTo("as_answer");
    assertThat(down.since()).isAfterOrEqualTo(degraded.since());

    guarded.respondInactive();
    assertThat(poll(reported -> reported.status() == Status.UP).reason()).isNull();
  }

  @Test
  void failuresThatTokensCauseDoNotTakeAServerDown() throws Exception {
    log.announce("refused: reason=as_answer");
    guarded.as.introspectionResponses(
        request ->
            request.parameter("token").startsWith(Secrets.MARKER)
                ? json(500, "{}")
                : json(200, "{\"active\":false}"));
    for (int i = 0; i < 20; i++) {
      assertThat(status()).isEqualTo(503);
      assertThat(server().status()).isNotEqualTo(Status.DOWN);
    }
    assertThat(poll(reported -> reported.status() == Status.UP).reason()).isNull();
  }

  @Test
  void aServerIsDownForTheReasonThatOpenedItsCircuitBreaker() throws Exception {
    log.announce("refused: reason=as_");
    log.announce("circuit breaker open for ");
    guarded.filter.selfTest(); // its probe succeeds, so that later ones are conclusive
    guarded.as.introspection(json(500, "{}"));
    Await.until(
        "the circuit breaker open",
        () -> {
          status();
          if (probeThreads().isEmpty()) { // else the probe would look slow
            guarded.clock.advance(Duration.ofSeconds(1));
          }
          return log.messages("WARN").stream().anyMatch(line -> line.contains("breaker open"));
        });
    status();
    assertThat(guarded.filter.health().status()).isEqualTo(Status.DOWN);
    assertThat(server().reason()).isEqualTo("as_answer"); // and not as_not_asked
  }

  @Test
  void theProbeThreadEndsWithTheFilter() throws Exception {
    guarded.as.introspection(BadResponses::hang);
    guarded.filter.health();
    Await.until("probe under way", () -> !guarded.as.introspectionRequests().isEmpty());
    Set<Thread> probes = probeThreads();
    assertThat(probes).isNotEmpty();

    guarded.server.close();

    assertThat(probeThreads()).doesNotContainAnyElementsOf(probes);
  }

  private static Set<Thread> probeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("gatehouse-probe"))
        .collect(Collectors.toSet());
  }

  @Test
  void aHangingServerDoesNotDelayHealth() throws Exception {
    HeldResponse none = new HeldResponse(HttpExchange::close);
    guarded.as.introspection(none);
    guarded.filter.health();
    none.awaitRequests(1);
    guarded.clock.advance(Duration.ofMinutes(1));
    for (int i = 0; i < 50; i++) {
      assertThat(server().status()).isEqualTo(Status.UNKNOWN); // at once, or this would time out
    }
    assertThat(guarded.as.introspectionRequests()).hasSize(1); // one at a time
    none.release();
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "UP, UP",
    "UP UP, UP",
    "UP UNKNOWN, UNKNOWN",
    "UP DEGRADED, DEGRADED",
    "UP DOWN, DEGRADED",
    "UNKNOWN DOWN, DEGRADED",
    "DOWN DOWN, DOWN",
  })
  void theStatusOfSeveralServersIsCombined(String each, Status together) {
    List<Health.Server> servers =
        List.of(each.split(" ", -1)).stream()
            .map(s -> new Health.Server("x", Status.valueOf(s), Instant.EPOCH, null))
            .toList();
    assertThat(new Health(servers).status()).isEqualTo(together);
  }
}
