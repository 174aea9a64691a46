package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which results are cached, and for how long; each request applies the token rules again. */
class TokenCacheTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final String token = Secrets.token();
  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of());
  }

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  private int introspections() {
    return guarded.as.introspectionRequests().size();
  }

  private static String expiringAfter(Duration time) {
    return "\"exp\":" + ManualClock.NOW.plus(time).getEpochSecond();
  }

  @Test
  void anActiveResultIsCachedForThirtySecondsByDefault() throws Exception {
    guarded.respondActive("");
    assertThat(guarded.status(token)).isEqualTo(200);
    guarded.respondInactive();

    guarded.clock.advance(Duration.ofMillis(29_999));
    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(introspections()).isEqualTo(1);
    guarded.clock.advance(Duration.ofMillis(1));
    assertThat(guarded.status(token)).isEqualTo(401);
    assertThat(introspections()).isEqualTo(2);
  }

  @Test
  void useDoesNotExtendTheLifetimeOfAResult() throws Exception {
    guarded = guarded.restartedWith(Map.of("cache-ttl", "3s"));
    guarded.respondActive("");
    for (int second = 0; second < 9; second++) {
      assertThat(guarded.status(token)).isEqualTo(200);
      guarded.clock.advance(Duration.ofSeconds(1));
    }

    assertThat(introspections()).isEqualTo(3);
  }

  @Test
  void anInactiveResultIsCachedForFiveSecondsByDefault() throws Exception {
    guarded.respondInactive();
    assertThat(guarded.status(token)).isEqualTo(401);
    guarded.respondActive("");

    guarded.clock.advance(Duration.ofMillis(4_999));
    assertThat(guarded.status(token)).isEqualTo(401);
    assertThat(introspections()).isEqualTo(1);
    guarded.clock.advance(Duration.ofMillis(1));
    assertThat(guarded.status(token)).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an outage            | 500 | {}                        | 503
          refused credentials  | 401 | {}                        | 503
          an unusable response | 200 | {"active":true,"exp":"x"} | 503
          """)
  void failuresAreNotCached(String what, int status, String body, int expected) throws Exception {
    log.announce(status == 401 ? "reason=as_credentials" : "reason=as_answer");
    guarded.as.introspection(json(status, body));
    assertThat(guarded.status(token)).isEqualTo(expected);

    guarded.respondActive("");
    assertThat(guarded.status(token)).isEqualTo(200);
  }

  @Test
  void noResultIsUsedFromTheSecondOfItsExp() throws Exception {
    guarded.respondActive(expiringAfter(Duration.ofSeconds(10)));
    assertThat(guarded.status(token)).isEqualTo(200);

    guarded.clock.advance(Duration.ofMillis(9_999));
    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(introspections()).isEqualTo(1);
    guarded.clock.advance(Duration.ofMillis(1));
    assertThat(guarded.status(token)).isEqualTo(401);
  }

  @Test
  void anExpiredTokenIsNotCached() throws Exception {
    guarded.respondActive(expiringAfter(Duration.ofSeconds(-1)));
    assertThat(guarded.status(token)).isEqualTo(401);

    assertThat(guarded.filter.cache().size()).isZero();
  }

  @Test
  void zeroDisablesTheCache() throws Exception {
    guarded = guarded.restartedWith(Map.of("cache-ttl", "0s"));
    guarded.respondActive("");
    assertThat(guarded.status(token)).isEqualTo(200);
    guarded.respondInactive();
    assertThat(guarded.status(token)).isEqualTo(401);
    guarded.respondActive("");

    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(introspections()).isEqualTo(3);
    assertThat(guarded.filter.cache().size()).isZero();
  }

  @Test
  void zeroDisablesTheCachingOfInactiveResults() throws Exception {
    guarded = guarded.restartedWith(Map.of("cache-inactive-ttl", "0"));
    guarded.respondInactive();
    assertThat(guarded.status(token)).isEqualTo(401);
    assertThat(guarded.status(token)).isEqualTo(401);
    guarded.respondActive("");
    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(guarded.status(token)).isEqualTo(200);

    assertThat(introspections()).isEqualTo(3);
  }

  @Test
  void tokensThatDifferInOneCharacterHaveSeparateResults() throws Exception {
    guarded.respondActive("\"sub\":\"alice\"");
    assertThat(guarded.status(token + "a")).isEqualTo(200);
    guarded.respondInactive();

    assertThat(guarded.status(token + "b")).isEqualTo(401);
    assertThat(guarded.status(token + "A")).isEqualTo(401);
    assertThat(guarded.status(token + "a")).isEqualTo(200);
  }

  /** Inactive results have a bound of their own. */
  @Test
  void aFloodOfInactiveResultsNeitherGrowsTheCacheNorEvictsActiveOnes() throws Exception {
    guarded = guarded.restartedWith(Map.of("cache-max-entries", "50"));
    guarded.respondActive("");
    assertThat(guarded.status(token)).isEqualTo(200);
    guarded.respondInactive();
    for (int i = 0; i < 500; i++) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);
    }

    assertThat(guarded.filter.cache().size()).isBetween(1L, 1L + 50 / 10);
    int before = introspections();
    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(introspections()).isEqualTo(before);
  }

  @Test
  void aFloodOfActiveResultsStaysWithinTheBound() throws Exception {
    guarded = guarded.restartedWith(Map.of("cache-max-entries", "50"));
    guarded.respondActive("");
    for (int i = 0; i < 500; i++) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    }

    assertThat(guarded.filter.cache().size()).isLessThanOrEqualTo(50);
  }

  @Test
  void aCachedResultYieldsTheSameCaller() throws Exception {
    guarded = guarded.restartedWith(Map.of("required-scopes", "read"));
    guarded.respondActive("\"sub\":\"alice\",\"client_id\":\"app\",\"scope\":\"read write\"");
    String first = guarded.server.get("/mcp", "Authorization", "Bearer " + token).body();

    assertThat(first).contains("user=alice client=app scopes=[read, write]");
    assertThat(guarded.server.get("/mcp", "Authorization", "Bearer " + token).body())
        .isEqualTo(first);
    assertThat(introspections()).isEqualTo(1);
  }

  @Test
  void aCachedResultIsRefusedWithTheSameReasonEachTime() throws Exception {
    guarded = guarded.restartedWith(Map.of("required-scopes", "admin"));
    guarded.respondActive("\"scope\":\"read\"");
    assertThat(guarded.status(token)).isEqualTo(403);
    assertThat(guarded.status(token)).isEqualTo(403);

    assertThat(log.reasons()).containsExactly("scope", "scope");
    assertThat(introspections()).isEqualTo(1);
  }

  @Test
  void aCachedTokenIsAdmittedFromItsNbf() throws Exception {
    guarded = guarded.restartedWith(Map.of("clock-skew", "0s"));
    guarded.respondActive("\"nbf\":" + ManualClock.NOW.plusSeconds(2).getEpochSecond());
    assertThat(guarded.status(token)).isEqualTo(401);
    guarded.clock.advance(Duration.ofSeconds(2));

    assertThat(guarded.status(token)).isEqualTo(200);
    assertThat(introspections()).isEqualTo(1);
  }
}
