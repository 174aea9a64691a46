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

/** A token that was good may outlast an outage, for a while, if the operator says so. */
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

  private void beGood(String members) throws IOException {
    guarded.respondActive(members);
    assertThat(call()).isEqualTo(200);
  }

  /** What the token is answered when it has been good and its time is over. */
  private int callLater(Behaviour meanwhile) throws IOException {
    beGood("");
    guarded.as.introspection(meanwhile);
    guarded.clock.turnBy(Duration.ofSeconds(30));
    return call();
  }

  @Test
  void unlessItIsSetAnOutageIsAnOutage() throws Exception {
    log.announce("reason=as_answer");
    guarded = guarded.restartedWith(Map.of());

    assertThat(callLater(OUTAGE)).isEqualTo(503);
  }

  @Test
  void aTokenThatWasGoodGoesOnForThatLongAndNoLonger() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("reason=as_answer");
    beGood("\"sub\":\"alice\"");
    guarded.as.introspection(OUTAGE);

    guarded.clock.turnBy(Duration.ofSeconds(30));
    assertThat(call()).isEqualTo(200);
    guarded.clock.turnBy(Duration.ofMillis(59_999));
    assertThat(call()).isEqualTo(200);
    assertThat(guarded.server.get("/mcp", "Authorization", "Bearer " + token).body())
        .contains("user=alice");
    guarded.clock.turnBy(Duration.ofMillis(1));
    assertThat(call()).isEqualTo(503);
  }

  @Test
  void itIsAskedAboutEachTimeAndAnAnswerEndsTheException() throws Exception {
    log.announce("stale result used: TokenKey[");
    assertThat(callLater(OUTAGE)).isEqualTo(200);
    assertThat(call()).isEqualTo(200);
    assertThat(guarded.as.introspections()).hasSize(3);

    guarded.respondInactive();
    assertThat(call()).isEqualTo(401);
  }

  @Test
  void neverATokenThatHasBeenCalledInactiveSince() throws Exception {
    log.announce("reason=as_answer");
    beGood("");
    guarded.respondInactive();
    guarded.clock.turnBy(Duration.ofSeconds(30));
    assertThat(call()).isEqualTo(401);
    guarded.as.introspection(OUTAGE);
    guarded.clock.turnBy(Duration.ofSeconds(5)); // past the time for which it is known to be bad

    assertThat(call()).isEqualTo(503);
  }

  @Test
  void neverATokenThatHasBeenEvicted() throws Exception {
    log.announce("reason=as_answer");
    beGood("");
    guarded.as.introspection(OUTAGE);
    guarded.filter.cache().evictToken(token);

    assertThat(call()).isEqualTo(503);
  }

  @Test
  void neverPastTheTokensOwnEnd() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("reason=as_answer");
    beGood("\"exp\":" + ManualClock.NOW.plusSeconds(40).getEpochSecond());
    guarded.as.introspection(OUTAGE);
    guarded.clock.turnBy(Duration.ofMillis(39_999));
    assertThat(call()).isEqualTo(200);
    guarded.clock.turnBy(Duration.ofMillis(1));

    assertThat(call()).isEqualTo(503);
  }

  @Test
  void neverATokenThatNobodyHasSeenBefore() throws Exception {
    log.announce("reason=as_answer");
    guarded.as.introspection(OUTAGE);

    assertThat(call()).isEqualTo(503);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {500, 502, 503, 504})
  void aServerErrorIsAnOutage(int status) throws Exception {
    log.announce("stale result used: TokenKey[");

    assertThat(callLater(json(status, "{}"))).isEqualTo(200);
  }

  @Test
  void aServerThatIsGoneIsAnOutage() throws Exception {
    log.announce("stale result used: TokenKey[");
    beGood("");
    guarded.as.close();
    guarded.clock.turnBy(Duration.ofSeconds(30));

    assertThat(call()).isEqualTo(200);
  }

  @Test
  void anOpenCircuitBreakerIsAnOutageIfOneHasOpenedIt() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("circuit breaker open for PT5S: ");
    guarded = guarded.restartedWith(Map.of("stale-while-unavailable", "60s"));
    beGood("");
    guarded.as.close();
    guarded.clock.turnBy(Duration.ofSeconds(30));
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
          our credentials refused | 401 | {}              | as_credentials
          not allowed to ask      | 403 | {}              | as_credentials
          asked to wait           | 429 | {}              | as_overloaded
          nonsense                | 200 | nonsense        | as_answer
          no such endpoint        | 404 | {}              | as_answer
          """)
  void aServerThatIsThereIsNoOutage(String what, int status, String body, String reason)
      throws Exception {
    log.announce("reason=" + reason);
    if (status == 429) {
      log.announce("circuit breaker open for ");
    }

    assertThat(callLater(json(status, body))).isEqualTo(503);
  }

  @Test
  void withoutACacheThereIsNothingToServe() {
    assertThatThrownBy(
            () ->
                Settings.builder()
                    .set("cache-ttl", "0s")
                    .set("stale-while-unavailable", "60s")
                    .build())
        .hasMessageContaining(
            "stale-while-unavailable: set, and cache-ttl=0s keeps no answers; change one");
  }

  /** As long as its time limit, a server that hangs has not failed yet. */
  @Test
  void whoFindsNoPlaceAtAServerThatIsSilentIsNotKeptOut() throws Exception {
    log.announce("stale result used: TokenKey[");
    log.announce("reason=busy");
    guarded =
        guarded.restartedWith(
            Map.of(
                "stale-while-unavailable", "60s",
                "request-timeout", "5m",
                "max-concurrent-introspections", "1"));
    beGood("");
    guarded.clock.turnBy(Duration.ofSeconds(30));
    HeldResponse inactive = new HeldResponse(json(200, "{\"active\":false}"));
    guarded.as.introspection(inactive);
    CompletableFuture<Integer> first = guarded.statusInBackground(token);
    inactive.awaitQuestions(1);

    assertThat(call()).isEqualTo(503); // it may just be slow
    guarded.clock.turnBy(Duration.ofMillis(1_001));
    assertThat(call()).isEqualTo(200);
    inactive.release();
    assertThat(first.get()).isEqualTo(401);
    assertThat(call()).isEqualTo(401);
  }
}
