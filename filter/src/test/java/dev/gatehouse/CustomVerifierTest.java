package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens of custom verifiers are cached, limited, logged and reported like others. */
class CustomVerifierTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final String key = "key_" + Secrets.token();

  /** The tokens that the verifier was given. */
  private final List<String> verified = new CopyOnWriteArrayList<>();

  private volatile AccessTokenVerifier verifier = (token, timeLeft) -> alice();
  private FakeAuthorizationServer as;

  @SuppressWarnings("NullAway.Init") // guard(…) creates it
  private McpAuthFilter filter;

  @SuppressWarnings("NullAway.Init") // guard(…) starts it
  private ProtectedServer server;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    guard(settings -> settings.verifier("keys", "key_", this::verify));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    as.close();
  }

  private static TokenOutcome alice() {
    return TokenOutcome.activeForUser("alice").withScopes("notes:read");
  }

  private TokenOutcome verify(String token, Duration timeLeft) throws Exception {
    verified.add(token);
    return verifier.verify(token, timeLeft);
  }

  private SettingsBuilder oneServer() {
    return TestSettings.builder()
        .issuer(as.issuer())
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET);
  }

  private void guard(UnaryOperator<SettingsBuilder> more) throws Exception {
    guard(oneServer(), more);
  }

  private void guard(SettingsBuilder base, UnaryOperator<SettingsBuilder> more) throws Exception {
    if (server != null) {
      server.close();
    }
    server =
        new ProtectedServer(
            "/",
            origin -> {
              Settings settings = more.apply(base.resource(origin + "/mcp")).build();
              filter = new McpAuthFilter(settings, clock);
              return context -> {
                ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                ProtectedServer.addFilter(context, "gatehouse", filter, "mcp");
              };
            });
  }

  private HttpResponse<String> call(String token) {
    try {
      return server.get("/mcp", "Authorization", "Bearer " + token);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int status(String token) {
    return call(token).statusCode();
  }

  private void respondActive() {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"sub\":\"alice\",\"aud\":\"%s\",\"token_type\":\"Bearer\"}"
                .formatted(server.mcp())));
  }

  @SuppressWarnings("NullAway") // a verifier may return null although it must not
  static Stream<Arguments> outcomes() {
    return Stream.of(
        outcome("active", 200, (token, left) -> alice()),
        outcome("inactive", 401, (token, left) -> TokenOutcome.inactive()),
        outcome("unavailable", 503, (token, left) -> TokenOutcome.unavailable()),
        outcome(
            "exception",
            503,
            (token, left) -> {
              throw new SQLException("unspeakable " + token);
            }),
        outcome(
            "error",
            503,
            (token, left) -> {
              throw new NoClassDefFoundError("unspeakable " + token);
            }),
        outcome("null", 503, (token, left) -> null),
        outcome("bad text", 503, (token, left) -> TokenOutcome.activeForUser("a\nb")),
        outcome("bad scope", 503, (token, left) -> alice().withScopes("a\"b")),
        outcome("no scopes", 200, (token, left) -> alice().withScopes()),
        outcome("claim of a server", 503, (token, left) -> alice().withClaim("aud", "x")),
        outcome("claim of no JSON", 503, (token, left) -> alice().withClaim("x", new Object())),
        outcome("expired", 401, (token, left) -> alice().withExpiry(ManualClock.NOW)),
        outcome("expired long ago", 401, (token, left) -> alice().withExpiry(Instant.MIN)),
        outcome("never expires", 200, (token, left) -> alice().withExpiry(Instant.MAX)),
        outcome(
            "not expired",
            200,
            (token, left) -> alice().withExpiry(ManualClock.NOW.plusSeconds(1))));
  }

  private static Arguments outcome(String name, int status, AccessTokenVerifier verifier) {
    return Arguments.of(name, status, verifier);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("outcomes")
  void eachOutcomeHasItsStatus(String name, int status, AccessTokenVerifier outcome) {
    if (status == 503) {
      log.announce("reason=verifier");
    }
    if (status == 503 && !name.equals("unavailable") && !name.equals("null")) {
      log.announce("custom verifier keys failed");
    }
    verifier = outcome;

    HttpResponse<String> response = call(key);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
    assertThat(verified).containsExactly(key);
    assertThat(as.introspectionRequests()).isEmpty();
  }

  @Test
  void theCallerIsWhoTheVerifierSaysAndNobodyOfAnAuthorizationServer() {
    verifier =
        (token, left) ->
            TokenOutcome.activeForUser("alice")
                .withClient("cli")
                .withScopes("notes:read notes:write", "admin")
                .withClaim("team", Map.of("name", "blue", "ids", List.of(1, 2)));
    respondActive();

    assertThat(call(key).body())
        .isEqualTo(
            "user=alice client=cli scopes=[admin, notes:read, notes:write] principal=keys#alice"
                + " remoteUser=keys#alice authType=Bearer USER");
    assertThat(call(Secrets.token()).body()).contains("principal=" + as.issuer() + "#alice");
  }

  @Test
  void aClientMayActOnItsOwnBehalf() {
    verifier = (token, left) -> TokenOutcome.activeForClient("ci");

    assertThat(call(key).body()).contains("principal=keys#client:ci", "CLIENT");
  }

  @Test
  void scopesAreRequiredOfItsTokens() throws Exception {
    guard(s -> s.requiredScopes("admin").verifier("keys", "key_", this::verify));
    assertThat(status(key)).isEqualTo(403);

    verifier = (token, left) -> alice().withScopes("admin");
    assertThat(status(key + "2")).isEqualTo(200);
  }

  @Test
  void resultsAreCachedUntilTheyOrTheTokenExpire() {
    verifier = (token, left) -> alice().withExpiry(ManualClock.NOW.plusSeconds(40));
    assertThat(status(key)).isEqualTo(200);
    assertThat(status(key)).isEqualTo(200);
    assertThat(verified).hasSize(1);

    clock.advance(Duration.ofSeconds(30));
    assertThat(status(key)).isEqualTo(200);
    assertThat(verified).hasSize(2);

    clock.advance(Duration.ofSeconds(10));
    verifier = (token, left) -> TokenOutcome.inactive();
    assertThat(status(key)).isEqualTo(401);
    assertThat(status(key)).isEqualTo(401);
    assertThat(verified).as("inactive results are cached, too").hasSize(3);
  }

  @Test
  void anEvictedTokenIsVerifiedAgainAndNotDeniedBecauseTheVerifierKnowsBetter() {
    verifier = (token, left) -> alice().withClaim("jti", "7");
    List<Runnable> evictions =
        List.of(
            () -> filter.cache().evictToken(key),
            () -> filter.cache().evictTokenId("7"),
            () -> filter.cache().evictTokenId("keys", "7"),
            () -> filter.cache().evictUser("alice"),
            () -> filter.cache().evictUser("keys", "alice"),
            () -> filter.cache().evictAll());
    assertThat(status(key)).isEqualTo(200);
    int times = 1;
    for (Runnable eviction : evictions) {
      eviction.run();
      assertThat(status(key)).isEqualTo(200);
      assertThat(verified).hasSize(++times);
    }
    filter.cache().evictUser(as.issuer(), "alice");
    assertThat(status(key)).isEqualTo(200);
    assertThat(verified).as("another issuer's alice").hasSize(times);
  }

  @Test
  void theLongestPrefixDecidesWhoLearnsAToken() throws Exception {
    List<String> others = new CopyOnWriteArrayList<>();
    guard(
        s ->
            s.verifier("keys", "key_", this::verify)
                .verifier(
                    "robots",
                    "key_robot_",
                    (token, left) -> {
                      others.add(token);
                      return TokenOutcome.activeForClient("robot");
                    }));
    respondActive();

    assertThat(call("key_robot_1").body()).contains("robots#client:robot");
    assertThat(call("key_rob").body()).contains("keys#alice");
    assertThat(status("other_key_")).isEqualTo(200);

    assertThat(others).containsExactly("key_robot_1");
    assertThat(verified).containsExactly("key_rob");
    assertThat(as.introspectionRequests()).hasSize(1);
  }

  @Test
  void aVerifierWithoutPrefixIsTheLastInOrder() throws Exception {
    guard(s -> s.verifier("tokens", this::verify));
    assertThat(call("unspeakable-1").body()).contains("tokens#alice");
    assertThat(as.introspectionRequests()).hasSize(1);

    respondActive();
    assertThat(call("unspeakable-2").body()).contains(as.issuer() + "#alice");
    assertThat(verified).containsExactly("unspeakable-1");
  }

  @Test
  void withSeveralServersAVerifierWithoutPrefixGetsWhatIndicatesNoServer() throws Exception {
    guard(
        TestSettings.builder(),
        s ->
            s.set("servers", "one two")
                .set("server.one.issuer", as.issuer())
                .set("server.one.client-auth-method", "none")
                .set("server.two.issuer", "https://two.example")
                .set("server.two.client-auth-method", "none")
                .verifier("tokens", this::verify));

    assertThat(call("unspeakable").body()).contains("tokens#alice");
    assertThat(as.introspectionRequests()).isEmpty();
    assertThat(status(jwtOf(as.issuer()))).as("of a known issuer").isEqualTo(401);
    assertThat(verified).containsExactly("unspeakable");
    assertThat(as.introspectionRequests()).hasSize(1);
  }

  private static String jwtOf(String issuer) {
    return "unspeakable."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(("{\"iss\":\"" + issuer + "\"}").getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  @Test
  void anAuthorizationServerThatIsDownOutweighsAnInactiveOutcome() throws Exception {
    log.announce("reason=as_answer");
    guard(s -> s.verifier("tokens", this::verify));
    as.introspection(json(500, "{}"));
    verifier = (token, left) -> TokenOutcome.inactive();
    assertThat(status("unspeakable-1")).isEqualTo(503);

    verifier = (token, left) -> alice();
    assertThat(status("unspeakable-2")).isEqualTo(200);
  }

  /** The message of an exception may contain the token. */
  @Test
  void theFirstExceptionIsLoggedWithoutItsMessageUntilTheVerifierWorksAgain() {
    log.announce("reason=verifier");
    log.announce("custom verifier keys failed");
    AccessTokenVerifier failing =
        (token, left) -> {
          throw new SQLException("unspeakable " + token, new IOException("unspeakable"));
        };
    verifier = failing;
    assertThat(status(key + 1)).isEqualTo(503);
    assertThat(status(key + 2)).isEqualTo(503);
    assertThat(failures())
        .singleElement()
        .asString()
        .contains("java.sql.SQLException at ", "caused by java.io.IOException at ")
        .doesNotContain("unspeakable");

    verifier = (token, left) -> alice();
    assertThat(status(key + 3)).isEqualTo(200);
    verifier = failing;
    assertThat(status(key + 4)).isEqualTo(503);
    assertThat(failures()).hasSize(2);
  }

  private List<String> failures() {
    return log.messages().stream().filter(line -> line.contains("keys failed")).toList();
  }

  @Test
  void badTokensOfOneAddressAreLimited() throws Exception {
    guard(s -> s.maxBadTokensPerMinute(2).verifier("keys", "key_", this::verify));
    verifier = (token, left) -> TokenOutcome.inactive();

    assertThat(status(key + 1)).isEqualTo(401);
    assertThat(status(key + 2)).isEqualTo(401);
    assertThat(status(key + 3)).isEqualTo(429);
    assertThat(verified).hasSize(2);
  }

  @Test
  void staleResultsAreUsedWhileItIsUnavailable() throws Exception {
    log.announce("stale result used");
    guard(
        s ->
            s.staleWhileUnavailable(Duration.ofMinutes(10)).verifier("keys", "key_", this::verify));
    assertThat(status(key)).isEqualTo(200);
    clock.advance(Duration.ofMinutes(5));
    verifier = (token, left) -> TokenOutcome.unavailable();

    assertThat(status(key)).isEqualTo(200);
  }

  @Test
  void concurrentRequestsWithOneTokenVerifyItOnce() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    verifier =
        (token, left) -> {
          release.await();
          return alice();
        };
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(CompletableFuture.supplyAsync(() -> status(key)));
    }
    Await.until("verifying", () -> verified.size() == 1);
    release.countDown();

    assertThat(calls).allSatisfy(each -> assertThat(each.get()).isEqualTo(200));
    assertThat(verified).hasSize(1);
  }

  @Test
  void aVerifierThatHangsHoldsNoRequestBeyondTheTimeoutAndNoMoreThreadsThanAllowed()
      throws Exception {
    log.announce("reason=as_timeout");
    log.announce("reason=busy");
    CountDownLatch release = new CountDownLatch(1);
    verifier =
        (token, left) -> {
          awaitUninterruptibly(release);
          return alice();
        };
    guard(
        s ->
            s.requestTimeout(Duration.ofMillis(100))
                .maxConcurrentIntrospections(2)
                .verifier("keys", "key_", this::verify));
    respondActive();
    try {
      assertThat(call(key + 1).headers().firstValue("Retry-After")).isPresent();
      assertThat(status(key + 2)).isEqualTo(503);
      assertThat(status(key + 3)).isEqualTo(503);
      assertThat(verified).as("no thread for the third").hasSize(2);
    } finally {
      release.countDown();
    }
    verifier = (token, left) -> alice();
    Await.until("threads are free", () -> status(key + verified.size()) == 200);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = true;
    while (interrupted) {
      try {
        latch.await();
        interrupted = false;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  @Test
  void aVerifierThatHangsIsInterrupted() throws Exception {
    log.announce("reason=as_timeout");
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    verifier =
        (token, left) -> {
          try {
            new CountDownLatch(1).await();
            return alice();
          } catch (InterruptedException e) {
            interrupted.complete(true);
            throw e;
          }
        };
    guard(s -> s.requestTimeout(Duration.ofMillis(1)).verifier("keys", "key_", this::verify));

    assertThat(status(key)).isEqualTo(503);
    // One that had no time to begin does not hang.
    assertThat(verified.isEmpty() || interrupted.get()).isTrue();
    assertThat(failures()).isEmpty();
  }

  @Test
  void itRunsWithTheClassLoaderOfItsClass() {
    CompletableFuture<ClassLoader> loader = new CompletableFuture<>();
    verifier =
        (token, left) -> {
          loader.complete(Thread.currentThread().getContextClassLoader());
          return alice();
        };

    assertThat(status(key)).isEqualTo(200);
    assertThat(loader).isCompletedWithValue(CustomVerifierTest.class.getClassLoader());
  }

  @Test
  void healthAndMetersNameIt() {
    log.announce("reason=verifier");
    Meters meters = new Meters(filter);
    assertThat(health()).isEqualTo("UNKNOWN null");
    assertThat(status(key)).isEqualTo(200);
    assertThat(health()).isEqualTo("UP null");
    verifier = (token, left) -> TokenOutcome.unavailable();
    assertThat(status(key + 2)).isEqualTo(503);
    assertThat(health()).isEqualTo("DEGRADED verifier");

    for (String outcome : List.of("active", "unavailable")) {
      assertThat(
              meters
                  .registry
                  .get("gatehouse.verifications")
                  .tags("server", "keys", "outcome", outcome)
                  .timer()
                  .count())
          .isEqualTo(1);
    }
  }

  private String health() {
    return filter.health().servers().stream()
        .filter(each -> each.name().equals("keys"))
        .map(each -> each.status() + " " + each.reason())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theSelfTestTriesARandomToken() {
    log.announce("custom verifier keys failed");
    verifier = (token, left) -> TokenOutcome.inactive();
    assertThat(findings()).isEmpty();
    assertThat(verified).singleElement().asString().startsWith("key_").hasSizeGreaterThan(40);

    verifier = (token, left) -> alice();
    assertThat(findings()).containsExactly("verifier_accepts_any");
    verifier =
        (token, left) -> {
          throw new SQLException();
        };
    assertThat(findings()).containsExactly("verifier_unavailable");
  }

  private List<String> findings() {
    return filter.selfTest().findings().stream()
        .map(SelfTestReport.Finding::code)
        .filter(code -> code.startsWith("verifier_"))
        .toList();
  }

  @Test
  void wrongNamesAndPrefixesAreErrors() {
    SettingsBuilder builder =
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint("https://as.example/introspect")
            .clientAuthMethod("none")
            .verifier("API keys", (token, left) -> alice())
            .verifier("keys", "", (token, left) -> alice())
            .verifier("keys", "key ", (token, left) -> alice());

    assertThatThrownBy(builder::build)
        .hasMessageContainingAll(
            "issuer: missing",
            "verifier: 'API keys' is no name of a verifier; write",
            "verifier: 'keys' is another server or verifier; choose another name",
            "verifier: the prefix of keys is no beginning of a token; write");
  }
}
