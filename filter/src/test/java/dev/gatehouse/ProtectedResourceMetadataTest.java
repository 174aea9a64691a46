package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.endpoint.ProtectedResourceMetadata;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protected resource metadata (RFC 9728 §2, §3), which settings alone determine. */
class ProtectedResourceMetadataTest {

  private static final String PATH = "/.well-known/oauth-protected-resource/mcp";

  private static ProtectedServer guarded(UnaryOperator<SettingsBuilder> more) throws Exception {
    return ProtectedServer.guarding(
        new CallerServlet(),
        origin ->
            more.apply(
                    Settings.builder()
                        .selfTest(false)
                        .resource("https://mcp.example/mcp")
                        .issuer("https://as.example")
                        .clientId("client")
                        .clientSecret("secret"))
                .build());
  }

  @Test
  void unsetMembersAreOmitted() throws Exception {
    try (var server = guarded(s -> s)) {
      assertThat(server.get(PATH).body())
          .isEqualTo(
              "{\"resource\":\"https://mcp.example/mcp\","
                  + "\"authorization_servers\":[\"https://as.example\"],"
                  + "\"bearer_methods_supported\":[\"header\"]}");
    }
  }

  @Test
  void configuredMembersAreIncluded() throws Exception {
    try (var server =
        guarded(
            s ->
                s.scopesSupported("notes:write notes:read")
                    .authorizationServers("https://one.example https://two.example")
                    .resourceName("Ключи \"quoted\"")
                    .resourceDocumentation("https://mcp.example/docs")
                    .resourcePolicyUri("https://mcp.example/policy")
                    .resourceTosUri("https://mcp.example/terms"))) {
      assertThat(server.get(PATH).body())
          .isEqualTo(
              "{\"resource\":\"https://mcp.example/mcp\","
                  + "\"authorization_servers\":[\"https://one.example\",\"https://two.example\"],"
                  + "\"scopes_supported\":[\"notes:write\",\"notes:read\"],"
                  + "\"bearer_methods_supported\":[\"header\"],"
                  + "\"resource_name\":\"Ключи \\\"quoted\\\"\","
                  + "\"resource_documentation\":\"https://mcp.example/docs\","
                  + "\"resource_policy_uri\":\"https://mcp.example/policy\","
                  + "\"resource_tos_uri\":\"https://mcp.example/terms\"}");
    }
  }

  @Test
  void requestHeadersDoNotChangeTheMetadata() throws Exception {
    try (var server = guarded(s -> s)) {
      HttpResponse<String> plain = server.get(PATH);
      HttpResponse<String> forwarded =
          server.get(
              PATH,
              "X-Forwarded-Host",
              "evil.example",
              "X-Forwarded-Proto",
              "http",
              "Forwarded",
              "host=evil.example;proto=http");

      assertThat(forwarded.body()).isEqualTo(plain.body());
      assertThat(forwarded.headers().firstValue("ETag"))
          .isEqualTo(plain.headers().firstValue("ETag"));
    }
  }

  @Test
  void metadataIsCacheableAndRevalidatedByETag() throws Exception {
    try (var server = guarded(s -> s);
        var other = guarded(s -> s.resourceName("other"))) {
      HttpResponse<String> response = server.get(PATH);
      String tag = response.headers().firstValue("ETag").orElseThrow();

      assertThat(response.headers().firstValue("Cache-Control")).hasValue("public, max-age=3600");
      assertThat(server.get(PATH, "If-None-Match", tag).statusCode()).isEqualTo(304);
      assertThat(other.get(PATH, "If-None-Match", tag).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET     | /.well-known/oauth-protected-resource/mcp    | 200
          GET     | /.well-known/oauth-protected-resource/mcp/   | 200
          GET     | /.well-known/oauth-protected-resource        | 200
          GET     | /.well-known/oauth-protected-resource/       | 200
          HEAD    | /.well-known/oauth-protected-resource/mcp    | 200
          OPTIONS | /.well-known/oauth-protected-resource/mcp    | 204
          POST    | /.well-known/oauth-protected-resource/mcp    | 405
          DELETE  | /.well-known/oauth-protected-resource        | 405
          GET     | /.well-known/oauth-protected-resource/other  | 404
          GET     | /.well-known/oauth-authorization-server      | 404
          GET     | /.well-known/openid-configuration            | 404
          """)
  void noMetadataPathRequiresAToken(String method, String path, int status) throws Exception {
    try (var server = guarded(s -> s)) {
      HttpResponse<String> response = server.send(method, path, "Origin", "https://any.example");

      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
      if (status != 404) {
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
      }
      if (status == 405 || status == 204) {
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
      }
      if (method.equals("HEAD")) {
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("Content-Length")).isPresent();
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://h.example/mcp   | https://h.example/.well-known/oauth-protected-resource/mcp
          https://h.example       | https://h.example/.well-known/oauth-protected-resource
          https://h.example/      | https://h.example/.well-known/oauth-protected-resource
          https://h.example/a/mcp/| https://h.example/.well-known/oauth-protected-resource/a/mcp/
          https://h.example:8443/m| https://h.example:8443/.well-known/oauth-protected-resource/m
          https://h.example/%C3%A4| https://h.example/.well-known/oauth-protected-resource/%C3%A4
          """)
  void theWellKnownPartGoesBetweenHostAndPath(String resource, String url) {
    assertThat(ProtectedResourceMetadata.url(resource)).isEqualTo(url); // RFC 9728 §3.1
  }

  @Test
  void metadataIsServedWithAndWithoutTheContextPath() {
    assertThat(ProtectedResourceMetadata.paths("https://h.example/app/mcp", "/app"))
        .isEqualTo(
            Set.of(
                "/.well-known/oauth-protected-resource",
                "/.well-known/oauth-protected-resource/",
                "/.well-known/oauth-protected-resource/mcp",
                "/.well-known/oauth-protected-resource/mcp/",
                "/.well-known/oauth-protected-resource/app/mcp",
                "/.well-known/oauth-protected-resource/app/mcp/"));
  }
}
