package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dynamic client registration over HTTP (RFC 7591). */
class RegistrationTest {
  private static final String REDIRECT = "\"redirect_uris\":[\"http://127.0.0.1:33418/callback\"]";

  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clock(clock)
                  .registrationRateLimit(new InMemoryRateLimit(3, Duration.ofSeconds(30), clock))
                  .build()
                  .register(context));

  @Test // RFC 7591 §2: the default method is client_secret_basic, which needs a secret
  void aClientWithoutMetadataGetsTheDefaultsAndASecret() {
    HttpResponse<String> response =
        register("{" + REDIRECT + ",\"client_name\":\"My\\u0007 app\",\"scope\":\"\",\"x\":1}");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(json(response))
        .containsEntry("client_name", "My app")
        .containsEntry("token_endpoint_auth_method", "client_secret_basic")
        .containsEntry("client_secret_expires_at", 0L)
        .containsEntry("client_id_issued_at", clock.instant().getEpochSecond())
        .containsEntry("grant_types", List.of("authorization_code", "refresh_token"))
        .containsEntry("response_types", List.of("code"))
        .containsEntry("scope", "notes:read")
        .containsEntry("redirect_uris", List.of("http://127.0.0.1:33418/callback"));
    assertThat(text(response, "client_id")).matches("[A-Za-z0-9_-]{43}");
    assertThat(text(response, "client_secret")).matches("[A-Za-z0-9_-]{43}");
  }

  @Test
  void aPublicClientGetsNoSecret() {
    HttpResponse<String> response =
        register("{" + REDIRECT + ",\"token_endpoint_auth_method\":\"none\"}");

    assertThat(json(response))
        .doesNotContainKeys("client_secret", "client_secret_expires_at")
        .containsEntry("token_endpoint_auth_method", "none");
  }

  @Test
  void aRegisteredClientGetsTokensForAUser() {
    HttpResponse<String> client = register("{" + REDIRECT + ",\"client_name\":\"Fresh\"}");
    Map<String, String> request = UserAgent.request();
    request.put("client_id", text(client, "client_id"));
    request.put("scope", "notes:read");
    UserAgent browser = new UserAgent(server);

    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));
    String code = value(UserAgent.parameters(browser.decide(page, "approve")), "code");
    HttpResponse<String> tokens =
        server.post(
            Demo.TOKEN,
            text(client, "client_id"),
            text(client, "client_secret"),
            "grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER);

    assertThat(page.body()).contains("has not been verified");
    assertThat(json(tokens)).containsKeys("access_token", "refresh_token");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https                             | {"redirect_uris":["https://app.example.com/cb"]}     | 201 |
          a private-use scheme (RFC 8252 §7.1) | {"redirect_uris":["cursor://anysphere/callback"]}  | 201 |
          localhost                         | {"redirect_uris":["http://localhost:1/cb"]}          | 201 |
          no redirect URI                   | {}                                                   | 400 | invalid_redirect_uri
          plain http                        | {"redirect_uris":["http://app.example.com/cb"]}      | 400 | invalid_redirect_uri
          a script                          | {"redirect_uris":["javascript:alert(1)"]}            | 400 | invalid_redirect_uri
          a fragment                        | {"redirect_uris":["https://app.example.com/cb#x"]}   | 400 | invalid_redirect_uri
          a port that does not exist        | {"redirect_uris":["https://app.example.com:99999/"]} | 400 | invalid_redirect_uri
          another letter than ASCII         | {"redirect_uris":["https://app.example.com/é"]}      | 400 | invalid_redirect_uri
          a relative URI                    | {"redirect_uris":["/cb"]}                            | 400 | invalid_redirect_uri
          a valid and an invalid URI        | {"redirect_uris":["https://a.example.com/","file:///etc/passwd"]} | 400 | invalid_redirect_uri
          only client credentials           | {"redirect_uris":["https://a.example.com/"],"grant_types":["client_credentials"]} | 400 | invalid_client_metadata
          implicit                          | {"redirect_uris":["https://a.example.com/"],"response_types":["token"]}           | 400 | invalid_client_metadata
          an unknown method                 | {"redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"tls_client_auth"} | 400 | invalid_client_metadata
          missing keys                      | {"redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"private_key_jwt"} | 400 | invalid_client_metadata
          no object                         | []                                                   | 400 | invalid_client_metadata
          no JSON                           | {                                                    | 400 | invalid_client_metadata
          a null in a list                  | {"redirect_uris":[null]}                             | 400 | invalid_client_metadata
          a wrong type                      | {"redirect_uris":"https://a.example.com/"}           | 400 | invalid_client_metadata
          """)
  void clientMetadataIsValidated(String what, String body, int status, @Nullable String error) {
    HttpResponse<String> response = register(body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response).get("error")).isEqualTo(error);
  }

  @Test // MCP: a client registers with the scopes it needs first, and later requests more
  void aClientMayRequestMoreScopesThanItRegistered() {
    try (TestServer wide =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .scopesSupported(Set.of("notes:write"))
                    .build()
                    .register(context))) {
      HttpResponse<String> client =
          wide.send(
              wide.request("/oauth/register")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{" + REDIRECT + ",\"scope\":\"notes:read\"}")));
      Map<String, String> request = UserAgent.request();
      request.put("client_id", text(client, "client_id"));
      request.put("scope", "notes:read notes:write");

      assertThat(new UserAgent(wide).open(request).statusCode()).isEqualTo(200);
    }
  }

  @Test // a self-registered client is no resource server and has no client credentials grant
  void aSelfRegisteredClientCanNeitherIntrospectNorUseClientCredentials() {
    HttpResponse<String> response =
        register(
            "{"
                + REDIRECT
                + ",\"grant_types\":[\"authorization_code\",\"client_credentials\"],\"scope\":\"notes:read"
                + " introspect admin\"}");

    assertThat(json(response))
        .containsEntry("grant_types", List.of("authorization_code"))
        .containsEntry("scope", "notes:read");
  }

  @Test
  void onlyJsonUpToTheLimitIsRead() {
    assertThat(server.post("/oauth/register", "a=b").statusCode()).isEqualTo(415);
    assertThat(server.get("/oauth/register").statusCode()).isEqualTo(405);
    assertThat(register(" ".repeat(16 * 1024 + 1)).statusCode()).isEqualTo(413);
  }

  @Test
  void aPreflightIsAllowed() {
    HttpResponse<String> response =
        server.send(server.request("/oauth/register").method("OPTIONS", BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(header(response, "Access-Control-Allow-Headers")).contains("Content-Type");
  }

  @Test
  void registrationsAreLimitedByAddress() {
    for (int i = 0; i < 3; i++) {
      register("{}");
    }

    HttpResponse<String> response = register("{" + REDIRECT + "}");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(header(response, "Retry-After")).isEqualTo("10");
    clock.turn(Duration.ofSeconds(10));
    assertThat(register("{" + REDIRECT + "}").statusCode()).isEqualTo(201);
  }

  @LogsWarning("again: its grant is revoked")
  @Test
  void consentAndEachRefreshCountAsUseOfASelfRegisteredClient() {
    InMemoryClientRegistry clients = new InMemoryClientRegistry(Demo.clients());
    try (TestServer server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clock(clock)
                    .clientRegistry(clients)
                    .build()
                    .register(context))) {
      clients.add(
          RegisteredClient.builder("app")
              .secret("app-secret")
              .grantTypes("authorization_code", "refresh_token")
              .scopes("notes:read")
              .redirectUris(Demo.CALLBACK)
              .selfRegistered(true)
              .build(),
          clock.instant());
      Map<String, String> request = UserAgent.request();
      request.put("client_id", "app");
      request.put("scope", "notes:read");

      String code = value(new UserAgent(server).consent(request), "code");
      clients.sweep(clock.instant().plusNanos(1), clock.instant());
      String refresh =
          text(
              asApp(
                  server,
                  "grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER),
              "refresh_token");
      clock.turn(Duration.ofDays(1));
      asApp(server, "grant_type=refresh_token&refresh_token=" + refresh);
      clients.sweep(clock.instant(), clock.instant());

      assertThat(clients.find("app")).isPresent();

      // An invalid refresh token does not count as use.
      clock.turn(Duration.ofDays(1));
      asApp(server, "grant_type=refresh_token&refresh_token=" + refresh);
      asApp(server, "grant_type=refresh_token&refresh_token=abc");
      clients.sweep(clock.instant(), clock.instant());

      assertThat(clients.find("app")).isEmpty();
    }
  }

  private static HttpResponse<String> asApp(TestServer server, String form) {
    return server.post(Demo.TOKEN, "app", "app-secret", form);
  }

  private HttpResponse<String> register(String body) {
    return server.send(
        server
            .request("/oauth/register")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
