package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Use of stale results during an outage, if it is configured. */
class StaleResultsTest {

  private static final Behaviour OUTAGE = json(503, "{}");

  @RegisterExtension final LogWatch log = new LogWatch();

  private final String token = Secrets.token();
  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded =
        new GuardedServer(
            Map.of("cache-ttl", "30s", "stale-while-unavailable", "60s", "breaker-wait", "0s"));
  }

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  private int call() throws IOException {
    return guarded.status(token);
  }

  private void cacheActive(String members) throws IOException {
    guarded.respondActive(members);
    assertThat(call()).isEqualTo(200);
  }

  /** The status after the cached result has expired, with this behaviour of the server. */
  private int callAfterExpiry(Behaviour behaviour) throws IOException {
    cacheActive("");
    guarded.as.introspection(behaviour);
    guarded.clock.advance(Duration.ofSeconds(30));
    return call();
  }

  @Test
  void staleResultsAreOffByDefault() throws Exception {
    log.announce("reason=as_answer");
    guarded = guarded.restartedWith(Map.of());

    assertThat(callAfterExpiry(OUTAGE)).isEqualTo(503);
  }

  @Test
  void aStaleResultIsUsedForTheConfiguredTime() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("reason=as_answer");
    cacheActive("\"sub\":\"alice\"");
    guarded.as.introspection(OUTAGE);

    guarded.clock.advance(Duration.ofSeconds(30));
    assertThat(call()).isEqualTo(200);
    guarded.clock.advance(Duration.ofMillis(59_999));
    assertThat(call()).isEqualTo(200);
    assertThat(guarded.server.get("/mcp", "Authorization", "Bearer " + token).body())
        .contains("user=alice");
    guarded.clock.advance(Duration.ofMillis(1));
    assertThat(call()).isEqualTo(503);
  }

  @Test
  void everyRequestIntrospectsAndAResponseReplacesTheStaleResult() throws Exception {
    log.announce("stale result used: TokenKey[");
    assertThat(callAfterExpiry(OUTAGE)).isEqualTo(200);
    assertThat(call()).isEqualTo(200);
    assertThat(guarded.as.introspectionRequests()).hasSize(3);

    guarded.respondInactive();
    assertThat(call()).isEqualTo(401);
  }

  @Test
  void aResultThatAnInactiveOneReplacedIsNotUsed() throws Exception {
    log.announce("reason=as_answer");
    cacheActive("");
    guarded.respondInactive();
    guarded.clock.advance(Duration.ofSeconds(30));
    assertThat(call()).isEqualTo(401);
    guarded.as.introspection(OUTAGE);
    guarded.clock.advance(Duration.ofSeconds(5)); // past cache-inactive-ttl

    assertThat(call()).isEqualTo(503);
  }

  @Test
  void anEvictedResultIsNotUsed() throws Exception {
    log.announce("reason=as_answer");
    cacheActive("");
    guarded.as.introspection(OUTAGE);
    guarded.filter.cache().evictToken(token);

    assertThat(call()).isEqualTo(503);
  }

  @Test
  void aStaleResultIsNotUsedPastExp() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("reason=as_answer");
    cacheActive("\"exp\":" + ManualClock.NOW.plusSeconds(40).getEpochSecond());
    guarded.as.introspection(OUTAGE);
    guarded.clock.advance(Duration.ofMillis(39_999));
    assertThat(call()).isEqualTo(200);
    guarded.clock.advance(Duration.ofMillis(1));

    assertThat(call()).isEqualTo(503);
  }

  @Test
  void anUncachedTokenIsRefused() throws Exception {
    log.announce("reason=as_answer");
    guarded.as.introspection(OUTAGE);

    assertThat(call()).isEqualTo(503);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {500, 502, 503, 504})
  void aServerErrorIsAnOutage(int status) throws Exception {
    log.announce("stale result used: TokenKey[");

    assertThat(callAfterExpiry(json(status, "{}"))).isEqualTo(200);
  }

  @Test
  void anUnreachableServerIsAnOutage() throws Exception {
    log.announce("stale result used: TokenKey[");
    cacheActive("");
    guarded.as.close();
    guarded.clock.advance(Duration.ofSeconds(30));

    assertThat(call()).isEqualTo(200);
  }

  @Test
  void aCircuitBreakerOpenedByAnOutageIsAnOutage() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("circuit breaker open for PT5S: ");
    guarded = guarded.restartedWith(Map.of("stale-while-unavailable", "60s"));
    cacheActive("");
    guarded.as.close();
    guarded.clock.advance(Duration.ofSeconds(30));
    for (int i = 0; i < 5; i++) {
      assertThat(call()).isEqualTo(200);
    }
    Await.until("open", () -> log.messages().stream().anyMatch(line -> line.contains("open for")));
    assertThat(call()).isEqualTo(200);

    assertThat(log.messages()).anyMatch(line -> line.contains("reason=as_not_asked"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          refused credentials | 401 | {}              | as_credentials
          forbidden           | 403 | {}              | as_credentials
          overloaded          | 429 | {}              | as_overloaded
          invalid response    | 200 | nonsense        | as_answer
          unknown endpoint    | 404 | {}              | as_answer
          """)
  void aServerThatRespondsIsNoOutage(String what, int status, String body, String reason)
      throws Exception {
    log.announce("reason=" + reason);
    if (status == 429) {
      log.announce("circuit breaker open for ");
    }

    assertThat(callAfterExpiry(json(status, body))).isEqualTo(503);
  }

  @Test
  void staleResultsNeedACache() {
    assertThatThrownBy(
            () ->
                Settings.builder()
                    .set("cache-ttl", "0s")
                    .set("stale-while-unavailable", "60s")
                    .build())
        .hasMessageContaining("stale-while-unavailable: has no effect with cache-ttl=0s");
  }

  /** A request to a hanging server fails only at its timeout. */
  @Test
  void requestsBeyondTheLimitUseTheStaleResultOfAnUnresponsiveServer() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("reason=busy");
    guarded =
        guarded.restartedWith(
            Map.of(
                "stale-while-unavailable", "60s",
                "request-timeout", "5m",
                "max-concurrent-introspections", "1"));
    cacheActive("");
    guarded.clock.advance(Duration.ofSeconds(30));
    HeldResponse inactive = new HeldResponse(json(200, "{\"active\":false}"));
    guarded.as.introspection(inactive);
    CompletableFuture<Integer> first = guarded.statusInBackground(token);
    inactive.awaitRequests(1);

    assertThat(call()).isEqualTo(503); // the server may only be slow
    guarded.clock.advance(Duration.ofMillis(1_001));
    assertThat(call()).isEqualTo(200);
    inactive.release();
    assertThat(first.get()).isEqualTo(401);
    assertThat(call()).isEqualTo(401);
  }
}
