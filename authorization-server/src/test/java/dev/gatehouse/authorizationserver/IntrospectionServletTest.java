package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The introspection servlet alone, with another store, and its rate limits. */
class IntrospectionServletTest {
  private final TurnedClock clock = new TurnedClock();
  private final Map<String, StoredToken> stored = new ConcurrentHashMap<>();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              context
                  .addServlet(
                      "introspection",
                      TokenIntrospectionServlet.builder()
                          .issuer("https://login.example.com")
                          .endpoint(origin + "/introspect")
                          .tokens(token -> Optional.ofNullable(stored.get(token.value())))
                          .clients(new InMemoryClientRegistry(clients()))
                          .rateLimit(new InMemoryRateLimit(4, Duration.ofSeconds(4), clock))
                          .failedAuthenticationRateLimit(
                              new InMemoryRateLimit(3, Duration.ofSeconds(6), clock))
                          .clock(clock)
                          .build())
                  .addMapping("/introspect"));

  private static List<RegisteredClient> clients() {
    return List.of(
        RegisteredClient.builder("notes").secret("secret").resourceServerFor(Demo.NOTES).build(),
        RegisteredClient.builder("maps").secret("secret").resourceServerFor(Demo.MAPS).build(),
        RegisteredClient.builder("audit")
            .secret("secret")
            .resourceServerFor("https://audit.example.com")
            .mayAlsoIntrospect(Demo.NOTES)
            .build());
  }

  private void store(String token, StoredToken.Builder meaning) {
    stored.put(token, meaning.build());
  }

  private StoredToken.Builder access() {
    return StoredToken.builder(
            TokenKind.ACCESS, "client", clock.instant(), clock.instant().plusSeconds(60))
        .audience(Demo.NOTES);
  }

  private HttpResponse<String> introspect(String client, String secret, String token) {
    return server.post("/introspect", client, secret, "token=" + token);
  }

  @Test
  void theServletIntrospectsTokensOfAnyStore() {
    store("abc", access().id("one").scopes("a", "b").subject("1", "alice"));

    HttpResponse<String> response = introspect("notes", "secret", "abc");

    assertThat(json(response))
        .containsEntry("active", true)
        .containsEntry("iss", "https://login.example.com")
        .containsEntry("jti", "one")
        .containsEntry("scope", "a b")
        .containsEntry("sub", "1");
  }

  @Test
  void onlyAServerThatMayAlsoIntrospectAResourceSeesItsTokens() {
    store("abc", access());

    assertThat(json(introspect("audit", "secret", "abc"))).containsEntry("active", true);
    assertThat(introspect("maps", "secret", "abc").body()).isEqualTo("{\"active\":false}");
  }

  @Test // RFC 7662 §4
  void tooManyIntrospectionRequestsGet429NeverInactive() {
    store("abc", access());
    for (int i = 0; i < 4; i++) {
      assertThat(introspect("notes", "secret", "guess").statusCode()).isEqualTo(200);
    }

    HttpResponse<String> refused = introspect("notes", "secret", "abc");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "Retry-After")).isEqualTo("1");
    assertThat(refused.body()).doesNotContain("active\"");
    assertThat(introspect("maps", "secret", "abc").statusCode()).isEqualTo(200);

    clock.turn(Duration.ofSeconds(1));
    assertThat(json(introspect("notes", "secret", "abc"))).containsEntry("active", true);
  }

  @Test // an attacker with a client's id must not use up the client's limit
  void failedAuthenticationsAreLimitedByAddress() {
    for (int i = 0; i < 3; i++) {
      assertThat(introspect("notes", "wrong", "abc").statusCode()).isEqualTo(401);
    }

    HttpResponse<String> refused = introspect("notes", "wrong", "abc");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "Retry-After")).isEqualTo("2");

    clock.turn(Duration.ofSeconds(2));
    for (int i = 0; i < 4; i++) {
      assertThat(introspect("notes", "secret", "abc").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void successfulAuthenticationsAreNotCharged() {
    for (int i = 0; i < 20; i++) {
      introspect("notes", "secret", "abc");
      clock.turn(Duration.ofSeconds(1));
    }

    assertThat(introspect("notes", "secret", "abc").statusCode()).isEqualTo(200);
  }

  @Test // clients behind one proxy share an address
  void aClientThatHasAuthenticatedIsNotLockedOutByOthersAtItsAddress() {
    assertThat(introspect("notes", "secret", "abc").statusCode()).isEqualTo(200);

    for (int i = 0; i < 10; i++) {
      introspect("maps", "wrong", "abc");
    }

    assertThat(introspect("maps", "secret", "abc").statusCode()).isEqualTo(429);
    assertThat(introspect("notes", "secret", "abc").statusCode()).isEqualTo(200);
    // Guesses of that client's secret are still limited.
    for (int i = 0; i < 3; i++) {
      assertThat(introspect("notes", "wrong", "abc").statusCode()).isEqualTo(401);
    }
    assertThat(introspect("notes", "wrong", "abc").statusCode()).isEqualTo(429);
  }

  @Test // RFC 9701 §5: without a signing key every response is JSON
  void withoutASigningKeyASignedResponseCannotBeRequested() {
    HttpResponse<String> response =
        server.send(
            server
                .form("/introspect", "token=abc")
                .header("Authorization", basic("notes", "secret"))
                .header("Accept", "application/token-introspection+jwt"));

    assertThat(header(response, "Content-Type")).startsWith("application/json");
  }

  @Test
  void everyMissingSettingIsNamedInOneMessage() {
    assertThatThrownBy(() -> TokenIntrospectionServlet.builder().build())
        .hasMessageContaining("issuer: is missing")
        .hasMessageContaining("endpoint: is missing")
        .hasMessageContaining("tokens: is missing")
        .hasMessageContaining("clients: is missing");
  }

  @Test
  void withOnlyTheRequiredSettingsTheServletIsUsable() {
    try (TestServer minimal =
        TestServer.start(
            (origin, context) ->
                context
                    .addServlet(
                        "introspection",
                        TokenIntrospectionServlet.builder()
                            .issuer("https://login.example.com")
                            .endpoint(origin + "/introspect")
                            .tokens(token -> Optional.ofNullable(stored.get(token.value())))
                            .clients(new InMemoryClientRegistry(clients()))
                            .build())
                    .addMapping("/introspect"))) {
      Instant now = Instant.now();
      stored.put(
          "abc",
          StoredToken.builder(TokenKind.ACCESS, "client", now.minusSeconds(1), now.plusSeconds(60))
              .audience(Demo.NOTES)
              .build());

      assertThat(json(minimal.post("/introspect", "notes", "secret", "token=abc")))
          .containsEntry("active", true);
    }
  }

  @LogsWarning("IntrospectionEndpoint failed")
  @Test
  void aBugInTheStoreOfTheApplicationIs500NeverInactive() {
    try (TestServer broken =
        TestServer.start(
            (origin, context) ->
                context
                    .addServlet(
                        "introspection",
                        TokenIntrospectionServlet.builder()
                            .issuer("https://login.example.com")
                            .endpoint(origin + "/introspect")
                            .tokens(
                                token -> {
                                  throw new IllegalStateException("detail of the store");
                                })
                            .clients(new InMemoryClientRegistry(clients()))
                            .build())
                    .addMapping("/introspect"))) {
      HttpResponse<String> response = broken.post("/introspect", "notes", "secret", "token=abc");

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).doesNotContain("active", "detail");
    }
  }

  @Test // the store must not learn what an unauthenticated caller sends
  void theStoreIsNotCalledForRefusedCallers() {
    AtomicInteger lookUps = new AtomicInteger();
    try (TestServer counting =
        TestServer.start(
            (origin, context) ->
                context
                    .addServlet(
                        "introspection",
                        TokenIntrospectionServlet.builder()
                            .issuer("https://login.example.com")
                            .endpoint(origin + "/introspect")
                            .tokens(
                                token -> {
                                  lookUps.incrementAndGet();
                                  return Optional.empty();
                                })
                            .clients(new InMemoryClientRegistry(clients()))
                            .rateLimit(new InMemoryRateLimit(1, Duration.ofSeconds(60), clock))
                            .clock(clock)
                            .build())
                    .addMapping("/introspect"))) {
      counting.post("/introspect", "notes", "wrong", "token=abc");
      counting.post("/introspect", "token=abc");
      counting.get("/introspect");
      assertThat(lookUps).hasValue(0);

      assertThat(counting.post("/introspect", "notes", "secret", "token=abc").statusCode())
          .isEqualTo(200);
      assertThat(lookUps).hasValue(1);
      // RFC 7662 §4: the limit is charged before the look-up
      assertThat(counting.post("/introspect", "notes", "secret", "token=abc").statusCode())
          .isEqualTo(429);
      assertThat(lookUps).hasValue(1);
    }
  }

  @Test
  void theServletNamesItself() {
    TokenIntrospectionServlet servlet =
        TokenIntrospectionServlet.builder()
            .issuer("https://host")
            .endpoint("https://host/introspect")
            .tokens(token -> Optional.empty())
            .clients(id -> Optional.empty())
            .build();

    assertThat(servlet.getServletInfo()).isEqualTo("TokenIntrospectionServlet");
    assertThat(servlet.getServletConfig()).isNull();
    servlet.destroy();
  }

  @Test // otherwise a null would surface at the first request
  @SuppressWarnings({"NullAway", "DataFlowIssue"})
  void nullSettingsAreRefusedAtOnce() {
    TokenIntrospectionServlet.Builder builder = TokenIntrospectionServlet.builder();

    for (ThrowingCallable setter :
        List.<ThrowingCallable>of(
            () -> builder.issuer(null),
            () -> builder.endpoint(null),
            () -> builder.tokens(null),
            () -> builder.clients(null),
            () -> builder.rateLimit(null),
            () -> builder.failedAuthenticationRateLimit(null),
            () -> builder.replayGuard(null),
            () -> builder.clock(null))) {
      assertThatThrownBy(setter)
          .isInstanceOf(NullPointerException.class)
          .hasMessageMatching("\\w+");
    }
  }
}
