package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Steps of the system clock: durations follow the elapsed time, and {@code exp} and {@code nbf}
 * follow the time of day.
 */
class ClockStepsTest {

  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration INACTIVE_TTL = Duration.ofSeconds(5);
  private static final Duration STALE = Duration.ofSeconds(60);
  private static final Duration BREAKER_WAIT = Duration.ofSeconds(5);
  private static final Duration TICK = Duration.ofMillis(1);

  @RegisterExtension final LogWatch log = new LogWatch();

  private final String token = Secrets.token();
  private final ManualClock timeOfDay = new ManualClock(ManualClock.NOW);
  private final AtomicLong nanos = new AtomicLong();
  private FakeAuthorizationServer as;
  private ProtectedServer server;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    Settings settings =
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .breakerWait(BREAKER_WAIT)
            .cacheTtl(TTL)
            .cacheInactiveTtl(INACTIVE_TTL)
            .staleWhileUnavailable(STALE)
            .maxBadTokensPerMinute(20)
            .build();
    server =
        ProtectedServer.guarding(
            new CallerServlet(), new McpAuthFilter(settings, timeOfDay, nanos::get));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    as.close();
  }

  private void respondActive(String members) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"%s}"
                .formatted(members)));
  }

  private static String inSeconds(String name, long seconds) {
    return ",\"%s\":%d".formatted(name, ManualClock.NOW.getEpochSecond() + seconds);
  }

  private int call() throws IOException {
    return server.status(token);
  }

  private boolean isLogged(String part) {
    return log.messages("WARN").stream().anyMatch(line -> line.contains("circuit breaker " + part));
  }

  private int introspections() {
    return as.introspectionRequests().size();
  }

  private void stepClock(Duration step) {
    timeOfDay.advance(step);
  }

  private void elapse(Duration time) {
    timeOfDay.advance(time);
    nanos.addAndGet(time.toNanos());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1H", "PT1H"})
  void anActiveResultExpiresByElapsedTime(Duration step) throws Exception {
    respondActive("");
    assertThat(call()).isEqualTo(200);

    stepClock(step);
    elapse(TTL.minus(TICK));
    assertThat(call()).isEqualTo(200);
    assertThat(introspections()).isEqualTo(1);
    elapse(TICK);
    assertThat(call()).isEqualTo(200);
    assertThat(introspections()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1H", "PT1H"})
  void anInactiveResultExpiresByElapsedTime(Duration step) throws Exception {
    assertThat(call()).isEqualTo(401);

    stepClock(step);
    elapse(INACTIVE_TTL.minus(TICK));
    assertThat(call()).isEqualTo(401);
    assertThat(introspections()).isEqualTo(1);
    elapse(TICK);
    assertThat(call()).isEqualTo(401);
    assertThat(introspections()).isEqualTo(2);
  }

  @Test
  void aCachedTokenIsRefusedOnceTheClockReachesItsExp() throws Exception {
    respondActive(inSeconds("exp", 3_600));
    assertThat(call()).isEqualTo(200);

    stepClock(Duration.ofHours(1).minus(TICK));
    assertThat(call()).isEqualTo(200);
    stepClock(TICK);
    assertThat(call()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("expired");
    assertThat(introspections()).isEqualTo(1);
  }

  @Test
  void settingTheClockBackRevivesAnExpiredTokenButNotItsCachedResult() throws Exception {
    respondActive(inSeconds("exp", 10));
    assertThat(call()).isEqualTo(200);
    stepClock(Duration.ofSeconds(10));
    assertThat(call()).isEqualTo(401);

    stepClock(Duration.ofHours(-1));
    assertThat(call()).isEqualTo(200);
    assertThat(introspections()).isEqualTo(1);
    elapse(Duration.ofSeconds(10)); // by the time of day, the result would last another hour
    as.introspection(json(200, "{\"active\":false}"));
    assertThat(call()).isEqualTo(401);
    assertThat(introspections()).isEqualTo(2);
  }

  @Test
  void aCachedTokenIsNotYetValidOnceTheClockIsSetBack() throws Exception {
    respondActive(inSeconds("nbf", -60));
    assertThat(call()).isEqualTo(200);

    stepClock(Duration.ofSeconds(-90)); // 60 s, and the clock skew of 30 s
    assertThat(call()).isEqualTo(200);
    stepClock(TICK.negated());
    assertThat(call()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("not_yet_valid");
    assertThat(introspections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1H", "PT1H"})
  void theCircuitBreakerStaysOpenForTheConfiguredTime(Duration step) throws Exception {
    log.announce("circuit breaker open for PT5S: ");
    log.announce("circuit breaker closed: ");
    log.announce("reason=as_");
    as.introspection(BadResponses.named("cuts off"));
    for (int i = 0; i < 5; i++) {
      assertThat(server.status(Secrets.token())).isEqualTo(503);
    }
    Await.until("open", () -> isLogged("open for"));
    respondActive("");
    int before = introspections();

    stepClock(step);
    elapse(BREAKER_WAIT.minus(TICK));
    var refused = server.get("/mcp", "Authorization", "Bearer " + token);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(introspections()).isEqualTo(before);
    elapse(TICK);
    call();
    Await.until("closed", () -> isLogged("closed: "));
    assertThat(call()).isEqualTo(200);
    assertThat(introspections()).isEqualTo(before + 2); // a probe and a caller
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1H", "PT1H"})
  void aStaleResultIsUsedForTheConfiguredTime(Duration step) throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("reason=as_answer");
    respondActive("");
    assertThat(call()).isEqualTo(200);
    as.introspection(json(503, "{}"));

    stepClock(step);
    elapse(TTL.plus(STALE).minus(TICK));
    assertThat(call()).isEqualTo(200);
    elapse(TICK);
    assertThat(call()).isEqualTo(503);
  }

  /** The limit refills by one token every three seconds. */
  @ParameterizedTest
  @ValueSource(strings = {"PT-1H", "PT1H"})
  void theBadTokenLimitRefillsByElapsedTime(Duration step) throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(server.status(Secrets.token())).isEqualTo(401);
    }

    stepClock(step);
    elapse(Duration.ofSeconds(3).minus(TICK));
    assertThat(call()).isEqualTo(429);
    elapse(TICK);
    assertThat(call()).isEqualTo(401);
  }
}
