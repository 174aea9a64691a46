package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content and paths of the metadata document (RFC 8414). */
class MetadataTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RFC 8414                        |         |         | /.well-known/oauth-authorization-server
          RFC 8414, slash at the end      |         |         | /.well-known/oauth-authorization-server/
          OpenID Connect                  |         |         | /.well-known/openid-configuration
          path after the well-known part  |         | /tenant | /.well-known/oauth-authorization-server/tenant
          path, OpenID Connect            |         | /tenant | /tenant/.well-known/openid-configuration
          path is the context's           | /tenant | /tenant | /tenant/.well-known/openid-configuration
          """)
  void theDocumentIsServedAtEveryPathThatClientsTry(
      String what, @Nullable String context, @Nullable String path, String where) {
    try (TestServer server = start(context == null ? "/" : context, path == null ? "" : path)) {
      HttpResponse<String> response = server.get(where);

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(header(response, "Content-Type")).startsWith("application/json");
      assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(json(response))
          .containsEntry("issuer", server.origin() + (path == null ? "" : path));
    }
  }

  @Test // RFC 8414 §2
  void withoutUsersTheDocumentListsOnlyClientCredentials() {
    try (TestServer server = start("/", "")) {
      Map<String, Object> document = json(server.get("/.well-known/oauth-authorization-server"));

      String origin = server.origin();
      List<String> methods =
          List.of("client_secret_basic", "client_secret_post", "private_key_jwt");
      assertThat(document)
          .containsEntry("issuer", origin)
          .containsEntry("token_endpoint", origin + "/oauth/token")
          .containsEntry("token_endpoint_auth_methods_supported", methods)
          .containsEntry("grant_types_supported", List.of("client_credentials"))
          .containsEntry("response_types_supported", List.of())
          .containsEntry("introspection_endpoint", origin + "/oauth/introspect")
          .containsEntry(
              "introspection_endpoint_auth_methods_supported",
              List.of("client_secret_basic", "client_secret_post", "private_key_jwt", "Bearer"))
          .containsEntry("introspection_signing_alg_values_supported", List.of("ES256"))
          .containsEntry("jwks_uri", origin + "/oauth/jwks")
          .containsEntry("revocation_endpoint", origin + "/oauth/revoke")
          .containsEntry("revocation_endpoint_auth_methods_supported", methods)
          .containsEntry("scopes_supported", List.of("notes:read"))
          .doesNotContainKeys(
              "acr_values_supported",
              "authorization_endpoint",
              "registration_endpoint",
              "code_challenge_methods_supported",
              "client_id_metadata_document_supported");
    }
  }

  @Test
  void withUsersTheDocumentListsTheAuthorizationEndpoint() {
    try (TestServer server =
        TestServer.start(
            (origin, application) -> Demo.withUsers(origin).build().register(application))) {
      Map<String, Object> document = json(server.get("/.well-known/openid-configuration"));

      String origin = server.origin();
      assertThat(document)
          .containsEntry("authorization_endpoint", origin + "/oauth/authorize")
          .containsEntry("registration_endpoint", origin + "/oauth/register")
          .containsEntry("response_types_supported", List.of("code"))
          .containsEntry("response_modes_supported", List.of("query"))
          .containsEntry(
              "grant_types_supported",
              List.of("authorization_code", "refresh_token", "client_credentials"))
          .containsEntry("code_challenge_methods_supported", List.of("S256"))
          .containsEntry(
              "acr_values_supported",
              List.of("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"))
          .containsEntry(
              "token_endpoint_auth_methods_supported",
              List.of("client_secret_basic", "client_secret_post", "private_key_jwt", "none"))
          .containsEntry("authorization_response_iss_parameter_supported", true)
          .containsEntry("client_id_metadata_document_supported", true);
    }
  }

  @Test
  void disabledFeaturesAreNotListed() {
    try (TestServer server =
        TestServer.start(
            (origin, application) ->
                Demo.withUsers(origin)
                    .dynamicRegistration(false)
                    .clientMetadataDocuments(false)
                    .build()
                    .register(application))) {
      assertThat(json(server.get("/.well-known/oauth-authorization-server")))
          .doesNotContainKeys("registration_endpoint", "client_id_metadata_document_supported");
      assertThat(server.get("/oauth/register").statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/openid-configuration/mcp",
        "/oauth/nothing",
        "/oauth/token/more",
      })
  void anUnknownPathGets404AsJson(String path) {
    try (TestServer server = start("/", "")) {
      HttpResponse<String> response = server.get(path);

      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(json(response)).containsKey("error");
    }
  }

  @Test
  void otherMethodsGet405WithTheAllowedOnes() {
    try (TestServer server = start("/", "")) {
      HttpResponse<String> response =
          server.send(
              server
                  .request("/.well-known/oauth-authorization-server")
                  .method("DELETE", BodyPublishers.noBody()));

      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(header(response, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }
  }

  private static TestServer start(String context, String path) {
    return TestServer.start(
        context, (origin, application) -> Demo.server(origin + path).build().register(application));
  }
}
