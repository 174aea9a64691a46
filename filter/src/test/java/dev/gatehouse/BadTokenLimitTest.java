package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
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

/**
 * The limit on invalid tokens of one client address: tokens beyond it are refused without
 * introspection, and valid tokens are admitted.
 */
class BadTokenLimitTest {

  private static final String INACTIVE = "{\"active\":false}";

  @RegisterExtension final LogWatch log = new LogWatch();

  private final Set<String> validTokens = ConcurrentHashMap.newKeySet();
  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guard(Map.of("max-bad-tokens-per-minute", "3"));
  }

  private void guard(Map<String, String> settings) throws Exception {
    guarded = new GuardedServer(settings);
    String active = guarded.activeResponse("");
    guarded.as.introspectionResponses(
        request ->
            json(
                200,
                validTokens.contains(request.parameter("token")) ? active : "{\"active\":false}"));
  }

  private void restart(Map<String, String> settings) throws Exception {
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

  private int statusOfInvalidToken(String... forwardedFor) throws IOException {
    return call(Secrets.token(), forwardedFor).statusCode();
  }

  private String validToken() {
    String token = Secrets.token();
    validTokens.add(token);
    return token;
  }

  private void flood(String... forwardedFor) throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(statusOfInvalidToken(forwardedFor)).isEqualTo(401);
    }
    assertThat(statusOfInvalidToken(forwardedFor)).isEqualTo(429);
  }

  @Test
  void tokensBeyondTheLimitAreRefusedWithoutIntrospection() throws Exception {
    flood();
    HttpResponse<String> response = call(Secrets.token());

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).hasValue("20");
    assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(response.body())
        .isEqualTo(
            "{\"error\":\"too_many_requests\","
                + "\"error_description\":\"Too many access tokens from here were not valid\"}");
    assertThat(guarded.as.introspectionRequests()).hasSize(3);
    assertThat(log.reasons())
        .containsExactly(
            "inactive", "inactive", "inactive", "too_many_bad_tokens", "too_many_bad_tokens");
  }

  @Test
  void theLimitRefillsOverTime() throws Exception {
    flood();
    guarded.clock.advance(Duration.ofSeconds(20));

    assertThat(statusOfInvalidToken()).isEqualTo(401);
    assertThat(statusOfInvalidToken()).isEqualTo(429);
  }

  @Test
  void validTokensFromTheSameAddressAreAdmitted() throws Exception {
    String cached = validToken();
    assertThat(call(cached).statusCode()).isEqualTo(200);
    flood();

    assertThat(call(cached).statusCode()).isEqualTo(200);
    // Also after the cached result has expired and the token is introspected again.
    guarded.clock.advance(Duration.ofSeconds(31));
    assertThat(statusOfInvalidToken()).isEqualTo(401);
    assertThat(statusOfInvalidToken()).isEqualTo(429);
    assertThat(call(cached).statusCode()).isEqualTo(200);
    assertThat(guarded.as.introspectionRequests()).hasSize(1 + 3 + 1 + 1);
  }

  @Test
  void validTokensDoNotCountAgainstTheLimit() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(call(validToken()).statusCode()).isEqualTo(200);
    }

    flood();
  }

  @Test
  void aRevokedTokenIsRefused() throws Exception {
    String cached = validToken();
    assertThat(call(cached).statusCode()).isEqualTo(200);
    validTokens.remove(cached);
    guarded.clock.advance(Duration.ofSeconds(30));

    assertThat(call(cached).statusCode()).isEqualTo(401);
  }

  @Test
  void anOutageDoesNotCountAgainstTheLimit() throws Exception {
    log.announce("reason=as_answer");
    restart(Map.of("max-bad-tokens-per-minute", "3", "breaker-wait", "0s"));
    guarded.as.introspection(json(400, "{}"));
    for (int i = 0; i < 10; i++) {
      assertThat(statusOfInvalidToken()).isEqualTo(503);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"an error, 500", "refused credentials, 403", "not an introspection response, 200"})
  void tokensThatMakeAHealthyServerFailCountAgainstTheLimit(String what, int status)
      throws Exception {
    log.announce("refused: reason=");
    restart(Map.of("max-bad-tokens-per-minute", "3", "breaker-wait", "0s"));
    guarded.as.introspectionResponses(
        request ->
            validTokens.contains(request.parameter("token"))
                ? json(status, "{}")
                : json(200, "{\"active\":false}"));
    Await.until(
        "the limit is reached", () -> call(validToken()).statusCode() == 429); // after the probe

    for (int i = 0; i < 20; i++) {
      assertThat(call(validToken()).statusCode()).isEqualTo(429);
    }
    assertThat(probes()).as("the clock stands still").isEqualTo(1);
  }

  /** The introspection requests about our own random tokens. */
  private long probes() {
    return guarded.as.introspectionRequests().stream()
        .filter(request -> !validTokens.contains(request.parameter("token")))
        .count();
  }

  @Test
  void anOutageOfTheWholeServerIsExcusedHoweverLong() throws Exception {
    log.announce("reason=as_answer");
    restart(Map.of("max-bad-tokens-per-minute", "3", "breaker-wait", "0s"));
    guarded.as.introspection(json(500, "{}"));
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < 5; i++) {
        assertThat(call(validToken()).statusCode()).isEqualTo(503);
      }
      guarded.clock.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void anOutageAfterAGoodProbeIsExcusedAfterTwoSeconds() throws Exception {
    log.announce("refused: reason=");
    restart(Map.of("max-bad-tokens-per-minute", "3", "breaker-wait", "0s"));
    guarded.as.introspectionResponses(
        request -> json(validTokens.contains(request.parameter("token")) ? 500 : 200, INACTIVE));
    Await.until("the limit is reached", () -> call(validToken()).statusCode() == 429);

    guarded.as.introspection(json(500, "{}"));
    guarded.clock.advance(Duration.ofSeconds(60)); // the limit has refilled by then
    for (int i = 0; i < 20; i++) {
      assertThat(call(validToken()).statusCode()).isEqualTo(503);
    }
  }

  @Test
  void aRepeatedInvalidTokenCountsOnceWhileCached() throws Exception {
    String same = Secrets.token();
    for (int i = 0; i < 20; i++) {
      assertThat(call(same).statusCode()).isEqualTo(401);
    }

    assertThat(statusOfInvalidToken()).isEqualTo(401);
    assertThat(statusOfInvalidToken()).isEqualTo(401);
    assertThat(statusOfInvalidToken()).isEqualTo(429);
  }

  @Test
  void zeroDisablesTheLimit() throws Exception {
    restart(Map.of("max-bad-tokens-per-minute", "0"));
    for (int i = 0; i < 20; i++) {
      assertThat(statusOfInvalidToken()).isEqualTo(401);
    }
  }

  @Test
  void theLimitAppliesWithoutACache() throws Exception {
    restart(Map.of("max-bad-tokens-per-minute", "3", "cache-ttl", "0s"));
    flood();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no trusted proxy           | 0 | 192.0.2.1            | 192.0.2.2            | 429
          one proxy, two clients     | 1 | 192.0.2.1            | 192.0.2.2            | 401
          one proxy, one client      | 1 | 192.0.2.1            | 192.0.2.1            | 429
          forged entry on the left   | 1 | 198.51.100.1, 192.0.2.1 | 198.51.100.2, 192.0.2.1 | 429
          two proxies, two clients   | 2 | 192.0.2.1, 10.0.0.1  | 192.0.2.2, 10.0.0.1  | 401
          two proxies, one client    | 2 | 192.0.2.1, 10.0.0.1  | 192.0.2.1, 10.0.0.2  | 429
          fewer entries than proxies | 2 | 192.0.2.1            | 192.0.2.2            | 429
          no valid address           | 1 | unknown              | <script>             | 429
          one IPv6 /64 network       | 1 | 2001:db8::1          | 2001:db8::2          | 429
          two IPv6 /64 networks      | 1 | 2001:db8::1          | 2001:db8:0:1::1      | 401
          """)
  void theClientAddressComesFromTheTrustedProxies(
      String what, String depth, String flooding, String other, int status) throws Exception {
    restart(Map.of("max-bad-tokens-per-minute", "3", "forwarded-for-depth", depth));
    flood(flooding);

    assertThat(statusOfInvalidToken(other)).isEqualTo(status);
  }

  @Test
  void repeatedHeadersFormOneList() throws Exception {
    restart(Map.of("max-bad-tokens-per-minute", "3", "forwarded-for-depth", "2"));
    flood("192.0.2.1", "10.0.0.1");

    assertThat(statusOfInvalidToken("192.0.2.1, 10.0.0.1")).isEqualTo(429);
    assertThat(statusOfInvalidToken("192.0.2.2", "10.0.0.1")).isEqualTo(401);
  }

  @Test
  void theLogNamesTheForwardedClientAddress() throws Exception {
    restart(Map.of("forwarded-for-depth", "1"));
    assertThat(statusOfInvalidToken("192.0.2.77")).isEqualTo(401);

    Set<String> lines = new HashSet<>(log.messages());
    assertThat(lines).anyMatch(line -> line.contains(" peer=192.0.2.77: "));
  }
}
