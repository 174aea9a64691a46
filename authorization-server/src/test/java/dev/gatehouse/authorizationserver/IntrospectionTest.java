package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.Demo.token;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.CountingStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TokensByHand;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an introspection response discloses, and to which caller (RFC 7662). */
class IntrospectionTest {
  private static final String INACTIVE = "{\"active\":false}";

  private final TurnedClock clock = new TurnedClock();
  private final TokensByHand tokens = new TokensByHand(clock);
  @AutoClose private final TestServer server = tokens.server();

  @Test // RFC 7662 §2.2
  void anActiveTokenIsDisclosedToItsResourceServer() {
    HttpResponse<String> response = introspect(server, token(server));

    long now = clock.instant().getEpochSecond();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(response, "Content-Type")).startsWith("application/json");
    assertThat(json(response))
        // No sub and no username: no user is involved.
        .containsOnlyKeys(
            "active", "scope", "client_id", "token_type", "exp", "iat", "nbf", "aud", "iss", "jti")
        .containsEntry("active", true)
        .containsEntry("scope", "notes:read notes:write")
        .containsEntry("client_id", "client")
        .containsEntry("token_type", "Bearer")
        .containsEntry("exp", now + 600)
        .containsEntry("iat", now)
        .containsEntry("nbf", now)
        .containsEntry("aud", List.of(NOTES))
        .containsEntry("iss", server.origin());
  }

  @Test // RFC 7662 §2.2
  void theTokenOfAUserHasSubjectAndUsername() {
    OpaqueToken token =
        tokens.save(tokens.access().subject("1234", "alice").scopes("notes:read").audience(NOTES));

    assertThat(json(introspect(server, token.value())))
        .containsEntry("sub", "1234")
        .containsEntry("username", "alice");
  }

  @Test // RFC 7662 §4
  void aTokenIsInactiveForResourceServersOutsideItsAudience() {
    HttpResponse<String> response =
        server.post(INTROSPECT, "maps-server", "maps-secret", "token=" + token(server));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(INACTIVE);
  }

  @Test
  void aTokenIsInactiveFromTheSecondItExpires() {
    String token = token(server);

    clock.turn(Duration.ofMinutes(10).minusNanos(1));
    assertThat(json(introspect(server, token))).containsEntry("active", true);

    clock.turn(Duration.ofNanos(1));
    assertThat(introspect(server, token).body()).isEqualTo(INACTIVE);
  }

  @Test
  void aTokenIsInactiveBeforeNotBefore() {
    Instant begin = clock.instant().plusSeconds(30);
    OpaqueToken token = tokens.save(tokens.access().notBefore(begin).audience(NOTES));

    assertThat(introspect(server, token.value()).body()).isEqualTo(INACTIVE);

    clock.turn(Duration.ofSeconds(30));
    assertThat(json(introspect(server, token.value()))).containsEntry("active", true);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"unknown, abc", "invalid characters, %22%00%C3%BC", "a space, a%20b"})
  void anUnknownTokenIsInactiveWithoutFurtherMembers(String what, String token) {
    HttpResponse<String> response = introspect(server, token);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(INACTIVE);
  }

  @Test // no resource server may accept a token without an audience
  void aTokenWithoutAudienceIsInactive() {
    assertThat(introspect(server, tokens.save(tokens.access()).value()).body()).isEqualTo(INACTIVE);
  }

  @Test // resource servers never receive refresh tokens of other clients
  void aRefreshTokenOfAnotherClientIsInactive() {
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "client").audience(NOTES));

    assertThat(introspect(server, refresh.value()).body()).isEqualTo(INACTIVE);
  }

  @Test
  void aRefreshTokenIsActiveForItsClientAndHasNoTokenType() {
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "notes-server").audience(NOTES));

    assertThat(json(introspect(server, refresh.value())))
        .containsEntry("active", true)
        .doesNotContainKey("token_type");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no credentials             |              |              | token=abc | 401 | invalid_client
          wrong secret (§2.3)        | notes-server | wrong        | token=abc | 401 | invalid_client
          no secret, and no token    |              |              | x=y       | 401 | invalid_client
          an ordinary client (§2.1)  | client       | client-secret | token=abc | 403 | unauthorized_client
          a public client            |              |              | client_id=public&token=abc | 403 | unauthorized_client
          no token (§2.1)            | notes-server | notes-secret | x=y       | 400 | invalid_request
          an empty token             | notes-server | notes-secret | token=    | 400 | invalid_request
          two tokens                 | notes-server | notes-secret | token=a&token=b | 400 | invalid_request
          an unknown hint (§2.1)     | notes-server | notes-secret | token=a&token_type_hint=magic | 200 |
          """)
  void theCallerMustBeAResourceServerAndSendOneToken(
      String what,
      @Nullable String client,
      @Nullable String secret,
      String form,
      int status,
      @Nullable String error) {
    HttpResponse<String> response =
        client == null || secret == null
            ? server.post(INTROSPECT, form)
            : server.post(INTROSPECT, client, secret, form);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).get("error")).isEqualTo(error);
    assertThat(header(response, "WWW-Authenticate").isEmpty()).isEqualTo(status != 401);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @CsvSource({"access_token", "refresh_token", "id_token"})
  void aWrongHintDoesNotChangeTheResult(String hint) {
    HttpResponse<String> response = introspect(server, token(server) + "&token_type_hint=" + hint);

    assertThat(json(response)).containsEntry("active", true);
  }

  @Test // URLs are logged
  void aTokenInTheQueryIsIgnored() {
    HttpResponse<String> response =
        server.post(INTROSPECT + "?token=" + token(server), "notes-server", "notes-secret", "x=y");

    assertThat(json(response)).containsEntry("error", "invalid_request");
  }

  @Test
  void theTokensOfARemovedClientAreInactive() {
    OpaqueToken orphan = tokens.save(tokens.of(TokenKind.ACCESS, "gone").audience(NOTES));

    assertThat(introspect(server, orphan.value()).body()).isEqualTo(INACTIVE);
  }

  @Test // RFC 7662 §4: response times must not reveal which tokens exist
  void everyInactiveResultNeedsTheSameLookUps() {
    List<String> lookUps = new CopyOnWriteArrayList<>(); // by the server's threads
    TokensByHand kept = new TokensByHand(clock);
    InMemoryClientRegistry known = new InMemoryClientRegistry(Demo.clients());
    try (TestServer counting =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin)
                    .clock(clock)
                    .tokenStore(new CountingStore(kept.store(), lookUps))
                    .clientRegistry(
                        id -> {
                          lookUps.add("client");
                          return known.find(id);
                        })
                    .build()
                    .register(context))) {
      OpaqueToken expired = kept.save(kept.access().audience(NOTES));
      clock.turn(Duration.ofSeconds(60));
      OpaqueToken foreign = kept.save(kept.access().audience(Demo.MAPS));
      OpaqueToken revoked = kept.save(kept.access().audience(NOTES));
      kept.store().revoke(revoked.hash());

      List<List<String>> costs = new ArrayList<>();
      for (OpaqueToken asked : List.of(OpaqueToken.random(), expired, foreign, revoked)) {
        lookUps.clear();
        assertThat(introspect(counting, asked.value()).body()).isEqualTo(INACTIVE);
        costs.add(List.copyOf(lookUps));
      }

      assertThat(costs).allMatch(List.of("client", "token")::equals);
    }
  }

  @ParameterizedTest(name = "{0}") // RFC 7662 §2.2, §4
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          its own resource                  | NOTES      | true
          another resource                  | MAPS       | false
          both                              | MAPS NOTES | true
          a resource below its own          | NOTES/x    | false
          its own with two slashes more     | NOTES//    | false
          its own with a slash more         | NOTES/     | true
          its own in another spelling       | UPPER      | true
          the issuer                        | ISSUER     | false
          none                              |            | false
          """)
  void anAccessTokenIsActiveIfTheCallersResourceIsInItsAudience(
      String what, @Nullable String audience, boolean active) {
    StoredToken.Builder token = tokens.access();
    if (audience != null) {
      token.audience(
          audience
              .replace("NOTES", NOTES)
              .replace("UPPER", "HTTPS://NOTES.EXAMPLE.COM:443/mcp")
              .replace("MAPS", Demo.MAPS)
              .replace("ISSUER", server.origin())
              .split(" "));
    }

    assertThat(json(introspect(server, tokens.save(token).value())))
        .containsEntry("active", active);
  }

  @Test // RFC 7662 §2.2
  void theAudienceIsDisclosedCompletely() {
    OpaqueToken token = tokens.save(tokens.access().audience(Demo.MAPS, NOTES));

    assertThat(json(introspect(server, token.value())))
        .containsEntry("aud", List.of(Demo.MAPS, NOTES));
  }

  @Test
  void aRevokedTokenIsInactive() {
    OpaqueToken token = tokens.save(tokens.access().audience(NOTES));
    assertThat(json(introspect(server, token.value()))).containsEntry("active", true);

    tokens.store().revoke(token.hash());

    assertThat(introspect(server, token.value()).body()).isEqualTo(INACTIVE);
  }

  @Test // RFC 7662 §2.2: a used refresh token is no longer valid
  void aRotatedRefreshTokenIsInactiveForItsClientToo() {
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "notes-server").audience(NOTES));

    tokens.store().rotate(refresh.hash(), Rotation.startedAt(clock.instant()), List.of());

    assertThat(introspect(server, refresh.value()).body()).isEqualTo(INACTIVE);
  }

  @Test
  void anActiveResponseHasNoMemberForWhatTheTokenLacks() {
    OpaqueToken token = tokens.save(tokens.access().audience(NOTES));

    assertThat(json(introspect(server, token.value())))
        .containsOnlyKeys(
            "active", "client_id", "token_type", "exp", "iat", "nbf", "aud", "iss", "jti");
  }

  @Test // RFC 9110 §9.3.3: POST responses of caches would outlive a revocation
  void noResponseMayBeCached() {
    for (HttpResponse<String> response :
        List.of(
            introspect(server, token(server)),
            introspect(server, "abc"),
            server.get(INTROSPECT),
            server.post(INTROSPECT, "token=abc"))) {
      assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a prefix, PREFIX",
    "one character more, MORE",
    "another case, CASE",
    "its hash, HASH",
  })
  void onlyTheExactTokenIsActive(String what, String form) {
    OpaqueToken token = tokens.save(tokens.access().audience(NOTES));
    String value = token.value();

    String presented =
        switch (form) {
          case "PREFIX" -> value.substring(0, 42);
          case "MORE" -> value + "A";
          case "CASE" -> value.toLowerCase(Locale.ROOT);
          default -> token.hash().value();
        };

    assertThat(introspect(server, presented).body()).isEqualTo(INACTIVE);
  }
}
