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
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The introspection servlet alone, with another store, and its rate limits. */
class IntrospectionServletTest {
  private final TurnedClock clock = new TurnedClock();
  private final Map<String, StoredToken> mine = new ConcurrentHashMap<>();

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
                          .tokens(token -> Optional.ofNullable(mine.get(token.value())))
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

  private void keep(String token, StoredToken.Builder meaning) {
    mine.put(token, meaning.build());
  }

  private StoredToken.Builder access() {
    return StoredToken.builder(
            TokenKind.ACCESS, "client", clock.instant(), clock.instant().plusSeconds(60))
        .audience(Demo.NOTES);
  }

  private HttpResponse<String> ask(String client, String secret, String token) {
    return server.post("/introspect", client, secret, "token=" + token);
  }

  @Test
  void theServletIntrospectsTokensOfAnyStore() {
    keep("abc", access().id("one").scopes("a", "b").subject("1", "alice"));

    HttpResponse<String> response = ask("notes", "secret", "abc");

    assertThat(json(response))
        .containsEntry("active", true)
        .containsEntry("iss", "https://login.example.com")
        .containsEntry("jti", "one")
        .containsEntry("scope", "a b")
        .containsEntry("sub", "1");
  }

  @Test
  void onlyAServerThatMayAlsoIntrospectAResourceSeesItsTokens() {
    keep("abc", access());

    assertThat(json(ask("audit", "secret", "abc"))).containsEntry("active", true);
    assertThat(ask("maps", "secret", "abc").body()).isEqualTo("{\"active\":false}");
  }

  @Test // RFC 7662 §4
  void tooManyIntrospectionRequestsGet429NeverInactive() {
    keep("abc", access());
    for (int i = 0; i < 4; i++) {
      assertThat(ask("notes", "secret", "guess").statusCode()).isEqualTo(200);
    }

    HttpResponse<String> refused = ask("notes", "secret", "abc");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "Retry-After")).isEqualTo("1");
    assertThat(refused.body()).doesNotContain("active\"");
    assertThat(ask("maps", "secret", "abc").statusCode()).isEqualTo(200);

    clock.turn(Duration.ofSeconds(1));
    assertThat(json(ask("notes", "secret", "abc"))).containsEntry("active", true);
  }

  @Test // an attacker with a client's id must not use up the client's limit
  void failedAuthenticationsAreLimitedByAddress() {
    for (int i = 0; i < 3; i++) {
      assertThat(ask("notes", "wrong", "abc").statusCode()).isEqualTo(401);
    }

    HttpResponse<String> refused = ask("notes", "wrong", "abc");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "Retry-After")).isEqualTo("2");

    clock.turn(Duration.ofSeconds(2));
    for (int i = 0; i < 4; i++) {
      assertThat(ask("notes", "secret", "abc").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void successfulAuthenticationsAreNotCharged() {
    for (int i = 0; i < 20; i++) {
      ask("notes", "secret", "abc");
      clock.turn(Duration.ofSeconds(1));
    }

    assertThat(ask("notes", "secret", "abc").statusCode()).isEqualTo(200);
  }

  @Test // clients behind one proxy share an address
  void aClientThatHasAuthenticatedIsNotLockedOutByOthersAtItsAddress() {
    assertThat(ask("notes", "secret", "abc").statusCode()).isEqualTo(200);

    for (int i = 0; i < 10; i++) {
      ask("maps", "wrong", "abc");
    }

    assertThat(ask("maps", "secret", "abc").statusCode()).isEqualTo(429);
    assertThat(ask("notes", "secret", "abc").statusCode()).isEqualTo(200);
    // Guesses of that client's secret are still limited.
    for (int i = 0; i < 3; i++) {
      assertThat(ask("notes", "wrong", "abc").statusCode()).isEqualTo(401);
    }
    assertThat(ask("notes", "wrong", "abc").statusCode()).isEqualTo(429);
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
}
