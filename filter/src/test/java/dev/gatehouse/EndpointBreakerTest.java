package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.answer;
import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.Verdict.Unavailable;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An endpoint that keeps failing is left alone for a while, and callers hear of it at once; nothing
 * that a caller sends can bring that about.
 */
class EndpointBreakerTest {

  private static final Behaviour ACTIVE = json(200, "{\"active\":true}");
  private static final Behaviour INACTIVE = json(200, "{\"active\":false}");

  @RegisterExtension final LogWatch log = new LogWatch();

  private final TurnedClock clock = new TurnedClock(GuardedServer.NOW);
  private FakeAuthorizationServer as;
  private BoundedHttpClient http;
  private Introspector introspector;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    make(Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  @AfterEach
  void stop() {
    as.close();
    http.close();
  }

  private void make(Duration breakerWait, Duration requestTimeout) {
    if (http != null) {
      http.close();
    }
    Settings settings =
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientId("mcp-filter")
            .clientSecret(Secrets.CLIENT_SECRET)
            .breakerWait(breakerWait)
            .requestTimeout(requestTimeout)
            .build();
    http = new BoundedHttpClient(settings);
    introspector = new Introspector(settings.servers.get(0), settings, http, clock);
  }

  private EndpointBreaker breaker() {
    return introspector.endpoints().get(0);
  }

  private Verdict ask() {
    return introspector.introspect(new BearerToken(Secrets.token()));
  }

  private Unavailable refused() {
    return (Unavailable) ask();
  }

  private void ask(int times) {
    for (int i = 0; i < times; i++) {
      ask();
    }
  }

  private void open() {
    log.announce("is left alone for PT5S");
    as.introspection(json(500, "{}"));
    ask(5);
    assertThat(breaker().state()).isEqualTo(State.OPEN);
  }

  private static Behaviour misbehaving(String how) {
    return switch (how) {
      case "cuts off" -> com.sun.net.httpserver.HttpExchange::close;
      case "log-in page" -> answer(200, "text/html", "<html>");
      case "nonsense" -> json(200, "{\"active\":1}");
      case "empty" -> json(200, "");
      case "hangs" ->
          exchange -> {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };
      default -> json(Integer.parseInt(how), "{}");
    };
  }

  @ParameterizedTest
  @CsvSource({
    "cuts off, as_unreachable",
    "hangs, as_timeout",
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
    make(
        Duration.ofSeconds(5),
        how.equals("hangs") ? Duration.ofMillis(200) : Duration.ofMinutes(5));
    as.introspection(misbehaving(how));
    for (int i = 0; i < 5; i++) {
      assertThat(refused().reason().code()).isEqualTo(reason);
    }
    int asked = as.introspections().size();

    assertThat(refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
    assertThat(as.introspections()).hasSize(asked);
  }

  @Test
  void aServerThatRefusesTheConnectionIsLeftAloneToo() {
    log.announce("is left alone for PT5S: as_unreachable");
    as.close();
    ask(5);

    assertThat(refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
  }

  @Test
  void callersAreToldHowMuchOfTheTimeIsLeft() {
    open();

    assertThat(refused().retryAfter()).isEqualTo(Duration.ofSeconds(5));
    clock.turnBy(Duration.ofMillis(2_500));
    assertThat(refused().retryAfter()).isEqualTo(Duration.ofMillis(2_500));
    clock.turnBy(Duration.ofMillis(2_500));
    assertThat(refused().retryAfter())
        .isEqualTo(Duration.ofSeconds(1)); // none would mean "at once"
  }

  @Test
  void whenThreeProbesAreAnsweredAllAreLetThroughAgain() {
    log.announce("answers again");
    open();
    clock.turnBy(Duration.ofMillis(5_001));
    as.introspection(ACTIVE);

    IntStream.range(0, 20).forEach(i -> assertThat(ask()).isInstanceOf(Verdict.Active.class));

    assertThat(breaker().state()).isEqualTo(State.CLOSED);
    assertThat(log.messages()).filteredOn(message -> message.startsWith("WARN")).hasSize(2);
  }

  @Test
  void whenTheProbesFailItIsLeftAloneAgainAndTheLogSaysSoOnce() {
    open();
    for (int i = 0; i < 10; i++) {
      clock.turnBy(Duration.ofMillis(5_001));
      ask(3);
      assertThat(refused().retryAfter()).isEqualTo(Duration.ofSeconds(5));
    }

    assertThat(breaker().state()).isEqualTo(State.OPEN);
    assertThat(log.messages()).filteredOn(message -> message.startsWith("WARN")).hasSize(1);
  }

  @Test
  void whileTheProbesAreOnTheirWayNobodyElseIsLetThrough() throws Exception {
    log.announce("answers again");
    open();
    clock.turnBy(Duration.ofMillis(5_001));
    Semaphore arrived = new Semaphore(0);
    CountDownLatch released = new CountDownLatch(1);
    as.introspection(
        exchange -> {
          arrived.release();
          await(released);
          INACTIVE.answer(exchange);
        });
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Verdict>> probes =
          IntStream.range(0, 3).mapToObj(i -> threads.submit(() -> ask())).toList();
      assertThat(arrived.tryAcquire(3, 25, TimeUnit.SECONDS)).isTrue();

      for (int i = 0; i < 20; i++) {
        assertThat(refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
      }
      assertThat(arrived.availablePermits()).isZero();

      released.countDown();
      for (Future<Verdict> probe : probes) {
        assertThat(probe.get()).isInstanceOf(Verdict.Inactive.class);
      }
      assertThat(ask()).isInstanceOf(Verdict.Inactive.class);
    } finally {
      released.countDown();
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void halfOfTheLatestCallsIsEnough() {
    for (int i = 0; i < 4; i++) {
      as.introspection(ACTIVE);
      ask();
      as.introspection(json(500, "{}"));
      ask();
    }
    assertThat(breaker().failureRate()).isEqualTo(50);
    assertThat(breaker().state()).isEqualTo(State.OPEN);
    log.announce("is left alone for PT5S: as_answer");
  }

  @Test
  void aFailureNowAndThenIsNoReason() {
    for (int i = 0; i < 20; i++) {
      as.introspection(ACTIVE);
      ask(2);
      as.introspection(json(500, "{}"));
      assertThat(refused().reason()).isEqualTo(Reason.AS_ANSWER);
    }
    assertThat(breaker().state()).isEqualTo(State.CLOSED);
    assertThat(breaker().failureRate()).isBetween(30f, 40f);
  }

  /** The clock goes on while the server thinks. */
  private Behaviour after(Duration time, Behaviour behaviour) {
    return exchange -> {
      clock.turnBy(time);
      behaviour.answer(exchange);
    };
  }

  @Test
  void answersThatTakeMoreThanFourFifthsOfTheTimeLimitAreSlow() {
    log.announce("is left alone for PT5S: slow answers");
    as.introspection(after(Duration.ofSeconds(16), ACTIVE));
    ask(10);
    assertThat(breaker().state()).isEqualTo(State.CLOSED);

    as.introspection(after(Duration.ofMillis(16_001), ACTIVE));
    for (int i = 0; i < 5; i++) {
      assertThat(ask()).isInstanceOf(Verdict.Active.class);
    }
    assertThat(refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
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
      as.introspection(answers.get(i % 4));
      assertThat(ask()).isInstanceOf(Verdict.Inactive.class);
    }
    as.introspection(after(Duration.ofSeconds(19), INACTIVE));
    ask(20);
    as.introspection(json(400, "{\"error\":\"invalid_request\"}"));
    for (int i = 0; i < 20; i++) {
      assertThat(introspector.introspect(new BearerToken(Secrets.token() + "a".repeat(5_000))))
          .isInstanceOf(Verdict.Inactive.class);
    }
    assertThat(breaker().state()).isEqualTo(State.CLOSED);
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "503", "400", "401", "403", "404", "nonsense", "log-in page"})
  void aTokenThatTheServerCanNotCopeWithClosesItToNobodyElse(String how) {
    Behaviour odd = misbehaving(how);
    as.introspection(
        exchange -> {
          var all = as.introspections();
          String body = all.get(all.size() - 1).parameter("token");
          (body.endsWith("-odd") ? odd : body.endsWith("-good") ? ACTIVE : INACTIVE)
              .answer(exchange);
        });

    for (int i = 0; i < 30; i++) {
      assertThat(introspector.introspect(new BearerToken(Secrets.token() + "-odd")))
          .isInstanceOf(Unavailable.class);
      assertThat(breaker().state()).isEqualTo(State.CLOSED);
    }
    assertThat(introspector.introspect(new BearerToken(Secrets.token() + "-good")))
        .isInstanceOf(Verdict.Active.class);
  }

  @Test
  void aCallerThatGivesUpDoesNotCount() {
    for (int i = 0; i < 20; i++) {
      Thread.currentThread().interrupt();
      assertThat(refused().reason()).isEqualTo(Reason.INTERRUPTED);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(breaker().state()).isEqualTo(State.CLOSED);
    assertThat(ask()).isInstanceOf(Verdict.Inactive.class);
  }

  @Test
  void aMendedCredentialLetsPeopleInAsSoonAsTheTimeIsOver() {
    log.announce("is left alone for PT5S: as_credentials");
    log.announce("answers again");
    as.introspection(json(401, "{\"error\":\"invalid_client\"}"));
    ask(1_000);
    assertThat(as.introspections()).hasSizeLessThan(10); // not hammered

    as.introspection(ACTIVE);
    clock.turnBy(Duration.ofMillis(5_001));
    for (int i = 0; i < 10; i++) {
      assertThat(ask()).isInstanceOf(Verdict.Active.class);
    }
  }

  @Test
  void withAWaitOfZeroItIsAskedHoweverOftenItFails() {
    make(Duration.ZERO, Duration.ofSeconds(20));
    as.introspection(json(500, "{}"));
    ask(30);

    assertThat(as.introspections()).hasSize(30);
    assertThat(breaker().state()).isEqualTo(State.CLOSED);
  }

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
          none                    | 429 | ''                            | 5
          illegible               | 429 | soon                          | 5
          over already            | 429 | 0                             | 5
          more than five minutes  | 429 | 86400                         | 300
          beyond every number     | 503 | 99999999999999999999999999999 | 300
          """)
  void aPauseThatTheServerAsksForIsKept(String what, int status, String retryAfter, int seconds) {
    log.announce("is left alone for " + Duration.ofSeconds(seconds) + ": as_overloaded");
    log.announce("answers again");
    as.introspection(overloaded(status, retryAfter));

    Unavailable first = refused();
    assertThat(first.reason()).isEqualTo(Reason.AS_OVERLOADED);
    assertThat(first.retryAfter()).isEqualTo(Duration.ofSeconds(seconds));

    as.introspection(ACTIVE);
    clock.turnBy(Duration.ofSeconds(seconds - 2));
    assertThat(refused().reason()).isEqualTo(Reason.AS_NOT_ASKED);
    assertThat(refused().retryAfter()).isEqualTo(Duration.ofSeconds(2));
    assertThat(as.introspections()).hasSize(1);

    clock.turnBy(Duration.ofMillis(2_001));
    for (int i = 0; i < 5; i++) {
      assertThat(ask()).isInstanceOf(Verdict.Active.class);
    }
  }

  @Test
  void aPauseIsKeptEvenWithAWaitOfZero() {
    log.announce("is left alone for PT30S: as_overloaded");
    make(Duration.ZERO, Duration.ofSeconds(20));
    as.introspection(overloaded(429, "30"));
    ask(10);

    assertThat(as.introspections()).hasSize(1);
  }

  @Test
  void aThousandAtOnceOpenItOnceAndAreAllAnswered() throws Exception {
    log.announce("is left alone for PT5S: as_answer");
    as.introspection(json(500, "{}"));
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<Verdict>> all =
          IntStream.range(0, 1_000).mapToObj(i -> threads.submit(() -> ask())).toList();
      for (Future<Verdict> each : all) {
        assertThat(((Unavailable) each.get()).reason()).isIn(Reason.AS_ANSWER, Reason.AS_NOT_ASKED);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(as.introspections()).hasSizeLessThan(200);
    assertThat(log.messages()).filteredOn(message -> message.startsWith("WARN")).hasSize(1);
  }
}
