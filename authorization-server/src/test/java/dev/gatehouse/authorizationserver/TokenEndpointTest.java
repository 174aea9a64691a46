package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.FROM_CLIENT;
import static dev.gatehouse.authorizationserver.testing.Demo.MAPS;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Client authentication, client credentials, scopes and resources at the token endpoint. */
class TokenEndpointTest {
  @AutoClose
  private final TestServer server =
      TestServer.start((origin, context) -> Demo.server(origin).build().register(context));

  @Test // RFC 6749 §5.1
  void aTokenResponseHasALifetimeAndIsNotCacheable() {
    HttpResponse<String> response =
        server.post(TOKEN, "client", "client-secret", FROM_CLIENT + "&resource=" + encode(NOTES));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    assertThat(json(response))
        .containsOnlyKeys("access_token", "token_type", "expires_in", "scope")
        .containsEntry("token_type", "Bearer")
        .containsEntry("expires_in", 600L)
        .containsEntry("scope", "notes:read notes:write");
    assertThat(text(response, "access_token")).matches("[A-Za-z0-9_-]{43}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no scope: all of the client's (RFC 6749 §3.3) |                         | 200 |
          a scope of the client                         | &scope=notes:read       | 200 |
          an empty scope counts as omitted (§3.1)       | &scope=                 | 200 |
          a scope that is not the client's              | &scope=introspect       | 400 | invalid_scope
          a scope that is not a scope token             | &scope=notes:read+%22   | 400 | invalid_scope
          the known resource (RFC 8707 §2)              | &resource=https%3A%2F%2Fnotes.example.com%2Fmcp | 200 |
          its host in upper case                        | &resource=HTTPS%3A%2F%2FNOTES.example.com%2Fmcp | 200 |
          an unknown resource                           | &resource=https%3A%2F%2Fevil.example.com        | 400 | invalid_target
          a known and an unknown resource               | &resource=https%3A%2F%2Fnotes.example.com%2Fmcp&resource=https%3A%2F%2Fevil.example.com | 400 | invalid_target
          a resource that is not a URI                  | &resource=%22%5C        | 400 | invalid_request
          a resource with a fragment                    | &resource=https%3A%2F%2Fnotes.example.com%2Fmcp%23x | 400 | invalid_target
          scope twice (RFC 6749 §3.2)                   | &scope=a&scope=b        | 400 | invalid_request
          a repeated parameter with a quote in its name | &%22=a&%22=b            | 400 | invalid_request
          """)
  void scopesAndResourcesAreValidated(
      String what, @Nullable String more, int status, @Nullable String error) {
    HttpResponse<String> response =
        server.post(TOKEN, "client", "client-secret", FROM_CLIENT + (more == null ? "" : more));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).get("error")).isEqualTo(error);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no grant type (RFC 6749 §5.2)         | client | client-secret | scope=notes:read              | invalid_request
          a grant type that is not supported    | client | client-secret | grant_type=password&username=a&password=b | unsupported_grant_type
          an unknown grant type                 | client | client-secret | grant_type=magic              | unsupported_grant_type
          a client without this grant type      | idle   | idle-secret   | grant_type=client_credentials | unauthorized_client
          a resource server without grant types | notes-server | notes-secret | grant_type=client_credentials | unauthorized_client
          """)
  void otherGrantTypesAreRefused(
      String what, String client, String secret, String form, String error) {
    HttpResponse<String> response = server.post(TOKEN, client, secret, form);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).get("error")).isEqualTo(error);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          wrong secret                | client    | wrong
          unknown client              | nobody    | client-secret
          a public client with secret | public    | anything
          an unregistered method      | post-only | post-secret
          empty secret                | client    | ''
          """)
  void failedAuthenticationGets401WithAChallenge(String what, String client, String secret) {
    HttpResponse<String> response = server.post(TOKEN, client, secret, FROM_CLIENT);

    // RFC 6749 §5.2
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(json(response)).containsEntry("error", "invalid_client");
    assertThat(header(response, "WWW-Authenticate")).startsWith("Basic realm=");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Basic",
        "Basic !!!!",
        "Basic Y2xpZW50",
        "Bearer abc",
        "Digest a=b",
        "Basic a b"
      })
  void anInvalidAuthorizationHeaderGets401(String authorization) {
    HttpResponse<String> response =
        server.send(server.form(TOKEN, FROM_CLIENT).header("Authorization", authorization));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(json(response)).containsEntry("error", "invalid_client");
  }

  @Test // RFC 6749 §2.3.1: id and secret are form-encoded before Base64
  void basicCredentialsAreFormDecoded() {
    HttpResponse<String> response = server.post(TOKEN, "other: client", "p%ss+ wörd:", FROM_CLIENT);

    assertThat(response.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          by post             | &client_id=client&client_secret=client-secret  | 200 |
          wrong secret        | &client_id=client&client_secret=wrong          | 401 | invalid_client
          no secret           | &client_id=client                              | 401 | invalid_client
          nothing             |                                                | 401 | invalid_client
          the client twice    | &client_id=client&client_id=other&client_secret=client-secret | 400 | invalid_request
          """)
  void credentialsInTheFormAreAccepted(
      String what, @Nullable String more, int status, @Nullable String error) {
    HttpResponse<String> response = server.post(TOKEN, FROM_CLIENT + (more == null ? "" : more));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).get("error")).isEqualTo(error);
  }

  @Test // RFC 6749 §2.3
  void twoAuthenticationMethodsInOneRequestAreRefused() {
    HttpResponse<String> response =
        server.post(
            TOKEN,
            "client",
            "client-secret",
            FROM_CLIENT + "&client_id=client&client_secret=client-secret");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response)).containsEntry("error", "invalid_request");
  }

  @Test // RFC 8707 §2
  void withTwoResourcesTheParameterIsRequired() {
    try (TestServer two =
        TestServer.start(
            (origin, context) -> Demo.server(origin).resource(MAPS).build().register(context))) {
      HttpResponse<String> omitted = two.post(TOKEN, "client", "client-secret", FROM_CLIENT);
      HttpResponse<String> named =
          two.post(TOKEN, "client", "client-secret", FROM_CLIENT + "&resource=" + encode(MAPS));

      assertThat(json(omitted)).containsEntry("error", "invalid_target");
      assertThat(named.statusCode()).isEqualTo(200);
    }
  }

  @Test // RFC 6749 §5.2: the texts are fixed, because the request could contain anything
  void noErrorRepeatsTheRequest() {
    String marker = "marker%22%5C%3Cb%3E%0D%0A";
    for (String name :
        List.of("grant_type", "scope", "resource", "client_id", "code", "refresh_token", "x")) {
      String form =
          (name.equals("grant_type") ? "" : "grant_type=authorization_code&") + name + "=" + marker;

      HttpResponse<String> response = server.post(TOKEN, "client", "client-secret", form);

      assertThat(response.statusCode()).as(name).isIn(400, 401);
      assertThat(response.body()).as(name).doesNotContain("marker");
      assertThat(response.headers().toString()).as(name).doesNotContain("marker");
      assertThat(json(response)).as(name).containsOnlyKeys("error", "error_description");
      // RFC 6749 §5.2: the characters of an error description
      assertThat(text(response, "error_description")).matches("[ !#-\\[\\]-~]+");
    }
  }

  @Test // RFC 6749 §4.4.3, and OAuth 2.1: no refresh token, and no user
  void aClientCredentialsTokenHasNoUserAndNoRefreshToken() {
    HttpResponse<String> response = server.post(TOKEN, "client", "client-secret", FROM_CLIENT);

    assertThat(json(response)).doesNotContainKey("refresh_token");
    assertThat(json(Demo.introspect(server, text(response, "access_token"))))
        .doesNotContainKeys("sub", "username");
  }

  @Test // RFC 6749 §5.1: the scope may be omitted only if it is as requested
  void aClientWithoutScopesGetsATokenWithoutScope() {
    HttpResponse<String> response =
        server.post(TOKEN, FROM_CLIENT + "&client_id=post-only&client_secret=post-secret");

    assertThat(json(response)).containsOnlyKeys("access_token", "token_type", "expires_in");
    assertThat(json(Demo.introspect(server, text(response, "access_token"))))
        .containsEntry("active", true)
        .doesNotContainKey("scope");
  }

  @Test
  void theExpiryOfTheTokenIsTheLifetimeInTheResponse() {
    TurnedClock clock = new TurnedClock();
    try (TestServer short90 =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin)
                    .clock(clock)
                    .accessTokenLifetime(Duration.ofSeconds(90))
                    .build()
                    .register(context))) {
      clock.turn(Duration.ofMillis(700)); // within a second
      HttpResponse<String> response = short90.post(TOKEN, "client", "client-secret", FROM_CLIENT);

      Map<String, Object> claims = json(Demo.introspect(short90, text(response, "access_token")));
      assertThat(json(response)).containsEntry("expires_in", 90L);
      assertThat(claims).containsEntry("iat", clock.instant().getEpochSecond());
      assertThat(claims).containsEntry("exp", clock.instant().getEpochSecond() + 90);
    }
  }

  @Test
  void eachRequestGetsANewTokenWithANewId() {
    List<String> tokens = Stream.generate(() -> Demo.token(server)).limit(5).toList();

    assertThat(tokens).doesNotHaveDuplicates();
    assertThat(tokens.stream().map(token -> json(Demo.introspect(server, token)).get("jti")))
        .doesNotHaveDuplicates()
        .doesNotContainNull();
  }

  @Test // RFC 6749 §2.3.1: a client secret in a URL would be logged
  void credentialsAndParametersInTheQueryAreIgnored() {
    HttpResponse<String> credentials =
        server.post(TOKEN + "?client_id=client&client_secret=client-secret", FROM_CLIENT);
    HttpResponse<String> grant =
        server.post(TOKEN + "?" + FROM_CLIENT, "client", "client-secret", "x=y");

    assertThat(credentials.statusCode()).isEqualTo(401);
    assertThat(json(grant)).containsEntry("error", "invalid_request");
  }

  @ParameterizedTest // RFC 6749 §2.3.1: the credentials identify the client
  @ValueSource(strings = {"client", ""})
  void theClientsOwnIdBesideTheHeaderIsAccepted(String id) {
    HttpResponse<String> response =
        server.post(TOKEN, "client", "client-secret", FROM_CLIENT + "&client_id=" + id);

    assertThat(json(Demo.introspect(server, text(response, "access_token"))))
        .containsEntry("client_id", "client");
  }

  @Test // RFC 7662 §4: the address is that of the connection
  void failuresAreLimitedDespiteForgedAddressesInHeaders() {
    TurnedClock clock = new TurnedClock();
    try (TestServer limited =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin)
                    .clock(clock)
                    .failedAuthenticationRateLimit(
                        new InMemoryRateLimit(3, Duration.ofSeconds(6), clock))
                    .build()
                    .register(context))) {
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        statuses.add(
            limited
                .send(
                    limited
                        .form(TOKEN, FROM_CLIENT)
                        .header("Authorization", TestServer.basic("client", "wrong"))
                        .header("X-Forwarded-For", "192.0.2." + i)
                        .header("Forwarded", "for=192.0.2." + i))
                .statusCode());
      }

      assertThat(statuses).containsExactly(401, 401, 401, 429, 429);
      HttpResponse<String> refused =
          limited.post(Demo.REVOKE, "client", "client-secret", "token=abc");
      assertThat(refused.statusCode()).as("all endpoints share the limit").isEqualTo(429);
      assertThat(header(refused, "Retry-After")).isEqualTo("2");
      assertThat(header(refused, "Cache-Control")).isEqualTo("no-store");
      assertThat(json(refused)).containsEntry("error", "temporarily_unavailable");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one of two (RFC 8707 §2)          | &resource=NOTES                | NOTES      |
          the other                         | &resource=MAPS                 | MAPS       |
          both                              | &resource=MAPS&resource=NOTES  | NOTES MAPS |
          one twice                         | &resource=MAPS&resource=MAPS   | MAPS       |
          a slash more                      | &resource=NOTES%2F             | NOTES      |
          two slashes more                  | &resource=NOTES%2F%2F          |            | invalid_target
          another case of the path          | &resource=https%3A%2F%2Fnotes.example.com%2FMCP | | invalid_target
          a query more                      | &resource=NOTES%3Fx            |            | invalid_target
          the default port                  | &resource=https%3A%2F%2Fnotes.example.com%3A443%2Fmcp | NOTES |
          two spellings of one              | &resource=NOTES&resource=NOTES%2F | NOTES   |
          the issuer                        | &resource=ISSUER               |            | invalid_target
          empty                             | &resource=                     |            | invalid_target
          """)
  void theAudienceIsTheRequestedResources(
      String what, String more, @Nullable String audience, @Nullable String error) {
    try (TestServer two =
        TestServer.start(
            (origin, context) -> Demo.server(origin).resource(MAPS).build().register(context))) {
      HttpResponse<String> response =
          two.post(
              TOKEN,
              "client",
              "client-secret",
              FROM_CLIENT
                  + more.replace("NOTES", encode(NOTES))
                      .replace("MAPS", encode(MAPS))
                      .replace("ISSUER", encode(two.origin())));

      assertThat(json(response).get("error")).isEqualTo(error);
      for (String name : audience == null ? List.<String>of() : List.of("notes", "maps")) {
        Map<String, Object> claims =
            json(
                two.post(
                    Demo.INTROSPECT,
                    name + "-server",
                    name + "-secret",
                    "token=" + text(response, "access_token")));
        assertThat(claims)
            .containsEntry(
                "active", audience != null && audience.contains(name.toUpperCase(Locale.ROOT)));
      }
    }
  }
}
