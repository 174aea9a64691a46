package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floods of bad tokens from one peer end at the filter; good tokens go on. */
class BadTokenLimitTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final Set<String> good = ConcurrentHashMap.newKeySet();
  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guard(Map.of("max-bad-tokens-per-minute", "3"));
  }

  private void guard(Map<String, String> settings) throws Exception {
    guarded = new GuardedServer(settings);
    String active = guarded.activeResponse("");
    guarded.as.introspectionResponses(
        question ->
            json(200, good.contains(question.parameter("token")) ? active : "{\"active\":false}"));
  }

  private void guardAnew(Map<String, String> settings) throws Exception {
    guarded.close();
    guard(settings);
  }

  @AfterEach
  void stop() throws IOException {
    guarded.close();
  }

  private HttpResponse<String> call(String token, String... forwardedFor) throws IOException {
    String[] headers = new String[2 + 2 * forwardedFor.length];
    headers[0] = "Authorization";
    headers[1] = "Bearer " + token;
    for (int i = 0; i < forwardedFor.length; i++) {
      headers[2 + 2 * i] = "X-Forwarded-For";
      headers[3 + 2 * i] = forwardedFor[i];
    }
    return guarded.server.get("/mcp", headers);
  }

  private int bad(String... forwardedFor) throws IOException {
    return call(Secrets.token(), forwardedFor).statusCode();
  }

  private String goodToken() {
    String token = Secrets.token();
    good.add(token);
    return token;
  }

  private void flood(String... forwardedFor) throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(bad(forwardedFor)).isEqualTo(401);
    }
    assertThat(bad(forwardedFor)).isEqualTo(429);
  }

  @Test
  void oneBadTokenTooManyIsNotAskedAbout() throws Exception {
    flood();
    HttpResponse<String> answer = call(Secrets.token());

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("20");
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":\"too_many_requests\","
                + "\"error_description\":\"Too many access tokens from here were not valid\"}");
    assertThat(guarded.as.introspectionRequests()).hasSize(3);
    assertThat(log.reasons())
        .containsExactly(
            "inactive", "inactive", "inactive", "too_many_bad_tokens", "too_many_bad_tokens");
  }

  @Test
  void afterAWhileTheyAreAskedAboutAgain() throws Exception {
    flood();
    guarded.clock.advance(Duration.ofSeconds(20));

    assertThat(bad()).isEqualTo(401);
    assertThat(bad()).isEqualTo(429);
  }

  @Test
  void goodTokensFromTheSamePeerGoOn() throws Exception {
    String known = goodToken();
    assertThat(call(known).statusCode()).isEqualTo(200);
    flood();

    assertThat(call(known).statusCode()).isEqualTo(200);
    // Also when its answer is no longer fresh, and it has to be asked about again.
    guarded.clock.advance(Duration.ofSeconds(31));
    assertThat(bad()).isEqualTo(401);
    assertThat(bad()).isEqualTo(429);
    assertThat(call(known).statusCode()).isEqualTo(200);
    assertThat(guarded.as.introspectionRequests()).hasSize(1 + 3 + 1 + 1);
  }

  @Test
  void goodTokensCostNothingHoweverMany() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(call(goodToken()).statusCode()).isEqualTo(200);
    }

    flood();
  }

  @Test
  void aTokenThatWasGoodAndIsRevokedIsStillRefused() throws Exception {
    String known = goodToken();
    assertThat(call(known).statusCode()).isEqualTo(200);
    good.remove(known);
    guarded.clock.advance(Duration.ofSeconds(30));

    assertThat(call(known).statusCode()).isEqualTo(401);
  }

  @Test
  void anOutageIsNoStrike() throws Exception {
    log.announce("reason=as_answer");
    guardAnew(Map.of("max-bad-tokens-per-minute", "3", "breaker-wait", "0s"));
    guarded.as.introspection(json(400, "{}"));
    for (int i = 0; i < 10; i++) {
      assertThat(bad()).isEqualTo(503);
    }
  }

  @Test
  void oneBadTokenThatIsSentAgainAndAgainCountsOnceWhileItIsKnown() throws Exception {
    String same = Secrets.token();
    for (int i = 0; i < 20; i++) {
      assertThat(call(same).statusCode()).isEqualTo(401);
    }

    assertThat(bad()).isEqualTo(401);
    assertThat(bad()).isEqualTo(401);
    assertThat(bad()).isEqualTo(429);
  }

  @Test
  void zeroIsNoLimit() throws Exception {
    guardAnew(Map.of("max-bad-tokens-per-minute", "0"));
    for (int i = 0; i < 20; i++) {
      assertThat(bad()).isEqualTo(401);
    }
  }

  @Test
  void withoutACacheTheLimitHoldsToo() throws Exception {
    guardAnew(Map.of("max-bad-tokens-per-minute", "3", "cache-ttl", "0s"));
    flood();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nobody is believed           | 0 | 192.0.2.1            | 192.0.2.2            | 429
          one proxy, two clients       | 1 | 192.0.2.1            | 192.0.2.2            | 401
          one proxy, one client        | 1 | 192.0.2.1            | 192.0.2.1            | 429
          made up on the left          | 1 | 198.51.100.1, 192.0.2.1 | 198.51.100.2, 192.0.2.1 | 429
          two proxies, two clients     | 2 | 192.0.2.1, 10.0.0.1  | 192.0.2.2, 10.0.0.1  | 401
          two proxies, one client      | 2 | 192.0.2.1, 10.0.0.1  | 192.0.2.1, 10.0.0.2  | 429
          past the second proxy        | 2 | 192.0.2.1            | 192.0.2.2            | 429
          no address at all            | 1 | unknown              | <script>             | 429
          one network of IPv6          | 1 | 2001:db8::1          | 2001:db8::2          | 429
          two networks of IPv6         | 1 | 2001:db8::1          | 2001:db8:0:1::1      | 401
          """)
  void aPeerIsWhoTheBelievedProxiesSay(
      String what, String depth, String flooding, String other, int status) throws Exception {
    guardAnew(Map.of("max-bad-tokens-per-minute", "3", "forwarded-for-depth", depth));
    flood(flooding);

    assertThat(bad(other)).isEqualTo(status);
  }

  @Test
  void severalLinesOfTheHeaderAreOneList() throws Exception {
    guardAnew(Map.of("max-bad-tokens-per-minute", "3", "forwarded-for-depth", "2"));
    flood("192.0.2.1", "10.0.0.1");

    assertThat(bad("192.0.2.1, 10.0.0.1")).isEqualTo(429);
    assertThat(bad("192.0.2.2", "10.0.0.1")).isEqualTo(401);
  }

  @Test
  void theLogNamesThePeerThatIsMeant() throws Exception {
    guardAnew(Map.of("forwarded-for-depth", "1"));
    assertThat(bad("192.0.2.77")).isEqualTo(401);

    Set<String> lines = new HashSet<>(log.messages());
    assertThat(lines).anyMatch(line -> line.contains(" peer=192.0.2.77: "));
  }
}
