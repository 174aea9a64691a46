package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.FROM_CLIENT;
import static dev.gatehouse.authorizationserver.testing.Demo.MAPS;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
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
          a scope that is not the client's              | &scope=notes:read+admin | 400 | invalid_scope
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

  @ParameterizedTest
  @ValueSource(strings = {TOKEN, Demo.INTROSPECT, Demo.REVOKE})
  void onlySmallFormsByPostAreRead(String path) {
    HttpResponse<String> get = server.get(path);
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(header(get, "Allow")).contains("POST");
    assertThat(json(get)).containsEntry("error", "invalid_request");

    HttpResponse<String> json =
        server.send(
            server
                .request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
    assertThat(json.statusCode()).isEqualTo(415);

    HttpResponse<String> none = server.send(server.request(path).POST(BodyPublishers.noBody()));
    assertThat(none.statusCode()).isEqualTo(415);

    HttpResponse<String> large = server.post(path, "token=" + "a".repeat(64 * 1024));
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(json(large)).containsEntry("error", "invalid_request");

    byte[] piece = "a".repeat(1024).getBytes(UTF_8);
    HttpResponse<String> chunked =
        server.send(
            server
                .request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofByteArrays(Stream.generate(() -> piece).limit(65).toList())));
    assertThat(chunked.statusCode()).isEqualTo(413);
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
}
