package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The demo with an authorization server that the environment names. */
class ExternalAuthorizationServerTest {

  @Test
  void theEmbeddedAuthorizationServerIsNotStarted() throws Exception {
    try (var introspection = new ScriptedIntrospection();
        RunningDemo demo = RunningDemo.start(introspection.environment())) {
      for (String path :
          List.of("/oauth/token", "/oauth/introspect", "/.well-known/oauth-authorization-server")) {
        RawHttp.Response response = RawHttp.exchange(demo.port(), "POST " + path, List.of(), "");
        assertThat(response.status()).as(path).isEqualTo(404);
      }
      assertThat(demo.server().protection().embedded()).isFalse();
    }
  }

  @Test
  void settingsInTheEnvironmentOverrideThoseOfTheDemo() throws Exception {
    try (var introspection = new ScriptedIntrospection()) {
      var environment = new HashMap<>(introspection.environment());
      environment.put("GATEHOUSE_REQUIRED_SCOPES", "notebook");
      environment.put("GATEHOUSE_RESOURCE_NAME", "Ours");
      introspection.active("sufficient", "\"sub\":\"alice\",\"scope\":\"notebook\"");
      introspection.active("insufficient", "\"sub\":\"alice\",\"scope\":\"notes:read\"");
      try (RunningDemo demo = RunningDemo.start(environment)) {
        assertThat(initialize(demo, "sufficient").status()).isEqualTo(200);
        assertThat(initialize(demo, "insufficient").status()).isEqualTo(403);
        assertThat(
                Json.object(
                    TokenEndpoint.get(demo.origin() + "/.well-known/oauth-protected-resource/mcp")
                        .body()))
            .containsEntry("resource", ScriptedIntrospection.RESOURCE)
            .containsEntry("resource_name", "Ours");
      }
    }
  }

  @Test
  void theEmbeddedAuthorizationServerUsesAConfiguredResourceAsAudience() throws Exception {
    Map<String, String> environment = Map.of("GATEHOUSE_RESOURCE", "https://notes.example/mcp");
    try (RunningDemo demo = RunningDemo.start(environment)) {
      assertThat(initialize(demo, demo.token("notes:read")).status()).isEqualTo(200);
    }
  }

  @Test
  void theDefaultResourceIsTheListenAddress() throws Exception {
    InetAddress address = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
    try (var introspection = new ScriptedIntrospection()) {
      var environment = new HashMap<>(introspection.environment());
      environment.remove("GATEHOUSE_RESOURCE");

      Protection protection =
          Protection.of(new ListenAddress("10.1.2.3", address, 8080, false), false, environment);

      assertThat(protection.resource()).isEqualTo("http://10.1.2.3:8080/mcp");
    }
  }

  private static RawHttp.Response initialize(RunningDemo demo, String token) throws IOException {
    return RawHttp.exchange(
        demo.port(), "POST /mcp", McpSession.headers(token), McpSession.INITIALIZE);
  }
}
