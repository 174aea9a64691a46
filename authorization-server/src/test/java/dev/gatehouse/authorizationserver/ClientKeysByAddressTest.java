package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.internal.settings.DocumentAccess;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.AssertionKey;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that give the address of their keys log users in, and authenticate with these keys. */
@SuppressWarnings("NullAway.Init")
class ClientKeysByAddressTest {
  private static final AssertionKey KEY = AssertionKey.rsa("first");
  private static final AssertionKey OTHER = AssertionKey.rsa("other");
  private static final String REDIRECT = "https://chat.example/connector_platform_oauth_redirect";

  private final TurnedClock clock = new TurnedClock();
  private final Map<String, String> documents = new ConcurrentHashMap<>();
  @TempDir private static Path directory;
  private HttpsHost host;
  private TestServer server;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException, InterruptedException {
    host = new HttpsHost(directory);
    host.serve(
        exchange -> {
          String document = documents.get(exchange.getRequestURI().toString());
          HttpsHost.answer(
              exchange,
              document == null ? 404 : 200,
              "application/json",
              document == null ? "{}" : document);
        });
    documents.put("/oauth/jwks.json", AssertionKey.jwks(KEY));
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(
        RegisteredClient.builder("signer")
            .jwksUri(host.url("/oauth/jwks.json"))
            .grantTypes("client_credentials")
            .scopes("notes:read")
            .resourceServerFor(Demo.NOTES)
            .build());
    server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clientRegistry(new InMemoryClientRegistry(clients))
                    .documentAccess(new DocumentAccess(host.trust(), anywhere -> true))
                    .clock(clock)
                    .build()
                    .register(context));
  }

  @AfterEach
  void stop() {
    server.close();
    host.close();
  }

  private String sample(String file, String origin) throws IOException {
    try (InputStream in = requireNonNull(getClass().getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), UTF_8)
          .replace(origin + "/connector", "@")
          .replace(origin, host.url(""))
          .replace("@", origin + "/connector");
    }
  }

  private HttpResponse<String> redeem(String clientId, String redirect, String authentication) {
    Map<String, String> request = UserAgent.request();
    request.put("client_id", clientId);
    request.put("redirect_uri", redirect);
    request.put("scope", "notes:read");
    String code = value(new UserAgent(server).consent(request), "code");
    return token(
        "grant_type=authorization_code&code="
            + code
            + "&code_verifier="
            + VERIFIER
            + "&redirect_uri="
            + encode(redirect)
            + authentication);
  }

  private HttpResponse<String> token(String form) {
    return server.post(Demo.TOKEN, form);
  }

  private String assertion(String clientId, AssertionKey key) {
    return "&client_assertion_type="
        + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        + "&client_assertion="
        + key.sign(clientId, server.origin(), clock.instant()).serialize();
  }

  @Test
  void aClientFromTheFieldLogsAUserInWithItsKeysAndWithoutThem() throws IOException {
    String id = host.url("/oauth/client.json");
    documents.put(
        "/oauth/client.json",
        sample("client-document-keys-by-address.json", "https://chat.example"));

    HttpResponse<String> withKey = redeem(id, REDIRECT, assertion(id, KEY));
    HttpResponse<String> without = redeem(id, REDIRECT, "&client_id=" + encode(id));
    HttpResponse<String> refreshed =
        token(
            "grant_type=refresh_token&refresh_token="
                + text(withKey, "refresh_token")
                + assertion(id, KEY));

    assertThat(json(withKey)).containsKeys("access_token", "refresh_token");
    assertThat(json(without)).containsKeys("access_token", "refresh_token");
    assertThat(json(refreshed)).containsKeys("access_token", "refresh_token");
    assertThat(json(Demo.introspect(server, text(refreshed, "access_token"))))
        .containsEntry("active", true)
        .containsEntry("client_id", id);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          only with keys          | "token_endpoint_auth_method":"private_key_jwt"             | 200 | 401
          only with keys, in a list | "token_endpoint_auth_methods_supported":["private_key_jwt"] | 200 | 401
          public                  | "token_endpoint_auth_method":"none"                        | 401 | 200
          nothing said            | "client_name":"App"                                        | 401 | 200
          both                    | "token_endpoint_auth_methods_supported":["none","private_key_jwt"] | 200 | 200
          one that is unknown here | "token_endpoint_auth_method":"urn:example:new","token_endpoint_auth_methods_supported":["none"] | 401 | 200
          """)
  void aClientMayUseTheMethodsOfItsDocument(String what, String member, int keys, int none) {
    String id = host.url("/oauth/client.json");
    documents.put(
        "/oauth/client.json",
        "{\"client_id\":\""
            + id
            + "\",\"redirect_uris\":[\""
            + REDIRECT
            + "\"],\"jwks_uri\":\""
            + host.url("/oauth/jwks.json")
            + "\","
            + member
            + "}");

    assertThat(redeem(id, REDIRECT, assertion(id, KEY)).statusCode()).isEqualTo(keys);
    assertThat(redeem(id, REDIRECT, "&client_id=" + encode(id)).statusCode()).isEqualTo(none);
    // A wrong signature is refused although the client might have come without one.
    assertThat(redeem(id, REDIRECT, assertion(id, OTHER)).statusCode()).isEqualTo(401);
  }

  @Test
  void aRegisteredClientLogsAUserInWithItsKeys() {
    HttpResponse<String> client =
        register(
            "\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks_uri\":\""
                + host.url("/oauth/jwks.json")
                + "\"");
    String id = text(client, "client_id");

    assertThat(json(client))
        .containsEntry("jwks_uri", host.url("/oauth/jwks.json"))
        .containsEntry("token_endpoint_auth_method", "private_key_jwt")
        .doesNotContainKeys("jwks", "client_secret");
    assertThat(host.requests()).isZero();
    assertThat(json(redeem(id, REDIRECT, assertion(id, KEY)))).containsKey("access_token");
    assertThat(redeem(id, REDIRECT, assertion(id, OTHER)).statusCode()).isEqualTo(401);
    assertThat(redeem(id, REDIRECT, "&client_id=" + id).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest(name = "{0}") // RFC 7591 §3.2.1
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          keys                  | "token_endpoint_auth_method":"private_key_jwt","jwks":KEYS | private_key_jwt | jwks
          keys of no use        | "token_endpoint_auth_method":"none","jwks":KEYS            | none | none
          an address of no use  | "token_endpoint_auth_method":"none","jwks_uri":"https://a.example.com/" | none | none
          a choice              | "token_endpoint_auth_method":"urn:example:new","token_endpoint_auth_methods_supported":["private_key_jwt","none"],"jwks_uri":"https://a.example.com/" | private_key_jwt | jwks_uri
          keys and an address   | "jwks":KEYS,"jwks_uri":"https://a.example.com/"            | refused | none
          an address with http  | "token_endpoint_auth_method":"private_key_jwt","jwks_uri":"http://a.example.com/" | refused | none
          """)
  void aRegistrationNamesWhatWasRegistered(
      String what, String members, String method, String keys) {
    HttpResponse<String> response = register(members.replace("KEYS", AssertionKey.jwks(KEY)));

    if (method.equals("refused")) {
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(json(response)).containsEntry("error", "invalid_client_metadata");
      return;
    }
    assertThat(json(response)).containsEntry("token_endpoint_auth_method", method);
    for (String member : List.of("jwks", "jwks_uri")) {
      assertThat(json(response).containsKey(member)).as(member).isEqualTo(member.equals(keys));
    }
  }

  private HttpResponse<String> register(String members) {
    return server.send(
        server
            .request("/oauth/register")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"redirect_uris\":[\"" + REDIRECT + "\"]," + members + "}")));
  }

  @Test
  void aConfiguredClientUsesItsKeysAtEveryEndpoint() {
    String token =
        text(token("grant_type=client_credentials" + assertion("signer", KEY)), "access_token");

    assertThat(
            json(server.post(Demo.INTROSPECT, "token=" + token + assertion("signer", KEY)))
                .get("active"))
        .isEqualTo(true);
    assertThat(server.post(Demo.REVOKE, "token=" + token + assertion("signer", KEY)).statusCode())
        .isEqualTo(200);
    assertThat(host.requests()).isEqualTo(1);
  }

  @Test // the outage of a client's host is not this server's
  void whileTheKeysAreUnreachableTheResponseIs503() {
    host.serve(exchange -> HttpsHost.answer(exchange, 500, "text/plain", "down"));

    HttpResponse<String> response =
        token("grant_type=client_credentials" + assertion("signer", KEY));

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void keysOnAPrivateAddressAreNotFetched() {
    try (TestServer guarded =
        TestServer.start(
            (origin, context) -> Demo.withUsers(origin).clock(clock).build().register(context))) {
      HttpResponse<String> client =
          guarded.send(
              guarded
                  .request("/oauth/register")
                  .header("Content-Type", "application/json")
                  .POST(
                      BodyPublishers.ofString(
                          "{\"redirect_uris\":[\"https://app.example.com/\"],"
                              + "\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks_uri\":\""
                              + host.url("/oauth/jwks.json")
                              + "\"}")));
      String id = text(client, "client_id");
      String assertion = KEY.sign(id, guarded.origin(), clock.instant()).serialize();

      HttpResponse<String> response =
          guarded.post(
              Demo.TOKEN,
              "grant_type=refresh_token&refresh_token=x&client_assertion_type="
                  + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                  + "&client_assertion="
                  + assertion);

      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(host.requests()).isZero();
    }
  }
}
