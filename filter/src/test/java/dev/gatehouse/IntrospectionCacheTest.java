package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept of answers, how long, and that every request is judged anew all the same. */
class IntrospectionCacheTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final String token = Secrets.token();
  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of());
  }

  private void guard(Map<String, String> settings) throws Exception {
    guarded.close();
    guarded = new GuardedServer(settings);
  }

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  private void answer(String members) {
    guarded.as.introspection(json(200, guarded.activeAnswer(members)));
  }

  private void answerInactive() {
    guarded.as.introspection(json(200, "{\"active\":false}"));
  }

  private int call(String bearer) throws IOException {
    return guarded.server.get("/mcp", "Authorization", "Bearer " + bearer).statusCode();
  }

  private int questions() {
    return guarded.as.introspections().size();
  }

  private static String expiringAfter(Duration time) {
    return "\"exp\":" + GuardedServer.NOW.plus(time).getEpochSecond();
  }

  @Test
  void anActiveAnswerIsKeptForThirtySecondsUnlessToldOtherwise() throws Exception {
    answer("");
    assertThat(call(token)).isEqualTo(200);
    answerInactive();

    guarded.clock.turnBy(Duration.ofMillis(29_999));
    assertThat(call(token)).isEqualTo(200);
    assertThat(questions()).isEqualTo(1);
    guarded.clock.turnBy(Duration.ofMillis(1));
    assertThat(call(token)).isEqualTo(401);
    assertThat(questions()).isEqualTo(2);
  }

  /** A token in use all the time must not live on because of that. */
  @Test
  void beingUsedKeepsNoAnswerLonger() throws Exception {
    guard(Map.of("cache-ttl", "3s"));
    answer("");
    for (int second = 0; second < 9; second++) {
      assertThat(call(token)).isEqualTo(200);
      guarded.clock.turnBy(Duration.ofSeconds(1));
    }

    assertThat(questions()).isEqualTo(3);
  }

  @Test
  void aBadTokenIsRememberedForFiveSecondsUnlessToldOtherwise() throws Exception {
    answerInactive();
    assertThat(call(token)).isEqualTo(401);
    answer("");

    guarded.clock.turnBy(Duration.ofMillis(4_999));
    assertThat(call(token)).isEqualTo(401);
    assertThat(questions()).isEqualTo(1);
    guarded.clock.turnBy(Duration.ofMillis(1));
    assertThat(call(token)).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an outage              | 500 | {}                        | 503
          credentials refused    | 401 | {}                        | 503
          an answer of no use    | 200 | {"active":true,"exp":"x"} | 503
          """)
  void aFailureIsNeverKept(String what, int status, String body, int answered) throws Exception {
    log.announce(status == 401 ? "reason=as_credentials" : "reason=as_answer");
    guarded.as.introspection(json(status, body));
    assertThat(call(token)).isEqualTo(answered);

    answer("");
    assertThat(call(token)).isEqualTo(200);
  }

  @Test
  void noAnswerIsUsedFromTheVerySecondInWhichItsTokenEnds() throws Exception {
    answer(expiringAfter(Duration.ofSeconds(10)));
    assertThat(call(token)).isEqualTo(200);

    guarded.clock.turnBy(Duration.ofMillis(9_999));
    assertThat(call(token)).isEqualTo(200);
    assertThat(questions()).isEqualTo(1);
    guarded.clock.turnBy(Duration.ofMillis(1));
    assertThat(call(token)).isEqualTo(401);
  }

  @Test
  void aTokenThatIsOverAlreadyTakesNoPlace() throws Exception {
    answer(expiringAfter(Duration.ofSeconds(-1)));
    assertThat(call(token)).isEqualTo(401);

    assertThat(guarded.filter.cache().size()).isZero();
  }

  @Test
  void zeroTurnsTheCacheOff() throws Exception {
    guard(Map.of("cache-ttl", "0s"));
    answer("");
    assertThat(call(token)).isEqualTo(200);
    answerInactive();
    assertThat(call(token)).isEqualTo(401);
    answer("");

    assertThat(call(token)).isEqualTo(200);
    assertThat(questions()).isEqualTo(3);
    assertThat(guarded.filter.cache().size()).isZero();
  }

  @Test
  void zeroForBadTokensAsksAboutEachAnew() throws Exception {
    guard(Map.of("cache-inactive-ttl", "0"));
    answerInactive();
    assertThat(call(token)).isEqualTo(401);
    assertThat(call(token)).isEqualTo(401);
    answer("");
    assertThat(call(token)).isEqualTo(200);
    assertThat(call(token)).isEqualTo(200);

    assertThat(questions()).isEqualTo(3);
  }

  @Test
  void tokensThatDifferInOneCharacterAreTwo() throws Exception {
    answer("\"sub\":\"alice\"");
    assertThat(call(token + "a")).isEqualTo(200);
    answerInactive();

    assertThat(call(token + "b")).isEqualTo(401);
    assertThat(call(token + "A")).isEqualTo(401);
    assertThat(call(token + "a")).isEqualTo(200);
  }

  /** Also what is not kept must not grow: it is bounded while the flood goes on. */
  @Test
  void aFloodOfBadTokensNeitherGrowsTheCacheNorPushesGoodOnesOut() throws Exception {
    guard(Map.of("cache-max-entries", "50"));
    answer("");
    assertThat(call(token)).isEqualTo(200);
    answerInactive();
    for (int i = 0; i < 500; i++) {
      assertThat(call(Secrets.token())).isEqualTo(401);
    }

    assertThat(guarded.filter.cache().size()).isBetween(1L, 1L + 50 / 10);
    int questionsBefore = questions();
    assertThat(call(token)).isEqualTo(200);
    assertThat(questions()).isEqualTo(questionsBefore);
  }

  @Test
  void aFloodOfGoodTokensStaysWithinTheBound() throws Exception {
    guard(Map.of("cache-max-entries", "50"));
    answer("");
    for (int i = 0; i < 500; i++) {
      assertThat(call(Secrets.token())).isEqualTo(200);
    }

    assertThat(guarded.filter.cache().size()).isLessThanOrEqualTo(50);
  }

  @Test
  void aCallerIsToldTheSameByAnAnswerThatIsKept() throws Exception {
    guard(Map.of("required-scopes", "read"));
    answer("\"sub\":\"alice\",\"client_id\":\"app\",\"scope\":\"read write\"");
    String first = guarded.server.get("/mcp", "Authorization", "Bearer " + token).body();

    assertThat(first).contains("user=alice client=app scopes=[read, write]");
    assertThat(guarded.server.get("/mcp", "Authorization", "Bearer " + token).body())
        .isEqualTo(first);
    assertThat(questions()).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsKeptIsRefusedWithTheSameReasonEachTime() throws Exception {
    guard(Map.of("required-scopes", "admin"));
    answer("\"scope\":\"read\"");
    assertThat(call(token)).isEqualTo(403);
    assertThat(call(token)).isEqualTo(403);

    assertThat(log.reasons()).containsExactly("scope", "scope");
    assertThat(questions()).isEqualTo(1);
  }

  @Test
  void whatIsNotYetValidIsJudgedAgainWhenItsTimeComes() throws Exception {
    guard(Map.of("clock-skew", "0s"));
    answer("\"nbf\":" + GuardedServer.NOW.plusSeconds(2).getEpochSecond());
    assertThat(call(token)).isEqualTo(401);
    guarded.clock.turnBy(Duration.ofSeconds(2));

    assertThat(call(token)).isEqualTo(200);
    assertThat(questions()).isEqualTo(1);
  }
}
